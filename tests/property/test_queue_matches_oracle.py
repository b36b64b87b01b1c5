"""The queue equals the naive oracle: the 24 hours and the tenth low score, at their edges."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.oracle.queue import queue
from tests.unit.analyses._outreach import START, answered, rows

pytestmark = pytest.mark.slow

Row = dict[str, Any]

TICK = timedelta(microseconds=1)
NOW = START + timedelta(days=10)
DAY = timedelta(hours=24)
EDGE = NOW - DAY
MOMENTS = (START, START + TICK, EDGE - TICK, EDGE, EDGE + TICK, NOW - timedelta(hours=3), NOW)
"""When answers come: equal ones, and those whose deadline is now, just over or just ahead."""


def _answer(name: str, customer: str | None, at: datetime, score: int) -> Row:
    return {"ticket_id": name, "customer_id": customer, "responded_at": at, "score": score}


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Draw answers of few customers, one of them near ten low scores, and some outreach."""
    answers = [
        _answer(f"m{i}", "many", draw(st.sampled_from(MOMENTS)), draw(st.sampled_from((1, 2, 3))))
        for i in range(draw(st.sampled_from((0, 9, 10, 11))))
    ]
    for i in range(draw(st.integers(1, 6))):
        customer = draw(st.sampled_from(("many", "ann", None)))
        for _ in range(draw(st.sampled_from((1, 1, 2)))):
            at, score = draw(st.sampled_from(MOMENTS)), draw(st.integers(1, 5))
            answers.append(_answer(f"t{i}", customer, at, score))
    contacts = []
    for name in draw(st.lists(st.sampled_from([a["ticket_id"] for a in answers]), max_size=4)):
        own = next(a["responded_at"] for a in answers if a["ticket_id"] == name)
        after = draw(st.sampled_from((None, -TICK, timedelta(0), TICK, DAY)))
        contacts.append({"ticket_id": name, "outreach_at": None if after is None else own + after})
    return answers, contacts


def _contact(row: Row) -> Row:
    return {**row, "outreach_by": "lea", "second_score": None, "second_score_at": None}


@given(cases())
@example(([_answer("a", "ann", NOW - DAY, 3)], []))
@example(([_answer(f"m{i}", "many", START, 1) for i in range(10)], []))
@example(([_answer(f"m{i}", "many", START, 1) for i in range(9)], []))
def test_who_waits(case: tuple[list[Row], list[Row]]) -> None:
    answers, contacts = case
    contacts = [c for c in contacts if c["outreach_at"] is None or c["outreach_at"] <= NOW]
    done = [_contact(c) for c in contacts] or [_contact({"ticket_id": "-", "outreach_at": START})]
    report = answered(answers, done, "queue", as_of=f"{NOW.isoformat()}Z")
    found = rows(report)
    expected = queue(answers, contacts, NOW)
    assert [r["ticket_id"] for r in found] == [r["ticket_id"] for r in expected]
    for mine, theirs in zip(found, expected, strict=True):
        assert mine["hours_left"] == pytest.approx(theirs["hours_left"], abs=1e-9)
        assert (mine["skip"] is not None) == theirs["is_skipped"]
        names = ("deadline", "earlier_low_scores", "score")
        assert {n: mine[n] for n in names} == {n: theirs[n] for n in names}
    late = sum(r["deadline"] < NOW and not r["is_skipped"] for r in expected)
    assert not expected or f" {late} overdue" in report.sections[0].text[0]
