"""Which segments differ from the rest beyond noise.

Every segment is compared with all others together; the scan is exploratory, so p values go through
Benjamini-Hochberg and the number of comparisons is part of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from csatkit.report import Cell, Measure, Section, Table
from csatkit.stats.contrast import difference_test
from csatkit.stats.intervals import newcombe
from csatkit.stats.multiplicity import benjamini_hochberg

__all__ = ["CONTRASTS", "FALSE_DISCOVERY_RATE", "Contrast", "Scan", "contrast_section", "scan"]

FALSE_DISCOVERY_RATE = 0.10
"""Share of the named segments that may be noise (metrics.md §4)."""

CONTRASTS = "Segments that differ from the rest"

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


def scan(tables: Iterable[Sequence[Measure]], level: float) -> Scan:
    """Return the segments that differ from the rest of their table.

    Args:
        tables: measures of one metric and one breakdown each; shares, whose rows don't overlap.
        level: of the intervals.

    Returns:
        Segments that survive Benjamini-Hochberg over all tables together. Segments below `min_n`
        and those of skewed response aren't compared.
    """
    tried: list[Contrast] = []
    withheld = 0
    for table in tables:
        k = sum(int(m.numerator or 0) for m in table)
        n = sum(m.denominator or 0 for m in table)
        for measure in table:
            if measure.status == "skewed":
                withheld += 1
            if measure.status not in ("ok", "caution"):
                continue
            contrast = _contrast(measure, k, n, level)
            if contrast is not None:
                tried.append(contrast)
    if not tried:
        return Scan((), 0, withheld)
    picked = benjamini_hochberg([c.p_value for c in tried], FALSE_DISCOVERY_RATE).is_discovery
    found = [c for c, yes in zip(tried, picked, strict=True) if yes]
    found.sort(key=lambda c: (-abs(c.difference), tuple(map(str, c.measure.segment.values()))))
    return Scan(tuple(found), len(tried), withheld)


def contrast_section(found: Scan) -> Section:
    """Return the named segments with their distance from the rest, or why there are none."""
    if not found.comparisons:
        return Section("segments", CONTRASTS, missing="no segment has enough tickets to compare")
    what = "comparisons with the rest are beyond noise (Benjamini-Hochberg, 10 % false discoveries)"
    text = [f"{len(found.found)} of {found.comparisons} {what}."]
    if found.withheld:
        text.append(f"{found.withheld} segments withheld: too few of their surveys were answered.")
    if not found.found:
        text.append("All differences are consistent with chance.")
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
