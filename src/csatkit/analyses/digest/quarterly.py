"""The quarterly digest: which goals are met, how far each came, and what to ask for next.

Verdicts are those of `check`, plans those of `goals`; a plan never reads like a verdict here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.digest.aims_now import Standing, stands, without_targets
from csatkit.analyses.digest.common import assembled
from csatkit.analyses.digest.kinds import Kind
from csatkit.analyses.digest.next_steps import command, in_period, not_over_yet, steps_section
from csatkit.analyses.goals.cycle import Cycle, cycle
from csatkit.analyses.goals.next_target import Proposal, propose
from csatkit.analyses.goals.standing import covered, volume
from csatkit.analyses.noise import is_beyond_noise
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.render.grids import segment_words
from csatkit.render.values import change, period, quantity
from csatkit.report import Cell, CellUnit, Measure, Report, Section, Table

__all__ = ["Asks", "quarterly"]

NO_TARGET = (
    "No target is set: name them with --min and --max, or in [[goal]] or [[target]] tables of"
    " csatkit.toml."
    " Where things stand, and what could be asked, is below."
)

NEEDED = (
    "Needed: tickets, surveys or ratings in each of two quarters for the step to be seen with 80 %"
    " chance. More than 5 points a quarter is unrealistic, fewer than 2 are within noise."
)

_SAID = {
    "pass": "met",
    "fail": "not met",
    "inconclusive": "can't be told",
    "unavailable": "not computed",
}


@dataclass(frozen=True, slots=True)
class Asks:
    """What a quarter is held against."""

    targets: Sequence[Mapping[str, object]]
    """`[[target]]` tables."""
    goals: Sequence[Mapping[str, object]]
    """`[[goal]]` tables."""
    history: str | None
    """The file of past figures."""


def quarterly(ws: Workspace, kind: Kind, span: Span, asks: Asks) -> Report:
    """Return how the goals stand after a quarter.

    Raises:
        InputError: the history can't be used.
        NothingToEvaluate: no goal has a row.
    """
    targets, length = asks.targets, kind.noun
    goals = cycle(ws, asks.goals, length, asks.history) if asks.goals else None
    found = stands(ws, targets) if targets else [] if goals else without_targets(ws)
    plans = [_proposed(ws, s, length) for s in found]
    if (goals is None or goals.is_empty) and all(_is_empty(s.measure) for s in found):
        raise NothingToEvaluate(f"no target has a row in {period(span.period)}")
    running = not_over_yet(ws, span)
    steps = steps_section(ws, _steps(ws, (found, plans), asks, span, goals))
    if running:
        steps = replace(steps, text=(*steps.text, running))
    own = (
        _progress(kind, span, found, asks),
        *_by_segments(found),
        _plans(found, plans),
    )
    sections = (*(goals.sections if goals else ()), *(own if found or not goals else ()), steps)
    shown = [*(goals.measures if goals else ()), *(s.measure for s in found)]
    report = assembled(ws, (kind, span), _once(shown), sections)
    verdicts = tuple(s.verdict.fields() for s in found if s.verdict is not None)
    if goals is None:
        return replace(report, targets=verdicts)
    notes = tuple(dict.fromkeys((*report.notes, *goals.notes)))
    return replace(report, targets=verdicts, goals=goals.fields, notes=notes)


def _proposed(ws: Workspace, s: Standing, noun: str) -> Proposal:
    """Return what may be asked of the next quarter, whatever days say where things stand."""
    m, rows = s.measure, None
    if m.period is not None and m.denominator:
        days = covered(ws, Span(m.period, "days"))
        rows = volume(m.denominator, days, noun)
    return propose(s, ws.settings.profile, noun, rows)


def _is_empty(m: Measure) -> bool:
    return m.status != "unavailable" and not m.denominator


def _once(shown: Sequence[Measure]) -> list[Measure]:
    """Return each measure once per comparison, though several targets ask about it."""
    found: dict[tuple[object, ...], Measure] = {}
    for m in shown:
        against = None if m.difference is None else m.difference.against
        key = (m.metric, m.label, m.rule, m.period, m.level, m.value, m.denominator,
               tuple(m.segment.items()), against)  # fmt: skip
        found.setdefault(key, m)
    return list(found.values())


def _progress(kind: Kind, span: Span, found: Sequence[Standing], asks: Asks) -> Section:
    what = "Targets" if asks.goals else "Goals"
    title = f"{what} after the {kind.noun} {period(span.period)}"
    if not found:
        return Section("progress", title, missing="no metric can be computed")
    text = [] if asks.targets else [NO_TARGET]
    text += [line for s in found for line in _words(s)]
    text += _other_periods(span, found)
    rows = tuple(s.measure for s in found if not s.measure.segment and s.measure.value is not None)
    return Section("progress", title, tuple(text), tuple(_once(rows)), brief=True)


def _words(s: Standing) -> Iterator[str]:
    """Yield where one goal stands and how far it came, then what was lost."""
    m, aim = s.measure, s.aim
    name = _name(s)
    moved = _moved(s)
    if aim is None or s.verdict is None:
        yield f"{name}: {quantity(m.value, m.unit)}{moved}."
        return
    sign = "at least" if aim.is_upward else "at most"
    asked = "no worse than the baseline" if aim.baseline else f"{sign} {aim.threshold:g}"
    said = _SAID[s.verdict.verdict]
    why = f", {s.verdict.reason}" if s.verdict.reason else ""
    yield f"{name}, {asked}: {said} with {quantity(m.value, m.unit)}{why}{moved}."
    if s.met_in is not None and s.verdict.verdict == "fail":
        yield f"{name} was met in {s.met_in} and has been lost since."
    elif s.met_in is not None and s.verdict.verdict == "inconclusive":
        yield f"{name} was met in {s.met_in}; whether it still is can't be told."


def _name(s: Standing) -> str:
    """Return the goal's name with its segment."""
    where = segment_words(s.measure.segment)
    return f"{s.name} ({where})" if where else s.name


