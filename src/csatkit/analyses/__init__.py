"""One question each: an analysis turns opened inputs and settings into a Report.

Commands and the Python API come in through `run`; each analysis is one module here.
"""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.privacy import PERSONS
from csatkit.errors import UsageError
from csatkit.load import Data
from csatkit.metrics import CATALOG, FAMILIES, find
from csatkit.report import Report
from csatkit.schema import DIMENSIONS
from csatkit.settings import Settings

__all__ = ["run"]


def default_dims(data: Data, settings: Settings) -> list[tuple[str]]:
    """Return the dimensions that `report` and `segments` break down by, where the data has them."""
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    shown = [d for d in DIMENSIONS if settings.privacy != "none" or d not in PERSONS]
    return [(d,) for d in shown if any(s.has(d) for s in sources)]


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
        command: a command's name.
        data: the opened inputs.
        settings: the run's settings.
        metrics: ids of metrics, where the command takes them.
        ticket: the ticket that `explain` is about.

    Raises:
        UsageError: an unknown command, metric or column.
        InputError: the data can't be used.
        NothingToEvaluate: no row to evaluate.
    """
    from csatkit.analyses.families import family
    from csatkit.analyses.workspace import open_workspace

    if command == "report":
        from csatkit.analyses.overview import HEADLINE, overview

        return overview(open_workspace(data, settings, HEADLINE, dims=default_dims(data, settings)))
    if command in FAMILIES:
        names = FAMILIES[command]
        return family(command, open_workspace(data, settings, names), names)
    if command in ("segments", "analyze"):
        names = tuple(m.id for m in find(metrics or ("csat", "fcr")))
        return family(command, open_workspace(data, settings, names), names)
    every = tuple(CATALOG)
    if command == "enrich":
        from csatkit.analyses.enrich import enrich

        return enrich(open_workspace(data, settings, every, rows=True))
    if command == "explain":
        from csatkit.analyses.explain import explain

        if ticket is None:
            raise UsageError("explain needs a ticket id")
        return explain(open_workspace(data, settings, every, rows=True), ticket)
    if command == "inspect":
        from csatkit.analyses.inspect import inspection

        return inspection(open_workspace(data, settings, every, rows=True))
    raise UsageError.unknown("command", command, [*FAMILIES, "segments"])
