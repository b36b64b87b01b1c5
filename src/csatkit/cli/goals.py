"""`csatkit goals`: whether targets can be planned on, and when anybody could tell."""

from __future__ import annotations

from csatkit.cli.answer import answer, configuration
from csatkit.cli.command import Command, Values
from csatkit.cli.options import EXPLAIN, Option, shared
from csatkit.errors import UsageError

__all__ = ["COMMAND"]

PANEL = "Goals"

MIN = Option(
    "min", ("--min",), "METRIC=VALUE", "Reach at least this, e.g. csat=80. Repeatable.", PANEL,
    "list",
)  # fmt: skip
MAX = Option(
    "max", ("--max",), "METRIC=VALUE", "Stay at or below this, e.g. reopen_rate=10. Repeatable.",
    PANEL, "list",
)  # fmt: skip
LENGTH = Option(
    "period_length", ("--period-length",), "month|quarter",
    "How long the goal has, and how long a period is. Default: quarter.", PANEL,
    choices=lambda: ("month", "quarter"),
)  # fmt: skip


def _run(given: Values) -> None:
    from csatkit.analyses.choices import period_length

    options = {"period_length": period_length(given.get("period_length") or "quarter")}
    answer("goals", given, options=options, targets=_targets(given))


def _targets(given: Values) -> list[dict[str, object]]:
    """Return the targets of the file, then those of the command line."""
    from csatkit.analyses.aims import aim_of

    file = configuration(given)
    found = [] if file is None else [dict(t) for t in file.targets]
    for op in ("min", "max"):
        found += [_target(op, written) for written in given.get(op) or ()]
    if not found:
        raise UsageError(
            "no target given", "Write --min csat=80, or [[target]] tables into csatkit.toml."
        )
    for target in found:
        aim_of(target)  # all that can be wrong is said before a file is opened
    return found


def _target(op: str, written: str) -> dict[str, object]:
    metric, _, value = (part.strip() for part in written.partition("="))
    try:
        threshold = float(value)
    except ValueError:
        raise UsageError(
            f"--{op}: expected a metric and a number, got {written!r}", f"Write --{op} csat=80."
        ) from None
    return {"metric": metric, op: threshold}


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
