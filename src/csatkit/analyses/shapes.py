"""How scores spread: the same CSAT from furious customers or from lukewarm ones (metrics.md §5).

A shape is named only where its whole interval lies on one side; two segments with the same CSAT and
different shapes are told apart in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from csatkit.analyses.workspace import Workspace
from csatkit.report import Cell, Measure, Section, Table
from csatkit.stats.intervals import Interval, newcombe, wilson
from csatkit.totals import Ratings

__all__ = ["Shape", "shape_of", "shape_section", "shape_words", "share_row", "with_shapes"]

VOCAL_FROM = 0.20
"""Share of ratings at the bottom from which detractors are vocal (metrics.md §5)."""

CEILING_FROM = 0.50
"""Share of ratings in the middle above which excellence has a ceiling (metrics.md §5)."""

MOST_PAIRS = 3
"""Pairs that are told apart in words; the table has them all."""

Kind = Literal["vocal detractors", "excellence ceiling"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Shares of ratings at the bottom and in the middle, 0..1, and what they amount to."""

    kind: Kind | None
    bottom: float
    bottom_interval: Interval
    middle: float
    middle_interval: Interval


def shape_of(counts: Sequence[int], ratings: Ratings | None, level: float) -> Shape | None:
    """Return the shape of a distribution; None without ratings or detractors on the scale.

    Args:
        counts: ratings by code, in the order of the scale.
        ratings: how the scale is read.
        level: of the intervals.
    """
    n = sum(counts)
    if ratings is None or not ratings.detractor or not n:
        return None
    by_code = dict(zip(ratings.codes, counts, strict=True))
    worst = sum(by_code[c] for c in ratings.detractor)
    middle = n - worst - by_code[ratings.codes[-1]]
    low, mid = wilson(worst, n, level), wilson(middle, n, level)
    assert low is not None
    assert mid is not None
    kind: Kind | None = None
    if low.low >= VOCAL_FROM:
        kind = "vocal detractors"
    elif low.high < VOCAL_FROM and mid.low > CEILING_FROM:
        kind = "excellence ceiling"
    return Shape(kind, worst / n, low, middle / n, mid)


def _of(ws: Workspace, measure: Measure) -> Shape | None:
    counts = measure.extra.get("distribution")
    judged = measure.status in ("ok", "caution")
    if measure.metric != "csat" or not judged or not isinstance(counts, Mapping):
        return None
    return shape_of(list(counts.values()), ws.ratings, ws.settings.level)


def with_shapes(ws: Workspace, shown: Iterable[Measure]) -> tuple[Measure, ...]:
    """Return the measures; those of CSAT that have a shape carry its name."""
    found = []
    for measure in shown:
        shape = _of(ws, measure)
        kind = None if shape is None else shape.kind
        found.append(
            measure if kind is None else replace(measure, extra={**measure.extra, "shape": kind})
        )
    return tuple(found)


def shape_words(shape: Shape) -> str:
    """Return a shape as a sentence."""
    share = _share(shape.bottom, shape.bottom_interval)
    if shape.kind == "vocal detractors":
        return f"Vocal detractors: {share} of the ratings are at the bottom."
    if shape.kind == "excellence ceiling":
        return f"Excellence ceiling: most ratings are in the middle; {share} at the bottom."
    return f"{share} of the ratings are at the bottom."


def _share(value: float, interval: Interval) -> str:
    return f"{100 * value:.1f} % ({100 * interval.low:.1f}–{100 * interval.high:.1f})"


def share_row(label: str, k: int, csat: Measure) -> dict[str, Cell]:
    """Return one score's share of the ratings in percent, its interval as exact as that of CSAT."""
    n = csat.denominator or 0
    span = wilson(k, n, csat.level)
    if span is None:
        return {"label": label, "value": None, "low": None, "high": None, "n": k}
    bounds = {"low": 100 * span.low, "high": 100 * span.high}
    return {"label": label, "value": 100 * k / n, **bounds, "n": k}


def shape_section(ws: Workspace, shown: Iterable[Measure], dims: tuple[str, ...]) -> Section | None:
    """Return the shapes of one breakdown, None where no segment has one to judge."""
    pairs = [(m, _of(ws, m)) for m in shown if tuple(m.segment) == dims]
    found = [(m, shape) for m, shape in pairs if shape is not None]
    if not found:
        return None
    title = f"How the scores spread by {' × '.join(d.replace('_', ' ') for d in dims)}"
    rows = tuple(_row(m, shape) for m, shape in found)
    percent = ("value", "bottom", "bottom_low", "bottom_high", "middle")
    table = Table(
        {
            "segment": "Segment", "n": "n", "value": "CSAT", "bottom": "At the bottom",
            "bottom_low": "from", "bottom_high": "to", "middle": "In the middle", "shape": "Shape",
        },
        rows,
        frozenset({"n", *percent}),
        {"n": "count", **dict.fromkeys(percent, "percent")},
    )  # fmt: skip
    text = _told_apart(found, ws.settings.level)
    return Section(f"shapes_{'_'.join(dims)}", title, text=text, tables=(table,))


def _name(measure: Measure) -> str:
    return " ".join("(none)" if v is None else v for v in measure.segment.values())


def _row(measure: Measure, shape: Shape) -> dict[str, Cell]:
    return {
        "segment": _name(measure),
        "n": measure.denominator,
        "value": measure.value,
        "bottom": 100 * shape.bottom,
        "bottom_low": 100 * shape.bottom_interval.low,
        "bottom_high": 100 * shape.bottom_interval.high,
        "middle": 100 * shape.middle,
        "shape": shape.kind,
    }


def _told_apart(found: Sequence[tuple[Measure, Shape]], level: float) -> tuple[str, ...]:
    """Name the pairs whose CSAT is the same within noise and whose shapes differ."""
    named = [(m, s) for m, s in found if s.kind is not None]
    lines = [
        _pair(first, second)
        for first, second in combinations(named, 2)
        if first[1].kind != second[1].kind and _same_csat(first[0], second[0], level)
    ]
    if len(lines) > MOST_PAIRS:
        more = f"{len(lines) - MOST_PAIRS} more such pairs are in the table."
        return (*lines[:MOST_PAIRS], more)
    return tuple(lines)


def _same_csat(a: Measure, b: Measure, level: float) -> bool:
    interval = newcombe(
        int(a.numerator or 0), a.denominator or 0, int(b.numerator or 0), b.denominator or 0, level
    )
    return interval is not None and interval.low <= 0 <= interval.high


def _pair(first: tuple[Measure, Shape], second: tuple[Measure, Shape]) -> str:
    (a, shape_a), (b, shape_b) = first, second
    return (
        f"{_name(a)} and {_name(b)} have the same CSAT within noise ({a.value:.1f} and "
        f"{b.value:.1f} %), but not the same customers: {_side(a, shape_a)}; {_side(b, shape_b)}."
    )


def _side(measure: Measure, shape: Shape) -> str:
    if shape.kind == "vocal detractors":
        share = _share(shape.bottom, shape.bottom_interval)
        return f"{_name(measure)} has vocal detractors, {share} at the bottom"
    share = _share(shape.middle, shape.middle_interval)
    return f"{_name(measure)} has an excellence ceiling, {share} in the middle"
