"""`csatkit drivers`: what goes with satisfaction, and what to do first."""

from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, shared
from csatkit.cli.outcome import explain_outcome, outcome_option

__all__ = ["COMMAND"]

OUTCOME = outcome_option("What is to be explained")


def _run(given: Values) -> None:
    explain_outcome("drivers", given)


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
    (OUTCOME, *shared(without=("by", "week_start")), EXPLAIN),
    examples={
        "csatkit drivers tickets.csv surveys.csv": "what goes with CSAT",
        "csatkit drivers tickets.csv --outcome fcr": "first contact resolution, without ratings",
        "csatkit drivers --demo --tickets-of driver:repeat,channel=email":
            "the rated tickets behind a driver",
    },
)  # fmt: skip
