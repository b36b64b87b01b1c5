"""A report in reading order: title, results, notes, then the rules behind them.

With sections, the sections decide what is shown; without, the measures are one table per
segmentation. Terminal, Markdown and later formats lay out the same blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from csatkit.render.blocks import Block, Heading, Lines, NoteLine
from csatkit.render.charts import chart_block
from csatkit.render.grids import background, brief_blocks, measure_blocks, table_grid
from csatkit.render.values import number
from csatkit.render.verdicts import target_grid, units_of

if TYPE_CHECKING:
    from csatkit.report import Definitions, InputSummary, Report, Section

__all__ = ["layout"]


def layout(report: Report) -> tuple[Block, ...]:
    """Return the blocks of a report, in order."""
    return tuple(_blocks(report))


def _blocks(report: Report) -> Iterator[Block]:
    yield Heading(report.title or f"csatkit {report.command}", depth=1)
    if report.targets:
        yield Heading("Targets")
        yield target_grid(report.targets, units_of(report))
    for section in report.sections:
        yield from _section(section)
    if not report.sections:
        yield from measure_blocks(report.measures)
    if report.notes:
        yield Heading("Notes")
        yield from (NoteLine(n.level, n.text) for n in report.notes)
    yield Heading("Rules and rows")
    brief = [m for s in report.sections if s.brief for m in s.measures]
    if brief:
        yield from background(brief)
    yield Lines((_rules(report.definitions), *(_input(i) for i in report.inputs)), tone="aside")


def _section(section: Section) -> Iterator[Block]:
    yield Heading(section.title)
    if section.missing is not None:
        yield Lines((f"not computed: {section.missing}",), tone="aside")
    if section.text:
        yield Lines(section.text)
    if section.brief:
        yield from brief_blocks(section.measures)
    else:
        yield from measure_blocks(section.measures)
    for table in section.tables:
        if table.title is not None:
            yield Heading(table.title, depth=3)
        yield table_grid(table)
    for chart in section.charts:
        yield chart_block(chart)


def _rules(d: Definitions) -> str:
    """Return the definitions that every number here depends on, in one line."""
    satisfied = ", ".join(str(s) for s in d.satisfied)
    as_of = "unknown" if d.as_of is None else f"{d.as_of:%Y-%m-%d %H:%M} UTC"
    parts = [
        f"window {d.window_days:g} days",
        f"repeat on {d.repeat_on}",
        f"fails on {', '.join(d.fail_on).replace('_', ' ')}" if d.fail_on else "",
        f"scale {d.scale}" if d.scale else "",
        f"satisfied {satisfied}" if satisfied else "",
        f"low score {d.low}" if d.low is not None else "",
        f"rating {d.rating}",
        f"clock {d.clock}",
        f"zone {d.timezone}",
        f"data end {as_of}",
        f"{100 * d.level:g} % intervals",
        f"too few below {d.min_n}",
        f"profile {d.profile}",
    ]
    return "Rules: " + "; ".join(p for p in parts if p)


def _input(summary: InputSummary) -> str:
    """Return what became of the rows of one input."""
    preset = f", {summary.preset}" if summary.preset else ""
    used = f"{number(summary.used)} of {number(summary.rows)} rows used"
    dropped = f"; dropped: {_counts(summary.dropped)}" if summary.dropped else ""
    return f"{summary.path} ({summary.kind}{preset}): {used}{dropped}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number(n)} {reason.replace('_', ' ')}" for reason, n in counts.items())
