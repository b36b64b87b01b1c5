"""`csatkit init`: a commented csatkit.toml from a file."""

from __future__ import annotations

import os
from pathlib import Path

from csatkit import config
from csatkit.cli import streams
from csatkit.cli.command import Command, Values
from csatkit.cli.inputs import spare
from csatkit.cli.options import OUT, OUTPUT, SHARED, Argument, Option
from csatkit.config_file import FILE
from csatkit.errors import InputError, UsageError
from csatkit.settings import Settings
from csatkit.whole import written_whole

__all__ = ["COMMAND"]

READING = frozenset({"outreach", "preset", "map", "scale", "date_format", "tz"})
"""Shared options that end up in the file."""

OPTIONS = (
    *(o for o in SHARED if o.key in READING),
    Option("output", ("--output", "-o"), "FILE",
           "The file to write; - for stdout. Default: csatkit.toml.", OUT),
    Option("force", ("--force",), "", "Overwrite a file of that name.", OUT, "switch"),
    *(o for o in OUTPUT if o.key in {"quiet", "debug"}),
)  # fmt: skip

ARGUMENTS = (
    Argument("tickets", "TICKETS", "Ticket export: a file, a quoted glob or a folder.",
             is_required=True),
    Argument("surveys", "SURVEYS", "Survey export, where it is a file of its own."),
)  # fmt: skip

_OWN = frozenset({"output", "force", "quiet", "debug"})


def _run(given: Values) -> None:
    target = given["output"] or FILE
    path = None if target == "-" else Path(target)
    settings = config.settings_from(
        {k: v for k, v in given.items() if k not in _OWN}, _environment(), None
    )
    if path is not None:
        spare("--output", target, settings)
        if path.exists() and not given["force"]:
            raise UsageError(f"{target} exists", "Overwrite it with --force, or name another: -o.")
    home = (Path() if path is None else path.parent).absolute()
    text, is_to_fill_in = _text(settings, home)
    if path is None:
        streams.result(text, is_exact=True)
        return
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    if not given["quiet"]:
        streams.result(_to_fill_in(path) if is_to_fill_in else _next_steps(path))


def _text(settings: Settings, home: Path) -> tuple[str, bool]:
    """Return the file's text, and whether its mapping is left to be filled in."""
    from csatkit.analyses.doctor import blank, draft, examine
    from csatkit.load import open_data

    source = settings.source
    given = (source.tickets, source.surveys or None, source.outreach or None)
    try:
        data = open_data(*given, source=source)
    except InputError:
        found = examine(*given, source=source)
        if [p.code for p in found.problems] != ["mapping.missing"]:
            raise
        return blank(found.unread, settings, home), True
    return draft(data, settings, home), False


def _environment() -> dict[str, str]:
    """Return the variables that say how the data reads; the others don't go into the file."""
    wanted = {config.variable(key) for key in READING}
    return {k: v for k, v in os.environ.items() if k in wanted}


def _to_fill_in(path: Path) -> str:
    lines = [
        f"{path}: no header is known, so its [source.map] is to be filled in.",
        "",
        f"Next: open {path}, write the headers between the quotes, save it, then",
        f"  csatkit inspect{_where(path)}",
    ]
    return "\n".join(lines) + "\n"


def _where(path: Path) -> str:
    import shlex

    is_found = path.name == FILE and path.parent == Path()
    return "" if is_found else f" --config {shlex.quote(str(path))}"


def _next_steps(path: Path) -> str:
    import shlex

    lines = [str(path), "", "Next:", f"  csatkit config check {shlex.quote(str(path))}"]
    return "\n".join([*lines, f"  csatkit report{_where(path)}"]) + "\n"


COMMAND = Command(
    "init",
    "Write a commented csatkit.toml from an export: where the data is, which system it comes from,"
    " scale, zone and columns as they were recognised, what to leave out, response limits for the"
    " channels that exist, and targets to start from, set from today's numbers.\n\n"
    "What it writes gives the same report as the command line that it came from. Where the headers"
    " aren't known it is a file to fill in: every name that matters, and the headers with cells.",
    _run,
    OPTIONS,
    ARGUMENTS,
    examples={
        "csatkit init tickets.csv surveys.csv": "writes csatkit.toml here",
        "csatkit init tickets.csv -o -": "to look at it first",
        "csatkit init tickets.csv --map 'agent=Assignee name' --force": "anew, with a header of"
        " your own",
    },
)
