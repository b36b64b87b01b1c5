"""Agents, teams and other single segments, each against the others on the same mix of tickets.

A position in the funnel, a shrunken rate and a range of places stand beside every share, so that no
list of rates can be read as a league table. Nobody gets a place on few or skewed answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.contrasts import Scan
from csatkit.analyses.workspace import Cells, Workspace
from csatkit.load import Data
from csatkit.metrics import CATALOG, Metric
from csatkit.metrics.metric import Family, Share
from csatkit.periods import BUCKETS, Span
from csatkit.report import Measure
from csatkit.stats.contrast import Homogeneity, homogeneity_test
from csatkit.stats.funnel import Funnel, FunnelUnit, funnel
from csatkit.stats.ranks import RankRange, rank_ranges
from csatkit.stats.shrinkage import Shrinkage, ShrunkenRate, shrink
from csatkit.totals import Key, Selection

__all__ = ["CASE_MIX", "PEOPLE", "Unit", "UnitTable", "case_mix_of", "unit_tables", "with_units"]

CASE_MIX = ("issue_type", "channel")
"""What makes tickets hard or easy whoever works on them (metrics.md §4)."""

PEOPLE = ("agent",)
"""Whose tickets are dealt out to them: flagged by the funnel alone, never by a raw share. Teams
aren't here: the others of four teams are three, too few for their share to be taken as known."""

MOST_UNITS = 1_000
"""More segments than this aren't compared one by one: nobody reads them, and pairs grow as their
square."""

_JUDGED = ("ok", "caution")

