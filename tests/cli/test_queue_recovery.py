"""`queue`, `recovery` and `fcr --deflection` from the command line, on files and on the sample."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csatkit import analyze, load
from csatkit.demo.generate import frames
from csatkit.render import FORMATS
from tests.cli.answers import valid_json
from tests.cli.conftest import Lane, Run

SAMPLE = 2_000
LOW = 3
DAY = timedelta(hours=24)
END = datetime(2026, 3, 31)


@pytest.fixture
def files(run: Run) -> tuple[str, ...]:
    """Return a small sample as it is given on the command line."""
    assert run("demo", "sample", "--tickets", str(SAMPLE)).code == 0
    return "sample/tickets.csv", "sample/surveys.csv", "--outreach", "sample/outreach.csv"


def _planted(seed: int) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return the low ratings of a sample with their later answers, and the outreach by ticket."""
    _, surveys, outreach = frames(8_000, seed)
    answers: dict[str, list[dict[str, Any]]] = {}
    for row in surveys.sort("responded_at", nulls_last=True).iter_rows(named=True):
        if row["score"] is not None:
            answers.setdefault(row["ticket_id"], []).append(row)
    lows = [{**a[0], "later": a[1:]} for a in answers.values() if a[0]["score"] <= LOW]
    return lows, {row["ticket_id"]: row for row in outreach.iter_rows(named=True)}


def _second(low: dict[str, Any], done: dict[str, Any]) -> int | None:
    if done["second_score"] is not None:
        return int(done["second_score"])
    later = [a["score"] for a in low["later"] if a["responded_at"] >= done["outreach_at"]]
    return later[0] if later else None


@pytest.mark.parametrize("seed", range(4))
def test_the_planted_recoveries_are_all_found_and_nothing_else(seed: int) -> None:
    lows, outreach = _planted(seed)
    reached = [(low, outreach[low["ticket_id"]]) for low in lows if low["ticket_id"] in outreach]
    assert len(reached) == len(outreach)
    seconds = [(low["score"], _second(low, done)) for low, done in reached]
    again = [(a, b) for a, b in seconds if b is not None]
    old = [low for low in lows if low["responded_at"] + DAY <= END]
    in_time = [
        low
        for low, done in reached
        if low in old and done["outreach_at"] - low["responded_at"] <= DAY
    ]
    data = load(*frames(8_000, seed), scale="1-5", preset="none", timezone="UTC")
    measures = analyze(data, command="recovery").measures
    assert {m.metric: (m.numerator, m.denominator) for m in measures if not m.segment} == {
        "recovery_rate": (len(in_time), len(old)),
        "upgrade_rate": (sum(b > a for a, b in again), len(reached)),
        "recovery_csat": (sum(b for _, b in again), len(again)),
    }
    (table,) = analyze(data, command="queue").sections[0].tables
    assert {row["ticket_id"] for row in table.rows} == {r["ticket_id"] for r in lows} - {*outreach}


def test_the_command_says_what_the_analysis_found(run: Run) -> None:
    lows, outreach = _planted(0)
    found = {
        m["metric"]: m["denominator"] for m in valid_json(run, "recovery", "--demo")["measures"]
    }
    assert found["upgrade_rate"] == len(outreach)
    assert len(_queue(run, "--demo")) == len({low["ticket_id"] for low in lows} - {*outreach})


def _queue(run: Run, *arguments: str) -> list[dict[str, Any]]:
    done = run("queue", *arguments, "--format", "jsonl")
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_the_queue_is_the_same_in_every_format(run: Run, files: tuple[str, ...]) -> None:
    lines = _queue(run, *files)
    table = valid_json(run, "queue", *files)["sections"][0]["tables"][0]["rows"]
    assert lines == table
    written = csv.DictReader(StringIO(run("queue", *files, "--format", "csv").out))
    assert [row["ticket_id"] for row in written] == [row["ticket_id"] for row in lines]
    assert run("queue", *files, "-o", "queue.parquet").code == 0
    assert pl.read_parquet("queue.parquet")["ticket_id"].to_list() == [
        r["ticket_id"] for r in lines
    ]
    deadlines = [row["deadline"] for row in lines]
    assert deadlines == sorted(deadlines)


@pytest.mark.parametrize("suffix", ["jsonl", "ndjson"])
def test_a_suffix_picks_json_lines(run: Run, files: tuple[str, ...], suffix: str) -> None:
    assert run("queue", *files, "-o", f"queue.{suffix}").code == 0
    text = Path(f"queue.{suffix}").read_text(encoding="utf-8")
    assert [json.loads(line) for line in text.splitlines()] == _queue(run, *files)


