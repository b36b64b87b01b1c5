"""From what the user typed to the bytes on stdout: settings, data, analysis, renderer.

All that can be wrong in options and configuration is found before the first frame is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from csatkit import config, values
from csatkit.cli import streams
from csatkit.cli.command import Values
from csatkit.cli.inputs import from_files, sample, spare
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.settings import REPORT_SECTIONS

if TYPE_CHECKING:
    from csatkit.cli.dressing import Dress
    from csatkit.report import Report
    from csatkit.settings import Settings

__all__ = [
    "Destination",
    "answer",
    "configuration",
    "deliver",
    "destination",
    "is_on",
    "report_of",
    "report_or_empty",
    "settings_of",
]

OF_ONE_COMMAND = frozenset(
    {
        "against",
        "every",
        "history",
        "windows",
        "flips",
        "like",
        "adjust",
        "outcome",
        "explain",
        "min",
        "max",
        "period_length",
        "no_worse_than",
        "write_baseline",
        "inconclusive",
        "since",
        "title",
        "logo",
        "lang",
        "theme",
        "assets",
        "deflection",
        "agent",
        "all",
    }
)
"""Options that single commands take beside the shared ones and read themselves."""

OWN = frozenset({"demo", "allow_empty", "metric", "ticket"}) | OF_ONE_COMMAND | config.OF_THE_RUN
"""What a command is given beside settings."""

NO_DATA = """Name a ticket export: csatkit {command} tickets.csv [surveys.csv]
  or put its path into csatkit.toml: [source] tickets = "tickets.csv"
  or try the embedded sample: csatkit {command} --demo"""


class Destination(NamedTuple):
    """Where a result goes and what it looks like."""

    format: str
    output: str | None
    quiet: bool
    screen: streams.Screen


def answer(
    command: str,
    given: Values,
    *,
    metrics: Sequence[str] | None = None,
    ticket: str | None = None,
    options: Mapping[str, str] | None = None,
    targets: Sequence[Mapping[str, object]] = (),
    goals: Sequence[Mapping[str, object]] = (),
    format: str = "table",
    is_dressed: bool = False,
) -> None:
    """Answer one question about the user's data.

    Args:
        command: the analysis.
        given: what the user typed.
        metrics: ids of the metrics asked for; None means the command's own.
        ticket: the one ticket asked about.
        options: what this command alone takes, checked by it.
        targets: the targets asked for, checked.
        goals: the `[[goal]]` tables, checked.
        format: what a result looks like where the user doesn't say.
        is_dressed: whether the command takes the options of `dressing`.

    Raises:
        CsatkitError: the request, the data or the selection can't be used.
    """
    where_to = destination(given, os.environ, format)
    dress = None
    if is_dressed:
        from csatkit.cli.dressing import dress_of

        dress = dress_of(given, where_to)
        if dress.is_drawn:
            options = {**(options or {}), "pictures": "yes"}
    settings = settings_of(command, given)
    if dress is not None and dress.is_whole and not settings.sections:
        settings = replace(settings, sections=REPORT_SECTIONS)
    if given.get("explain"):
        options = {**(options or {}), "explain": "yes"}
    spare("--output", where_to.output, settings)
    spare("--rejects", settings.rejects, settings)
    if dress is not None and (where_to.format == "html" or dress.folder is not None):
        from csatkit.render.drawing import warm_up

        warm_up()
    report = report_or_empty(
        command, given, settings, where_to, metrics=metrics, ticket=ticket, options=options,
        targets=targets, goals=goals,
    )  # fmt: skip
    deliver(report, where_to, dress)


def settings_of(command: str, given: Values) -> Settings:
    """Return the settings of a run from options, environment and file.

    Raises:
        UsageError: a mistake in any of them, or no data is named.
    """
    is_sample = bool(given.get("demo"))
    if is_sample and (given.get("tickets") or given.get("surveys")):
        raise UsageError("--demo and a path exclude each other", "Leave one of them out.")
    settings = config.settings_from(
        {_option(k): v for k, v in given.items() if k not in OWN},
        os.environ,
        configuration(given),
        sample=is_sample,
    )
    if not is_sample and not settings.source.tickets:
        raise UsageError("no data to read", NO_DATA.format(command=command))
    return settings


def configuration(given: Values) -> config.Configuration | None:
    """Return what the configuration file says, None where there is none.

    Raises:
        UsageError: it can't be read, or holds a mistake.
    """
    named = given.get("config") or os.environ.get(config.variable("config"))
    path = Path(named) if named else config.find(Path())
    return config.read(path) if path else None


def _option(key: str) -> str:
    return "from" if key == "from_" else key


def is_on(given: Values, key: str) -> bool:
    """Tell whether a switch is on, by option or variable."""
    name = config.variable(key)
    text = os.environ.get(name)
    return bool(given.get(key)) or (bool(text) and values.switch(text, name))


def destination(
    given: Values, env: Mapping[str, str], default: str, *, has_verdicts: bool = False
) -> Destination:
    """Return where the result goes, refusing early what couldn't be written.

    Args:
        given: what the user typed.
        env: read for CSATKIT_OUTPUT, CSATKIT_FORMAT and what a terminal shows.
        default: the format where the user doesn't say.
        has_verdicts: whether the answer holds verdicts, which some formats are for.

    Raises:
        UsageError: an unknown format or suffix, a binary format to a terminal, or a format that
            means nothing for the command.
    """
    from csatkit.render import FORMATS, format_of

    output = given.get("output") or env.get(config.variable("output"))
    output = None if output == "-" else output
    name = given.get("format")
    if name is None and output is not None and not _is_device(output):
        name = format_of(output)
    name = name or env.get(config.variable("format")) or default
    if name not in FORMATS:
        raise UsageError.unknown("format", name, FORMATS)
    if FORMATS[name].needs_verdicts and not has_verdicts:
        raise UsageError(f"{name} is for the verdicts of csatkit check")
    if FORMATS[name].is_binary and output is None and streams.is_terminal():
        raise UsageError(
            f"{name} is binary and would garble the terminal", f"Write it: -o result.{name}"
        )
    screen = streams.screen(env, no_color=is_on(given, "no_color"))
    if output is not None:
        screen = streams.Screen(None, color=False, ascii=False)
    return Destination(name, output, is_on(given, "quiet"), screen)


def _is_device(output: str) -> bool:
    """Tell whether a path is a device or a pipe, whose name says nothing about the format."""
    path = Path(output)
    return path.exists() and not path.is_file() and not path.is_dir()


def report_of(command: str, given: Values, settings: Settings, **asked: Any) -> Report:
    """Open the data and answer a command's question."""
    from csatkit.analyses import run

    data = sample(settings) if given.get("demo") else from_files(settings)
    return run(command, data, settings, **asked)


