"""`--tickets-of driver:repeat` and `mode:re-contact`: the tickets behind a driver or failure mode.

Further pieces narrow it as everywhere: `driver:repeat,channel=email`.
"""

from __future__ import annotations

import polars as pl

from csatkit.analyses.behind import (
    dims_of,
    head_and_segment,
    listed,
    refuse_unavailable,
    segment_rows,
)
from csatkit.analyses.choices import outcome_of
from csatkit.analyses.drivers.gathering import rows_of, span_of, usable
from csatkit.analyses.drivers.modes import MODES, mode_rows, parts_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import UsageError
from csatkit.facts.drivers import Driver
from csatkit.metrics import CATALOG
from csatkit.report import Report
from csatkit.totals.aggregates import holds

__all__ = ["is_driver_cell", "tickets_of_driver"]

_KINDS = ("driver:", "mode:")


def is_driver_cell(text: str) -> bool:
    """Tell whether a cell names a driver or a failure mode."""
    return text.startswith(_KINDS)


def tickets_of_driver(ws: Workspace, asked: str) -> Report:
    """Return the mature tickets that a driver or mode affects, one line each.

    Raises:
        UsageError: no such driver or mode, or the export can't tell it.
        NothingToEvaluate: no ticket is behind it.
    """
    text = ws.settings.tickets_of
    assert text is not None
    outcome = outcome_of(asked)
    metric = CATALOG[outcome]
    refuse_unavailable(ws, metric)
    head, segment = head_and_segment(text, "driver:repeat,channel=email")
    drivers, missing = usable(ws, outcome)
    parts = _named(head, drivers, missing)
    dims = dims_of(ws, metric.family, segment)
    chosen = {d.id: d for d in parts}
    affected, _ = mode_rows(parts)
    success = pl.col("is_satisfied") if outcome == "csat" else holds(("is_first_contact",))
    rows = rows_of(ws, metric, chosen, span_of(ws), dims).filter(pl.col("is_mature") & affected)
    frame = segment_rows(ws, rows.with_columns(counted=success).collect(), segment)
    return listed(ws, "drivers", frame, metric)


def _named(head: str, drivers: dict[str, Driver], missing: dict[str, str]) -> list[Driver]:
    kind, _, name = head.partition(":")
    if kind == "driver":
        if name in missing:
            raise UsageError(f"--tickets-of: {name} isn't measured: {missing[name]}")
        if name not in drivers:
            raise UsageError.unknown("driver of --tickets-of", name, drivers)
        return [drivers[name]]
    mode = next((m for m in MODES if m.id == name), None)
    if mode is None:
        raise UsageError.unknown("failure mode of --tickets-of", name, [m.id for m in MODES])
    parts = parts_of(mode, list(drivers.values()))
    if not parts:
        why = "; ".join(dict.fromkeys(missing[d] for d in mode.drivers if d in missing))
        raise UsageError(f"--tickets-of: {name} isn't measured: {why or 'part of the outcome'}")
    return parts
