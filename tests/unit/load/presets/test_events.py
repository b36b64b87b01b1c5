"""Logs of events become one row per ticket, with what the events count."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import csatkit
from csatkit.load import Data, Source

START = datetime(2026, 1, 5)


def _tickets(data: Data) -> Source:
    assert data.tickets is not None
    return data.tickets


def _log(rows: list[tuple[str, int, str, str]], **more: Any) -> pl.DataFrame:
    """Return a log of (ticket, hour, state, group) in the shape of ServiceNow's."""
    n = len(rows)
    return pl.DataFrame(
        {
            "number": [r[0] for r in rows],
            "incident_state": [r[2] for r in rows],
            "active": [True] * n,
            "sys_mod_count": [r[1] for r in rows],
            "caller_id": ["c"] * n,
            "opened_at": [START] * n,
            "sys_updated_at": [START.replace(hour=r[1]) for r in rows],
            "assignment_group": [r[3] for r in rows],
            "category": ["x"] * n,
            **more,
        }
    )


def _row(data: Data, ticket: str) -> dict[str, Any]:
    names = ["ticket_id", "reopen_count", "transfer_count", "resolved_at", "status", "team"]
    frame = _tickets(data).scan(names, ["first_resolved_at"]).collect()
    return frame.filter(pl.col("ticket_id") == ticket).row(0, named=True)


def test_steps_back_are_reopenings_and_moves_are_transfers() -> None:
    log = _log(
        [
            ("A", 1, "New", ""),
            ("A", 2, "Active", "G1"),
            ("A", 3, "Resolved", "G1"),
            ("A", 4, "-100", "G1"),
            ("A", 5, "Active", "G2"),
            ("A", 6, "Resolved", "G2"),
            ("A", 7, "Closed", "G2"),
            ("A", 8, "Active", "G1"),
        ]
    ).with_columns(pl.col("assignment_group").replace("", None))
    row = _row(csatkit.load(log), "A")
    assert (row["reopen_count"], row["transfer_count"]) == (2, 2)
    assert (row["status"], row["team"]) == ("Active", "G1")
    # Reopened and still open: the last resolution doesn't hold, the first one happened.
    assert row["resolved_at"] is None
    assert row["first_resolved_at"].startswith("2026-01-05 03:00")


def test_closing_what_is_resolved_is_no_second_resolution() -> None:
    log = _log([("A", 1, "New", "G"), ("A", 2, "Resolved", "G"), ("A", 9, "Closed", "G")])
    row = _row(csatkit.load(log), "A")
    assert row["resolved_at"] == START.replace(hour=2)
    assert row["reopen_count"] == 0


def test_a_column_of_resolutions_beats_the_events() -> None:
    log = _log([("A", 1, "New", "G"), ("A", 2, "Closed", "G")], resolved_at=[None, START])
    assert _row(csatkit.load(log), "A")["resolved_at"] == START


def test_an_event_that_is_logged_twice_counts_once() -> None:
    events = [("A", 1, "New", "G"), ("A", 2, "Resolved", "G"), ("A", 3, "Active", "H")]
    log = _log([*events, *events[1:], ("A", 4, "Closed", "H")])
    data = csatkit.load(log)
    row = _row(data, "A")
    assert (row["reopen_count"], row["transfer_count"]) == (1, 1)
    left = _tickets(data).left_out()["reason"].value_counts(sort=True)
    assert dict(left.iter_rows()) == {"event": 3, "duplicate_row": 2}


def test_the_larger_of_counter_and_events_is_used() -> None:
    events = [("A", 1, "Resolved", "G"), ("A", 2, "Active", "G"), ("B", 1, "Resolved", "G")]
    data = csatkit.load(_log(events, reopen_count=[0, 0, 3], reassignment_count=[0, 0, 0]))
    assert _row(data, "A")["reopen_count"] == 1
    assert _row(data, "B")["reopen_count"] == 3
    (text,) = [n.text for n in data.notes if n.code == "events.disagree"]
    assert "reopens in the events (1) and in the column (3) differ on 2 of 2 tickets" in text


def test_one_wrong_clock_reopens_nothing() -> None:
    """A step that the versions don't confirm is an event logged at a wrong time."""
    log = _log([("A", 1, "New", "G"), ("A", 2, "Resolved", "G"), ("A", 4, "Closed", "G")])
    late = log.head(1).with_columns(sys_updated_at=pl.lit(START.replace(hour=3)))
    row = _row(csatkit.load(pl.concat([log, late])), "A")
    assert row["reopen_count"] == 0


def test_the_parts_of_a_log_may_come_in_any_order() -> None:
    events = [("A", 1, "New", "G"), ("A", 2, "Resolved", "G"), ("A", 3, "Active", "G")]
    parts = [_log(events[2:]), _log(events[:1]), _log(events[1:2])]
    source = _tickets(csatkit.load(parts))
    frame = source.scan(["ticket_id", "reopen_count", "status"]).collect()
    assert frame.select("_row", "reopen_count", "status").rows() == [(0, 1, "Active")]
    assert source.left_out().rows() == [(1, "event"), (2, "event")]
    assert source.rows([0])["incident_state"].to_list() == ["Active"]


states = st.sampled_from(["New", "Active", "Resolved", "Closed", "-100"])
groups = st.sampled_from([None, "G1", "G2"])


