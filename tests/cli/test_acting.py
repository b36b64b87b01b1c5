"""`surveys`, `eligible` and `coach` from the command line, on files and on the sample."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from csatkit import analyze, load
from csatkit.demo.arrivals import DATA_END
from csatkit.demo.generate import frames
from csatkit.demo.truth import TRUTH
from tests.cli.answers import valid_json
from tests.cli.conftest import Lane, Run
from tests.oracle import fatigue as oracle

SAMPLE = 1_200
SEEDS = (0, 1, 2, 3)
Rows = list[dict[str, Any]]


@pytest.fixture
def files(run: Run) -> tuple[str, ...]:
    """Return a small sample as it is given on the command line."""
    assert run("demo", "sample", "--tickets", str(SAMPLE)).code == 0
    return "sample/tickets.csv", "sample/surveys.csv"


def _section(report: dict[str, Any], key: str) -> dict[str, Any]:
    return next(s for s in report["sections"] if s["key"] == key)


def _made(tickets: int, seed: int = 0) -> tuple[Rows, Rows]:
    """Return the tickets of a sample that count, and their surveys: one row each."""
    made, sent, _ = frames(tickets, seed)
    kept = [t for t in made.iter_rows(named=True) if not t["merged"] and not t["deflected"]]
    ids = {t["ticket_id"] for t in kept}
    return kept, [s for s in sent.iter_rows(named=True) if s["ticket_id"] in ids]


def _by_customer(tickets: Rows, surveys: Rows) -> list[tuple[Rows, Rows]]:
    """Cut a sample by customer, so that plain loops need look at a few rows each."""
    of: dict[Any, tuple[Rows, Rows]] = {}
    home = {}
    for place, ticket in enumerate(tickets):
        key = ticket["customer_id"] or place
        home[ticket["ticket_id"]] = key
        of.setdefault(key, ([], []))[0].append(ticket)
    for survey in surveys:
        of[home[survey["ticket_id"]]][1].append(survey)
    return list(of.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_violations_of_a_sample_are_all_found_and_nothing_else(seed: int) -> None:
    expected: Counter[tuple[str, datetime, str]] = Counter()
    early, again = set(), set()
    for tickets, surveys in _by_customer(*_made(8_000, seed)):
        expected.update(oracle.violations(tickets, surveys, "UTC"))
        early |= _sent_early(tickets, surveys)
        again |= _asked_again(tickets, surveys)
    data = load(*frames(8_000, seed), scale="1-5", preset="none", timezone="UTC")
    report = analyze(data, command="surveys")
    (table,) = next(s for s in report.sections if s.key == "violations").tables
    found = Counter((r["ticket_id"], r["sent_at"], r["rule"]) for r in table.rows)
    assert found == expected
    by_rule = {rule: {key[:2] for key in expected if key[2] == rule} for *_, rule in expected}
    assert by_rule["mid_conversation"] == early != set()
    assert set() != again <= by_rule["vip_quarter"]


def _sent_early(tickets: Rows, surveys: Rows) -> set[tuple[str, datetime]]:
    """Return the surveys that were planted in mid-conversation."""
    resolved = {t["ticket_id"]: t["resolved_at"] for t in tickets}
    return {
        (s["ticket_id"], s["sent_at"]) for s in surveys if s["sent_at"] < resolved[s["ticket_id"]]
    }


def _asked_again(tickets: Rows, surveys: Rows) -> set[tuple[str, datetime]]:
    """Return the planted second surveys of VIP customers that several tickets don't excuse."""
    first: dict[str, datetime] = {}
    found = set()
    for survey in surveys:
        name, sent = survey["ticket_id"], survey["sent_at"]
        if first.setdefault(name, sent) == sent:
            continue
        quarter = oracle.quarter_of(sent, "UTC")
        opened = sum(oracle.quarter_of(t["created_at"], "UTC") == quarter for t in tickets)
        if opened < 2:
            found.add((name, sent))
    return found


def test_the_command_lists_what_the_analysis_found(run: Run) -> None:
    (table,) = _section(valid_json(run, "surveys", "--demo"), "violations")["tables"]
    rules = Counter(row["rule"] for row in table["rows"])
    assert rules == {
        "within_30_days": 205, "after_low_score": 9, "vip_quarter": 7, "mid_conversation": 22,
        "social_unresolved": 1,
    }  # fmt: skip


def test_clicks_of_scanners_in_the_sample_are_set_apart(run: Run) -> None:
    _, surveys = _made(8_000)
    first: dict[str, Any] = {}
    for row in sorted((s for s in surveys if s["score"]), key=lambda s: s["responded_at"]):
        first.setdefault(row["ticket_id"], row)
    fast = [s for s in first.values() if (s["responded_at"] - s["sent_at"]).total_seconds() <= 45]
    (table,) = _section(valid_json(run, "surveys", "--demo"), "scanner")["tables"]
    counts = {row["group"]: row["n"] for row in table["rows"]}
    assert counts["within 45 s"] == len(fast) > 0
    assert counts["all ratings"] == len(first)


def test_the_rarely_surveyed_of_the_sample_are_named_and_nobody_else(run: Run) -> None:
    (table,) = _section(valid_json(run, "surveys", "--demo"), "coverage")["tables"]
    flagged = {row["agent"] for row in table["rows"] if row["flag"]}
    assert flagged == set(TRUTH.agents_rarely_surveyed)


def test_who_may_be_surveyed_in_the_sample(run: Run) -> None:
    expected: dict[str, tuple[str | None, datetime | None]] = {}
    for tickets, surveys in _by_customer(*_made(8_000)):
        expected |= oracle.eligible(tickets, surveys, _end(), "UTC")
    (table,) = valid_json(run, "eligible", "--demo")["sections"][0]["tables"]
    found = {row["ticket_id"]: row["rule"] for row in table["rows"]}
    assert found == {name: rule for name, (rule, _) in expected.items()}


