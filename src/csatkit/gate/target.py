"""What is asked and what became of it: the nouns of the gate, without any judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from csatkit.report import Period, Segment, Status

__all__ = ["Mode", "Op", "Target", "Verdict", "Word"]

Op = Literal["min", "max"]
Mode = Literal["three-way", "point", "lower", "noninferior"]
Word = Literal["pass", "fail", "inconclusive", "unavailable"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of one metric; figures are in the unit of the metric.

    `threshold` is None where the target is a baseline. Of either the metric may lose `margin`,
    which counts in mode `noninferior` alone.
    """

    name: str
    metric: str
    op: Op
    threshold: float | None
    mode: Mode = "three-way"
    margin: float | None = None
    warn: float | None = None
    kind: str | None = None
    action: str | None = None
    min_n: int = 10

    @property
    def slack(self) -> float:
        """Return what may be lost, 0 where the mode forgives nothing."""
        return self.margin or 0.0 if self.mode == "noninferior" else 0.0

    @property
    def bound(self) -> float:
        """Return the figure that the interval has to clear; of a baseline that of the change."""
        start = 0.0 if self.threshold is None else self.threshold
        return start - self.slack if self.op == "min" else start + self.slack


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a target in one segment; the fields of the JSON, in its order."""

    name: str
    metric: str
    segment: Segment
    period: Period | None
    op: Op
    threshold: float | None
    mode: Mode
    margin: float | None
    kind: str | None
    verdict: Word
    warned: bool
    value: float | None
    low: float | None
    high: float | None
    numerator: int | float | None
    denominator: int | None
    status: Status
    reason: str | None
    n_needed: int | None
    action: str | None
    baseline: float | None = None
    family: int | None = None
    """How many segments were tested together; None where one stands alone."""
    p_adjusted: float | None = None
    """Holm's p value among them."""

    def fields(self) -> dict[str, object]:
        """Return the fields by name, in the order of the JSON."""
        return {name: getattr(self, name) for name in self.__slots__}
