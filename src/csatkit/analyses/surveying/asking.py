"""`eligible`: the resolved tickets that may be surveyed now, and what keeps the others.

A list for the survey tool: rows of one table, the same for the same data and instant. What it sends
comes back in the next survey export, so a further run doesn't name the same customer again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from csatkit import clock
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.privacy import hidden
from csatkit.analyses.queue import since_instant
from csatkit.analyses.rows import table_of
from csatkit.analyses.surveying.rows import low_scores
from csatkit.analyses.workspace import Workspace
from csatkit.errors import InputError
from csatkit.facts.askable import BLOCKS, askable, one_per_customer
from csatkit.facts.clocks import clock_of, local
from csatkit.facts.fatigue import not_measured
from csatkit.facts.own_ids import OWN_ID
from csatkit.render.values import number
from csatkit.report import Report, Section, Table

__all__ = ["COLUMNS", "WORDS", "eligible"]

COLUMNS: tuple[str, ...] = (
    "ticket_id", "customer_id", "agent", "channel", "issue_type", "resolved_at", "eligible",
    "rule", "until",
)  # fmt: skip
"""The columns of a row, in their order."""

WORDS = {
    "surveyed": "surveyed already",
    "within_30_days": "customer asked within 30 days",
    "after_low_score": "low score within 14 days",
    "vip_quarter": "VIP customer asked this quarter",
    "same_customer": "another ticket of the customer goes first",
}
"""Rule → why a ticket isn't surveyed now."""

MOST_SHOWN = 30
"""Tickets that a table for people shows; the survey tool takes the CSV."""

MOST_WAITING = 10
"""Tickets, of those that another day may ask about, that are shown with the rule and its end."""

_HEADINGS = {
    "ticket_id": "Ticket", "customer_id": "Customer", "channel": "Channel",
    "resolved_at": "Resolved", "rule": "Blocked because", "until": "Until",
}  # fmt: skip

STALE = timedelta(days=7)
"""Age of a resolution from which a survey asks about something that most have forgotten."""


def eligible(ws: Workspace, since: str | None = None, rows: str = "all") -> Report:
    """Return the resolved tickets with the rule that blocks each.

    Args:
        ws: the run; its data end is when the surveys would go out.
        since: only tickets resolved at or after this instant; None for all.
        rows: `brief` for what a reader takes in, `all` for every ticket.

    Raises:
        InputError: there are no tickets, or nothing says whether they are resolved.
        UsageError: `since` is no instant.
    """
    start = None if since is None else since_instant(since, ws.zone)
    if ws.facts.tickets is None or ws.facts.rules.resolved_by is None:
        raise InputError(
            "eligible needs tickets that say whether they are resolved",
            "Add the ticket export, or name the column with --map resolved_at=HEADER.",
        )
    frame = _rows(ws, start)
    shown = hidden(frame, ws.settings.privacy)
    tables = _brief(shown, ws.zone) if rows == "brief" else (table_of(shown),)
    section = Section("eligible", "Who may be surveyed now", _text(ws, frame, rows), (), tables)
    return Report("eligible", definitions(ws), inputs(ws), (), (section,), notes=ws.canonical.notes)


def _rows(ws: Workspace, start: datetime | None) -> pl.DataFrame:
    """Return the resolved tickets of the selection: those that may be asked about lead."""
    tickets = ws.rows("tickets", (), ws.span)
    assert tickets is not None
    if start is not None:
        columns = frozenset(tickets.collect_schema().names())
        tickets = tickets.filter(clock_of("tickets", "family", columns) >= start)
    # Tickets need an instant to be read at all; only rows that all lie in the future have no end.
    now = ws.data_end or clock.now().replace(tzinfo=None)
    judged = askable(tickets, ws.facts, low_scores(ws), now, ws.zone)
    known = judged.collect_schema().names()
    names = [c for c in ("customer_id", "agent", "channel", "issue_type") if c in known]
    found = judged.select("ticket_id", *names, "resolution_at", "anchor", "rule", "until").collect()
    found = one_per_customer(found, now).with_columns(eligible=pl.col("rule").is_null())
    own = pl.col("ticket_id").str.starts_with(OWN_ID)
    shown = found.rename({"resolution_at": "resolved_at"}).select(
        pl.when(~own).then("ticket_id").alias("ticket_id"), *names, *COLUMNS[5:]
    )
    return pl.concat([shown.filter("eligible"), shown.filter(~pl.col("eligible"))])


