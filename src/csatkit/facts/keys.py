"""Equality of text ids at the price of integers.

Ids are compared by 64-bit hashes, and a hash never has the last word: rows whose hash occurs once
are certainly unique (equal text has equal hashes), and the few whose hash occurs twice are compared
as text.
"""

from __future__ import annotations

import polars as pl

__all__ = ["rows_with_equal"]


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
    known = keys.drop_nulls() if keys.null_count() else keys
    if known.n_unique() == len(known):
        return None
    twice = (
        pl.LazyFrame({"key": known})
        .group_by("key")
        .agg(pl.len().alias("n"))
        .filter(pl.col("n") > 1)
        .select("key")
        .collect(engine="streaming")
        .get_column("key")
    )
    return keys.is_in(twice.implode()).fill_null(value=False)
