"""`csatkit report`: the short read."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    answer("report", given)


COMMAND = Command(
    "report",
    "Show what a lead reads every week: headline metrics with intervals, whether the survey can be"
    " trusted, the change against the period before, the worst and best segments, and what to look"
    " at.\n\nWithout paths the [source] of the configuration is read.",
    _run,
    (*shared(), EXPLAIN),
    examples={
        "csatkit report --demo": "the sample, to see what there is",
        "csatkit report tickets.csv surveys.csv": "your own export",
        "csatkit report 'tickets-*.csv' --period last-month -o report.md": "a month, as Markdown",
    },
)