@given(
    st.dictionaries(
        st.sampled_from("ABC"), st.lists(st.tuples(states, groups), min_size=1, max_size=8),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_counts_agree_with_a_loop(
    log: dict[str, list[tuple[str, str | None]]], random: Any
) -> None:
    events = [(t, i, s, g) for t, steps in log.items() for i, (s, g) in enumerate(steps)]
    random.shuffle(events)
    source = _tickets(csatkit.load(_log(events)))  # type: ignore[arg-type]
    frame = source.scan(["ticket_id", "reopen_count", "transfer_count", "status"]).collect()
    found = {row["ticket_id"]: row for row in frame.iter_rows(named=True)}
    assert set(found) == set(log)
    for ticket, steps in log.items():
        row = found[ticket]
        assert (row["reopen_count"], row["transfer_count"]) == _loop(steps)
        assert row["status"] == steps[-1][0]
    assert frame.height + source.left_out().height == len(events) == source.n_rows()


ZENDESK = {
    "New": "new", "Active": "open", "Resolved": "solved", "Closed": "closed", "-100": "deleted",
}  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from("ABC"),
        st.lists(st.tuples(states, groups), min_size=1, max_size=8),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
def test_counts_of_changes_agree_with_a_loop(
    log: dict[str, list[tuple[str, str | None]]], random: Any
) -> None:
    rows = []
    for ticket, steps in log.items():
        for hour, (state, person) in enumerate(steps):
            at = str(START.replace(hour=hour))
            rows.append(("status", ticket, at, ZENDESK[state]))
            rows += [("assignee_id", ticket, at, person)] if person else []
    random.shuffle(rows)
    source = _tickets(csatkit.load(_history(rows)))
    assert source.preset == "fivetran-zendesk-history"
    frame = source.scan(["ticket_id", "reopen_count", "transfer_count", "status"]).collect()
    found = {row["ticket_id"]: row for row in frame.iter_rows(named=True)}
    assert set(found) == set(log)
    for ticket, steps in log.items():
        row = found[ticket]
        assert (row["reopen_count"], row["transfer_count"]) == _loop(steps)
        assert row["status"] == ZENDESK[steps[-1][0]]
    assert frame.height + source.left_out().height == len(rows) == source.n_rows()


def _loop(steps: list[tuple[str, str | None]]) -> tuple[int, int]:
    reopens = transfers = 0
    was_resolved, group = False, None
    for state, now in steps:
        if state != "-100":
            is_resolved = state in {"Resolved", "Closed"}
            reopens += was_resolved and not is_resolved
            was_resolved = is_resolved
        if now is not None:
            transfers += group is not None and now != group
            group = now
    return reopens, transfers


def _history(rows: list[tuple[str, str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["field_name", "ticket_id", "updated", "value"], orient="row")


def test_changes_of_fields_become_a_ticket() -> None:
    data = csatkit.load(
        _history(
            [
                ("status", "1", "2026-01-05 10:00:00", "new"),
                ("requester_id", "1", "2026-01-05 10:00:00", "77"),
                ("status", "1", "2026-01-05 9:59:00", "pending"),
                ("group_id", "1", "2026-01-06 10:00:00", "5"),
                ("group_id", "1", "2026-01-07 10:00:00", "6"),
            ]
        )
    )
    names = ["ticket_id", "customer_id", "status", "team", "created_at", "updated_at"]
    row = _tickets(data).scan(names).collect().row(0, named=True)
    # By time, not as text: 9:59 comes before 10:00.
    assert (row["status"], row["customer_id"], row["team"]) == ("new", "77", "6")
    assert row["created_at"] == datetime(2026, 1, 5, 9, 59)
    assert row["updated_at"] == datetime(2026, 1, 7, 10)


@pytest.mark.shared
def test_the_seeds_of_the_field_history(shared: Path) -> None:
    path = shared / "data" / "zendesk-warehouse" / "ticket_field_history_data.csv"
    data = csatkit.load(path)
    row = _row(data, "11071")
    assert row["resolved_at"] == datetime(2020, 11, 14, 11, 1, 27)
    assert (row["reopen_count"], row["transfer_count"], row["status"]) == (0, 0, "closed")
    left = _tickets(data).left_out()["reason"].value_counts()
    # Ticket 102 was logged as solved four times in the same instant.
    assert dict(left.iter_rows())["duplicate_row"] == 3


@pytest.mark.shared
def test_the_published_log_agrees_with_its_last_rows(shared: Path) -> None:
    folder = shared / "data" / "uci-incidents"
    log, last = csatkit.load(folder / "events.parquet"), csatkit.load(folder / "incidents.csv")
    assert _tickets(log).preset == "servicenow-log"
    names = [
        "ticket_id", "customer_id", "agent", "team", "channel", "issue_type", "status",
        "created_at", "resolved_at", "closed_at", "reopen_count",
    ]  # fmt: skip
    found = _tickets(log).scan(names).collect().sort("ticket_id")
    expected = _tickets(last).scan(names).collect().sort("ticket_id")
    assert found.height == 24_918
    # In the log `?` isn't a null yet; both read it as nothing.
    assert found.select(names).equals(expected.select(names))
    assert _tickets(log).n_rows() == 141_712
    transfers = _tickets(log).scan(["transfer_count"], ["transfers_in_events"]).collect()
    # The log holds fewer moves between groups than the counter: not every update is in it.
    assert transfers["transfer_count"].sum() == 23_414
    assert transfers["transfers_in_events"].cast(pl.Int64).sum() == 19_086
