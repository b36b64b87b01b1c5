"""`surveys`: is the survey practice healthy, and what to change about it first."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.differences import with_differences
from csatkit.analyses.measuring import by_segment, measures, n_rows
from csatkit.analyses.remarks import remarks
from csatkit.analyses.rows import table_of
from csatkit.analyses.surveying.advice import Practice, advice_section
from csatkit.analyses.surveying.coverage import (
    coverage_of,
    coverage_section,
    delivery_section,
    reassigned_section,
)
from csatkit.analyses.surveying.fatigue_section import (
    MOST_ASKED,
    audit,
    fatigue_section,
    violations,
    violations_section,
)
from csatkit.analyses.surveying.moments import (
    bands_of,
    channel_section,
    scanner_section,
    timing_section,
    ways_of,
)
from csatkit.analyses.surveying.rows import NEEDED, survey_rows
from csatkit.analyses.workspace import Workspace
from csatkit.errors import InputError, NothingToEvaluate, UsageError
from csatkit.facts.fatigue import RULES, not_measured
from csatkit.metrics import CATALOG, find
from csatkit.report import Measure, Report, Section

__all__ = ["surveys", "violations_behind"]


def _rows(ws: Workspace) -> pl.DataFrame:
    rows = survey_rows(ws, ws.span)
    if rows is None:
        raise InputError(
            "surveys needs surveys, and no column holds one",
            "Add the survey export, or name the columns with --map sent_at=HEADER.",
        )
    if not rows.height:
        raise NothingToEvaluate(
            "the selection holds no survey", "Widen --period, --from, --to or --where."
        )
    return rows


def surveys(ws: Workspace, rows: str = "all") -> Report:
    """Return the audit of the survey practice.

    Args:
        ws: the run.
        rows: `brief` for what a reader takes in, `all` for every violation.

    Raises:
        InputError: there are no surveys.
        NothingToEvaluate: the selection holds none.
    """
    asked, level = _rows(ws), ws.settings.level
    found = audit(ws, asked)
    shown, above = _measures(ws)
    covered = coverage_of(ws, ws.span)
    practice = Practice(
        shown, found, bands_of(asked), ways_of(asked), covered, above, level, ws.settings.min_n
    )
    listed = violations_section(ws, found, brief=rows == "brief")
    sections = [
        advice_section(practice),
        Section("measures", "The practice in figures", _months(above), shown),
        fatigue_section(ws, found, practice.of("survey_ratio")),
        timing_section(asked, level),
        coverage_section(covered, level),
        channel_section(asked, level),
        scanner_section(asked, level),
        delivery_section(ws, asked),
        reassigned_section(ws, asked),
        *(() if listed is None else (listed,)),
    ]
    notes = tuple(remarks(ws, shown))
    return Report("surveys", definitions(ws), inputs(ws), shown, tuple(sections), notes)


def _measures(ws: Workspace) -> tuple[tuple[Measure, ...], tuple[Measure, ...]]:
    """Return the headline figures, and the months in which too many customers were asked."""
    found = find(NEEDED)
    tables = by_segment(ws, found, (), ws.span)
    usable = [m for m in found if ws.lacks(m) is None]
    if usable and n_rows(tables) == 0:
        raise NothingToEvaluate(
            "the selection holds no survey", "Widen --period, --from, --to or --where."
        )
    shown = tuple(with_differences(ws, found, tables, measures(ws, tables), ws.span))
    ratio = CATALOG["survey_ratio"]
    if ws.lacks(ratio) is not None:
        return shown, ()
    monthly = measures(ws, by_segment(ws, (ratio,), (("month",),), ws.span))
    above = (m for m in monthly if m.segment and m.segment["month"] and _is_above(m))
    return shown, tuple(above)


def _is_above(m: Measure) -> bool:
    return m.value is not None and m.value > MOST_ASKED


def _months(above: Sequence[Measure]) -> tuple[str, ...]:
    if not above:
        return ()
    names = ", ".join(str(m.segment["month"]) for m in above)
    return (f"More than 60 surveys per 100 tickets in {names}.",)


def violations_behind(ws: Workspace, rule: str) -> Report:
    """Return the surveys that break a rule, one row each.

    Args:
        ws: the run.
        rule: what `--tickets-of` says.

    Raises:
        UsageError: no such rule, or this data can't show it.
        NothingToEvaluate: nothing breaks it.
    """
    if rule not in RULES:
        raise UsageError.unknown("rule of --tickets-of", rule, RULES)
    if (lacks := not_measured(ws.facts).get(rule)) is not None:
        raise UsageError(f"--tickets-of: {rule} is unavailable: {lacks}")
    found = violations(ws, audit(ws, _rows(ws)), rule)
    if not found.height:
        raise NothingToEvaluate(f"no survey breaks {rule}")
    title = f"{found.height:,} surveys that break {rule}"
    section = Section("tickets", title, tables=(table_of(found),))
    return Report("surveys", definitions(ws), inputs(ws), (), (section,), notes=ws.canonical.notes)
