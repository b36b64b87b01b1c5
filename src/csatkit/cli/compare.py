"""`csatkit compare`: one period against another."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import Option, shared

__all__ = ["COMMAND"]

AGAINST = Option(
    "against",
    ("--against",),
    "PERIOD",
    "The earlier period: previous, year-ago (52 weeks, or the same month, quarter or year), two"
    " days A..B, or a period's name. Default: previous.",
    "Which rows",
    choices=lambda: ("previous", "year-ago", "last-week", "last-month", "last-quarter"),
)


def _run(given: Values) -> None:
    against = given.get("against")
    answer("compare", given, options={} if against is None else {"against": against})


COMMAND = Command(
    "compare",
    "Compare a period with another: every difference with its interval, and the change of CSAT"
    " split exactly into rate (the same segments are rated differently), mix (other tickets) and"
    " response (others answer).\n\nWithout --period: the last 28 complete days; metrics that need"
    " follow-up take the last 28 that are mature. Without --by: agent, team, channel, issue_type"
    " and customer_segment, where the export has them.",
    _run,
    (AGAINST, *shared()),
    examples={
        "csatkit compare tickets.csv surveys.csv": "the last 28 days against the 28 before",
        "csatkit compare tickets.csv surveys.csv --period last-quarter --by channel":
            "quarter against quarter, split by channel",
        "csatkit compare --demo --period 2026-02 --against 2025-08": "two months of the sample",
    },
)  # fmt: skip
