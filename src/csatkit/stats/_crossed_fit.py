"""Effects of crossed factors by least squares, from counts of pairs of levels alone.

The factor with the most levels is eliminated from the normal equations, so that hundreds of agents
cost little; what the factors before it determine has no effect of its own, and is told.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from operator import mul
from typing import NamedTuple

from csatkit.stats._triangles import Matrix, cholesky, forward, solution

__all__ = ["Cell", "Margins", "Solved", "centred", "margins", "solve", "with_dropped"]


class Cell(NamedTuple):
    """Rows alike in every factor: its level in each, and k of the n that succeed."""

    levels: tuple[int, ...]
    n: int
    k: int


class Margins(NamedTuple):
    """Rows and successes by factor and level, and rows by pairs of levels of two factors."""

    n: tuple[tuple[int, ...], ...]
    k: tuple[tuple[int, ...], ...]
    joint: Mapping[tuple[int, int], Mapping[tuple[int, int], int]]


class Solved(NamedTuple):
    """The fit with the largest factor, `first`, taken out of the normal equations."""

    first: int
    starts: Mapping[int, int]
    """Factor → its first column among the rest."""
    dropped: Mapping[int, int]
    """Factor → the level that has no column."""
    lower: Matrix
    """Cholesky factor of what is left for the rest."""
    spread: Matrix
    """Rows of the first factor's levels: share of each column of the rest among their rows."""
    effects: tuple[tuple[float, ...], ...]
    rss: float
    df: int


def margins(cells: Iterable[Cell], sizes: Sequence[int]) -> Margins:
    """Count rows by level and by pairs of levels.

    Args:
        cells: the rows, alike ones together.
        sizes: number of levels of each factor.
    """
    n = [[0] * size for size in sizes]
    k = [[0] * size for size in sizes]
    pairs = list(combinations(range(len(sizes)), 2))
    joint: dict[tuple[int, int], dict[tuple[int, int], int]] = {pair: {} for pair in pairs}
    for cell in cells:
        for f, level in enumerate(cell.levels):
            n[f][level] += cell.n
            k[f][level] += cell.k
        for f, g in pairs:
            at = cell.levels[f], cell.levels[g]
            joint[f, g][at] = joint[f, g].get(at, 0) + cell.n
    return Margins(tuple(map(tuple, n)), tuple(map(tuple, k)), joint)


def _pairs(found: Margins, f: int, g: int) -> Iterable[tuple[int, int, int]]:
    """Yield level of f, level of g, rows."""
    if f < g:
        return ((a, b, n) for (a, b), n in found.joint[f, g].items())
    return ((b, a, n) for (a, b), n in found.joint[g, f].items())


class _Layout(NamedTuple):
    """Which column of the rest a level has; the largest factor, `first`, has none of them."""

    first: int
    rest: tuple[int, ...]
    starts: Mapping[int, int]
    dropped: Mapping[int, int]
    """Factor → its level without a column, the most frequent one."""
    width: int

    def column(self, f: int, level: int) -> int | None:
        """Return the column of a level, None for the one without."""
        without = self.dropped[f]
        return None if level == without else self.starts[f] + level - (level > without)


def _layout(found: Margins, factors: Sequence[int]) -> _Layout:
    first = max(factors, key=lambda f: (len(found.n[f]), -f))
    rest = tuple(f for f in factors if f != first)
    starts: dict[int, int] = {}
    width = 0
    for f in rest:
        starts[f] = width
        width += len(found.n[f]) - 1
    dropped = {f: max(range(len(found.n[f])), key=lambda i: (found.n[f][i], -i)) for f in rest}
    return _Layout(first, rest, starts, dropped, width)


def solve(found: Margins, factors: Sequence[int]) -> Solved | list[int]:
    """Return the least-squares fit, or the factors that the ones before them determine."""
    layout = _layout(found, factors)
    first, width, totals = layout.first, layout.width, found.n[layout.first]
    within = _products(found, layout)
    across, right = _across(found, layout)
    spread = [[x / n for x in row] for row, n in zip(across, totals, strict=True)]
    sizes = [within[i][i] for i in range(width)]
    schur = within
    for row, part, k in zip(across, spread, found.k[first], strict=True):
        filled = [i for i, x in enumerate(row) if x]
        for i in filled:
            right[i] -= part[i] * k
            target, x = schur[i], part[i]
            for j in filled:
                target[j] -= x * row[j]
    lower, lost = cholesky(schur, sizes)
    if lost:
        return [f for f in layout.rest if any(_owns(found, layout.starts, f, c) for c in lost)]
    beta = solution(lower, right)
    alpha = [
        k / n - sum(map(mul, part, beta))
        for k, n, part in zip(found.k[first], totals, spread, strict=True)
    ]
    effects: list[tuple[float, ...]] = [() for _ in found.n]
    effects[first] = centred(alpha, totals)
    for f in layout.rest:
        own = with_dropped(beta, layout.starts[f], layout.dropped[f], found.n[f])
        effects[f] = centred(own, found.n[f])
    explained = math.fsum(x * x for x in forward(lower, right))
    explained += math.fsum(k * k / n for k, n in zip(found.k[first], totals, strict=True))
    rss = max(0.0, sum(found.k[first]) - explained)
    df = sum(totals) - len(totals) - width
    return Solved(first, layout.starts, layout.dropped, lower, spread, tuple(effects), rss, df)


def _across(found: Margins, layout: _Layout) -> tuple[Matrix, list[float]]:
    """Return rows by level of the first factor and column of the rest, and successes by column."""
    across = [[0.0] * layout.width for _ in found.n[layout.first]]
    right = [0.0] * layout.width
    for f in layout.rest:
        for a, b, n in _pairs(found, layout.first, f):
            if (c := layout.column(f, b)) is not None:
                across[a][c] = float(n)
        for b, k in enumerate(found.k[f]):
            if (c := layout.column(f, b)) is not None:
                right[c] = float(k)
    return across, right


def _products(found: Margins, layout: _Layout) -> Matrix:
    """Return the sums of products of the columns of the rest."""
    within = [[0.0] * layout.width for _ in range(layout.width)]
    for f in layout.rest:
        for level, n in enumerate(found.n[f]):
            if (c := layout.column(f, level)) is not None:
                within[c][c] = float(n)
    for f, g in combinations(layout.rest, 2):
        for a, b, n in _pairs(found, f, g):
            i, j = layout.column(f, a), layout.column(g, b)
            if i is not None and j is not None:
                within[i][j] = within[j][i] = float(n)
    return within


def _owns(found: Margins, starts: Mapping[int, int], factor: int, column: int) -> bool:
    return starts[factor] <= column < starts[factor] + len(found.n[factor]) - 1


def with_dropped(beta: Sequence[float], start: int, dropped: int, n: Sequence[int]) -> list[float]:
    """Return the effects of all levels, 0 for the one without a column."""
    own = list(beta[start : start + len(n) - 1])
    return [*own[:dropped], 0.0, *own[dropped:]]


def centred(values: Sequence[float], n: Sequence[int]) -> tuple[float, ...]:
    """Return values as distances from their mean over n rows each."""
    mean = sum(map(mul, values, n)) / sum(n)
    return tuple(v - mean for v in values)
