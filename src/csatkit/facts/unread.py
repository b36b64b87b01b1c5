"""One table of an input before anybody has read it: plans that see each row by itself.

Whoever cuts the table may carry them out on the pieces and put these together: rows are
numbered from the start of the piece, and nothing looks from one row to another.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["Unread"]


@dataclass(frozen=True, slots=True)
class Unread:
    """Plans over one table.

    Args:
        rows: canonical rows with `_row`, counted from the start of the table.
        count: how many rows the table has, `n`, those that leave included.
        text: `_row` and `text`, the whole row by which equal instants are settled.
        left: `_row` and `reason` of the rows that are no data; None where all are.
    """

    rows: pl.LazyFrame
    count: pl.LazyFrame
    text: pl.LazyFrame
    left: pl.LazyFrame | None = None
