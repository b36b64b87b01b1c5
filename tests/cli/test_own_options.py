"""Options that single commands take: obeyed, or refused before a file is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Lane, Run


@pytest.mark.parametrize(
    ("line", "options"),
    [
        (("fcr", "--windows", "5,7,14,30"), {"windows": "5,7,14,30"}),
        (("response", "--adjust", "channel,issue_type"), {"adjust": "channel,issue_type"}),
        (("csat", "--explain"), {"explain": "yes"}),
        (("report", "--explain"), {"explain": "yes"}),
        (("segments", "--explain"), {"explain": "yes"}),
        (("fcr", "--windows", "36h", "--explain"), {"windows": "36h", "explain": "yes"}),
        (("goals", "--min", "csat=80"), {"period_length": "quarter"}),
        (
            ("goals", "--min", "csat=80", "--period-length", "Month", "--explain"),
            {"period_length": "month", "explain": "yes"},
        ),
    ],
)
def test_an_option_reaches_the_analysis(
    run: Run, lane: Lane, line: tuple[str, ...], options: dict[str, str]
) -> None:
    done = run(line[0], "t.csv", *line[1:])
    assert done.code == 0, done.err
    assert dict(lane.asked[0]["options"]) == options


@pytest.mark.parametrize("command", ["csat", "report", "segments", "fcr", "response"])
def test_what_is_not_asked_for_is_not_passed_on(run: Run, lane: Lane, command: str) -> None:
    assert run(command, "t.csv").code == 0
    assert not lane.asked[0]["options"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("fcr", "--windows", "5,x"), "--windows: expected a number of days"),
        (("fcr", "--windows", ""), "--windows: expected"),
        (("fcr", "--windows", "0"), "--windows: expected"),
        (("fcr", "--windows", ",".join(map(str, range(1, 14)))), "at most 12"),
        (("response", "--adjust", "channel,,"), "--adjust: expected columns"),
        (("goals",), "no target given"),
        (("goals", "--min", "csat"), "--min: expected a metric and a number, got 'csat'"),
        (("goals", "--max", "csat=much"), "--max: expected a metric and a number"),
        (("goals", "--min", "csat=nan"), "expected a number"),
        (("goals", "--min", "cast=80"), "unknown metric 'cast'"),
        (("goals", "--min", "csat=800"), "isn't a percentage"),
        (("goals", "--min", "csat=80", "--period-length", "year"), "--period-length"),
        (("check",), "no target given"),
        (("check", "--max", "csat=much"), "--max: expected a metric and a number"),
        (("check", "--min", "csat=80", "--inconclusive", "no"), "--inconclusive: expected one of"),
        (("check", "--min", "csat=80", "--metric", "fcr"), "--metric means nothing here"),
        (("check", "--no-worse-than", "absent.json"), "baseline absent.json: can't be read"),
        (("goals", "--min", "csat=80", "--inconclusive", "pass"), "no such option --inconclusive"),
        (("csat", "--windows", "5"), "no such option --windows"),
        (("fcr", "--adjust", "channel"), "no such option --adjust"),
        (("reopen", "--explain"), "no such option --explain"),
    ],
)
def test_nonsense_is_refused_before_a_file_is_opened(
    run: Run, lane: Lane, line: tuple[str, ...], words: str
) -> None:
    done = run(line[0], "t.csv", *line[1:])
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert lane.opened == []


def test_targets_of_the_file_come_before_those_of_the_command_line(run: Run, lane: Lane) -> None:
    Path("csatkit.toml").write_text(
        '[[target]]\nname = "CSAT"\nmetric = "csat"\nmin = 80\nwhere = "channel=chat"\n'
    )
    assert run("goals", "t.csv", "--max", "reopen_rate=10", "--min", "fcr=70").code == 0
    assert [dict(t) for t in lane.asked[0]["targets"]] == [
        {"name": "CSAT", "metric": "csat", "min": 80, "where": "channel=chat"},
        {"metric": "fcr", "min": 70.0},
        {"metric": "reopen_rate", "max": 10.0},
    ]


def test_check_hands_on_targets_and_the_metrics_beside_them(run: Run, lane: Lane) -> None:
    line = ("--min", "csat=80", "--write-baseline", "b.json", "-m", "fcr,reopen_rate")
    assert run("check", "t.csv", *line).code == 0
    assert [dict(t) for t in lane.asked[0]["targets"]] == [{"metric": "csat", "min": 80.0}]
    assert lane.asked[0]["metrics"] == ("fcr", "reopen_rate")


def _json(run: Run, *line: str) -> Any:
    done = run(*line, "--demo", "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        (("fcr", "--windows", "7,14"), ("measures", "windows", "three_ways", "repeats_by_day")),
        (("response", "--adjust", "channel"), ("measures", "silent", "early_late", "adjusted")),
        (("goals", "--min", "csat=85"), ("goals",)),
        (("check", "--min", "csat=75"), ("check",)),
        (("check", "--write-baseline", "b.json"), ("measures",)),
        (
            ("check", "--min", "csat=75", "--write-baseline", "b.json", "-m", "fcr"),
            ("check", "measures"),
        ),
        (("csat", "--by", "team", "--explain"), ("measures", "shapes_team", "formulas")),
        (
            ("segments", "-m", "csat", "--by", "agent"),
            ("segments", "units_csat_agent", "measures"),
        ),
    ],
)
def test_the_sections_are_in_the_json(
    run: Run, line: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    sections = _json(run, *line)["sections"]
    assert tuple(s["key"] for s in sections) == keys
    assert all(s["missing"] is None for s in sections)


@pytest.mark.parametrize(
    "command", ["csat", "fcr", "response", "segments", "report", "drivers", "diagnose"]
)
def test_the_formulas_are_there_on_demand_alone(run: Run, command: str) -> None:
    plain, explained = _json(run, command), _json(run, command, "--explain")
    assert "formulas" not in {s["key"] for s in plain.get("sections", ())}
    assert explained["sections"][-1]["key"] == "formulas"
    assert explained["measures"] == plain["measures"]


def test_no_table_of_units_is_in_the_order_of_rates(run: Run) -> None:
    sections = _json(run, "segments", "--by", "agent", "--by", "issue_type")["sections"]
    tables = [s["tables"][0] for s in sections if s["key"].startswith("units_")]
    assert len(tables) == 4
    for table in tables:
        sizes = [row["n"] for row in table["rows"]]
        assert sizes == sorted(sizes, reverse=True)
        assert "low" in table["columns"]
