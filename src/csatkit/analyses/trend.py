"""`trend`: every metric over time, against the limits of its own variation.

One row per period with value, interval, limits and status; what is too young or cut short is marked
and not judged. A direction is a line through what happened, never a forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.following import Followed, follow, measures_of
from csatkit.analyses.history import open_history
from csatkit.analyses.maturing import matured
from csatkit.analyses.remarks import remarks
from csatkit.analyses.timeline import EVERY, PER_YEAR, lines, refuse_calendar
from csatkit.analyses.trend_words import alarm_words, headline_words, line_words
from csatkit.analyses.wording import rule
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.estimate import unavailable
from csatkit.metrics import CATALOG
from csatkit.metrics.metric import Metric
from csatkit.render.values import STATUS_WORDS
from csatkit.report import Cell, CellUnit, Chart, Measure, Report, Section, Table

__all__ = ["DEFAULT_EVERY", "FOLLOWED", "scale_bounds", "trend"]

FOLLOWED = ("csat", "fcr", "response_rate", "reopen_rate")
"""What is followed where no metric is named."""

DEFAULT_EVERY = "week"


STORED = "stored"
"""Marks a period in a chart whose figures come from the history."""


def trend(
    ws: Workspace, names: Sequence[str], every: str | None, history: str | None = None
) -> Report:
    """Return metrics over time.

    Args:
        ws: the run.
        names: ids of the metrics.
        every: one of `EVERY`; None means the week.
        history: the file in which figures of past periods are kept; None keeps none.

    Raises:
        InputError: the history can't be used.
        NothingToEvaluate: no row carries a date.
        UsageError: an unknown period, or a breakdown by a calendar period.
    """
    every = every or DEFAULT_EVERY
    if every not in EVERY:
        raise UsageError.unknown("value of --every", every, EVERY)
    refuse_calendar(ws.by, "choose periods with --every")
    metrics = [matured(CATALOG[name]) for name in names]
    usable = [m for m in metrics if ws.lacks(m) is None]
    kept = None if history is None else open_history(history)
    drawn = lines(ws, usable, every, ws.by, kept)
    found = follow(drawn, ws.settings.level, scale_bounds(ws))
    if usable and not found:
        raise NothingToEvaluate(
            "the selection holds no row with a date", "Widen --period, --from, --to or --where."
        )
    shown = tuple(_measures(ws, metrics, found))
    overall = [f for f in found if not f.line.segment]
    sections = (
        _headline(overall, len(found), every),
        *(_section(ws, metric, overall, every) for metric in metrics),
        *_by_segment(ws, metrics, found, every),
    )
    notes = (*remarks(ws, shown), *(kept.notes(drawn) if kept else ()))
    return Report("trend", definitions(ws), inputs(ws), shown, sections, notes)


def scale_bounds(ws: Workspace) -> tuple[float, float] | None:
    """Return the ends of the scale of scores, None where it has no numbers."""
    scale = ws.scale
    if scale is None or scale.values is None:
        return None
    return float(min(scale.values)), float(max(scale.values))


def _measures(ws: Workspace, metrics: Sequence[Metric], found: Sequence[Followed]) -> list[Measure]:
    rows = []
    for metric in metrics:
        lacks = ws.lacks(metric)
        if lacks is not None:
            rows.append(unavailable(metric, ws.context(rule(metric, ws), {}, None, None), lacks))
        for followed in found:
            if followed.line.metric.id == metric.id:
                rows += measures_of(followed)
    return rows


def _headline(overall: Sequence[Followed], n_lines: int, every: str) -> Section:
    title = "What the lines say"
    if not overall:
        return Section("trend", title, missing="no metric can be computed")
    text = [headline_words(f, every) for f in overall]
    if any(f.chart for f in overall):
        text += alarm_words(n_lines, PER_YEAR[every], every)
    return Section("trend", title, text=tuple(text))


def _section(ws: Workspace, metric: Metric, overall: Sequence[Followed], every: str) -> Section:
    """Return the chart of one metric with what it says."""
    key = f"trend_{metric.id}"
    found = next((f for f in overall if f.line.metric.id == metric.id), None)
    if found is None:
        return Section(key, metric.label, missing=ws.lacks(metric) or "no rows")
    text = (*line_words(found, every), *_legend(found, every), f"Rule: {rule(metric, ws)}.")
    return Section(key, metric.label, text=text, charts=(_chart(found),))


def _legend(found: Followed, every: str) -> tuple[str, ...]:
    """Return what marks the periods whose figures come from the history, if there are any."""
    n = sum(p.computed is not None for p in found.line.points)
    if not n:
        return ()
    which = f"{n} {every}s that come" if n > 1 else f"one {every} that comes"
    return (f"Marked {STORED!r}: {which} from the history, not from this export.",)


def _chart(found: Followed) -> Chart:
    rows = []
    for point, m in zip(found.line.points, measures_of(found), strict=True):
        limits = m.extra.get("limits")
        low, high = limits if isinstance(limits, list) else (None, None)
        signal = m.extra.get("signal")
        said = point.mark or (str(signal) if signal else _status(m))
        stored = None if point.computed is None else STORED
        row: dict[str, Cell] = {
            "label": point.period.label, "value": m.value, "low": low, "high": high,
            "n": m.denominator, "interval_low": m.low, "interval_high": m.high,
            "note": ", ".join(filter(None, (said, stored))) or None,
        }  # fmt: skip
        rows.append(row)
    centre = None if found.chart is None else found.factor * found.chart.centre
    return Chart("control", tuple(rows), found.line.metric.unit, reference=centre)


def _status(m: Measure) -> str | None:
    return None if m.status == "ok" else STATUS_WORDS[m.status]


def _by_segment(
    ws: Workspace, metrics: Sequence[Metric], found: Sequence[Followed], every: str
) -> list[Section]:
    """Return a table per breakdown: what each segment's line says, in one row."""
    sections = []
    for dims in ws.by:
        title = "By " + " × ".join(d.replace("_", " ") for d in dims)
        rows = [
            f for m in metrics for f in found
            if f.line.metric.id == m.id and tuple(f.line.segment) == dims
        ]  # fmt: skip
        key = f"by_{'_'.join(dims)}"
        if rows:
            table = _table([_row(f) for f in rows], every)
            sections.append(Section(key, title, tables=(table,)))
        else:
            sections.append(Section(key, title, missing="no metric can be cut by it"))
    return sections


