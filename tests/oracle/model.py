"""What goes into the oracle and what comes out: options and cells, nothing computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
"""One canonical row: column name to None, text, naive UTC datetime, number or bool."""

REASONS = (
    "unresolved",
    "not_confirmed",
    "reopened",
    "repeat",
    "multiple_contacts",
    "transferred",
)
"""Failure reasons in the order in which the first that holds is taken."""

SURVEY_CELLS = ("sent_at", "responded_at", "score", "comment", "survey_status", "delivery")
"""A ticket row holds a survey where any of these has a value."""

DATA_END_COLUMNS = (
    "created_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "reopened_at",
    "sent_at",
    "responded_at",
    "outreach_at",
)
"""Instants that say when the export was cut; `updated_at` isn't one of them."""


@dataclass(frozen=True)
class Options:
    """Choices of one run, with the defaults of the definitions.

    `as_of` and `now` are naive UTC instants; `where` sees the row that is segmented by.
    """

    window_days: int = 14
    repeat_on: str = "issue"
    fail_on: tuple[str, ...] = REASONS
    clock: str = "family"
    rating: str = "first"
    as_of: datetime | None = None
    tz: str = "UTC"
    week_start: str = "mon"
    mature_days: int = 14
    scale: str = "1-5"
    limits: Mapping[str, timedelta] = field(
        default_factory=lambda: {"chat": timedelta(minutes=2), "email": timedelta(hours=2)}
    )
    period: tuple[date, date] | None = None
    where: Callable[[Row], bool] | None = None
    resolved_statuses: tuple[str, ...] = (
        "resolved",
        "closed",
        "solved",
        "done",
        "completed",
        "complete",
        "archived",
    )
    mature_surveys: bool = False
    now: datetime = datetime(2100, 1, 1)

    @property
    def window(self) -> timedelta:
        """Return the repeat window: whole days of exactly 24 hours."""
        return timedelta(days=self.window_days)


@dataclass(frozen=True)
class Cell:
    """One metric in one segment: counts first, then the value that follows from them.

    `value` is 0-100 for shares, hours for times, None with a `reason` where nothing can be said.
    `k` is None where the metric has no numerator (medians) or is unavailable.
    """

    k: float | None
    n: int | None
    value: float | None
    reason: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def cell_text(value: Any) -> str:
    """Return a cell as an export writes it: blank for None, instants to the second."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)
