"""Tickets and ratings made to measure: one row per ticket, rated in the same row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import polars as pl

from csatkit import analyze, load
from csatkit.report import Measure, Report, Section

START = datetime(2026, 1, 1)

Row = dict[str, Any]


def ticket(number: int, **columns: object) -> Row:
    """Return a ticket that was resolved after an hour, one every ten minutes."""
    created = START + timedelta(minutes=10 * number)
    return {
        "ticket_id": f"T{number:06}",
        "customer_id": f"C{number}",
        "created_at": created,
        "resolved_at": created + timedelta(hours=1),
        **columns,
    }


def rated(number: int, *, good: bool | None, **columns: object) -> Row:
    """Return a surveyed ticket: rated 5 or 1, or silent."""
    sent = START + timedelta(minutes=10 * number, hours=2)
    score = None if good is None else 5 if good else 1
    given = {"sent_at": sent, "score": score, **columns}
    answered = None if given["score"] is None else sent + timedelta(hours=1)
    return ticket(number, **{"responded_at": answered, **given})


def answered(rows: Iterable[Row], command: str, **settings: Any) -> Report:
    """Return what a command says about such rows."""
    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    data = load(frame, preset="none", scale="1-5", timezone="UTC")
    return analyze(data, settings.pop("metrics", None), command=command, **settings)


def units(cells: Sequence[tuple[str, int, int]], **columns: object) -> list[Row]:
    """Return k of n good ratings for each agent."""
    rows: list[Row] = []
    for name, k, n in cells:
        for i in range(n):
            rows.append(rated(len(rows), good=i < k, agent=name, **columns))
    return rows


def section(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def measure(report: Report, metric: str, **segment: str) -> Measure:
    return next(m for m in report.measures if m.metric == metric and dict(m.segment) == segment)


def binomial(rng: Random, n: int, p: float) -> int:
    return sum(rng.random() < p for _ in range(n))
