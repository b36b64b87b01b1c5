"""The table of formats: lazy, chosen by name or suffix."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from csatkit.errors import UsageError
from csatkit.render import FORMATS, format_of, parts, render
from csatkit.report import Report
from tests.unit.render.samples import CHECK, LISTING, PLAIN


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("report.md", "markdown"),
        ("a.b/report.MARKDOWN", "markdown"),
        ("out.json", "json"),
        ("out.tar.csv", "csv"),
        ("out.parquet", "parquet"),
        ("out.txt", "table"),
        ("mail.html", "html"),
        ("mail.HTM", "html"),
        ("textfile/csatkit.prom", "openmetrics"),
        ("build/junit.xml", "junit"),
    ],
)
def test_the_suffix_picks_the_format(path: str, expected: str) -> None:
    assert format_of(path) == expected


@pytest.mark.parametrize("path", ["out", "out.doc", ".json", "json"])
def test_an_unknown_suffix_lists_the_known_ones(path: str) -> None:
    with pytest.raises(UsageError) as caught:
        format_of(path)
    assert caught.value.hint is not None
    assert all(s in caught.value.hint for f in FORMATS.values() for s in f.suffixes)


def test_an_unknown_format_suggests_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown format 'jsn'\nDid you mean 'json'"):
        render(PLAIN, "jsn")


@pytest.mark.parametrize("name", FORMATS)
def test_text_or_bytes_as_declared_and_the_same_twice(name: str) -> None:
    first, second = render(CHECK, name), render(CHECK, name)
    assert isinstance(first, bytes) == FORMATS[name].is_binary
    assert first == second
    assert isinstance(first, bytes) or first[-1:] == "\n" != first[-2:-1]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [CHECK, LISTING], ids=["check", "listing"])
def test_the_pieces_for_a_file_add_up_to_the_whole(report: Report, name: str) -> None:
    if FORMATS[name].needs_verdicts and report is LISTING:
        with pytest.raises(UsageError, match="shows the verdicts"):
            next(parts(report, name))
        return
    whole = render(report, name)
    assert b"".join(parts(report, name)) == (whole.encode() if isinstance(whole, str) else whole)


@pytest.mark.parametrize("name", ["junit", "github"])
def test_formats_of_verdicts_are_for_checks_alone(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} shows the verdicts of check, and csat has none"):
        render(PLAIN, name)
    assert render(replace(PLAIN, command="check"), name)


def test_suffixes_belong_to_one_format_each() -> None:
    suffixes = [s for f in FORMATS.values() for s in f.suffixes]
    assert len(suffixes) == len(set(suffixes))


@pytest.mark.parametrize(
    ("name", "absent"),
    [(name, {"polars", "rich"}) for name in FORMATS if name not in {"table", "parquet"}],
)
def test_a_format_loads_only_what_it_needs(name: str, absent: set[str]) -> None:
    code = (
        "import sys\n"
        "from csatkit.render import render\n"
        "from tests.unit.render.samples import CHECK\n"
        f"render(CHECK, {name!r})\n"
        "print(*{m.partition('.')[0] for m in sys.modules})"
    )
    search = f"import sys; sys.path[:0] = {sys.path!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", search + code], capture_output=True, text=True, check=True
    )
    assert "csatkit" in done.stdout.split()
    assert not absent & set(done.stdout.split())
