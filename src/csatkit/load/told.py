"""Files whose bytes, and frames whose rows, are counted for whoever watches while they are read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from csatkit.progress import resume, stage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from csatkit.progress import Stage

__all__ = ["BUFFER", "told", "told_rows", "told_text"]

BUFFER = 1 << 18
"""Bytes counted at once: seldom enough to cost nothing, often enough for a line that moves."""


class _Counted(io.FileIO):
    """A file that says how much of it has been read."""

    def __init__(self, path: Path, counted: Stage) -> None:
        super().__init__(path)
        self._counted = counted

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read into a buffer; return the number of bytes, 0 at the end."""
        n = super().readinto(buffer) or 0
        self._counted.add(n)
        resume(self._counted)  # a file may be looked through while another pass over it waits
        return n


def told(path: Path, what: str) -> io.BufferedReader:
    """Open a file as bytes and begin a stage that counts them.

    Args:
        path: the file, which is read once from its beginning.
        what: what is done with it, in words.

    Raises:
        OSError: it can't be opened.
    """
    return io.BufferedReader(_Counted(path, stage(what, "bytes", path.stat().st_size)), BUFFER)


def told_text(path: Path, what: str, encoding: str, newline: str | None) -> io.TextIOWrapper:
    """Open a file as text and begin a stage that counts its bytes; see `told` and `open`."""
    return io.TextIOWrapper(told(path, what), encoding=encoding, newline=newline)


def told_rows(frame: pl.LazyFrame, read: Stage) -> pl.LazyFrame:
    """Return a frame that counts its rows when it is collected.

    Polars tells nobody how far it is. It calls the function here for each of the blocks that it
    streams, some ten thousand rows, which costs less than can be measured.

    Args:
        frame: with `_row`.
        read: what the rows are added to.
    """

    def count(rows: pl.Series) -> pl.Series:
        read.add(len(rows))
        return rows

    row = pl.col("_row")
    return frame.with_columns(row.map_batches(count, return_dtype=pl.UInt32, is_elementwise=True))
