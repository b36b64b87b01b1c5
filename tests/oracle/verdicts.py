"""Verdicts on shares by the book: §9 of the definitions, one segment or a family of them.

Intervals, tests and Holm's adjustment come from statsmodels and SciPy, so that nothing here is
shared with the gate but the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest


class Asked(NamedTuple):
    """One target on a share, in percent."""

    op: str
    threshold: float
    mode: str = "three-way"
    margin: float = 0.0
    min_n: int = 10
    level: float = 0.95

    @property
    def bound(self) -> float:
        """Return what has to be cleared."""
        if self.mode != "noninferior":
            return self.threshold
        return self.threshold - self.margin if self.op == "min" else self.threshold + self.margin


class Seen(NamedTuple):
    """One segment: k of n, and what could forbid a verdict."""

    k: int
    n: int
    immature: int = 0
    is_available: bool = True
    is_skewed: bool = False
    bounds: tuple[float, float] | None = None


def interval(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval in percent."""
    low, high = proportion_confint(k, n, 1 - level, method="wilson")
    # Its ends are exact where nobody or everybody counts, and rounded by the formula.
    return (0.0 if k == 0 else 100 * low), (100.0 if k == n else 100 * high)


def compare(op: str, low: float, high: float, bound: float) -> str:
    """Return pass, fail or inconclusive: where the whole interval lies."""
    if op == "max":
        low, high, bound = -high, -low, -bound
    if low >= bound:
        return "pass"
    return "fail" if high < bound else "inconclusive"


def alone(asked: Asked, seen: Seen) -> tuple[str, float | None]:
    """Return the verdict on a segment by itself, and its p value where a test decided."""
    if not seen.is_available:
        return "unavailable", None
    if seen.n == 0 or seen.n < asked.min_n or seen.n < seen.immature:
        return "inconclusive", None
    bound = asked.bound
    value = 100 * seen.k / seen.n
    if seen.is_skewed:
        if seen.bounds is None:
            return "inconclusive", None
        by_bounds = compare(asked.op, *seen.bounds, bound)
        if by_bounds == "inconclusive":
            return "inconclusive", None
        return (point(asked, value) if asked.mode == "point" else by_bounds), None
    if asked.mode == "point":
        return point(asked, value), None
    word = compare(asked.op, *interval(seen.k, seen.n, asked.level), bound)
    if (asked.op == "min" and bound <= 0) or (asked.op == "max" and bound >= 100):
        return "pass", None
    if not 0 < bound < 100:
        p = 1.0 if value == bound else 0.0
    else:
        t = bound / 100
        p = float(proportions_ztest(seen.k, seen.n, value=t, prop_var=t)[1])
    return word, p


def point(asked: Asked, value: float) -> str:
    """Return the verdict of the value alone."""
    met = value >= asked.bound if asked.op == "min" else value <= asked.bound
    return "pass" if met else "fail"


def verdicts(asked: Asked, segments: Sequence[Seen]) -> list[str]:
    """Return the verdict on every segment of a target, each decided among all of them (Holm)."""
    drafts = [alone(asked, seen) for seen in segments]
    tested = [i for i, (_, p) in enumerate(drafts) if p is not None]
    kept = set(range(len(segments)))
    if len(tested) > 1:
        found = multipletests([drafts[i][1] for i in tested], 1 - asked.level, method="holm")[0]
        kept -= {i for i, is_found in zip(tested, found, strict=True) if not is_found}
    return [_final(asked, word, i in kept, p) for i, (word, p) in enumerate(drafts)]


def _final(asked: Asked, word: str, is_kept: bool, p: float | None) -> str:
    if word in ("pass", "fail") and not is_kept:
        word = "inconclusive"
    if asked.mode == "lower" and p is not None and word != "pass":
        return "fail"
    return word


def against(
    op: str, margin: float, now: tuple[int, int], before: tuple[int, int]
) -> tuple[str, tuple[float, float], float]:
    """Return the verdict against a baseline, the interval of the change and its p value.

    The square-and-add interval of a difference: each side joins the distances of the two parts.
    """
    p1, p0 = 100 * now[0] / now[1], 100 * before[0] / before[1]
    (l1, u1), (l0, u0) = interval(*now), interval(*before)
    gap = p1 - p0
    low = gap - ((p1 - l1) ** 2 + (u0 - p0) ** 2) ** 0.5
    high = gap + ((u1 - p1) ** 2 + (p0 - l0) ** 2) ** 0.5
    bound = -margin if op == "min" else margin
    half = gap - low if bound < gap else high - gap
    p = 2 * float(norm.sf(norm.ppf(0.975) * abs(gap - bound) / half))
    return compare(op, low, high, bound), (low, high), p


def leave_code(words: Sequence[str], mapping: Mapping[str, str]) -> int:
    """Return the exit code: one failure decides, then anything that isn't a pass."""
    final = [mapping.get(word, word) for word in words]
    if any(word == "fail" for word in final):
        return 1
    return 0 if all(word == "pass" for word in final) else 3
