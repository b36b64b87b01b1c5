"""The report of `diagnose`: the verdict first, then what it rests on, then where to route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.choices import Outcome, outcome_of
from csatkit.analyses.diagnose import words
from csatkit.analyses.diagnose.cells import (
    behind_lows,
    behind_systemic,
    behind_topics,
)
from csatkit.analyses.diagnose.evidence import (
    Concentration,
    Low,
    concentrations,
    lows,
    types_alone,
)
from csatkit.analyses.diagnose.gathering import TIME, Gathered, gather
from csatkit.analyses.diagnose.reasons import reasons
from csatkit.analyses.diagnose.routing import Best, RoutingMap, best_channels, routing_map
from csatkit.analyses.diagnose.rules import Loads, Topic, loads, systemic, topics
from csatkit.analyses.diagnose.sections import (
    concentration_section,
    evidence_section,
    routing_section,
    weight_chart,
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
from csatkit.analyses.pasting import pasteable
from csatkit.analyses.remarks import remarks
from csatkit.analyses.themes.counting import Theme
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import CATALOG
from csatkit.report import Measure, Report, Section

__all__ = ["NEEDED", "Diagnosis", "diagnose", "found_in", "in_short"]

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
    reasons: tuple[Theme, ...] | None
    """Themes of low-score comments that are a fault of the process."""
    fcr: Measure | None
    systemic: tuple[Measure, ...]
    loads: Loads | None
    maps: tuple[tuple[RoutingMap, Best], ...]
    alone: frozenset[str]
    """Issue types in which low scores gather, looked at only where nothing can be weighed."""

    @property
    def standing_out(self) -> frozenset[str]:
        """Return the issue types with more low scores than their share, beyond noise."""
        if self.weights.reason is not None:
            return self.alone
        gathers = {c.name for c in self.gathers if c.factor == "issue_type"}
        return frozenset(gathers | {low.name for low in self.lows if low.factor == "issue_type"})

    @property
    def named_topics(self) -> tuple[Topic, ...]:
        """Return the topics that the process is at fault for."""
        return tuple(t for t in self.topics or () if t.issue_type in self.standing_out)


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
        reasons=None if skewed or outcome != "csat" else reasons(ws, found.span),
        fcr=fcr,
        systemic=types,
        loads=loads(ws, ws.span),
        maps=tuple(
            (m, best_channels(m, level) if f"routing.{m.metric}" in beyond else {}) for m in maps
        ),
        alone=types_alone(found, min_n) if weights.reason is not None else frozenset(),
    )


def in_short(ws: Workspace) -> Section:
    """Return whose problem low scores are in a few sentences, for reports that are about more.

    Args:
        ws: the run; the metrics of `NEEDED` and the factors' columns must have been asked for.
    """
    overall = measures(ws, tabulate(ws, [Request((CATALOG["csat"],), (), ws.span)]))[0]
    if overall.status == "unavailable":
        return Section("diagnosis", _TITLE, missing=overall.reason or "unavailable")
    try:
        found = found_in(ws, "csat", overall)
    except NothingToEvaluate as nothing:
        return Section("diagnosis", _TITLE, missing=nothing.message)
    return Section("diagnosis", _TITLE, text=(words.basis(found.found, overall), *_claims(found)))


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
        *_claims(d),
        *words.left_out(d.found, d.weights, _LABELS),
        *words.reference_words(d.fcr),
    ]
    if cells := _cells(d):
        text.append(f"The tickets behind it: {pasteable(cells)}.")
    if d.weights.weights:
        text.append(words.SHARES)
    tables = (weight_table(d.found, d.weights),) if d.weights.weights else ()
    charts = weight_chart(d.found, d.weights)
    return Section("diagnosis", _TITLE, text=tuple(text), tables=tables, charts=charts)


def _claims(d: Diagnosis) -> list[str]:
    """Return the verdict, and who and what it is about."""
    return [
        words.verdict_words(d.verdict, d.found, d.weights),
        *words.low_words(d.found, d.lows, d.loads, d.verdict.factor),
        *words.topic_words(d.topics or (), d.standing_out),
        *words.reason_words(d.reasons or ()),
        *words.rule_words(d.fcr, d.systemic),
    ]


def _cells(d: Diagnosis) -> list[str]:
    """Return the cells behind every claim of the lead, in the order of the claims."""
    cells = behind_lows(d.found, d.lows)
    cells += behind_topics(d.named_topics)
    cells += [f"theme:{theme.label}" for theme in d.reasons or ()]
    return [*dict.fromkeys(cells + behind_systemic(d.fcr, d.systemic))]
