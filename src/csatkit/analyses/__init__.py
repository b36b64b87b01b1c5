"""One question each: an analysis turns opened inputs and settings into a Report.

Commands and the Python API come in through `run`; each analysis is one module here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

__all__ = ["COMMANDS", "OPTIONS", "run"]

COMMANDS = (
    "report", *FAMILIES, "segments", "compare", "trend", "goals", "analyze", "enrich", "explain",
    "inspect",
)  # fmt: skip
"""The questions that `run` can answer."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "compare": ("against",),
    "trend": ("every",),
    "fcr": ("windows",),
    "response": ("adjust",),
    "goals": ("period_length",),
}
"""Command → options that it alone takes, which the Python functions accept by name too."""

_SEGMENTS = ("csat", "fcr")
"""What `segments` breaks down where no metric is named."""


def run(
    command: str,
    data: Data,
    settings: Settings,
    *,
    metrics: Sequence[str] | None = None,
    ticket: str | None = None,
    options: Mapping[str, str] | None = None,
    targets: Sequence[Mapping[str, object]] = (),
) -> Report:
    """Answer one command's question.

    Args:
        command: one of `COMMANDS`.
        data: the opened inputs.
        settings: the run's settings.
        metrics: ids of metrics, where the command takes them.
        ticket: the ticket that `explain` is about.
        options: what the command alone takes, as written (`OPTIONS`); `explain` asks for the
            formulas behind the answer.
        targets: `[[target]]` tables, checked by `config_file`.

    Raises:
        UsageError: an unknown command, metric or column.
        InputError: the data can't be used.
        NothingToEvaluate: no row to evaluate.
    """
    from csatkit.analyses.workspace import open_workspace

    if command not in COMMANDS:
        raise UsageError.unknown("command", command, COMMANDS)
    if command == "inspect":
        from csatkit.analyses.doctor import Opened, inspection

        return inspection(Opened(data), settings)
    if command == "segments" and not settings.by:
        settings = replace(settings, by=tuple(default_dims(data, settings)))
    chosen = options or {}
    if command == "goals":
        from csatkit.analyses.aims import aim_of

        metrics = [aim_of(target).metric.id for target in targets]
    names = _metrics(command, metrics)
    whole_rows = command in ("enrich", "explain")
    dims = _further_dims(command, data, settings, chosen, targets)
    ws = open_workspace(
        data, settings, names, rows=whole_rows or settings.tickets_of is not None, dims=dims
    )
    if settings.rejects is not None:
        from csatkit.analyses.rejects import write_rejects

        write_rejects(ws, settings.rejects)
    if settings.tickets_of is not None:
        return _behind(command, ws, names, settings.tickets_of)
    report = _answer(command, ws, names, ticket=ticket, options=chosen, targets=targets)
    if "explain" in chosen:
        from csatkit.analyses.formulas import with_formulas

        return with_formulas(report)
    return report


def _behind(command: str, ws: Workspace, names: tuple[str, ...], cell: str) -> Report:
    """Return the tickets behind a cell, in the period that the command shows."""
    from csatkit.analyses.behind import tickets_behind

    if command == "compare":
        from csatkit.analyses.compare import in_period

        ws = in_period(ws, cell)
    return tickets_behind(ws, command, names)


def _further_dims(
    command: str,
    data: Data,
    settings: Settings,
    options: Mapping[str, str],
    targets: Sequence[Mapping[str, object]],
) -> list[tuple[str, ...]]:
    """Return the dimensions that have to be read beside those of `--by`."""
    match command:
        case "report" | "compare":
            return [*default_dims(data, settings)]
        case "segments":
            from csatkit.analyses.units import case_mix_of

            return [*case_mix_of(data)]
        case "response" if "adjust" in options:
            from csatkit.analyses.choices import columns

            return [tuple(columns(options["adjust"]))]
        case "goals":
            from csatkit.analyses.aims import columns_of

            return [(c,) for target in targets for c in columns_of(target)]
    return []


def _metrics(command: str, metrics: Sequence[str] | None) -> tuple[str, ...]:
    """Return the ids of the metrics that a command needs."""
    if command == "report":
        from csatkit.analyses.overview import HEADLINE, STAND_INS

        return (*HEADLINE, *STAND_INS)
    if command == "compare":
        from csatkit.analyses.compare import COMPARED
        from csatkit.analyses.overview import STAND_INS

        return (*COMPARED, *STAND_INS)
    if command == "trend":
        from csatkit.analyses.trend import FOLLOWED

        return tuple(m.id for m in find(metrics or FOLLOWED))
    if command == "response":
        # What the silent could do to CSAT, and all resolved tickets to weigh it for.
        return (*FAMILIES[command], "csat", "resolution_rate")
    if command in FAMILIES:
        return FAMILIES[command]
    if command in ("segments", "analyze", "goals"):
        return tuple(m.id for m in find(metrics or _SEGMENTS))
    return tuple(CATALOG)


def _answer(
    command: str,
    ws: Workspace,
    names: tuple[str, ...],
    *,
    ticket: str | None,
    options: Mapping[str, str],
    targets: Sequence[Mapping[str, object]],
) -> Report:
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
    if command == "compare":
        from csatkit.analyses.compare import compare

        return compare(ws, options.get("against"))
    if command == "trend":
        from csatkit.analyses.trend import trend

        return trend(ws, names, options.get("every"))
    if command == "goals":
        from csatkit.analyses.goals import goals

        return goals(ws, targets, options)
    from csatkit.analyses.families import family

    return family(command, ws, FAMILIES.get(command, names), options)


def default_dims(data: Data, settings: Settings) -> list[tuple[str]]:
    """Return what `report` and `segments` break down by, where the data has it."""
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    shown = [d for d in DIMENSIONS if settings.privacy != "none" or d not in PERSONS]
    return [(d,) for d in shown if any(s.has(d) for s in sources)]
