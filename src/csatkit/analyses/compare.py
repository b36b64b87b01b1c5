"""`compare`: one period against another, every difference with its interval.

The change of CSAT is split exactly into rate, mix and response terms; a driver is named only where
the change is beyond noise and enough people answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csatkit.analyses.against import DEFAULT, pairs
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.behind import parse_cell
from csatkit.analyses.driver import driver_words
from csatkit.analyses.gaps import Change, changed
from csatkit.analyses.maturing import matured
from csatkit.analyses.noise import is_beyond_noise, surviving
from csatkit.analyses.overview import HEADLINE, STAND_INS
from csatkit.analyses.privacy import PERSONS
from csatkit.analyses.remarks import remarks, with_known_shares
from csatkit.analyses.splits import Split, split_section, splits
from csatkit.analyses.timeline import refuse_calendar
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import CATALOG
from csatkit.metrics.metric import Metric
from csatkit.render.values import change, number, quantity, span
from csatkit.report import Difference, Report, Section
from csatkit.schema import DIMENSIONS

__all__ = [
    "COMPARED",
    "change_words",
    "compare",
    "default_cuts",
    "in_period",
    "metrics_compared",
    "others_words",
]

COMPARED: tuple[str, ...] = tuple(name for name in HEADLINE if name != "backlog")
"""What is compared. What is open now is a stock: the youngest tickets are always the most open."""

_STANDS_IN: Mapping[str, str] = dict(zip(("fcr", "response_rate"), STAND_INS, strict=True))
"""What is compared under its own name where a metric can't be computed."""


def compare(ws: Workspace, against: str | None) -> Report:
    """Return how one period differs from another.

    Args:
        ws: the run.
        against: see `against.pairs`.

    Raises:
        NothingToEvaluate: the period holds no row.
        UsageError: a breakdown by calendar period, or no such period.
    """
    cuts = ws.by or default_cuts(ws)
    refuse_calendar(cuts, "compare periods with --period and --against")
    metrics = metrics_compared(ws, COMPARED)
    chosen = pairs(ws, metrics, against or DEFAULT)
    found = changed(ws, metrics, chosen)
    if any(ws.lacks(m) is None for m in metrics) and not any(c.now.denominator for c in found):
        raise NothingToEvaluate(
            "the period holds no row", "Choose another with --period, --from or --to."
        )
    csat = next((c for c in found if c.metric.id == "csat"), None)
    parts = splits(ws, chosen["csat"], cuts) if _is_split(csat) else []
    shown = with_known_shares(ws, [c.measure for c in found])
    rows = tuple(m for m in shown if m.value is not None)
    text = (change_words(ws, csat, parts), *others_words(ws, found), *_not_compared(found))
    sections = (
        Section("change", "What changed", text=text, measures=rows, brief=True),
        *(split_section(part) for part in parts),
    )
    return Report("compare", definitions(ws), inputs(ws), shown, sections, remarks(ws, shown))


def in_period(ws: Workspace, cell: str) -> Workspace:
    """Return the run narrowed to the later period of the cell whose tickets are to be named."""
    if ws.span is not None or ws.data_end is None:
        return ws
    metric = parse_cell(cell, COMPARED[0]).metric
    period = pairs(ws, [matured(metric)], DEFAULT)[metric.id].now.period
    settings = replace(ws.settings, first_day=period.first, last_day=period.last)
    return replace(ws, settings=settings)


def metrics_compared(ws: Workspace, asked: Sequence[str]) -> list[Metric]:
    """Return metrics as they are compared: matured, and those that stand in for what is missing."""
    names = []
    for name in asked:
        instead = _STANDS_IN.get(name)
        gives_way = (
            instead is not None
            and ws.lacks(CATALOG[name]) is not None
            and ws.lacks(CATALOG[instead]) is None
        )
        names.append(instead if instead is not None and gives_way else name)
    return [matured(CATALOG[name]) for name in names]


def default_cuts(ws: Workspace) -> tuple[tuple[str, ...], ...]:
    """Return the columns by which the change of CSAT is split where none is named."""
    shown = [d for d in DIMENSIONS if ws.settings.privacy != "none" or d not in PERSONS]
    return tuple((d,) for d in shown if ws.lacks_dimension("responses", (d,)) is None)


def _is_split(csat: Change | None) -> bool:
    return csat is not None and csat.measure.difference is not None


def change_words(ws: Workspace, csat: Change | None, parts: Sequence[Split]) -> str:
    """Return what became of CSAT, and what drove it where that can be said."""
    if csat is None or csat.measure.difference is None:
        reason = None if csat is None else csat.now.reason or csat.before.reason
        return f"CSAT can't be compared: {reason or 'a period has no ratings'}."
    d = csat.measure.difference
    ends = f"from {quantity(csat.before.value, 'percent')} to {quantity(csat.now.value, 'percent')}"
    bare = f"CSAT {ends}: {change(d, 'percent')}"
    statuses = (csat.now.status, csat.before.status)
    if "skewed" in statuses:
        return f"{bare}. Too few surveys were answered to say more."
    if "small" in statuses:
        return f"{bare}. Too few ratings (below {ws.settings.min_n}) to say more."
    if not is_beyond_noise(d):
        return f"{bare}, within noise."
    return f"{_moved(d, ends)}, beyond noise; {driver_words(parts, ws.settings.level)}."


def _moved(d: Difference, ends: str) -> str:
    """Return a change beyond noise in words: `CSAT fell 5.7 points (−11.2 … −0.3), from …`."""
    assert d.value is not None
    verb = "rose" if d.value > 0 else "fell"
    bounds = span(d.low, d.high, "points")
    return f"CSAT {verb} {number(abs(d.value), 1)} points ({bounds}) vs {d.against}, {ends}"


def others_words(ws: Workspace, found: Sequence[Change]) -> tuple[str, ...]:
    """Return which further metrics changed beyond noise, as many as are compared considered."""
    rest = [c for c in found if c.metric.id != "csat"]
    judged = [c.measure.difference if _is_judged(c) else None for c in rest]
    beyond, comparisons = surviving(judged, ws.settings.level)
    if not comparisons:
        return ()
    named = [c.metric.label for c, yes in zip(rest, beyond, strict=True) if yes]
    among = f"of {comparisons} further comparisons (Benjamini-Hochberg, 10 % false discoveries)"
    if not named:
        return (f"None {among} is beyond noise.",)
    return (f"Beyond noise, {among}: {', '.join(named)}.",)


def _is_judged(c: Change) -> bool:
    judged = ("ok", "caution")
    return c.now.status in judged and c.before.status in judged


def _not_compared(found: Sequence[Change]) -> tuple[str, ...]:
    """Return the metrics without a difference, by the reason."""
    reasons: dict[str, list[str]] = {}
    for c in found:
        if c.missing is not None:
            reasons.setdefault(c.missing, []).append(c.metric.label)
    return tuple(f"Not compared, {why}: {', '.join(names)}." for why, names in reasons.items())
