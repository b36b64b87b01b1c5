"""Counts by pattern → the columns of a regression: strata first, then one block per factor.

A factor's lowest level is the one that the others are compared with. Rows in which a factor isn't
known keep a column of their own among the strata, so that no ticket is lost for a missing cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csatkit.stats.regression import Cell
from csatkit.totals.patterns import Pattern

__all__ = ["Counts", "Design", "Factor", "design"]

MOST_STRATA = 50
"""Values of a stratum with a column of their own; the rarer ones are one. Together with the
channels some hundred columns, which are solved in a moment."""

OTHER = "(other)"

Level = int | None


@dataclass(frozen=True, slots=True)
class Factor:
    """What may go with the outcome: its level per pattern, and from which one it is affected."""

    id: str
    label: str
    levels: Sequence[Level]
    first_affected: int = 1

    def is_affected(self, level: Level) -> bool | None:
        """Return whether a level counts as affected; None where it isn't known."""
        return None if level is None else level >= self.first_affected


@dataclass(frozen=True, slots=True)
class Counts:
    """k of n."""

    k: int = 0
    n: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Add the counts of other rows."""
        return Counts(self.k + other.k, self.n + other.n)


@dataclass(frozen=True, slots=True)
class Design:
    """The cells of a regression, and which columns belong to what."""

    cells: tuple[Cell, ...]
    width: int
    always: tuple[int, ...]
    columns: Mapping[str, Mapping[Level, int]]
    """Factor → level → column; the level compared with has none, the unknown one is in `always`."""
    counts: Mapping[str, Mapping[Level, Counts]]
    """Factor → level → its rows."""

    def contrast(self, factor: Factor) -> list[float] | None:
        """Return the weights of: affected rows against the others, each level by its rows.

        None where either side is empty.
        """
        sides: dict[bool, int] = {True: 0, False: 0}
        for level, counts in self.counts[factor.id].items():
            affected = factor.is_affected(level)
            if affected is not None:
                sides[affected] += counts.n
        if not all(sides.values()):
            return None
        weights = [0.0] * self.width
        for level, column in self.columns[factor.id].items():
            affected = factor.is_affected(level)
            if affected is not None:
                sign = 1 if affected else -1
                weights[column] = sign * self.counts[factor.id][level].n / sides[affected]
        return weights

    def between(self, factor: Factor, level: Level, other: Level) -> list[float]:
        """Return the weights of one level against another."""
        weights = [0.0] * self.width
        for value, sign in ((level, 1.0), (other, -1.0)):
            column = self.columns[factor.id].get(value)
            if column is not None:
                weights[column] += sign
        return weights


def design(patterns: Sequence[Pattern], factors: Sequence[Factor]) -> Design:
    """Return the regression of the outcome on strata and factors.

    Args:
        patterns: the counts.
        factors: in the order in which they are named; each with one level per pattern.
    """
    strata = _strata(patterns)
    width = 1
    places: list[dict[str | None, int]] = []
    for values in strata:
        # The most frequent value is the one compared with.
        order = sorted(Counter(_sums(values, patterns)).items(), key=_by_size)
        places.append({value: width + i for i, (value, _) in enumerate(order[1:])})
        width += max(0, len(order) - 1)
    counts = {f.id: _counts(f, patterns) for f in factors}
    columns: dict[str, dict[Level, int]] = {f.id: {} for f in factors}
    for factor in factors:
        # What isn't known comes first, so that no factor is credited with its own gaps.
        if None in counts[factor.id] and len(counts[factor.id]) > 1:
            columns[factor.id][None] = width
            width += 1
    always = tuple(range(1, width))
    for factor in factors:
        known = [level for level in counts[factor.id] if level is not None]
        for level in known[1:]:
            columns[factor.id][level] = width
            width += 1
    k: Counter[tuple[int, ...]] = Counter()
    n: Counter[tuple[int, ...]] = Counter()
    for i, p in enumerate(patterns):
        own = [place.get(values[i]) for place, values in zip(places, strata, strict=True)]
        own += [columns[f.id].get(f.levels[i]) for f in factors]
        key = tuple(c for c in own if c is not None)
        k[key] += p.k
        n[key] += p.n
    cells = tuple(Cell(key, n[key], k[key]) for key in n)
    return Design(cells, width, always, columns, counts)


def _counts(factor: Factor, patterns: Sequence[Pattern]) -> dict[Level, Counts]:
    """Return the rows of every level, the lowest first and the unknown last."""
    k: Counter[Level] = Counter()
    n: Counter[Level] = Counter()
    for level, p in zip(factor.levels, patterns, strict=True):
        k[level] += p.k
        n[level] += p.n
    order = sorted(n, key=lambda v: (v is None, v or 0))
    return {level: Counts(k[level], n[level]) for level in order}


def _by_size(item: tuple[str | None, int]) -> tuple[int, bool, str]:
    value, n = item
    return -n, value is None, value or ""


def _sums(values: Sequence[str | None], patterns: Sequence[Pattern]) -> dict[str | None, int]:
    found: dict[str | None, int] = {}
    for value, p in zip(values, patterns, strict=True):
        found[value] = found.get(value, 0) + p.n
    return found


def _strata(patterns: Sequence[Pattern]) -> list[list[str | None]]:
    """Return the value of each stratum per pattern, the rare ones pooled."""
    found = []
    for i in range(len(patterns[0].strata) if patterns else 0):
        values = [p.strata[i] for p in patterns]
        order = sorted(_sums(values, patterns).items(), key=_by_size)
        if len(order) > MOST_STRATA:
            rare = {value for value, _ in order[MOST_STRATA - 1 :]}
            values = [OTHER if v in rare else v for v in values]
        found.append(values)
    return found
