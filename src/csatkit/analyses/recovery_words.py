"""Whether recovery meets its targets, and what is likely wrong where it doesn't (metrics.md §8).

A verdict is said only where the whole interval allows it; below the smallest denominator nothing
is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from csatkit.render.values import quantity
from csatkit.report import Measure
from csatkit.settings import Settings

__all__ = ["AIMS", "Aim", "verdict"]


@dataclass(frozen=True, slots=True)
class Aim:
    """What a rate should reach, and what a very low one points to."""

    target: float
    alarm: float
    diagnosis: str


AIMS: Mapping[str, Aim] = {
    "recovery_rate": Aim(
        80,
        50,
        "nobody hears of the low scores in time, or nobody has the time: look at alerting and at "
        "who is free to call",
    ),
    "upgrade_rate": Aim(
        40,
        30,
        "those who are reached aren't won back: look at how they are approached",
    ),
    "recovery_csat": Aim(
        4.2,
        4.0,
        "customers are called and the matter isn't resolved",
    ),
}
"""Targets and alarms of metrics.md §8; in percent, `recovery_csat` on 1-5 alone."""

ON_FIVE = "recovery_csat"
"""Its targets are scores and mean something on the scale 1-5 only."""


def verdict(measure: Measure, settings: Settings, scale: str | None) -> str | None:
    """Return a sentence about a measure and its target, None where it has none here.

    Args:
        measure: one of `AIMS`, overall.
        settings: the run's settings, for the smallest denominator.
        scale: the scale of the scores.
    """
    aim = AIMS[measure.metric]
    if measure.status == "unavailable" or (measure.metric == ON_FIVE and scale != "1-5"):
        return None
    wanted = f"at least {quantity(aim.target, measure.unit)}"
    n = measure.denominator or 0
    start = f"{measure.label}: "
    if n < settings.min_n or measure.low is None or measure.high is None:
        return f"{start}can't be told yet against {wanted}; {_rest_on(n)}."
    if measure.low >= aim.target:
        return f"{start}meets its target of {wanted}."
    if measure.high < aim.alarm:
        below = quantity(aim.alarm, measure.unit)
        return f"{start}below {below}, so {aim.diagnosis}."
    if measure.high < aim.target:
        alarm = quantity(aim.alarm, measure.unit)
        more = "" if measure.low >= aim.alarm else f"; whether below {alarm} can't be told yet"
        return f"{start}misses its target of {wanted}{more}."
    return f"{start}can't be told yet against {wanted}: the interval holds the target."


def _rest_on(n: int) -> str:
    return "there is nothing to count" if n == 0 else f"it rests on {n:,} low score{'s' * (n != 1)}"
