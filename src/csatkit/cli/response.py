"""`csatkit response`: who answers the survey, and whether that is enough."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("response", given)


COMMAND = Command(
    "response",
    "Show the response rate, the share of tickets surveyed, and how far the silent could move CSAT"
    " (worst-case bounds), overall and --by.\n\nBelow 15 % of answers a number is marked skewed.",
    _run,
    # Repeats don't enter; no profile has bands for it.
    shared(without=("window", "repeat_on", "profile")),
    examples={
        "csatkit response tickets.csv surveys.csv --by channel": "overall and per channel",
        "csatkit response tickets.csv surveys.csv --mature-surveys": "old enough surveys alone",
    },
)
