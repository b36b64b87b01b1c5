"""The routing map: which channel serves each issue type best, where the intervals allow it.

A channel is told only where it is above the type's other channels together, out of all comparisons
of the map (Benjamini-Hochberg), and only where the map as a whole differs beyond chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from csatkit.analyses.contrasts import FALSE_DISCOVERY_RATE
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.report import Measure
from csatkit.stats.contrast import chi_square_tail, difference_test, homogeneity_test
from csatkit.stats.intervals import Interval, newcombe
from csatkit.stats.multiplicity import benjamini_hochberg

__all__ = ["Best", "Route", "RoutingMap", "best_channels", "routing_map"]

DIMS = ("issue_type", "channel")


@dataclass(frozen=True, slots=True)
class RoutingMap:
    """The cells of one metric."""

    metric: str
    cells: tuple[Measure, ...]
    p_value: float | None
    """Of the hypothesis that channels are alike within every type."""


@dataclass(frozen=True, slots=True)
class Route:
    """One channel of a type against the type's other channels together; points as shares, 0..1."""

    issue_type: str
    channel: str
    difference: float
    interval: Interval
    p_value: float


Best = dict[str, Route]
"""Issue type → the channel that serves it best."""


def routing_map(ws: Workspace, metric: str, span: Span | None) -> RoutingMap | None:
    """Return issue type × channel, None where the data doesn't have both."""
    wanted = CATALOG[metric]
    if ws.lacks(wanted) is not None or ws.lacks_dimension(wanted.family, DIMS) is not None:
        return None
    shown = measures(ws, tabulate(ws, [Request((wanted,), DIMS, span)]))
    cells = tuple(m for m in shown if m.segment and m.denominator)
    if len({m.segment["channel"] for m in cells}) < 2:
        return None
    return RoutingMap(metric, cells, _p_value(cells))


def _by_type(cells: Sequence[Measure]) -> dict[str, list[Measure]]:
    found: dict[str, list[Measure]] = {}
    for m in cells:
        issue, channel = m.segment["issue_type"], m.segment["channel"]
        if issue is not None and channel is not None:
            found.setdefault(issue, []).append(m)
    return found


def _p_value(cells: Sequence[Measure]) -> float | None:
    """Return the p value over all types: their chi-square statistics add up."""
    statistic, df = 0.0, 0
    for ms in _by_type(cells).values():
        test = homogeneity_test([_counts(m) for m in ms if m.status in ("ok", "caution")])
        if test is not None:
            statistic += test.statistic
            df += test.df
    return chi_square_tail(statistic, df) if df else None


def _counts(m: Measure) -> tuple[int, int]:
    return int(m.numerator or 0), m.denominator or 0


def best_channels(found: RoutingMap, level: float) -> Best:
    """Return per issue type the channel above the others beyond noise; few types have one."""
    tried: list[Route] = []
    for issue, ms in _by_type(found.cells).items():
        k, n = (sum(x) for x in zip(*map(_counts, ms), strict=True))
        for m in ms:
            own_k, own_n = _counts(m)
            if m.status not in ("ok", "caution") or n == own_n:
                continue
            test = difference_test(own_k, own_n, k - own_k, n - own_n)
            interval = newcombe(own_k, own_n, k - own_k, n - own_n, level)
            if test is None or interval is None:
                continue
            gap = own_k / own_n - (k - own_k) / (n - own_n)
            channel = m.segment["channel"] or ""
            tried.append(Route(issue, channel, gap, interval, test.p_value))
    picked = benjamini_hochberg([r.p_value for r in tried], FALSE_DISCOVERY_RATE).is_discovery
    best: Best = {}
    for route, yes in zip(tried, picked, strict=True):
        if not yes or route.interval.low <= 0:
            continue
        if route.issue_type not in best or best[route.issue_type].difference < route.difference:
            best[route.issue_type] = route
    return best
