"""Lists of rows as report tables, without turning millions of them into Python objects."""

from __future__ import annotations

import polars as pl

from csatkit.render.frame_rows import FrameRows
from csatkit.report import Table

__all__ = ["table_of"]


def table_of(frame: pl.DataFrame, title: str | None = None) -> Table:
    """Return a frame as a table; its columns keep their names."""
    numeric = frozenset(c for c, dtype in frame.schema.items() if dtype.is_numeric())
    return Table({c: c for c in frame.columns}, FrameRows(frame), numeric, title=title)
