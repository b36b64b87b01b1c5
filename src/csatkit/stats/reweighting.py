"""What the share would be if those who answered were a fair picture of all tickets.

Weights repair what is seen: who answered, by channel or issue type. They can't repair that unhappy
customers of the same channel answer less; so the worst-case bounds stay beside every result.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from csatkit.stats._checks import check_counts
from csatkit.stats._effective import effective_wilson
from csatkit.stats.intervals import Interval

# A rating that counts for more than five decides too much alone; the cap of the American National
# Election Studies' weighting (DeBell and Krosnick 2009, ANES technical report nes012427).
WEIGHT_CAP = 5.0
# A margin is met when it errs by less than a hundredth of a ticket in ten thousand.
_TOLERANCE = 1e-6
# Margins that can be met are met within some dozens of sweeps; caps may keep them from it for ever.
_MAX_SWEEPS = 200


class PopulationCell(NamedTuple):
    """One cell of a full cross: satisfied, rated, and tickets it should stand for."""

    k: int
    n: int
    population: int


class MarginCell(NamedTuple):
    """One cell known by its value in each margin: satisfied and rated."""

    values: tuple[Hashable, ...]
    k: int
    n: int


class Reweighted(NamedTuple):
    """The reweighted share beside the raw one.

    `weights` per cell, 1 on average over ratings, 0 for a cell without ratings. `effective_n` is
    Kish's, `uncovered_share` the part of the population whose cells have no rating, `has_converged`
    whether weights meet their margins within a millionth, `largest_gap` by how much they miss.
    """

    share: float
    interval: Interval
    raw_share: float
    effective_n: float
    weights: tuple[float, ...]
    uncovered_share: float
    is_capped: bool
    has_converged: bool
    largest_gap: float


def post_stratify(
    cells: Sequence[PopulationCell], cap: float = WEIGHT_CAP, level: float = 0.95
) -> Reweighted | None:
    """Return the share with every cell at its part of the population.

    w_c = (N_c / N) / (n_c / n) over cells with ratings, weights above the cap set to it and the
    others raised so that the mean stays 1; share = sum w k / sum w n; interval: Wilson's at
    p (1-p) / v, v = sum w^2 (k (1-p)^2 + (n-k) p^2) / (sum w n)^2, at most the number of ratings.

    Args:
        cells: cells that don't overlap.
        cap: largest weight, in means, 1 or more.
        level: .95 for a 95 % interval.

    Returns:
        The share; None where no cell has both ratings and a population.

    Raises:
        ValueError: a count is impossible, the cap below 1, or level lies outside (0, 1).

    Source:
        Holt and Smith (1979), doi:10.2307/2344652; Kish (1965), Survey Sampling, section 11.7
    """
    if any(cell.population < 0 for cell in cells):
        raise ValueError("populations can't be negative")
    index = representativity([(cell.n, cell.population) for cell in cells if cell.n])
    found = iter(index)
    weights = [_inverse(next(found)) if cell.n else 0.0 for cell in cells]
    counts = [(cell.k, cell.n) for cell in cells]
    population = sum(cell.population for cell in cells)
    covered = sum(cell.population for cell in cells if cell.n)
    if covered == 0:
        return None
    capped = _capped(weights, counts, cap)
    gap = max(
        abs(new - old) * cell.n for new, old, cell in zip(capped, weights, cells, strict=True)
    ) / sum(cell.n for cell in cells)
    return _result(counts, capped, 1 - covered / population, capped != weights, gap, level=level)


def rake(
    cells: Sequence[MarginCell],
    margins: Sequence[Mapping[Any, int]],
    cap: float = WEIGHT_CAP,
    level: float = 0.95,
) -> Reweighted | None:
    """Return the share with every margin at its part of the population.

    Iterative proportional fitting: each margin in turn scales its values' weights to the
    population's parts, until all fit; the cap is applied after every sweep. For crosses whose cells
    are too thin to be weighted one by one. Values without ratings leave the margin.

    Args:
        cells: cells that don't overlap, with one value per margin.
        margins: tickets of the population by value, one mapping per margin.
        cap: largest weight, in means, 1 or more.
        level: .95 for a 95 % interval.

    Returns:
        The share; None without ratings or where a margin has no population among them.

    Raises:
        ValueError: a count is impossible, a cell lacks a value, the cap is below 1, or level lies
            outside (0, 1).

    Source:
        Deming and Stephan (1940), doi:10.1214/aoms/1177731829
    """
    for cell in cells:
        if len(cell.values) != len(margins):
            raise ValueError(f"{len(margins)} margins, but a cell has {len(cell.values)} values")
    counts = [(cell.k, cell.n) for cell in cells]
    targets = [_target(cells, place, margin) for place, margin in enumerate(margins)]
    if not any(n for _, n in counts) or any(not target for target, _ in targets):
        return None
    weights = [1.0 if n else 0.0 for _, n in counts]
    is_capped, gap = False, math.inf
    for _ in range(_MAX_SWEEPS):
        before = weights
        for place, (target, _) in enumerate(targets):
            weights = _fitted(cells, weights, place, target)
        trimmed = _capped(weights, counts, cap)
        is_capped, weights = trimmed != weights, trimmed
        gap = max(
            (_gap(cells, weights, place, target) for place, (target, _) in enumerate(targets)),
            default=0.0,
        )
        if gap < _TOLERANCE or all(map(math.isclose, before, weights)):
            break
    uncovered = max((part for _, part in targets), default=0.0)
    return _result(counts, weights, uncovered, is_capped, gap, level=level)


def representativity(cells: Sequence[tuple[int, int]]) -> tuple[float | None, ...]:
    """Return how well each cell is heard: its share of the ratings over its share of the tickets.

    Args:
        cells: ratings and population of each cell, which don't overlap.

    Returns:
        1 where the cell is heard in proportion, .5 where half as much; None without population.

    Raises:
        ValueError: a count is negative.

    Source:
        Kish (1965), Survey Sampling, section 13.4
    """
    if any(n < 0 or population < 0 for n, population in cells):
        raise ValueError("counts can't be negative")
    n_all, all_tickets = (sum(counts) for counts in zip(*cells, strict=True)) if cells else (0, 0)
    return tuple(
        (n * all_tickets) / (population * n_all) if population and n_all else None
        for n, population in cells
    )


def kish_effective_n(weights: Sequence[float], counts: Sequence[int]) -> float:
    """Return how many equally weighted ratings weighted ones are worth.

    (sum w n)^2 / sum w^2 n.

    Args:
        weights: weight of each cell's ratings.
        counts: ratings of each cell.

    Returns:
        Ratings; 0 where no rating has any weight.

    Raises:
        ValueError: the two differ in length.

    Source:
        Kish (1965), Survey Sampling, section 11.7
    """
    pairs = list(zip(weights, counts, strict=True))
    squares = math.fsum(w * w * n for w, n in pairs)
    return math.fsum(w * n for w, n in pairs) ** 2 / squares if squares else 0.0


def _inverse(index: float | None) -> float:
    return 1 / index if index else 0.0


def _capped(weights: Sequence[float], counts: Sequence[tuple[int, int]], cap: float) -> list[float]:
    """Return weights with mean 1 of which none exceeds the cap."""
    if not cap >= 1:
        raise ValueError(f"cap must be at least 1, the mean weight; got {cap!r}")
    sizes = [n for _, n in counts]
    n_all = sum(sizes)
    result, at_cap = list(weights), set[int]()
    while over := {i for i, w in enumerate(result) if w > cap and i not in at_cap}:
        at_cap |= over
        free = math.fsum(w * sizes[i] for i, w in enumerate(result) if i not in at_cap)
        left = n_all - cap * sum(sizes[i] for i in at_cap)
        factor = left / free if free else 0.0
        result = [cap if i in at_cap else w * factor for i, w in enumerate(result)]
    return result


def _target(
    cells: Sequence[MarginCell], place: int, margin: Mapping[Any, int]
) -> tuple[dict[Hashable, float], float]:
    """Return the parts of a margin's values that have ratings, and the part that hasn't."""
    heard = {cell.values[place] for cell in cells if cell.n}
    if any(tickets < 0 for tickets in margin.values()):
        raise ValueError("populations can't be negative")
    everyone = sum(margin.values())
    covered = sum(tickets for value, tickets in margin.items() if value in heard)
    if not covered:
        return {}, 1.0
    return {value: margin.get(value, 0) / covered for value in heard}, 1 - covered / everyone


def _parts(
    cells: Sequence[MarginCell], weights: Sequence[float], place: int
) -> dict[Hashable, float]:
    """Return the weighted part of the ratings of each value of a margin."""
    parts: dict[Hashable, float] = {}
    for cell, weight in zip(cells, weights, strict=True):
        if cell.n:
            value = cell.values[place]
            parts[value] = parts.get(value, 0.0) + weight * cell.n
    everything = math.fsum(parts.values())
    return {value: part / everything for value, part in parts.items()} if everything else parts


def _fitted(
    cells: Sequence[MarginCell], weights: Sequence[float], place: int, target: dict[Hashable, float]
) -> list[float]:
    """Return weights that meet one margin, their mean being 1."""
    parts = _parts(cells, weights, place)
    factors = {value: target[value] / part if part else 0.0 for value, part in parts.items()}
    scaled = [
        weight * factors[cell.values[place]] if cell.n else 0.0
        for cell, weight in zip(cells, weights, strict=True)
    ]
    mass = math.fsum(w * cell.n for w, cell in zip(scaled, cells, strict=True))
    n_all = sum(cell.n for cell in cells)
    return [w * n_all / mass for w in scaled] if mass else scaled


def _gap(
    cells: Sequence[MarginCell], weights: Sequence[float], place: int, target: dict[Hashable, float]
) -> float:
    parts = _parts(cells, weights, place)
    return max(abs(parts[value] - part) for value, part in target.items())


def _result(
    counts: Sequence[tuple[int, int]],
    weights: Sequence[float],
    uncovered: float,
    is_capped: bool,
    gap: float,
    *,
    level: float,
) -> Reweighted | None:
    for k, n in counts:
        check_counts(k, n)
    pairs = list(zip(weights, counts, strict=True))
    mass = math.fsum(w * n for w, (_, n) in pairs)
    if not mass:
        return None
    k_all, n_all = (sum(column) for column in zip(*counts, strict=True))
    share = min(1.0, math.fsum(w * k for w, (k, _) in pairs) / mass)
    effective = kish_effective_n(weights, [n for _, n in counts])
    squares = math.fsum(w * w * (k * (1 - share) ** 2 + (n - k) * share**2) for w, (k, n) in pairs)
    worth = share * (1 - share) * mass * mass / squares if squares else effective
    return Reweighted(
        share,
        effective_wilson(share, min(n_all, worth) or effective, level),
        k_all / n_all,
        effective,
        tuple(weights),
        uncovered,
        is_capped,
        gap < _TOLERANCE,
        gap,
    )
