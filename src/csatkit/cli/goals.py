"""`csatkit goals`: whether targets can be planned on, and when anybody could tell."""

from __future__ import annotations

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, Option, shared
from csatkit.cli.targets import MAX, MIN, PANEL, targets_of

__all__ = ["COMMAND"]

LENGTH = Option(
    "period_length", ("--period-length",), "month|quarter",
    "How long the goal has, and how long a period is. Default: quarter.", PANEL,
    choices=lambda: ("month", "quarter"),
)  # fmt: skip


def _run(given: Values) -> None:
    from csatkit.analyses.choices import period_length

    options = {"period_length": period_length(given.get("period_length") or "quarter")}
    answer("goals", given, options=options, targets=targets_of(given))


COMMAND = Command(
    "goals",
    "Check targets before anybody is held to them: more than 5 points a quarter is unrealistic,"
    " 2 to 5 realistic, less is within noise unless enough ratings come in. Shows the ratings that"
    " a period needs and the months until a change can be seen at today's volume.\n\nTargets are"
    " the [[target]] tables of the configuration, and --min and --max; --by cuts those that have no"
    " breakdown of their own. Without --period the last 13 weeks say where things stand.",
    _run,
    (MIN, MAX, LENGTH, *shared(), EXPLAIN),
    examples={
        "csatkit goals tickets.csv surveys.csv --min csat=85": "one goal for the next quarter",
        "csatkit goals tickets.csv --max reopen_rate=8 --period-length month": "a month for it",
    },
)
