"""A small help desk whose export was cut on a Monday morning, made day by day without chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

import csatkit as ck
from csatkit.load import Data
from csatkit.report import Report, Section

CUT = datetime(2026, 3, 30, 6)
"""Monday; the last complete week is 2026-W13, the latest with closed windows 2026-W11."""

AGENTS = ("Ada Lovelace", "Ben Okri", "Cleo Smith", "Dan Brown")
ISSUES = ("refund", "login", "delivery")
CHANNELS = ("email", "chat")

Row = dict[str, Any]
Rows = tuple[list[Row], list[Row]]


def desk(days: int = 90, a_day: int = 12, end: datetime = CUT) -> Rows:
    """Return tickets and surveys of the days before `end`; the last row is created at `end`."""
    tickets: list[Row] = []
    surveys: list[Row] = []
    first = datetime(end.year, end.month, end.day) - timedelta(days=days)
    for n in range(days * a_day):
        created = first + timedelta(days=n // a_day, hours=8, minutes=40 * (n % a_day))
        solved = created + timedelta(hours=3)
        tickets.append(
            {
                "ticket_id": f"T{n:05}", "customer_id": f"cust-{n % 701}",
                "agent": AGENTS[n % 4], "issue_type": ISSUES[n % 3],
                "channel": CHANNELS[n // 3 % 2], "created_at": created, "resolved_at": solved,
                "reopen_count": int(n % 13 == 0), "transfer_count": int(n % 17 == 0),
            }
        )  # fmt: skip
        if n % 2:
            surveys.append(_survey(n, solved + timedelta(hours=1)))
    tickets.append({**tickets[-1], "ticket_id": "LAST", "customer_id": "cust-last",
                    "created_at": end, "resolved_at": None, "reopen_count": 0})  # fmt: skip
    return tickets, surveys


def _survey(n: int, sent: datetime) -> Row:
    """Return a survey: two of three are answered, one in five answers is low."""
    row: Row = {"ticket_id": f"T{n:05}", "sent_at": sent, "responded_at": None, "score": None,
                "comment": None}  # fmt: skip
    if n % 3 == 0:
        return row
    score = 1 + n % 3 if n % 5 == 0 else 4 + n // 2 % 2
    said = f"Comment on ticket {n}." if n % 4 == 1 else None
    return {**row, "responded_at": sent + timedelta(hours=2), "score": score, "comment": said}


def opened(rows: Rows) -> Data:
    tickets, surveys = rows
    return ck.load(
        pl.DataFrame(tickets, infer_schema_length=None),
        pl.DataFrame(surveys, infer_schema_length=None) if surveys else None,
        preset="none",
        timezone="UTC",
    )


def digest(data: Data | Rows, kind: str, **settings: Any) -> Report:
    found = opened(data) if isinstance(data, tuple) else data
    return ck.analyze(found, command="digest", kind=kind, **settings)


def section(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def changed(rows: Iterable[Row], change: Callable[[Row], Row | None]) -> list[Row]:
    """Return rows with a change to some; None leaves a row as it is."""
    return [change(dict(row)) or row for row in rows]


def text_of(report: Report) -> str:
    """Return everything that a reader of the Markdown sees."""
    return str(ck.render(report, "markdown"))


def in_week_13(row: Row) -> bool:
    answered = row["responded_at"]
    return answered is not None and datetime(2026, 3, 23) <= answered < datetime(2026, 3, 30)
