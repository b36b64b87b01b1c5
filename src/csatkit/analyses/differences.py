"""How every measure of a period differs from the period before, segment by segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from csatkit import periods
from csatkit.analyses.measuring import Request, Table, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.estimate import difference
from csatkit.metrics import CATALOG, Metric
from csatkit.periods import Span
from csatkit.report import Measure

__all__ = ["with_differences"]

Index = Mapping[tuple[str, frozenset[tuple[str, str | None]]], Mapping[str, float | int | None]]


def _index(ws: Workspace, tables: Iterable[Table]) -> Index:
    """Return the totals of every cell by metric and segment."""
    found = {}
    for table in tables:
        for metric, cells in table.cells.items():
            for key, totals in cells.items():
                segment = frozenset(ws.label(table.request.dims, key).items())
                found[metric, segment] = totals
    return found


def with_differences(
    ws: Workspace,
    metrics: Sequence[Metric],
    tables: Sequence[Table],
    shown: Sequence[Measure],
    span: Span | None,
) -> list[Measure]:
    """Return the measures with their change against the period before.

    Args:
        ws: the run.
        metrics: what was measured.
        tables: their totals in the period.
        shown: their measures.
        span: the period asked for; without one nothing is compared.

    Returns:
        The same measures; a segment that didn't exist before, and a figure that can't be compared,
        keep no difference.
    """
    if span is None:
        return list(shown)
    before = {
        name: periods.previous(mine, ws.week_start)
        for name, mine in ws.spans_for(metrics, span).items()
        if mine is not None
    }
    groups: dict[Span, list[Metric]] = {}
    for metric in metrics:
        # Each metric's own period is settled, so it isn't shifted again.
        groups.setdefault(replace(before[metric.id], relative=False), []).append(metric)
    cuts = dict.fromkeys(table.request.dims for table in tables)
    requests = [Request(tuple(ms), dims, at) for at, ms in groups.items() for dims in cuts]
    now, then = _index(ws, tables), _index(ws, tabulate(ws, requests))
    return [_compared(ws, m, now, then, before[m.metric].period.label) for m in shown]


def _compared(ws: Workspace, measure: Measure, now: Index, then: Index, against: str) -> Measure:
    key = (measure.metric, frozenset(measure.segment.items()))
    if measure.status == "unavailable" or key not in now or key not in then:
        return measure
    metric = CATALOG[measure.metric]
    change = difference(metric, now[key], then[key], ws.settings.level, against)  # type: ignore[arg-type]
    return replace(measure, difference=change)
