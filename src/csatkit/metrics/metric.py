"""How a metric is declared: once, as data, in terms of named facts.

A metric says which rows count (`among`), which of them succeed (`of`), and what the number means.
Facts are named here and computed in `facts`; so the catalogue can be read by help pages, the
documentation and the JSON Schema without loading a data library.

A condition is a tuple of fact names that must all hold; `!name` means that it must not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from csatkit.report import Unit
from csatkit.settings import Settings

__all__ = [
    "OF_TICKETS",
    "Conditions",
    "Count",
    "Family",
    "Mean",
    "Measurement",
    "Metric",
    "Needs",
    "Quantiles",
    "Share",
    "Survival",
]

Conditions = tuple[str, ...]
Family = Literal["tickets", "invitations", "with_merged", "surveys", "responses", "deflections"]
"""Which rows a metric counts, and so which clock dates them (metrics.md §3 "Clocks").

`invitations` are tickets, too, but dated by their first survey where they have one; `with_merged`
are the tickets and those merged away, which other systems count as solved; `deflections` are the
rows marked deflected, which are in no other denominator.
"""
OF_TICKETS: frozenset[Family] = frozenset({"tickets", "invitations", "with_merged"})
"""Families whose rows are tickets."""
Needs = tuple[tuple[str, ...], ...]
"""Columns that must be mapped: of each inner tuple at least one."""


@dataclass(frozen=True, slots=True)
class Share:
    """k of n rows; a Wilson interval."""

    of: Conditions
    among: Conditions


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of an integer fact over rows; the interval comes from its exact variance.

    `clip` says whether the bounds are cut to the scale of the score ("scale"), at zero, or at two
    values of the fact. `spread` names the values that stand for 0 and 100 %, where the mean is told
    as a percentage of them: two values, the ends of the scale, or 0 and the top of the scale.
    """

    value: str
    among: Conditions
    clip: Literal["scale", "zero"] | tuple[int, int]
    spread: Literal["scale", "top"] | tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Median and 90th percentile of a duration in hours; not additive, so computed on rows."""

    value: str
    among: Conditions


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; no denominator, no interval."""

    among: Conditions


@dataclass(frozen=True, slots=True)
class Survival:
    """One minus, or a share times, the Kaplan-Meier survival at the window.

    `share` is None for 1 − S; else the share that S is multiplied by.
    """

    share: Share | None


Measurement = Share | Mean | Quantiles | Count | Survival


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: what it counts and what that means."""

    id: str
    label: str
    family: Family
    measure: Measurement
    unit: Unit
    better: str
    rule: str
    """One sentence; `{window}`, `{key}`, `{rating}`, `{suffix}` … are filled from the run."""
    definition: str
    needs: Needs
    source: str
    caveat: str
    held_back: Mapping[str, Conditions] = field(default_factory=lambda: MappingProxyType({}))
    """Reason → the conditions that replace the last of `among` to count who was left out."""
    follow_up: bool = False
    """Whether it needs a whole window after the ticket, and so may outlast a period."""
    wants: tuple[str, ...] = ()
    """Columns that make it better but aren't required."""
    needs_sent: bool = False
    """Whether the source must tell surveys that were sent from those that were answered."""
    window_days: float | None = None
    """Its own window; None for the run's."""
    whose: str = ""
    """The systems that count by this rule; empty for csatkit's own."""

    @property
    def facts(self) -> frozenset[str]:
        """Return the names of all facts that it is made of."""
        measure = self.measure
        share = measure.share if isinstance(measure, Survival) else measure
        named = [*getattr(share, "of", ()), *getattr(share, "among", ())]
        named += [c for held in self.held_back.values() for c in held]
        value = getattr(measure, "value", None)
        return frozenset(c.removeprefix("!") for c in named) | ({value} if value else set())

    @property
    def needs_times(self) -> bool:
        """Return whether durations or transfers have to be worked out for it."""
        timed = {("first_response_at",), ("transfer_count",)}
        return isinstance(self.measure, Quantiles) or not timed.isdisjoint(self.needs)

    @property
    def needs_outreach(self) -> bool:
        """Return whether it asks what was done about low scores."""
        return any("outreach_at" in group for group in self.needs)

    @property
    def needs_deflection(self) -> bool:
        """Return whether it asks what followed deflected contacts."""
        return ("deflected",) in self.needs

    def rule_text(self, settings: Settings, **facts: str) -> str:
        """Return the rule with this run's numbers in it."""
        words = {
            "window": f"{self.window_days or settings.window_days:g}",
            "rating": settings.rating,
            "mature_days": f"{settings.mature_days:g}",
            "key": "same customer and issue"
            if settings.repeat_on == "issue"
            else "same customer, any issue",
            "suffix": "",
            **facts,
        }
        return self.rule.format_map(words)
