"""Hypothesis strategies for nasty exports, as canonical rows and as files.

Few customers, issues and instants, so that ties, repeats and window edges happen in every
example. Nothing here computes a metric.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.oracle import REASONS, Options, Row, cell_text

# Drawing some twenty linked rows takes a while by nature; that isn't the test's slowness.
_PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile(
    "ci", deadline=None, derandomize=True, max_examples=15, suppress_health_check=_PATIENT
)
settings.register_profile("dev", deadline=None, max_examples=30, suppress_health_check=_PATIENT)

START = datetime(2026, 2, 20, 9)
NOW = datetime(2026, 7, 1)
"""The clock of the examples: later than all instants but the one below."""
FAR_AHEAD = datetime(2099, 1, 1, 12)
"""An instant that no clock has reached: a typing error, which must not move the data end."""

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

HOSTILE = (
    "[/red]",
    "[bold]x",
    "a|b",
    "<b>bold</b>",
    "=1+1",
    "-2+3",
    "@sum",
    'say "hi"',
    "o'neil",
    "semi;colon",
    "comma, here",
    "two\nlines",
    "tab\there",
    "\U0001f600",
    "\u202eright to left\u202c",
    "\u00e9t\u00e9",
    "\u00df",
    "  padded  ",
    "   ",
    "NaN",
    "0",
    "x" * 60,
)
"""Text that breaks markup, tables, spreadsheets or comparison; a name that is only blanks is none.

