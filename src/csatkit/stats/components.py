"""How much of what differs goes with each of several crossed factors, such as agents and channels.

A linear probability model with one effect per level, fitted from counts of pairs of levels alone,
which add up over parts. What noise puts between levels is taken off before anything is compared.
"""

import math
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from csatkit.stats._crossed_fit import (
    Cell,
    Margins,
    Solved,
    centred,
    margins,
    solve,
    with_dropped,
)
from csatkit.stats._draws import normals, uniforms
from csatkit.stats._triangles import Matrix, columns, solution, upward
from csatkit.stats.incomplete import regularised_beta

__all__ = ["Cell", "Component", "Crossed", "Level", "Margins", "crossed", "margins"]

# Shares beyond which a bootstrap interval cuts (95 %).
_TAIL = 0.025


class Level(NamedTuple):
    """One level, the other factors held equal: distance from the mean of all rows, and its error.

    Both as shares, 0..1.
    """

    effect: float
    error: float


class Component(NamedTuple):
    """How much differs with one factor.

    `variance` is that of its effects over the rows, noise taken off, 0 or more; `p_value` that of
    the F test that it has none. `share` is its part of the sum over the compared factors, `low` and
    `high` the interval of that, `half` the probability that it is at least half; all four are None
    for a factor that is only held equal, and `share` where nothing is left of any.
    """

    variance: float
    p_value: float
    levels: tuple[Level, ...]
    share: float | None
    low: float | None
    high: float | None
    half: float | None


class Crossed(NamedTuple):
    """One component per factor; none where a factor is `determined` by the ones before it."""

    components: tuple[Component, ...]
    determined: tuple[int, ...]


def crossed(
    found: Margins, compared: int | None = None, draws: int = 1000, seed: int = 0
) -> Crossed | None:
    """Return how much differs with each factor, the others held equal.

    A component is the variance of a factor's effects over the rows minus the mean of their squared
    standard errors, floored at 0. The parametric bootstrap draws effects from their sampling
    distribution around effects that are shrunken until they vary as much as the component says.

    Args:
        found: the counts; every level has a row, every factor two levels.
        compared: how many of the factors, from the first, share in the sum; the later ones are only
            held equal. None compares all; of 0 there is nothing to draw.
        draws: of the bootstrap.
        seed: of its random numbers.

    Returns:
        The components; None where no degree of freedom is left.

    Raises:
        ValueError: fewer than two factors, or a factor with fewer than two levels or an empty one.

    Source:
        Searle, Casella and McCulloch (1992), Variance Components, section 5.2 (Henderson's
        method III with effects as fixed); Efron and Tibshirani (1993), An Introduction to the
        Bootstrap, section 6.5
    """
    if len(found.n) < 2 or any(len(n) < 2 or min(n) < 1 for n in found.n):
        raise ValueError("crossed effects need two factors with two levels, all with rows")
    compared = len(found.n) if compared is None else compared
    solved = solve(found, range(len(found.n)))
    if isinstance(solved, list):
        return Crossed((), tuple(solved))
    if solved.df <= 0:
        return None
    noise = solved.rss / solved.df
    errors = _squared_errors(found, solved, noise)
    raw, lost, sizes = _variances(found, solved.effects, errors)
    draws = draws if compared else 0
    shares = _bootstrap(found, solved, noise, (raw, lost, sizes), compared, draws, seed)
    whole = math.fsum(sizes[:compared])
    components = []
    for f, effects in enumerate(solved.effects):
        levels = tuple(
            Level(e, math.sqrt(max(0.0, v))) for e, v in zip(effects, errors[f], strict=True)
        )
        share, low, high, half = None, None, None, None
        if f < compared:
            share = sizes[f] / whole if whole > 0 else None
            low, high, half = _told(shares[f])
        p_value = _f_test(found, solved, f)
        components.append(Component(sizes[f], p_value, levels, share, low, high, half))
    return Crossed(tuple(components), ())


# -- noise ----------------------------------------------------------------------------------------


