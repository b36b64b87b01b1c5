"""Units of other systems' rules, written from their descriptions alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from .cleaning import Export
from .facts import Ticket
from .model import Options, cell_text
from .scales import is_satisfied, is_unsatisfied, lowest_and_highest
from .units import IN, Unit, Units, World, answers


def _tickets(
    world: World,
    state: Callable[[Ticket], str | None],
    k: Callable[[Ticket], float],
    *,
    merged: bool = False,
) -> Iterator[Unit]:
    """Yield the included tickets, merged ones too where asked, whose state isn't None."""
    fates = (None, "merged") if merged else (None,)
    for ticket in world.tickets:
        found = state(ticket) if ticket.fate in fates and world.export.has_tickets else None
        if found is not None:
            yield Unit(ticket.row, world.ticket_clock(ticket), found, k(ticket))


def _replies(ticket: Ticket) -> int | None:
    found: int | None = ticket.row.get("agent_replies")
    return found


def _known(column: str, *, open_too: bool = False) -> Callable[[Ticket], str | None]:
    """Return which resolved tickets are in: those whose count is known."""

    def state(ticket: Ticket) -> str | None:
        if not (ticket.resolved or open_too):
            return None
        return IN if ticket.row.get(column) is not None else "unknown_count"

    return state


def one_touch_zendesk(world: World) -> Iterator[Unit]:
    """Yield resolved tickets, k with no or one reply."""
    return _tickets(world, _known("agent_replies"), lambda t: (_replies(t) or 0) <= 1, merged=True)


def one_touch_exactly_one(world: World) -> Iterator[Unit]:
    """Yield resolved tickets, k with one reply."""
    return _tickets(world, _known("agent_replies"), lambda t: _replies(t) == 1, merged=True)


def one_touch_messaging(world: World) -> Iterator[Unit]:
    """Yield resolved tickets, k with any reply and no reopen."""
    return _tickets(
        world,
        _known("agent_replies"),
        lambda t: bool(_replies(t)) and t.events == 0,
        merged=True,
    )


def one_touch_all(world: World) -> Iterator[Unit]:
    """Yield all tickets, k where resolved with no or one reply."""
    return _tickets(
        world,
        _known("agent_replies", open_too=True),
        lambda t: t.resolved and _replies(t) in (0, 1),
        merged=True,
    )


def zero_interactions_freshservice(world: World) -> Iterator[Unit]:
    """Yield resolved tickets, k where the customer never replied."""
    return _tickets(
        world,
        _known("customer_replies"),
        lambda t: t.row.get("customer_replies") == 0,
        merged=True,
    )


def first_contact_rightnow(world: World) -> Iterator[Unit]:
    """Yield resolved tickets with any reply, k with one; unknown counts are held back."""

    def state(ticket: Ticket) -> str | None:
        found = _known("agent_replies")(ticket)
        return None if found == IN and not _replies(ticket) else found

    return _tickets(world, state, lambda t: _replies(t) == 1, merged=True)


