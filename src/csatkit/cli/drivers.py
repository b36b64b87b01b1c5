"""`csatkit drivers`: what goes with satisfaction, and what to do first."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import RULES, Option, shared

__all__ = ["COMMAND"]

OUTCOME = Option(
    "outcome",
    ("--outcome",),
    "csat|fcr",
    "What is to be explained: CSAT, or first contact resolution where there are no ratings."
    " Default: csat.",
    RULES,
    choices=lambda: ("csat", "fcr"),
)


def _run(given: Values) -> None:
    outcome = given.get("outcome")
    if outcome is not None:
        from csatkit.analyses.choices import outcome_of

        outcome_of(outcome)  # what is wrong with it is said before a file is opened
    answer("drivers", given, options={} if outcome is None else {"outcome": outcome})


COMMAND = Command(
    "drivers",
    "Show what goes with CSAT: repeat contacts, reopened tickets, further contacts, transfers,"
    " channel changes, late first responses, slow resolutions, late surveys. Each with its raw gap,"
    " its gap with the others, issue type and channel held equal, its share of the explained"
    " variance and the points of the total that are associated. Then three failure modes"
    " (re-contact, channel friction, response time) with where they concentrate, and in which order"
    " to act.\n\nAssociations, not causes. Only mature tickets count; nothing is named that chance"
    " explains.",
    _run,
    # It breaks nothing down: what sets segments apart is held equal.
    (OUTCOME, *shared(without=("by", "week_start"))),
    examples={
        "csatkit drivers tickets.csv surveys.csv": "what goes with CSAT",
        "csatkit drivers tickets.csv --outcome fcr": "first contact resolution, without ratings",
        "csatkit drivers --demo --tickets-of driver:repeat,channel=email":
            "the rated tickets behind a driver",
    },
)  # fmt: skip