def test_incremental_runs_add_up(run: Run, files: tuple[str, ...]) -> None:
    every = _queue(run, *files)
    since = every[len(every) // 2]["responded_at"]
    newer = _queue(run, *files, "--since", since)
    assert newer == [row for row in every if row["responded_at"] >= since]
    assert 0 < len(newer) < len(every)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "2030-01-01"),
        ("--from", "2030-01-01", "--to", "2030-01-02"),
        ("--where", "channel=fax"),
    ],
)
def test_an_empty_queue_is_exit_0_and_no_line(
    run: Run, files: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    done = run("queue", *files, *arguments, "--format", "jsonl")
    assert (done.code, done.out) == (0, "")
    assert "Nobody is waiting" in run("queue", *files, *arguments).out


def test_only_a_header_is_an_empty_queue(run: Run) -> None:
    Path("t.csv").write_text("ticket_id,created_at,responded_at,score\n", encoding="utf-8")
    done = run("queue", "t.csv", "--format", "jsonl")
    assert (done.code, done.out) == (0, "")


def test_data_that_cannot_be_used_stays_exit_4(run: Run) -> None:
    Path("t.csv").write_text("ticket_id,created_at\n1,2026-01-01\n", encoding="utf-8")
    done = run("queue", "t.csv")
    assert (done.code, done.out) == (4, "")
    assert "no column holds a score" in done.err
    assert run("queue", "missing.csv").code == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("queue", "--since", "soon"),
        ("queue", "--by", "agent"),
        ("queue", "--tickets-of", "csat"),
        ("queue", "--allow-empty"),
        ("recovery", "--since", "2026-01-01"),
        ("recovery", "--window", "7"),
        ("csat", "--deflection"),
    ],
)
def test_what_means_nothing_is_refused(run: Run, lane: Lane, arguments: tuple[str, ...]) -> None:
    done = run(arguments[0], "t.csv", *arguments[1:])
    assert (done.code, done.out) == (2, "")
    assert not lane.asked


@pytest.mark.parametrize("format_", [f for f in FORMATS if not FORMATS[f].needs_verdicts])
def test_people_get_few_columns_and_machines_all(run: Run, lane: Lane, format_: str) -> None:
    assert run("queue", "t.csv", "--format", format_, "-o", "out.bin").code == 0
    brief = format_ in {"table", "markdown", "html", "slack"}
    assert dict(lane.asked[0]["options"]) == ({"rows": "brief"} if brief else {})


def test_recovery_names_the_tickets_behind_a_rate(run: Run, files: tuple[str, ...]) -> None:
    rates = {m["metric"]: m for m in valid_json(run, "recovery", *files)["measures"]}
    failed = valid_json(run, "recovery", *files, "--tickets-of", "recovery_rate:failed")
    late = rates["recovery_rate"]["denominator"] - rates["recovery_rate"]["numerator"]
    assert len(failed["sections"][0]["tables"][0]["rows"]) == late


@pytest.mark.parametrize("privacy", ["ids", "none"])
def test_privacy_reaches_queue_and_recovery(run: Run, files: tuple[str, ...], privacy: str) -> None:
    rows = _queue(run, *files, "--privacy", privacy)
    assert rows
    assert not any("comment" in row for row in rows)
    agents = set(pl.read_csv("sample/tickets.csv")["agent"].drop_nulls())
    assert not agents & {row["agent"] for row in rows}
    done = run("recovery", *files, "--by", "agent", "--privacy", privacy)
    assert done.code == (2 if privacy == "none" else 0)
    assert not any(f"{name} " in done.out for name in agents)


def test_recovery_without_outreach_is_exit_0_with_the_reason(
    run: Run, files: tuple[str, ...]
) -> None:
    found = valid_json(run, "recovery", *files[:2])
    assert {m["status"] for m in found["measures"]} == {"unavailable"}
    assert "outreach.missing" in {n["code"] for n in found["notes"]}


def test_deflection_is_added_to_fcr_only_where_asked_for(run: Run, files: tuple[str, ...]) -> None:
    found = valid_json(run, "fcr", *files, "--deflection")
    assert {"deflection", "channel_changes"} <= {s["key"] for s in found["sections"]}
    assert "containment_rate" in {m["metric"] for m in found["measures"]}
    plain = valid_json(run, "fcr", *files)
    assert "deflection" not in {s["key"] for s in plain["sections"]}
