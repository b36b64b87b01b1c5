"""Short spellings of exports for the tests of the facts: days after the first of January."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from csatkit.analyses.workspace import Workspace, open_workspace
from csatkit.load import open_data
from csatkit.metrics import CATALOG
from csatkit.settings import Settings

DAY = timedelta(days=1)
JAN = datetime(2026, 1, 1)
Row = dict[str, Any]


def at(days: float | None) -> datetime | None:
    """Return the instant so many days after the first of January."""
    return None if days is None else JAN + timedelta(days=days)


def ticket(name: str | None, opened: float | None, solved: float | None = None, **more: Any) -> Row:
    """Return a ticket of one customer about one issue."""
    row = {"ticket_id": name, "customer_id": "ann", "issue_type": "login"}
    return {**row, "created_at": at(opened), "resolved_at": at(solved), **more}


def survey(
    name: str | None, sent: float | None, answered: float | None, score: int | None, **more: Any
) -> Row:
    """Return a survey row."""
    row = {"ticket_id": name, "sent_at": at(sent), "responded_at": at(answered), "score": score}
    return {**row, **more}


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows as a typed table; every row has the columns of any."""
    names = dict.fromkeys(name for row in rows for name in row)
    schema = {name: _dtype(name) for name in names}
    return pl.DataFrame({n: [row.get(n) for row in rows] for n in names}, schema_overrides=schema)


def _dtype(name: str) -> pl.DataType:
    if name.endswith("_at"):
        return pl.Datetime("us")
    if name.endswith(("_count", "_replies")) or name in ("score", "floor"):
        return pl.Int64()
    return pl.Boolean() if name in ("merged", "deflected", "resolved", "vip") else pl.String()


def workspace(
    rows: Sequence[Row] | None,
    sent: Sequence[Row] | None = None,
    done: Sequence[Row] | None = None,
    **chosen: Any,
) -> Workspace:
    """Return the facts of an export with every metric of the catalogue asked for."""
    settings = Settings(**chosen)
    frames = [None if table is None else frame_of(table) for table in (rows, sent, done)]
    data = open_data(*frames, source=settings.source)
    return open_workspace(data, settings, list(CATALOG))


def tickets(ws: Workspace) -> dict[str, Row]:
    """Return the tickets that count, by id."""
    assert ws.facts.tickets is not None
    return {row["ticket_id"]: row for row in ws.facts.tickets.collect().to_dicts()}


def surveys(ws: Workspace) -> list[Row]:
    """Return the survey rows that count, in the order of ticket and score."""
    assert ws.facts.surveys is not None
    rows = ws.facts.surveys.collect().to_dicts()
    return sorted(rows, key=lambda row: (row["ticket_id"], row["score"] or 0))


def dropped(ws: Workspace, kind: str) -> dict[str, int]:
    """Return how many rows of an input left, by reason."""
    return ws.facts.dropped[kind].counts()
