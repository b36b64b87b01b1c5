"""`compare` and `trend` from the command line: options, formats, the same answer as in Python."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

import csatkit as ck
from csatkit.render.terminal import render_table
from tests.cli.answers import valid_json
from tests.cli.conftest import Lane, Run

SAMPLE = 2_000


@pytest.fixture
def files(run: Run) -> tuple[str, str]:
    """Return the paths of a small sample."""
    assert run("demo", "sample", "--tickets", str(SAMPLE)).code == 0
    return "sample/tickets.csv", "sample/surveys.csv"


def test_options_reach_the_analysis(run: Run, lane: Lane) -> None:
    assert run("compare", "t.csv", "--against", "year-ago").code == 0
    assert lane.asked[-1]["options"] == {"against": "year-ago"}
    assert run("trend", "t.csv", "--every", "month", "-m", "fcr,csat").code == 0
    assert lane.asked[-1]["options"] == {"every": "month"}
    assert lane.asked[-1]["metrics"] == ("fcr", "csat")
    assert run("trend", "t.csv").code == 0
    assert (lane.asked[-1]["options"], lane.asked[-1]["metrics"]) == ({}, None)


@pytest.mark.parametrize(
    ("command", "option"), [("report", "--against"), ("compare", "--every"), ("csat", "--every")]
)
def test_other_commands_refuse_them(run: Run, command: str, option: str) -> None:
    done = run(command, "t.csv", option, "week")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [("compare", "--against", "someday"), ("trend", "--every", "hour"), ("trend", "--by", "day")],
)
def test_a_senseless_value_is_refused(
    run: Run, files: tuple[str, str], arguments: tuple[str, ...]
) -> None:
    command, *rest = arguments
    done = run(command, *files, *rest)
    assert (done.code, done.out) == (2, "")
    assert rest[0] in done.err


def test_compare_carries_differences_and_the_split(run: Run, files: tuple[str, str]) -> None:
    found = valid_json(run, "compare", *files, "--period", "2026-Q1", "--by", "channel")
    differences = {m["metric"]: m["difference"] for m in found["measures"]}
    assert {d["against"] for d in differences.values()} == {"2025-Q4"}
    split = next(s for s in found["sections"] if s["key"] == "split_channel")
    rows = {row["segment"]: row for row in split["tables"][0]["rows"]}
    whole = rows.pop("(all)")
    assert whole["total"] == pytest.approx(differences["csat"]["value"], abs=1e-9)
    assert sum(row["total"] for row in rows.values()) == pytest.approx(whole["total"], abs=1e-9)


def test_compare_is_the_same_from_python(run: Run, files: tuple[str, str]) -> None:
    typed = run("compare", *files, "--against", "year-ago", "--period", "2026-02")
    report = ck.analyze(ck.load(*files), command="compare", against="year-ago", period="2026-02")
    assert ck.render(report, "table") == typed.out


def test_trend_carries_limits_in_every_format(run: Run, files: tuple[str, str]) -> None:
    found = valid_json(run, "trend", *files, "-m", "csat", "--every", "month")
    rows = found["measures"]
    assert [r["segment"]["month"] for r in rows][-1] == "2026-03"
    assert all(("limits" in r) != ("not_judged" in r) for r in rows)
    chart = next(s["charts"][0] for s in found["sections"] if s["charts"])
    assert chart["kind"] == "control"
    assert [c["value"] for c in chart["rows"]] == [r["value"] for r in rows]
    text = run("trend", *files, "-m", "csat", "--every", "month", "--format", "csv").out
    table = list(csv.DictReader(StringIO(text)))
    assert [json.loads(r["limits"]) for r in table if r["limits"]] == [
        r["limits"] for r in rows if "limits" in r
    ]
    page = run("trend", *files, "-m", "csat", "--every", "month", "--format", "markdown").out
    assert page.count("| 2025-") == 9


@pytest.mark.parametrize("ascii_wanted", [False, True])
def test_the_chart_fits_a_terminal(run: Run, files: tuple[str, str], ascii_wanted: bool) -> None:
    del run
    report = ck.analyze(ck.load(*files), ["csat", "reopen_rate"], command="trend")
    text = render_table(report, 80, color=False, ascii=ascii_wanted)
    assert max(map(len, text.splitlines())) <= 80
    line = next(x for x in text.splitlines() if x.startswith("2026-W05"))
    marks = {"[", "]", "o"} if ascii_wanted else {"├", "┤", "●"}
    assert marks <= set(line)
    assert "n=" in line


def test_the_tickets_behind_a_compared_cell_are_those_of_its_period(
    run: Run, files: tuple[str, str]
) -> None:
    found = valid_json(run, "compare", *files)
    csat = next(m for m in found["measures"] if m["metric"] == "csat")
    done = run("compare", *files, "--tickets-of", "csat", "--format", "csv", "-o", "rows.csv")
    assert done.code == 0, done.err
    with Path("rows.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == csat["denominator"]


def test_the_sample_needs_no_file(run: Run) -> None:
    done = run("trend", "--demo", "-m", "fcr", "--every", "quarter")
    assert done.code == 0, done.err
    assert "quarters that can't" not in done.out
    assert "2026-Q1" in done.out
