"""Measures as a tidy Polars frame, with the names and the order of the CSV."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from csatkit.render.document import plain
from csatkit.render.flat import Kind, flatten, frame_behind

if TYPE_CHECKING:
    from csatkit.report import Cell, Report

__all__ = ["to_frame"]

_TYPES: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "number": pl.Float64(),
    "whole": pl.Int64(),
    "day": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "flag": pl.Boolean(),
}


def to_frame(report: Report) -> pl.DataFrame:
    """Return one row per measure, per verdict of a check, or the rows of a report without either.

    Returns:
        The fields of the JSON: `segment`, `excluded`, `distribution` and their like as JSON text,
        each segment column also as `segment_<name>`, the period as `period_label`, `period_from`
        and `period_to`, instants in UTC.
    """
    rows = frame_behind(report)
    if rows is not None:
        return rows.select(_column(rows, name) for name in rows.columns)
    flat = flatten(report)
    columns = zip(flat.columns.items(), zip(*flat.rows, strict=True), strict=True)
    if not flat.rows:
        return pl.DataFrame(schema={plain(n): _TYPES[kind] for n, kind in flat.columns.items()})
    return pl.DataFrame(
        [
            pl.Series(plain(name), [_cell(c, kind) for c in cells], dtype=_TYPES[kind])
            for (name, kind), cells in columns
        ]
    )


def _column(rows: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column in the type that its cells would be given one by one."""
    dtype, column = rows.schema[name], pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            column = column.dt.replace_time_zone("UTC")
        typed = column.dt.convert_time_zone("UTC").cast(_TYPES["instant"])
    elif dtype.is_numeric():
        typed = column.cast(_TYPES["whole" if dtype.is_integer() else "number"])
    else:
        typed = column if dtype in (pl.Boolean, pl.Date) else column.cast(pl.String)
    empty = rows.get_column(name).null_count() == rows.height
    return (column.cast(pl.String) if empty else typed).alias(plain(name))


def _cell(value: Cell, kind: Kind) -> Cell:
    if value is None:
        return None
    if kind == "instant" and isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if kind == "number" and isinstance(value, int | float):
        return float(value)
    if kind == "text":
        found = plain(value)
        return found if isinstance(found, str) else str(found)
    return value
