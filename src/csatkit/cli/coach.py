"""`csatkit coach`: what a team lead takes into the next talk with an agent."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from csatkit.cli import streams
from csatkit.cli.answer import answer, configuration, deliver, destination, settings_of
from csatkit.cli.command import SURVEYS, TICKETS, Command, Values
from csatkit.cli.inputs import from_files, sample, spare
from csatkit.cli.options import Argument, Option, shared
from csatkit.errors import UsageError

__all__ = ["COMMAND", "file_names"]

SINCE = Option(
    "since", ("--since",), "WHEN",
    "The day of the last pack, for what changed. Default: four weeks before the data end.",
    "Which rows",
)  # fmt: skip

ALL = Option("all", ("--all",), "", "A pack for everybody: one file each, in the folder of -o.",
             "Which rows", "switch")  # fmt: skip

_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(10))}
"""File names that mean a device to Windows, whatever their suffix."""

_LONGEST = 80
"""Characters of a file's name: far below the 255 bytes of file systems, even of four bytes each
with what a temporary name adds."""


def _run(given: Values) -> None:
    since = given.get("since")
    if since is not None:
        from csatkit.analyses.queue import since_instant

        since_instant(since)  # what is wrong with it is said before a file is opened
    if given.get("all"):
        _everybody(_without_agent(given), since)
        return
    if given.get("agent") is None:
        raise UsageError("coach needs the name of an agent", "Or --all -o FOLDER for everybody.")
    options = {"agent": given["agent"]} | ({} if since is None else {"since": since})
    answer("coach", given, options=options)


def _without_agent(given: Values) -> dict[str, Any]:
    """Return the values of a run without AGENT: what stood there is the first file.

    Raises:
        UsageError: there is an agent beside two files.
    """
    files = [given.get(name) for name in ("agent", "tickets", "surveys")]
    if files[2] is not None:
        raise UsageError("--all and the name of an agent exclude each other", "Leave one out.")
    return {**given, "agent": None, "tickets": files[0], "surveys": files[1]}


def _everybody(given: dict[str, Any], since: str | None) -> None:
    """Write everybody's pack, each file whole or not at all."""
    from csatkit.config import variable
    from csatkit.render import FORMATS

    folder = given.get("output") or os.environ.get(variable("output"))
    if folder in (None, "-"):
        raise UsageError("--all writes a file per agent", "Name a folder with -o FOLDER.")
    rest = {**given, "output": None}
    env = {k: v for k, v in os.environ.items() if k != variable("output")}
    wanted = given.get("format") or env.get(variable("format")) or "markdown"
    if wanted in FORMATS and FORMATS[wanted].is_binary:
        raise UsageError(f"--all writes text, not {wanted}", "Formats: markdown, html, json.")
    where_to = destination({**rest, "format": wanted}, env, "markdown")
    configuration(given)
    settings = settings_of("coach", rest)
    spare("--rejects", settings.rejects, settings)
    data = sample(settings) if given.get("demo") else from_files(settings)
    from csatkit.analyses.coach import every_pack

    packs = list(every_pack(data, settings, since))
    suffix = (FORMATS[where_to.format].suffixes or (".json",))[0]
    paths = [Path(str(folder)) / f"{n}{suffix}" for n in file_names(n for n, _ in packs)]
    for path in paths:
        spare("--output", str(path), settings)
    _make(Path(str(folder)))
    screen = streams.Screen(None, color=False, ascii=False)
    for place, (path, (_, report)) in enumerate(zip(paths, packs, strict=True)):
        # What a machine's format can't show is the same for all, so it is said once.
        quiet = where_to.quiet or place > 0
        deliver(report, where_to._replace(output=str(path), screen=screen, quiet=quiet))
    if not where_to.quiet:
        streams.complain(f"{len(packs)} packs in {folder}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError:
        raise UsageError(f"{folder} is a file", "Name a folder with -o.") from None
    except OSError as error:
        raise UsageError(
            f"can't make {folder}: {error.strerror or error}", "Name another folder with -o."
        ) from None


def file_names(names: Iterable[str]) -> list[str]:
    """Return a file name without suffix for each name: safe on any system, no two alike.

    >>> file_names(["../x", "a/b", "A b", "CON"])
    ['x', 'a_b', 'A b', '_CON']
    """
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        stem = _safe(name)
        place, free = 1, stem
        while _folded(free) in taken:
            place += 1
            free = f"{stem}-{place}"
        taken.add(_folded(free))
        found.append(free)
    return found


def _folded(stem: str) -> str:
    """Return what file systems that ignore case and composition take for the same name."""
    return unicodedata.normalize("NFKC", stem).casefold()


def _safe(name: str) -> str:
    text = unicodedata.normalize("NFC", name)
    kept = "".join(c if c.isalnum() or c in " -_." else "_" for c in text)
    stem = kept[:_LONGEST].strip(" ._") or "agent"
    return f"_{stem}" if stem.partition(".")[0].casefold().strip() in _DEVICES else stem


COMMAND = Command(
    "coach",
    "Make the coaching pack of an agent: up to five low-scored conversations, recent and of"
    " different issue types, three of the best; the issue types on which they are below the others"
    " beyond noise; what changed since the last pack; customers won back, whom to thank for within"
    " 48 hours, what the team won; and one commitment, left blank.\n\nNobody is ranked. --all -o"
    " FOLDER writes one file per agent, in Markdown or as --format says.",
    _run,
    # One agent is neither cut into segments nor held against a profile.
    (
        SINCE, ALL,
        *shared(
            without=("by", "week_start", "tickets_of", "mature_surveys", "profile")
        ),
    ),
    arguments=(
        Argument("agent", "AGENT", "Whose pack; left out with --all."), TICKETS, SURVEYS,
    ),
    examples={
        "csatkit coach Diego tickets.csv surveys.csv -o diego.html": "a pack to print",
        "csatkit coach --all tickets.csv surveys.csv -o packs": "one Markdown file for each agent",
        "csatkit coach Diego tickets.csv surveys.csv --since 2026-03-02":
            "with what changed since then",
    },
)  # fmt: skip
