"""Rows that leave, kept by number with their reason: rows = used + dropped, always."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

__all__ = ["Dropped", "without"]


@dataclass(slots=True)
class Dropped:
    """Rows of one input that are not used, by reason."""

    rows: dict[str, pl.Series] = field(default_factory=dict)
    unlisted: dict[str, int] = field(default_factory=dict)
    """Reason → rows that left, too, and are known by their number alone."""

    def add(self, reason: str, rows: pl.Series | None, *, n: int | None = None) -> None:
        """Note that these `_row`s left for this reason.

        Args:
            reason: a key of `notes.DROPPED_REASONS`.
            rows: their numbers.
            n: how many left, where `rows` doesn't list all.
        """
        if rows is not None and len(rows):
            old = self.rows.get(reason)
            self.rows[reason] = rows if old is None else pl.concat([old, rows])
        more = 0 if n is None else n - (0 if rows is None else len(rows))
        if more:
            self.unlisted[reason] = self.unlisted.get(reason, 0) + more

    def add_coded(self, reasons: Sequence[str], frame: pl.DataFrame, row: str) -> None:
        """Note the rows whose `out` is above 0: 1 + the index of their reason."""
        left = frame.filter(pl.col("out") > 0)
        for number, reason in enumerate(reasons, start=1):
            self.add(reason, left.filter(pl.col("out") == number).get_column(row))

    def in_order(self) -> Dropped:
        """Return the same rows in the order of the input."""
        return Dropped({reason: rows.sort() for reason, rows in self.rows.items()}, self.unlisted)

    def counts(self) -> dict[str, int]:
        """Return how many rows left by reason."""
        return {
            reason: len(rows) + self.unlisted.get(reason, 0)
            for reason, rows in sorted(self.rows.items())
        }


def without(frame: pl.DataFrame, rows: pl.Series | None) -> pl.DataFrame:
    """Return a frame without the rows of these `_row` numbers."""
    if rows is None or not len(rows):
        return frame
    return frame.filter(~pl.col("_row").is_in(rows.implode()))
