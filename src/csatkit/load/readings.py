"""How the instants of a source are written: a reading per column, one order of day and month.

The sample decides where it can, then the whole columns, then the order of events; after that the
user has to. A decision that took more than looking at the values is noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import polars as pl

from csatkit.load.canonical import Plan
from csatkit.load.dates import Order, Reading, declared, is_numeric, ordered, read_sample
from csatkit.load.order import Evidence, evidence_in, evidence_of, undecidable
from csatkit.load.parts import Part
from csatkit.load.sample import text_cells
from csatkit.report import Note
from csatkit.schema import COLUMNS

__all__ = ["decide_readings"]

_FEWEST_CONTRADICTIONS = 3
"""Rows that must run backwards in time under one order, and none under the other, to decide."""

_CLASSIFIED = 2_000
"""Cells that tell which patterns a column has; the order of day and month looks at all."""

_EARLIER = ("created_at", "sent_at")
_LATER = ("first_response_at", "resolved_at", "closed_at", "responded_at")


def decide_readings(
    plan: Plan,
    parts: tuple[Part, ...],
    cells: Mapping[str, list[str]],
    date_format: str | None,
) -> tuple[Plan, list[Note]]:
    """Return the plan with the reading of every column of instants, and what to note about it.

    Raises:
        InputError: every date reads both day first and month first.
        UsageError: `date_format` is unknown.
    """
    order, fixed = declared(date_format)
    instants = [n for n in plan.mapping if COLUMNS[n].kind == "instant"]
    if fixed:
        return replace(plan, readings=dict.fromkeys(instants, fixed)), []
    first = {n: cells[n][:_CLASSIFIED] for n in instants if n in cells}
    typed = Reading(is_typed=True)
    readings = {n: read_sample(first[n]) if n in first else typed for n in instants}
    open_columns = [n for n, r in readings.items() if any(map(is_numeric, r.formats))]
    notes: list[Note] = []
    if open_columns and order is None:
        plan = replace(plan, readings=readings)
        order, notes = _order(plan, parts, cells, open_columns)
    if order:
        readings = {n: ordered(r, order) for n, r in readings.items()}
    return replace(plan, readings=readings), notes


def _order(
    plan: Plan,
    parts: tuple[Part, ...],
    cells: Mapping[str, list[str]],
    columns: list[str],
) -> tuple[Order, list[Note]]:
    seen = sum((evidence_of(cells[n]) for n in columns), Evidence())
    if not seen.is_one_sided:
        frames = text_cells(parts, plan.mapping, columns)
        seen = sum((evidence_in(f, f.collect_schema().names()) for f in frames), Evidence())
    if seen.order:
        return seen.order, []
    if order := _by_events(plan, parts, columns):
        words = {"dmy": "day before month", "mdy": "month before day"}[order]
        text = (
            f"{parts[0].shown}: dates such as {seen.open_value!r} are read {words}, because the "
            f"other order would resolve tickets before they were created; --date-format settles it"
        )
        return order, [Note("warning", "dates.order_inferred", text)]
    column = next(n for n in columns if seen.open_value is None or _holds(parts, plan, n, seen))
    header = plan.mapping[column]
    shown = header if isinstance(header, str) else "+".join(header)
    raise undecidable(parts[0].shown, shown, seen.open_value or "")


def _holds(parts: tuple[Part, ...], plan: Plan, column: str, seen: Evidence) -> bool:
    frames = text_cells(parts, plan.mapping, [column])
    return any(
        bool(f.select((pl.col(column) == seen.open_value).any()).collect().item()) for f in frames
    )


def _by_events(
    plan: Plan, parts: tuple[Part, ...], columns: list[str]
) -> Literal["dmy", "mdy"] | None:
    pairs = [(a, b) for a in _EARLIER for b in _LATER if {a, b} <= set(plan.mapping)]
    if not any({a, b} & set(columns) for a, b in pairs):
        return None
    n_dmy, n_mdy = (_backwards(plan, parts, pairs, order) for order in ("dmy", "mdy"))
    if n_dmy == 0 and n_mdy >= _FEWEST_CONTRADICTIONS:
        return "dmy"
    if n_mdy == 0 and n_dmy >= _FEWEST_CONTRADICTIONS:
        return "mdy"
    return None


def _backwards(
    plan: Plan, parts: tuple[Part, ...], pairs: list[tuple[str, str]], order: str
) -> int:
    """Return how many pairs of instants run backwards under an order."""
    word: Order = "mdy" if order == "mdy" else "dmy"
    tried = replace(plan, readings={n: ordered(r, word) for n, r in plan.readings.items()})
    names = sorted({n for pair in pairs for n in pair})
    counts = [(pl.col(b) < pl.col(a)).sum().alias(f"{a}|{b}") for a, b in pairs]
    frames = [tried.canonical(part, names, ()).select(counts) for part in parts]
    return sum(sum(frame.row(0)) for frame in pl.collect_all(frames))
