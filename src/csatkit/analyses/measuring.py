"""Metrics × segments × periods → measures, in the order that readers and scripts rely on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from csatkit import periods
from csatkit.analyses.selecting import conditions
from csatkit.analyses.wording import rule
from csatkit.analyses.workspace import Cells, Workspace
from csatkit.estimate import difference, estimate, unavailable
from csatkit.facts.clocks import clock_of
from csatkit.metrics.metric import Family, Metric, Quantiles
from csatkit.periods import BUCKETS, Span
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


def tabulate(ws: Workspace, requests: Sequence[Request]) -> list[Table]:
    """Run all requests in one go and return their totals."""
    planned = [_jobs(ws, request) for request in requests]
    flat = [(job.family, job.metrics, job.selection) for jobs, _ in planned for job in jobs]
    undated = [_undated_jobs(ws, request) for request in requests]
    flat += [job for jobs in undated for job in jobs]
    done = iter(ws.cells(flat))
    results = [[next(done) for _ in jobs] for jobs, _ in planned]
    tables = []
    for request, (jobs, spans), found, later in zip(
        requests, planned, results, undated, strict=True
    ):
        left: dict[str, Mapping[str, int]] = {}
        for _, metrics, _ in later:
            row = next(done).get((), {})
            left |= {m.id: row for m in metrics}
        tables.append(_table(ws, request, spans, zip(jobs, found, strict=True), left))
    return tables


def _undated_jobs(
    ws: Workspace, request: Request
) -> list[tuple[Family, tuple[Metric, ...], Selection]]:
    """Return what counts the rows that no clock dates, where a period or one clock leaves them."""
    if request.dims or (request.span is None and ws.settings.clock == "family"):
        return []
    families: dict[Family, list[Metric]] = {}
    for metric in request.metrics:
        if ws.lacks(metric) is None:
            families.setdefault(metric.family, []).append(metric)
    everything = ws.selection((), None, undated=True)
    return [(family, tuple(metrics), everything) for family, metrics in families.items()]


def _table(
    ws: Workspace,
    request: Request,
    spans: Mapping[str, Span | None],
    counted: Iterable[tuple[_Job, Cells]],
    undated: Mapping[str, Mapping[str, int]],
) -> Table:
    """Sort executed aggregations by metric and add what is taken from rows."""
    cells: dict[str, Mapping[Key, Mapping[str, float | int | None]]] = {}
    surveys: dict[str, Cells] = {}
    rows: dict[str, int] = {}
    done = list(counted)
    of_surveys = {_period(job): result for job, result in done if job.family == _SURVEYS}
    for job, result in done:
        n = sum(c["rows"] for c in result.values())
        rows[job.family] = max(rows.get(job.family, 0), n)
        for metric in job.metrics:
            cells[metric.id] = result
            surveys[metric.id] = of_surveys.get(_period(job), {})
    for metric in request.metrics:
        lacks = ws.lacks(metric) or ws.lacks_dimension(metric.family, request.dims)
        if isinstance(metric.measure, Quantiles) and lacks is None:
            selection = ws.selection(request.dims, spans[metric.id])
            cells[metric.id] = ws.quantile_cells([metric], selection)
            n = sum(int(c[f"{metric.id}.n"] or 0) for c in cells[metric.id].values())
            rows["tickets"] = max(rows.get("tickets", 0), n)
    return Table(request, cells, surveys, spans, rows, undated)


def _period(job: _Job) -> tuple[datetime | None, datetime | None]:
    return job.selection.start, job.selection.end


def n_rows(tables: Iterable[Table]) -> int:
    """Return how many rows the tables rest on, at most: 0 means nothing to evaluate."""
    return max((n for table in tables for n in table.rows.values()), default=0)


def _order(dims: Sequence[str], key: Key, n: float) -> tuple[object, ...]:
    """Time buckets in time order, else denominator descending, then name; no value comes last."""
    when = tuple((v is None, v or 0) for d, v in zip(dims, key, strict=True) if d in BUCKETS)
    names = tuple((v is None, str(v)) for d, v in zip(dims, key, strict=True) if d not in BUCKETS)
    return (when, -n, names)


def _undated(metric: Metric, table: Table) -> dict[str, int]:
    row = table.undated.get(metric.id, {})
    # Some need an instant to count at all; the others would have counted, had they been dated.
    n = row.get(f"{metric.id}.n", 0) + row.get(f"{metric.id}.x.no_clock", 0)
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
        # Whether an answer without ticket was low, or came after a deflection, isn't asked.
        whole = not (metric.needs_outreach or metric.needs_deflection)
        if not dims and metric.family == "responses" and ws.facts.unmatched is not None and whole:
            excluded["no_ticket"] = n_unmatched_answers(ws, span)
        measure = estimate(metric, totals, context, {r: n for r, n in excluded.items() if n})  # type: ignore[arg-type]
        found.append((_order(dims, key, measure.denominator or 0), measure))
    return [m for _, m in sorted(found, key=lambda pair: pair[0])]


def unmatched_answers(ws: Workspace, span: Span | None) -> pl.DataFrame | None:
    """Return the answers inside the selection that belong to no ticket of the ticket file.

    None where there are none, or where what is asked about them isn't known without their ticket.
    """
    frame = ws.facts.unmatched
    if frame is None or any(c.column not in frame.columns for c in ws.asked):
        return None
    clock = clock_of("responses", ws.settings.clock, frozenset(frame.columns))
    chosen = pl.col("is_rating")
    if (condition := conditions(ws.asked, frame.schema, ws.zone)) is not None:
        chosen &= condition
    if ws.settings.clock != "family":
        chosen &= clock.is_not_null()
    if span is not None:
        start, end = periods.span_of(span.period, ws.zone)
        chosen &= (clock >= start) & (clock < end)
    found = frame.filter(chosen)
    return found if found.height else None


def n_unmatched_answers(ws: Workspace, span: Span | None) -> int:
    """Return how many answers inside the selection belong to no ticket of the ticket file."""
    found = unmatched_answers(ws, span)
    return 0 if found is None else found.height


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
        ws: the run.
        metrics: what to compare.
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
    # An explicit period is never swapped, so the relative flag is taken off here.
    requests = [
        Request((metric,), (), replace(span, relative=False))
        for metric in usable
        for span in pairs[metric.id]
    ]
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
