"""Rules of courtesy and who may be surveyed equal the naive oracle at their edges."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.oracle import fatigue as oracle
from tests.unit.analyses._surveying import Row, asked, blocked, broken, survey, ticket

pytestmark = pytest.mark.slow

NOW = datetime(2026, 4, 20, 12)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia")
EDGES = (
    NOW, NOW - timedelta(days=14), NOW - timedelta(days=30), NOW - timedelta(days=44),
    NOW - timedelta(days=60), datetime(2026, 4, 1), datetime(2026, 3, 31, 22),
    datetime(2026, 4, 1, 4), datetime(2026, 3, 31, 11), datetime(2026, 1, 1), datetime(2026, 2, 15),
)  # fmt: skip
"""Instants at which a rule begins or ends; 14 and 30 days apart from each other where they can."""

STEPS = (timedelta(0), timedelta(microseconds=1), timedelta(seconds=-1), timedelta(hours=-3))


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    return min(NOW, draw(st.sampled_from(EDGES)) + draw(st.sampled_from(STEPS)))


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Draw tickets of few customers, some surveyed once or twice, some answered."""
    tickets, surveys = [], []
    for i in range(draw(st.integers(1, 7))):
        customer = draw(st.sampled_from(("c", "c", "d", None)))
        resolved = draw(st.none() | instants())
        row = ticket(
            f"t{i}", customer, resolved, created_at=draw(instants()),
            channel=draw(st.sampled_from(("email", "social"))), vip=draw(st.booleans()),
        )  # fmt: skip
        tickets.append(row)
        for sent in draw(st.lists(instants(), max_size=2, unique=True)):
            score = draw(st.sampled_from((None, 1, 3, 4)))
            surveys.append(survey(f"t{i}", sent, score, max(sent, draw(instants()))))
    return tickets, surveys


@given(exports(), st.sampled_from(ZONES))
@example(([ticket("t0", "c", NOW)], [survey("t0", NOW)]), "UTC")
def test_violations(case: tuple[list[Row], list[Row]], zone: str) -> None:
    tickets, surveys = case
    if not surveys or all(t["resolved_at"] is None for t in tickets):
        return
    report = asked("surveys", tickets, surveys, tz=zone, as_of=f"{NOW.isoformat()}Z")
    assert broken(report) == oracle.violations(tickets, surveys, zone)


@given(exports(), st.sampled_from(ZONES))
@example(([ticket("t0", "c", NOW)], []), "UTC")
def test_who_may_be_surveyed(case: tuple[list[Row], list[Row]], zone: str) -> None:
    tickets, surveys = case
    if all(t["resolved_at"] is None for t in tickets):
        return
    report = asked("eligible", tickets, surveys, tz=zone, as_of=f"{NOW.isoformat()}Z")
    expected = oracle.eligible(tickets, surveys, NOW, zone)
    assert blocked(report) == expected
