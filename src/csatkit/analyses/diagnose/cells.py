"""`--tickets-of` behind every claim of a diagnosis, ready to be pasted."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.choices import Outcome
from csatkit.analyses.diagnose.evidence import Concentration, Low
from csatkit.analyses.diagnose.gathering import TIME, Gathered
from csatkit.analyses.diagnose.routing import Best
from csatkit.analyses.diagnose.rules import Topic, is_systemic
from csatkit.analyses.pasting import BY_CREATION
from csatkit.report import Measure

__all__ = [
    "behind_gathered", "behind_lows", "behind_routes", "behind_systemic", "behind_topics",
]  # fmt: skip

MOST = 4
"""Cells per claim: as many levels as a sentence names."""


def behind_lows(found: Gathered, lows: Sequence[Low]) -> list[str]:
    """Return the cells of the levels that are named as low; an agent's stands for the team's."""
    cells: list[str] = []
    for factor in dict.fromkeys(low.factor for low in lows):
        if factor != "team" or "agent" not in found.factors:
            named = [low.name for low in lows if low.factor == factor][:MOST]
            cells += [_cell(found.outcome, factor, name) for name in named]
    return cells


def behind_gathered(found: Gathered, kept: Sequence[Concentration]) -> list[str]:
    """Return the cells of the segments in which low scores gather."""
    return [_cell(found.outcome, c.factor, c.name) for c in kept]


def _cell(outcome: Outcome, factor: str, name: str) -> str:
    part = f"{outcome}:failed"
    if factor != TIME:
        return f"{part},{factor}={'' if name == '(none)' else name}"
    weekday, daypart = name.split(" ")
    return f"{part},weekday={weekday},daypart={daypart}{BY_CREATION}"


def behind_topics(topics: Sequence[Topic]) -> list[str]:
    """Return the cells of the topics that many customers were unhappy about, in the worst month."""
    return [
        f"csat:failed,issue_type={topic.issue_type},month={topic.worst_month}"
        for topic in topics[:MOST]
    ]


def behind_systemic(overall: Measure | None, types: Sequence[Measure]) -> list[str]:
    """Return the cells of low first contact resolution: as a whole, else of the types named."""
    if is_systemic(overall):
        return ["fcr:failed"]
    return [f"fcr:failed,issue_type={m.segment['issue_type']}" for m in types[:MOST]]


def behind_routes(metric: str, best: Best) -> list[str]:
    """Return the cells of the channels that serve a type best."""
    return [f"{metric},issue_type={r.issue_type},channel={r.channel}" for r in best.values()]
