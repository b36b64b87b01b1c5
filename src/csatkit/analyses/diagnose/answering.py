"""The report of `diagnose`: the verdict first, then what it rests on, then where to route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.choices import Outcome, outcome_of
from csatkit.analyses.diagnose import words
from csatkit.analyses.diagnose.evidence import Concentration, Low, concentrations, lows
from csatkit.analyses.diagnose.gathering import TIME, Gathered, gather
from csatkit.analyses.diagnose.routing import Best, RoutingMap, best_channels, routing_map
from csatkit.analyses.diagnose.rules import Loads, Topic, loads, systemic, topics
from csatkit.analyses.diagnose.sections import (
    concentration_section,
    evidence_section,
    routing_section,
    weight_table,
)
from csatkit.analyses.diagnose.weighing import (
    Verdict,
    Weights,
    beyond_chance,
    verdict_of,
    weigh,
)
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import CATALOG
from csatkit.report import Measure, Report, Section

__all__ = ["NEEDED", "Diagnosis", "diagnose", "found_in"]

NEEDED = ("csat", "fcr", "low_share", "response_rate")
"""Metrics whose columns and facts a diagnosis is made of."""

_LABELS = {
    "agent": "agent", "team": "team", "issue_type": "issue type", "channel": "channel",
    "customer_segment": "customer segment", TIME: "weekday × daypart",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was found, before it is put into words."""

    found: Gathered
    overall: Measure
    verdict: Verdict
    weights: Weights
    lows: tuple[Low, ...]
    gathers: tuple[Concentration, ...]
    topics: tuple[Topic, ...] | None
    fcr: Measure | None
    systemic: tuple[Measure, ...]
    loads: Loads | None
    maps: tuple[tuple[RoutingMap, Best], ...]

    @property
    def standing_out(self) -> frozenset[str]:
        """Return the issue types with more low scores than their share, beyond noise."""
        gathers = {c.name for c in self.gathers if c.factor == "issue_type"}
        return frozenset(gathers | {low.name for low in self.lows if low.factor == "issue_type"})


def diagnose(ws: Workspace, outcome: str = "csat") -> Report:
    """Return whose problem low scores are: the agents', the process's or the channel's.

    Args:
        ws: the run; the metrics of `NEEDED` and the factors' columns must have been asked for.
        outcome: `csat` or `fcr`.

    Raises:
        NothingToEvaluate: the selection holds no row of the outcome.
        UsageError: another outcome.
    """
    chosen = outcome_of(outcome)
    overall = measures(ws, tabulate(ws, [Request((CATALOG[chosen],), (), ws.span)]))[0]
    if overall.status == "unavailable":
        reason = overall.reason or "unavailable"
        if chosen == "csat" and ws.lacks(CATALOG["fcr"]) is None:
            reason += "; try --outcome fcr"
        section = Section("diagnosis", _TITLE, missing=reason)
        return _report(ws, (overall,), (section,))
    d = found_in(ws, chosen, overall)
    shown = [overall]
    if d.fcr is not None and chosen != "fcr":
        shown.append(d.fcr)
    shown += [cell for found, _ in d.maps for cell in found.cells]
    return _report(ws, shown, _sections(d))


_TITLE = "Agents, process or channel?"


def found_in(ws: Workspace, outcome: Outcome, overall: Measure) -> Diagnosis:
    """Return everything that a diagnosis finds.

    Raises:
        NothingToEvaluate: the selection holds no row of the outcome.
    """
    found = gather(ws, outcome)
    if not found.total.n:
        raise NothingToEvaluate(
            "no ticket of the selection can be judged",
            "Widen --period or --where, or shorten --window.",
        )
    skewed = overall.status == "skewed"
    weights = weigh(found)
    maps = [m for m in (routing_map(ws, name, ws.span) for name in ("csat", "fcr")) if m]
    tests = {f"routing.{m.metric}": m.p_value for m in maps if m.p_value is not None}
    weights, beyond = beyond_chance(weights, tests, judged=not skewed)
    level, min_n = ws.settings.level, ws.settings.min_n
    fcr, types = systemic(ws, ws.span)
    return Diagnosis(
        found=found,
        overall=overall,
        verdict=verdict_of(weights, skewed=skewed),
        weights=weights,
        lows=lows(found, weights, level, min_n),
        gathers=concentrations(found, weights, min_n),
        topics=None if skewed else topics(ws, ws.span),
        fcr=fcr,
        systemic=types,
        loads=loads(ws, ws.span),
        maps=tuple(
            (m, best_channels(m, level) if f"routing.{m.metric}" in beyond else {}) for m in maps
        ),
    )


def _report(ws: Workspace, shown: Sequence[Measure], sections: Sequence[Section]) -> Report:
    notes = remarks(ws, shown)
    return Report("diagnose", definitions(ws), inputs(ws), tuple(shown), tuple(sections), notes)


def _sections(d: Diagnosis) -> tuple[Section, ...]:
    outcome = d.found.outcome
    return (
        _lead(d),
        evidence_section(d.found, d.lows, d.loads, "CSAT" if outcome == "csat" else "FCR"),
        concentration_section(d.found, d.gathers),
        routing_section(
            [(m, best, words.OUTCOME_WORDS[outcome_of(m.metric)]) for m, best in d.maps]
        ),
    )


def _lead(d: Diagnosis) -> Section:
    """Return the answer: verdict, what to do about whom, the weights."""
    text = [
        words.basis(d.found, d.overall),
        words.verdict_words(d.verdict, d.found, d.weights),
        *words.low_words(d.found, d.lows, d.loads, d.verdict.factor),
        *words.topic_words(d.topics or (), d.standing_out),
        *words.rule_words(d.fcr, d.systemic),
        *words.left_out(d.found, d.weights, _LABELS),
    ]
    if cells := _cells(d):
        text.append(f"The tickets behind it: --tickets-of {'; '.join(cells)}.")
    if d.weights.weights:
        text.append(words.SHARES)
    tables = (weight_table(d.found, d.weights),) if d.weights.weights else ()
    return Section("diagnosis", _TITLE, text=tuple(text), tables=tables)


def _cells(d: Diagnosis) -> list[str]:
    """Return the cell behind the lowest level of each factor."""
    part = "csat:failed" if d.found.outcome == "csat" else "fcr:failed"
    first = {low.factor: low for low in reversed(d.lows)}
    cells = []
    for factor, low in first.items():
        if factor == TIME:
            weekday, daypart = low.name.split(" ")
            cells.append(f"{part},weekday={weekday},daypart={daypart} --clock created")
        elif factor != "team" or "agent" not in d.found.factors:
            cells.append(
                f'"{part},{factor}={low.name}"'
                if " " in low.name
                else f"{part},{factor}={low.name}"
            )
    return cells[::-1]
