"""Lists of rows as report tables, without turning millions of them into Python objects.

A `FrameRows` looks like a tuple of mappings to any renderer; one that can write a frame at once
takes its `frame`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import polars as pl

from csatkit.report import Cell, Table

__all__ = ["FrameRows", "table_of"]


class FrameRows(Sequence[Mapping[str, Cell]]):
    """The rows of a frame, one mapping at a time."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.frame.height

    def __iter__(self) -> Iterator[Mapping[str, Cell]]:
        """Yield the rows in order."""
        return self.frame.iter_rows(named=True)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Cell]: ...
    @overload
    def __getitem__(self, index: slice) -> FrameRows: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return one row, or the rows of a slice."""
        if isinstance(index, slice):
            return FrameRows(self.frame[index])
        return self.frame.row(index, named=True)


def table_of(frame: pl.DataFrame, title: str | None = None) -> Table:
    """Return a frame as a table; its columns keep their names."""
    numeric = frozenset(c for c, dtype in frame.schema.items() if dtype.is_numeric())
    return Table({c: c for c in frame.columns}, FrameRows(frame), numeric, title=title)
