"""Measures or verdicts as flat rows: one row each, one scalar per field, for CSV and frames.

`segment` stays as JSON text, which alone tells the overall row from one without a value, and is
spread out as `segment_<name>` besides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from csatkit.notes import EXTRA_FIELDS
from csatkit.render.document import measure, measures_of, plain, rows_of
from csatkit.render.frame_rows import frame_of
from csatkit.report import Period

if TYPE_CHECKING:
    import polars as pl

    from csatkit.report import Cell, Report

__all__ = ["Flat", "Kind", "flatten", "frame_behind"]

Kind = Literal["text", "number", "whole", "day", "instant", "flag"]


_VERDICT: Mapping[str, Kind] = MappingProxyType(
    {
        "name": "text",
        "metric": "text",
        "segment": "text",
        "period_label": "text",
        "period_from": "day",
        "period_to": "day",
        "op": "text",
        "threshold": "number",
        "mode": "text",
        "margin": "number",
        "kind": "text",
        "verdict": "text",
        "warned": "flag",
        "value": "number",
        "low": "number",
        "high": "number",
        "numerator": "number",
        "denominator": "whole",
        "status": "text",
        "reason": "text",
        "n_needed": "whole",
        "action": "text",
        "baseline": "number",
        "family": "whole",
        "p_adjusted": "number",
    }
)
"""The columns of a verdict, in the order of its JSON."""


class Flat(NamedTuple):
    """Named columns with their kind, and rows of values in the same order."""

    columns: dict[str, Kind]
    rows: list[list[Cell]]


def flatten(report: Report) -> Flat:
    """Return the rows of a report: its measures, or its first table where it has none.

    The rows of a check are its verdicts.
    """
    if _is_check(report):
        return _verdicts(report.targets)
    table = rows_of(report)
    if table is not None:
        names = list(table.columns)
        # Rows may come out of a frame one by one, so they are gone through once.
        rows = [[row.get(name) for name in names] for row in table.rows]
        columns = {name: _kind_of([row[i] for row in rows]) for i, name in enumerate(names)}
        return Flat(columns, rows)
    measures = measures_of(report)
    segments = list(dict.fromkeys(name for m in measures for name in m.segment))
    extras = [name for name in EXTRA_FIELDS if any(name in m.extra for m in measures)]
    columns = _measure_columns(segments, extras)
    rows = []
    for m in measures:
        found = _spread(measure(m))
        if m.period is not None:
            found |= {"period_from": m.period.first, "period_to": m.period.last}
        rows.append([found.get(name) for name in columns])
    return Flat(columns, rows)


def frame_behind(report: Report) -> pl.DataFrame | None:
    """Return the frame that the rows of a report are, None where they are no frame."""
    table = None if _is_check(report) else rows_of(report)
    return None if table is None else frame_of(table)


def _is_check(report: Report) -> bool:
    return report.command == "check" and bool(report.targets or not measures_of(report))


def _verdicts(targets: Sequence[Mapping[str, object]]) -> Flat:
    """Return one row per verdict, with the fields of its JSON."""
    written = [plain(t) for t in targets]
    segments = dict.fromkeys(name for t in written for name in t.get("segment") or {})
    columns: dict[str, Kind] = {}
    for name, kind in _VERDICT.items():
        columns[name] = kind
        if name == "segment":
            columns |= {f"segment_{key}": "text" for key in segments}
    rows = []
    for t, fields in zip(targets, written, strict=True):
        found = _spread(fields)
        period = t.get("period")
        if isinstance(period, Period):
            found |= {"period_from": period.first, "period_to": period.last}
        rows.append([found.get(name) for name in columns])
    return Flat(columns, rows)


def _measure_columns(segments: Sequence[str], extras: Sequence[str]) -> dict[str, Kind]:
    columns: dict[str, Kind] = {"metric": "text", "rule": "text", "label": "text", "unit": "text"}
    columns["segment"] = "text"
    columns |= {f"segment_{plain(name)}": "text" for name in segments}
    columns |= {"period_label": "text", "period_from": "day", "period_to": "day"}
    columns |= {"value": "number", "numerator": "number", "denominator": "whole"}
    columns |= {"low": "number", "high": "number", "level": "number"}
    columns |= {"method": "text", "status": "text", "reason": "text", "band": "text"}
    columns |= {"excluded": "text"}
    columns |= {f"difference_{name}": "number" for name in ("value", "low", "high")}
    columns["difference_against"] = "text"
    for name in extras:
        columns[name] = "number" if EXTRA_FIELDS[name].kind == "number" else "text"
    return columns


def _spread(fields: Mapping[str, Any]) -> dict[str, Cell]:
    """Return the fields of a JSON object as scalars."""
    found: dict[str, Cell] = {}
    for name, value in fields.items():
        match name:
            case "segment":
                found[name] = _text(value)
                found |= {f"segment_{key}": v for key, v in value.items()}
            case "period" | "difference":
                found |= {f"{name}_{key}": v for key, v in (value or {}).items()}
            case _:
                found[name] = _text(value) if isinstance(value, dict | list) else value
    return found


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _kind_of(cells: Sequence[Cell]) -> Kind:
    """Return the narrowest kind that holds every cell of a column; mixed ones are text."""
    kinds = {type(c).__name__ for c in cells if c is not None}
    if kinds and kinds <= {"int"}:
        return "whole"
    if kinds and kinds <= {"int", "float"}:
        return "number"
    one: dict[str, Kind] = {"bool": "flag", "date": "day", "datetime": "instant"}
    return one.get(kinds.pop(), "text") if len(kinds) == 1 else "text"
