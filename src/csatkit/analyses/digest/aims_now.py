"""Where the goals stand in a quarter and stood in the ones before; nothing is proposed here.

Verdicts are the gate's; a goal that was met and isn't any more is told from one never reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit import periods
from csatkit.analyses.against import DEFAULT, pairs
from csatkit.analyses.aiming import covered, cuts, labelled, narrowed
from csatkit.analyses.aims import Aim, aim_of
from csatkit.analyses.baseline import read_baseline
from csatkit.analyses.coverage import coverage_measures
from csatkit.analyses.differences import with_differences
from csatkit.analyses.digest.kinds import QUARTERLY
from csatkit.analyses.maturing import matured
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.gate import Verdict, judge
from csatkit.metrics import CATALOG, Metric
from csatkit.periods import Span
from csatkit.report import Measure

__all__ = ["Standing", "stands", "without_targets"]

LOOKED_BACK = 4
"""Quarters in which a goal may have been met before: a year."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One goal in one segment; `aim` and `verdict` are None where no target is set."""

    name: str
    metric: Metric
    measure: Measure
    """In the quarter, with its difference from the one before."""
    before: Measure | None
    aim: Aim | None
    verdict: Verdict | None
    met_in: str | None
    """The latest earlier quarter in which the goal was met."""

    @property
    def is_upward(self) -> bool:
        """Return whether more is better."""
        return self.metric.better == "up" if self.aim is None else self.aim.is_upward


def without_targets(ws: Workspace) -> list[Standing]:
    """Return where the usual metrics stand, for somebody who hasn't set a target yet."""
    found = []
    for name in QUARTERLY:
        metric = matured(CATALOG[name])
        if ws.lacks(metric) is None:
            span, earlier = _spans(ws, metric)
            rows = _measured(ws, metric, (), span)
            before = _by_segment(_measured(ws, metric, (), earlier[0]))
            found += [
                Standing(metric.label, metric, m, before.get(_key(m)), None, None, None)
                for m in rows
            ]
    return found


def stands(ws: Workspace, targets: Sequence[Mapping[str, object]]) -> list[Standing]:
    """Return where every target stands, in each of its segments."""
    found = []
    for aim in (cut for target in targets for cut in cuts(ws, aim_of(target))):
        found += _of_aim(ws, aim)
    return found


def _of_aim(ws: Workspace, aim: Aim) -> list[Standing]:
    at = narrowed(ws, aim)
    # A baseline was measured as `check` measures, so its goal is measured like that, too.
    metric = aim.metric if aim.baseline is not None else matured(aim.metric)
    span, earlier = _spans(at, metric)
    rows, *past = [labelled(ws, at, _of_span(ws, at, aim, metric, s)) for s in (span, *earlier)]
    before = _by_segment(past[0])
    met = _met(ws, aim, past)
    verdicts = judge(aim.target(ws.settings.min_n), rows, _baselines(aim, rows))
    return [
        Standing(aim.name, metric, m, before.get(_key(m)), aim, v, met.get(_key(m)))
        for m, v in zip(rows, verdicts, strict=True)
    ]


def _spans(ws: Workspace, metric: Metric) -> tuple[Span, list[Span]]:
    """Return the quarter that a metric is judged on, and those before, the latest first."""
    pair = pairs(ws, [metric], DEFAULT)[metric.id]
    earlier = [pair.before]
    for _ in range(LOOKED_BACK - 1):
        earlier.append(replace(periods.previous(earlier[-1], ws.week_start), relative=False))
    return pair.now, earlier


def _of_span(ws: Workspace, at: Workspace, aim: Aim, metric: Metric, span: Span) -> list[Measure]:
    """Return what is there in one quarter, in the target's own run."""
    dims = at.by[0] if aim.by else ()
    if aim.column is not None:
        return coverage_measures(at, metric, covered(ws, aim.column), dims, span)
    return _measured(at, metric, dims, span)


def _measured(ws: Workspace, metric: Metric, dims: tuple[str, ...], span: Span) -> list[Measure]:
    tables = tabulate(ws, [Request((metric,), dims, span)])
    rows = with_differences(ws, [metric], tables, measures(ws, tables), span)
    # A target that asks each segment has no verdict on all of them together.
    return [m for m in rows if m.segment or m.status == "unavailable" or not dims]


def _key(m: Measure) -> tuple[tuple[str, str | None], ...]:
    return tuple(m.segment.items())


def _by_segment(rows: Sequence[Measure]) -> dict[tuple[tuple[str, str | None], ...], Measure]:
    return {_key(m): m for m in rows}


def _met(
    ws: Workspace, aim: Aim, past: Sequence[Sequence[Measure]]
) -> dict[tuple[tuple[str, str | None], ...], str]:
    """Return by segment the latest earlier quarter in which the goal was met."""
    found: dict[tuple[tuple[str, str | None], ...], str] = {}
    if aim.baseline is not None:
        return found
    for rows in past:
        for m, v in zip(rows, judge(aim.target(ws.settings.min_n), rows), strict=True):
            if v.verdict == "pass" and m.period is not None:
                found.setdefault(_key(m), m.period.label)
    return found


def _baselines(aim: Aim, rows: Sequence[Measure]) -> dict[int, Measure | str]:
    if aim.baseline is None:
        return {}
    baseline = read_baseline(aim.baseline)
    return {i: baseline.beside(m) for i, m in enumerate(rows)}