None starts with an apostrophe: the loader takes one before `=` for the guard it writes itself.
"""

CUSTOMERS = (
    *("ann",) * 8,
    " ann ",
    *("Bob@Example.org", "bob@example.org") * 2,
    "007",
    "7",
    "1.03E+13",
    None,
)
ISSUES = (*("login",) * 8, *("billing",) * 3, "login ", "Login", None)
TICKET_COLUMNS = (
    "ticket_id",
    "customer_id",
    "agent",
    "team",
    "channel",
    "issue_type",
    "status",
    "created_at",
    "first_response_at",
    "resolved_at",
    "resolved",
    "closed_at",
    "updated_at",
    "reopen_count",
    "reopened_at",
    "contact_count",
    "transfer_count",
    "agent_replies",
    "customer_replies",
    "confirmed_resolved",
    "merged",
    "deflected",
    "parent_ticket_id",
)
SURVEY_COLUMNS = (
    "ticket_id",
    "customer_id",
    "sent_at",
    "responded_at",
    "score",
    "comment",
    "survey_status",
    "delivery",
)
INLINE_COLUMNS = SURVEY_COLUMNS[2:]
_MAY_BE_MISSING = tuple(c for c in TICKET_COLUMNS if c not in ("ticket_id", "created_at"))
_FATES = ("merged", "merged", "deflected", "side", "deleted", "spam")
_BOOLEANS = ("resolved", "confirmed_resolved", "merged", "deflected")
_COUNTS = (
    "reopen_count", "contact_count", "transfer_count", "agent_replies", "customer_replies", "score",
)  # fmt: skip


def instants(window_days: int = 14) -> st.SearchStrategy[datetime]:
    """Return few instants over seven weeks, clock changes and window edges among them."""
    days = st.sampled_from((0, 0, 1, 2, 7, window_days, window_days, 16, 23, 30, 37, 44))
    offsets = st.sampled_from((0, 0, 0, -1, 1, 3600, 7200, 7201, 43_200, 57_600, 86_399))
    return st.builds(lambda d, s: START + d * DAY + s * SECOND, days, offsets)


def names(*usual: str | None) -> st.SearchStrategy[str | None]:
    """Return a usual name most of the time, hostile text or None otherwise."""
    return st.sampled_from((*usual * 6, *HOSTILE, None))


def _rarely(value: Any, usual: Any = None, times: int = 8) -> st.SearchStrategy[Any]:
    return st.sampled_from((usual,) * times + (value,))


@st.composite
def _created_at(draw: st.DrawFn, earlier: Sequence[Row], window_days: int) -> datetime | None:
    """Draw a creation: a tie with an earlier ticket, an edge of its window, or any instant."""
    kind = draw(st.sampled_from((*("any", "tie", "edge", "open") * 4, "none")))
    other = draw(st.sampled_from(earlier)) if earlier else {}
    anchor = other.get("resolved_at") or other.get("created_at")
    if kind == "none":
        return None
    if kind == "any" or anchor is None:
        return draw(instants(window_days))
    if kind == "tie" and other["created_at"]:
        tie: datetime = other["created_at"]
        return tie
    if kind == "open":
        return _ahead(anchor, -HOUR)
    return _ahead(anchor, window_days * DAY + draw(st.sampled_from((-1, 0, 1))) * SECOND)


def _ahead(instant: datetime, by: timedelta) -> datetime:
    """Return the instant moved; the one that lies far ahead stays where it is."""
    return instant if instant >= FAR_AHEAD else instant + by


@st.composite
def _ticket(draw: st.DrawFn, place: int, earlier: Sequence[Row], window_days: int) -> Row:
    """Draw one ticket, related to the earlier ones."""
    created_at = draw(_created_at(earlier, window_days))
    start_at = created_at or draw(instants(window_days))
    took = st.sampled_from((None, 0, 1, 7200, 7201, 86_400, 172_800, 20 * 86_400, -3600))
    resolved_after, answered_after = (
        draw(took),
        draw(st.sampled_from((None, -5, 0, 120, 121, 7200))),
    )
    resolved_at = None if resolved_after is None else _ahead(start_at, resolved_after * SECOND)
    fate = draw(st.sampled_from((None,) * 20 + _FATES))
    status = draw(st.sampled_from(("open", "solved", "closed", "Closed", None)))
    row: Row = {
        "ticket_id": f"{place:02d}" if place % 2 else f"T{place}",
        "customer_id": draw(st.sampled_from(CUSTOMERS)),
        "agent": draw(names("ada", "bea", "cyd")),
        "team": draw(st.sampled_from(("north", "south", None))),
        "channel": draw(names("email", "chat", "phone")),
        "issue_type": draw(st.sampled_from((*ISSUES * 4, *HOSTILE))),
        "status": fate if fate in ("deleted", "spam") else status,
        "created_at": created_at,
        "first_response_at": None
        if answered_after is None
        else _ahead(start_at, answered_after * SECOND),
        "resolved_at": draw(_rarely(FAR_AHEAD, resolved_at, 30)),
        "resolved": draw(st.sampled_from((True, False, None))),
        "closed_at": draw(st.sampled_from((None, resolved_at))),
        "updated_at": draw(st.one_of(st.none(), instants(window_days))),
        "reopen_count": draw(st.sampled_from((0,) * 8 + (None, 1, 2))),
        "reopened_at": draw(_rarely(_ahead(start_at, 2 * DAY), times=15)),
        "contact_count": draw(st.sampled_from((1,) * 6 + (None, 2))),
        "transfer_count": draw(st.sampled_from((0, 0, 0, None, 1))),
        "agent_replies": draw(st.sampled_from((0, 1, 1, 2, 3, None))),
        "customer_replies": draw(st.sampled_from((0, 0, 1, 2, None))),
        "confirmed_resolved": draw(st.sampled_from((None,) * 6 + (True, False))),
        "merged": True if fate == "merged" else draw(st.sampled_from((False, None))),
        "deflected": True if fate == "deflected" else None,
        "parent_ticket_id": "T0" if fate == "side" else None,
    }
    return row


@st.composite
def _second_row(draw: st.DrawFn, row: Row, window_days: int) -> Row:
    """Draw another row of the same ticket: a copy, a later state, or one that ties with it."""
    updated_at = draw(st.sampled_from((row["updated_at"], None, START, START + 40 * DAY)))
    changes: tuple[Row, ...] = (
        {},
        {"agent": "dee", "resolved_at": None},
        {"status": "open", "reopen_count": 1},
        {"ticket_id": f" {row['ticket_id']} "},
    )
    return {**row, "updated_at": updated_at, **draw(st.sampled_from(changes))}


@st.composite
def tickets(draw: st.DrawFn, window_days: int = 14) -> list[Row]:
    """Draw at most 25 ticket rows in any order; every row has the same columns in one order."""
    rows: list[Row] = []
    for place in range(draw(st.sampled_from((1, 2, 4, 8, 12, 16, 20)))):
        rows.append(draw(_ticket(place, rows, window_days)))
    doubled = draw(st.lists(st.sampled_from(rows), max_size=5))
    rows = draw(st.permutations(rows + [draw(_second_row(row, window_days)) for row in doubled]))
    missing = draw(st.one_of(st.just(()), st.lists(st.sampled_from(_MAY_BE_MISSING), max_size=3)))
    return [{c: row[c] for c in TICKET_COLUMNS if c not in missing} for row in rows]


@st.composite
def _survey(draw: st.DrawFn, ticket: Row) -> Row:
    start_at = ticket.get("resolved_at") or ticket.get("created_at") or START
    delays = (None, 0, 7200, 7201, -3600, 86_400, -20 * 86_400)
    delay, answer = draw(st.sampled_from(delays)), draw(st.sampled_from((None, 45, 3600, 259_200)))
    sent_at = None if delay is None else _ahead(start_at, delay * SECOND)
    score = draw(st.sampled_from((None, None, 1, 2, 3, 4, 4, 5, 5, 5)))
    answered_at = None if answer is None else _ahead(sent_at or start_at, answer * SECOND)
    return {
        "ticket_id": ticket.get("ticket_id"),
        "customer_id": ticket.get("customer_id"),
        "sent_at": sent_at,
        "responded_at": answered_at if score is not None else None,
        "score": score,
        "comment": draw(names(None, "slow")) if score is not None else None,
        "survey_status": None if score is not None else draw(st.sampled_from((None, "offered"))),
        "delivery": draw(st.sampled_from((None, "delivered"))),
    }


@st.composite
def surveys(draw: st.DrawFn, rows: Sequence[Row] = ()) -> list[Row]:
    """Draw survey rows for these tickets and for one that doesn't exist; some answered twice."""
    of = [*rows, {"ticket_id": "gone", "customer_id": "ann"}, {"ticket_id": "T1"}]
    surveyed = draw(st.lists(st.sampled_from(of), min_size=1, max_size=20))
    found: list[Row] = [draw(_survey(ticket)) for ticket in surveyed]
    for row in draw(st.lists(st.sampled_from(list(found)), max_size=4)):
        later_at = row["responded_at"] and _ahead(row["responded_at"], HOUR)
        again = {"score": draw(st.integers(1, 5)), "responded_at": later_at, "survey_status": None}
        found.append({**row, **draw(st.sampled_from(({}, again)))})
    return draw(st.permutations(found))