Strata = dict[Key, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Unit:
    """One segment among the others; what can't be said is None."""

    measure: Measure
    place: FunnelUnit | None
    shrunken: ShrunkenRate | None
    ranks: RankRange | None

    @property
    def is_judged(self) -> bool:
        """Return whether enough is known to flag it."""
        return self.measure.status in _JUDGED and self.place is not None

    @property
    def flag(self) -> str | None:
        """Return where the funnel flags it: `below`, `above` or `no`; None where withheld."""
        if not self.is_judged or self.place is None:
            return None
        if not self.place.is_flagged:
            return "no"
        return "below" if self.place.k < self.place.expected else "above"


@dataclass(frozen=True, slots=True)
class UnitTable:
    """All units of one metric and one dimension, in the order of the measures."""

    metric: Metric
    dim: str
    mix: tuple[str, ...]
    """Columns whose mix of tickets is allowed for."""
    units: tuple[Unit, ...]
    funnel: Funnel
    shrinkage: Shrinkage | None
    homogeneity: Homogeneity | None

    @property
    def is_people(self) -> bool:
        """Return whether the units are flagged by the funnel alone."""
        return self.dim in PEOPLE

    @property
    def flagged(self) -> tuple[Unit, ...]:
        """Return the units that the funnel flags."""
        return tuple(u for u in self.units if u.flag in ("below", "above"))


def case_mix_of(data: Data) -> list[tuple[str]]:
    """Return the columns of the case mix that the data has, as dimensions to be read."""
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    return [(c,) for c in CASE_MIX if any(s.has(c) for s in sources)]


def unit_tables(
    ws: Workspace, shown: Iterable[Measure], span: Span | None
) -> tuple[UnitTable, ...]:
    """Return the comparison of the segments of every share by every single dimension.

    Args:
        ws: the run.
        shown: the measures of the segments, in the order of the tables.
        span: the period asked for.

    Returns:
        One table per metric and dimension of at least two segments with tickets; time buckets, tags
        (which overlap) and crossed dimensions have none.
    """
    groups: dict[tuple[str, str], list[Measure]] = {}
    for measure in shown:
        if _is_unit(measure):
            groups.setdefault((measure.metric, next(iter(measure.segment))), []).append(measure)
    groups = {key: ms for key, ms in groups.items() if 2 <= len(ms) <= MOST_UNITS}
    strata = _strata(ws, list(groups), span)
    tables = (_table(ws, *key, ms, strata[key]) for key, ms in groups.items())
    return tuple(t for t in tables if t is not None)


def _is_unit(measure: Measure) -> bool:
    if len(measure.segment) != 1 or not isinstance(CATALOG[measure.metric].measure, Share):
        return False
    (dim,) = measure.segment
    return dim not in BUCKETS and dim != "tags"


def _mix(ws: Workspace, family: Family, dim: str) -> tuple[str, ...]:
    return tuple(c for c in CASE_MIX if c != dim and ws.lacks_dimension(family, (c,)) is None)


def _strata(
    ws: Workspace, asked: Sequence[tuple[str, str]], span: Span | None
) -> dict[tuple[str, str], dict[str | None, Strata]]:
    """Return (metric, dimension) → unit → counts by issue type and channel, in one execution."""
    jobs: dict[tuple[Family, Span | None], dict[str, list[Metric]]] = {}
    for name, dim in asked:
        metric = CATALOG[name]
        mine = ws.spans_for([metric], span)[name]
        jobs.setdefault((metric.family, mine), {}).setdefault(dim, []).append(metric)
    cuts = {
        (family, mine, dims): tuple({m.id: m for ms in by_dim.values() for m in ms}.values())
        for (family, mine), by_dim in jobs.items()
        for dims in _cuts(ws, family, by_dim)
    }
    requests: list[tuple[Family, Sequence[Metric], Selection]] = [
        (family, [_lean(m) for m in metrics], ws.selection(dims, mine))
        for (family, mine, dims), metrics in cuts.items()
    ]
    found: dict[tuple[str, str], dict[str | None, Strata]] = {}
    for (family, mine, dims), cells in zip(cuts, ws.cells(requests), strict=True):
        for dim, metrics in jobs[family, mine].items():
            # Totals add up, so issue types and channels are sums of any finer cut.
            if dim not in dims or (metrics[0].id, dim) in found:
                continue
            keep = [dims.index(d) for d in (dim, *_mix(ws, family, dim))]
            for metric in metrics:
                found[metric.id, dim] = _counts(ws, metric, dim, keep, cells)
    return found


def _cuts(ws: Workspace, family: Family, dims: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the crosses that hold every dimension with its mix, as few as possible."""
    others = [(d, *_mix(ws, family, d)) for d in dims if d not in CASE_MIX]
    return others or [tuple(c for c in CASE_MIX if ws.lacks_dimension(family, (c,)) is None)]


def _counts(
    ws: Workspace, metric: Metric, dim: str, keep: Sequence[int], cells: Cells
) -> dict[str | None, Strata]:
    name = _lean(metric).id
    found: dict[str | None, Strata] = {}
    for key, totals in cells.items():
        kept = tuple(key[i] for i in keep)
        unit = found.setdefault(ws.label((dim,), kept[:1])[dim], {})
        k, n = unit.get(kept, (0, 0))
        unit[kept] = k + totals[f"{name}.k"], n + totals[f"{name}.n"]
    return found


def _lean(metric: Metric) -> Metric:
    """Return the metric without what else is counted beside it: only k and n are needed here."""
    return replace(metric, id=f"{metric.id}.by_mix", held_back={})


def _table(
    ws: Workspace,
    name: str,
    dim: str,
    shown: Sequence[Measure],
    strata: Mapping[str | None, Strata],
) -> UnitTable | None:
    # A stratum is named without the unit, whose value leads the key.
    cells = [{k[1:]: c for k, c in strata.get(m.segment[dim], {}).items()} for m in shown]
    placed = funnel(cells)
    if placed is None:
        return None
    metric, level = CATALOG[name], ws.settings.level
    counts = [(int(m.numerator or 0), m.denominator or 0) for m in shown]
    # Nobody is compared with tickets that have no agent, and nobody with too few or skewed answers.
    ranked = [
        c if m.status in _JUDGED and m.segment[dim] is not None else (0, 0)
        for c, m in zip(counts, shown, strict=True)
    ]
    judged = [c for c, m in zip(counts, shown, strict=True) if m.status in _JUDGED]
    shrinkage = shrink(counts, level)
    rates = (None,) * len(shown) if shrinkage is None else shrinkage.groups
    ranks = rank_ranges(ranked, level, higher_is_better=metric.better == "up")
    units = tuple(map(Unit, shown, placed.units, rates, ranks))
    mix = _mix(ws, metric.family, dim)
    return UnitTable(metric, dim, mix, units, placed, shrinkage, homogeneity_test(judged))


def with_units(
    shown: Iterable[Measure], tables: Iterable[UnitTable], scanned: Scan
) -> tuple[Measure, ...]:
    """Return the measures with their position among the others, in percent.

    `flagged` follows the funnel for people and Benjamini-Hochberg for everything else.
    """
    found = {_key(u.measure): _extra(t, u, scanned) for t in tables for u in t.units}
    return tuple(
        replace(m, extra={**m.extra, **found[_key(m)]}) if _key(m) in found else m for m in shown
    )


def _key(measure: Measure) -> tuple[str, tuple[tuple[str, str | None], ...]]:
    return measure.metric, tuple(measure.segment.items())


def _extra(table: UnitTable, unit: Unit, scanned: Scan) -> dict[str, object]:
    place, ranks, is_skewed = unit.place, unit.ranks, unit.measure.status == "skewed"
    if place is None:
        return {}
    found: dict[str, object] = {"expected": 100 * place.expected / place.n}
    if not is_skewed:
        found |= {"zone": place.zone, "zone_adjusted": place.wide_zone}
    if unit.shrunken is not None:
        found["shrunken"] = 100 * unit.shrunken.rate
    if ranks is not None:
        found |= {"rank_low": ranks.best, "rank_high": ranks.worst}
    flag = unit.flag if table.is_people else _named(unit, scanned)
    return found if flag is None else {**found, "flagged": flag}


def _named(unit: Unit, scanned: Scan) -> str | None:
    if not unit.is_judged:
        return None
    mine = _key(unit.measure)
    for contrast in scanned.found:
        if _key(contrast.measure) == mine:
            return "below" if contrast.difference < 0 else "above"
    return "no"
