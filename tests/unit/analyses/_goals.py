"""Ratings made to measure for goals: how many of how many are good, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

import csatkit as ck
from csatkit.load import Data
from csatkit.report import Report, Section

Rating = tuple[datetime, int]
"""When a ticket was resolved and rated, naive UTC, and its score."""

QUARTERS = {
    "2025-Q2": datetime(2025, 4, 1),
    "2025-Q3": datetime(2025, 7, 1),
    "2025-Q4": datetime(2025, 10, 1),
    "2026-Q1": datetime(2026, 1, 1),
    "2026-Q2": datetime(2026, 4, 1),
}

END = datetime(2026, 4, 1, 6)
"""Data end of most tests: 2026-Q1 is the last complete quarter."""


def ratings(quarter: str, k: int, n: int, *, bad: int = 1) -> list[Rating]:
    """Return k good ones of n in a quarter, half a day apart or less."""
    start, apart = QUARTERS[quarter], timedelta(days=80) / max(1, n)
    return [(start + timedelta(hours=12) + i * apart, 5 if i < k else bad) for i in range(n)]


def rows(found: Iterable[Rating], **columns: object) -> list[dict[str, Any]]:
    """Return a ticket for each rating, with survey and answer in its row."""
    return [
        {
            "ticket_id": f"T{i:05}", "customer_id": f"C{i:05}", "created_at": at, "sent_at": at,
            "resolved_at": at, "responded_at": at, "score": score, **columns,
        }
        for i, (at, score) in enumerate(found)
    ]  # fmt: skip


def opened(table: Sequence[Mapping[str, Any]], timezone: str = "UTC") -> Data:
    frame = pl.DataFrame(list(table), infer_schema_length=None)
    return ck.load(frame, preset="none", scale="1-5", timezone=timezone)


def asked(
    data: Data | Sequence[Rating], *goals: Mapping[str, object], command: str = "goals", **more: Any
) -> Report:
    """Return the report on goals; the data ends at `END` where nothing else is said."""
    found = data if isinstance(data, Data) else opened(rows(data))
    settings = {"as_of": END.isoformat(), **more}
    if command == "digest":
        settings["kind"] = "quarterly"
    return ck.analyze(found, command=command, goals=list(goals), **settings)


def only(data: Data | Sequence[Rating], goal: Mapping[str, object], **more: Any) -> dict[str, Any]:
    """Return the fields of one goal."""
    (found,) = asked(data, goal, **more).goals
    return dict(found)


def section(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def told(report: Report, key: str = "goal_1") -> str:
    return "\n".join(section(report, key).text)
