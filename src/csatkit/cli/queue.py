"""`csatkit queue`: the unhappy customers whom nobody has got back to."""

from __future__ import annotations

from csatkit.cli.command import Command, Values
from csatkit.cli.listing import list_rows
from csatkit.cli.options import Option, shared

__all__ = ["COMMAND"]

SINCE = Option(
    "since", ("--since",), "WHEN",
    "Only scores given at or after this day or instant, for jobs that run again and again.",
    "Which rows",
)  # fmt: skip


def _run(given: Values) -> None:
    list_rows("queue", given)


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
