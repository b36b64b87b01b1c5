"""Facts per ticket: resolved, mature, followed by a repeat, why it failed.

Looks sideways (later tickets of the same customer, a ticket's answers); metrics never do.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from .cleaning import Export, Key, folded
from .model import SURVEY_CELLS, Options, Row, cell_text

DAY = timedelta(days=1)
_REOPEN = {"reopen_count", "reopened_at"}
_MEASURED_BY = {
    "not_confirmed": {"confirmed_resolved"},
    "reopened": _REOPEN,
    "multiple_contacts": {"contact_count"},
    "transferred": {"transfer_count"},
}


@dataclass
class Answer:
    """One answer, with the row it is segmented by."""

    row: Row
    score: float
    sent_at: datetime | None
    responded_at: datetime | None


@dataclass
class Survey:
    """One invitation: (`ticket_id`, `sent_at`), answered any number of times."""

    row: Row
    sent_at: datetime | None
    answers: list[Answer]


@dataclass
class Ticket:
    """One ticket with everything that needs other rows."""

    key: Key
    row: Row
    fate: str | None
    surveys: list[Survey] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    resolved: bool = False
    events: int = 0
    anchor: datetime | None = None
    mature: bool = False
    link: tuple[str, ...] | None = None
    repeated_at: datetime | None = None
    failures: list[str] = field(default_factory=list)

    @property
    def ever_resolved(self) -> bool:
        """Tell whether it is resolved now or was reopened at least once."""
        return self.resolved or self.events > 0

    def day(self, data_end: datetime | None, window_days: int) -> tuple[bool, int] | None:
        """Return (event, day on the grid), None where the ticket can't be followed."""
        if self.link is None or self.anchor is None or not self.resolved or data_end is None:
            return None
        if self.repeated_at is not None:
            return True, max(0, math.ceil((self.repeated_at - self.anchor) / DAY))
        return False, max(0, min(window_days, (data_end - self.anchor) // DAY))


def facts(export: Export, options: Options) -> list[Ticket]:
    """Return all tickets, excluded ones too, with their facts and surveys.

    Tickets known only from surveys have the fate None where no ticket rows were given, else
    `no_ticket`.
    """
    tickets = {key: Ticket(key, row, export.fates.get(key)) for key, row in export.tickets.items()}
    for ticket in tickets.values():
        _resolution(ticket, export, options)
    _link(tickets.values(), export, options)
    for ticket in tickets.values():
        ticket.failures = _failures(ticket, export, options)
    _attach_surveys(tickets, export)
    return list(tickets.values())


def measured(export: Export, options: Options) -> list[str]:
    """Return the failure reasons that were asked for and have their column."""
    return [
        reason
        for reason in options.fail_on
        if reason not in _MEASURED_BY or _MEASURED_BY[reason] & export.columns
    ]


def kaplan_meier(days: Iterable[tuple[bool, int]], window_days: int) -> float:
    """Return S(window): the product over days of 1 - events / at risk.

    Args:
        days: (event, day) per subject; on one day events come before censorings.
        window_days: the last day of the product.
    """
    subjects = list(days)
    survival = 1.0
    for day in range(window_days + 1):
        at_risk = sum(1 for _, until in subjects if until >= day)
        events = sum(1 for event, until in subjects if event and until == day)
        if at_risk:
            survival *= 1 - events / at_risk
    return survival


def _resolution(ticket: Ticket, export: Export, options: Options) -> None:
    row = ticket.row
    ticket.resolved = _is_resolved(row, export.resolved_by, options)
    ticket.events = max(row.get("reopen_count") or 0, 1 if row.get("reopened_at") else 0)
    ticket.anchor = row.get("resolved_at") or row.get("created_at")
    ticket.mature = (
        ticket.anchor is not None
        and export.data_end is not None
        and ticket.anchor + options.window <= export.data_end
    )


def _is_resolved(row: Row, by: str | None, options: Options) -> bool:
    if by == "resolved":
        return row.get("resolved") is True
    if by == "status":
        return folded(row.get("status")) in options.resolved_statuses
    return by is not None and row.get(by) is not None


def _link(tickets: Iterable[Ticket], export: Export, options: Options) -> None:
    """Find for each ticket the next contact of its customer about its issue."""
    by_issue = options.repeat_on == "issue" and "issue_type" in export.columns
    names = ("customer_id", "issue_type") if by_issue else ("customer_id",)
    contacts: dict[tuple[str, ...], list[Ticket]] = {}
    for ticket in tickets:
        key = tuple(cell_text(ticket.row.get(name)) for name in names)
        is_contact = ticket.fate in (None, "merged")
        if is_contact and all(key) and ticket.row.get("created_at") is not None:
            ticket.link = key
            contacts.setdefault(key, []).append(ticket)
    for same in contacts.values():
        same.sort(key=_contact_order)
        for ticket, later in pairwise(same):
            assert ticket.anchor is not None  # a linked ticket has `created_at`
            # The next contact is the earliest of all later ones: if it is too late, all are.
            if later.row["created_at"] <= ticket.anchor + options.window:
                ticket.repeated_at = later.row["created_at"]


def _contact_order(ticket: Ticket) -> tuple[Any, ...]:
    has_no_id = not isinstance(ticket.key, str)
    text = [cell_text(value) for value in ticket.row.values()] if has_no_id else [ticket.key]
    return (ticket.row["created_at"], has_no_id, text)


def _failures(ticket: Ticket, export: Export, options: Options) -> list[str]:
    """Return every reason that holds, in order; the first is the ticket's reason."""
    row = ticket.row
    holds = {
        "unresolved": not ticket.ever_resolved,
        "not_confirmed": row.get("confirmed_resolved") is False,
        "reopened": ticket.events > 0,
        "repeat": ticket.repeated_at is not None,
        "multiple_contacts": (row.get("contact_count") or 0) > 1,
        "transferred": (row.get("transfer_count") or 0) > 0,
    }
    wanted = measured(export, options)
    return [reason for reason, is_so in holds.items() if is_so and reason in wanted]


def _attach_surveys(tickets: dict[Key, Ticket], export: Export) -> None:
    shown = dict.fromkeys(export.columns)
    surveys: dict[tuple[Key, datetime | None], Survey] = {}
    for key, found in sorted(export.surveys, key=lambda item: _answer_order(item[1])):
        if key not in tickets:
            if export.has_tickets and not export.has_survey_file:
                continue  # it sat in a ticket row of which nothing was known yet
            tickets[key] = Ticket(key, {}, "no_ticket" if export.has_tickets else None)
        ticket = tickets[key]
        of_ticket = {**shown, **ticket.row} if ticket.row else {}
        own = {name: found.get(name) for name in SURVEY_CELLS}
        row = {**found, **of_ticket, **own}
        ticket.row = ticket.row or (row if not export.has_tickets else {})
        sent_at = found.get("sent_at")
        if (key, sent_at) not in surveys:
            surveys[key, sent_at] = Survey(row, sent_at, [])
            ticket.surveys.append(surveys[key, sent_at])
        if found.get("score") is not None:
            answer = Answer(row, found["score"], sent_at, found.get("responded_at"))
            surveys[key, sent_at].answers.append(answer)
            ticket.answers.append(answer)


def _answer_order(row: Row) -> tuple[Any, ...]:
    """Sort by instant, score and comment, missing ones last; the row's text ends every tie."""
    names = ("responded_at", "sent_at", "score", "comment")
    order = [(row.get(n) is None, row[n] if row.get(n) is not None else 0) for n in names]
    return (order, [cell_text(value) for value in row.values()])


def waterfall(tickets: Iterable[Ticket]) -> Counter[str]:
    """Count the first reason of each ticket."""
    return Counter(ticket.failures[0] for ticket in tickets if ticket.failures)
