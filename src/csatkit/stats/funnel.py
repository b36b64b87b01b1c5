"""Is a unit further from what its tickets would give others than chance explains?

Expected counts come from the *others* on the same mix of tickets, so nobody is compared with a rate
that they made themselves, and nobody is punished for hard tickets. A position in the funnel is
no rank and must never become one.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from csatkit.stats._checks import check_counts, check_share
from csatkit.stats.binomial import binomial_lower_tail, binomial_upper_tail
from csatkit.stats.intervals import Interval
from csatkit.stats.normal import normal_quantile

# Any hashable names a stratum; a mapping of one key type isn't a mapping of hashables to mypy.
Strata = Mapping[Any, tuple[int, int]]
Zone = Literal["far below", "below", "as expected", "above", "far above"]

# As many imagined tickets at the others' overall rate join every stratum: where the others have
# ten, the fewest that any figure is judged by, their own rate and the overall one weigh the same.
SHRINKAGE_TICKETS = 10
# Fewer tickets of the others than this leave a stratum's rate to the overall one for the most part.
MIN_OTHERS = 10
# Up to a fifth, even an error of ten points in the rate assumed for thin strata moves the
# expectation by no more than two points, which is within the noise of a goal.
MAX_THIN_SHARE = 0.2
# One in a thousand on either side: twenty units without differences give one false flag in 25
# looks.
FLAG_TAIL = 0.001
# Warning and action limits of the funnel plot.
INNER_LEVEL = 0.95
OUTER_LEVEL = 0.998
# Share of z scores pulled in at each end, so that true outliers don't widen their own limits.
WINSORISED = 0.1


class FunnelUnit(NamedTuple):
    """One unit against the others on the same mix.

    `expected` is a count of tickets; limits are shares that its own share `k / n` compares with:
    `inner` 95 %, `outer` 99.8 %, the `wide_` ones widened for overdispersion. `tail` is the
    one-sided binomial probability in the direction of the deviation. `thin_share` of its tickets
    lie in strata where the others have fewer than ten.
    """

    k: int
    n: int
    expected: float
    ratio: float
    adjusted_rate: float
    inner: Interval
    outer: Interval
    wide_inner: Interval
    wide_outer: Interval
    zone: Zone
    wide_zone: Zone
    tail: float
    is_flagged: bool
    thin_share: float
    is_thin: bool


class Funnel(NamedTuple):
    """The pooled rate, the overdispersion of the units and each unit, None without tickets."""

    rate: float
    phi: float
    units: tuple[FunnelUnit | None, ...]


def funnel(units: Sequence[Strata]) -> Funnel | None:
    """Return every unit's case-mix adjusted position among the others.

    expected = sum over strata of n_s (K_s + C r) / (N_s + C), K_s of N_s and r = K / N being the
    others' counts in the stratum and overall, C = 10. Where the others all have one outcome, half a
    ticket of the other outcome is added, for a rate of 0 or 1 would make any deviation impossible.

    Args:
        units: for each unit numerator and denominator by stratum (issue type and channel).

    Returns:
        One entry per unit in the given order; None where fewer than two units have tickets.

    Raises:
        ValueError: a numerator exceeds its denominator.

    Source:
        Spiegelhalter (2005), doi:10.1002/sim.1970
    """
    totals = _totals(units)
    sizes = [sum(n for _, n in unit.values()) for unit in units]
    if sum(size > 0 for size in sizes) < 2:
        return None
    k, n = (sum(counts) for counts in zip(*totals.values(), strict=True))
    expected = [_expected(unit, totals, k, n) for unit in units]
    hits = [sum(hit for hit, _ in unit.values()) for unit in units]
    counts = list(zip(hits, sizes, expected, strict=True))
    phi = overdispersion([_z_score(*count) for count in counts if count[1]])
    placed = [
        _place(count, k / n, phi, _thin_share(unit, totals)) if count[1] else None
        for count, unit in zip(counts, units, strict=True)
    ]
    return Funnel(k / n, phi, tuple(placed))


def funnel_limits(n: int, p: float, level: float) -> Interval:
    """Return the exact binomial limits of a share of n tickets that each had chance p.

    Lower: (r - a) / n with r the smallest count for which P(X <= r) > (1 - level) / 2 and a the
    share of its probability that lies above that tail, so limits move smoothly with n; upper: the
    lower one of the mirrored share. A share lies outside exactly where its one-sided tail is at
    most (1 - level) / 2.

    Args:
        n: tickets, above 0.
        p: expected share, 0..1.
        level: .95 or .998.

    Returns:
        Shares, 0..1.

    Raises:
        ValueError: n isn't positive or p lies outside 0..1.

    Source:
        Spiegelhalter (2005), doi:10.1002/sim.1970
    """
    check_share("p", p)
    if n < 1:
        raise ValueError(f"limits need tickets; got n={n!r}")
    tail = (1 - level) / 2
    return Interval(_lower_limit(n, p, tail), 1 - _lower_limit(n, 1 - p, tail))


def overdispersion(z_scores: Sequence[float]) -> float:
    """Return how much more units vary than chance alone would make them: 1 is chance.

    phi = mean of z^2 after the lowest and highest tenth of the z scores were set to the nearest one
    that remains. Below 1 it is returned as it is, but widens nothing.

    Args:
        z_scores: standardised deviation of each unit, at least one.

    Returns:
        A variance ratio, 0 or more.

    Raises:
        ValueError: there is no unit.

    Source:
        Spiegelhalter (2005), doi:10.1002/sim.1970
    """
    if not z_scores:
        raise ValueError("overdispersion needs at least one unit")
    ranked = sorted(z_scores)
    pulled = int(WINSORISED * len(ranked))
    low, high = ranked[pulled], ranked[-pulled - 1]
    return math.fsum(min(max(z, low), high) ** 2 for z in ranked) / len(ranked)


def _totals(units: Sequence[Strata]) -> dict[Hashable, tuple[int, int]]:
    """Return numerator and denominator of every stratum over all units."""
    totals: dict[Hashable, tuple[int, int]] = {}
    for unit in units:
        for stratum, (k, n) in unit.items():
            check_counts(k, n)
            all_k, all_n = totals.get(stratum, (0, 0))
            totals[stratum] = (all_k + k, all_n + n)
    return totals


def _expected(unit: Strata, totals: Strata, all_k: int, all_n: int) -> float:
    """Return how many of a unit's tickets would have counted at the others' rates."""
    k = all_k - sum(hit for hit, _ in unit.values())
    n = all_n - sum(size for _, size in unit.values())
    rate = k / n if 0 < k < n else (k + 0.5) / (n + 1)
    prior = SHRINKAGE_TICKETS * rate
    return math.fsum(
        size * (totals[stratum][0] - hit + prior) / (totals[stratum][1] - size + SHRINKAGE_TICKETS)
        for stratum, (hit, size) in unit.items()
    )


def _thin_share(unit: Strata, totals: Strata) -> float:
    """Return the share of a unit's tickets in strata where the others have hardly any."""
    thin = sum(n for stratum, (_, n) in unit.items() if totals[stratum][1] - n < MIN_OTHERS)
    return thin / sum(n for _, n in unit.values())


