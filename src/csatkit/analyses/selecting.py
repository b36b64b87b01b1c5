"""`--where` conditions → Polars conditions, by the type that the column has in the data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from csatkit.errors import UsageError
from csatkit.where import Condition

__all__ = ["conditions"]

_FLAGS = {
    "true": True, "yes": True, "y": True, "1": True,
    "false": False, "no": False, "n": False, "0": False,
}  # fmt: skip


def _number(text: str, condition: Condition, dtype: pl.DataType) -> float:
    """Return a number; a whole one stays exact, as ids beyond 2⁵³ exist."""
    try:
        return int(text) if dtype.is_integer() and text.strip("+-").isdecimal() else float(text)
    except ValueError:
        raise UsageError(
            f"--where {condition.column}: {text!r} isn't a number",
            "The column holds numbers; compare it with one.",
        ) from None


def _instant(text: str, condition: Condition, zone: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--where {condition.column}: {text!r} is no date", "Write 2026-03-31."
        ) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(zone))
    return found.astimezone(UTC).replace(tzinfo=None)


def _flag(text: str, condition: Condition) -> bool:
    if text.casefold() not in _FLAGS:
        raise UsageError(f"--where {condition.column}: {text!r} is neither yes nor no")
    return _FLAGS[text.casefold()]


def _operands(condition: Condition, dtype: pl.DataType, zone: str) -> list[object]:
    texts = condition.values
    if dtype == pl.Datetime:
        return [None if t == "" else _instant(t, condition, zone) for t in texts]
    if dtype == pl.Boolean:
        return [None if t == "" else _flag(t, condition) for t in texts]
    if dtype.is_numeric():
        return [None if t == "" else _number(t, condition, dtype) for t in texts]
    return [None if t == "" else t for t in texts]


def _one(condition: Condition, dtype: pl.DataType, zone: str) -> pl.Expr:
    column = pl.col(condition.column)
    if dtype in (pl.Categorical, pl.Enum):
        column = column.cast(pl.String)
    operands = _operands(condition, dtype, zone)
    if dtype.is_integer() and any(isinstance(o, float) for o in operands):
        column = column.cast(pl.Float64)
        operands = [o if o is None else float(str(o)) for o in operands]
    if condition.op == "in":
        known = [o for o in operands if o is not None]
        found = column.is_in(known).fill_null(value=False)
        return found | column.is_null() if None in operands else found
    value = operands[0]
    if condition.op in ("=", "!="):
        equal = column.is_null() if value is None else column.eq_missing(pl.lit(value))
        return equal if condition.op == "=" else ~equal
    if dtype in (pl.Categorical, pl.Enum, pl.String):
        return _compared(column, condition)
    return _ordered(column, condition.op, pl.lit(value)).fill_null(value=False)


def _compared(column: pl.Expr, condition: Condition) -> pl.Expr:
    """Compare text by size: as numbers where the operand is one, else as text."""
    text = condition.values[0]
    try:
        number = float(text)
    except ValueError:
        return _ordered(column, condition.op, pl.lit(text)).fill_null(value=False)
    numbers = column.cast(pl.Float64, strict=False)
    return _ordered(numbers, condition.op, pl.lit(number)).fill_null(value=False)


def _ordered(left: pl.Expr, op: str, right: pl.Expr) -> pl.Expr:
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def conditions(asked: Iterable[Condition], schema: pl.Schema, zone: str) -> pl.Expr | None:
    """Return the condition that rows with these columns must meet; None for all rows.

    Args:
        asked: what was asked for.
        schema: the columns of the rows; a condition on another one isn't met by any of them, so
            the caller must not measure there.
        zone: where an instant without an offset was written.

    Raises:
        UsageError: an operand that doesn't fit the type of its column.
    """
    parts = [_one(c, schema[c.column], zone) for c in asked if c.column in schema]
    return pl.all_horizontal(parts) if parts else None
