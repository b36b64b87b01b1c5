"""A plain export for tests that spoil it: every cell is valid, so whatever is reported was planted.

Tickets are seven hours apart, each survey belongs to one ticket, and every third is answered.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

__all__ = ["COUNT", "Row", "save", "survey_rows", "ticket_rows", "write"]

COUNT = 300
"""Rows of either file: one bad value is below 1 % of them, a dozen are above."""

START = datetime(2026, 1, 1)

Row = dict[str, str]


def ticket_rows(count: int = COUNT) -> list[Row]:
    """Return tickets; one in seventeen is open, one in thirteen was reopened."""
    return [_ticket(n) for n in range(count)]


def survey_rows(count: int = COUNT) -> list[Row]:
    """Return a survey for each ticket; every third is answered, all scores occur."""
    return [_survey(n) for n in range(count)]


def _ticket(n: int) -> Row:
    created = START + timedelta(hours=7 * n)
    return {
        "ticket_id": f"T{n:04d}",
        "customer_id": f"C{n % 60}",
        "agent": f"Agent {n % 4}",
        "channel": ("email", "chat", "phone")[n % 3],
        "issue_type": ("refund", "login")[n // 2 % 2],
        "created_at": _written(created),
        "first_response_at": _written(created + timedelta(minutes=n % 200)),
        "resolved_at": "" if n % 17 == 0 else _written(created + timedelta(hours=20)),
        "reopen_count": str(int(n % 13 == 0)),
    }


def _survey(n: int) -> Row:
    sent = START + timedelta(hours=7 * n + 22)
    answered = n % 3 == 0
    return {
        "ticket_id": f"T{n:04d}",
        "sent_at": _written(sent),
        "responded_at": _written(sent + timedelta(hours=2)) if answered else "",
        "score": str(1 + n // 3 % 5) if answered else "",
        "comment": f"comment {n}" if n % 9 == 0 else "",
    }


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def save(path: Path, rows: list[Row]) -> Path:
    """Write rows as CSV under the headers of the first one."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write(folder: Path) -> None:
    """Write `tickets.csv` and `surveys.csv` into a folder."""
    save(folder / "tickets.csv", ticket_rows())
    save(folder / "surveys.csv", survey_rows())


def spoiled(rows: list[Row], column: str, places: Iterable[int], cell: str) -> list[Row]:
    """Return the rows with another cell in some places."""
    chosen = set(places)
    return [{**row, column: cell} if n in chosen else row for n, row in enumerate(rows)]
