"""`csat`, `fcr`, `reopen`, `response`, `segments`: metrics overall and by segment.

What only one of them needs is imported where it is used: `csat` on a small file is mostly start-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.differences import with_differences
from csatkit.analyses.measuring import Table, by_segment, measures, n_rows
from csatkit.analyses.remarks import remarks, with_known_shares
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import find
from csatkit.periods import Span
from csatkit.report import Measure, Note, Period, Report, Section

__all__ = ["family"]


@dataclass(frozen=True, slots=True)
class _Answer:
    """Measures with what a command makes of them."""

    measures: tuple[Measure, ...]
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()


def family(
    command: str,
    ws: Workspace,
    metrics: Sequence[str],
    options: Mapping[str, str] | None = None,
) -> Report:
    """Return the measures of some metrics, overall and by every `--by`.

    Args:
        command: which question.
        ws: the run.
        metrics: ids of its metrics.
        options: `windows` and `deflection` of `fcr`, `adjust` of `response`.

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
    answer = _told(command, ws, with_known_shares(ws, shown), tables, options or {})
    # What other windows give isn't what the notes are about.
    of_the_run = [m for m in answer.measures if "window_days" not in m.extra]
    notes = (*remarks(ws, of_the_run), *answer.notes)
    return Report(command, definitions(ws), inputs(ws), answer.measures, answer.sections, notes)


def _told(
    command: str,
    ws: Workspace,
    shown: tuple[Measure, ...],
    tables: Sequence[Table],
    options: Mapping[str, str],
) -> _Answer:
    span = ws.span
    match command:
        case "segments":
            return _segments(ws, shown, span)
        case "csat":
            return _csat(ws, shown, span)
        case "fcr" if ws.lacks_fcr is None:
            found = _fcr(ws, shown, tables[0], options.get("windows"), span)
            return _with_deflection(ws, found, span) if "deflection" in options else found
        case "response":
            return _response(ws, shown, options.get("adjust"), span)
    return _Answer(shown)


def _segments(ws: Workspace, shown: tuple[Measure, ...], span: Span | None) -> _Answer:
    """Add how the segments compare, and what the ratings are worth."""
    from csatkit.analyses.frequent import with_effective_n
    from csatkit.analyses.segmenting import compared

    every, sections, notes = compared(ws, shown, span)
    every, more = with_effective_n(ws, every, span)
    return _Answer(every, sections, (*notes, *more))


def _csat(ws: Workspace, shown: tuple[Measure, ...], span: Span | None) -> _Answer:
    """Add what the ratings are worth, and the shapes of the segments."""
    from csatkit.analyses.frequent import with_effective_n
    from csatkit.analyses.shapes import shape_section, with_shapes

    every, notes = with_effective_n(ws, with_shapes(ws, shown), span)
    cuts = (shape_section(ws, every, dims) for dims in ws.by)
    shapes = tuple(s for s in cuts if s is not None)
    lead = (Section("measures", "Satisfaction", measures=every),) if shapes else ()
    return _Answer(every, (*lead, *shapes), notes)


def _fcr(
    ws: Workspace,
    shown: tuple[Measure, ...],
    overall: Table,
    written: str | None,
    span: Span | None,
) -> _Answer:
    """Add the windows, the three ways to count young tickets, and when repeats come."""
    from csatkit.analyses.choices import windows
    from csatkit.analyses.windows import left_edge, window_sections, windows_of

    asked = () if written is None else windows(written)
    found = windows_of(ws, overall, asked, span)
    further = [m for w in found for m in w.measures.values() if "window_days" in m.extra]
    lead = Section("measures", "First contact resolution", measures=shown)
    sections = (lead, *window_sections(found, ws.settings.level))
    return _Answer((*shown, *further), sections, left_edge(ws))


def _with_deflection(ws: Workspace, answer: _Answer, span: Span | None) -> _Answer:
    """Add what deflected contacts and changes of channel lead to."""
    from csatkit.analyses.deflecting import deflection

    further, sections = deflection(ws, span)
    return replace(
        answer,
        measures=(*answer.measures, *further),
        sections=(*answer.sections, *sections),
    )


def _response(
    ws: Workspace, shown: tuple[Measure, ...], adjust: str | None, span: Span | None
) -> _Answer:
    """Add what the silent could change, and CSAT reweighted where that is asked for."""
    from csatkit.analyses.habits import response_habit
    from csatkit.analyses.silence import early_and_late, silent_section

    csat = next(m for m in shown if m.metric == "csat" and not m.segment)
    every = _with_bounds(shown)
    sections = [
        Section("measures", "Who answers", measures=every),
        silent_section(ws, csat),
        early_and_late(ws, span),
    ]
    notes = response_habit(ws)
    if adjust is not None:
        from csatkit.analyses.choices import columns
        from csatkit.analyses.nonresponse import adjusted

        section, more = adjusted(ws, columns(adjust), csat, span)
        sections.append(section)
        notes += more
    return _Answer(every, tuple(sections), notes)


def _with_bounds(shown: Sequence[Measure]) -> tuple[Measure, ...]:
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
    return tuple(found)


def _cell(measure: Measure) -> tuple[frozenset[tuple[str, str | None]], Period | None]:
    return frozenset(measure.segment.items()), measure.period
