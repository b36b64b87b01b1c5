"""What goes with the outcome, raw and with everything else held equal; associations, never causes.

Nothing is named unless all factors together explain more than chance would, and then only what
survives Benjamini-Hochberg.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from csatkit.analyses.contrasts import FALSE_DISCOVERY_RATE, HOMOGENEOUS_FROM
from csatkit.analyses.drivers.design import Counts, Design, Factor, design
from csatkit.settings import Settings
from csatkit.stats.importance import lmg
from csatkit.stats.intervals import Interval, newcombe
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.stats.regression import (
    Cell,
    Effect,
    Fit,
    Matrix,
    cross_products,
    effect,
    fit,
    is_estimable,
    joint_test,
    meat,
)
from csatkit.totals.patterns import Pattern

__all__ = ["Association", "AtLevel", "Model", "associate"]

TOGETHER = 0.8
"""Correlation from which two factors are named together: two thirds of what the one varies, the
other varies with it, and their own gaps are little more than noise."""


@dataclass(frozen=True, slots=True)
class AtLevel:
    """One level of a factor: its rows, and its gap to the lowest level."""

    level: int
    counts: Counts
    gap: Effect | None


@dataclass(frozen=True, slots=True)
class Association:
    """One factor and the outcome; shares and gaps are fractions, not percent."""

    id: str
    label: str
    affected: Counts
    others: Counts
    n_all: int
    raw_gap: float | None
    raw_interval: Interval | None
    gap: Effect | None
    """Affected against others, with everything else in the model equal."""
    share: float | None
    """Of what all factors explain beyond issue type and channel."""
    together: tuple[str, ...]
    """Labels of the factors that it can't be told from."""
    levels: tuple[AtLevel, ...]
    is_small: bool
    is_named: bool = False

    @property
    def points(self) -> float | None:
        """Return the part of the total that is associated: share affected times adjusted gap."""
        return None if self.gap is None else self.affected.n / self.n_all * self.gap.value


@dataclass(frozen=True, slots=True)
class Model:
    """All factors in one regression."""

    associations: tuple[Association, ...]
    n: int
    before: float
    """Share of the variance that issue type, channel and what isn't known explain."""
    explained: float
    """Share of the whole variance that the factors explain beyond them."""
    joint_p: float | None
    """Of the F test that the factors explain nothing."""

    @property
    def is_beyond_chance(self) -> bool:
        """Return whether the factors together explain more than chance would."""
        return self.joint_p is not None and self.joint_p < HOMOGENEOUS_FROM

    @property
    def left(self) -> float:
        """Return the share that the factors explain of what issue type and channel leave."""
        return self.explained / (1 - self.before) if self.before < 1 else 0.0

    @property
    def named(self) -> tuple[Association, ...]:
        """Return what is beyond noise, the most points first."""
        found = [a for a in self.associations if a.is_named]
        return tuple(sorted(found, key=lambda a: (-abs(a.points or 0.0), a.label)))


def associate(
    patterns: Sequence[Pattern], factors: Sequence[Factor], settings: Settings, *, judged: bool
) -> Model:
    """Fit the factors together.

    Args:
        patterns: the counts.
        factors: what may go with the outcome; those that don't vary have no gap.
        settings: level and smallest denominator.
        judged: whether anything may be named; false where too few surveys were answered.
    """
    made = design(patterns, factors)
    products = cross_products(made.cells, made.width)
    full = fit(products)
    n = sum(p.n for p in patterns)
    if full is None:
        empty = [_raw(f, made, n, settings) for f in factors]
        return Model(tuple(empty), n, 0.0, 0.0, None)
    fitted = _Fitted(made, full, meat(full, made.cells), settings.level)
    found = [_with_gaps(_raw(f, made, n, settings), f, fitted) for f in factors]
    blocks = [tuple(c for v, c in made.columns[f.id].items() if v is not None) for f in factors]
    importance = lmg(products, blocks, made.always)
    if importance is not None and importance.relative is not None:
        found = [replace(a, share=s) for a, s in zip(found, importance.relative, strict=True)]
    found = _with_twins(found, factors, made, full, patterns)
    strata = fit(cross_products(_without_factors(made), made.width))
    joint = None if strata is None else joint_test(full, strata)
    before, explained = (importance.always, importance.explained) if importance else (0.0, 0.0)
    model = Model(tuple(found), n, before, explained, joint)
    return _named(model) if judged and model.is_beyond_chance else model


