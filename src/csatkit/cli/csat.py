"""`csatkit csat`: how satisfied the customers are who answered."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("csat", given)


COMMAND = Command(
    "csat",
    "Show the share of rated tickets whose rating is satisfied (top-2 box), the average score and"
    " the distribution, overall and --by; segments with the same CSAT and other customers are told"
    " apart.\n\nPercentages are 0-100, with a Wilson interval.",
    _run,
    # Repeats and the age of surveys don't enter a rating.
    (*shared(without=("window", "repeat_on", "mature_surveys")), EXPLAIN),
    examples={
        "csatkit csat tickets.csv surveys.csv --by channel": "overall and per channel",
        "csatkit csat tickets.csv --by week --where team=Billing": "one team's weeks",
        "csatkit csat tickets.csv --format json": "for a script",
    },
)
