"""Targets to start from: today's numbers, and steps that a team can take in a quarter."""

from __future__ import annotations

import math
from collections.abc import Mapping

from csatkit.report import Measure

__all__ = ["target_blocks"]

_STEP = 2
"""Points above today: metrics.md §9 calls 2 to 5 a quarter realistic and more unrealistic."""

_CEILING = 95
"""No target asks for more; beyond it a team learns to choose whom to survey."""

_STATED: tuple[tuple[str, str, str, int, str], ...] = (
    ("reopen_rate", "Few tickets reopened", "max", 15, "under 15 % is usual"),
    ("response_rate", "Enough answers", "min", 20, "below 20 % the answers may mislead"),
)
"""Targets that don't depend on today's number: metric, name, side, threshold, why."""


def target_blocks(today: Mapping[str, Measure]) -> list[list[str]]:
    """Return the lines of each target.

    Args:
        today: metric → its overall measure.
    """
    blocks = [_ahead("csat", "CSAT", today.get("csat"))]
    blocks.append(_ahead("fcr", "First contact resolution", today.get("fcr")))
    for metric, name, side, threshold, why in _STATED:
        measure = today.get(metric)
        text = f"{_today(measure)}; {why}."
        blocks.append(_block(metric, name, side, threshold, text, can=_has_value(measure)))
    intro = "# What `csatkit check` holds the numbers against; more: by, where, warn, action."
    return [[intro, *blocks[0]], *blocks[1:]]


def _has_value(measure: Measure | None) -> bool:
    return measure is not None and measure.value is not None


def _ahead(metric: str, name: str, measure: Measure | None) -> list[str]:
    """Return a target two points above today's value."""
    value = None if measure is None else measure.value
    if value is None:
        return _block(metric, name, "min", 80, f"{_today(measure)}.", can=False)
    goal = max(1, min(_CEILING, math.floor(value) + _STEP))
    text = f"{_today(measure)}; {_STEP} points a quarter are realistic, more than 5 aren't."
    return _block(metric, name, "min", goal, text, can=True)


def _today(measure: Measure | None) -> str:
    if measure is None or measure.value is None:
        reason = None if measure is None else measure.reason
        return f"Not computed today: {reason or 'there is nothing to count'}"
    interval = ""
    if measure.low is not None and measure.high is not None:
        interval = f", interval {measure.low:.1f} to {measure.high:.1f}"
    status = "" if measure.status == "ok" else f", {measure.status}"
    return f"Today {measure.value:.1f} % of {measure.denominator or 0:,}{interval}{status}"


def _block(metric: str, name: str, side: str, at: int, text: str, *, can: bool) -> list[str]:
    lines = ["[[target]]", f'name = "{name}"', f'metric = "{metric}"', f"{side} = {at}"]
    return [f"# {text}", *(lines if can else [f"# {line}" for line in lines])]
