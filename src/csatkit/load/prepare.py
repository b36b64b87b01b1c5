"""Parts as they came → parts whose every row is data, and the rows that were left out with why.

Further header rows, footers, unfinished or previewed surveys leave here, by what the preset knows
of the export. A row keeps its position, so that messages and `--rejects` name the line of the file.
Logs of events are reduced elsewhere (`events.py`) and come in the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from csatkit.load.canonical import AT, plain_text
from csatkit.load.parts import Part
from csatkit.load.preset import RowRule, Rows
from csatkit.report import Note
from csatkit.schema import fold

__all__ = ["Prepared", "prepare", "untouched"]

_REASON = "__reason"


@dataclass(frozen=True, eq=False)
class Prepared:
    """The data rows of a source."""

    parts: tuple[Part, ...]
    """With `AT` in their frames, unless they are the parts as they came."""
    left: tuple[pl.LazyFrame, ...] = ()
    """Per part: `AT` and `reason` of the rows that were left out; empty where none can be."""
    notes: tuple[Note, ...] = ()
    is_reduced: bool = False
    """Rows are tickets, made of events."""

    @property
    def has_position(self) -> bool:
        """Tell whether the frames carry `AT`."""
        return bool(self.left)


def untouched(parts: tuple[Part, ...]) -> Prepared:
    """Return parts of which every row is data."""
    return Prepared(parts)


def prepare(parts: tuple[Part, ...], rows: Rows, *, in_order: bool = True) -> Prepared:
    """Return the parts without the rows that a preset knows to be no data.

    Args:
        parts: as they came.
        rows: what the preset knows.
        in_order: whether a row's position is that in its file; else its cells alone tell.
    """
    reasons = [[*_reasons(part, rows, in_order)] for part in parts]
    if not any(reasons):
        return Prepared(parts)
    ready, left = [], []
    for part, found in zip(parts, reasons, strict=True):
        reason: pl.Expr = pl.lit(None, dtype=pl.String)
        for name, condition in reversed(found):
            reason = pl.when(condition).then(pl.lit(name)).otherwise(reason)
        frame = part.frame.with_row_index(AT).with_columns(reason.alias(_REASON))
        ready.append(replace(part, frame=frame.filter(pl.col(_REASON).is_null()).drop(_REASON)))
        gone = frame.filter(pl.col(_REASON).is_not_null())
        left.append(gone.select(AT, reason=pl.col(_REASON)))
    return Prepared(tuple(ready), tuple(left))


def _reasons(part: Part, rows: Rows, in_order: bool) -> Iterator[tuple[str, pl.Expr]]:
    """Yield reason and condition of the rows that leave, the first that holds counts."""
    by_fold = {fold(h): h for h in part.headers}
    witness = by_fold.get(fold(rows.witness)) if rows.witness else None
    if rows.headers_below and witness:
        # Who has opened the file before may have removed them.
        is_data = _text(part, witness).str.contains(rows.data or ".").fill_null(value=False)
        is_above = pl.col(AT) < rows.headers_below if in_order else pl.lit(value=True)
        yield "header_row", is_above & ~is_data
    if rows.footer_alone and len(part.headers) > 1:
        first, *others = (_text(part, h) for h in part.headers)
        empty = pl.all_horizontal(cell.fill_null("") == "" for cell in others)
        yield "footer", empty & (first.fill_null("") != "")
    for rule in rows.rules:
        if (header := by_fold.get(fold(rule.column))) is not None:
            yield rule.reason, _leaves(part, header, rule, by_fold)


def _text(part: Part, header: str) -> pl.Expr:
    return plain_text(pl.col(header), part.dtype(header)).str.strip_chars()


def _leaves(part: Part, header: str, rule: RowRule, by_fold: dict[str, str]) -> pl.Expr:
    cell = _text(part, header).fill_null("").str.to_lowercase().str.replace_all(r"[\s_\-]", "")
    # Of a typed column 1.0 is the text of a number, and 1 what the rule says.
    cell = cell.str.replace(r"^(\d+)\.0$", "$1")
    is_listed = cell.is_in([fold(value) for value in rule.values])
    leaves = ~is_listed if rule.keep else is_listed
    if rule.unless and (other := by_fold.get(fold(rule.unless))) is not None:
        leaves &= _text(part, other).fill_null("") == ""
    return leaves
