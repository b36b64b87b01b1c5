"""`report` dressed: a page, a workbook, pictures beside Markdown; elsewhere refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def test_one_command_makes_one_page(run: Run, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    done = run(
        "report", "--demo", "-o", "report.html", "--title", "Support <b>Q1</b>", "--logo",
        "logo.png", "--lang", "de",
    )  # fmt: skip
    assert (done.code, done.out, done.err) == (0, "", "")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<h1>Support &lt;b&gt;Q1&lt;/b&gt;</h1>" in text
    assert "80,4 %" in text
    assert text.count("<svg") == 2 * (8 + 3)  # wide and narrow; the short read's and why's


def test_pictures_lie_beside_markdown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = run("report", "--demo", "-o", "out/report.md", "--assets", "out/my pictures")
    assert done.code == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    linked = re.findall(r"!\[[^\]]+\]\(<([^>]+)>\)", text)
    assert "my%20pictures/trend.svg" in linked
    for name in linked:
        path = tmp_path / "out" / name.replace("%20", " ")
        assert path.read_text(encoding="utf-8").startswith("<svg")
        assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_a_workbook_by_its_suffix(run: Run, tmp_path: Path) -> None:
    assert run("report", "--demo", "-o", "report.xlsx", "-q").code == 0
    assert (tmp_path / "report.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "--demo", "--logo", "logo.png"],
        ["report", "--demo", "-f", "csv", "--lang", "de"],
        ["report", "--demo", "-f", "json", "--assets", "here"],
        ["report", "--demo", "-f", "markdown", "--theme", "theme.toml"],
        ["report", "--demo", "-f", "html", "--lang", "klingon"],
        ["report", "--demo", "-f", "html", "--theme", "absent.toml"],
        ["csat", "--demo", "--title", "x"],
        ["trend", "--demo", "--assets", "here"],
    ],
    ids=" ".join,
)
def test_what_means_nothing_there_is_refused(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("error: ")


def test_sections_are_chosen_in_the_configuration(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "csatkit.toml"
    config.write_text('[report]\nhide = ["segments", "change"]\n', encoding="utf-8")
    out = run("report", "--demo").out
    assert "How the scores spread" in out
    assert "What changed" not in out
    config.write_text('[report]\nsections = ["sgments"]\n', encoding="utf-8")
    done = run("report", "--demo")
    assert done.code == 2
    assert "segments" in done.err


WHY = ("What goes with CSAT", "Failure modes", "Agents, process or channel?",
       "What unhappy customers write about", "The same data by other rules")  # fmt: skip


def test_files_to_read_say_why_and_short_answers_where_it_is_named(
    run: Run, tmp_path: Path
) -> None:
    markdown = run("report", "--demo", "-f", "markdown").out
    assert [title for title in WHY if f"## {title}\n" in markdown] == list(WHY)
    assert "CSAT over time" not in markdown
    for form in ("table", "json"):
        out = run("report", "--demo", "-f", form).out
        assert not any(title in out for title in WHY)
    config = tmp_path / "csatkit.toml"
    config.write_text('[report]\nsections = ["headline", "drivers"]\n', encoding="utf-8")
    for form in ("table", "json", "markdown"):
        out = run("report", "--demo", "-f", form).out
        assert [title for title in WHY if title in out] == [WHY[0]]
    config.write_text('[report]\nhide = ["drivers"]\n', encoding="utf-8")
    out = run("report", "--demo", "-f", "markdown").out
    assert [title for title in WHY if f"## {title}\n" in out] == list(WHY[1:])
