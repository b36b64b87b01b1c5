"""Tickets that leave every denominator, each with the reason it is counted by (metrics.md §2).

Merged tickets leave the denominators, too, but still are contacts when repeats are sought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from csatkit.schema import fold
from csatkit.settings import EXCLUDED_STATUSES
from csatkit.values import FLAG_WORDS

__all__ = ["MERGED_TAGS", "REASONS", "out_reason"]

REASONS = ("merged", "deleted", "spam", "test", "side_conversation", "deflected", "excluded")
"""Reasons in the order of their codes 1, 2, …; 0 means that the ticket counts."""

MERGED_TAGS = ("closed_by_merge",)
"""Tags by which a system marks tickets that were merged away."""

_SIDE_CHANNELS = ("sideconversation", "sideconversations")


def _is_one_of(column: str, frame: pl.DataFrame, words: Sequence[str]) -> pl.Expr | None:
    """Return whether a column holds one of some words, None where no row does.

    Text is compared by `schema.fold`, numbers by value, flags as yes or no.
    """
    if column not in frame.columns:
        return None
    dtype = frame.schema[column]
    if dtype == pl.Boolean:
        wanted = {FLAG_WORDS.get(word.strip().casefold()) for word in words}
        hits: list[object] = [flag for flag in (True, False) if flag in wanted]
        cell = pl.col(column)
    elif dtype.is_numeric():
        hits = [number for number in map(_number, words) if number is not None]
        cell = pl.col(column).cast(pl.Float64)
    else:
        folded = {fold(word) for word in words}
        cell = pl.col(column).cast(pl.String)
        values = frame.get_column(column).unique().drop_nulls().cast(pl.String)
        hits = [value for value in values if fold(value) in folded]
    return cell.is_in(hits).fill_null(value=False) if hits else None


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _conditions(
    frame: pl.DataFrame, exclude: Mapping[str, Sequence[str]]
) -> list[tuple[str, pl.Expr]]:
    found: list[tuple[str, pl.Expr | None]] = []
    if "merged" in frame.columns:
        found.append(("merged", pl.col("merged").fill_null(value=False)))
    if "tags" in frame.columns:
        tag = pl.col("tags").cast(pl.String)
        marks = [tag.str.contains(t, literal=True) for t in MERGED_TAGS]
        found.append(("merged", pl.any_horizontal(marks).fill_null(value=False)))
    for word, reason in EXCLUDED_STATUSES.items():
        found.append((reason, _is_one_of("status", frame, (word,))))
    found.append(("side_conversation", _is_one_of("channel", frame, _SIDE_CHANNELS)))
    if "parent_ticket_id" in frame.columns:
        found.append(("side_conversation", pl.col("parent_ticket_id").is_not_null()))
    if "deflected" in frame.columns:
        found.append(("deflected", pl.col("deflected").fill_null(value=False)))
    for column, words in exclude.items():
        found.append(("excluded", _is_one_of(column, frame, words)))
    return [(reason, condition) for reason, condition in found if condition is not None]


def out_reason(frame: pl.DataFrame, exclude: Mapping[str, Sequence[str]]) -> pl.Series | None:
    """Return the code of the reason why each row is out; the first that holds.

    Args:
        frame: canonical tickets, or surveys where there are none.
        exclude: column → values of `[exclude]`.

    Returns:
        UInt8 codes (0: counts, else 1 + index in `REASONS`), or None where all tickets count.
    """
    conditions = _conditions(frame, exclude)
    if not conditions:
        return None
    code: pl.Expr = pl.lit(0, dtype=pl.UInt8)
    for reason, condition in reversed(conditions):
        code = (
            pl.when(condition)
            .then(pl.lit(REASONS.index(reason) + 1, dtype=pl.UInt8))
            .otherwise(code)
        )
    codes = frame.select(code.alias("out")).get_column("out")
    return codes if codes.max() else None
