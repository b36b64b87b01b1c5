"""What every report carries beside its numbers: inputs, definitions, the rows selected."""

from __future__ import annotations

from dataclasses import replace

from csatkit.analyses.privacy import condition_shown
from csatkit.analyses.workspace import Workspace
from csatkit.facts.adding import at_once
from csatkit.load import Scale, Source
from csatkit.notes import note
from csatkit.report import Definitions, InputSummary, Report
from csatkit.settings import Settings

__all__ = ["asked_rules", "definitions", "inputs", "limited", "with_selection"]


def inputs(ws: Workspace) -> tuple[InputSummary, ...]:
    """Return what became of the rows of each input; rows = used + dropped."""
    found = []
    for kind in ("tickets", "surveys", "outreach"):
        source: Source | None = getattr(ws.data, kind)
        if source is None:
            continue
        rows = ws.canonical.n_rows[kind]
        dropped = ws.facts.dropped[kind].counts() if kind in ws.facts.dropped else {}
        used = rows - sum(dropped.values())
        path = (
            source.paths[0]
            if len(source.paths) == 1
            else f"{source.paths[0]} and {len(source.paths) - 1} more"
        )
        found.append(InputSummary(path, kind, source.preset, rows, used, dropped))
    return tuple(found)


def _labels(scale: Scale, codes: frozenset[int]) -> tuple[int | str, ...]:
    ordered = sorted(codes)
    if scale.values is not None:
        return tuple(ordered)
    return tuple(scale.labels[c] for c in ordered)


def asked_rules(settings: Settings) -> Definitions:
    """Return the rules that were asked for, before any data has had its say."""
    return Definitions(
        window_days=settings.window_days,
        repeat_on=settings.repeat_on,
        fail_on=settings.fail_on,
        scale=settings.source.scale,
        satisfied=(),
        low=None,
        rating=settings.rating,
        clock=settings.clock,
        timezone=settings.tz or settings.source.timezone or "UTC",
        as_of=None,
        level=settings.level,
        min_n=settings.min_n,
        profile=settings.profile,
    )


def definitions(ws: Workspace) -> Definitions:
    """Return the rules of this run, as printed with every report."""
    scale = ws.scale
    low: int | str | None = None
    if scale is not None and scale.low:
        low = _labels(scale, frozenset({max(scale.low)}))[0]
    return replace(
        asked_rules(ws.settings),
        repeat_on=ws.facts.rules.repeat_on,
        scale=None if scale is None else scale.name,
        satisfied=() if scale is None else _labels(scale, scale.satisfied),
        low=low,
        timezone=ws.zone,
        as_of=ws.data_end,
    )


MOST_LISTED = 10_000
"""Rows of a list that a cluster is asked for: nobody reads more, and totals are what it is for."""


def limited(report: Report, ws: Workspace) -> Report:
    """Return a report whose lists end early where the rows lie on a cluster, and say so."""
    if ws.facts.collect is at_once:
        return report
    sections, notes = [], []
    for section in report.sections:
        tables = []
        for table in section.tables:
            n = len(table.rows)
            if n > MOST_LISTED:
                text = f"{table.title or section.title}: the first {MOST_LISTED:,} of {n:,} rows"
                notes.append(note("rows.limited", f"{text}; narrow it with --where or --period"))
                table = replace(table, rows=tuple(table.rows[:MOST_LISTED]))  # noqa: PLW2901
            tables.append(table)
        sections.append(replace(section, tables=tuple(tables)))
    if not notes:
        return report
    return replace(report, sections=tuple(sections), notes=(*report.notes, *notes))


def with_selection(report: Report, ws: Workspace) -> Report:
    """Return a report that says first which rows its figures are limited to."""
    if not ws.asked:
        return report
    written = zip(ws.asked, ws.settings.where, strict=True)
    shown = (condition_shown(c, text, ws.settings.privacy) for c, text in written)
    said = note("selection.where", f"only rows with {' and '.join(shown)}")
    return replace(report, notes=(said, *report.notes))
