"""What single commands let the reader choose, read from text: windows, columns, a length of time.

The command line calls these before it opens a file; the analyses call them for what Python passes.
"""

from __future__ import annotations

from typing import Literal

from csatkit import values
from csatkit.errors import UsageError
from csatkit.metrics import Metric, find
from csatkit.metrics.metric import OF_TICKETS, Share

__all__ = [
    "MOST_WINDOWS",
    "OUTCOMES",
    "PERIOD_LENGTHS",
    "Outcome",
    "columns",
    "outcome_of",
    "period_length",
    "two_rules",
    "windows",
]

MOST_WINDOWS = 12
"""Windows that one table compares; each looks at every ticket again."""

Outcome = Literal["csat", "fcr"]
"""What drivers may be sought of."""

OUTCOMES: tuple[Outcome, ...] = ("csat", "fcr")

PERIOD_LENGTHS = {"month": 1, "quarter": 3}
"""How long a period of a goal is, in months."""


def windows(text: str) -> tuple[float, ...]:
    """Return windows in days, each once, the shortest first.

    >>> windows("14,5,36h")
    (1.5, 5.0, 14.0)

    Raises:
        UsageError: something that isn't a positive number of days, or too many.
    """
    found = sorted({values.days(part.strip(), "--windows") for part in text.split(",")})
    if len(found) > MOST_WINDOWS:
        raise UsageError(
            f"--windows: {len(found)} windows; at most {MOST_WINDOWS} can be compared at once"
        )
    return tuple(found)


def columns(text: str) -> tuple[str, ...]:
    """Return the columns to cross, each once.

    >>> columns("channel, issue_type")
    ('channel', 'issue_type')

    Raises:
        UsageError: an empty name.
    """
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if not all(found):
        raise values.expected("--adjust", "columns such as channel,issue_type", text)
    return found


def period_length(text: str) -> str:
    """Return `month` or `quarter`.

    Raises:
        UsageError: another word.
    """
    return str(values.choice(*PERIOD_LENGTHS)(text, "--period-length"))


def outcome_of(text: str) -> Outcome:
    """Return the outcome of this name.

    Raises:
        UsageError: another word.
    """
    for outcome in OUTCOMES:
        if outcome == text:
            return outcome
    raise UsageError.unknown("value of --outcome", text, OUTCOMES)


def two_rules(text: str) -> tuple[Metric, Metric]:
    """Return the two rules that a text names.

    Raises:
        UsageError: not two different metrics, or one that isn't a share.
    """
    found = find(part.strip() for part in text.split(","))
    if len(found) != 2 or found[0] == found[1]:
        raise UsageError(
            f"--flips: expected two rules, got {text!r}",
            "For example --flips fcr one_touch_zendesk",
        )
    for metric in found:
        if not isinstance(metric.measure, Share):
            raise UsageError(
                f"--flips: {metric.id} is no share, so no single ticket counts or fails by it"
            )
    first, second = found
    if (first.family in OF_TICKETS) != (second.family in OF_TICKETS):
        raise UsageError(
            f"--flips: {first.id} and {second.id} look at different rows",
            "One counts tickets, the other surveys.",
        )
    return first, second
