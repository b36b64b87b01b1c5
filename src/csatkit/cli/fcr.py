"""`csatkit fcr`: how many requests needed one contact."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("fcr", given)


COMMAND = Command(
    "fcr",
    "Show first contact resolution with its window, the reasons of the failures, and the repeat"
    " contact rate, overall and --by.\n\nOnly mature tickets count: those whose window closed"
    " before the data ends. How many were held back is said.",
    _run,
    # Scores and surveys don't enter; no profile has bands for it.
    shared(without=("scale", "rating", "mature_surveys", "profile")),
    examples={
        "csatkit fcr tickets.csv --by issue_type": "overall and per issue type",
        "csatkit fcr tickets.csv --window 7 --repeat-on customer": "7 days, any issue",
        "csatkit fcr tickets.csv --tickets-of channel=email": "with the tickets behind a row",
    },
)
