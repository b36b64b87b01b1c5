"""Small exports with outreach: hours after the first of January, one ticket per customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from csatkit import analyze, load
from csatkit.report import Cell, Measure, Report

START = datetime(2026, 1, 1)
SECOND = 1 / 3600
Row = dict[str, Any]

TYPES: dict[str, Any] = {
    "ticket_id": pl.String, "customer_id": pl.String, "agent": pl.String, "team": pl.String,
    "channel": pl.String, "issue_type": pl.String, "comment": pl.String, "outreach_by": pl.String,
    "score": pl.Int64, "second_score": pl.Int64, "deflected": pl.Boolean, "merged": pl.Boolean,
}  # fmt: skip


def at(hours: float | None) -> datetime | None:
    """Return the instant so many hours after the start, to the second."""
    return None if hours is None else START + timedelta(seconds=round(hours * 3600))


def frame(rows: Sequence[Row]) -> pl.DataFrame:
    names = dict.fromkeys(name for row in rows for name in row)
    types = {n: TYPES.get(n, pl.Datetime("us")) for n in names}
    return pl.DataFrame([{n: row.get(n) for n in names} for row in rows], schema=types)


def rated(name: str, hours: float | None, score: int | None, **more: Any) -> Row:
    """Return a survey row answered so many hours after the start."""
    customer = {"customer_id": f"c-{name}"}
    return {"ticket_id": name, "responded_at": at(hours), "score": score, **customer, **more}


def contact(
    name: str, hours: float | None, second: int | None = None, again: float | None = None
) -> Row:
    """Return a row about outreach."""
    return {
        "ticket_id": name, "outreach_at": at(hours), "outreach_by": "lea",
        "second_score": second, "second_score_at": at(again),
    }  # fmt: skip


def tickets_of(answers: Sequence[Row]) -> list[Row]:
    """Return a ticket for each answer, opened and resolved at the start."""
    found = {}
    for row in answers:
        own = {k: v for k, v in row.items() if k in ("agent", "team", "channel", "issue_type")}
        ticket = {"ticket_id": row["ticket_id"], "customer_id": row["customer_id"], **own}
        found[row["ticket_id"]] = {**ticket, "created_at": START, "resolved_at": START}
    return list(found.values())


def answered(
    answers: Sequence[Row],
    contacts: Sequence[Row] | None,
    command: str = "recovery",
    **settings: Any,
) -> Report:
    """Return what a command says about such rows."""
    of_loading = {"scale": settings.pop("scale", "1-5"), "preset": "none", "timezone": "UTC"}
    done = None if contacts is None else frame(contacts)
    surveys = [{k: v for k, v in a.items() if k not in ("agent", "team")} for a in answers]
    data = load(frame(tickets_of(answers)), frame(surveys), done, **of_loading)
    return analyze(data, command=command, **settings)


def rate(report: Report, metric: str, **segment: str) -> Measure:
    return next(m for m in report.measures if m.metric == metric and dict(m.segment) == segment)


def rows(report: Report) -> list[dict[str, Cell]]:
    """Return the rows of a queue."""
    return [dict(row) for row in report.sections[0].tables[0].rows]
