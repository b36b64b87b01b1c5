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

    def add(self, reason: str, rows: pl.Series | None) -> None:
        """Note that these `_row`s left for this reason."""
        if rows is not None and len(rows):
            old = self.rows.get(reason)
            self.rows[reason] = rows if old is None else pl.concat([old, rows])

    def add_coded(self, reasons: Sequence[str], frame: pl.DataFrame, row: str) -> None:
        """Note the rows whose `out` is above 0: 1 + the index of their reason."""
        left = frame.filter(pl.col("out") > 0)
        for number, reason in enumerate(reasons, start=1):
            self.add(reason, left.filter(pl.col("out") == number).get_column(row))

    def in_order(self) -> Dropped:
        """Return the same rows in the order of the input."""
        return Dropped({reason: rows.sort() for reason, rows in self.rows.items()})

    def counts(self) -> dict[str, int]:
        """Return how many rows left by reason."""
        return {reason: len(rows) for reason, rows in sorted(self.rows.items())}


def without(frame: pl.DataFrame, rows: pl.Series | None) -> pl.DataFrame:
    """Return a frame without the rows of these `_row` numbers."""
    if rows is None or not len(rows):
        return frame
    return frame.filter(~pl.col("_row").is_in(rows.implode()))