@st.composite
def options(draw: st.DrawFn) -> Options:
    """Draw the choices of a run; `unresolved` always stays a failure."""
    selected = draw(st.one_of(st.just(REASONS), st.sets(st.sampled_from(REASONS))))
    first = START.date() + timedelta(days=draw(st.integers(-3, 40)))
    period = (first, first + timedelta(days=draw(st.sampled_from((0, 6, 20, 60)))))
    edges = st.sampled_from((0, -1, 1))
    cut = draw(instants()) + draw(st.sampled_from((14, 7, 0))) * DAY + draw(edges) * SECOND
    return Options(
        window_days=draw(st.sampled_from((14, 14, 7, 1))),
        repeat_on=draw(st.sampled_from(("issue", "issue", "customer"))),
        fail_on=tuple(r for r in REASONS if r in selected or r == "unresolved"),
        clock=draw(st.sampled_from(("family",) * 4 + ("created", "resolved", "responded"))),
        rating=draw(st.sampled_from(("first", "last", "all"))),
        as_of=draw(st.sampled_from((None, None, cut, START + 50 * DAY, START + 90 * DAY))),
        tz=draw(st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"))),
        week_start=draw(st.sampled_from(("mon", "mon", "sun", "sat"))),
        mature_days=draw(st.sampled_from((14, 7))),
        period=draw(st.sampled_from((None, None, None, period))),
        now=NOW,
    )


Tables = tuple[list[Row] | None, list[Row] | None, Options]


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    """Draw (tickets, surveys, options): with a survey file, without, or surveys alone.

    Without a survey file some ticket rows hold their survey. Surveys alone have no ticket whose
    clock could be asked for, so they keep the clocks that they have.
    """
    chosen = draw(options())
    rows = draw(tickets(chosen.window_days))
    shape = draw(st.sampled_from(("two files", "two files", "inline", "tickets", "surveys")))
    if shape == "two files":
        return rows, draw(surveys(rows)), chosen
    if shape == "inline":
        return draw(_inline(rows)), None, chosen
    if shape == "tickets":
        return rows, None, chosen
    if chosen.clock in ("created", "resolved"):
        chosen = replace(chosen, clock="family")
    return None, draw(surveys(rows)), chosen


@st.composite
def _inline(draw: st.DrawFn, rows: Sequence[Row]) -> list[Row]:
    nothing = dict.fromkeys(INLINE_COLUMNS)
    found = []
    for row in rows:
        survey = draw(st.one_of(st.just(nothing), _survey(row)))
        found.append({**row, **{name: survey[name] for name in INLINE_COLUMNS}})
    return found


def periods() -> st.SearchStrategy[tuple[date, date]]:
    """Return first and last days, both included, that cover part of the examples."""
    first = st.integers(-3, 40).map(lambda days: START.date() + timedelta(days=days))
    return st.builds(lambda d, n: (d, d + timedelta(days=n)), first, st.integers(0, 20))


def write_csv(rows: Sequence[Row], path: Path) -> Path:
    """Write rows under canonical headers: instants to the second, blank for None."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_header(rows))
        writer.writerows([cell_text(row.get(name)) for name in _header(rows)] for row in rows)
    return path


def write_parquet(rows: Sequence[Row], path: Path) -> Path:
    """Write rows under canonical headers with typed columns: instants, counts, flags, text."""
    schema = {name: _dtype(name) for name in _header(rows)}
    columns: Mapping[str, list[Any]] = {name: [row.get(name) for row in rows] for name in schema}
    pl.DataFrame(columns, schema=schema).write_parquet(path)
    return path


def _header(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _dtype(name: str) -> pl.DataType:
    if name.endswith("_at"):
        return pl.Datetime("us")
    if name in _BOOLEANS:
        return pl.Boolean()
    return pl.Int64() if name in _COUNTS else pl.String()
