"""`csatkit trend`: metrics over time on control charts."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.history import history_of
from csatkit.cli.options import HISTORY, Option, shared
from csatkit.cli.segments import METRIC, metric_names

__all__ = ["COMMAND"]

EVERY = Option(
    "every",
    ("--every",),
    "day|week|month|quarter",
    "Length of the periods. Default: week.",
    "How they are cut",
    choices=lambda: ("day", "week", "month", "quarter"),
)
_METRIC = Option(
    METRIC.key,
    METRIC.flags,
    METRIC.metavar,
    "Metrics to follow, see 'csatkit metrics'. Repeatable. Default:"
    " csat,fcr,response_rate,reopen_rate.",
    METRIC.panel,
    METRIC.kind,
    METRIC.choices,
)


def _run(given: Values) -> None:
    every = given.get("every")
    written = given.get("metric")
    answer(
        "trend",
        given,
        metrics=metric_names(written) if written else None,
        options={**({} if every is None else {"every": every}), **history_of("trend", given)},
    )


COMMAND = Command(
    "trend",
    "Follow metrics over time against the limits of their own variation, name what lies beyond"
    " chance with its dates, and say where the last six months are heading. Periods that are cut"
    " short or whose follow-up isn't over are marked and not judged.\n\nWithout --from or --period:"
    " the last 26 weeks, 56 days, 24 months or 12 quarters.\n\nWith --history the totals of every"
    " complete period go into a file, without a row of the data, and periods that the export no"
    " longer covers come from it. Those younger than the window and 28 days are computed anew,"
    " older ones are frozen; changed rules start a new series and say so.",
    _run,
    (_METRIC, EVERY, HISTORY, *shared()),
    examples={
        "csatkit trend tickets.csv surveys.csv": "the last 26 weeks",
        "csatkit trend tickets.csv surveys.csv -m csat --every month": "CSAT by month",
        "csatkit trend --demo -m fcr --by channel": "one line per channel of the sample",
        "csatkit trend tickets.csv surveys.csv --history old.parquet": "weeks of older exports too",
    },
)
