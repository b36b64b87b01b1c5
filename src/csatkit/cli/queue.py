"""`csatkit queue`: the unhappy customers whom nobody has got back to."""

from __future__ import annotations

import os

from csatkit.cli.answer import answer, destination
from csatkit.cli.command import Command, Values
from csatkit.cli.options import Option, shared

__all__ = ["COMMAND"]

SINCE = Option(
    "since", ("--since",), "WHEN",
    "Only scores given at or after this day or instant, for jobs that run again and again.",
    "Which rows",
)  # fmt: skip

FOR_PEOPLE = frozenset({"table", "markdown", "html", "slack"})
"""Formats that people read: few columns, comments by their start."""


def _run(given: Values) -> None:
    options = {}
    if (since := given.get("since")) is not None:
        from csatkit.analyses.queue import since_instant

        since_instant(since)  # what is wrong with it is said before a file is opened
        options["since"] = since
    if destination(given, os.environ, "table").format in FOR_PEOPLE:
        options["rows"] = "brief"
    # Nobody waiting is the best news that an alert job can have, never a failure.
    answer("queue", {**given, "allow_empty": True}, options=options)


COMMAND = Command(
    "queue",
    "List the low scores without outreach, oldest deadline first: 24 hours after the answer, with"
    " the hours left at the data end, the agent, the comment and the customer's earlier low scores."
    " Customers with 10 or more low-scored tickets are skipped and listed last."
    "\n\nWhat was done already comes from --outreach. The hours left are counted from the data"
    " end: use --as-of now in a job. --format jsonl writes one line per low score. The exit code"
    " is 0 whether or not anybody waits.",
    _run,
    # Rows are neither cut nor estimated; they are dated by the answer; an empty queue is fine.
    (
        SINCE,
        *shared(
            without=(
                "by", "week_start", "tickets_of", "window", "repeat_on", "clock",
                "mature_surveys", "level", "min_n", "profile", "allow_empty",
            )
        ),
    ),
    examples={
        "csatkit queue tickets.csv surveys.csv --outreach outreach.csv": "who is to be called",
        "csatkit queue tickets.csv surveys.csv --as-of now --since today --format jsonl":
            "today's low scores for an alert job",
    },
)  # fmt: skip
