"""`queue`: the unhappy customers whom nobody has got back to, the most urgent first.

Every low score without outreach is in it until somebody reaches out; it is a list of people to
call, so nothing is sampled or ranked by anything but the deadline. Customers whom one more call
won't help are listed last, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, get_args

import polars as pl

from csatkit import clock, periods
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.digest.words import READ, excerpt
from csatkit.analyses.outreach_notes import outreach_notes
from csatkit.analyses.privacy import hidden
from csatkit.analyses.rows import table_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import InputError, UsageError
from csatkit.facts.clocks import clock_of, local
from csatkit.facts.outreach import PROMPT, row_key, with_recovery
from csatkit.facts.own_ids import OWN_ID
from csatkit.load import Data
from csatkit.render.values import number
from csatkit.report import Cell, CellUnit, Report, Section, Table
from csatkit.settings import Settings
from csatkit.totals.selection import Selection
from csatkit.values import choice

__all__ = [
    "BUSY",
    "COLUMNS",
    "MOST_SHOWN",
    "Rows",
    "columns_read",
    "queue",
    "rows_choice",
    "since_instant",
]

BUSY = 10
"""Low-scored tickets from which a customer is skipped (metrics.md §8)."""

MOST_SHOWN = 50
"""Rows that a table for people shows; who calls more than that takes the CSV."""

Rows = Literal["all", "brief"]
"""Every row with every column and the whole comment, or what a reader takes in."""

COLUMNS: tuple[str, ...] = (
    "ticket_id", "customer_id", "agent", "team", "channel", "issue_type", "score", "comment",
    "responded_at", "deadline", "hours_left", "earlier_low_scores", "second_score", "skip",
)  # fmt: skip
"""The columns of a row, in their order."""

_OF_TICKET = ("customer_id", "agent", "team", "channel", "issue_type", "responded_at")

_SHOWN: Mapping[str, str] = {
    "deadline": "Deadline",
    "hours_left": "Left",
    "ticket_id": "Ticket",
    "customer_id": "Customer",
    "agent": "Agent",
    "issue_type": "Issue",
    "score": "Score",
    "earlier_low_scores": "Before",
    "comment": "Comment",
    "skip": "Skipped because",
}
"""What a table for people shows, under its headings."""

STALE = timedelta(days=7)
"""Time past the deadline from which the words say how a score is left out: a call comes late."""

_SKIP = f"{BUSY} or more low-scored tickets"
_SHORT = 60
"""Characters of a comment in a table for people: enough to know what the call is about."""


def columns_read(data: Data, settings: Settings) -> tuple[str, ...]:
    """Return the columns of the export that a row shows, where it has them."""
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    words = ("comment",) if settings.privacy == "all" else ()
    return tuple(c for c in (*_OF_TICKET, *words) if any(s.has(c) for s in sources))


def rows_choice(text: str) -> str:
    """Return `all` or `brief`.

    Raises:
        UsageError: another word.
    """
    return str(choice(*get_args(Rows))(text, "rows"))


def since_instant(text: str, zone: str = "UTC") -> datetime:
    """Return the instant of `--since`, naive UTC.

    Args:
        text: a day, an instant, `today` or `now`.
        zone: where a day begins.

    Raises:
        UsageError: it is none of them.
    """
    try:
        return periods.parse_instant(text, zone, clock.now().replace(tzinfo=None))
    except UsageError:
        raise UsageError(
            f"--since {text!r} is no date", "Write 2026-03-31, 2026-03-31T06:00, today or now."
        ) from None


def queue(ws: Workspace, since: str | None = None, rows: str = "all") -> Report:
    """Return the low scores without outreach.

    Args:
        ws: the run.
        since: only scores given at or after this instant; None for all.
        rows: one of `Rows`.

    Raises:
        InputError: no column holds a score.
        UsageError: `since` is no instant.
    """
    if ws.scale is None or ws.facts.surveys is None:
        raise InputError(
            "queue needs ratings, and no column holds a score",
            "Add the survey export, or name the column with --map score=HEADER.",
        )
    if "is_reached" not in ws.facts.surveys.collect_schema():
        ws = replace(ws, facts=with_recovery(ws.facts, None))
    start = None if since is None else since_instant(since, ws.zone)
    frame = _waiting(ws, start)
    shown = hidden(frame, ws.settings.privacy)
    table = _brief(shown, ws.zone) if rows == "brief" else table_of(shown.select(_kept(shown)))
    text = (*_waiting_words(frame), *_lost_words(ws, start), *_shown_words(frame, rows))
    section = Section("queue", "Low scores without outreach", text, tables=(table,))
    notes = (*ws.canonical.notes, *outreach_notes(ws))
    return Report("queue", definitions(ws), inputs(ws), (), (section,), notes)


def _kept(frame: pl.DataFrame) -> list[str]:
    return [c for c in COLUMNS if c in frame.columns]


def _waiting(ws: Workspace, since: datetime | None) -> pl.DataFrame:
    """Return the rows of the queue in their order, with every column of `COLUMNS`."""
    asked = _low(ws, ws.selection((), ws.span)).filter(~pl.col("is_reached"))
    if since is not None:
        asked = asked.filter(pl.col("_at") >= since)
    key = row_key(frozenset(asked.collect_schema().names()))
    end = pl.lit(ws.data_end, dtype=pl.Datetime("us"))
    deadline = pl.col("_at") + PROMPT
    left = (deadline - end).dt.total_microseconds() / 3_600_000_000
    found = asked.with_columns(deadline=deadline, hours_left=left).collect()
    found = found.join(_history(ws), on="ticket_id", how="left").with_columns(
        skip=pl.when(pl.col("_lows") >= BUSY).then(pl.lit(_SKIP))
    )
    ordered = found.sort(
        pl.col("skip").is_not_null(), "deadline", "score", "ticket_id", key, nulls_last=True
    )
    # With --rating all a ticket may have two low answers; one call serves both.
    return _typed(ordered.unique("ticket_id", keep="first", maintain_order=True), ws)


def _low(ws: Workspace, selection: Selection) -> pl.LazyFrame:
    """Return the low ratings of a selection; `_at` dates their answer."""
    frame = ws.selected("responses", selection)
    assert frame is not None
    columns = frozenset(frame.collect_schema().names())
    if "score" not in columns:
        return frame.head(0).with_columns(_at=pl.lit(None, dtype=pl.Datetime("us")))
    answered = clock_of("responses", "family", columns)
    return frame.filter(pl.col("is_rating") & pl.col("is_low")).with_columns(_at=answered)


def _history(ws: Workspace) -> pl.DataFrame:
    """Return per low-scored ticket how many its customer had before, and has in all."""
    every = _low(ws, Selection())
    customer = "customer_id" in every.collect_schema()
    named = pl.col("customer_id") if customer else pl.lit(None, dtype=pl.String)
    tickets = (
        every.select("ticket_id", _customer=named, _first="_at")
        .group_by("ticket_id")
        .agg(pl.col("_customer").first(), pl.col("_first").min())
        .collect()
    )
    known = pl.col("_customer").is_not_null()
    before = pl.col("_first").rank("min").over("_customer") - 1
    return tickets.select(
        "ticket_id",
        earlier_low_scores=pl.when(known).then(before).cast(pl.Int64),
        _lows=pl.when(known).then(pl.len().over("_customer")),
    )


def _typed(frame: pl.DataFrame, ws: Workspace) -> pl.DataFrame:
    """Return the columns of a row: those that the data has, scores as people know them."""
    instants = ("responded_at", "deadline")
    known = [pl.col(c) for c in COLUMNS if c in frame.columns]
    found = frame.select(known).with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    own = pl.col("ticket_id").str.starts_with(OWN_ID)
    found = found.with_columns(
        pl.when(~own).then("ticket_id").alias("ticket_id"),
        *(pl.col(c).cast(pl.Datetime("us")) for c in instants if c in frame.columns),
    )
    if ws.scale is None or ws.scale.values is not None:
        return found
    labels = ws.score_labels
    return found.with_columns(
        pl.col(c).replace_strict(
            list(labels), list(labels.values()), default=None, return_dtype=pl.String
        )
        for c in ("score", "second_score")
        if c in found.columns
    )


def _brief(frame: pl.DataFrame, zone: str) -> Table:
    """Return the first rows for a reader: few columns, comments by their start."""
    head = frame.head(MOST_SHOWN)
    names = [c for c in _SHOWN if c in head.columns]
    names = [c for c in names if head.get_column(c).count() or c in ("ticket_id", "deadline")]
    if "comment" in names:
        # A comment may be a book: only its start becomes a Python object.
        head = head.with_columns(pl.col("comment").str.slice(0, READ + 1))
    head = head.with_columns(local(pl.col("deadline"), zone).dt.strftime("%Y-%m-%d %H:%M"))
    rows = tuple({c: _cell(c, row[c]) for c in names} for row in head.iter_rows(named=True))
    numeric = frozenset({"score", "earlier_low_scores"}) & set(names)
    units: dict[str, CellUnit] = {"hours_left": "hours"} if "hours_left" in names else {}
    return Table({c: _SHOWN[c] for c in names}, rows, numeric, units)


def _cell(column: str, value: Cell) -> Cell:
    if column != "comment" or not isinstance(value, str):
        return value
    text = excerpt(value)
    return text if text is None or len(text) <= _SHORT else text[: _SHORT - 1].rstrip() + "…"


def _waiting_words(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the queue in a few words."""
    skipped = frame.get_column("skip").count()
    waiting = frame.height - skipped
    if frame.height == 0:
        return ("Nobody is waiting: the selection has no low score without outreach.",)
    left = frame.filter(pl.col("skip").is_null()).get_column("hours_left")
    overdue, soon = left.filter(left < 0), left.filter(left >= 0)
    lines = [f"{_counted(waiting, 'low score')} without outreach: {number(len(overdue))} overdue."]
    if n := left.filter(left < -STALE.total_seconds() / 3600).len():
        lines.append(f"{number(n)} of them by more than 7 days: --since leaves old scores out.")
    if len(soon):
        nearest = number(float(str(soon.min())), 1)
        lines.append(f"{number(len(soon))} still in time, the next one for {nearest} h.")
    if undated := left.null_count():
        what = f"{number(undated)} {'has' if undated == 1 else 'have'}"
        lines.append(f"{what} no known time, so neither overdue nor in time can be told.")
    if skipped:
        lines.append(
            f"{_counted(skipped, 'low score')} of customers with {BUSY} or more low-scored tickets "
            "skipped: a further call mends little there; they stand last."
        )
    return tuple(lines)


