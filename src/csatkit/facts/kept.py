"""All tickets of a run, wherever they are kept: whole in memory, or in parts elsewhere.

Whoever asks for rows says so; what can be asked lazily never loads them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import polars as pl

__all__ = ["InMemory", "Kept"]

Change = Callable[[pl.DataFrame], pl.DataFrame]


class Kept(Protocol):
    """Tickets that were built, those out of the denominators included."""

    def lazy(self) -> pl.LazyFrame:
        """Return all rows, not yet read."""
        ...

    def collect(self) -> pl.DataFrame:
        """Return all rows in memory, in the order of the input."""
        ...

    def mapped(self, change: Change) -> Kept:
        """Return the rows changed; `change` sees whole customers, perhaps not all at once."""
        ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Tickets that fit."""

    frame: pl.DataFrame

    def lazy(self) -> pl.LazyFrame:
        """Return all rows, not yet read."""
        return self.frame.lazy()

    def collect(self) -> pl.DataFrame:
        """Return all rows in memory, in the order of the input."""
        return self.frame

    def mapped(self, change: Change) -> InMemory:
        """Return the rows changed."""
        return InMemory(change(self.frame))
