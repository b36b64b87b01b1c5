"""Targets on a report that is there already: its measures are judged, and nothing is computed.

What a report doesn't hold is unavailable, with what to pass to `analyze`; it is never left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csatkit.analyses.aims import Aim, aim_of
from csatkit.analyses.baseline import read_baseline
from csatkit.analyses.verdict_words import advice, words
from csatkit.errors import UsageError
from csatkit.gate import Verdict, judge
from csatkit.report import Measure, Report, Section
from csatkit.where import parse

__all__ = ["check_report"]


def check_report(report: Report, targets: Sequence[Mapping[str, object]]) -> Report:
    """Return a report with the verdicts on targets in place of those it had.

    Args:
        report: what an analysis found.
        targets: `[[target]]` tables; `by` and `where` are looked up among the segments.

    Raises:
        UsageError: there is no target, or one makes no sense.
    """
    if not targets:
        raise UsageError("no target given", 'Write [{"metric": "csat", "min": 80}].')
    verdicts: list[Verdict] = []
    for aim in map(aim_of, targets):
        found = _found(report, aim)
        verdicts += judge(aim.target(report.definitions.min_n), found, _baselines(aim, found))
    others = tuple(s for s in report.sections if s.key != "check")
    section = Section("check", "Check", text=tuple(words(verdicts)))
    return replace(
        report,
        targets=tuple(v.fields() for v in verdicts),
        sections=(section, *others),
        notes=tuple(dict.fromkeys((*report.notes, *advice(verdicts)))),
    )


def _baselines(aim: Aim, found: Sequence[Measure]) -> dict[int, Measure | str]:
    if aim.baseline is None:
        return {}
    baseline = read_baseline(aim.baseline)
    return {i: baseline.beside(m) for i, m in enumerate(found)}


def _found(report: Report, aim: Aim) -> list[Measure]:
    """Return the measures that a target asks for, or one that says why there are none."""
    conditions = [parse(text, f"{aim.name}: where") for text in aim.where]
    others = [text for text, c in zip(aim.where, conditions, strict=True) if c.op != "="]
    if others:
        hint = f'analyze(data, command="check", where=[{others[0]!r}], targets=...)'
        return [_missing(report, aim, f"a report can't be narrowed by {others[0]}: ask {hint}")]
    asked = {c.column: c.values[0] or None for c in conditions}
    dims = tuple(dict.fromkeys((*aim.by, *asked)))
    same = [m for m in report.measures if m.metric == aim.metric.id and _is_of(m, aim)]
    cut = [m for m in same if set(m.segment) == set(dims)]
    if not cut:
        # Of what can't be computed a report says it once, whatever it was to be cut by.
        absent = [m for m in same if m.status == "unavailable"]
        return absent[:1] or [_missing(report, aim, _what_to_pass(aim, dims))]
    found = [m for m in cut if all(m.segment[c] == value for c, value in asked.items())]
    if not found:
        where = ", ".join(aim.where)
        return [_missing(report, aim, f"the report holds no {aim.metric.id} where {where}")]
    if len({tuple(sorted(m.segment.items(), key=str)) for m in found}) < len(found):
        return [_missing(report, aim, f"the report holds {aim.metric.id} more than once")]
    if aim.level is not None and any(m.level != aim.level for m in found):
        reason = f"the intervals are of {100 * found[0].level:g} %: pass level={aim.level:g}"
        return [_missing(report, aim, f"{reason} to analyze")]
    return found


def _is_of(m: Measure, aim: Aim) -> bool:
    """Tell whether a measure is the one meant where several share an id."""
    if aim.column is not None:
        return m.label == aim.metric.label
    return "window_days" not in m.extra  # first contact resolution in other windows than the run's


def _what_to_pass(aim: Aim, dims: Sequence[str]) -> str:
    cut = f" by {', '.join(dims)}" if dims else ""
    if aim.column is not None:
        return f'the report holds no {aim.metric.id}{cut}: ask analyze(data, command="check")'
    by = f", by={[','.join(dims)]!r}" if dims else ""
    hint = f"pass metrics=[{aim.metric.id!r}]{by} to analyze"
    return f"the report holds no {aim.metric.id}{cut}: {hint}"


def _missing(report: Report, aim: Aim, reason: str) -> Measure:
    return Measure(
        metric=aim.metric.id,
        label=aim.metric.label,
        rule="",
        unit=aim.metric.unit,
        segment={},
        period=None,
        value=None,
        numerator=None,
        denominator=None,
        low=None,
        high=None,
        level=report.definitions.level,
        method=None,
        status="unavailable",
        reason=reason,
    )
