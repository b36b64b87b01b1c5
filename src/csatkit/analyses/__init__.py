"""One question each: an analysis turns opened inputs and settings into a Report.

Commands and the Python API come in through `run`; each analysis is one module here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from csatkit.analyses.privacy import PERSONS
from csatkit.errors import UsageError
from csatkit.load import Data
from csatkit.metrics import CATALOG, FAMILIES, find
from csatkit.report import Report
from csatkit.schema import DIMENSIONS
from csatkit.settings import Settings

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace

__all__ = ["COMMANDS", "run"]

COMMANDS = ("report", *FAMILIES, "segments", "analyze", "enrich", "explain", "inspect")
"""The questions that `run` can answer."""

_SEGMENTS = ("csat", "fcr")
"""What `segments` breaks down where no metric is named."""


def run(
    command: str,
    data: Data,
    settings: Settings,
    *,
    metrics: Sequence[str] | None = None,
    ticket: str | None = None,
) -> Report:
    """Answer one command's question.

    Args:
        command: one of `COMMANDS`.
        data: the opened inputs.
        settings: the run's settings.
        metrics: ids of metrics, where the command takes them.
        ticket: the ticket that `explain` is about.

    Raises:
        UsageError: an unknown command, metric or column.
        InputError: the data can't be used.
        NothingToEvaluate: no row to evaluate.
    """
    from csatkit.analyses.behind import tickets_behind
    from csatkit.analyses.rejects import write_rejects
    from csatkit.analyses.workspace import open_workspace

    if command not in COMMANDS:
        raise UsageError.unknown("command", command, COMMANDS)
    if command == "inspect":
        from csatkit.analyses.doctor import Opened, inspection

        return inspection(Opened(data), settings)
    if command == "segments" and not settings.by:
        settings = replace(settings, by=tuple(default_dims(data, settings)))
    names = _metrics(command, metrics)
    whole_rows = command in ("enrich", "explain")
    dims = default_dims(data, settings) if command == "report" else ()
    ws = open_workspace(
        data, settings, names, rows=whole_rows or settings.tickets_of is not None, dims=dims
    )
    if settings.rejects is not None:
        write_rejects(ws, settings.rejects)
    if settings.tickets_of is not None:
        return tickets_behind(ws, command, names)
    return _answer(command, ws, names, ticket)


def _metrics(command: str, metrics: Sequence[str] | None) -> tuple[str, ...]:
    """Return the ids of the metrics that a command needs."""
    if command == "report":
        from csatkit.analyses.overview import HEADLINE, STAND_INS

        return (*HEADLINE, *STAND_INS)
    if command == "response":
        return (*FAMILIES[command], "csat")
    if command in FAMILIES:
        return FAMILIES[command]
    if command in ("segments", "analyze"):
        return tuple(m.id for m in find(metrics or _SEGMENTS))
    return tuple(CATALOG)


def _answer(command: str, ws: Workspace, names: tuple[str, ...], ticket: str | None) -> Report:
    if command == "report":
        from csatkit.analyses.overview import overview

        return overview(ws)
    if command == "enrich":
        from csatkit.analyses.enrich import enrich

        return enrich(ws)
    if command == "explain":
        from csatkit.analyses.explain import explain

        if ticket is None:
            raise UsageError("explain needs a ticket id")
        return explain(ws, ticket)
    from csatkit.analyses.families import family

    return family(command, ws, FAMILIES.get(command, names))


def default_dims(data: Data, settings: Settings) -> list[tuple[str]]:
    """Return what `report` and `segments` break down by, where the data has it."""
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    shown = [d for d in DIMENSIONS if settings.privacy != "none" or d not in PERSONS]
    return [(d,) for d in shown if any(s.has(d) for s in sources)]
