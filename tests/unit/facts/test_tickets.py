"""One row per ticket: duplicates, rows without an id, what leaves, what comes back."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import polars as pl
import pytest

from csatkit.errors import UsageError
from csatkit.settings import SourceSettings
from tests.unit.facts.building import DAY, JAN, Row, dropped, ticket, tickets, workspace

# --- duplicates ---


@pytest.mark.parametrize(
    ("rivals", "stays"),
    [
        (({"updated_at": None}, {"updated_at": JAN}), 1),
        (({"updated_at": JAN, "closed_at": JAN + DAY}, {"updated_at": JAN + DAY}), 1),
        (({"updated_at": JAN, "closed_at": JAN + DAY}, {"updated_at": JAN}), 0),
        (({"agent": "bea"}, {"agent": "ada"}), 0),
        (({"agent": None}, {"agent": "ada"}), 1),
    ],
)
def test_the_latest_row_stays_then_the_greatest_text(rivals: tuple[Row, Row], stays: int) -> None:
    rows = [ticket("1", 0, 1, mark=str(i), **more) for i, more in enumerate(rivals)]
    columns = dict.fromkeys(name for row in rows for name in row)
    # The mark stands last, so that it never decides.
    rows = [
        {name: row.get(name) for name in (*(c for c in columns if c != "mark"), "mark")}
        for row in rows
    ]
    for order in (rows, rows[::-1]):
        ws = workspace(order, by=(("mark",),))
        assert tickets(ws)["1"]["mark"] == str(stays)
        assert dropped(ws, "tickets") == {"duplicate_id": 1}


def test_rows_without_an_id_are_tickets_of_their_own_wherever_they_stand() -> None:
    # Same customer, issue and instant: only the other values can order them.
    rows = [ticket(None, 0, 1, agent="ada"), ticket(None, 0, 1, agent="bea"), ticket("1", 0, 1)]
    for order in permutations(rows):
        found = tickets(workspace(order, as_of="2026-03-01", by=(("agent",),)))
        assert len(found) == 3
        repeats = {row["agent"]: row["has_repeat"] for row in found.values()}
        assert repeats == {None: True, "ada": True, "bea": False}


# --- what leaves ---


@pytest.mark.parametrize(
    ("more", "reason", "is_contact"),
    [
        ({"merged": True}, "merged", True),
        ({"tags": "vip closed_by_merge"}, "merged", True),
        ({"status": "Deleted"}, "deleted", False),
        ({"status": "trash"}, "deleted", False),
        ({"status": "SPAM"}, "spam", False),
        ({"status": "test"}, "test", False),
        ({"parent_ticket_id": "9"}, "side_conversation", False),
        ({"channel": "Side Conversation"}, "side_conversation", False),
        ({"deflected": True}, "deflected", False),
        ({"merged": True, "status": "spam"}, "merged", True),
    ],
)
def test_what_leaves_and_whether_it_is_a_contact(more: Row, reason: str, is_contact: bool) -> None:
    ws = workspace([ticket("1", 0, 1), ticket("2", 2, 3, **more)], as_of="2026-03-01")
    found = tickets(ws)
    assert set(found) == {"1"}
    assert found["1"]["has_repeat"] is is_contact
    assert dropped(ws, "tickets") == {reason: 1}


@pytest.mark.parametrize(
    ("column", "words", "values"),
    [
        ("Issue-Type", ("Log In",), ("login", "billing")),
        ("customer segment", ("in_house",), ("In House", "market")),
        ("vip", ("yes",), (True, False)),
        ("floor", ("3",), (3, 4)),
    ],
)
def test_exclusions_of_the_user(column: str, words: tuple[str, ...], values: Any) -> None:
    name = column.lower().replace("-", "_").replace(" ", "_")
    rows = [ticket(str(i), i, i + 1, **{name: value}) for i, value in enumerate(values)]
    ws = workspace(rows, source=SourceSettings(exclude={column: words}))
    assert set(tickets(ws)) == {"1"}
    assert dropped(ws, "tickets") == {"excluded": 1}


def test_an_exclusion_by_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="plan"):
        workspace([ticket("1", 0, 1)], source=SourceSettings(exclude={"plan": ("free",)}))


# --- replay ---


def test_a_replay_comes_before_the_choice_among_duplicates() -> None:
    rows = [
        ticket("1", 0, 2, updated_at=JAN + 2 * DAY, agent="ada"),
        ticket("1", 0, 20, updated_at=JAN + 20 * DAY, agent="bea"),
        ticket("2", 11, None),
        ticket("3", None, 12),
    ]
    ws = workspace(rows, as_of="2026-01-11", by=(("agent",),))
    found = tickets(ws)
    assert set(found) == {"1"}
    assert (found["1"]["agent"], found["1"]["resolved_at"]) == ("ada", JAN + 2 * DAY)
    assert dropped(ws, "tickets") == {"after_as_of": 2, "duplicate_id": 1}


def test_what_decides_resolution_is_judged_before_the_replay() -> None:
    rows = [ticket("1", 0, 20, resolved=True), ticket("2", 0, None, resolved=True)]
    ws = workspace(rows, as_of="2026-01-11")
    assert ws.facts.rules.resolved_by == "resolved_at"
    assert not any(row["is_resolved"] for row in tickets(ws).values())


@pytest.mark.parametrize(
    ("more", "decides", "resolved"),
    [
        ([{"resolved_at": JAN}, {"resolved": True}], "resolved_at", [True, False]),
        ([{"resolved": False}, {"resolved": True}], "resolved", [False, True]),
        ([{"closed_at": JAN, "status": "open"}, {"status": "solved"}], "closed_at", [True, False]),
        ([{"status": "Solved"}, {"status": "on hold"}], "status", [True, False]),
        ([{}, {}], "resolved_at", [False, False]),
    ],
)
def test_one_column_decides_what_is_resolved(
    more: list[Row], decides: str, resolved: list[bool]
) -> None:
    rows = [ticket(str(i), 0, None) | extra for i, extra in enumerate(more)]
    ws = workspace(rows)
    assert ws.facts.rules.resolved_by == decides
    assert [row["is_resolved"] for _, row in sorted(tickets(ws).items())] == resolved


def test_closing_is_never_the_instant_of_resolution() -> None:
    rows = [{**ticket("1", 0), "closed_at": JAN + 5 * DAY}]
    found = tickets(workspace(rows, as_of="2026-03-01"))["1"]
    assert found["is_resolved"]
    assert found["anchor"] == JAN


# --- links ---


def test_order_ties_and_unknown_keys() -> None:
    rows = [
        ticket("9", 0, 1),
        ticket("10", 0, 1),
        ticket("a", 0, 1, customer_id=None),
        ticket("b", 1, 2, customer_id=None),
        ticket("c", 0, 1, issue_type=None),
        ticket("d", None, 1),
    ]
    found = tickets(workspace(rows, as_of="2026-03-01"))
    assert {name for name, row in found.items() if row["has_repeat"]} == {"10"}
    assert {name for name, row in found.items() if row["has_key"]} == {"9", "10"}
    assert found["10"]["next_created_at"] == JAN
    assert found["9"]["next_created_at"] is None


@pytest.mark.parametrize("repeat_on", ["issue", "customer"])
@pytest.mark.parametrize("seeds", [(0,), (1,), (0, 1, 2)])
def test_keys_that_collide_change_nothing(
    monkeypatch: pytest.MonkeyPatch, repeat_on: str, seeds: tuple[int, ...]
) -> None:
    people, issues = ("ann", "bob", None), ("login", "billing", None)
    rows = [
        ticket(str(i % 15), i % 4, i % 7, customer_id=people[i % 3], issue_type=issues[i % 5 % 3])
        for i in range(24)
    ]
    sent = [
        {"ticket_id": str(i % 11), "sent_at": JAN + i % 3 * DAY, "score": i % 5 + 1}
        for i in range(16)
    ]
    expected = workspace(rows, sent, as_of="2026-03-01", repeat_on=repeat_on)
    expected_tickets, expected_sent = _rows(expected.facts.tickets), _rows(expected.facts.surveys)
    real = pl.Expr.hash

    def collide(self: pl.Expr, seed: int = 0, *more: Any) -> pl.Expr:
        return (
            pl.lit(7, dtype=pl.UInt64) + 0 * self.is_null().cast(pl.UInt64)
            if (seed in seeds)
            else real(self, seed, *more)
        )

    # The second hash of a join must stay one: that both collide is ruled out by their width.
    monkeypatch.setattr(pl.Expr, "hash", collide if seeds != (0, 1, 2) else _narrow(real))
    found = workspace(rows, sent, as_of="2026-03-01", repeat_on=repeat_on)
    assert _rows(found.facts.tickets) == expected_tickets
    assert _rows(found.facts.surveys) == expected_sent
    assert dropped(found, "surveys") == dropped(expected, "surveys")


def _narrow(real: Any) -> Any:
    """Return a hash of one bit for the first seed only."""

    def hash_(self: pl.Expr, seed: int = 0, *more: Any) -> pl.Expr:
        value: pl.Expr = real(self, seed, *more)
        return value % 2 if seed == 0 else value

    return hash_


def _rows(frame: pl.LazyFrame | None) -> list[Row]:
    assert frame is not None
    rows = frame.collect().to_dicts()
    return sorted(rows, key=lambda row: (row["_row"], row.get("_survey_row", 0)))
