"""An export that no preset knows: German headers and dates, semicolons, Latin-1, scores 0-10."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from csatkit.demo.write import write

__all__ = ["TICKETS", "write_odd_export"]

TICKETS = 3_000
"""As many as a small desk has in half a year."""

CHANNELS = {
    "email": "E-Mail",
    "chat": "Chat",
    "phone": "Telefon",
    "web": "Formular",
    "social": "Soziale Medien",
}
ISSUES = {
    "account": "Konto",
    "billing": "Abrechnung",
    "cancellation": "Kündigung",
    "delivery": "Lieferung",
    "login": "Anmeldung",
    "product question": "Produktfrage",
    "refund": "Rückerstattung",
    "technical": "Störung",
}
STATES = {"closed": "abgeschlossen", "open": "in Arbeit", "pending": "wartet",
          "solved": "erledigt"}  # fmt: skip
SCORES = {"": "", "1": "1", "2": "3", "3": "6", "4": "8", "5": "10"}


def write_odd_export(folder: Path, scratch: Path) -> None:
    """Write `vorgaenge.csv` and `umfrage.csv`: the sample, as another desk would export it.

    Args:
        folder: where the two files go.
        scratch: an empty folder for the sample itself.
    """
    write(scratch, tickets=TICKETS)
    _save(
        folder / "vorgaenge.csv",
        ("Vorgangsnr.", "Auftraggeber", "Sachbearbeitung", "Eingangsweg", "Anliegen", "Stand",
         "Angelegt am", "Erste Antwort am", "Erledigt am"),
        (
            (row["ticket_id"], row["customer_id"], row["agent"], CHANNELS[row["channel"]],
             ISSUES[row["issue_type"]], STATES[row["status"]], _day(row["created_at"]),
             _day(row["first_response_at"]), _day(row["resolved_at"]))
            for row in _rows(scratch / "tickets.csv")
        ),
    )  # fmt: skip
    _save(
        folder / "umfrage.csv",
        ("Vorgangsnr.", "Verschickt am", "Beantwortet am", "Zufriedenheit (0-10)", "Bemerkung"),
        (
            (row["ticket_id"], _day(row["sent_at"]), _day(row["responded_at"]),
             SCORES[row["score"]], row["comment"])
            for row in _rows(scratch / "surveys.csv")
        ),
    )  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def _day(instant: str) -> str:
    return datetime.fromisoformat(instant).strftime("%d.%m.%Y %H:%M") if instant else ""


def _save(path: Path, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(head)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("latin-1"))
