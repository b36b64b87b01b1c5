"""What the figures say to a manager: whose problem it is, and what to look at next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from csatkit.analyses.choices import Outcome
from csatkit.analyses.diagnose.evidence import Low
from csatkit.analyses.diagnose.gathering import PEOPLE, TIME, Gathered
from csatkit.analyses.diagnose.rules import CUSTOMERS, SYSTEMIC, Loads, Topic, is_systemic
from csatkit.analyses.diagnose.weighing import Verdict, Weights
from csatkit.analyses.themes.counting import PROCESS_FROM, Theme
from csatkit.render.values import number, span
from csatkit.report import Measure

__all__ = [
    "OUTCOME_WORDS",
    "SHARES",
    "basis",
    "left_out",
    "load_words",
    "low_words",
    "reason_words",
    "reference_words",
    "rule_words",
    "topic_words",
    "verdict_words",
]

OUTCOME_WORDS: Mapping[Outcome, str] = {"csat": "CSAT", "fcr": "First contact resolution"}

SHARES = (
    "Share: of what differs, noise taken off. Half: probability, in percent, that it is at least"
    " half. Spread: between tickets, in points."
)
"""What the columns of the table of weights mean."""

MOST_NAMED = 4
"""Levels that one sentence names; the table has them all."""

_MEANING = {
    "coaching": "coaching: most of what differs goes with {label}s, on the same types and channels",
    "process": (
        "process or knowledge: most of what differs goes with issue types, whoever works on them"
    ),
    "channel": (
        "channel design or routing: most of what differs goes with channels, on the same types"
    ),
    "mixed": "mixed: no single one of {names} clearly holds half of what differs",
    "chance": "nothing to act on: {names} differ no more than chance explains",
}

_HEADS = {
    "agent": "Coaching",
    "team": "Coaching",
    "issue_type": "Process",
    "channel": "Channel",
    "customer_segment": "Customers",
    TIME: "Staffing",
}


def joined(names: Sequence[str]) -> str:
    """Return names as a list in words: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def basis(found: Gathered, overall: Measure) -> str:
    """Return on what the answer rests."""
    what = "rated tickets" if found.outcome == "csat" else "mature tickets"
    low = "low scores" if found.outcome == "csat" else "failures"
    value = number(overall.value, 1)
    name = "CSAT" if found.outcome == "csat" else "first contact resolution"
    return f"{found.total.n:,} {what}, {name} {value} %, {found.total.low:,} {low}."


def verdict_words(verdict: Verdict, found: Gathered, weights: Weights) -> str:
    """Return the verdict in one sentence."""
    if verdict.name == "unknown":
        return f"Verdict: not enough data. {_capital(verdict.reason or '')}."
    main = [found.factors[w.id].label for w in weights.weights if w.is_main]
    label = found.factors[verdict.factor].label if verdict.factor else ""
    text = _MEANING[verdict.name].format(label=label, names=joined(main))
    if verdict.probability is not None:
        sure = verdict.probability
        shown = "over 99" if sure > 0.99 else number(100 * sure, 0)
        return f"Verdict: {text} (probability {shown} %)."
    return f"Verdict: {text}."


def low_words(
    found: Gathered, lows: Sequence[Low], loads: Loads | None, first: str | None
) -> list[str]:
    """Return one sentence per factor that has something low, the verdict's own first."""
    lines = []
    factors = dict.fromkeys(low.factor for low in lows)
    for factor in sorted(factors, key=lambda f: f != first):
        named = [low for low in lows if low.factor == factor]
        if factor == "team" and "agent" in found.factors:
            continue  # an agent's team says no more than the agent; the table has it
        parts = [_low(low, found) for low in named[:MOST_NAMED]]
        if len(named) > MOST_NAMED:
            parts.append(f"{len(named) - MOST_NAMED} more")
        ending = ""
        if factor == TIME:
            ending = "; agents, types and channels held equal, so it is when, not who"
        lines.append(f"{_HEADS[factor]}: {joined(parts)}{ending}.")
        if factor in PEOPLE and loads is not None:
            lines += load_words(named, loads)
    return lines


def _low(low: Low, found: Gathered) -> str:
    gap = number(100 * low.effect, 1, signed=True)
    bounds = span(100 * low.low, 100 * low.high, "points")
    across = ""
    if low.of and low.across is not None:
        others = f"{found.factors[low.across].label}s"
        across = f"; below the others for {low.below} of {low.of} {others}"
    return f"{low.name} {gap} points ({bounds}{across})"


