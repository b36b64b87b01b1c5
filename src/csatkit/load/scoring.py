"""How the cells of a score column become codes: labels, unrated markers, one scale or several.

The scale is the source's own, never the smallest and largest value met. Where a source holds two
scales, told apart by another column or by their values, every answer becomes satisfied, neutral or
unsatisfied, and the scale it came on stays known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from csatkit.load import normalise
from csatkit.load.scales import DEFAULT, Scale, is_unrated_word, steps
from csatkit.schema import fold

__all__ = ["SCORE_SCALE", "SENT", "UNSENT", "Scoring"]

SCORE_SCALE = "score_scale"
"""Column that names the scale of each answer, beside `score`; only where there are several."""

SENT, UNSENT = "offered", "notoffered"
"""States of a survey that an unrated marker stands for."""


@dataclass(frozen=True)
class Scoring:
    """How one source's scores read."""

    scale: Scale = DEFAULT
    unrated: tuple[str, ...] = ()
    """Cells that mean "not rated", beside the usual words."""
    states: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    """Folded unrated marker → state of the survey, None where it says nothing."""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Folded cell → what it stands for."""
    factor: int = 1
    mix: tuple[Scale, ...] = ()
    """The scales of a mixed source; their answers don't overlap, or `by_cell` tells them apart."""
    column: str | None = None
    """Header of the column that names each row's scale."""
    by_cell: Mapping[str, Scale] = field(default_factory=lambda: MappingProxyType({}))
    """Cell of that column → its scale."""

    @property
    def is_mixed(self) -> bool:
        """Tell whether answers are converted to three steps."""
        return len(self.mix) > 1

    def as_text(self, cell: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, pl.DataType]:
        """Return numbers as text where the scale is one of words, else the cell as it is."""
        wordy = self.labels or any(s.values is None for s in (self.mix or (self.scale,)))
        if isinstance(dtype, pl.String | pl.Boolean) or not wordy:
            return cell, dtype
        return normalise.number_text(cell, dtype), pl.String()

    def relabelled(self, cell: pl.Expr) -> pl.Expr:
        """Return text with what the labels say."""
        if not self.labels:
            return cell
        words = list(self.labels)
        found = normalise.folded(cell).replace_strict(
            words, [self.labels[w] for w in words], default=None, return_dtype=pl.String
        )
        return pl.coalesce(found, cell)

    def met(self, cells: Iterable[str]) -> set[str]:
        """Return the answers among some cells, as the scale sees them."""
        said = {self.labels.get(fold(c), c) for c in cells}
        return {c for c in said if not is_unrated_word(c, self.unrated)}

    def status(self, cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """Return the state of the survey that an unrated marker names, else null."""
        text = cell if dtype == pl.String else normalise.number_text(cell, dtype)
        marker = normalise.status_marker(self.relabelled(text), self.unrated)
        if not self.states:
            return marker
        words = list(self.states)
        return marker.replace(words, [self.states[w] for w in words])

    def codes(self, cell: pl.Expr, dtype: pl.DataType, scale_cell: pl.Expr | None) -> pl.Expr:
        """Return the code of each answer on the source's scale, else null."""
        cell, dtype = self._multiplied(cell, dtype)
        if not self.is_mixed:
            return normalise.score(cell, dtype, self.scale)
        return pl.coalesce(code for _, code in self._stepped(cell, dtype, scale_cell))

    def names(self, cell: pl.Expr, dtype: pl.DataType, scale_cell: pl.Expr | None) -> pl.Expr:
        """Return the name of the scale that each answer came on, else null."""
        cell, dtype = self._multiplied(cell, dtype)
        return pl.coalesce(
            pl.when(code.is_not_null()).then(pl.lit(scale.name))
            for scale, code in self._stepped(cell, dtype, scale_cell)
        )

    def _multiplied(self, cell: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, pl.DataType]:
        if self.factor == 1:
            return cell, dtype
        # A fifth isn't exact in binary: 0.6 * 5 is 3.0000000000000004 in some systems' exports.
        number = (cell.cast(pl.Float64, strict=False) * self.factor).round(6)
        return number, pl.Float64()

    def _stepped(
        self, cell: pl.Expr, dtype: pl.DataType, scale_cell: pl.Expr | None
    ) -> list[tuple[Scale, pl.Expr]]:
        found = []
        for scale in self.mix:
            code = normalise.score(cell, dtype, scale)
            if scale_cell is not None:
                mine = [c for c, s in self.by_cell.items() if s == scale]
                code = pl.when(scale_cell.is_in(mine)).then(code)
            to = steps(scale)
            codes = list(to)
            found.append(
                (
                    scale,
                    code.replace_strict(
                        codes, [to[c] for c in codes], default=None, return_dtype=pl.Int16
                    ),
                )
            )
        return found
