"""The shape in which every contestant answers: table → cut → segment → counts by name.

The counts are those that `csatkit report` shows, no more and no less: overall and of two periods
everything, of segments what CSAT and first contact resolution rest on.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

__all__ = [
    "CUTS",
    "DAYPARTS",
    "REASONS",
    "WEEKDAYS",
    "WINDOW_DAYS",
    "Answer",
    "period_ends",
    "text",
]

Answer = dict[str, dict[str, dict[str, dict[str, float | int | None]]]]

CUTS: dict[str, tuple[str, ...]] = {
    "": (),
    "period": ("period",),
    "agent": ("agent",),
    "team": ("team",),
    "channel": ("channel",),
    "issue_type": ("issue_type",),
    "customer_segment": ("customer_segment",),
    "weekday,daypart": ("weekday", "daypart"),
}
"""Name of a breakdown → its columns. Period 0 is the last 28 complete days, 1 the 28 before; where
follow-up is needed, those that ended a window before the end of the data."""

WINDOW_DAYS = 14
PERIOD_DAYS = 28

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYPARTS = ("night", "morning", "afternoon", "evening")

REASONS = ("unresolved", "reopened", "repeat", "multiple_contacts", "transferred")
"""Why a first contact fails, in the order in which the first that holds counts."""


def period_ends(as_of: datetime) -> tuple[date, date]:
    """Return the day after period 0, and the same where follow-up is needed."""
    return as_of.date(), (as_of - timedelta(days=WINDOW_DAYS)).date()


def text(value: object) -> str:
    """Return the name of a segment; a missing one has a name, too."""
    return "null" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN
