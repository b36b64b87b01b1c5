"""`explain TICKET_ID`: every derived fact of one ticket and the rows that caused it."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.enrich import enriched
from csatkit.analyses.privacy import hidden
from csatkit.analyses.rows import table_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import UsageError, nearest
from csatkit.facts.build import OWN_ID
from csatkit.facts.links import link_key
from csatkit.load import Source
from csatkit.report import Cell, Report, Section, Table
from csatkit.schema import COLUMNS, SURVEYS

__all__ = ["explain"]

_WHY = {
    "unresolved": "it was never resolved",
    "not_confirmed": "the customer says that it isn't resolved",
    "reopened": "it was reopened",
    "repeat": "the customer came back about the same issue within the window",
    "multiple_contacts": "it took more than one contact",
    "transferred": "it was transferred",
}


def explain(ws: Workspace, ticket: str) -> Report:
    """Return what is known of one ticket.

    Raises:
        UsageError: no such ticket; the nearest id is named.
    """
    tell = _only_surveys if ws.facts.kept is None else _of_ticket
    sections = tell(ws, ticket)
    return Report("explain", definitions(ws), inputs(ws), (), sections, title=f"Ticket {ticket}")


def _unknown(ticket: str, ids: pl.Series) -> UsageError:
    close = nearest(ticket, ids.drop_nulls().unique().head(20_000).to_list())
    hint = f"Did you mean {close!r}?" if close else "Ids are compared as text: 007 isn't 7."
    return UsageError(f"no ticket {ticket!r} in the input", hint)


def _folded(ticket: str) -> str:
    text = ticket.strip()
    return text.casefold() if "@" in text else text


def _of_ticket(ws: Workspace, ticket: str) -> tuple[Section, ...]:
    assert ws.facts.kept is not None
    kept, wanted = ws.facts.kept.lazy(), _folded(ticket)
    frame = enriched(ws, _of_customer(ws, kept, wanted))
    mine = frame.filter(pl.col("ticket_id") == wanted)
    if mine.height == 0:
        ids = kept.select("ticket_id").collect(engine="streaming").get_column("ticket_id")
        raise _unknown(ticket, ids.filter(~ids.str.starts_with(OWN_ID)))
    row = mine.row(0, named=True)
    shown = hidden(mine.drop("_row"), ws.settings.privacy).row(0, named=True)
    return (
        Section("verdict", "In short", text=tuple(_verdict(ws, row))),
        Section("facts", "Facts", tables=(_facts(shown),)),
        _contacts(ws, frame, row),
        _surveys(ws, wanted),
        _rows(ws, wanted),
    )


def _of_customer(ws: Workspace, kept: pl.LazyFrame, ticket: str) -> pl.LazyFrame:
    """Return a ticket and those about the same, which explain it; all others stay unread."""
    is_it = pl.col("ticket_id") == ticket
    if ws.lacks_fcr is not None:
        return kept.filter(is_it)
    columns = link_key(ws.facts.rules.repeat_on)
    keys = kept.filter(is_it).select(columns).collect(engine="streaming")
    same = [pl.col(c).eq(keys.get_column(c).first()) for c in columns if keys.height]
    return kept.filter(is_it | pl.all_horizontal(same) if same else is_it)


def _facts(row: dict[str, Cell]) -> Table:
    rows = tuple(
        {"fact": name, "value": _text(value), "kind": "given" if name in COLUMNS else "derived"}
        for name, value in row.items()
    )
    return Table({"fact": "Fact", "value": "Value", "kind": "Kind"}, rows)


def _text(value: Cell) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value} UTC"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _verdict(ws: Workspace, row: dict[str, Cell]) -> list[str]:
    if row["excluded"]:
        return [f"It is in no denominator: {str(row['excluded']).replace('_', ' ')}."]
    lines = []
    window = ws.settings.window_days
    end = f"{ws.data_end:%Y-%m-%d %H:%M} UTC" if ws.data_end else "unknown"
    if not row["mature"]:
        lines.append(
            f"It is immature: its {window:g}-day window hasn't closed by the data end ({end}), so "
            "it is held back from first contact resolution."
        )
    if ws.lacks_fcr is not None:
        lines.append(f"First contact resolution is unavailable: {ws.lacks_fcr}.")
    elif row["failure_reason"]:
        why = _WHY[str(row["failure_reason"])]
        extra = ""
        if row["failure_reason"] == "repeat":
            extra = f" (ticket {row['next_ticket_id']}, opened {row['next_ticket_at']} UTC)"
        lines.append(f"It isn't resolved on first contact: {why}{extra}.")
    else:
        lines.append("It counts as resolved on first contact.")
    if row.get("repeat_of") == "unknown":
        lines.append("It lies in the first window of the export and may repeat an unseen ticket.")
    elif row.get("repeat_of"):
        lines.append(f"It is itself a repeat of ticket {row['repeat_of']}.")
    if row.get("score") is not None:
        word = "satisfied" if row["satisfied"] else "not satisfied"
        lines.append(f"Its rating is {row['score']}: {word}.")
    elif "surveys" in row:
        n = row["surveys"]
        lines.append("It was surveyed and not rated." if n else "It was never surveyed.")
    return lines


def _contacts(ws: Workspace, frame: pl.DataFrame, row: dict[str, Cell]) -> Section:
    """Return the tickets of the same customer and issue, in the order of contacts."""
    title = "Contacts of the same customer and issue"
    columns = link_key(ws.facts.rules.repeat_on)
    if ws.lacks_fcr is not None:
        return Section("contacts", title, missing=ws.lacks_fcr)
    unknown = [c for c in columns if row.get(c) is None]
    if unknown:
        return Section("contacts", title, missing=f"{unknown[0]} of this ticket is unknown")
    same = frame.filter(pl.all_horizontal(pl.col(c) == row[c] for c in columns))
    names = ("ticket_id", "created_at", "resolved_at", "channel", "agent", "fcr", "failure_reason",
             "excluded")  # fmt: skip
    shown = same.sort("created_at", "ticket_id").select(c for c in names if c in same.columns)
    return Section("contacts", title, tables=(table_of(hidden(shown, ws.settings.privacy)),))


def _surveys(ws: Workspace, ticket: str) -> Section:
    title = "Surveys"
    if ws.facts.surveys is None:
        return Section("surveys", title, missing="no column holds a survey")
    columns = [c for c in SURVEYS if c in ws.facts.has_survey]
    names = [*columns, "is_survey", "is_answered", "is_rating"]
    found = (
        ws.facts.surveys.filter(pl.col("ticket_id") == ticket).select(c for c in names).collect()
    )
    if found.height == 0:
        return Section("surveys", title, missing="none was sent for this ticket")
    text = found.with_columns(pl.col(pl.Categorical).cast(pl.String))
    return Section("surveys", title, tables=(table_of(hidden(text, ws.settings.privacy)),))


def _rows(ws: Workspace, ticket: str) -> Section:
    """Return the lines of the files that speak of this ticket, and which one counts."""
    found: list[dict[str, Cell]] = []
    for kind in ("tickets", "surveys"):
        source: Source | None = getattr(ws.data, kind)
        rows = getattr(ws.canonical, kind)
        if source is None or rows is None or not source.has("ticket_id"):
            continue
        mine = source.scan(["ticket_id"]).filter(pl.col("ticket_id") == ticket).select("_row")
        numbers = mine.collect(engine="streaming").get_column("_row")
        why = {
            row: reason
            for reason, gone in ws.facts.dropped[kind].rows.items()
            for row in gone.filter(gone.is_in(numbers.implode())).to_list()
        }
        # A cluster lists few of the rows that leave; of a ticket all but one are superseded.
        unlisted = bool(ws.facts.dropped[kind].unlisted)
        used = _used(ws, ticket) if unlisted and kind == "tickets" else None
        for line in source.rows(numbers.to_list()).iter_rows(named=True):
            known = used is None or line["_row"] in used
            fate = why.get(line["_row"], "used" if known else "dropped")
            found.append({"file": line["_path"], "row": line["_line"], "fate": fate})
    headings = {"file": "File", "row": "Row", "fate": "Used or dropped"}
    return Section("rows", "Where it stands", tables=(Table(headings, tuple(found)),))


def _used(ws: Workspace, ticket: str) -> set[int]:
    """Return the row of a ticket that counts."""
    assert ws.facts.kept is not None
    mine = ws.facts.kept.lazy().filter(pl.col("ticket_id") == ticket, pl.col("out") == 0)
    return set(mine.select("_row").collect().get_column("_row"))


def _only_surveys(ws: Workspace, ticket: str) -> tuple[Section, ...]:
    wanted = _folded(ticket)
    assert ws.facts.surveys is not None
    ids = ws.facts.surveys.select("ticket_id").collect().get_column("ticket_id")
    if not (ids == wanted).any():
        raise _unknown(ticket, ids)
    text = ("The input holds surveys only; add the ticket export to see how it was resolved.",)
    return Section("verdict", "In short", text=text), _surveys(ws, wanted), _rows(ws, wanted)