def report_or_empty(
    command: str, given: Values, settings: Settings, where_to: Destination, **asked: Any
) -> Report:
    """Answer a command's question; where no row is left, with an empty report if that is allowed.

    Raises:
        NothingToEvaluate: no row is left, and that isn't allowed.
    """
    try:
        return report_of(command, given, settings, **asked)
    except NothingToEvaluate as nothing:
        if not is_on(given, "allow_empty"):
            raise
        if not where_to.quiet:
            streams.complain(f"note: {nothing.message}")
        return _empty(command, settings)


def _empty(command: str, settings: Settings) -> Report:
    """Return the report on no row at all: the rules that were asked for, and no measure."""
    from csatkit.analyses.assembling import asked_rules
    from csatkit.report import Report

    return Report(command, asked_rules(settings), inputs=(), measures=())


def deliver(report: Report, where_to: Destination, dress: Dress | None = None) -> None:
    """Render a report and write it; what a machine format can't show a reader goes to stderr."""
    from csatkit.progress import stage
    from csatkit.render import parts, render
    from csatkit.render.text import one_line

    stage(f"laying out the {where_to.format}")
    screen, look = where_to.screen, None
    if dress is not None:
        report, look = replace(report, title=dress.title or report.title), dress.look
        if dress.folder is not None:
            from csatkit.render.assets import write_pictures

            write_pictures(report, dress.folder, look.theme.light)
    is_exact = where_to.format not in {"table", "markdown"}
    if is_exact:
        streams.result(parts(report, where_to.format, look=look), where_to.output)
    else:
        payload = render(
            report, where_to.format,
            width=screen.width, color=screen.color, ascii=screen.ascii, look=look,
        )  # fmt: skip
        streams.result(payload, where_to.output)
    # A page of HTML shows its notes, though its bytes are exact like those of other files.
    if is_exact and where_to.format != "html" and not where_to.quiet:
        for note in report.notes:
            if note.level != "info":
                streams.complain(f"{note.level}: {one_line(note.text)}")
