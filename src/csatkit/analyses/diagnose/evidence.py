"""Who and what is low with everything else held equal, and where low scores gather.

Only out of factors that differ beyond chance. An agent is named on the tickets that they get, never
by a raw share; a type that is low is low for whoever works on it, and the count says for how many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csatkit.analyses.contrasts import FALSE_DISCOVERY_RATE, HOMOGENEOUS_FROM
from csatkit.analyses.diagnose.gathering import PEOPLE, TIME, Counts, Factor, Gathered
from csatkit.analyses.diagnose.weighing import LOWS, Weights
from csatkit.stats.binomial import binomial_test
from csatkit.stats.contrast import homogeneity_p_value
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.stats.normal import normal_cdf, two_sided_z

__all__ = ["Concentration", "Low", "concentrations", "lows", "types_alone"]

FEWEST = 3
"""Rows from which a pair of levels says which side of the others it lies on."""

RELEVANT = 0.01
"""Distance from the mean, a point, below which nobody would act however sure it is."""

GATHERED = 1.1
"""Times its share of the rows that a segment's share of the low scores must be: a channel with 99 %
of the tickets and 99.6 % of the low scores is no finding."""

PEOPLE_BELOW = 0.001
"""One-sided p value below which an agent or team is named, as everywhere (metrics.md §4)."""

_ACROSS: Mapping[str, str] = {
    "agent": "issue_type", "team": "issue_type", "issue_type": "agent", "channel": "issue_type",
    TIME: "agent", "customer_segment": "issue_type",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Low:
    """One level that is low with the other factors held equal; shares, 0..1."""

    factor: str
    name: str
    counts: Counts
    effect: float
    low: float
    high: float
    below: int
    """Levels of `across` with which it lies below their other rows."""
    of: int
    across: str | None


def lows(found: Gathered, weights: Weights, level: float, min_n: int) -> tuple[Low, ...]:
    """Return the levels that are low beyond noise, factor by factor, the lowest first."""
    result: list[Low] = []
    for weight in weights.weights:
        if not weight.is_beyond_chance:
            continue
        factor = found.factors[weight.id]
        tried = [
            i
            for i, (c, real) in enumerate(zip(factor.counts, factor.is_real, strict=True))
            if real and c.n >= max(min_n, 1) and weight.component.levels[i].error > 0
        ]
        levels = weight.component.levels
        p_values = [normal_cdf(levels[i].effect / levels[i].error) for i in tried]
        picked = benjamini_hochberg(p_values, FALSE_DISCOVERY_RATE).is_discovery
        most = PEOPLE_BELOW if weight.id in PEOPLE else 1.0
        named = [
            i
            for i, p, yes in zip(tried, p_values, picked, strict=True)
            if yes and p < most and levels[i].effect <= -RELEVANT
        ]
        reach = two_sided_z(level)
        pairs = _across(found, weight.id)
        for i in sorted(named, key=lambda i: levels[i].effect):
            effect, error = levels[i]
            below, of = _below(found, weight.id, i, pairs)
            result.append(
                Low(
                    weight.id, factor.names[i], factor.counts[i], effect, effect - reach * error,
                    effect + reach * error, below, of, _other(found, weight.id),
                )
            )  # fmt: skip
    return tuple(result)


def _other(found: Gathered, factor: str) -> str | None:
    other = _ACROSS[factor]
    if other == "agent" and other not in found.factors:
        other = "team"
    return other if other in found.factors and other != factor else None


def _across(found: Gathered, factor: str) -> dict[tuple[int, int], Counts]:
    other = _other(found, factor)
    return {} if other is None else found.pairs(factor, other)


def _below(
    found: Gathered, factor: str, level: int, pairs: Mapping[tuple[int, int], Counts]
) -> tuple[int, int]:
    """Return with how many levels of the other factor this one is below their remaining rows."""
    other = _other(found, factor)
    below = of = 0
    if other is None:
        return 0, 0
    for j, (whole, real) in enumerate(
        zip(found.factors[other].counts, found.factors[other].is_real, strict=True)
    ):
        here = pairs.get((level, j))
        if not real or here is None or here.n < FEWEST or whole.n - here.n < FEWEST:
            continue
        of += 1
        below += here.k * (whole.n - here.n) < (whole.k - here.k) * here.n
    return below, of


@dataclass(frozen=True, slots=True)
class Concentration:
    """A segment that holds more of the low scores than of the rows."""

    factor: str
    name: str
    counts: Counts
    share_of_lows: float
    share_of_rows: float
    p_value: float


def concentrations(found: Gathered, weights: Weights, min_n: int) -> tuple[Concentration, ...]:
    """Return where low scores gather, the largest excess first; none under 20 of them.

    The exact binomial test asks whether as many of the low scores would fall here if each row were
    as likely to be low; agents aren't asked, since what they are given decides too much of it.
    """
    whole = found.total
    if whole.low < LOWS:
        return ()
    factors = [found.factors[w.id] for w in weights.weights if w.id not in PEOPLE]
    beyond = {w.id for w in weights.weights if w.is_beyond_chance}
    kept = [c for c in _gathered(whole, factors, min_n) if c.factor in beyond]
    return tuple(sorted(kept, key=lambda c: (c.share_of_rows - c.share_of_lows, c.name)))


def _gathered(whole: Counts, factors: Sequence[Factor], min_n: int) -> list[Concentration]:
    """Return the segments that hold more low scores than their rows, all tested together."""
    tried: list[Concentration] = []
    for factor in factors:
        for name, counts, real in zip(factor.names, factor.counts, factor.is_real, strict=True):
            p_value = binomial_test(counts.low, whole.low, counts.n / whole.n)
            if real and counts.n >= max(min_n, 1) and p_value is not None:
                shares = counts.low / whole.low, counts.n / whole.n
                tried.append(Concentration(factor.id, name, counts, *shares, p_value))
    picked = benjamini_hochberg([c.p_value for c in tried], FALSE_DISCOVERY_RATE).is_discovery
    return [
        c
        for c, yes in zip(tried, picked, strict=True)
        if yes and c.share_of_lows >= GATHERED * c.share_of_rows
    ]


def types_alone(found: Gathered, min_n: int) -> frozenset[str]:
    """Return the issue types in which low scores gather, where nothing can be weighed.

    The topic rule needs no model; out of types that differ no more than chance explains none stands
    out, whatever a single test says. Types too small to be named have no say in that.
    """
    factor = found.factors.get("issue_type")
    if factor is None or not found.total.low:
        return frozenset()
    judged = [(c.low, c.n) for c in factor.counts if c.n >= max(min_n, 1)]
    p_value = homogeneity_p_value(judged)
    kept = _gathered(found.total, [factor], min_n)
    if p_value is None:
        # Counts too small for chi-square: the exact tests have to do, all of them at once.
        p_value = len(judged) * min((c.p_value for c in kept), default=1.0)
    return frozenset(c.name for c in kept) if p_value < HOMOGENEOUS_FROM else frozenset()