def _moved(s: Standing) -> str:
    d = s.measure.difference
    if d is None or d.value is None:
        return ""
    words = change(d, s.measure.unit)
    if d.low is None or d.high is None:
        return f"; {words}"
    if not is_beyond_noise(d):
        return f"; {words}, within noise"
    is_better = (d.value > 0) == s.is_upward
    return f"; {words}, {'better' if is_better else 'worse'} beyond noise"


def _other_periods(span: Span, found: Sequence[Standing]) -> list[str]:
    """Say which goals are judged on an earlier quarter, and why."""
    labels: dict[str, list[str]] = {}
    for s in found:
        shown = s.measure.period
        if shown is not None and shown != span.period and s.measure.value is not None:
            labels.setdefault(period(shown), []).append(s.name)
    noun = span.kind if span.kind != "days" else "period"
    return [
        f"{', '.join(dict.fromkeys(names))}: {noun} {label}, the latest whose follow-up has closed."
        for label, names in labels.items()
    ]


def _by_segments(found: Sequence[Standing]) -> list[Section]:
    """Return one table per goal that asks each of its segments."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[Measure]] = {}
    for s in found:
        if s.measure.segment:
            key = (s.name, s.metric.id, tuple(s.measure.segment))
            groups.setdefault(key, []).append(s.measure)
    return [
        Section(f"progress_{metric}_{'_'.join(dims)}", f"{name} by {' × '.join(dims)}",
                measures=tuple(rows), brief=True)
        for (name, metric, dims), rows in groups.items()
    ]  # fmt: skip


def _plans(found: Sequence[Standing], plans: Sequence[Proposal]) -> Section:
    title = "What to ask of the next quarter"
    if not found:
        return Section("next_targets", title, missing="no metric can be computed")
    is_share = all(s.measure.unit == "percent" for s in found)
    shares: dict[str, CellUnit] = {"value": "percent", "next": "percent"} if is_share else {}
    rows: list[dict[str, Cell]] = [
        {
            "name": _name(s),
            "value": s.measure.value,
            "next": p.target,
            "gain": _gain(s, p),
            "needed": p.needed,
            "per_quarter": p.per_quarter,
            "why": p.why,
        }
        for s, p in zip(found, plans, strict=True)
    ]
    table = Table(
        {"name": "Goal", "value": "Now", "next": "Next", "gain": "Step", "needed": "Needed",
         "per_quarter": "There are", "why": "Why"},
        tuple(rows),
        frozenset({"value", "next"}),
        {**shares, "gain": "points", "needed": "count", "per_quarter": "count"},
    )  # fmt: skip
    return Section("next_targets", title, (NEEDED,), tables=(table,))


def _gain(s: Standing, p: Proposal) -> float | None:
    return None if p.target is None or s.measure.value is None else p.target - s.measure.value


def _steps(
    ws: Workspace,
    proposed: tuple[Sequence[Standing], Sequence[Proposal]],
    asks: Asks,
    span: Span,
    goals: Cycle | None,
) -> Iterator[tuple[str, str]]:
    at = in_period(span)
    found, plans = proposed
    lost = [s.metric.id for s in found if s.verdict is not None and s.verdict.verdict == "fail"]
    lost += [] if goals is None else goals.short
    metrics = dict.fromkeys(name for name in lost if name in CATALOG)
    if metrics:
        yield "Where the missed goals sit", command(ws, "segments", f"-m {','.join(metrics)}", *at)
    if any(is_beyond_noise(s.measure.difference) for s in found):
        yield "What changed since the last quarter", command(ws, "compare", *at)
    if not asks.targets and not asks.goals:
        for s, plan in [(s, p) for s, p in zip(found, plans, strict=True) if p.target][:1]:
            op = "--min" if s.is_upward else "--max"
            yield (
                "Check a goal before it is set",
                command(ws, "goals", f"{op} {s.metric.id}={plan.target:g}"),
            )