def load_words(named: Sequence[Low], loads: Loads) -> list[str]:
    """Return which of the named agents carry far more tickets than the others."""
    heavy = [low.name for low in named if loads.is_heavy(low.name)]
    if not heavy:
        return []
    shown = [f"{name} {number(loads.by_agent[name], 1)}" for name in heavy[:MOST_NAMED]]
    if len(heavy) > MOST_NAMED:
        shown.append(f"{len(heavy) - MOST_NAMED} more")
    text = (
        f"Before coaching, look at the load: {joined(shown)} tickets a day, the median agent"
        f" {number(loads.median, 1)}."
    )
    return [text]


def topic_words(topics: Sequence[Topic], standing_out: Collection[str]) -> list[str]:
    """Return the topics with 15 unhappy customers in a month.

    Where there are enough tickets every topic has them; a process is at fault only where the topic
    also holds more low scores than its share of the ratings.
    """
    named = [t for t in topics if t.issue_type in standing_out]
    rest = [t for t in topics if t.issue_type not in standing_out]
    lines = []
    if named:
        parts = [
            f"{t.issue_type} ({t.customers:,} customers in {t.worst_month})"
            for t in named[:MOST_NAMED]
        ]
        lines.append(
            f"Process: {CUSTOMERS} or more customers unhappy in a month about {joined(parts)}."
        )
    if rest:
        worst = rest[0]
        lines.append(
            f"{CUSTOMERS} or more customers a month were unhappy about {len(rest)} other issue"
            f" types too, {worst.issue_type} first ({worst.customers:,} in {worst.worst_month}),"
            " within noise no more than their share of the ratings."
        )
    return lines


def reason_words(themes: Sequence[Theme]) -> list[str]:
    """Return which themes are in so many low-score comments that the process is at fault."""
    if not themes:
        return []
    parts = [_theme(theme) for theme in themes[:MOST_NAMED]]
    text = (
        f"Process: {100 * PROCESS_FROM:g} % or more of the low-score comments speak of"
        f" {joined(parts)}, whoever worked on the ticket."
    )
    return [text]


def _theme(theme: Theme) -> str:
    if theme.of_comments is None:
        return theme.label
    low, high = 100 * theme.of_comments.low, 100 * theme.of_comments.high
    return f"{theme.label} ({theme.comments:,} comments, {span(low, high, 'percent')} %)"


REFERENCES = (
    "average 70, world class above 80; SaaS 65-75, e-commerce 80-90, finance 70-80, chat 75-85,"
    " email 60-70"
)
"""First contact resolution in circulation, in percent (metrics.md §7): to compare with, no data."""


def reference_words(fcr: Measure | None) -> list[str]:
    """Return first contact resolution beside what is quoted for others."""
    if fcr is None or fcr.value is None:
        return []
    value, bounds = number(fcr.value, 1), span(fcr.low, fcr.high, "percent")
    text = (
        f"First contact resolution {value} % ({bounds}); figures from elsewhere, often quoted"
        f" without a study: {REFERENCES}."
    )
    return [text]


def rule_words(overall: Measure | None, types: Sequence[Measure]) -> list[str]:
    """Return what first contact resolution says about the system as a whole."""
    if overall is not None and is_systemic(overall):
        value, bounds = number(overall.value, 1), span(overall.low, overall.high, "percent")
        text = (
            f"Systemic: first contact resolution is {value} % ({bounds}), below {SYSTEMIC:g} %:"
            " look at tools and processes before people."
        )
        return [text]
    if not types:
        return []
    parts = [
        f"{m.segment['issue_type']} {number(m.value, 1)} % ({span(m.low, m.high, 'percent')})"
        for m in types[:MOST_NAMED]
    ]
    if len(types) > MOST_NAMED:
        parts.append(f"{len(types) - MOST_NAMED} more")
    return [f"Systemic: first contact resolution below {SYSTEMIC:g} % for {joined(parts)}."]


def left_out(found: Gathered, weights: Weights, labels: Mapping[str, str]) -> list[str]:
    """Return what isn't weighed and why."""
    lines = [
        f"Left out: {n:,} tickets without {labels[factor]}." for factor, n in found.without.items()
    ]
    reasons: dict[str, list[str]] = {}
    for factor, why in weights.left_out.items():
        reasons.setdefault(why, []).append(labels.get(factor, factor))
    return [
        *lines,
        *(f"Not weighed, {why}: {joined(names)}." for why, names in reasons.items()),
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
