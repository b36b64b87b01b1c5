"""`csatkit report`: the short read."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.dressing import DRESS
from csatkit.cli.options import EXPLAIN, LIKE, shared

__all__ = ["COMMAND"]


def _run(given: Values) -> None:
    options = {}
    if (like := given.get("like")) is not None:
        from csatkit.analyses.likeness import vendor_of

        vendor_of(like)  # what is wrong with it is said before a file is opened
        options["like"] = like
    answer("report", given, options=options, is_dressed=True)


COMMAND = Command(
    "report",
    "Show what a lead reads every week: headline metrics with intervals, whether the survey can be"
    " trusted, the change against the period before, the worst and best segments, and what to look"
    " at.\n\nWithout paths the [source] of the configuration is read.",
    _run,
    (LIKE, *shared(), EXPLAIN, *DRESS),
    examples={
        "csatkit report --demo": "the sample, to see what there is",
        "csatkit report tickets.csv surveys.csv": "your own export",
        "csatkit report tickets.csv surveys.csv -o report.html": "one page to send to a manager",
        "csatkit report 'tickets-*.csv' --period last-month -o report.md": "a month, as Markdown",
    },
)
