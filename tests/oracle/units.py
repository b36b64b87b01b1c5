"""Which tickets, surveys and answers each metric looks at, one small function per metric."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .cleaning import Export
from .facts import Answer, Survey, Ticket
from .model import Options, Row
from .scales import is_detractor, is_low, is_satisfied

IN = "in"
HOUR = timedelta(hours=1)
TWO_HOURS = timedelta(hours=2)
QUICK = timedelta(minutes=15)


@dataclass
class Unit:
    """One thing a metric looks at.

    `state` is `IN` (part of n), a reason (held back, counted) or None (only its `labels` and
    `risk` matter). `k` is its part of the numerator.
    """

    row: Row
    clock: datetime | None
    state: str | None
    k: float = 0
    labels: list[str] = field(default_factory=list)
    risk: tuple[bool, int] | None = None


@dataclass
class World:
    """The cleaned export with its tickets and the run's choices."""

    export: Export
    tickets: list[Ticket]
    options: Options

    def included(self) -> list[Ticket]:
        """Return the tickets of the ticket rows that are in the denominators."""
        return [t for t in self.tickets if t.fate is None and self.export.has_tickets]

    def surveyed(self, fate: str | None = None) -> list[Ticket]:
        """Return the tickets with a survey and the given fate."""
        return [t for t in self.tickets if t.fate == fate and t.surveys]

    def rating(self, ticket: Ticket) -> list[Answer]:
        """Return the answers that count: the first, the last, or all of them."""
        if self.options.rating == "all":
            return ticket.answers
        return ticket.answers[-1:] if self.options.rating == "last" else ticket.answers[:1]

    def ticket_clock(self, ticket: Ticket) -> datetime | None:
        """Return the instant that dates a ticket."""
        row, clock = ticket.row, self.options.clock
        if clock == "family":
            return row.get("resolved_at") or row.get("created_at")
        if clock == "responded":
            return next((a.responded_at for a in self.rating(ticket)), None)
        instant: datetime | None = row.get(f"{clock}_at")
        return instant

    def survey_clock(self, ticket: Ticket, survey: Survey | None) -> datetime | None:
        """Return the instant that dates a survey: when it was sent, else its ticket's."""
        if self.options.clock == "responded" and survey is not None:
            return next((a.responded_at for a in survey.answers), None)
        sent_at = survey.sent_at if survey and self.options.clock == "family" else None
        return sent_at or self.ticket_clock(ticket)

    def answer_clock(self, ticket: Ticket, answer: Answer) -> datetime | None:
        """Return the instant that dates an answer: given, else sent, else its ticket's."""
        if self.options.clock == "responded":
            return answer.responded_at
        own = answer.responded_at or answer.sent_at if self.options.clock == "family" else None
        return own or self.ticket_clock(ticket)


Units = Callable[[World], Iterator[Unit]]


def answers(world: World, k: Callable[[float, str], float]) -> Iterator[Unit]:
    """Yield the ratings, then those that belong to no ticket; `k` takes score and scale."""
    for ticket in world.surveyed():
        for answer in world.rating(ticket):
            clock = world.answer_clock(ticket, answer)
            value = k(answer.score, world.options.scale)
            yield Unit(answer.row, clock, IN, value, [f"distribution:{answer.score:g}"])
    for ticket in world.surveyed("no_ticket"):
        for answer in world.rating(ticket):
            satisfied = is_satisfied(answer.score, world.options.scale)
            labels = ["no_ticket:satisfied" if satisfied else "no_ticket:other"]
            clock = world.answer_clock(ticket, answer)
            yield Unit(answer.row, clock, "no_ticket", 0, labels)


def csat(world: World) -> Iterator[Unit]:
    """Yield ratings, k where satisfied."""
    return answers(world, is_satisfied)


def csat_average(world: World) -> Iterator[Unit]:
    """Yield ratings, k the score."""
    return answers(world, lambda score, _: score)


def detractor_share(world: World) -> Iterator[Unit]:
    """Yield ratings, k where among the worst scores."""
    return answers(world, is_detractor)


def low_share(world: World) -> Iterator[Unit]:
    """Yield ratings, k where low."""
    return answers(world, is_low)


def response_rate(world: World) -> Iterator[Unit]:
    """Yield surveys, k where answered; old ones and surveyed tickets are labelled for validity."""
    old = timedelta(days=world.options.mature_days)
    end = world.export.data_end
    for ticket in world.surveyed():
        for survey in ticket.surveys:
            clock = world.survey_clock(ticket, survey)
            unit = Unit(survey.row, clock, IN, bool(survey.answers))
            row = ticket.row
            born_at = survey.sent_at or row.get("resolved_at") or row.get("created_at")
            if born_at is not None and end is not None and born_at + old <= end:
                unit.labels = ["old:sent"] + ["old:answered"] * bool(survey.answers)
            elif world.options.mature_surveys:
                unit.state, unit.k = "immature", 0
            yield unit
        first = min(ticket.surveys, key=lambda s: (s.sent_at is None, s.sent_at or end))
        labels = ["tickets:surveyed"] + ["tickets:rated"] * bool(ticket.answers)
        yield Unit(first.row, world.survey_clock(ticket, first), None, 0, labels)


def survey_ratio(world: World) -> Iterator[Unit]:
    """Yield tickets, k the number of their surveys."""
    for ticket in world.included():
        clock = _first_survey_clock(world, ticket)
        yield Unit(ticket.row, clock, IN, len(ticket.surveys))


def rating_coverage(world: World) -> Iterator[Unit]:
    """Yield tickets, k where rated."""
    for ticket in world.included():
        yield Unit(ticket.row, world.ticket_clock(ticket), IN, bool(ticket.answers))


def survey_within_2h(world: World) -> Iterator[Unit]:
    """Yield surveys sent after a known resolution, k where within two hours."""
    for ticket in world.surveyed():
        resolved_at = ticket.row.get("resolved_at")
        for survey in ticket.surveys:
            if resolved_at and survey.sent_at and survey.sent_at >= resolved_at:
                k = survey.sent_at - resolved_at <= TWO_HOURS
                yield Unit(survey.row, world.survey_clock(ticket, survey), IN, k)


def _first_survey_clock(world: World, ticket: Ticket) -> datetime | None:
    if world.options.clock != "family":
        return world.ticket_clock(ticket)
    sent = [survey.sent_at for survey in ticket.surveys if survey.sent_at]
    return min(sent, default=None) or world.ticket_clock(ticket)
