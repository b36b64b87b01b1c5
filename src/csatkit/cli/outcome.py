"""`--outcome`, for commands that explain satisfaction or, without ratings, first contacts."""

from __future__ import annotations

from csatkit.cli.answer import answer
from csatkit.cli.command import Values
from csatkit.cli.options import RULES, Option

__all__ = ["explain_outcome", "outcome_option"]


def outcome_option(what: str) -> Option:
    """Return the option of a command, which says in `what` whose outcome it is."""
    return Option(
        "outcome",
        ("--outcome",),
        "csat|fcr",
        f"{what}: CSAT, or first contact resolution where there are no ratings. Default: csat.",
        RULES,
        choices=lambda: ("csat", "fcr"),
    )


def explain_outcome(command: str, given: Values) -> None:
    """Answer a command about the outcome that is asked for."""
    outcome = given.get("outcome")
    if outcome is not None:
        from csatkit.analyses.choices import outcome_of

        outcome_of(outcome)  # what is wrong with it is said before a file is opened
    answer(command, given, options={} if outcome is None else {"outcome": outcome})