def _squared_errors(found: Margins, solved: Solved, noise: float) -> list[list[float]]:
    """Return the squared standard error of every centred effect."""
    width = len(solved.lower)
    units = ([float(i == j) for j in range(width)] for i in range(width))
    inverse = [solution(solved.lower, unit) for unit in units]
    result: list[list[float]] = []
    for f, n in enumerate(found.n):
        whole = sum(n)
        if f == solved.first:
            means = [
                sum(map(mul, n, (row[j] for row in solved.spread))) / whole for j in range(width)
            ]
            solved_means = [sum(map(mul, row, means)) for row in inverse]
            middle = sum(map(mul, means, solved_means))
            result.append(
                [
                    noise * (1 / own - 1 / whole + _form(row, inverse)
                             - 2 * sum(map(mul, row, solved_means)) + middle)
                    for own, row in zip(n, solved.spread, strict=True)
                ]
            )  # fmt: skip
            continue
        start, size = solved.starts[f], len(n) - 1
        block = [row[start : start + size] for row in inverse[start : start + size]]
        weights = [x / whole for i, x in enumerate(n) if i != solved.dropped[f]]
        along = [sum(map(mul, row, weights)) for row in block]
        middle = sum(map(mul, along, weights))
        own_errors = [noise * (block[i][i] - 2 * along[i] + middle) for i in range(size)]
        own_errors.insert(solved.dropped[f], noise * middle)
        result.append(own_errors)
    return result


def _form(row: Sequence[float], inverse: Matrix) -> float:
    filled = [(i, x) for i, x in enumerate(row) if x]
    return sum(x * y * inverse[i][j] for i, x in filled for j, y in filled)


def _variances(
    found: Margins, effects: Sequence[Sequence[float]], errors: Sequence[Sequence[float]]
) -> tuple[list[float], list[float], list[float]]:
    """Return per factor the variance of the effects, the part that is noise, and the rest."""
    raw, lost = [], []
    for n, own, squares in zip(found.n, effects, errors, strict=True):
        whole = sum(n)
        raw.append(math.fsum(w * e * e for w, e in zip(n, own, strict=True)) / whole)
        lost.append(math.fsum(map(mul, n, squares)) / whole)
    return raw, lost, [max(0.0, a - b) for a, b in zip(raw, lost, strict=True)]


def _f_test(found: Margins, solved: Solved, factor: int) -> float:
    """Return the p value of the hypothesis that a factor has no effect."""
    others = [f for f in range(len(found.n)) if f != factor]
    rss = _rss(found, others)
    gained = max(0.0, rss - solved.rss)
    if gained == 0:
        return 1.0
    added = len(found.n[factor]) - 1
    return regularised_beta(solved.rss / (solved.rss + gained), solved.df / 2, added / 2)


def _rss(found: Margins, factors: Sequence[int]) -> float:
    if len(factors) == 1:
        (f,) = factors
        rows = zip(found.k[f], found.n[f], strict=True)
        return max(0.0, sum(found.k[f]) - math.fsum(k * k / n for k, n in rows))
    solved = solve(found, factors)
    assert isinstance(solved, Solved)  # fewer columns of a design of full rank have full rank
    return solved.rss


# -- bootstrap ------------------------------------------------------------------------------------


def _bootstrap(  # noqa: PLR0917 - what a draw needs
    found: Margins,
    solved: Solved,
    noise: float,
    variances: tuple[list[float], list[float], list[float]],
    compared: int,
    draws: int,
    seed: int,
) -> list[list[float]]:
    """Return each compared factor's share of the sum, draw by draw; 0 where nothing is left."""
    raw, lost, sizes = variances
    around = [
        [e * (math.sqrt(sizes[f] / raw[f]) if raw[f] > 0 else 0.0) for e in effects]
        for f, effects in enumerate(solved.effects)
    ]
    upper = [list(column) for column in columns(solved.lower)]
    error, source = math.sqrt(noise), uniforms(seed)
    steps = [error / math.sqrt(n) for n in found.n[solved.first]]
    shares: list[list[float]] = [[] for _ in range(compared)]
    for _ in range(draws):
        beta = upward(upper, [error * z for z in normals(source, len(solved.lower))])
        drawn = []
        for f in range(compared):
            n = found.n[f]
            if f == solved.first:
                deviates = normals(source, len(n))
                own = [
                    step * z - sum(map(mul, row, beta))
                    for step, z, row in zip(steps, deviates, solved.spread, strict=True)
                ]
            else:
                own = with_dropped(beta, solved.starts[f], solved.dropped[f], n)
            values = map(float.__add__, around[f], centred(own, n))
            drawn.append(max(0.0, sum(w * v * v for w, v in zip(n, values, strict=True)) / sum(n)
                             - lost[f]))  # fmt: skip
        whole = math.fsum(drawn)
        for f, size in enumerate(drawn):
            shares[f].append(size / whole if whole > 0 else 0.0)
    return shares


def _told(shares: list[float]) -> tuple[float, float, float]:
    """Return the bounds of a share and the probability that it is at least half."""
    ordered = sorted(shares)
    last = len(ordered) - 1
    low, high = ordered[round(_TAIL * last)], ordered[round((1 - _TAIL) * last)]
    return low, high, sum(s >= 0.5 for s in shares) / len(shares)
