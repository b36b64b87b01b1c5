"""A log with a row per event → one row per ticket.

The last event describes the ticket. Reopenings are steps from a resolved state back to an open one,
transfers are changes of the assignment after the first; an event that is logged twice counts once.
Only the narrow columns that order and count are read as a whole; the wide rows are picked lazily.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from csatkit.load.canonical import AT, RAGGED, Plan, plain_text
from csatkit.load.mapping import Headers
from csatkit.load.parts import Part
from csatkit.load.prepare import Prepared
from csatkit.load.preset import Events
from csatkit.load.readings import decide_readings
from csatkit.load.sample import sample
from csatkit.load.scoring import Scoring
from csatkit.notes import note
from csatkit.progress import stage
from csatkit.report import Note
from csatkit.schema import fold

__all__ = ["DERIVED", "reduce_events"]

DERIVED = {
    "first_event_at": pl.Datetime("us"),
    "last_event_at": pl.Datetime("us"),
    "first_resolved_at": pl.Datetime("us"),
    "last_resolved_at": pl.Datetime("us"),
    "reopens_in_events": pl.Int64(),
    "transfers_in_events": pl.Int64(),
    "reopens": pl.Int64(),
    "transfers": pl.Int64(),
}
"""Columns that a reduced log has beside its own; `reopens` and `transfers` are the larger of the
count in the events and the counter of the export: a log may lack events, a counter may lag."""

_COUNTERS = {"reopens": "reopen_count", "transfers": "transfer_count"}
_COUNTER_HEADERS = {
    "reopen_count": ("reopen_count", "reopens"),
    "transfer_count": ("reassignment_count", "transfer_count"),
}


_BY_TIME = ("updated_at", "version", "status", "field", "value", "part", AT)
_BY_VERSION = ("version", *(name for name in _BY_TIME if name != "version"))
"""Two orders of a ticket's events. A clock of minutes ties and a version can be logged wrongly, so
only the steps that both orders see are counted."""


@dataclass(frozen=True, slots=True)
class _Headers:
    """The columns of a log that order and count, as this file spells them."""

    ticket: str
    time: str
    version: str | None
    state: str | None
    assigned: str | None
    counters: dict[str, str]


def reduce_events(
    parts: tuple[Part, ...], events: Events, zone: str, date_format: str | None
) -> Prepared | None:
    """Return one row per ticket, None where the columns that order the events aren't there.

    Args:
        parts: the log; its parts may overlap.
        events: what the preset knows of it.
        zone: zone of naive times.
        date_format: as the user declares it.

    Raises:
        InputError: the order of day and month of the events can't be told.
    """
    headers = _headers(parts, events)
    if headers is None:
        return None
    stage("putting the events of each ticket together")
    log = _narrow(parts, headers, events, zone, date_format)
    twice = log.filter(_is_double())
    once = log.filter(~_is_double())
    if events.style == "changes":
        return _from_changes(parts, events, headers, once, twice)
    return _from_snapshots(parts, events, once, twice)


def _headers(parts: tuple[Part, ...], events: Events) -> _Headers | None:
    by_fold = {fold(h): h for part in parts for h in part.headers}

    def first(names: tuple[str, ...]) -> str | None:
        return next((by_fold[fold(n)] for n in names if fold(n) in by_fold), None)

    ticket, time = first(events.ticket), first(events.time)
    if ticket is None or time is None:
        return None
    if events.style == "changes" and not (events.field and events.value):
        return None
    counters = {name: first(words) for name, words in _COUNTER_HEADERS.items()}
    return _Headers(
        ticket,
        time,
        first(events.version),
        first(events.state),
        first(events.assigned),
        {name: header for name, header in counters.items() if header is not None},
    )


def _narrow(
    parts: tuple[Part, ...],
    headers: _Headers,
    events: Events,
    zone: str,
    date_format: str | None,
) -> pl.DataFrame:
    """Return the events in order: ticket, time, what orders, what is counted, and a fingerprint."""
    mapping: dict[str, Headers] = {"ticket_id": headers.ticket, "updated_at": headers.time}
    mapping |= headers.counters
    if events.style == "snapshots":
        mapping |= {"status": headers.state} if headers.state else {}
        mapping |= {"team": headers.assigned} if headers.assigned else {}
    bits = (RAGGED, *mapping)
    plan = Plan(mapping, {}, Scoring(), zone, bits, marks_status=False)
    plan, _ = decide_readings(plan, parts, sample(parts, mapping, ["updated_at"]), date_format)
    frames = []
    for number, part in enumerate(parts):
        typed = plan.canonical(part, mapping, ()).collect().drop("_bad", strict=False)
        beside = part.frame.with_row_index(AT).select(AT, *_ordering(part, headers, events))
        part_number = pl.lit(number, dtype=pl.UInt32).alias("part")
        frames.append(typed.hstack(beside.collect()).with_columns(part_number))
    log = pl.concat(frames, how="diagonal_relaxed")
    for name in ("status", "team", "field", "value", "version"):
        if name not in log.columns:
            log = log.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    log = log.with_columns(pl.col("version").cast(pl.Float64, strict=False))
    return log.sort("ticket_id", *_BY_TIME, nulls_last=False)


def _ordering(part: Part, headers: _Headers, events: Events) -> list[pl.Expr]:
    found = [_fingerprint(part)]
    if headers.version is not None and headers.version in part.headers:
        found.append(_text(part, headers.version).alias("version"))
    if events.style == "changes":
        by_fold = {fold(h): h for h in part.headers}
        for name, header in (("field", events.field), ("value", events.value)):
            found.append(_text(part, by_fold[fold(header or "")]).alias(name))
    return found


def _fingerprint(part: Part) -> pl.Expr:
    """Return a hash of the whole row.

    Two different events of one ticket at one time agree in 64 bits with a chance of 5e-20.
    """
    cells = [plain_text(pl.col(h), part.dtype(h)).fill_null("\0") for h in part.headers]
    return pl.concat_str(cells, separator="\0\0").hash().alias("fingerprint")


def _text(part: Part, header: str) -> pl.Expr:
    return plain_text(pl.col(header), part.dtype(header)).str.strip_chars()


def _is_double() -> pl.Expr:
    """Tell where an event is an exact copy of one before it."""
    return ~pl.struct("ticket_id", "updated_at", "fingerprint").is_first_distinct()


def _counted(log: pl.DataFrame, events: Events) -> pl.DataFrame:
    """Return one row per ticket: when it was resolved, how often it was reopened and handed over.

    Args:
        log: ordered events with `ticket_id`, `updated_at`, `status` and `team`.
        events: which states mean what.
    """
    steps = _steps(log, events)
    counters = [pl.col(c).last() for c in _COUNTERS.values() if c in log.columns]
    tickets = steps.group_by("ticket_id", maintain_order=True).agg(
        pl.col(AT).last(),
        pl.col("part").last(),
        *counters,
        first_event_at=pl.col("updated_at").min(),
        last_event_at=pl.col("updated_at").max(),
        first_resolved_at=pl.col("updated_at").filter("resolves").first(),
        # Reopened and not resolved again: there is no last resolution that holds.
        last_resolved_at=pl.when(pl.col("is_resolved").last()).then(
            pl.col("updated_at").filter("resolves").last()
        ),
        reopens_in_events=pl.col("reopens").sum().cast(pl.Int64),
        transfers_in_events=pl.col("moves").sum().cast(pl.Int64),
    )
    if log.get_column("version").null_count() == log.height:
        return tickets
    again = _steps(log.sort("ticket_id", *_BY_VERSION, nulls_last=False), events)
    other = again.group_by("ticket_id").agg(
        pl.col("reopens", "moves").sum().cast(pl.Int64).name.suffix("_again")
    )
    both = tickets.join(other, on="ticket_id", how="left", maintain_order="left", nulls_equal=True)
    return both.with_columns(
        reopens_in_events=pl.min_horizontal("reopens_in_events", "reopens_again"),
        transfers_in_events=pl.min_horizontal("transfers_in_events", "moves_again"),
    ).drop("reopens_again", "moves_again")


def _steps(log: pl.DataFrame, events: Events) -> pl.DataFrame:
    """Add what each event does: `resolves`, `reopens`, `moves`; and the state so far."""
    resolved = [fold(s) for s in events.resolved]
    silent = [fold(s) for s in events.ignored]
    state = pl.col("status").str.to_lowercase().str.replace_all(r"[\s_\-]", "")
    # A state that says nothing must not hide the one before it.
    log = log.with_columns(state=pl.when(~state.is_in(silent)).then(state))
    log = log.with_columns(
        is_resolved=pl.col("state").forward_fill().over("ticket_id").is_in(resolved),
        was=pl.col("state").forward_fill().shift(1).over("ticket_id"),
        team_was=pl.col("team").forward_fill().shift(1).over("ticket_id"),
    )
    was_resolved = pl.col("was").is_in(resolved).fill_null(value=False)
    now = pl.col("state").is_in(resolved).fill_null(value=False)
    return log.with_columns(
        resolves=now & ~was_resolved,
        reopens=pl.col("state").is_not_null() & ~now & was_resolved,
        moves=(pl.col("team") != pl.col("team_was")).fill_null(value=False),
    )


def _larger(tickets: pl.DataFrame) -> pl.DataFrame:
    """Add the larger of each count in the events and the counter of the export."""
    columns = []
    for name, counter in _COUNTERS.items():
        counted = pl.col(f"{name}_in_events")
        both = pl.max_horizontal(counted, counter) if counter in tickets.columns else counted
        columns.append(both.alias(name))
    return tickets.with_columns(columns)


def _notes(shown: str, tickets: pl.DataFrame, n_events: int, n_twice: int) -> tuple[Note, ...]:
    copies = f"; {n_twice:,} exact copies count once" if n_twice else ""
    text = f"{shown}: {n_events:,} events became {tickets.height:,} tickets{copies}"
    found = [note("events.reduced", text)]
    for name, counter in _COUNTERS.items():
        if counter not in tickets.columns:
            continue
        counted, said = pl.col(f"{name}_in_events"), pl.col(counter)
        row = tickets.select(
            (counted != said).sum(), counted.sum().alias("a"), said.sum().alias("b")
        ).row(0)
        if row[0]:
            text = (
                f"{shown}: {name} in the events ({row[1]:,}) and in the column ({row[2]:,}) differ "
                f"on {row[0]:,} of {tickets.height:,} tickets; the larger count is used"
            )
            found.append(note("events.disagree", text))
    return tuple(found)


def _left(
    log: pl.DataFrame, twice: pl.DataFrame, tickets: pl.DataFrame, n: int
) -> list[pl.LazyFrame]:
    """Return, part by part, the events that aren't the last of their ticket."""
    last = tickets.select("part", AT)
    earlier = log.join(last, on=["part", AT], how="anti")
    both = pl.concat(
        [
            earlier.select("part", AT, reason=pl.lit("event")),
            twice.select("part", AT, reason=pl.lit("duplicate_row")),
        ]
    )
    return [both.filter(pl.col("part") == i).select(AT, "reason").lazy() for i in range(n)]


