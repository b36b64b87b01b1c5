"""Metrics × segments × periods → measures, in the order that readers and scripts rely on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit import periods
from csatkit.analyses.wording import rule
from csatkit.analyses.workspace import Cells, Workspace
from csatkit.estimate import difference, estimate, unavailable
from csatkit.facts.clocks import BUCKETS
from csatkit.metrics.metric import Family, Metric, Quantiles
from csatkit.periods import Span
from csatkit.report import Difference, Measure
from csatkit.totals import Key, Selection

__all__ = ["Request", "Table", "by_segment", "changes", "measures", "n_rows", "tabulate"]

_SURVEYS: Family = "surveys"


@dataclass(frozen=True, slots=True)
class Request:
    """Metrics to measure over one set of dimensions in one period."""

    metrics: tuple[Metric, ...]
    dims: tuple[str, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The totals of one request: by metric id the cells, and the survey cells beside them."""

    request: Request
    cells: Mapping[str, Mapping[Key, Mapping[str, float | int | None]]]
    surveys: Mapping[str, Cells]
    spans: Mapping[str, Span | None]
    rows: Mapping[str, int]
    undated: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class _Job:
    family: Family
    metrics: tuple[Metric, ...]
    selection: Selection


def _jobs(ws: Workspace, request: Request) -> tuple[list[_Job], dict[str, Span | None]]:
    spans = ws.spans_for(request.metrics, request.span)
    groups: dict[tuple[Family, Span | None], list[Metric]] = {}
    for metric in request.metrics:
        if isinstance(metric.measure, Quantiles) or ws.lacks(metric) is not None:
            continue
        if ws.lacks_dimension(metric.family, request.dims) is not None:
            continue
        groups.setdefault((metric.family, spans[metric.id]), []).append(metric)
    jobs = [
        _Job(family, tuple(metrics), ws.selection(request.dims, span))
        for (family, span), metrics in groups.items()
    ]
    for family, span in list(groups):
        has_surveys = ws.facts.surveys is not None and ws.facts.knows_sent
        carried = has_surveys and ws.lacks_dimension(_SURVEYS, request.dims) is None
        if family == "responses" and carried and (_SURVEYS, span) not in groups:
            jobs.append(_Job(_SURVEYS, (), ws.selection(request.dims, span)))
    return jobs, spans


def _needs_clock(ws: Workspace, span: Span | None) -> bool:
    return span is not None or ws.settings.clock != "family"


def tabulate(ws: Workspace, requests: Sequence[Request]) -> list[Table]:
    """Run all requests in one go and return their totals."""
    planned = [_jobs(ws, request) for request in requests]
    flat = [(job.family, job.metrics, job.selection) for jobs, _ in planned for job in jobs]
    undated = [
        (job.family, job.metrics, ws.selection((), None, undated=True))
        for (jobs, _), request in zip(planned, requests, strict=True)
        for job in jobs
        if not request.dims and _needs_clock(ws, request.span)
    ]
    done = iter(ws.cells([*flat, *undated]))
    results = [[next(done) for _ in jobs] for jobs, _ in planned]
    tables = []
    for request, (jobs, spans), found in zip(requests, planned, results, strict=True):
        left: dict[str, Mapping[str, int]] = {}
        if not request.dims and _needs_clock(ws, request.span):
            for job in jobs:
                row = next(done).get((), {})
                left |= {m.id: row for m in job.metrics}
        tables.append(_table(ws, request, jobs, spans, found, left))
    return tables


def _table(
    ws: Workspace,
    request: Request,
    jobs: Sequence[_Job],
    spans: Mapping[str, Span | None],
    found: Sequence[Cells],
    undated: Mapping[str, Mapping[str, int]],
) -> Table:
    cells: dict[str, Mapping[Key, Mapping[str, float | int | None]]] = {}
    rows: dict[str, int] = {}
    by_selection = {
        (job.selection.start, job.selection.end): result
        for job, result in zip(jobs, found, strict=True)
        if job.family == _SURVEYS
    }
    surveys: dict[str, Cells] = {}
    for job, result in zip(jobs, found, strict=True):
        n = sum(c["rows"] for c in result.values())
        rows[job.family] = max(rows.get(job.family, 0), n)
        for metric in job.metrics:
            cells[metric.id] = result
            surveys[metric.id] = by_selection.get((job.selection.start, job.selection.end), {})
    timed = [m for m in request.metrics if isinstance(m.measure, Quantiles)]
    for metric in timed:
        lacks = ws.lacks(metric) or ws.lacks_dimension(metric.family, request.dims)
        if lacks is None:
            selection = ws.selection(request.dims, spans[metric.id])
            cells[metric.id] = ws.quantile_cells([metric], selection)
            n = sum(int(c[f"{metric.id}.n"] or 0) for c in cells[metric.id].values())
            rows["tickets"] = max(rows.get("tickets", 0), n)
    return Table(request, cells, surveys, spans, rows, undated)


