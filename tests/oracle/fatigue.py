"""Which surveys break a rule of courtesy and who may be asked, by plain loops over raw rows.

The rows are clean: one per ticket, one per survey, instants naive UTC; what readers and mappings do
to dirty ones is tested elsewhere.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]

THIRTY = timedelta(days=30)
FOURTEEN = timedelta(days=14)


def quarter_of(instant: datetime, zone: str) -> tuple[int, int]:
    """Return year and quarter on the wall clock of a zone."""
    there = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return there.year, (there.month - 1) // 3


def next_quarter(instant: datetime, zone: str) -> datetime:
    """Return when the following quarter begins there, naive UTC."""
    year, quarter = quarter_of(instant, zone)
    year, month = (year + 1, 1) if quarter == 3 else (year, 3 * quarter + 4)
    there = datetime(year, month, 1, tzinfo=ZoneInfo(zone))
    return there.astimezone(UTC).replace(tzinfo=None)


def _customer(ticket_id: str, tickets: Sequence[Row]) -> Row:
    return next(t for t in tickets if t["ticket_id"] == ticket_id)


def _is_vip(customer: str, tickets: Sequence[Row]) -> bool:
    return any(t["customer_id"] == customer and t["vip"] for t in tickets)


def _opened(customer: str, quarter: tuple[int, int], tickets: Sequence[Row], zone: str) -> int:
    return sum(
        t["customer_id"] == customer and quarter_of(t["created_at"], zone) == quarter
        for t in tickets
    )


def _lows(customer: str, tickets: Sequence[Row], surveys: Sequence[Row]) -> Iterator[datetime]:
    for survey in surveys:
        theirs = _customer(survey["ticket_id"], tickets)["customer_id"] == customer
        if theirs and survey["score"] is not None and survey["score"] <= 3:
            yield survey["responded_at"]


def violations(
    tickets: Sequence[Row], surveys: Sequence[Row], zone: str
) -> set[tuple[str, datetime, str]]:
    """Return ticket, sending and rule of every survey that breaks one."""
    found = set()
    for mine in surveys:
        ticket = _customer(mine["ticket_id"], tickets)
        customer, sent = ticket["customer_id"], mine["sent_at"]
        place = (sent, mine["ticket_id"])
        if customer is not None:
            earlier = [
                s for s in surveys
                if _customer(s["ticket_id"], tickets)["customer_id"] == customer
                and (s["sent_at"], s["ticket_id"]) < place
            ]  # fmt: skip
            if any(sent - s["sent_at"] < THIRTY for s in earlier):
                found.add((mine["ticket_id"], sent, "within_30_days"))
            lows = [at for at in _lows(customer, tickets, surveys) if at < sent]
            if any(sent - at <= FOURTEEN for at in lows):
                found.add((mine["ticket_id"], sent, "after_low_score"))
            quarter = quarter_of(sent, zone)
            again = any(quarter_of(s["sent_at"], zone) == quarter for s in earlier)
            several = _opened(customer, quarter, tickets, zone) > 1
            if again and _is_vip(customer, tickets) and not several:
                found.add((mine["ticket_id"], sent, "vip_quarter"))
        resolved = ticket["resolved_at"]
        if resolved is None or sent < resolved:
            found.add((mine["ticket_id"], sent, "mid_conversation"))
            if ticket["channel"] == "social":
                found.add((mine["ticket_id"], sent, "social_unresolved"))
    return found


def eligible(
    tickets: Sequence[Row], surveys: Sequence[Row], now: datetime, zone: str
) -> dict[str, tuple[str | None, datetime | None]]:
    """Return per resolved ticket the rule that blocks it and until when."""
    resolved = [t for t in tickets if t["resolved_at"] is not None]
    found: dict[str, tuple[str | None, datetime | None]] = {}
    for ticket in resolved:
        found[ticket["ticket_id"]] = _blocked(ticket, tickets, surveys, now, zone)
    free = [t for t in resolved if found[t["ticket_id"]][0] is None and t["customer_id"]]
    for ticket in free:
        rivals = [t for t in free if t["customer_id"] == ticket["customer_id"]]
        latest = max(t["resolved_at"] for t in rivals)
        first = min(t["ticket_id"] for t in rivals if t["resolved_at"] == latest)
        if ticket["ticket_id"] != first:
            found[ticket["ticket_id"]] = ("same_customer", now + THIRTY)
    return found


def _blocked(
    ticket: Row, tickets: Sequence[Row], surveys: Sequence[Row], now: datetime, zone: str
) -> tuple[str | None, datetime | None]:
    if any(s["ticket_id"] == ticket["ticket_id"] for s in surveys):
        return "surveyed", None
    customer = ticket["customer_id"]
    if customer is None:
        return None, None
    asked = [
        s["sent_at"] for s in surveys
        if _customer(s["ticket_id"], tickets)["customer_id"] == customer
    ]  # fmt: skip
    until = {}
    if asked and now - max(asked) < THIRTY:
        until["within_30_days"] = max(asked) + THIRTY
    lows = list(_lows(customer, tickets, surveys))
    if lows and now - max(lows) <= FOURTEEN:
        until["after_low_score"] = max(lows) + FOURTEEN
    this = quarter_of(now, zone)
    several = _opened(customer, this, tickets, zone) > 1
    was_asked = any(quarter_of(at, zone) == this for at in asked)
    if _is_vip(customer, tickets) and was_asked and not several:
        until["vip_quarter"] = next_quarter(now, zone)
    if not until:
        return None, None
    rule = max(until, key=lambda r: until[r])
    return rule, until[rule]