def _from_snapshots(
    parts: tuple[Part, ...], events: Events, once: pl.DataFrame, twice: pl.DataFrame
) -> Prepared:
    tickets = _larger(_counted(once, events))
    notes = _notes(parts[0].shown, tickets, once.height + twice.height, twice.height)
    ready = []
    for number, part in enumerate(parts):
        mine = tickets.filter(pl.col("part") == number).select(AT, *_free(part, DERIVED))
        frame = part.frame.with_row_index(AT).join(
            mine.lazy(), on=AT, how="inner", maintain_order="left"
        )
        added = [name for name in mine.columns if name != AT]
        ready.append(
            replace(
                part,
                frame=frame,
                headers=(*part.headers, *added),
                dtypes=(*part.dtypes, *(DERIVED[name] for name in added)),
            )
        )
    left = _left(once, twice, tickets, len(parts))
    return Prepared(tuple(ready), tuple(left), notes, is_reduced=True)


def _free(part: Part, names: dict[str, pl.DataType]) -> list[str]:
    """Return the names that the log doesn't use itself."""
    return [name for name in names if name not in part.headers]


def _from_changes(
    parts: tuple[Part, ...],
    events: Events,
    headers: _Headers,
    once: pl.DataFrame,
    twice: pl.DataFrame,
) -> Prepared:
    """Return one typed part: the last value of each field beside what the events count."""
    state, assigned = (fold(names[0]) if names else "" for names in (events.state, events.assigned))
    name = pl.col("field").str.to_lowercase().str.replace_all(r"[\s_\-]", "")
    value = pl.when(pl.col("value") != "").then(pl.col("value"))
    log = once.with_columns(
        status=pl.when(name == state).then(value), team=pl.when(name == assigned).then(value)
    )
    tickets = _larger(_counted(log, events))
    fields = once.get_column("field").drop_nulls().unique().sort().to_list()
    taken = {headers.ticket, *DERIVED}
    last = once.group_by("ticket_id", maintain_order=True).agg(
        value.filter(pl.col("field") == f).last().alias(f) for f in fields if f not in taken
    )
    wide = tickets.join(last, on="ticket_id", how="left", maintain_order="left")
    wide = wide.rename({"ticket_id": headers.ticket} if headers.ticket != "ticket_id" else {})
    notes = _notes(parts[0].shown, tickets, once.height + twice.height, twice.height)
    names = [c for c in wide.columns if c not in {AT, "part"}]
    # Positions count over all parts, as there is one part left.
    starts = _starts(once, twice, len(parts))
    shift = pl.col("part").replace_strict(list(range(len(starts))), starts, return_dtype=pl.UInt32)
    wide = wide.with_columns((pl.col(AT) + shift).alias(AT)).sort(AT)
    part = Part(
        parts[0].shown,
        tuple(names),
        tuple(wide.schema[c] for c in names),
        wide.select(AT, *names).lazy(),
        is_text=False,
    )
    left = pl.concat(
        frame.with_columns((pl.col(AT) + start).cast(pl.UInt32).alias(AT))
        for frame, start in zip(_left(once, twice, tickets, len(parts)), starts, strict=True)
    )
    return Prepared((part,), (left,), notes, is_reduced=True)


def _starts(once: pl.DataFrame, twice: pl.DataFrame, n_parts: int) -> list[int]:
    """Return how many events stand before each part."""
    every = pl.concat([once.select("part"), twice.select("part")])
    found, before = [], 0
    for number in range(n_parts):
        found.append(before)
        before += every.filter(pl.col("part") == number).height
    return found
