"""`csatkit eligible`: the resolved tickets that may be surveyed now."""

from __future__ import annotations

from csatkit.cli.command import Command, Values
from csatkit.cli.listing import list_rows
from csatkit.cli.options import Option, shared

__all__ = ["COMMAND"]

SINCE = Option(
    "since", ("--since",), "WHEN",
    "Only tickets resolved at or after this day or instant: nobody remembers last year's.",
    "Which rows",
)  # fmt: skip


def _run(given: Values) -> None:
    list_rows("eligible", given)


COMMAND = Command(
    "eligible",
    "List the resolved tickets that may be surveyed now, and for the others the rule that blocks"
    " and until when: surveyed already, the customer asked within 30 days, a low score within 14"
    " days, a VIP customer asked this quarter, another ticket of the same customer goes first."
    "\n\nNow is the data end: use --as-of now in a job. The same data and instant give the same"
    " list. --format csv, json or jsonl is for the survey tool. The exit code is 0 whether or not"
    " anybody may be asked.",
    _run,
    # Rows are neither cut nor estimated; an empty list is fine.
    (
        SINCE,
        *shared(
            without=(
                "by", "week_start", "tickets_of", "window", "repeat_on", "clock", "rating",
                "mature_surveys", "level", "min_n", "profile", "allow_empty",
            )
        ),
    ),
    examples={
        "csatkit eligible tickets.csv surveys.csv --as-of now --since 2026-03-29":
            "who may be asked about what was resolved lately",
        "csatkit eligible tickets.csv surveys.csv --as-of now --format csv -o ask.csv":
            "every resolved ticket for the survey tool",
    },
)  # fmt: skip
