"""Text that tries to be markup, formula, escape sequence or line end changes its own cell alone."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len

from csatkit.load import open_data
from csatkit.settings import Settings
from tests.cli.conftest import Result, Run
from tests.cli.exports import COUNT
from tests.cli.hostile import BIG, TEXTS, Names, loaded, renamed, write_both

COMMANDS: dict[str, tuple[str, ...]] = {
    "report": (),
    "csat": ("--by", "agent"),
    "fcr": ("--by", "channel", "--by", "issue_type"),
    "reopen": ("--by", "agent"),
    "response": ("--by", "channel,issue_type"),
    "segments": (),
    "surveys": (),
    "eligible": (),
    "queue": (),
    "enrich": (),
    "inspect": (),
}
"""Every command that reads an export, with a breakdown by the hostile columns."""

IN_WORDS = ("report", "segments", "surveys", "inspect")
"""Commands whose sections name segments within sentences, or only the first of equal ones."""

STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u200e\u200f\ufeff]")
"""What moves the cursor, turns the direction of writing or starts a line, but for the line feed."""


@pytest.fixture
def names(run: Run) -> Names:
    """Write both exports into the run's folder; return how to read the hostile names."""
    return write_both(Path())


def _run(run: Run, command: str, kind: str, *options: str) -> Result:
    files = (f"{kind}/tickets.csv", f"{kind}/surveys.csv")
    done = run(command, *files, *COMMANDS[command], *options)
    assert done.code == 0, done.err
    return done


def _ordered(value: Any) -> Any:
    """Return plain data with its lists in an order that doesn't depend on names."""
    match value:
        case dict():
            return {key: _ordered(item) for key, item in value.items()}
        case list():
            return sorted((_ordered(item) for item in value), key=json.dumps)
    return value


def _answer(done: Result, names: Names) -> Any:
    found = json.loads(done.out.replace("hostile/", "plain/"))
    return _ordered(renamed(found, names))


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in IN_WORDS])
def test_every_number_stays(run: Run, names: Names, command: str) -> None:
    plain, hostile = (
        _answer(_run(run, command, kind, "--format", "json"), names)
        for kind in ("plain", "hostile")
    )
    assert hostile == plain


@pytest.mark.parametrize("command", ["report", "segments", "surveys"])
def test_every_number_beside_the_words_stays(run: Run, names: Names, command: str) -> None:
    plain, hostile = (
        _answer(_run(run, command, kind, "--format", "json"), names)
        for kind in ("plain", "hostile")
    )
    assert hostile["measures"] == plain["measures"]
    assert hostile["definitions"] == plain["definitions"]
    assert hostile["inputs"] == plain["inputs"]
    assert [n["code"] for n in hostile["notes"]] == [n["code"] for n in plain["notes"]]


def test_the_doctor_sees_the_same_columns(run: Run, names: Names) -> None:
    plain, hostile = (
        json.loads(_run(run, "inspect", kind, "--format", "json").out)
        for kind in ("plain", "hostile")
    )
    assert [s["key"] for s in hostile["sections"]] == [s["key"] for s in plain["sections"]]
    assert [len(t["rows"]) for s in hostile["sections"] for t in s["tables"]] == [
        len(t["rows"]) for s in plain["sections"] for t in s["tables"]
    ]
    assert [n["code"] for n in hostile["notes"]] == [n["code"] for n in plain["notes"]]


@pytest.mark.parametrize("place", [0, 8, 16, 20, 24, 26, 30, 35, 41])
def test_a_hostile_ticket_is_explained_like_any_other(run: Run, names: Names, place: int) -> None:
    back = {plain: hostile for hostile, plain in names.items()}
    plain_id = f"id-{place:04d}"
    plain, hostile = (
        run(
            "explain",
            "--format",
            "json",
            "--",
            ticket,
            f"{kind}/tickets.csv",
            f"{kind}/surveys.csv",
        )
        for kind, ticket in (("plain", plain_id), ("hostile", back[plain_id]))
    )
    assert (plain.code, hostile.code) == (0, 0), hostile.err
    found = json.loads(hostile.out)
    assert back[plain_id] in hostile_texts(found)
    assert [len(t["rows"]) for s in found["sections"] for t in s["tables"]] == [
        len(t["rows"]) for s in json.loads(plain.out)["sections"] for t in s["tables"]
    ]


def hostile_texts(value: Any) -> set[str]:
    """Return every text in plain data."""
    match value:
        case str():
            return {value}
        case dict():
            return set().union(*(hostile_texts(v) for v in value.values()))
        case list():
            return set().union(*(hostile_texts(v) for v in value))
    return set()


# --- messages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_warning_is_one_line_and_steers_nothing(run: Run, names: Names, command: str) -> None:
    plain, hostile = (
        _run(run, command, kind, "--format", "json").err for kind in ("plain", "hostile")
    )
    assert STEERING.findall(hostile) == []
    assert [x.partition(":")[0] for x in hostile.split("\n")] == [
        x.partition(":")[0] for x in plain.split("\n")
    ]


def test_an_error_that_quotes_a_header_steers_nothing(run: Run) -> None:
    Path("\x1b[31mred.csv").write_text("fruit,\x1b]0;title\x07,\u202eprice\napple,3,2\n")
    done = run("report", "\x1b[31mred.csv")
    assert (done.code, done.out) == (4, "")
    assert "\\x1b]0;title\\x07" in done.err
    assert STEERING.findall(done.err) == []


# --- formats -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["table", "markdown"])
@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_text_has_the_same_lines_and_steers_nothing(
    run: Run, names: Names, command: str, name: str
) -> None:
    plain, hostile = (
        _run(run, command, kind, "--format", name).raw for kind in ("plain", "hostile")
    )
    assert _lines(hostile) == _lines(plain)
    assert STEERING.findall(hostile.decode()) == []


