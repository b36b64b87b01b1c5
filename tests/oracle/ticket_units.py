"""Units of the ticket metrics: resolution, repeats, reopens, times, volume."""

from collections.abc import Callable, Iterator
from datetime import datetime

from .cleaning import folded
from .facts import Ticket
from .units import HOUR, IN, QUICK, Unit, World


def _tickets(
    world: World, state: Callable[[Ticket], str | None], k: Callable[[Ticket], float]
) -> Iterator[Unit]:
    """Yield the included tickets whose state isn't None."""
    for ticket in world.included():
        found = state(ticket)
        if found is not None:
            yield Unit(ticket.row, world.ticket_clock(ticket), found, k(ticket))


def _matured(ticket: Ticket) -> str:
    """Return `IN`, or why the ticket's outcome isn't over yet."""
    if ticket.mature:
        return IN
    return "no_clock" if ticket.anchor is None else "immature"


def fcr(world: World) -> Iterator[Unit]:
    """Yield tickets, k where no failure reason holds; the first reason is the label."""
    for ticket in world.included():
        unit = Unit(ticket.row, world.ticket_clock(ticket), _matured(ticket))
        if unit.state == IN:
            unit.k = not ticket.failures
            unit.labels = [f"failures:{reason}" for reason in ticket.failures[:1]]
            unit.labels += ["quick:repeat"] * _is_quick(ticket)
        yield unit


def fcr_resolved(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k where no failure reason holds."""
    return _tickets(
        world,
        lambda t: _matured(t) if t.ever_resolved else None,
        lambda t: not t.failures,
    )


def fcr_naive(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved of any age, k where no failure reason holds so far."""
    return _tickets(world, _ever, lambda t: not t.failures)


def repeat_contact_rate(world: World) -> Iterator[Unit]:
    """Yield tickets resolved now, k where a repeat followed, whatever else went wrong."""
    for ticket in world.included():
        if not ticket.resolved:
            continue
        state = _matured(ticket)
        if state == IN and ticket.link is None:
            state = "unknown_key"
        elif ticket.link is None:
            continue  # two things are missing: neither count says what the other would not
        yield Unit(ticket.row, world.ticket_clock(ticket), state, ticket.repeated_at is not None)


def _is_quick(ticket: Ticket) -> bool:
    resolved_at = ticket.row.get("resolved_at")
    if ticket.repeated_at is None or resolved_at is None:
        return False
    return bool(resolved_at <= ticket.repeated_at <= resolved_at + QUICK)


def repeat_contact_rate_km(world: World) -> Iterator[Unit]:
    """Yield every followed ticket, k where a repeat came within the window."""
    for ticket in world.included():
        risk = ticket.day(world.export.data_end, world.options.window_days)
        if risk is not None:
            clock, labels = world.ticket_clock(ticket), ["full:follow_up"] * ticket.mature
            yield Unit(ticket.row, clock, IN, risk[0], labels, risk)


def fcr_resolved_km(world: World) -> Iterator[Unit]:
    """Yield mature tickets ever resolved, k without a reason besides repeat, and the followed."""
    for ticket in world.included():
        risk = ticket.day(world.export.data_end, world.options.window_days)
        state = _matured(ticket) if ticket.ever_resolved else None
        k = not set(ticket.failures) - {"repeat"}
        labels = ["full:follow_up"] * (ticket.mature and risk is not None)
        yield Unit(ticket.row, world.ticket_clock(ticket), state, k, labels, risk)


def _ever(ticket: Ticket) -> str | None:
    return IN if ticket.ever_resolved else None


def reopen_rate(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k where reopened; those younger than the window are labelled."""
    for ticket in world.included():
        if ticket.ever_resolved:
            labels = ["young:tickets"] * (not ticket.mature)
            yield Unit(ticket.row, world.ticket_clock(ticket), IN, ticket.events > 0, labels)


def reopen_events(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k the number of reopen events."""
    return _tickets(world, _ever, lambda t: t.events)


def never_reopened(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k where never reopened."""
    return _tickets(world, _ever, lambda t: t.events == 0)


def first_response_within(world: World) -> Iterator[Unit]:
    """Yield tickets with a limit that were answered in order or are past it."""
    for ticket in world.included():
        row = ticket.row
        created_at, answered_at = row.get("created_at"), row.get("first_response_at")
        limit = world.options.limits.get(_limit_name(row.get("channel")))
        if limit is None or created_at is None:
            continue
        if answered_at is not None:
            counts, k = answered_at >= created_at, answered_at - created_at <= limit
        else:
            end = world.export.data_end
            counts, k = end is not None and end - created_at > limit, False
        if counts:
            yield Unit(row, world.ticket_clock(ticket), IN, k)


def _limit_name(channel: str | None) -> str:
    """Return the channel by the name under which its limit is declared."""
    word = folded(channel)
    return {"mail": "email", "livechat": "chat", "webchat": "chat"}.get(word, word)


def first_response_time(world: World) -> Iterator[Unit]:
    """Yield tickets answered in order, k the hours."""
    return _hours(world, "first_response_at")


def resolution_time(world: World) -> Iterator[Unit]:
    """Yield tickets resolved in order, k the hours."""
    return _hours(world, "resolved_at")


def _hours(world: World, end: str) -> Iterator[Unit]:
    for ticket in world.included():
        start_at: datetime | None = ticket.row.get("created_at")
        end_at: datetime | None = ticket.row.get(end)
        if start_at is not None and end_at is not None and end_at >= start_at:
            hours = (end_at - start_at) / HOUR
            yield Unit(ticket.row, world.ticket_clock(ticket), IN, hours)


def transfer_rate(world: World) -> Iterator[Unit]:
    """Yield tickets whose transfers are known, k where there was one."""
    return _tickets(
        world,
        lambda t: IN if t.row.get("transfer_count") is not None else None,
        lambda t: t.row["transfer_count"] > 0,
    )


def resolution_rate(world: World) -> Iterator[Unit]:
    """Yield tickets, k where resolved now."""
    return _tickets(world, lambda _: IN, lambda t: t.resolved)


def tickets(world: World) -> Iterator[Unit]:
    """Yield tickets, k one each."""
    return _tickets(world, lambda _: IN, lambda _: 1)


def backlog(world: World) -> Iterator[Unit]:
    """Yield tickets not resolved now, k one each."""
    return _tickets(world, lambda t: None if t.resolved else IN, lambda _: 1)