def n_rows(tables: Iterable[Table]) -> int:
    """Return how many rows the tables rest on, at most: 0 means nothing to evaluate."""
    return max((n for table in tables for n in table.rows.values()), default=0)


def _order(dims: Sequence[str], key: Key, n: float) -> tuple[object, ...]:
    """Time buckets in time order, else denominator descending, then name; no value comes last."""
    when = tuple(
        (v is None, v or 0) for d, v in zip(dims, key, strict=True) if d in BUCKETS
    )
    names = tuple(
        (v is None, str(v)) for d, v in zip(dims, key, strict=True) if d not in BUCKETS
    )
    return (when, -n, names)


def _undated(metric: Metric, table: Table) -> dict[str, int]:
    row = table.undated.get(metric.id, {})
    n = row.get(f"{metric.id}.n") or 0
    return {"no_clock": n} if n else {}


def _of_table(ws: Workspace, metric: Metric, table: Table) -> list[Measure]:
    span = table.spans[metric.id]
    period = None if span is None else span.period
    dims = table.request.dims
    text = rule(metric, ws)
    lacks = ws.lacks(metric) or ws.lacks_dimension(metric.family, dims)
    if lacks is not None:
        return [unavailable(metric, ws.context(text, {}, period, None), lacks)]
    cells = table.cells[metric.id]
    if not dims and () not in cells:
        return [unavailable(metric, ws.context(text, {}, period, None), "no rows")]
    found = []
    for key, totals in cells.items():
        segment = ws.label(dims, key)
        context = ws.context(text, segment, period, table.surveys.get(metric.id, {}).get(key))
        excluded = _undated(metric, table) if not dims else {}
        if not dims and metric.family == "responses" and ws.facts.unmatched is not None:
            excluded["no_ticket"] = n_unmatched_answers(ws)
        measure = estimate(metric, totals, context, {r: n for r, n in excluded.items() if n})  # type: ignore[arg-type]
        found.append((_order(dims, key, measure.denominator or 0), measure))
    return [m for _, m in sorted(found, key=lambda pair: pair[0])]  # type: ignore[arg-type,return-value]


def n_unmatched_answers(ws: Workspace) -> int:
    """Return how many answers belong to no ticket of the ticket file."""
    frame = ws.facts.unmatched
    return 0 if frame is None else int(frame["is_rating"].sum())


def measures(ws: Workspace, tables: Sequence[Table]) -> list[Measure]:
    """Return the measures of all tables: metric as asked, overall first, then the segments."""
    order = dict.fromkeys(m.id for t in tables for m in t.request.metrics)
    found: dict[str, list[Measure]] = {name: [] for name in order}
    for table in tables:
        for metric in table.request.metrics:
            new = _of_table(ws, metric, table)
            if table.request.dims and new and new[0].status == "unavailable" and found[metric.id]:
                missing = ws.lacks_dimension(metric.family, table.request.dims)
                if missing is None and not new[0].segment:
                    continue  # said once, on the overall row
            found[metric.id] += new
    return [m for name in order for m in found[name]]


def by_segment(
    ws: Workspace, metrics: Sequence[Metric], by: Sequence[Sequence[str]], span: Span | None
) -> list[Table]:
    """Return the overall table and one per breakdown."""
    requests = [Request(tuple(metrics), tuple(dims), span) for dims in ((), *by)]
    return tabulate(ws, requests)


def changes(
    ws: Workspace, metrics: Sequence[Metric], now: Span | None
) -> dict[str, tuple[Span, Span, Difference | None, Measure, Measure]]:
    """Return how each metric changed against the period before.

    Args:
        now: the period asked for; None means the last 28 complete days, of which metrics that need
            follow-up take the last 28 that are mature.

    Returns:
        Metric id → (period, period before, difference, measure, measure before).
    """
    if ws.data_end is None:
        return {}
    usable = [m for m in metrics if ws.lacks(m) is None]
    pairs: dict[str, tuple[Span, Span]] = {}
    for metric in usable:
        if now is None:
            lag = ws.facts.rules.window if metric.follow_up else None
            current = periods.complete_days(28, ws.data_end, ws.zone, *([lag] if lag else []))
        else:
            current = ws.spans_for([metric], now)[metric.id]  # type: ignore[assignment]
        pairs[metric.id] = (current, periods.previous(current, ws.week_start))
    requests = []
    for metric in usable:
        # An explicit period is never swapped, so the relative flag is taken off here.
        for span in pairs[metric.id]:
            requests.append(Request((metric,), (), replace(span, relative=False)))
    tables = iter(tabulate(ws, requests))
    found = {}
    for metric in usable:
        current, before = pairs[metric.id]
        new, old = next(tables), next(tables)
        change = None
        a, b = new.cells.get(metric.id, {}).get(()), old.cells.get(metric.id, {}).get(())
        if a is not None and b is not None:
            change = difference(metric, a, b, ws.settings.level, before.period.label)  # type: ignore[arg-type]
        found[metric.id] = (
            current, before, change, _of_table(ws, metric, new)[0], _of_table(ws, metric, old)[0],
        )  # fmt: skip
    return found