def _end() -> datetime:
    """Return the data end of the sample, naive UTC."""
    return datetime.fromtimestamp(DATA_END, UTC).replace(tzinfo=None)


def test_the_list_is_the_same_in_every_format_and_every_run(
    run: Run, files: tuple[str, ...]
) -> None:
    lines = run("eligible", *files, "--format", "jsonl").out
    assert lines == run("eligible", *files, "--format", "jsonl").out
    rows = [json.loads(line) for line in lines.splitlines()]
    assert rows == valid_json(run, "eligible", *files)["sections"][0]["tables"][0]["rows"]
    written = csv.DictReader(StringIO(run("eligible", *files, "--format", "csv").out))
    assert [r["ticket_id"] for r in written] == [r["ticket_id"] for r in rows]
    assert [r["eligible"] for r in rows] == sorted((r["eligible"] for r in rows), reverse=True)


def test_nobody_to_ask_is_exit_0_and_no_line(run: Run, files: tuple[str, ...]) -> None:
    done = run("eligible", *files, "--since", "2030-01-01", "--format", "jsonl")
    assert (done.code, done.out) == (0, "")
    assert "Nobody may be surveyed" in run("eligible", *files, "--since", "2030-01-01").out


def test_surveys_of_an_empty_selection_is_exit_5(run: Run, files: tuple[str, ...]) -> None:
    assert run("surveys", *files, "--where", "channel=fax").code == 5
    assert run("surveys", *files, "--where", "channel=fax", "--allow-empty").code == 0


def test_a_list_behind_a_rule_adds_up(run: Run, files: tuple[str, ...]) -> None:
    report = valid_json(run, "surveys", *files)
    (table,) = _section(report, "violations")["tables"]
    listed = valid_json(run, "surveys", *files, "--tickets-of", "within_30_days")
    rows = listed["sections"][0]["tables"][0]["rows"]
    assert rows == [r for r in table["rows"] if r["rule"] == "within_30_days"]
    assert run("surveys", *files, "--tickets-of", "csat").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("surveys", "t.csv", "--by", "agent"),
        ("eligible", "t.csv", "--since", "soon"),
        ("eligible", "t.csv", "--tickets-of", "csat"),
        ("coach", "ann", "t.csv", "--since", "soon"),
        ("coach", "ann", "t.csv", "--by", "agent"),
        ("coach",),
        ("coach", "--all", "t.csv"),
        ("coach", "--all", "ann", "t.csv", "s.csv", "-o", "packs"),
        ("coach", "--all", "t.csv", "-o", "packs", "--format", "xlsx"),
        ("coach", "--all", "t.csv", "-o", "packs", "--format", "junit"),
    ],
)
def test_what_means_nothing_is_refused(run: Run, lane: Lane, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert not lane.asked


def test_a_pack_in_every_format(run: Run, files: tuple[str, ...]) -> None:
    report = valid_json(run, "coach", "Diego", *files)
    assert {"low", "top", "types", "trend", "thanks", "team", "commitment"} <= {
        s["key"] for s in report["sections"]
    }
    for name in ("pack.html", "pack.md", "pack.xlsx"):
        assert run("coach", "Diego", *files, "-o", name).code == 0
        assert Path(name).stat().st_size
    done = run("coach", "Diega", *files)
    assert done.code == 2
    assert "Diego" in done.err


def test_packs_for_everybody_are_those_of_each(run: Run, files: tuple[str, ...]) -> None:
    done = run("coach", "--all", *files, "-o", "packs")
    assert (done.code, done.out) == (0, "")
    written = {p.name for p in Path("packs").iterdir()}
    assert {"Diego.md", "Mei.md"} <= written
    assert len(written) == 20
    alone = run("coach", "Diego", *files, "--format", "markdown").out
    assert Path("packs/Diego.md").read_text(encoding="utf-8") == alone
    assert run("coach", "--all", *files, "-o", "packs", "--format", "html").code == 0
    assert Path("packs/Diego.html").exists()


def test_hostile_names_stay_in_the_folder(run: Run) -> None:
    names = ["../x", "a/b", "CON", "con", "/etc/x", "\u202eevil"]
    head = "ticket_id,agent,customer_id,created_at,resolved_at,responded_at,score\n"
    day = "2026-01-01"
    lines = [f"{i},{n},c{i},{day},{day},{day},5\n" for i, n in enumerate(names)]
    Path("t.csv").write_text(head + "".join(lines), encoding="utf-8")
    before = set(Path().iterdir())
    assert run("coach", "--all", "t.csv", "-o", "packs", "-q").code == 0
    assert set(Path().iterdir()) - before == {Path("packs")}
    found = {p.name for p in Path("packs").iterdir()}
    assert {"x.md", "a_b.md", "_CON.md", "_con-2.md", "etc_x.md"} <= found
    assert len(found) == len(names)


@pytest.mark.parametrize("command", [("surveys",), ("eligible",), ("coach", "Diego")])
def test_privacy_reaches_every_command(
    run: Run, files: tuple[str, ...], command: tuple[str, ...]
) -> None:
    done = run(*command, *files, "--privacy", "ids", "--format", "json")
    assert done.code == 0, done.err
    assert '"C00' not in done.out
    assert "Diego" not in done.out
    assert "comment" not in {k for s in json.loads(done.out)["sections"] for k in s}
    none = run(*command, *files, "--privacy", "none", "--format", "json")
    assert none.code == (2 if command[0] == "coach" else 0)
    assert "Diego" not in none.out
