"""`csatkit reopen`: how many tickets come back."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("reopen", given)


COMMAND = Command(
    "reopen",
    "Show the share of resolved tickets that were reopened at least once, and reopen events per"
    " ticket, overall and --by.\n\nTickets younger than the window may still be reopened; how many"
    " there are is said.",
    _run,
    # Repeats are other tickets, scores don't enter; no profile has bands for it.
    shared(without=("scale", "repeat_on", "rating", "mature_surveys", "profile")),
    examples={
        "csatkit reopen tickets.csv --by agent": "overall and per agent",
        "csatkit reopen tickets.csv --by month,channel": "months by channel",
    },
)
