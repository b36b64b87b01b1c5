"""Lists of rows that stay a frame until they are written.

A `FrameRows` looks like a tuple of mappings to any renderer. A renderer of long lists asks
`frame_of` for the frame instead, so that a million rows never become Python objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import polars as pl

    from csatkit.report import Cell, Table

__all__ = ["FrameRows", "frame_of"]


class FrameRows(Sequence["Mapping[str, Cell]"]):
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


def frame_of(table: Table) -> pl.DataFrame | None:
    """Return the columns of a table as a frame; None where its rows aren't one.

    None, too, where a column has a type that `frame_text` doesn't know how to write.
    """
    if not isinstance(table.rows, FrameRows):
        return None
    from csatkit.render.frame_text import is_known

    frame = table.rows.frame
    names = list(table.columns)
    if not names or any(c not in frame.columns or not is_known(frame.schema[c]) for c in names):
        return None
    return frame.select(names)
