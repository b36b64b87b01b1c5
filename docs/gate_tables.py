"""Writes the tables of docs/checks.md: how often the gate is wrong, and how often it decides.

`python docs/gate_tables.py` rewrites the text between the table markers. Every chance is summed
exactly over all outcomes, each judged by the gate itself; nothing is simulated. A test compares the
page with `tables()`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from csatkit.gate import Target, judge
from csatkit.report import Measure
from csatkit.stats.contrast import target_p_value
from csatkit.stats.incomplete import binomial_point
from csatkit.stats.intervals import wilson

PAGE = Path(__file__).resolve().parent / "checks.md"
MARKED = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- table end -->)", re.DOTALL)

TARGETS = (80, 90, 95)
SIZES = (10, 30, 50, 100, 200, 500, 1_000)
APART = 5
"""Points between truth and target for which the chance to decide is shown."""

RATINGS_EACH = 3
"""Ratings of each customer where ratings come in clusters."""

CORRELATIONS = (0.0, 0.2, 0.5)
CLUSTERED_SIZES = (30, 99, 300, 999)
FAMILIES = (1, 5, 20)
FAMILY_SIZES = (50, 100, 500)
ALPHA = 0.05


class Chances(NamedTuple):
    """How likely the gate fails and passes a target, 0..1."""

    fail: float
    passed: float


@cache
def words(target: float, n: int) -> tuple[str, ...]:
    """Return the verdict of the gate for 0 to n satisfied ratings of n."""
    asked = Target("CSAT", "csat", "min", target)
    return tuple(judge(asked, [_measure(k, n)])[0].verdict for k in range(n + 1))


def _measure(k: int, n: int) -> Measure:
    found = wilson(k, n)
    if found is None:
        raise ValueError("no rating to judge")
    return Measure(
        metric="csat", label="CSAT", rule="", unit="percent", segment={}, period=None,
        value=100 * k / n, numerator=k, denominator=n, low=100 * found.low, high=100 * found.high,
        level=0.95, method="wilson", status="ok",
    )  # fmt: skip


def independent(n: int, truth: float) -> list[float]:
    """Return the chance of 0 to n satisfied ratings where each is one of its own.

    Args:
        n: ratings.
        truth: share that is satisfied, 0..1.
    """
    return [binomial_point(k, n, truth, 1 - truth) for k in range(n + 1)]


def clustered(n: int, truth: float, correlation: float, each: int = RATINGS_EACH) -> list[float]:
    """Return the chance of 0 to n satisfied ratings where every customer gives several.

    Customers differ by a beta distribution; the ratings of one are correlated (beta-binomial).

    Args:
        n: ratings, a multiple of `each`.
        truth: share that is satisfied, 0..1.
        correlation: of two ratings of one customer, 0 to below 1.
        each: ratings of a customer.
    """
    if correlation == 0:
        return independent(n, truth)
    a = truth * (1 - correlation) / correlation
    b = (1 - truth) * (1 - correlation) / correlation
    one = [
        math.comb(each, k) * math.exp(_log_beta(a + k, b + each - k) - _log_beta(a, b))
        for k in range(each + 1)
    ]
    total = [1.0]
    for _ in range(n // each):
        total = [
            math.fsum(total[k - j] * one[j] for j in range(each + 1) if 0 <= k - j < len(total))
            for k in range(len(total) + each)
        ]
    return total


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def chances(target: float, outcomes: Sequence[float]) -> Chances:
    """Return how likely the gate fails and passes, given the chance of each outcome."""
    said = words(target, len(outcomes) - 1)
    fail, passed = (
        math.fsum(p for word, p in zip(said, outcomes, strict=True) if word == wanted)
        for wanted in ("fail", "pass")
    )
    return Chances(fail, passed)


def naive_fail(target: float, n: int, truth: float) -> float:
    """Return how likely the value alone lies below the target."""
    outcomes = independent(n, truth)
    return math.fsum(p for k, p in enumerate(outcomes) if 100 * k < target * n)


def any_false(target: float, n: int, segments: int, *, is_adjusted: bool) -> float:
    """Return how likely some segment gets a verdict where all of them lie exactly on the target.

    Holm's first step decides whether there is any: the smallest p value against alpha / segments.
    """
    least = ALPHA / segments if is_adjusted else ALPHA
    outcomes = independent(n, target / 100)
    one = math.fsum(p for k, p in enumerate(outcomes) if _p_value(k, n, target) <= least)
    return 1 - (1 - one) ** segments


def _p_value(k: int, n: int, target: float) -> float:
    found = target_p_value(k, n, target / 100)
    return 1.0 if found is None else found


def tables() -> dict[str, str]:
    """Return all tables by name."""
    return {
        "gate-errors": _errors(),
        "gate-power": _power(),
        "gate-clusters": _clusters(),
        "gate-families": _families(),
    }


def rewritten(text: str, fresh: Mapping[str, str]) -> str:
    """Return a page with its tables replaced; tables that aren't given stay."""

    def replaced(found: re.Match[str]) -> str:
        table = fresh.get(found[2])
        return found[0] if table is None else f"{found[1]}\n{table}\n{found[3]}"

    return MARKED.sub(replaced, text)


def main() -> None:
    """Rewrite the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(rewritten(text, tables()), encoding="utf-8", newline="\n")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---:"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _errors() -> str:
    def row(target: int, n: int) -> list[str]:
        found = chances(target, independent(n, target / 100))
        naive = naive_fail(target, n, target / 100)
        shown = (found.fail, naive, found.passed, 1 - naive)
        return [str(target), f"{n:,}", *map(_percent, shown)]

    head = ["target", "n", "false fail, %", "by the value alone, %", "false pass, %",
            "by the value alone, %"]  # fmt: skip
    return _table(head, [row(t, n) for t in TARGETS for n in SIZES])


def _power() -> str:
    def row(n: int) -> list[str]:
        cells = []
        for target in TARGETS:
            above, below = (target + APART) / 100, (target - APART) / 100
            cells.append(_percent(chances(target, independent(n, above)).passed))
            cells.append(_percent(chances(target, independent(n, below)).fail))
        return [f"{n:,}", *cells]

    head = ["n"]
    for target in TARGETS:
        head += [f"{target}: pass at {target + APART}, %", f"fail at {target - APART}, %"]
    return _table(head, [row(n) for n in SIZES])


def _clusters() -> str:
    def row(n: int) -> list[str]:
        found = [chances(80, clustered(n, 0.8, rho)) for rho in CORRELATIONS]
        return [f"{n:,}", *(_percent(share) for pair in found for share in pair)]

    head = ["n"]
    for rho in CORRELATIONS:
        head += [f"correlation {rho:g}: false fail, %", "false pass, %"]
    return _table(head, [row(n) for n in CLUSTERED_SIZES])


def _families() -> str:
    def row(segments: int) -> list[str]:
        cells = []
        for n in FAMILY_SIZES:
            cells.append(_percent(any_false(80, n, segments, is_adjusted=False)))
            cells.append(_percent(any_false(80, n, segments, is_adjusted=True)))
        return [str(segments), *cells]

    head = ["segments"]
    for n in FAMILY_SIZES:
        head += [f"{n} each: alone, %", "Holm, %"]
    return _table(head, [row(segments) for segments in FAMILIES])


if __name__ == "__main__":
    main()
