"""Which segments differ from the rest beyond noise.

Every segment is compared with all others together; the scan is exploratory, so p values go through
Benjamini-Hochberg and the number of comparisons is part of the answer. Nobody is named out of a
table whose differences are consistent with chance.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from csatkit.report import Cell, Measure, Section, Table
from csatkit.stats.contrast import difference_test, homogeneity_test
from csatkit.stats.intervals import newcombe
from csatkit.stats.multiplicity import benjamini_hochberg

__all__ = [
    "BY_CHANCE",
    "CONTRASTS",
    "FALSE_DISCOVERY_RATE",
    "HOMOGENEOUS_FROM",
    "Contrast",
    "Scan",
    "contrast_section",
    "scan",
]

FALSE_DISCOVERY_RATE = 0.10
"""Share of the named segments that may be noise (metrics.md §4)."""

BY_CHANCE = "All differences are consistent with chance."

HOMOGENEOUS_FROM = 0.05
"""p value of chi-square from which differences are consistent with chance (metrics.md §4)."""

CONTRASTS = "Segments that differ from the rest"

_JUDGED = ("ok", "caution")

_MOST_NAMED = 12
"""Segments that are named; a reader takes in a dozen, the rest are in the JSON."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One segment against the rest, in points."""

    measure: Measure
    difference: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found, the largest difference first, and how many comparisons it made."""

    found: tuple[Contrast, ...]
    comparisons: int
    withheld: int
    """Segments left out because too few of their surveys were answered."""
    nameable: int
    """Comparisons whose segment may be named here."""


def _contrast(measure: Measure, k: int, n: int, level: float) -> Contrast | None:
    """Compare a segment with the rest of the table it stands in."""
    if measure.numerator is None or measure.denominator is None:
        return None
    k1, n1 = int(measure.numerator), measure.denominator
    k0, n0 = k - k1, n - n1
    if not n1 or not n0:
        return None
    test = difference_test(k1, n1, k0, n0)
    interval = newcombe(k1, n1, k0, n0, level)
    if test is None or interval is None:
        return None
    difference = 100 * (k1 / n1 - k0 / n0)
    return Contrast(measure, difference, 100 * interval.low, 100 * interval.high, test.p_value)


def scan(tables: Iterable[Sequence[Measure]], level: float, unnamed: Container[str] = ()) -> Scan:
    """Return the segments that differ from the rest of their table.

    Args:
        tables: measures of one metric and one breakdown each; shares, whose rows don't overlap.
        level: of the intervals.
        unnamed: single dimensions whose segments are compared, since they are looked at, and named
            elsewhere by another rule.

    Returns:
        Segments that survive Benjamini-Hochberg over all tables of their metric, and whose table
        isn't consistent with chance as a whole. Segments below `min_n` and those of skewed response
        aren't compared. Each metric is a scan of its own: what is found about one must not make
        the other's noise pass.
    """

    def is_nameable(contrast: Contrast) -> bool:
        return "".join(contrast.measure.segment) not in unnamed

    by_metric: dict[str, list[tuple[Contrast, bool]]] = {}
    withheld = 0
    for table in tables:
        withheld += sum(m.status == "skewed" for m in table)
        differs = _differs(table)
        for contrast in _contrasts(table, level):
            by_metric.setdefault(contrast.measure.metric, []).append((contrast, differs))
    found: list[Contrast] = []
    for tried in by_metric.values():
        p_values = [c.p_value for c, _ in tried]
        picked = benjamini_hochberg(p_values, FALSE_DISCOVERY_RATE).is_discovery
        found += [c for (c, differs), yes in zip(tried, picked, strict=True) if yes and differs]
    found = [c for c in found if is_nameable(c)]
    found.sort(key=lambda c: (-abs(c.difference), tuple(map(str, c.measure.segment.values()))))
    every = [c for tried in by_metric.values() for c, _ in tried]
    return Scan(tuple(found), len(every), withheld, sum(map(is_nameable, every)))


def _contrasts(table: Sequence[Measure], level: float) -> list[Contrast]:
    k = sum(int(m.numerator or 0) for m in table)
    n = sum(m.denominator or 0 for m in table)
    tried = (_contrast(m, k, n, level) for m in table if m.status in _JUDGED)
    return [c for c in tried if c is not None]


def _differs(table: Sequence[Measure]) -> bool:
    """Return whether chance alone doesn't explain the differences of a table."""
    judged = [m for m in table if m.status in _JUDGED]
    test = homogeneity_test([(int(m.numerator or 0), m.denominator or 0) for m in judged])
    # One judged segment and the rest can't be tested as a table; its own test decides.
    return test is None or test.p_value < HOMOGENEOUS_FROM


def contrast_section(found: Scan) -> Section:
    """Return the named segments with their distance from the rest, or why there are none."""
    if not found.comparisons:
        return Section("segments", CONTRASTS, missing="no segment has enough tickets to compare")
    what = "comparisons with the rest are beyond noise (Benjamini-Hochberg, 10 % false discoveries)"
    text = [f"{len(found.found)} of {found.comparisons} {what}."]
    if found.withheld:
        text.append(f"{found.withheld} segments withheld: too few of their surveys were answered.")
    if not found.found:
        text.append(BY_CHANCE)
        return Section("segments", CONTRASTS, text=tuple(text))
    named = found.found[:_MOST_NAMED]
    if len(found.found) > len(named):
        text.append(f"The {len(named)} largest are shown.")
    return Section("segments", CONTRASTS, text=tuple(text), tables=(_table(named),))


def _table(contrasts: Sequence[Contrast]) -> Table:
    rows: list[dict[str, Cell]] = [
        {
            "metric": c.measure.label,
            "dimension": " × ".join(c.measure.segment),
            "segment": " ".join("(none)" if v is None else v for v in c.measure.segment.values()),
            "value": c.measure.value,
            "n": c.measure.denominator,
            "difference": c.difference,
            "low": c.low,
            "high": c.high,
        }
        for c in contrasts
    ]
    return Table(
        {
            "metric": "Metric", "dimension": "By", "segment": "Segment", "value": "Value", "n": "n",
            "difference": "Against rest", "low": "from", "high": "to",
        },
        tuple(rows),
        frozenset({"value", "n", "difference", "low", "high"}),
        {"value": "percent", "n": "count", "difference": "points", "low": "points",
         "high": "points"},
    )  # fmt: skip
