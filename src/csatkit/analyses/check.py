"""`check`: what is asked, what is there, and whether it can be told.

Each target is measured on its own tickets and judged by the gate; nothing here decides a verdict.
Nothing to judge is an error, because a check of nothing would pass for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csatkit.analyses.aiming import covered, cuts, labelled, narrowed
from csatkit.analyses.aims import Aim, aim_of
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.baseline import Baseline, read_baseline
from csatkit.analyses.coverage import coverage_measures
from csatkit.analyses.frequent import with_effective_n
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.remarks import remarks
from csatkit.analyses.verdict_words import advice, words
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.gate import Verdict, judge
from csatkit.metrics import CATALOG, find
from csatkit.report import Measure, Report, Section

__all__ = ["check"]


def check(
    ws: Workspace, targets: Sequence[Mapping[str, object]], names: Sequence[str] = ()
) -> Report:
    """Return the verdict on every target.

    Args:
        ws: the run; the metrics of the targets must have been asked for.
        targets: `[[target]]` tables.
        names: metrics to measure beside them, for a baseline.

    Raises:
        NothingToEvaluate: no target has a row to judge.
        UsageError: a target names what doesn't exist, or its baseline can't be read.
    """
    verdicts: list[Verdict] = []
    shown: list[Measure] = []
    told: list[Measure] = []
    files: dict[str, Baseline] = {}
    for aim in (cut for target in targets for cut in cuts(ws, aim_of(target))):
        found = _measured(ws, aim)
        shown += found
        told += [_apart(m, aim) for m in found]
        verdicts += judge(aim.target(ws.settings.min_n), found, _baselines(aim, found, files))
    if names:
        requests = [Request(tuple(find(names)), dims, ws.span) for dims in ((), *ws.by)]
        beside = measures(ws, tabulate(ws, requests))
        shown += beside
        told += beside
    if all(m.status != "unavailable" and not (m.denominator or m.value) for m in shown):
        raise NothingToEvaluate(
            "the selection holds no row, and nothing is no pass", "Widen --period or --where."
        )
    sections = (Section("check", "Check", text=tuple(words(verdicts))),) if verdicts else ()
    known = [m for m in told if m.metric in CATALOG]
    notes = (*remarks(ws, known), *with_effective_n(ws, known, ws.span)[1], *advice(verdicts))
    return Report(
        "check",
        definitions(ws),
        inputs(ws),
        tuple(_once(shown)),
        (*sections, *([Section("measures", "Measured", measures=tuple(shown))] if names else [])),
        notes,
        tuple(v.fields() for v in verdicts),
    )


def _measured(ws: Workspace, aim: Aim) -> list[Measure]:
    """Return what is there: the target's metric, overall or in each of its segments."""
    own = narrowed(ws, aim)
    dims = own.by[0] if aim.by else ()
    if aim.column is not None:
        column = covered(ws, aim.column)
        return labelled(ws, own, coverage_measures(own, aim.metric, column, dims, own.span))
    found = measures(own, tabulate(own, [Request((aim.metric,), dims, own.span)]))
    if not found:
        # A breakdown without a segment must not pass for a target that was never asked.
        found = measures(own, tabulate(own, [Request((aim.metric,), (), own.span)]))
    return labelled(ws, own, found)


def _apart(m: Measure, aim: Aim) -> Measure:
    """Return a measure as the notes see it: one of some tickets says nothing about all of them."""
    return m if m.segment or not aim.where else replace(m, segment={"where": ", ".join(aim.where)})


def _baselines(
    aim: Aim, found: Sequence[Measure], files: dict[str, Baseline]
) -> dict[int, Measure | str]:
    if aim.baseline is None:
        return {}
    if aim.baseline not in files:
        files[aim.baseline] = read_baseline(aim.baseline)
    return {i: files[aim.baseline].beside(m) for i, m in enumerate(found)}


def _once(shown: Sequence[Measure]) -> list[Measure]:
    """Return each measure once, though several targets ask about it."""
    found: dict[tuple[object, ...], Measure] = {}
    for m in shown:
        key = (m.metric, m.label, m.rule, m.period, m.level, m.status, m.value, m.denominator,
               tuple(m.segment.items()))  # fmt: skip
        found.setdefault(key, m)
    return list(found.values())
