"""`csatkit response`: who answers the survey, and whether that is enough."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, STATISTICS, Option, shared

__all__ = ["COMMAND"]

ADJUST = Option(
    "adjust", ("--adjust",), "COLUMN,...",
    "Reweight CSAT to all resolved tickets by these columns, crossed, e.g. channel,issue_type."
    " Default: not reweighted.",
    STATISTICS,
)  # fmt: skip


def _run(given: Values) -> None:
    options = {}
    if (written := given.get("adjust")) is not None:
        from csatkit.analyses.choices import columns

        columns(written)  # what is wrong with it is said before a file is opened
        options["adjust"] = written
    answer("response", given, options=options)


COMMAND = Command(
    "response",
    "Show the response rate, the share of tickets surveyed, and how far the silent could move CSAT"
    " (worst-case bounds, tipping point, early against late answers), overall and --by.\n\nBelow"
    " 15 % of answers a number is marked skewed.",
    _run,
    # Repeats don't enter; a profile's bands say which tipping point is told.
    (ADJUST, *shared(without=("window", "repeat_on")), EXPLAIN),
    examples={
        "csatkit response tickets.csv surveys.csv --by channel": "overall and per channel",
        "csatkit response tickets.csv surveys.csv --adjust channel": "CSAT of all resolved tickets",
        "csatkit response tickets.csv surveys.csv --mature-surveys": "old enough surveys alone",
    },
)