def _text(ws: Workspace, frame: pl.DataFrame, rows: str) -> tuple[str, ...]:
    """Return who may be asked and what keeps the others, in a few words."""
    n = int(frame.get_column("eligible").sum())
    if not frame.height:
        return ("Nobody may be surveyed: the selection has no resolved ticket.",)
    what = "ticket" if frame.height == 1 else "tickets"
    at = "" if ws.data_end is None else f" at {_moment(ws.data_end, ws.zone)}"
    lines = [f"{number(n)} of {number(frame.height)} resolved {what} may be surveyed{at}."]
    lines += _old(ws, frame)
    counts = dict(frame.get_column("rule").drop_nulls().value_counts().iter_rows())
    kept = [f"{number(counts[rule])} {WORDS[rule]}" for rule in BLOCKS if rule in counts]
    if kept:
        lines.append(f"Not the others: {', '.join(kept)}.")
    lacks = {r: w for r, w in not_measured(ws.facts).items() if r in BLOCKS}
    if ws.facts.surveys is None:
        lines.append("No survey is known, so nobody counts as asked before.")
    elif lacks:
        why = "; ".join(sorted(set(lacks.values())))
        lines.append(f"Not checked: {', '.join(lacks).replace('_', ' ')} ({why}).")
    if rows == "brief" and n > MOST_SHOWN:
        lines.append(f"The newest {MOST_SHOWN} are shown; --format csv or jsonl gives all.")
    return tuple(lines)


def _old(ws: Workspace, frame: pl.DataFrame) -> list[str]:
    if ws.data_end is None:
        return []
    old = frame.filter(pl.col("eligible") & (pl.col("resolved_at") < ws.data_end - STALE)).height
    if not old:
        return []
    verb = "was" if old == 1 else "were"
    return [f"{number(old)} of them {verb} resolved more than 7 days ago: --since leaves them out."]


def _moment(instant: datetime, zone: str) -> str:
    text = pl.select(local(pl.lit(instant, pl.Datetime("us")), zone)).item()
    return f"{text:%Y-%m-%d %H:%M} {zone}"


def _brief(frame: pl.DataFrame, zone: str) -> tuple[Table, ...]:
    """Return the tickets to be surveyed, as many as a reader takes in, and the first to wait."""
    free = frame.filter("eligible")
    # Who was surveyed about a ticket isn't asked about it again: nothing to wait for.
    waiting = frame.filter(pl.col("until").is_not_null()).head(MOST_WAITING)
    if not free.height:
        return (_listed(frame.head(MOST_SHOWN), _HEADINGS, zone),)
    own = {c: h for c, h in _HEADINGS.items() if c not in ("rule", "until")}
    found = [_listed(free.head(MOST_SHOWN), own, zone)]
    if waiting.height:
        found.append(_listed(waiting, _HEADINGS, zone, "The newest of those who wait"))
    return tuple(found)


def _listed(
    head: pl.DataFrame, headings: Mapping[str, str], zone: str, title: str | None = None
) -> Table:
    columns = {c: h for c, h in headings.items() if c in head.columns}
    moments = [
        local(pl.col(c), zone).dt.strftime("%Y-%m-%d %H:%M").alias(c)
        for c in ("resolved_at", "until")
    ]
    words = pl.col("rule").replace_strict(WORDS, default=None, return_dtype=pl.String)
    shown = head.with_columns(*moments, rule=words).select(list(columns))
    return Table(columns, tuple(shown.to_dicts()), title=title)
