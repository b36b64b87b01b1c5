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


def _placed(links: pl.DataFrame | None, name: str, dtype: pl.DataType, height: int) -> pl.Series:
    """Return a column of links as long as the tickets, null where a ticket has none.

    Writing into a column of nulls spares the other columns a copy, which a join would cost.
    """
    physical = pl.UInt32 if dtype == pl.UInt32 else pl.Int64
    column = pl.repeat(None, height, dtype=physical, eager=True)
    if links is not None:
        column = column.scatter(links["_at"], links[name].cast(physical))
    return column.cast(dtype).alias(name)


def with_links(
    frame: pl.DataFrame, repeat_on: str, is_contact: pl.Expr | None = None
) -> pl.DataFrame:
    """Add `has_key`, `next_created_at`, `next_row` and `previous_row`.

    Args:
        frame: one row per ticket, with `_row`, `ticket_id`, `created_at` and the key columns.
        repeat_on: `issue` or `customer`.
        is_contact: which tickets can be a contact; default all.

    Returns:
        The same rows in the same order; rows are named by their `_row`.
    """
    columns = link_key(repeat_on)
    # A ticket without a creation instant has no place in the order, so it can't be followed.
    placed = pl.all_horizontal(pl.col(c).is_not_null() for c in (*columns, "created_at"))
    linkable = placed if is_contact is None else placed & is_contact
    keys = frame.select(has_key=linkable, _key=pl.when(linkable).then(_hash(columns, frame)))
    mask = rows_with_equal(keys, pl.col("_key"))
    links = None
    if mask is not None:
        narrow = frame.select("_row", "ticket_id", "created_at", *columns).with_columns(
            keys["_key"], _at=pl.int_range(pl.len(), dtype=pl.UInt32)
        )
        links = _linked(narrow.filter(mask), columns)
    schema = {
        "next_created_at": frame.schema["created_at"],
        "next_row": frame.schema["_row"],
        "previous_row": frame.schema["_row"],
    }
    found = [_placed(links, name, dtype, frame.height) for name, dtype in schema.items()]
    return frame.with_columns(keys["has_key"], *found)
