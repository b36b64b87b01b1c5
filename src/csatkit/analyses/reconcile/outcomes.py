"""What a rule makes of one row, in words: it counts, it fails for a reason, or it is left out.

The first condition of the rule that doesn't hold is the reason; so every row has exactly one
outcome under every rule, and two rules can be compared row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from csatkit.analyses.overview import FAILURE_WORDS
from csatkit.facts.other_rules import MERGED, within
from csatkit.metrics.metric import Family, Metric, Share
from csatkit.settings import FAILURE_REASONS
from csatkit.totals.aggregates import holds

__all__ = ["COUNTS", "Outcome", "Rule", "rule_of"]

State = Literal["counts", "fails", "out"]

_OUT = {
    "is_resolved": "not resolved now",
    "is_ever_resolved": "never resolved",
    "is_mature": "its window hasn't closed",
    "is_mature_5d": "its 5 days aren't over",
    "is_mature_7d": "its 7 days aren't over",
    "has_agent_replies": "number of agent replies unknown",
    "has_customer_replies": "number of customer replies unknown",
    "has_agent_reply": "no agent reply",
    "is_rating": "another answer is its ticket's rating",
    "is_survey": "a further answer to a survey",
    "is_counted_survey": "survey too young",
    "is_first_of_ticket": "a further survey of its ticket",
}
"""Condition of a denominator → why a row isn't in it."""

_FAILS = {
    "is_resolved": "not resolved now",
    "has_agent_reply": "no agent reply",
    "is_one_reply": "several agent replies",
    "is_under_two_replies": "two or more agent replies",
    "is_without_customer_reply": "the customer replied",
    "!is_reopened": "reopened",
    "is_reopened": "never reopened",
    "!is_contacted_again_7d": "another ticket of the customer in 7 days",
    "is_satisfied": "not satisfied",
    "is_top": "not the best score",
    "!is_unsatisfied": "unhappy",
    "is_answered": "not answered",
    "is_rated_ticket": "not rated",
    "is_rated": "not rated",
}
"""Condition of a numerator → why a row isn't in it."""

_ON_SURVEYS: frozenset[Family] = frozenset({"surveys", "responses"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row under a rule."""

    state: State
    words: str


COUNTS = Outcome("counts", "counts")


@dataclass(frozen=True, slots=True)
class Rule:
    """A share as the outcomes of its rows; code 0 counts, code i is `outcomes[i]`."""

    metric: Metric
    outcomes: tuple[Outcome, ...]
    code: pl.Expr

    @property
    def is_on_surveys(self) -> bool:
        """Tell whether it looks at survey rows, else at tickets."""
        return self.metric.family in _ON_SURVEYS


def rule_of(metric: Metric, dated: pl.Expr | None = None) -> Rule | None:
    """Return the outcomes of a metric's rule; None where it isn't a share.

    Args:
        metric: over tickets or surveys.
        dated: whether the metric's own clock puts a row into the period, where that differs from
            row to row.
    """
    measure = metric.measure
    if not isinstance(measure, Share):
        return None
    steps: list[tuple[Outcome, pl.Expr]] = []
    if dated is not None:
        steps.append((Outcome("out", "outside the period by its own clock"), ~dated))
    if metric.family == "tickets":
        steps.append((Outcome("out", "merged into another ticket"), pl.col("out") == MERGED))
    for condition in measure.among:
        if condition == "is_rating":
            steps.append((Outcome("out", "not rated"), pl.col("score").is_null()))
        steps.append((Outcome("out", _OUT[condition]), ~holds((condition,))))
    for condition in measure.of:
        steps += _failures(condition)
    code: pl.Expr = pl.lit(0, dtype=pl.UInt8)
    for number, (_, holds_here) in reversed(list(enumerate(steps, start=1))):
        code = pl.when(holds_here).then(pl.lit(number, dtype=pl.UInt8)).otherwise(code)
    return Rule(metric, (COUNTS, *(outcome for outcome, _ in steps)), code.alias(metric.id))


def _failures(condition: str) -> list[tuple[Outcome, pl.Expr]]:
    """Return why a condition of a numerator fails, the likeliest names first."""
    fails = ~holds((condition,))
    if condition == "is_first_contact":
        return [
            (Outcome("fails", FAILURE_WORDS[reason]), pl.col("failure") == number)
            for number, reason in enumerate(FAILURE_REASONS, start=1)
        ]
    if condition.startswith("is_first_contact_"):
        days = condition.removeprefix("is_first_contact_").removesuffix("d")
        return _other_window(int(days), fails)
    if condition == "is_one_reply":
        none = Outcome("fails", _FAILS["has_agent_reply"])
        return [(none, pl.col("agent_replies") == 0), _failure(condition, fails)]
    return [_failure(condition, fails)]


def _failure(condition: str, fails: pl.Expr) -> tuple[Outcome, pl.Expr]:
    return Outcome("fails", _FAILS[condition]), fails


def _other_window(days: int, fails: pl.Expr) -> list[tuple[Outcome, pl.Expr]]:
    """Return the failure reasons under another window, in their order."""
    found = []
    for number, reason in enumerate(FAILURE_REASONS, start=1):
        if reason == "repeat":
            words = f"{FAILURE_WORDS[reason]} in {days} days"
            found.append((Outcome("fails", words), fails & within("next_created_at", days)))
        else:
            is_it = pl.col("failure") == number
            found.append((Outcome("fails", FAILURE_WORDS[reason]), fails & is_it))
    # A repeat that comes too late for this window hides what stands behind it.
    found.append((Outcome("fails", "more than one contact, or transferred"), fails))
    return found
