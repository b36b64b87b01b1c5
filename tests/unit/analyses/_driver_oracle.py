"""The drivers of every rated ticket worked out with plain loops, one ticket after the other."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import polars as pl

__all__ = ["rated_tickets"]

WINDOW = timedelta(days=14)
LIMITS = {"chat": timedelta(minutes=2), "email": timedelta(hours=2)}
HOUR = timedelta(hours=1)

Row = dict[str, Any]


def _band(took: timedelta | None, ends: list[timedelta]) -> int | None:
    if took is None or took < timedelta(0):
        return None
    return sum(took > end for end in ends)


def _chains(tickets: list[Row]) -> tuple[dict[str, Row], dict[str, Row]]:
    """Return the next and the previous ticket of the same customer and issue."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for t in tickets:
        if t["customer_id"] is not None and not t["deflected"]:
            groups[t["customer_id"], t["issue_type"]].append(t)
    following, before = {}, {}
    for group in groups.values():
        group.sort(key=lambda t: (t["created_at"], t["ticket_id"]))
        for one, other in pairwise(group):
            following[one["ticket_id"]] = other
            before[other["ticket_id"]] = one
    return following, before


def _anchor(t: Row) -> datetime:
    found = t["resolved_at"] or t["created_at"]
    assert isinstance(found, datetime)
    return found


def rated_tickets(tickets: pl.DataFrame, surveys: pl.DataFrame, end: datetime) -> list[Row]:
    """Return one row per mature rated ticket: strata, level of every driver, `y`, what was later.

    A level is None where it isn't known.
    """
    rows = tickets.to_dicts()
    following, before = _chains(rows)
    start = min(t["created_at"] for t in rows)
    first: dict[str, Row] = {}
    answers = [s for s in surveys.to_dicts() if s["score"] is not None]
    for s in sorted(answers, key=lambda s: s["responded_at"]):
        first.setdefault(s["ticket_id"], s)
    found = []
    for t in rows:
        rating = first.get(t["ticket_id"])
        if rating is None or t["merged"] or t["deflected"] or _anchor(t) + WINDOW > end:
            continue
        neighbours = following.get(t["ticket_id"]), before.get(t["ticket_id"])
        found.append(_row(t, rating, neighbours, (start, end)))
    return found


def _row(
    t: Row, rating: Row, neighbours: tuple[Row | None, Row | None], span: tuple[datetime, datetime]
) -> Row:
    start, end = span
    known = t["customer_id"] is not None
    after, earlier = neighbours
    repeats = after is not None and after["created_at"] <= _anchor(t) + WINDOW
    follows = earlier is not None and t["created_at"] <= _anchor(earlier) + WINDOW
    changed: int | None = int(
        earlier is not None and follows and earlier["channel"] != t["channel"]
    )
    if not known or (not follows and t["created_at"] < start + WINDOW):
        changed = None
    limit, answered = LIMITS.get(t["channel"]), t["first_response_at"]
    late = None
    if limit is not None:
        waited = (answered or end) - t["created_at"]
        late = int(waited > limit) if answered or waited > limit else None
    took = t["resolved_at"] and t["resolved_at"] - t["created_at"]
    delay = rating["sent_at"] - t["resolved_at"] if t["resolved_at"] else None
    minute = HOUR / 60
    return {
        "issue_type": t["issue_type"],
        "channel": t["channel"],
        "y": int(rating["score"] >= 4),
        "repeat": int(repeats) if known else None,
        "reopened": int(t["reopen_count"] > 0),
        "further_contacts": min(3, t["contact_count"] - 1),
        "transferred": int(t["transfer_count"] > 0),
        "channel_change": changed,
        "late_response": late,
        "slow_resolution": _band(took, [4 * HOUR, 24 * HOUR, 72 * HOUR]),
        "late_survey": _band(delay, [5 * minute, HOUR, 2 * HOUR, 24 * HOUR]),
        "later": bool(repeats and after and after["created_at"] > rating["responded_at"]),
    }