def _lines(text: bytes) -> int:
    """Count the lines but for the themes: other comments speak of other things."""
    return re.sub(rb"(?ms)^## What unhappy customers.*?(?=^## |\Z)", b"", text).count(b"\n")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("command", ["csat", "fcr", "segments"])
def test_no_line_is_wider_than_the_screen(run: Run, names: Names, command: str, width: int) -> None:
    from csatkit import analyses
    from csatkit.render import render

    settings = Settings(by=(("agent",),), source=Settings().source)
    counts = []
    for kind in ("plain", "hostile"):
        data = open_data(f"{kind}/tickets.csv", f"{kind}/surveys.csv", source=settings.source)
        report = analyses.run(command, data, settings)
        text = render(report, "table", width=width)
        assert isinstance(text, str)
        assert max(cell_len(line) for line in text.split("\n")) <= width
        assert "\x1b" not in text
        counts.append(len([m for m in report.measures if m.segment]))
    assert counts[0] == counts[1] > 40


def test_a_markdown_table_keeps_its_columns(run: Run, names: Names) -> None:
    plain, hostile = (
        _cells(_run(run, "csat", kind, "--format", "markdown").out) for kind in ("plain", "hostile")
    )
    assert hostile == plain
    assert len(hostile) > len(TEXTS)


def _cells(text: str) -> list[int]:
    """Return how many cells each row of the tables has; an escaped bar splits nothing."""
    rows = [line for line in text.split("\n") if line.startswith("|")]
    return [len(re.split(r"(?<!\\)\|", row)) for row in rows]


@pytest.mark.parametrize("command", list(COMMANDS))
def test_csv_parses_back(run: Run, names: Names, command: str) -> None:
    plain, hostile = (
        _run(run, command, kind, "--format", "csv").raw for kind in ("plain", "hostile")
    )
    rows = [list(csv.reader(io.StringIO(raw.decode(), newline=""))) for raw in (plain, hostile)]
    assert len(rows[1]) == len(rows[0]) > 1
    assert {len(row) for row in rows[1]} == {len(rows[1][0])}
    runs = [cell for row in rows[1] for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert [cell for cell in runs if not _is_number(cell)] == []


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-\d+(\.\d+)?(e-?\d+)?", cell) is not None


@pytest.mark.parametrize("command", list(COMMANDS))
def test_parquet_has_the_same_rows(run: Run, names: Names, command: str) -> None:
    frames = []
    for kind in ("plain", "hostile"):
        assert _run(run, command, kind, "-o", f"{kind}.parquet").out == ""
        frames.append(pl.read_parquet(f"{kind}.parquet"))
    assert frames[1].height == frames[0].height > 0
    assert frames[1].schema == frames[0].schema


# --- round trip --------------------------------------------------------------------------------

KEPT = ("ticket_id", "customer_id", "agent", "channel", "issue_type", "comment", "created_at")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_enriched_rows_are_an_export_again(run: Run, names: Names, suffix: str) -> None:
    assert _run(run, "enrich", "hostile", "-o", f"once.{suffix}").out == ""
    again = run("enrich", f"once.{suffix}", "-o", "twice.parquet", "--as-of", "2026-04-15")
    assert again.code == 0, again.err
    assert _run(run, "enrich", "hostile", "-o", "exact.parquet").out == ""
    once, twice = (_kept(name) for name in ("exact.parquet", "twice.parquet"))
    if suffix == "parquet":  # written without guards, which the loader takes away all the same
        once = {tuple(loaded(c) if isinstance(c, str) else c for c in row) for row in once}
    assert twice == once


def _kept(name: str) -> set[tuple[Any, ...]]:
    """Return the rows of a file that holds text as it is, not as a spreadsheet may read it."""
    frame = pl.read_parquet(name, columns=list(KEPT))
    assert frame.height == COUNT
    return set(frame.select(KEPT).rows())


@pytest.mark.parametrize("command", ["csat", "fcr", "reopen"])
def test_enriched_rows_give_the_same_numbers(run: Run, names: Names, command: str) -> None:
    end = ("--as-of", "2026-04-15", "--format", "json")
    assert _run(run, "enrich", "hostile", "-o", "once.csv").out == ""
    before = json.loads(_run(run, command, "hostile", *end).out)
    done = run(command, "once.csv", *COMMANDS[command], *end)
    assert done.code == 0, done.err
    after = json.loads(done.out)
    assert [_numbers(m) for m in after["measures"]] == [_numbers(m) for m in before["measures"]]


def _numbers(measure: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a measure counts; which surveys went unanswered isn't in enriched rows."""
    names = ("metric", "segment", "value", "numerator", "denominator", "low", "high")
    return tuple(measure[name] for name in names)


# --- a cell of 10 MB ---------------------------------------------------------------------------


def test_a_comment_of_10_mb_changes_nothing_else(run: Run) -> None:
    names = write_both(Path(), big=True)
    assert (Path("hostile") / "surveys.csv").stat().st_size > BIG
    started = time.monotonic()
    for command in ("report", "csat", "fcr", "response"):
        plain, hostile = (
            _answer(_run(run, command, kind, "--format", "json"), names)["measures"]
            for kind in ("plain", "hostile")
        )
        assert hostile == plain
    assert _run(run, "enrich", "hostile", "-o", "out.csv").out == ""
    with Path("out.csv").open(newline="", encoding="utf-8") as file:
        csv.field_size_limit(2 * BIG)
        longest = max(len(row["comment"]) for row in csv.DictReader(file))
    assert longest > BIG
    # Far above what it takes, far below what a quadratic search for line ends would.
    assert time.monotonic() - started < 30
