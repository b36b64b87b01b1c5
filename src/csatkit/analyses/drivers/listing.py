"""`--tickets-of driver:repeat` and `mode:re-contact`: the tickets behind a driver or failure mode.

A part narrows or widens it: `driver:repeat:failed` are those of them without success, `:later`
those that came later than the rating, `mode:re-contact:every` unrated mature tickets as well.
Further pieces narrow it as everywhere: `driver:repeat,channel=email`. `driver:fcr` are the tickets
that weren't resolved on first contact.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from csatkit.facts.drivers import Driver, after_rating
from csatkit.metrics import CATALOG
from csatkit.report import Report
from csatkit.totals.aggregates import holds

__all__ = ["is_driver_cell", "tickets_of_driver"]

_KINDS = ("driver:", "mode:")

_PARTS = ("all", "counted", "failed", "later", "every")
"""The mature tickets of the outcome that are affected; those of them with success, without it,
affected later than the rating; and every affected mature ticket, rated or not."""


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
    head, segment = head_and_segment(text, "driver:repeat,channel=email")
    kind, name, part = _pieces(head)
    metric = CATALOG["fcr" if part == "every" else outcome]
    refuse_unavailable(ws, metric)
    drivers, missing = usable(ws, outcome)
    parts = [] if name == "fcr" else _named(kind, name, drivers, missing)
    dims = dims_of(ws, metric.family, segment)
    rows = rows_of(ws, metric, {d.id: d for d in parts}, span_of(ws), dims).filter("is_mature")
    if name == "fcr":
        refuse_unavailable(ws, CATALOG["fcr"])
        rows = rows.filter(~pl.col("is_first_contact"))
    else:
        rows = rows.filter(mode_rows(parts)[0])
    columns = frozenset(rows.collect_schema().names())
    success = pl.col("is_satisfied") if metric.id == "csat" else holds(("is_first_contact",))
    narrowed = rows.with_columns(counted=success).filter(_part(part, parts, columns))
    return listed(ws, "drivers", segment_rows(ws, narrowed.collect(), segment), metric)


def _pieces(head: str) -> tuple[str, str, str]:
    """Return what a cell's head names: the kind, the driver or mode, and the part."""
    kind, _, rest = head.partition(":")
    name, _, part = rest.partition(":")
    if part and part not in _PARTS:
        raise UsageError.unknown("part of --tickets-of", part, _PARTS)
    return kind, name, part or "all"


def _part(part: str, parts: Sequence[Driver], columns: frozenset[str]) -> pl.Expr:
    """Return which of the affected rows a part names."""
    match part:
        case "counted":
            return pl.col("counted")
        case "failed":
            return ~pl.col("counted")
        case "later":
            after = after_rating(columns)
            known = [after[d.id] for d in parts if d.id in after]
            if not known:
                raise UsageError("--tickets-of: the export doesn't say what came after the rating")
            return pl.any_horizontal(known)
    return pl.lit(value=True)


def _named(
    kind: str, name: str, drivers: dict[str, Driver], missing: dict[str, str]
) -> list[Driver]:
    if kind == "driver":
        if name in missing:
            raise UsageError(f"--tickets-of: {name} isn't measured: {missing[name]}")
        if name not in drivers:
            raise UsageError.unknown("driver of --tickets-of", name, [*drivers, "fcr"])
        return [drivers[name]]
    mode = next((m for m in MODES if m.id == name), None)
    if mode is None:
        raise UsageError.unknown("failure mode of --tickets-of", name, [m.id for m in MODES])
    parts = parts_of(mode, list(drivers.values()))
    if not parts:
        why = "; ".join(dict.fromkeys(missing[d] for d in mode.drivers if d in missing))
        raise UsageError(f"--tickets-of: {name} isn't measured: {why or 'part of the outcome'}")
    return parts
