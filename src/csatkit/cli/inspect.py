"""`csatkit inspect`: the import doctor.

It has a lane of its own: it opens what other commands refuse, and writes its report before it says
that the data isn't fit to be used.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from csatkit.cli.answer import configuration, deliver, destination, settings_of
from csatkit.cli.command import Command, Values
from csatkit.cli.inputs import sample, spare
from csatkit.cli.options import HEALTH, Option, shared
from csatkit.errors import InputError
from csatkit.progress import stage
from csatkit.settings import Settings

if TYPE_CHECKING:
    from csatkit.analyses.doctor import Opened

__all__ = ["COMMAND"]

OPTIONS = (
    Option("baseline", ("--baseline",), "FILE",
           "Compare the number of rows with that of last time, as --write-baseline left it.",
           HEALTH),
    Option("write_baseline", ("--write-baseline",), "FILE",
           "Keep the number of rows for --baseline.", HEALTH),
)  # fmt: skip

OWN = frozenset({o.key for o in OPTIONS})


def _run(given: Values) -> None:
    from csatkit.analyses.doctor import Opened, inspection, is_strict

    where_to = destination(given, os.environ, "table")
    settings = settings_of("inspect", {k: v for k, v in given.items() if k not in OWN})
    for option, path in (
        ("--output", where_to.output),
        ("--rejects", settings.rejects),
        ("--write-baseline", given["write_baseline"]),
    ):
        spare(option, path, settings)
    opened = Opened(sample(settings)) if given.get("demo") else _examined(settings)
    stage("examining what was found")
    report = inspection(
        opened,
        settings,
        baseline=given["baseline"],
        keep_baseline=given["write_baseline"],
        configured_by=_configured_by(given),
    )
    deliver(report, where_to)
    if settings.strict and is_strict(report):
        n = sum(note.level != "info" for note in report.notes)
        raise InputError(f"--strict: {n} of the findings would change a metric")


def _configured_by(given: Values) -> str | None:
    """Return how the next command finds the same settings, None where they were typed."""
    typed = ("demo", "tickets", "surveys", "outreach", "preset", "map", "scale", "date_format")
    if any(given.get(key) for key in typed) or configuration(given) is None:
        return None
    return shlex.join(["--config", given["config"]]) if given.get("config") else ""


def _examined(settings: Settings) -> Opened:
    from csatkit.analyses.doctor import examine

    source = settings.source
    return examine(source.tickets, source.surveys or None, source.outreach or None, source=source)


_SHARED = shared(
    # Nothing is selected, cut, judged or estimated, and never more held than the rows in doubt.
    without=(
        "from", "to", "period", "where", "by", "week_start", "tickets_of", "window", "repeat_on",
        "clock", "rating", "mature_surveys", "level", "min_n", "profile", "max_memory",
    )
)  # fmt: skip

COMMAND = Command(
    "inspect",
    "Show how a file is read and what is wrong with it: the system it comes from, which header"
    " holds what, how dates and scores are understood, from tickets to answers, every problem with"
    " examples and what mends it, and which metrics can and can't be computed.\n\n"
    "It goes on where other commands stop. With --strict it exits 4, after the report, when a"
    " problem would change a metric.",
    _run,
    (*_SHARED, *OPTIONS),
    examples={
        "csatkit inspect tickets.csv": "before the first report",
        "csatkit inspect tickets.csv --map 'agent=Assignee name'": "with a header of your own",
        "csatkit inspect tickets.csv --strict -q": "in a pipeline: exit 4 if something is wrong",
        "csatkit inspect tickets.csv --write-baseline last.json": "to compare next time with",
    },
)
