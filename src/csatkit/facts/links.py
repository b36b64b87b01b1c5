"""Who came back: for each ticket the next and the previous one of the same customer and issue.

Order is (`created_at`, `ticket_id` as text). A missing customer or issue key links to nothing.
Customers seen once on an issue are set aside first: four fifths of the rows never get sorted.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from csatkit.facts.keys import rows_with_equal

__all__ = ["link_key", "with_links"]


def link_key(repeat_on: str) -> tuple[str, ...]:
    """Return the columns whose equality makes two tickets the same issue."""
    return ("customer_id", "issue_type") if repeat_on == "issue" else ("customer_id",)


def _hash(columns: Sequence[str], frame: pl.DataFrame) -> pl.Expr:
    """Combine the hashes of the key columns."""
    parts = []
    for seed, column in enumerate(columns):
        value = pl.col(column)
        if frame.schema[column] == pl.Categorical:
            value = value.to_physical()
        parts.append(value.hash(seed))
    key = parts[0]
    for part in parts[1:]:
        key = key ^ part
    return key


def _sorted_links(rivals: pl.DataFrame, by: Sequence[str], same: pl.Expr) -> pl.DataFrame:
    ordered = rivals.sort([*by, "created_at", "ticket_id", "_row"])
    return ordered.with_columns(
        next_created_at=pl.when(same.shift(-1)).then(pl.col("created_at").shift(-1)),
        next_row=pl.when(same.shift(-1)).then(pl.col("_row").shift(-1)),
        previous_row=pl.when(same).then(pl.col("_row").shift(1)),
    )


def _equal(columns: Sequence[str]) -> pl.Expr:
    same = pl.all_horizontal(pl.col(c) == pl.col(c).shift(1) for c in columns)
    return same.fill_null(value=False)


def _linked(rivals: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Link rows that share a hash; where two keys share one, sort by the keys themselves."""
    same_hash, same_key = _equal(["_key"]), _equal(columns)
    linked = _sorted_links(rivals, ["_key"], same_hash)
    collides = linked.select((same_hash & ~same_key).any()).item()
    return _sorted_links(rivals, columns, same_key) if collides else linked


def with_links(frame: pl.DataFrame, repeat_on: str) -> pl.DataFrame:
    """Add `has_key`, `next_created_at`, `next_row` and `previous_row`.

    Args:
        frame: every ticket that can be a contact, one row each, with `_row`, `ticket_id`,
            `created_at` and the key columns.
        repeat_on: `issue` or `customer`.

    Returns:
        The same rows in another order; rows are named by their `_row`.
    """
    columns = link_key(repeat_on)
    # A ticket without a creation instant has no place in the order, so it can't be followed.
    placed = pl.all_horizontal(pl.col(c).is_not_null() for c in (*columns, "created_at"))
    frame = frame.with_columns(has_key=placed).with_columns(
        _key=pl.when("has_key").then(_hash(columns, frame))
    )
    mask = rows_with_equal(frame, pl.col("_key"))
    nothing = frame.clear().select(
        next_created_at=pl.col("created_at"), next_row=pl.col("_row"), previous_row=pl.col("_row")
    )
    if mask is None:
        none = [pl.lit(None, dtype=d).alias(n) for n, d in nothing.schema.items()]
        return frame.drop("_key").with_columns(none)
    rivals = frame.filter(mask)
    linked = _linked(rivals.select("_row", "_key", "ticket_id", "created_at", *columns), columns)
    links = linked.select("_row", *nothing.columns)
    twice = rivals.join(links, on="_row", how="left").drop("_key")
    once = frame.filter(~mask).drop("_key")
    return pl.concat([once, twice], how="diagonal")
