"""Who is to be called, by plain loops over raw rows; clean rows, as in `fatigue`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]

DAY = timedelta(hours=24)
MANY = 10


def _ratings(answers: Sequence[Row]) -> list[Row]:
    """Return the first answer of each ticket."""
    found: dict[str, Row] = {}
    for answer in sorted(answers, key=lambda a: (a["responded_at"], a["score"])):
        found.setdefault(answer["ticket_id"], answer)
    return list(found.values())


def _was_reached(rating: Row, contacts: Sequence[Row]) -> bool:
    mine = [c for c in contacts if c["ticket_id"] == rating["ticket_id"]]
    return any(c["outreach_at"] is None or c["outreach_at"] >= rating["responded_at"] for c in mine)


def queue(answers: Sequence[Row], contacts: Sequence[Row], now: datetime) -> list[Row]:
    """Return the low ratings that wait, in their order.

    Args:
        answers: `ticket_id`, `customer_id` (or None), `responded_at`, `score` on 1-5.
        contacts: `ticket_id`, `outreach_at` (or None, where nobody knows when).
        now: the data end.
    """
    lows = [r for r in _ratings(answers) if r["score"] <= 3]
    found = []
    for low in lows:
        if _was_reached(low, contacts):
            continue
        customer, at = low["customer_id"], low["responded_at"]
        theirs = [o for o in lows if customer is not None and o["customer_id"] == customer]
        earlier = sum(o["responded_at"] < at for o in theirs)
        found.append(
            {
                "ticket_id": low["ticket_id"],
                "deadline": at + DAY,
                "hours_left": (at + DAY - now) / timedelta(hours=1),
                "earlier_low_scores": None if customer is None else earlier,
                "is_skipped": len(theirs) >= MANY,
                "score": low["score"],
            }
        )
    return sorted(found, key=lambda r: (r["is_skipped"], r["deadline"], r["score"], r["ticket_id"]))