def _z_score(k: int, n: int, expected: float) -> float:
    return (k - expected) / math.sqrt(expected * (1 - expected / n))


def _lower_limit(n: int, p: float, tail: float) -> float:
    @cache
    def below(count: int) -> float:
        return binomial_lower_tail(count, n, p)

    first = _first_above(below, tail, n, _near(n, p, tail))
    reached, before = below(first), below(first - 1)
    return max(0.0, (first - (reached - tail) / (reached - before)) / n)


def _first_above(below: Callable[[int], float], tail: float, n: int, guess: int) -> int:
    """Return the smallest count whose lower tail exceeds `tail`, looking around a guess first."""
    low = high = guess
    step = 1
    while below(high) <= tail:
        low, high, step = high + 1, min(n, high + step), 2 * step
    step = 1
    while low and below(low - 1) > tail:
        low, high, step = max(0, low - 1 - step), low - 1, 2 * step
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if below(middle) > tail else (middle + 1, high)
    return low


def _near(n: int, p: float, tail: float) -> int:
    """Return about the count below which a share `tail` lies: normal, with a term for skewness."""
    z = normal_quantile(tail)
    count = n * p + z * math.sqrt(n * p * (1 - p)) + (z * z - 1) * (1 - 2 * p) / 6
    return min(n, max(0, math.floor(count)))


def _place(
    counts: tuple[int, int, float], rate: float, phi: float, thin_share: float
) -> FunnelUnit:
    k, n, expected = counts
    share = expected / n
    inner, outer = (funnel_limits(n, share, level) for level in (INNER_LEVEL, OUTER_LEVEL))
    wide_inner, wide_outer = (_widened(limits, share, phi) for limits in (inner, outer))
    tail = binomial_lower_tail(k, n, share) if k < expected else binomial_upper_tail(k, n, share)
    ratio = k / expected
    return FunnelUnit(
        k,
        n,
        expected,
        ratio,
        min(1.0, ratio * rate),
        inner,
        outer,
        wide_inner,
        wide_outer,
        _zone(k / n, inner, outer),
        _zone(k / n, wide_inner, wide_outer),
        tail,
        tail < FLAG_TAIL,
        thin_share,
        thin_share > MAX_THIN_SHARE,
    )


def _widened(limits: Interval, share: float, phi: float) -> Interval:
    """Return limits sqrt(phi) times as far from the expected share; never nearer to it."""
    if phi <= 1:
        return limits
    factor = math.sqrt(phi)
    low, high = (share + (limit - share) * factor for limit in limits)
    return Interval(max(0.0, low), min(1.0, high))


def _zone(rate: float, inner: Interval, outer: Interval) -> Zone:
    if rate < inner.low:
        return "far below" if rate < outer.low else "below"
    if rate > inner.high:
        return "far above" if rate > outer.high else "above"
    return "as expected"
