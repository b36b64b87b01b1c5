"""What to do next, as commands that can be pasted: the same files, the same rules, one question.

A command repeats the run's own choices, so that its numbers are those of the digest.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from csatkit import periods
from csatkit.analyses.privacy import PERSONS
from csatkit.analyses.workspace import Workspace
from csatkit.periods import Span
from csatkit.report import Section
from csatkit.settings import Settings

__all__ = ["command", "in_period", "not_over_yet", "steps_section"]

QUIET = timedelta(days=3)
"""How long before the end of a period the last row may lie though the export was cut after it: a
weekend and the Friday evening before."""

ALMOST_OVER = {"day": timedelta(hours=4)}
"""The same, of a day: an evening."""

SAMPLE = ("sample tickets",)
"""Under which the embedded sample stands among the inputs."""

_OPTIONS = {
    "--as-of": "as_of", "--tz": "tz", "--week-start": "week_start", "--window": "window_days",
    "--repeat-on": "repeat_on", "--clock": "clock", "--rating": "rating", "--level": "level",
    "--min-n": "min_n", "--privacy": "privacy",
}  # fmt: skip
"""Option → setting; of a file's own reading (`--map`, `--scale`) the configuration tells."""

_OF_MANY = frozenset({"--week-start", "--clock", "--level", "--min-n"})
"""Options that mean nothing for one ticket."""

MOST = 4
"""Steps: a list of ten is no advice."""


def command(ws: Workspace, name: str, *options: str) -> str:
    """Return a command on the same inputs.

    Args:
        ws: the run.
        name: the command with its own arguments before the files.
        options: what it takes beside the run's own choices.
    """
    source = ws.settings.source
    files = [shlex.quote(str(path)) for path in (*source.tickets, *source.surveys)]
    if not files and ws.data.tickets is not None and ws.data.tickets.paths == SAMPLE:
        files = ["--demo"]
    return " ".join((f"csatkit {name}", *files, *options, *_choices(ws.settings, name)))


def _choices(s: Settings, name: str) -> Iterator[str]:
    """Yield the choices of the run that change a command's numbers, as options."""
    usual = Settings()
    is_ticket = name.startswith("explain ")
    for option, setting in _OPTIONS.items():
        value = getattr(s, setting)
        if value is None or value == getattr(usual, setting) or (is_ticket and option in _OF_MANY):
            continue
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        yield f"{option} {shlex.quote(shown)}"
    for text in () if is_ticket else s.where:
        yield f"--where {shlex.quote(text)}"


def in_period(span: Span) -> tuple[str, ...]:
    """Return the options that ask for a period by its own name."""
    if span.kind == "days":
        return (f"--from {span.period.first}", f"--to {span.period.last}")
    return (f"--period {span.period.label}",)


def not_over_yet(ws: Workspace, span: Span) -> str | None:
    """Return how to get the running period where it is all but over; None where it isn't.

    The data end is the latest instant of the rows: an export that is cut at midnight after a quiet
    weekend ends days earlier.
    """
    if ws.settings.as_of or ws.data_end is None or not span.relative:
        return None
    running = periods.following(span, ws.week_start)
    end = periods.span_of(running.period, ws.zone)[1]
    if end - ws.data_end > ALMOST_OVER.get(span.kind, QUIET):
        return None
    day = running.period.last + timedelta(days=1)
    return (
        f"The data ends {ws.data_end:%Y-%m-%d %H:%M} UTC, so {running.period.label} isn't over; "
        f"if the export was cut later, --as-of {day} makes it the last complete {span.kind}."
    )


def steps_section(
    ws: Workspace, steps: Iterable[tuple[str, str]], title: str = "What to look at next"
) -> Section:
    """Return reasons with their commands, as many as somebody takes up."""
    if ws.settings.privacy != "all" and any(c.column in PERSONS for c in ws.asked):
        return Section("next", title, text=("Commands are left out: they would name a person.",))
    found: Sequence[tuple[str, str]] = list(dict.fromkeys(steps))[:MOST]
    if not found:
        return Section("next", title, text=("Nothing stands out; carry on.",))
    return Section("next", title, text=tuple(f"{why}: {line}" for why, line in found))
