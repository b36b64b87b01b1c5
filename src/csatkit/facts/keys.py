"""Equality of text ids at the price of integers.

Ids are compared by 64-bit hashes, and a hash never has the last word: rows whose hash occurs once
are certainly unique (equal text has equal hashes), and the few whose hash occurs twice are compared
as text.
"""

from __future__ import annotations

import polars as pl

__all__ = ["places", "rows_with_equal", "spread"]


def rows_with_equal(frame: pl.DataFrame, key: pl.Expr) -> pl.Series | None:
    """Return a mask of the rows whose `key` (a hash) occurs more than once.

    Null keys equal nothing.

    Args:
        frame: any frame.
        key: expression that yields UInt64.

    Returns:
        A Boolean series as long as `frame`, or None where every key is unique.
    """
    keys = frame.select(key.alias("key")).get_column("key")
    # Sorting integers takes a third of what grouping them does.
    ordered = keys.drop_nulls().sort()
    twice = ordered.filter(ordered == ordered.shift(1))
    return None if twice.is_empty() else keys.is_in(twice.implode()).fill_null(value=False)


def places(ids: pl.Series, among: pl.Series) -> pl.Series:
    """Return at which place of `among` each id stands, null where it doesn't.

    The join is by one hash and a second one is compared; where it differs the join is by text. Two
    different ids agree in both 64-bit hashes with a chance of n·m / 2¹²⁸: for a billion ids on both
    sides about 3e-21.

    Args:
        ids: text without nulls.
        among: text without nulls, each once.
    """
    mine, theirs = (
        pl.LazyFrame({"id": side}).select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias(place),
            _h=pl.col("id").hash(0),
            _h2=pl.col("id").hash(1),
        )
        for side, place in ((ids, "of"), (among, "at"))
    )
    found = theirs.join(mine, on="_h").collect(engine="streaming")
    if found.select((pl.col("_h2") != pl.col("_h2_right")).any()).item():
        known = pl.DataFrame({"id": among}).with_row_index("at")
        joined = pl.DataFrame({"id": ids}).join(known, on="id", how="left", maintain_order="left")
        return joined.get_column("at")
    return _numbers(len(ids), found.get_column("of"), found.get_column("at"))


def spread(rows: pl.DataFrame, at: pl.Series, height: int) -> pl.DataFrame:
    """Return rows at their places in a longer frame, null in between.

    Args:
        rows: any frame.
        at: the place of each row, each once; null where it has none.
        height: rows of the longer frame.
    """
    has_place = at.is_not_null()
    number = pl.int_range(rows.height, dtype=pl.UInt32, eager=True)
    where = _numbers(height, at.filter(has_place), number.filter(has_place))
    return rows.select(pl.all().gather(where))


def _numbers(height: int, at: pl.Series, numbers: pl.Series) -> pl.Series:
    """Return a column with numbers at their places, else null."""
    return pl.repeat(None, height, dtype=pl.UInt32, eager=True).scatter(at, numbers)