def never_reopened_kustomer(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k where still resolved and never reopened."""
    return _tickets(world, _ever, lambda t: t.resolved and t.events == 0)


def _ever(ticket: Ticket) -> str | None:
    return IN if ticket.ever_resolved else None


def reopen_rate_zendesk(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k where reopened."""
    return _tickets(world, _ever, lambda t: t.events > 0, merged=True)


def reopen_rate_resolved(world: World) -> Iterator[Unit]:
    """Yield tickets resolved now, k where reopened."""
    return _tickets(world, lambda t: IN if t.resolved else None, lambda t: t.events > 0,
                    merged=True)  # fmt: skip


def reopen_events_zendesk(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k the reopen events."""
    return _tickets(world, _ever, lambda t: t.events, merged=True)


def reopen_events_dbt(world: World) -> Iterator[Unit]:
    """Yield tickets ever resolved, k the times solved after the first."""

    def solves(ticket: Ticket) -> int:
        return ticket.events + 1 if ticket.resolved else ticket.events

    return _tickets(world, _ever, lambda t: max(0, solves(t) - 1), merged=True)


def fcr_within(days: int) -> Units:
    """Return first contact resolution with another window."""

    def units(world: World) -> Iterator[Unit]:
        for ticket in world.included():
            unit = Unit(ticket.row, world.ticket_clock(ticket), _matured(ticket, world, days))
            reasons = set(ticket.failures) - {"repeat"}
            if "repeat" in world.options.fail_on and _followed(ticket, world, days, by_issue=True):
                reasons.add("repeat")
            unit.k = unit.state == IN and not reasons
            yield unit

    return units


def no_comeback_7d(world: World) -> Iterator[Unit]:
    """Yield mature tickets ever resolved, k where neither ticket nor customer came back."""
    return _tickets(
        world,
        lambda t: _matured(t, world, 7) if t.ever_resolved else None,
        lambda t: t.resolved and t.events == 0 and not _followed(t, world, 7, by_issue=False),
    )


def no_contact_7d_queuemetrics(world: World) -> Iterator[Unit]:
    """Yield all tickets, k where the customer didn't come back."""
    return _tickets(world, lambda _: IN, lambda t: not _followed(t, world, 7, by_issue=False))


def _matured(ticket: Ticket, world: World, days: int) -> str:
    if ticket.anchor is None:
        return "no_clock"
    end = world.export.data_end
    return IN if end and ticket.anchor + timedelta(days=days) <= end else "immature"


def _followed(ticket: Ticket, world: World, days: int, *, by_issue: bool) -> bool:
    """Tell whether a later ticket of the customer came in time, looking at every other ticket."""
    names = _key_columns(world.export, world.options) if by_issue else ("customer_id",)
    mine = _place(ticket, names)
    if mine is None or ticket.anchor is None:
        return False
    for other in world.tickets:
        theirs = _place(other, names)
        if other is ticket or theirs is None or theirs[0] != mine[0]:
            continue
        limit = ticket.anchor + timedelta(days=days)
        if theirs[1] > mine[1] and other.row["created_at"] <= limit:
            return True
    return False


def _key_columns(export: Export, options: Options) -> tuple[str, ...]:
    if options.repeat_on == "issue" and "issue_type" in export.columns:
        return ("customer_id", "issue_type")
    return ("customer_id",)


def _place(ticket: Ticket, names: tuple[str, ...]) -> tuple[list[str], tuple[object, ...]] | None:
    """Return whose contact a ticket is and where it stands in time, None where it isn't one."""
    key = [cell_text(ticket.row.get(name)) for name in names]
    if ticket.fate not in (None, "merged") or not all(key) or not ticket.row.get("created_at"):
        return None
    has_no_id = not isinstance(ticket.key, str)
    text = [cell_text(v) for v in ticket.row.values()] if has_no_id else [str(ticket.key)]
    # Rows without an id may be alike; the place in the file then only tells them apart.
    place = "" if isinstance(ticket.key, str) else str(ticket.key[1])
    return key, (ticket.row["created_at"], has_no_id, text, place)


def csat_top1(world: World) -> Iterator[Unit]:
    """Yield ratings, k where the best score there is."""
    return answers(world, lambda score, scale: score == lowest_and_highest(scale)[1])


def csat_not_unhappy(world: World) -> Iterator[Unit]:
    """Yield ratings, k where not among the unhappy scores."""
    return answers(world, lambda score, scale: not is_unsatisfied(score, scale))


def csat_net(world: World) -> Iterator[Unit]:
    """Yield ratings, k 1 where satisfied, -1 where unhappy."""
    return answers(world, lambda s, scale: is_satisfied(s, scale) - is_unsatisfied(s, scale))


def csat_faces(world: World) -> Iterator[Unit]:
    """Yield ratings, k 1 where satisfied, a half where neutral."""

    def face(score: float, scale: str) -> float:
        if is_satisfied(score, scale):
            return 1
        return 0 if is_unsatisfied(score, scale) else 0.5

    return answers(world, face)


def csat_rescaled_mean(world: World) -> Iterator[Unit]:
    """Yield ratings, k the place of the score on the scale from 0 to 1."""

    def place(score: float, scale: str) -> float:
        low, high = lowest_and_highest(scale)
        return (score - low) / (high - low)

    return answers(world, place)


def csat_mean_of_top(world: World) -> Iterator[Unit]:
    """Yield ratings, k the score as a part of the best."""
    return answers(world, lambda score, scale: score / lowest_and_highest(scale)[1])


def csat_of_surveyed(world: World) -> Iterator[Unit]:
    """Yield surveys, k where their first answer is satisfied."""
    old = timedelta(days=world.options.mature_days)
    end = world.export.data_end
    for ticket in world.surveyed():
        for survey in ticket.surveys:
            first = survey.answers[:1]
            k = any(is_satisfied(a.score, world.options.scale) for a in first)
            unit = Unit(survey.row, world.survey_clock(ticket, survey), IN, k)
            row = ticket.row
            born_at = survey.sent_at or row.get("resolved_at") or row.get("created_at")
            is_old = born_at is not None and end is not None and born_at + old <= end
            if world.options.mature_surveys and not is_old:
                unit.state, unit.k = "immature", 0
            yield unit


def response_rate_zendesk(world: World) -> Iterator[Unit]:
    """Yield surveyed tickets, k where rated; the first survey dates them."""
    end = world.export.data_end
    for ticket in world.surveyed():
        first = min(ticket.surveys, key=lambda s: (s.sent_at is None, s.sent_at or end))
        clock = world.survey_clock(ticket, first)
        yield Unit(first.row, clock, IN, bool(ticket.answers))
