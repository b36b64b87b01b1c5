"""`csat`, `fcr`, `reopen`, `response`, `segments`: metrics overall and by segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.contrasts import contrast_section, scan
from csatkit.analyses.differences import with_differences
from csatkit.analyses.habits import response_habit
from csatkit.analyses.measuring import by_segment, measures, n_rows
from csatkit.analyses.remarks import remarks, with_known_shares
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import find
from csatkit.report import Measure, Period, Report, Section

__all__ = ["family"]


def family(command: str, ws: Workspace, metrics: Sequence[str]) -> Report:
    """Return the measures of some metrics, overall and by every `--by`.

    Raises:
        NothingToEvaluate: the selection holds no row.
    """
    # What the silent customers could do to CSAT is part of whether enough of them answered.
    found = find((*metrics, "csat") if command == "response" else metrics)
    span = ws.span
    tables = by_segment(ws, found, ws.by, span)
    usable = [m for m in found if ws.lacks(m) is None]
    if usable and n_rows(tables) == 0:
        raise NothingToEvaluate(
            "the selection holds no row", "Widen --period, --from, --to or --where."
        )
    shown = with_differences(ws, found, tables, measures(ws, tables), span)
    shown = with_known_shares(ws, shown)
    if command == "response":
        shown = _with_bounds(shown)
    sections = _sections(ws, shown) if command == "segments" else ()
    notes = remarks(ws, shown)
    if command == "response":
        notes += response_habit(ws)
    return Report(command, definitions(ws), inputs(ws), tuple(shown), sections, notes)


def _sections(ws: Workspace, shown: Sequence[Measure]) -> tuple[Section, ...]:
    """Return the full tables, led by the segments that chance doesn't explain."""
    tables: dict[tuple[str, tuple[str, ...]], list[Measure]] = {}
    for measure in shown:
        cut = tuple(measure.segment)
        # Rows of tags overlap, and only shares can be compared with the rest.
        if cut and "tags" not in cut and measure.method == "wilson":
            tables.setdefault((measure.metric, cut), []).append(measure)
    return (
        contrast_section(scan(tables.values(), ws.settings.level)),
        Section("measures", "All segments", measures=tuple(shown)),
    )


def _with_bounds(shown: Sequence[Measure]) -> list[Measure]:
    """Give the worst-case bounds of each cell's CSAT to its response rate."""
    csat = {_cell(m): m.extra for m in shown if m.metric == "csat"}
    found = []
    for measure in shown:
        if measure.metric == "response_rate":
            extra = csat.get(_cell(measure), {})
            kept = {k: extra[k] for k in ("bounds", "response") if k in extra}
            found.append(replace(measure, extra={**measure.extra, **kept}))
        elif measure.metric != "csat":
            found.append(measure)
    return found


def _cell(measure: Measure) -> tuple[frozenset[tuple[str, str | None]], Period | None]:
    return frozenset(measure.segment.items()), measure.period