def _row(found: Followed) -> dict[str, Cell]:
    judged = [p for p in found.line.judged if p.measure.value is not None]
    slope = found.slope
    low, high = (None, None) if slope is None else (100 * x for x in slope.interval)
    values = found.line.segment.values()
    return {
        "metric": found.line.metric.id,
        "segment": ", ".join("(none)" if v is None else v for v in values),
        "periods": len(judged),
        "value": judged[-1].measure.value if judged else None,
        "slope": None if slope is None else 100 * slope.per_unit,
        "low": low,
        "high": high,
        "direction": found.direction,
        "signals": ", ".join(dict.fromkeys(s.kind for s in found.signals)) or None,
    }


def _table(rows: Sequence[Mapping[str, Cell]], every: str) -> Table:
    columns = {
        "metric": "Metric", "segment": "Segment", "periods": f"{every.capitalize()}s",
        "value": "Latest", "slope": "Points a month", "low": "from", "high": "to",
        "direction": "Direction", "signals": "Signals",
    }  # fmt: skip
    units: dict[str, CellUnit] = {
        "periods": "count", "slope": "points", "low": "points", "high": "points",
    }  # fmt: skip
    shown = tuple({name: row[name] for name in columns} for row in rows)
    return Table(columns, shown, frozenset({"value"}), units)