def _shown_words(frame: pl.DataFrame, rows: str) -> tuple[str, ...]:
    if rows == "all" or frame.height <= MOST_SHOWN:
        return ()
    every = number(frame.height)
    return (f"The first {MOST_SHOWN} are shown; --format csv or jsonl gives all {every}.",)


def _lost_words(ws: Workspace, since: datetime | None) -> tuple[str, ...]:
    """Return how many low scores nobody can be called about, for their ticket isn't known.

    What a ticket would tell can't be asked of them: they are of the period where the answer has an
    instant, and of any channel or team.
    """
    lost, codes = ws.facts.unmatched, ws.ratings
    if lost is None or codes is None or "score" not in lost.columns:
        return ()
    asked = ws.selection((), ws.span)
    columns = frozenset(lost.columns)
    dated, answered = (clock_of("responses", c, columns) for c in (ws.settings.clock, "family"))
    is_asked = pl.col("is_rating") & pl.col("score").is_in(list(codes.low))
    if asked.start is not None:
        is_asked &= (dated >= asked.start).fill_null(value=True)
    if asked.end is not None:
        is_asked &= (dated < asked.end).fill_null(value=True)
    if since is not None:
        is_asked &= (answered >= since).fill_null(value=True)
    n = lost.filter(is_asked).get_column("ticket_id").n_unique()
    if not n:
        return ()
    what = f"{_counted(n, 'low-scored ticket')} {'is' if n == 1 else 'are'}"
    whole = ", and nothing to hold --where against" if ws.where else ""
    return (
        f"{what} not listed: the ticket export doesn't hold what the survey export names{whole}.",
    )


def _counted(n: int, word: str) -> str:
    return f"{number(n)} {word}{'' if n == 1 else 's'}"