def _without_factors(made: Design) -> list[Cell]:
    """Return the cells with issue type and channel alone; empty columns drop out of a fit."""
    kept = frozenset(made.always)
    n: Counter[tuple[int, ...]] = Counter()
    k: Counter[tuple[int, ...]] = Counter()
    for cell in made.cells:
        columns = tuple(i for i in cell.columns if i in kept)
        n[columns] += cell.n
        k[columns] += cell.k
    return [Cell(columns, n[columns], k[columns]) for columns in n]


def _raw(factor: Factor, made: Design, n: int, settings: Settings) -> Association:
    """Return what the counts alone say."""
    sides = {True: Counts(), False: Counts()}
    for level, counts in made.counts[factor.id].items():
        side = factor.is_affected(level)
        if side is not None:
            sides[side] += counts
    a, o = sides[True], sides[False]
    gap = a.k / a.n - o.k / o.n if a.n and o.n else None
    interval = newcombe(a.k, a.n, o.k, o.n, settings.level)
    small = min(a.n, o.n) < max(settings.min_n, 1)
    return Association(
        factor.id, factor.label, a, o, n, gap, interval, None, None, (), (), is_small=small
    )


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A fit with what its errors rest on."""

    made: Design
    full: Fit
    middle: Matrix
    level: float

    def gap(self, weights: Sequence[float] | None) -> Effect | None:
        """Return a contrast, None where there is none."""
        return None if weights is None else effect(self.full, weights, self.middle, self.level)


def _with_gaps(found: Association, factor: Factor, fitted: _Fitted) -> Association:
    """Add the adjusted gap, and that of every level."""
    made = fitted.made
    known = [v for v in made.counts[factor.id] if v is not None]
    steps = tuple(
        AtLevel(
            v,
            made.counts[factor.id][v],
            None if v == known[0] else fitted.gap(made.between(factor, v, known[0])),
        )
        for v in known
    )
    return replace(found, gap=fitted.gap(made.contrast(factor)), levels=steps)


def _with_twins(
    found: Sequence[Association],
    factors: Sequence[Factor],
    made: Design,
    full: Fit,
    patterns: Sequence[Pattern],
) -> list[Association]:
    """Say which factors can't be told apart: exactly, or for nearly always going together."""
    weights = [made.contrast(f) for f in factors]
    lost = [w is not None and not is_estimable(full, w) for w in weights]

    sides = [[f.is_affected(level) for level in f.levels] for f in factors]
    sizes = [p.n for p in patterns]
    twins: list[list[str]] = [[] for _ in found]
    for i, j in combinations(range(len(found)), 2):
        lost_together = lost[i] and lost[j]
        if lost_together or _correlation(sides[i], sides[j], sizes) >= TOGETHER:
            twins[i].append(found[j].label)
            twins[j].append(found[i].label)
    for i, names in enumerate(twins):
        if lost[i] and not names:
            names.append("issue type and channel")
    return [replace(a, together=tuple(names)) for a, names in zip(found, twins, strict=True)]


def _correlation(
    one: Sequence[bool | None], other: Sequence[bool | None], sizes: Sequence[int]
) -> float:
    """Return how nearly two factors affect the same rows: 1 always, 0 by chance, absolute."""
    n = both = first = second = 0
    for a, b, size in zip(one, other, sizes, strict=True):
        if a is not None and b is not None:
            n += size
            if a:
                first += size
                both += size * b
            if b:
                second += size
    spread = first * (n - first) * second * (n - second)
    return abs(n * both - first * second) / math.sqrt(spread) if spread > 0 else 0.0


def _named(model: Model) -> Model:
    """Mark what survives Benjamini-Hochberg; factors that go together are named together."""
    tried = [a for a in model.associations if a.gap is not None and not a.is_small]
    p_values = [a.gap.p_value for a in tried if a.gap is not None]
    picked = benjamini_hochberg(p_values, FALSE_DISCOVERY_RATE).is_discovery
    names = {a.id for a, yes in zip(tried, picked, strict=True) if yes}
    marked = (replace(a, is_named=a.id in names) for a in model.associations)
    return replace(model, associations=tuple(marked))
