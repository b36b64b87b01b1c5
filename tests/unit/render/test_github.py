"""GitHub: one command a line whatever a target is called, ten at most, and a page in Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.notes import note
from csatkit.render import render
from csatkit.render.github import summary
from csatkit.report import Report
from tests.unit.render.samples import CHECK, NASTY, PLAIN, checked, verdict

ANY_NAME = st.text(st.characters(exclude_categories=()), max_size=30)
COMMAND = re.compile(r"::(error|warning|notice) title=([^:,]*)::(.*)")


def commands(report: Report) -> list[tuple[str, str, str]]:
    """Return level, title and message of each line, read as the runner of GitHub reads them."""
    text = str(render(report, "github"))
    assert text.endswith("\n")
    lines = re.split("\r\n|\r|\n", text.removesuffix("\n"))
    found = []
    for line in lines:
        read = COMMAND.fullmatch(line)
        assert read, line
        level, title, message = read.groups()
        assert not re.search("%(?!25|0D|0A|3A|2C)", title + message)
        found.append((level, _decoded(title), _decoded(message)))
    return found


def _decoded(text: str) -> str:
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def test_failures_come_first_and_one_notice_last() -> None:
    found = commands(CHECK)
    assert [level for level, *_ in found] == ["error", "warning", "warning", "warning", "notice"]
    assert found[0] == (
        "error",
        "fail: CSAT no worse than before",
        "81.3 % (78.9–83.5), n=1,204, asked ≥ baseline 88.5 % − 2; 50% off, <b>now</b>",
    )
    assert [title.partition(":")[0] for _, title, _ in found[1:4]] == [
        "inconclusive", "unavailable", "past the warn value",
    ]  # fmt: skip
    assert found[-1] == (
        "notice",
        "csatkit check",
        "1 fail, 1 inconclusive, 1 unavailable, 2 pass (1 past the warn value)",
    )


def test_what_passes_is_one_notice() -> None:
    found = commands(checked(*[verdict("CSAT", "pass")] * 30))
    assert found == [("notice", "csatkit check", "30 pass")]
    assert commands(checked()) == [("notice", "csatkit check", "no target was judged")]


@pytest.mark.parametrize(("failed", "undecided"), [(9, 0), (10, 0), (3, 30), (40, 40)])
def test_at_most_ten_and_the_rest_is_counted(failed: int, undecided: int) -> None:
    targets = [verdict(f"open {i}", "inconclusive") for i in range(undecided)]
    targets += [verdict(f"failed {i}", "fail") for i in range(failed)]
    found = commands(checked(*targets))
    assert len(found) == 10
    assert [level for level, *_ in found].count("error") == min(failed, 9)
    left = failed + undecided - 9
    expected = f"{left} more without an annotation" if left else None
    assert found[-1][2].partition("; ")[2] == (expected or "")


@pytest.mark.parametrize("name", [*NASTY, ":%,\n" * 250_000], ids=range(len(NASTY) + 1))
@pytest.mark.parametrize("word", ["pass", "fail", "inconclusive"])
def test_hostile_text_stays_in_its_command(name: str, word: str) -> None:
    target = verdict(name, word, segment={name: name}, reason=name, action=name, warned=True)
    assert len(commands(checked(target))) == 2


@given(ANY_NAME)
def test_any_text_stays_in_its_command(name: str) -> None:
    found = commands(checked(verdict(name, "fail", reason=name)))
    assert [level for level, *_ in found] == ["error", "notice"]


def test_the_escapes_are_those_of_the_runner() -> None:
    text = str(render(checked(verdict("a:b,c%d\r\ne", "fail", reason="x:y,z%\n")), "github"))
    assert text.startswith("::error title=fail%3A a%3Ab%2Cc%25d␊e::")
    assert "; x:y,z%25␊\n" in text


def test_the_summary_has_verdicts_and_notes() -> None:
    text = summary(CHECK)
    assert text.startswith("## csatkit check\n\n1 fail, 1 inconclusive, 1 unavailable, 2 pass")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(CHECK.targets)
    assert "| CSAT of a channel | channel a\\|b | ≥ 70 |" in text
    assert text.endswith("\n- **warning**: Nobody knows \\*who\\* was asked.\n")
    assert summary(CHECK) == text


def test_the_summary_of_nothing_says_so() -> None:
    report = replace(checked(), notes=())
    assert summary(report) == "## csatkit check\n\nNo target was judged\n"
    assert "No target was judged" in summary(PLAIN)


@pytest.mark.parametrize("name", NASTY)
def test_hostile_text_stays_in_its_cell(name: str) -> None:
    report = replace(
        checked(verdict(name, "fail", segment={"channel": name}, reason=name)),
        notes=(note("advice.next", name),),
    )
    lines = summary(report).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["##", "", "1", "", "|", "|", "|", "", "-"]
    bars = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines[4:7]]
    assert len(set(bars)) == 1
    assert "<" not in "".join(lines)


def test_the_summary_stays_below_the_limit_of_its_page() -> None:
    huge = "@" * 10_000
    passing = [
        verdict(f"{i} {huge}", "pass", segment={huge: huge}, reason=huge) for i in range(400)
    ]
    failed = verdict("the one that failed", "fail")
    notes = tuple(note("advice.next", huge) for _ in range(100))
    text = summary(replace(checked(*passing, failed), notes=notes))
    assert len(text.encode()) < 1024**2
    assert "the one that failed" in text
    assert "201 more verdicts are left out here, those that pass first." in text
    assert "80 more notes are left out here." in text
