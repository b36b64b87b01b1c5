"""What the facts need to know about a run beside the rows: one frozen bundle.

It holds no data. `has` names the canonical columns that the ticket rows carry, so that a rule whose
column is missing is left out openly instead of failing nobody silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from csatkit.settings import Settings

__all__ = ["DAY_US", "Rules"]

DAY_US = 86_400_000_000
"""Microseconds of a day; durations are exact integers, never fractions of days."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings with what the data decided."""

    settings: Settings
    data_end: datetime | None
    has: frozenset[str]
    resolved_by: str | None
    """Column that decides "resolved" (metrics.md §2), None where none can."""
    repeat_on: str
    """`issue` or `customer`, after falling back where no issue column is mapped."""

    @property
    def window(self) -> timedelta:
        """The repeat-contact window."""
        return timedelta(days=self.settings.window_days)

    @property
    def window_grid(self) -> int:
        """Days of the survival grid: the window, rounded up to whole days."""
        return -(-self.window // timedelta(days=1))

    def measured(self, reason: str) -> bool:
        """Return whether the columns behind this failure reason are mapped."""
        return bool(REASON_COLUMNS[reason] & self.has) and reason in self.settings.fail_on

    @property
    def not_measured(self) -> tuple[str, ...]:
        """Failure reasons that were asked for and whose column is missing."""
        return tuple(r for r in self.settings.fail_on if not REASON_COLUMNS[r] & self.has)


REASON_COLUMNS = {
    "unresolved": frozenset({"resolved_at", "resolved", "closed_at", "status"}),
    "not_confirmed": frozenset({"confirmed_resolved"}),
    "reopened": frozenset({"reopen_count", "reopened_at"}),
    "repeat": frozenset({"customer_id"}),
    "multiple_contacts": frozenset({"contact_count"}),
    "transferred": frozenset({"transfer_count"}),
}
"""Columns that can show each failure reason; one of them is enough."""
