"""One group of rules on the same rows: measures, differences from the headline, patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from csatkit import periods
from csatkit.analyses.reconcile.flips import Patterns, pair, patterns
from csatkit.analyses.reconcile.outcomes import Rule, rule_of
from csatkit.analyses.workspace import Workspace
from csatkit.facts.clocks import clock_of
from csatkit.metrics import CATALOG
from csatkit.metrics.metric import Family, Metric
from csatkit.metrics.vendors import Group
from csatkit.periods import Span
from csatkit.report import Difference, Measure

__all__ = ["Compared", "compared", "rows_of", "rules_on"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A group of rules with everything that its sections are made from."""

    group: Group
    measures: tuple[Measure, ...]
    """Each with its difference from the first, where both have a value."""
    patterns: tuple[Patterns, ...]
    """One over tickets, one over survey rows, where two or more rules look at them."""

    def patterns_of(self, first: str, second: str) -> Patterns | None:
        """Return the patterns that hold both rules, None where they look at different rows."""
        for found in self.patterns:
            if found.place(first) is not None and found.place(second) is not None:
                return found
        return None


def rows_of(ws: Workspace, span: Span | None, *, surveys: bool) -> pl.LazyFrame | None:
    """Return the tickets, merged ones too, or the survey rows that any rule may look at.

    Survey rows are dated by two clocks, so those of every date are returned.
    """
    family: Family = "responses" if surveys else "with_merged"
    selection = ws.selection((), None if surveys else span)
    return ws.selected(family, selection)


def rules_on(
    ws: Workspace, metrics: Sequence[Metric], frame: pl.LazyFrame, span: Span | None
) -> list[Rule]:
    """Return the shares among some metrics as rules over rows."""
    columns = frozenset(frame.collect_schema().names())
    found = []
    for metric in metrics:
        dated = None
        if span is not None and metric.family in ("surveys", "responses"):
            clock = clock_of(metric.family, ws.settings.clock, columns)
            start, end = periods.span_of(span.period, ws.zone)
            dated = ((clock >= start) & (clock < end)).fill_null(value=False)
        rule = rule_of(metric, dated)
        if rule is not None:
            found.append(rule)
    return found


def _patterns(ws: Workspace, metrics: Sequence[Metric], span: Span | None) -> list[Patterns]:
    found = []
    for surveys in (False, True):
        mine = [m for m in metrics if (m.family in ("surveys", "responses")) is surveys]
        frame = rows_of(ws, span, surveys=surveys)
        if frame is None:
            continue
        rules = rules_on(ws, mine, frame, span)
        if len(rules) > 1:
            found.append(patterns(frame, rules, ws.facts.collect))
    return found


def compared(
    ws: Workspace, group: Group, measured: Sequence[Measure], span: Span | None
) -> Compared:
    """Return a group's measures with their difference from its first rule.

    Args:
        ws: the run.
        group: the rules, the headline's first.
        measured: their measures, in any order.
        span: the period of all of them.
    """
    by_name = {m.metric: m for m in measured}
    usable = [CATALOG[name] for name in group.rules if by_name[name].status != "unavailable"]
    found = Compared(group, (), tuple(_patterns(ws, usable, span)))
    own = by_name[group.rules[0]]
    shown = [own, *(_against(found, by_name[name], own) for name in group.rules[1:])]
    return replace(found, measures=tuple(shown))


def _against(found: Compared, measure: Measure, own: Measure) -> Measure:
    """Give a measure its difference from the headline, with an interval where both are shares."""
    if measure.value is None or own.value is None or measure.unit != own.unit:
        return measure
    change = Difference(measure.value - own.value, None, None, own.label)
    joint = found.patterns_of(measure.metric, own.metric)
    if joint is not None:
        meeting = pair(joint, measure.metric, own.metric)
        change = meeting.difference(measure.level, own.label) or change
    return replace(measure, difference=change)
