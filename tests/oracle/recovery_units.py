"""Units of recovery and of what follows deflected contacts, by plain loops over rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .cleaning import read_id
from .facts import Answer, Ticket
from .model import Row
from .scales import is_low, is_satisfied
from .units import IN, Unit, World

A_DAY = timedelta(hours=24)


@dataclass
class Low:
    """A low rating and what became of it."""

    ticket: Ticket
    answer: Answer
    answered_at: datetime | None
    outreach: list[Row]
    """What followed the answer, in no order."""
    second: float | None

    @property
    def reached_at(self) -> datetime | None:
        """Return the first known instant of outreach."""
        known = [row["outreach_at"] for row in self.outreach if row.get("outreach_at")]
        return min(known, default=None)


def lows(world: World) -> Iterator[Low]:
    """Yield every low rating of the tickets that count."""
    for ticket in world.surveyed():
        for answer in world.rating(ticket):
            if is_low(answer.score, world.options.scale):
                yield _low(world, ticket, answer)


def _low(world: World, ticket: Ticket, answer: Answer) -> Low:
    row = ticket.row
    own = answer.responded_at or answer.sent_at
    answered_at = own or row.get("resolved_at") or row.get("created_at")
    outreach = []
    for contact in world.export.outreach:
        happened_at = contact.get("outreach_at") or contact.get("second_score_at")
        is_theirs = read_id(contact.get("ticket_id")) == ticket.key
        if is_theirs and not (happened_at and answered_at and happened_at < answered_at):
            outreach.append(contact)
    low = Low(ticket, answer, answered_at, outreach, None)
    low.second = _second(world, low)
    return low


def _second(world: World, low: Low) -> float | None:
    """Return the second score: of the outreach rows, else the next answer known to be later."""
    said = [row for row in low.outreach if row.get("second_score") is not None]
    if said:
        first: float = min(said, key=_order_of_second)["second_score"]
        return first
    own = low.answer.responded_at or low.answer.sent_at
    if world.options.rating == "last" or own is None:
        return None
    later = []
    for answer in low.ticket.answers:
        at = answer.responded_at or answer.sent_at
        if at is not None and at > own and (low.reached_at is None or at >= low.reached_at):
            later.append((at, answer.score))
    return min(later)[1] if later else None


def _order_of_second(row: Row) -> tuple[bool, datetime, bool, datetime, float]:
    far = datetime(9999, 1, 1)
    rated_at, reached_at = row.get("second_score_at"), row.get("outreach_at")
    return (
        rated_at is None, rated_at or far, reached_at is None, reached_at or far,
        row["second_score"],
    )  # fmt: skip


def recovery_rate(world: World) -> Iterator[Unit]:
    """Yield low ratings at least 24 hours old, k where outreach came within 24 hours."""
    end = world.export.data_end
    for low in lows(world):
        at, reached_at = low.answered_at, low.reached_at
        if at is None:
            state = "no_clock"
        else:
            state = IN if end is not None and at + A_DAY <= end else "immature"
        in_time = at is not None and reached_at is not None and reached_at - at <= A_DAY
        clock = world.answer_clock(low.ticket, low.answer)
        yield Unit(low.answer.row, clock, state, in_time if state == IN else 0)


def upgrade_rate(world: World) -> Iterator[Unit]:
    """Yield low ratings with outreach, k where the second score is higher."""
    for low in lows(world):
        if low.outreach:
            higher = low.second is not None and low.second > low.answer.score
            yield Unit(low.answer.row, world.answer_clock(low.ticket, low.answer), IN, higher)


def recovery_csat(world: World) -> Iterator[Unit]:
    """Yield low ratings with outreach that were rated again, k the second score."""
    for low in lows(world):
        if low.outreach and low.second is not None:
            clock = world.answer_clock(low.ticket, low.answer)
            yield Unit(low.answer.row, clock, IN, low.second)


def knows_second(world: World) -> bool:
    """Tell whether any rating, low or not, was followed by a second one."""
    if any(row.get("second_score") is not None for row in world.export.outreach):
        return True
    every = [(t, a) for t in world.surveyed() for a in world.rating(t)]
    return any(_low(world, ticket, answer).second is not None for ticket, answer in every)


def containment_rate(world: World) -> Iterator[Unit]:
    """Yield deflected contacts, k where no ticket of the customer followed within the window."""
    end, window = world.export.data_end, world.options.window
    for ticket in world.tickets:
        if ticket.fate != "deflected" or not world.export.has_tickets:
            continue
        known = _is_placed(ticket)
        if ticket.mature:
            state = IN if known else "unknown_key"
        elif known:
            state = "no_clock" if ticket.anchor is None else "immature"
        else:
            continue
        assert end is not None or state != IN
        followed = any(
            later.fate in (None, "merged") and _follows(later, ticket, window)
            for later in world.tickets
        )
        k = state == IN and not followed
        yield Unit(ticket.row, world.ticket_clock(ticket), state, k)


def _is_placed(ticket: Ticket) -> bool:
    row = ticket.row
    return bool(row.get("customer_id")) and row.get("created_at") is not None


def _follows(later: Ticket, earlier: Ticket, window: timedelta) -> bool:
    """Tell whether one is a later contact of the other's customer, inside its window."""
    if later is earlier or not (_is_placed(later) and _is_placed(earlier)):
        return False
    if later.row["customer_id"] != earlier.row["customer_id"]:
        return False
    assert earlier.anchor is not None
    return _order(later) > _order(earlier) and later.row["created_at"] <= earlier.anchor + window


def _order(ticket: Ticket) -> tuple[datetime, bool, str]:
    # A row without an id has one of its own that sorts after all others.
    return (ticket.row["created_at"], not isinstance(ticket.key, str), str(ticket.key))


def _is_after_deflection(world: World, ticket: Ticket) -> bool:
    return any(
        other.fate == "deflected" and _follows(ticket, other, world.options.window)
        for other in world.tickets
    )


def csat_after_deflection(world: World) -> Iterator[Unit]:
    """Yield ratings of tickets that follow a deflected contact, k where satisfied."""
    for ticket in world.surveyed():
        if _is_after_deflection(world, ticket):
            for answer in world.rating(ticket):
                clock = world.answer_clock(ticket, answer)
                k = is_satisfied(answer.score, world.options.scale)
                yield Unit(answer.row, clock, IN, k)


def of_following(
    units: Callable[[World], Iterator[Unit]],
) -> Callable[[World], Iterator[Unit]]:
    """Return the units of a metric of tickets, of those after a deflected contact alone."""

    def following(world: World) -> Iterator[Unit]:
        rows = {id(t.row) for t in world.included() if _is_after_deflection(world, t)}
        for unit in units(world):
            if id(unit.row) in rows:
                unit.labels = []
                yield unit

    return following
