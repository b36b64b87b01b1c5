"""Agent, issue type or channel: what share of the differences goes with each, and the verdict.

Nothing is claimed of a factor whose differences chance explains: all factors of a run are tested
together (Holm, 5 %), and a verdict needs its own factor beyond chance as well as half of the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from csatkit.analyses.diagnose.gathering import HELD_EQUAL, MAIN, PEOPLE, TIME, Gathered
from csatkit.stats.components import Component, Crossed, crossed
from csatkit.stats.multiplicity import holm

__all__ = [
    "LOWS",
    "Verdict",
    "VerdictName",
    "Weight",
    "Weights",
    "beyond_chance",
    "verdict_of",
    "weigh",
]

VerdictName = Literal["coaching", "process", "channel", "mixed", "chance", "unknown"]

CLAIMED_BELOW = 0.05
"""Chance that a run without any difference claims one."""

HALF_FROM = 0.8
"""Probability of holding at least half of the sum from which one factor is the answer
(metrics.md §7)."""

ROWS_PER_LEVEL = 10
"""Rows per level, on average, below which a design is thin: errors as large as what is sought."""

LOWS = 20
"""Low scores below which nothing is told (metrics.md §7)."""

_MEANT: Mapping[str, VerdictName] = {
    "agent": "coaching", "team": "coaching", "issue_type": "process", "channel": "channel",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weight:
    """One factor in the model."""

    id: str
    component: Component
    is_main: bool
    """Whether it shares in the sum."""
    is_beyond_chance: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and what it rests on; `reason` where there is none."""

    name: VerdictName
    factor: str | None = None
    probability: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """All factors, and why some aren't weighed."""

    weights: tuple[Weight, ...]
    left_out: Mapping[str, str]
    reason: str | None = None
    """Why nothing can be weighed."""

    def of(self, factor: str) -> Weight | None:
        """Return one factor's weight, None where it isn't weighed."""
        return next((w for w in self.weights if w.id == factor), None)


def weigh(found: Gathered) -> Weights:
    """Return the components of all factors."""
    left_out = {
        k: v for k, v in found.lacking.items() if not (k == "team" and "agent" in found.factors)
    }
    people = next((p for p in PEOPLE if p in found.factors), None)
    main = [f for f in (people, *MAIN) if f is not None and f in found.factors]
    if found.total.low < LOWS:
        what = "low scores" if found.outcome == "csat" else "failures"
        return Weights((), left_out, f"{found.total.low} {what}, of which it takes {LOWS}")
    if len(main) < 2:
        why = "; ".join(dict.fromkeys(left_out.values()))
        return Weights((), left_out, f"two of agent, issue type and channel are needed: {why}")
    for f in main:
        levels = len(found.factors[f].names)
        if found.total.n < ROWS_PER_LEVEL * levels:
            label = found.factors[f].label
            return Weights((), left_out, f"{found.total.n:,} rows for {levels:,} levels of {label}")
    sides = [f for f in (*HELD_EQUAL, TIME) if f in found.factors]
    sides = [f for f in sides if found.total.n >= ROWS_PER_LEVEL * len(found.factors[f].names)]
    return _weighed(found, main, sides, left_out)


def _weighed(
    found: Gathered, main: Sequence[str], sides: Sequence[str], left_out: Mapping[str, str]
) -> Weights:
    ids = [*main, *sides]
    result = crossed(found.margins(ids), len(main))
    while result is not None and result.determined:
        lost = [ids[i] for i in result.determined]
        if any(f in main for f in lost) or not sides:
            labels = " and ".join(found.factors[f].label for f in main)
            why = f"{labels} go together so far that they can't be told apart"
            return Weights((), left_out, why)
        left_out = {**left_out, **dict.fromkeys(lost, "it goes together with the others")}
        ids = [f for f in ids if f not in lost]
        result = crossed(found.margins(ids), len(main))
    if result is None:
        return Weights((), left_out, f"{found.total.n:,} rows are too few")
    weights = [Weight(f, c, is_main=f in main) for f, c in zip(ids, result.components, strict=True)]
    if "team" in found.factors and "team" not in main:
        weights += _team(found, main)
    return Weights(tuple(weights), left_out)


def _team(found: Gathered, main: Sequence[str]) -> list[Weight]:
    """Return teams in the place of agents: an agent is of one team, so both can't enter."""
    ids = ["team", *(f for f in main if f not in PEOPLE)]
    result: Crossed | None = crossed(found.margins(ids), 0)
    if result is None or result.determined:
        return []
    return [Weight("team", result.components[0], is_main=False)]


def beyond_chance(
    weights: Weights, further: Mapping[str, float], *, judged: bool
) -> tuple[Weights, frozenset[str]]:
    """Mark what chance doesn't explain, all tests of a run together.

    Args:
        weights: the factors.
        further: other tests of the run, by name.
        judged: false where nothing may be claimed.

    Returns:
        The marked factors, and the names of the further tests beyond chance.
    """
    tests = {**{w.id: w.component.p_value for w in weights.weights}, **further}
    adjusted = dict(zip(tests, holm(list(tests.values())), strict=True))
    beyond = frozenset(t for t, p in adjusted.items() if judged and p < CLAIMED_BELOW)
    marked = tuple(replace(w, is_beyond_chance=w.id in beyond) for w in weights.weights)
    return replace(weights, weights=marked), beyond & frozenset(further)


def verdict_of(weights: Weights, *, skewed: bool) -> Verdict:
    """Return the verdict of metrics.md §7, `chance` where no factor is beyond it."""
    if skewed:
        return Verdict("unknown", reason="too few surveys were answered to speak for everybody")
    if weights.reason is not None:
        return Verdict("unknown", reason=weights.reason)
    main = [w for w in weights.weights if w.is_main]
    beyond = [w for w in main if w.is_beyond_chance]
    if not beyond:
        return Verdict("chance")
    for weight in beyond:
        half = weight.component.half
        if half is not None and half >= HALF_FROM:
            return Verdict(_MEANT[weight.id], weight.id, half)
    return Verdict("mixed")
