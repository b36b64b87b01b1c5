"""What the measured files hold and how they are written: every contestant is told the same.

csatkit alone isn't told; it has to find out. Only the standard library is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["COUNTS", "FLAGS", "MESSY_DATES", "MESSY_HEADERS", "TEXTS", "TIMES", "Layout", "layout"]

TIMES = ("created_at", "first_response_at", "resolved_at", "closed_at", "updated_at")
TEXTS = (
    "ticket_id", "customer_id", "agent", "team", "channel", "issue_type", "customer_segment",
    "status",
)  # fmt: skip
COUNTS = ("reopen_count", "contact_count", "transfer_count")
FLAGS = ("merged", "deflected")
TICKETS = (*TEXTS, *TIMES, *COUNTS, *FLAGS)
"""Columns of tickets that the report's counts need."""

SURVEY_TIMES = ("sent_at", "responded_at")
SURVEYS = ("ticket_id", *SURVEY_TIMES, "score", "comment")
"""Columns of surveys that the report's counts need; comments settle the order of answers."""

MESSY_DATES = "%d/%m/%Y %H:%M"
"""How the messy files write an instant: 29/2/2016 01:16."""

MESSY_HEADERS = {
    "ticket_id": "Ticket ID",
    "customer_id": "Contact ID",
    "agent": "Agent",
    "team": "Group",
    "channel": "Source",
    "issue_type": "Type",
    "customer_segment": "Company Name",
    "status": "Status",
    "created_at": "Created time",
    "resolved_at": "Resolved time",
    "closed_at": "Closed time",
    "updated_at": "Last update time",
    "agent_replies": "Agent interactions",
    "customer_replies": "Customer interactions",
    "tags": "Tags",
}
"""Headers of the messy ticket file: those of a Freshdesk export, which csatkit recognises. What
that doesn't have keeps its plain name, as a custom field would."""


@dataclass(frozen=True)
class Layout:
    """How one file is written."""

    path: Path
    is_parquet: bool
    is_messy: bool
    headers: dict[str, str]
    """Column → its header, of the columns that the file has."""

    @property
    def separator(self) -> str:
        """Return what stands between two cells of a text file."""
        return ";" if self.is_messy else ","


def layout(path: Path, wanted: tuple[str, ...]) -> Layout:
    """Return how a file is written, as far as the columns wanted go.

    Args:
        path: a file that `benchmarks.data` wrote.
        wanted: columns of tickets or surveys.
    """
    if path.suffix == ".parquet":
        return Layout(path, is_parquet=True, is_messy=False, headers={c: c for c in wanted})
    with path.open(encoding="utf-8") as lines:
        line = lines.readline().rstrip("\r\n")
    is_messy = ";" in line
    present = line.split(";" if is_messy else ",")
    names = {c: MESSY_HEADERS.get(c, c) for c in wanted}
    known = {c: header if header in present else c for c, header in names.items()}
    headers = {c: header for c, header in known.items() if header in present}
    return Layout(path, is_parquet=False, is_messy=is_messy, headers=headers)
