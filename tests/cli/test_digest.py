"""`digest` from the command line: its word first, every format, the same bytes, exit 5."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import csatkit as ck
from csatkit.schemas import load_schema
from tests.cli.conftest import Lane, Run
from tests.unit.analyses._digests import Row, desk

KINDS = ("daily", "weekly", "monthly", "quarterly")
ASKED = {"quarterly": ("--period", "2026-Q1", "--min", "csat=95")}
"""The 90 days of the export hold no complete quarter, so one is named."""


def _save(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def files(run: Run) -> tuple[str, str]:
    """Return the paths of an export that was cut on Monday 2026-03-30 at 06:00."""
    assert run is not None
    tickets, surveys = desk()
    _save(Path("tickets.csv"), tickets)
    _save(Path("surveys.csv"), surveys)
    return "tickets.csv", "surveys.csv"


def _line(kind: str, files: tuple[str, str]) -> tuple[str, ...]:
    return ("digest", kind, *files, *ASKED.get(kind, ()))


def test_what_is_typed_reaches_the_analysis(run: Run, lane: Lane) -> None:
    assert run("digest", "Weekly", "t.csv", "s.csv").code == 0
    assert dict(lane.asked[-1]["options"]) == {"kind": "weekly"}
    assert lane.opened[-1][:2] == (("t.csv",), ("s.csv",))
    assert list(lane.asked[-1]["targets"]) == []
    assert run("digest", "quarterly", "t.csv", "--min", "csat=80").code == 0
    assert list(lane.asked[-1]["targets"]) == [{"metric": "csat", "min": 80.0}]


def test_targets_of_the_file_are_for_the_quarter(run: Run, lane: Lane) -> None:
    Path("csatkit.toml").write_text('[[target]]\nmetric = "csat"\nmin = 80\n')
    assert run("digest", "weekly", "t.csv").code == 0
    assert list(lane.asked[-1]["targets"]) == []
    assert run("digest", "quarterly", "t.csv").code == 0
    assert [dict(t) for t in lane.asked[-1]["targets"]] == [{"metric": "csat", "min": 80}]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("tickets.csv",), "csatkit digest weekly tickets.csv"),
        (("tickets.csv", "surveys.csv"), "digest needs a word first"),
        (("'t-*.csv'",), "digest needs a word first"),
        (("weakly", "t.csv"), "Did you mean 'weekly'?"),
        ((), "KIND"),
        (("weekly",), "csatkit digest weekly tickets.csv [surveys.csv]"),
        (("weekly", "t.csv", "--min", "csat=80"), "targets mean nothing for digest weekly"),
        (("daily", "t.csv", "--max", "reopen_rate=5"), "targets mean nothing for digest daily"),
        (("daily", "t.csv", "--history", "h.parquet"), "--history means nothing"),
        (("quarterly", "t.csv", "--min", "cast=80"), "unknown metric 'cast'"),
        (("weekly", "t.csv", "--metric", "csat"), "no such option --metric"),
    ],
)
def test_nonsense_is_refused_before_a_file_is_opened(
    run: Run, lane: Lane, line: tuple[str, ...], words: str
) -> None:
    done = run("digest", *line)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert lane.opened == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_json_is_valid_and_the_same_as_in_python(
    run: Run, files: tuple[str, str], kind: str
) -> None:
    done = run(*_line(kind, files), "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    jsonschema.Draft202012Validator(load_schema()).validate(found)
    more: dict[str, Any] = {}
    if kind == "quarterly":
        more = {"period": "2026-Q1", "targets": [{"metric": "csat", "min": 95.0}]}
    report = ck.analyze(ck.load(*files), command="digest", kind=kind, **more)
    assert found["measures"] == json.loads(str(ck.render(report, "json")))["measures"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written", ["table", "markdown", "json", "csv", "html", "slack"])
def test_the_same_input_has_the_same_bytes(
    run: Run, files: tuple[str, str], kind: str, written: str
) -> None:
    line = (*_line(kind, files), "--format", written)
    first = run(*line)
    assert first.code == 0, first.err
    assert first.raw
    assert run(*line) == first


def test_a_monday_morning(run: Run, files: tuple[str, str]) -> None:
    done = run("digest", "weekly", *files)
    assert done.code == 0, done.err
    assert done.out.startswith("Weekly digest 2026-W13\n")
    assert "2026-W13 (2026-03-23 to 2026-03-29), change against 2026-W12" in done.out
    assert "2026-W11 (2026-03-09 to 2026-03-15), change against 2026-W10" in done.out


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_period_is_exit_5(run: Run, files: tuple[str, str], kind: str) -> None:
    line = ("digest", kind, *files, "--period", "2026-05")
    done = run(*line)
    assert (done.code, done.out) == (5, "")
    assert "2026-05 (2026-05-01 to 2026-05-31) holds no ticket, no survey" in done.err
    assert run(*line, "--allow-empty").code == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_to_do_next_can_be_pasted(run: Run, files: tuple[str, str], kind: str) -> None:
    line = (*_line(kind, files), "--tz", "Europe/Berlin", "--where", "channel=email")
    done = run(*line, "--format", "json")
    assert done.code == 0, done.err
    sections = json.loads(done.out)["sections"]
    steps = [t for s in sections if s["key"] == "next" for t in s["text"]]
    commands = [t[t.index("csatkit ") :] for t in steps if "csatkit " in t]
    assert commands or kind == "daily"
    for command in commands:
        kept = "--tz Europe/Berlin" + " --where channel=email" * ("explain" not in command)
        assert command.endswith(kept)
        name, *rest = shlex.split(command)[1:]
        again = run(name, *rest)
        assert again.code == 0, f"{command}: {again.err}"
        assert again.out


def test_a_history_carries_the_charts_on(run: Run, files: tuple[str, str]) -> None:
    line = ("digest", "weekly", *files, "--history", "past.parquet")
    first = run(*line)
    assert first.code == 0, first.err
    held = Path("past.parquet").read_bytes()
    assert held
    assert run(*line).out == first.out
    tickets, surveys = desk(days=14)
    _save(Path("tickets.csv"), tickets)
    _save(Path("surveys.csv"), surveys)
    short = run("digest", "weekly", *files)
    assert "Too few weeks judged for limits" in short.out
    carried = run(*line)
    assert carried.code == 0, carried.err
    assert "Too few weeks judged for limits" not in carried.out


def test_a_narrow_terminal_reads_it_too(run: Run, files: tuple[str, str]) -> None:
    done = run("digest", "weekly", *files, "--format", "markdown", "-o", "week.md")
    assert (done.code, done.out) == (0, "")
    page = Path("week.md").read_text(encoding="utf-8")
    assert page.startswith("# Weekly digest 2026-W13\n")
    report = ck.analyze(ck.load(*files), command="digest", kind="weekly")
    lines = str(ck.render(report, "table", width=80)).splitlines()
    assert max(map(len, lines)) <= 80
