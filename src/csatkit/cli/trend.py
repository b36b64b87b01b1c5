"""`csatkit trend`: metrics over time on control charts."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import Option, shared
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
        options={} if every is None else {"every": every},
    )


COMMAND = Command(
    "trend",
    "Follow metrics over time against the limits of their own variation, name what lies beyond"
    " chance with its dates, and say where the last six months are heading. Periods that are cut"
    " short or whose follow-up isn't over are marked and not judged.\n\nWithout --from or --period:"
    " the last 26 weeks, 56 days, 24 months or 12 quarters.",
    _run,
    (_METRIC, EVERY, *shared()),
    examples={
        "csatkit trend tickets.csv surveys.csv": "the last 26 weeks",
        "csatkit trend tickets.csv surveys.csv -m csat --every month": "CSAT by month",
        "csatkit trend --demo -m fcr --by channel": "one line per channel of the sample",
    },
)
