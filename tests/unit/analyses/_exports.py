"""Small exports for the doctor's tests: a sound one, and what is wrong with it, row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from csatkit.analyses.doctor import Opened, examine, inspection
from csatkit.report import Note, Report
from csatkit.settings import Settings, SourceSettings

START = datetime(2026, 1, 2, 8)

Row = dict[str, str]


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def ticket(n: int) -> Row:
    created = START + timedelta(hours=7 * n)
    return {
        "ticket_id": f"T{n:04d}",
        "customer_id": f"c{n}@x.org",
        "agent": f"Agent {n % 5}",
        "channel": ("email", "chat")[n % 2],
        "issue_type": ("refund", "login")[n % 2],
        "status": "closed",
        "created_at": written(created),
        "resolved_at": written(created + timedelta(hours=5)),
        "updated_at": written(created + timedelta(hours=6)),
        "reopen_count": "0",
    }


def survey(n: int) -> Row:
    """Return the survey of a ticket: one in two is answered, an hour after it was sent."""
    sent = START + timedelta(hours=7 * n + 6)
    row = {"ticket_id": f"T{n:04d}", "sent_at": written(sent), "responded_at": "", "score": ""}
    if n % 2:
        return row
    return {**row, "responded_at": written(sent + timedelta(hours=1)), "score": str(1 + n // 2 % 5)}


def save(path: Path, rows: Iterable[Row]) -> str:
    every = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(every[0]))
        writer.writeheader()
        writer.writerows(every)
    return str(path)


def changed(rows: list[Row], change: Callable[[int, Row], Row | None]) -> list[Row]:
    """Return rows with a change to some; None leaves a row as it is."""
    return [change(n, dict(row)) or row for n, row in enumerate(rows)]


def examined(
    tickets: object = None, surveys: object = None, settings: Settings | None = None
) -> Report:
    """Return the doctor's report on some files."""
    chosen = settings or Settings()
    found = examine(tickets, surveys, source=chosen.source)
    return inspection(found, chosen)


def opened(tickets: object, source: SourceSettings | None = None) -> Opened:
    return examine(tickets, source=source or SourceSettings())


def with_source(**given: object) -> Settings:
    return replace(Settings(), source=replace(SourceSettings(), **given))  # type: ignore[arg-type]


def notes(report: Report) -> dict[str, Note]:
    """Return code → note; of several with one code the first."""
    found: dict[str, Note] = {}
    for note in report.notes:
        found.setdefault(note.code, note)
    return found


def codes(report: Report) -> set[str]:
    """Return the codes of what somebody should act on."""
    return {n.code for n in report.notes if n.level != "info"}
