"""How two rules differ, ticket by ticket: flips, and who is in only one denominator.

Rows are reduced to the combinations of outcomes that occur, with their counts; everything pairwise
follows from these few.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.reconcile.outcomes import Outcome, Rule
from csatkit.facts.adding import Adding, Collect, at_once
from csatkit.render.values import number
from csatkit.report import Difference
from csatkit.stats.paired import correlated_difference, paired_correlation

__all__ = ["Pair", "Patterns", "Reason", "pair", "patterns", "why"]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Which outcomes occur together, how often."""

    rules: tuple[Rule, ...]
    counts: Mapping[tuple[int, ...], int]

    def place(self, metric: str) -> int | None:
        """Return where a metric stands among the rules, None where it doesn't."""
        return next((i for i, r in enumerate(self.rules) if r.metric.id == metric), None)

    def joint(self, first: str, second: str) -> dict[tuple[Outcome, Outcome], int]:
        """Return how often two rules have which outcomes together."""
        i, j = self.place(first), self.place(second)
        assert i is not None
        assert j is not None
        found: Counter[tuple[Outcome, Outcome]] = Counter()
        for codes, n in self.counts.items():
            found[self.rules[i].outcomes[codes[i]], self.rules[j].outcomes[codes[j]]] += n
        return dict(found)


def patterns(frame: pl.LazyFrame, rules: Sequence[Rule], collect: Collect = at_once) -> Patterns:
    """Count the combinations of outcomes of some rows.

    Args:
        frame: rows with every fact that the rules name.
        rules: at least one, all over the same kind of row.
        collect: carries it out where the rows lie.
    """
    names = [r.metric.id for r in rules]
    found = frame.select(r.code for r in rules).group_by(names).agg(n=pl.len())
    (counted,) = collect([found], [Adding(tuple(names))])
    rows = counted.select(*names, "n").rows()
    return Patterns(tuple(rules), {row[:-1]: int(row[-1]) for row in rows})


@dataclass(frozen=True, slots=True)
class Pair:
    """Rows by what two rules make of them."""

    both: int
    first_only: int
    """Count under the first and fail under the second."""
    second_only: int
    neither: int
    in_first: int
    """In the denominator of the first alone, and how many of them count."""
    in_first_counted: int
    in_second: int
    in_second_counted: int

    @property
    def first(self) -> tuple[int, int]:
        """Return numerator and denominator of the first rule."""
        k = self.both + self.first_only + self.in_first_counted
        return k, self._shared + self.in_first

    @property
    def second(self) -> tuple[int, int]:
        """Return numerator and denominator of the second rule."""
        k = self.both + self.second_only + self.in_second_counted
        return k, self._shared + self.in_second

    @property
    def _shared(self) -> int:
        return self.both + self.first_only + self.second_only + self.neither

    def difference(self, level: float, against: str) -> Difference | None:
        """Return how far the first lies above the second, in points; None without both."""
        interval = correlated_difference(self.first, self.second, self._correlation(), level)
        if interval is None:
            return None
        (k1, n1), (k0, n0) = self.first, self.second
        value = 100 * (k1 / n1 - k0 / n0)
        return Difference(value, 100 * interval.low, 100 * interval.high, against)

    def _correlation(self) -> float:
        """Return the correlation of the two shares, which rows outside the overlap weaken."""
        if not self.in_first and not self.in_second:
            return paired_correlation(self.both, self.first_only, self.second_only, self.neither)
        (k1, n1), (k0, n0) = self.first, self.second
        if not n1 or not n0:
            return 0.0
        p1, p0 = k1 / n1, k0 / n0
        spread = math.sqrt(p1 * (1 - p1) * n1 * p0 * (1 - p0) * n0)
        if spread == 0:
            return 0.0
        shared = (
            self.both * (1 - p1) * (1 - p0)
            - self.first_only * (1 - p1) * p0
            - self.second_only * p1 * (1 - p0)
            + self.neither * p1 * p0
        )
        return max(-1.0, min(1.0, shared / spread))


def pair(found: Patterns, first: str, second: str) -> Pair:
    """Return how two rules meet."""
    n: Counter[tuple[str, str]] = Counter()
    for (one, other), count in found.joint(first, second).items():
        n[one.state, other.state] += count
    return Pair(
        both=n["counts", "counts"],
        first_only=n["counts", "fails"],
        second_only=n["fails", "counts"],
        neither=n["fails", "fails"],
        in_first=n["counts", "out"] + n["fails", "out"],
        in_first_counted=n["counts", "out"],
        in_second=n["out", "counts"] + n["out", "fails"],
        in_second_counted=n["out", "counts"],
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """What part of a difference comes from which tickets."""

    does: str
    """What the first rule does with these tickets: `counts`, `fails`, `leaves out`, `adds`."""
    words: str
    n: int
    points: float

    def sentence(self, rows: str) -> str:
        """Return where the points come from.

        Args:
            rows: what one of the rows is that the rules look at.
        """
        points = number(self.points, 1, signed=True)
        those, make = (rows, "makes") if self.n == 1 else (f"{rows}s", "make")
        return f"{self.n:,} {those} that it {self.does} ({self.words}) {make} {points}"


def why(found: Patterns, first: str, second: str) -> tuple[Reason, ...]:
    """Return what the difference of two shares, first less second, is made of.

    The parts add up to the difference exactly: a row adds what it lies above the second share
    under the first rule, less the same under the second, over the first denominator.

    Returns:
        The largest part of the difference's own sign first.
    """
    joint = found.joint(first, second)
    (_, n1), (k0, n0) = (counts := pair(found, first, second)).first, counts.second
    if not n1 or not n0:
        return ()
    p0 = k0 / n0
    parts: dict[tuple[str, str], tuple[int, float]] = {}
    for (one, other), n in joint.items():
        if one.state == other.state:
            continue
        points = 100 * n * (_weight(one, p0) - _weight(other, p0)) / n1
        words = _difference_words(one, other)
        so_far = parts.get(words, (0, 0.0))
        parts[words] = (so_far[0] + n, so_far[1] + points)
    reasons = [Reason(*words, n, points) for words, (n, points) in parts.items()]
    sign = math.copysign(1, sum(r.points for r in reasons))
    return tuple(sorted(reasons, key=lambda r: (-sign * r.points, r.words)))


def _weight(outcome: Outcome, share: float) -> float:
    if outcome.state == "out":
        return 0.0
    return (1.0 if outcome.state == "counts" else 0.0) - share


def _difference_words(first: Outcome, second: Outcome) -> tuple[str, str]:
    """Return what the first rule does with a row, and why that differs from the second."""
    if first.state == "out":
        return "leaves out", first.words
    if second.state == "out":
        return "adds", f"the other leaves them out: {second.words}"
    return ("fails", first.words) if first.state == "fails" else ("counts", second.words)
