"""`csatkit segments`: any metric by any column."""

from csatkit.cli.answer import answer
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, Option, shared
from csatkit.errors import UsageError

__all__ = ["COMMAND", "METRIC", "metric_names"]

DEFAULT = ("csat", "fcr")


def _metrics() -> tuple[str, ...]:
    from csatkit.metrics import CATALOG

    return tuple(CATALOG)


METRIC = Option(
    "metric",
    ("--metric", "-m"),
    "NAME,...",
    "Metrics to break down, see 'csatkit metrics'. Repeatable. Default: csat,fcr.",
    "How they are cut",
    "list",
    _metrics,
)


def _run(given: Values) -> None:
    answer("segments", given, metrics=metric_names(given.get("metric")))


def metric_names(written: list[str] | None) -> tuple[str, ...]:
    """Return the metrics asked for, each once, known ones alone."""
    from csatkit.metrics import find

    if not written:
        return DEFAULT
    names = [name.strip() for entry in written for name in entry.split(",")]
    if not all(names):
        raise UsageError(
            "--metric: expected names such as csat or csat,fcr", "See: csatkit metrics"
        )
    return tuple(dict.fromkeys(metric.id for metric in find(names)))


COMMAND = Command(
    "segments",
    "Break metrics down by columns and name the segments that differ from the rest beyond"
    " chance (Benjamini-Hochberg over all comparisons, their number printed). Agents are flagged on"
    " their own mix of issue types and channels. Places are ranges, and none is given on few"
    " tickets.\n\nWithout --by: agent, team, channel, issue_type and customer_segment, where the"
    " export has them.",
    _run,
    (METRIC, *shared(), EXPLAIN),
    examples={
        "csatkit segments tickets.csv surveys.csv --by agent": "CSAT and FCR per agent",
        "csatkit segments tickets.csv -m reopen_rate --by channel,issue_type": "crossed",
    },
)
