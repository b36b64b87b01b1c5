"""`csatkit inspect`: the import doctor."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("inspect", given)


COMMAND = Command(
    "inspect",
    "Show how a file is read: the system it comes from, which header holds what, how dates and"
    " scores are understood, how full each column is, what doesn't parse, and which metrics can and"
    " can't be computed.",
    _run,
    # Nothing is selected, cut, judged or estimated.
    shared(
        without=(
            "from", "to", "period", "where", "by", "week_start", "tickets_of", "window",
            "repeat_on", "clock", "rating", "mature_surveys", "level", "min_n", "profile",
        )
    ),
    examples={
        "csatkit inspect tickets.csv": "before the first report",
        "csatkit inspect tickets.csv --map 'agent=Assignee name'": "with a header of your own",
    },
)  # fmt: skip
