"""`csat`, `fcr`, `reopen`, `response`, `segments`: metrics overall and by segment."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.measuring import by_segment, measures, n_rows
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import find
from csatkit.report import Report

__all__ = ["family"]


def family(command: str, ws: Workspace, metrics: Sequence[str]) -> Report:
    """Return the measures of some metrics, overall and by every `--by`.

    Raises:
        NothingToEvaluate: the selection holds no row.
    """
    found = find(metrics)
    tables = by_segment(ws, found, ws.by, ws.span)
    usable = [m for m in found if ws.lacks(m) is None]
    if usable and n_rows(tables) == 0:
        raise NothingToEvaluate(
            "the selection holds no row", "Widen --period, --from, --to or --where."
        )
    shown = tuple(measures(ws, tables))
    return Report(command, definitions(ws), inputs(ws), shown, notes=remarks(ws, shown))
