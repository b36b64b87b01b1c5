"""How a ticket ended: the window, its day on the grid, the first reason, limits and durations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from csatkit.settings import FAILURE_REASONS
from tests.unit.facts.building import JAN, Row, ticket, tickets, workspace

LATE = "2026-06-01"


@pytest.mark.parametrize(
    ("after", "repeats", "day", "quick"),
    [
        (timedelta(days=-1), True, 0, False),
        (timedelta(0), True, 0, True),
        (timedelta(minutes=15), True, 1, True),
        (timedelta(minutes=15, seconds=1), True, 1, False),
        (timedelta(days=1), True, 1, False),
        (timedelta(days=1, seconds=1), True, 2, False),
        (timedelta(days=14), True, 14, False),
        (timedelta(days=14, seconds=1), False, 14, False),
    ],
)
def test_the_window_is_closed_to_the_second(
    after: timedelta, repeats: bool, day: int, quick: bool
) -> None:
    rows = [ticket("1", 5, 7), {**ticket("2", 0), "created_at": JAN + timedelta(days=7) + after}]
    found = tickets(workspace(rows, as_of=LATE))["1"]
    shown = (found["has_repeat"], found["km_day"], found["is_quick_repeat"])
    assert shown == (repeats, day, quick)


@pytest.mark.parametrize(
    ("window", "end", "mature", "day"),
    [
        (14, "2026-01-21T23:59:59Z", False, 13),
        (14, "2026-01-22T00:00:00Z", True, 14),
        (14, "2026-01-08T12:00:00Z", False, 0),
        (1.5, "2026-01-09T11:59:59Z", False, 1),
        (1.5, "2026-01-09T12:00:00Z", True, 2),
    ],
)
def test_maturity_and_the_day_of_censoring(window: float, end: str, mature: bool, day: int) -> None:
    found = tickets(workspace([ticket("1", 5, 7)], as_of=end, window_days=window))["1"]
    assert (found["is_mature"], found["km_day"]) == (mature, day)


HOLDS: dict[str, Row] = {
    "unresolved": {"resolved_at": None},
    "not_confirmed": {"confirmed_resolved": "no"},
    "reopened": {"reopen_count": 1},
    "multiple_contacts": {"contact_count": 2},
    "transferred": {"transfer_count": 1},
}


@pytest.mark.parametrize("place", range(len(FAILURE_REASONS)))
def test_the_first_reason_in_order_is_taken(place: int) -> None:
    reasons = FAILURE_REASONS[place:]
    row = ticket("1", 0, 1, confirmed_resolved="yes", reopen_count=0, contact_count=1)
    row["transfer_count"] = 0
    for reason in reversed(reasons):
        row |= HOLDS.get(reason, {})
    if "unresolved" in reasons:
        row["reopen_count"] = 0
    rows = [row, ticket("other", 0, 1, customer_id="bob")]
    if "repeat" in reasons:
        rows.append(ticket("2", 0.5))
    found = tickets(workspace(rows, as_of=LATE))["1"]
    assert FAILURE_REASONS[found["failure"] - 1] == reasons[0]
    assert not found["is_first_contact"]


def test_nobody_fails_for_what_is_not_known() -> None:
    row = ticket("1", 0, 1, confirmed_resolved=None, reopen_count=None, contact_count=None)
    found = tickets(
        workspace(
            [
                row,
                ticket(
                    "2",
                    0,
                    1,
                    customer_id="bob",
                    reopen_count=0,
                    contact_count=1,
                    confirmed_resolved="yes",
                ),
            ],
            as_of=LATE,
        )
    )["1"]
    assert found["is_first_contact"]


def test_reasons_that_are_not_asked_for_or_not_measured() -> None:
    rows = [ticket("1", 0, 1, reopen_count=1), ticket("2", 0.5, 1)]
    ws = workspace(rows, as_of=LATE, fail_on=("unresolved", "repeat", "transferred"))
    assert FAILURE_REASONS[tickets(ws)["1"]["failure"] - 1] == "repeat"
    assert ws.facts.rules.not_measured == ("transferred",)


@pytest.mark.parametrize(
    ("count", "reopened", "events"), [(None, None, 0), (0, JAN, 1), (3, JAN, 3), (None, JAN, 1)]
)
def test_reopens_are_at_least_one_where_there_is_an_instant(
    count: int | None, reopened: object, events: int
) -> None:
    row = ticket("1", 0, None, reopen_count=count, reopened_at=reopened)
    found = tickets(workspace([row, ticket("2", 0, 1, reopen_count=0, reopened_at=None)]))["1"]
    assert found["n_reopens"] == events
    assert found["is_ever_resolved"] is (events > 0)


@pytest.mark.parametrize(
    ("channel", "seconds", "decided", "within"),
    [
        ("Chat", 120, True, True),
        ("live-chat", 121, True, False),
        ("web chat", 60, True, True),
        ("E-Mail", 7200, True, True),
        ("mail", 7201, True, False),
        ("phone", 1, False, False),
        (None, 1, False, False),
        ("email", -1, False, False),
        ("email", None, True, False),
    ],
)
def test_response_limits_by_channel(
    channel: str | None, seconds: int | None, decided: bool, within: bool
) -> None:
    first = None if seconds is None else JAN + timedelta(seconds=seconds)
    row = ticket("1", 0, 1, channel=channel, first_response_at=first)
    other = ticket("2", 0, 1, customer_id="bob", channel="chat", first_response_at=JAN)
    found = tickets(workspace([row, other], as_of=LATE))["1"]
    assert (found["is_limit_decided"], found["is_within_limit"]) == (decided, within)


def test_an_unanswered_ticket_counts_once_it_is_past_its_limit() -> None:
    rows = [
        ticket("1", 0, None, channel="email", first_response_at=None),
        ticket("2", 0, 1, channel="email", first_response_at=JAN),
    ]
    for end, decided in (("2026-01-01T02:00:00Z", False), ("2026-01-01T02:00:01Z", True)):
        assert tickets(workspace(rows, as_of=end))["1"]["is_limit_decided"] is decided


def test_durations_count_only_in_order() -> None:
    rows = [ticket("1", 1, 2), ticket("2", 1, 0.5), ticket("3", 1, None), ticket("4", None, 1)]
    found = tickets(workspace(rows))
    assert [found[n]["has_resolution_time"] for n in "1234"] == [True, False, False, False]
    assert found["1"]["resolution_hours"] == 24
