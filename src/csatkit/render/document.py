"""A report as plain data: the fields and the order that interface.md promises.

JSON writes it whole; CSV and frames flatten its measures. Numbers stay unrounded, text stays as it
is except for what UTF-8 can't hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from csatkit._version import __version__
from csatkit.notes import (
    DROPPED_REASONS,
    EXCLUDED_REASONS,
    EXTRA_FIELDS,
    NOTE_CODES,
    check_reasons,
)
from csatkit.report import (
    Chart,
    Definitions,
    Difference,
    InputSummary,
    Measure,
    Period,
    Report,
    Section,
    Table,
)

__all__ = ["SCHEMA_VERSION", "document", "instant", "measures_of", "plain", "rows_in", "rows_of"]

SCHEMA_VERSION = 1
"""Counts the changes of the JSON that aren't additive."""


def rows_in(table: Table) -> Any:
    """Return the rows of a table as plain data."""
    return plain([{name: row.get(name) for name in table.columns} for row in table.rows])


def document(report: Report, rows: Callable[[Table], Any] = rows_in) -> dict[str, Any]:
    """Return the whole report as plain data in the order of its JSON.

    Args:
        report: what an analysis found.
        rows: gives the rows of a table; whoever writes long lists by other means stands them in.

    Raises:
        ValueError: a reason, note code or extra field isn't on its closed list.
    """
    check_reasons((n.code for n in report.notes), NOTE_CODES)
    found: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "csatkit": __version__,
        "command": report.command,
        "definitions": _definitions(report.definitions),
        "inputs": [_input(i) for i in report.inputs],
        "measures": [measure(m) for m in measures_of(report)],
        "targets": [plain(t) for t in report.targets],
        "notes": [{"level": n.level, "code": n.code, "text": plain(n.text)} for n in report.notes],
    }
    if report.goals:
        found["goals"] = [plain(g) for g in report.goals]
    if report.title is not None:
        found["title"] = plain(report.title)
    if report.sections:
        found["sections"] = [_section(s, rows) for s in report.sections]
    return found


def measures_of(report: Report) -> tuple[Measure, ...]:
    """Return every measure once: the report's own, then those that only a section carries."""
    every = (*report.measures, *(m for s in report.sections for m in s.measures))
    found: dict[tuple[object, ...], Measure] = {}
    for m in every:
        key = (m.metric, m.rule, m.period, m.method, frozenset(m.segment.items()))
        found.setdefault(key, m)
    return tuple(found.values())


def rows_of(report: Report) -> Table | None:
    """Return the table that stands for a report of rows, such as a list of tickets.

    A report without measures is its first table; one with measures is its measures.
    """
    if measures_of(report):
        return None
    return next((t for s in report.sections for t in s.tables), None)


def measure(m: Measure) -> dict[str, Any]:
    """Return one measure in the order of its JSON, what only it has at the end.

    Raises:
        ValueError: an excluded reason or extra field isn't on its closed list.
    """
    check_reasons(m.excluded, EXCLUDED_REASONS)
    check_reasons(m.extra, {name: field.meaning for name, field in EXTRA_FIELDS.items()})
    return {
        "metric": m.metric,
        "rule": plain(m.rule),
        "label": plain(m.label),
        "unit": m.unit,
        "segment": plain(m.segment),
        "period": plain(m.period),
        "value": plain(m.value),
        "numerator": plain(m.numerator),
        "denominator": m.denominator,
        "low": plain(m.low),
        "high": plain(m.high),
        "level": m.level,
        "method": m.method,
        "status": m.status,
        "reason": plain(m.reason),
        "band": plain(m.band),
        "excluded": plain(m.excluded),
        "difference": plain(m.difference),
        **{name: plain(m.extra[name]) for name in EXTRA_FIELDS if name in m.extra},
    }


def plain(value: object) -> Any:
    """Return a value in JSON's own types; what isn't a finite number is null."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            # A lone surrogate (a broken emoji) has no UTF-8 form.
            return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case Period():
            return {
                "label": plain(value.label),
                "from": plain(value.first),
                "to": plain(value.last),
            }
        case Difference():
            return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        case Mapping():
            return {plain(str(k)): plain(v) for k, v in value.items()}
        case tuple() | list():
            return [plain(v) for v in value]
    raise TypeError(f"{type(value).__name__} has no place in a report")


def instant(value: datetime) -> str:
    """Return an instant in ISO 8601 with Z; one without a zone is in UTC already."""
    utc = value if value.tzinfo is None else value.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat() + "Z"


def _definitions(d: Definitions) -> dict[str, Any]:
    found = {f.name: plain(getattr(d, f.name)) for f in fields(d)}
    if float(d.window_days).is_integer():
        found["window_days"] = int(d.window_days)
    return found


def _input(summary: InputSummary) -> dict[str, Any]:
    check_reasons(summary.dropped, DROPPED_REASONS)
    return {f.name: plain(getattr(summary, f.name)) for f in fields(summary)}


def _section(s: Section, rows: Callable[[Table], Any]) -> dict[str, Any]:
    return {
        "key": s.key,
        "title": plain(s.title),
        "text": plain(s.text),
        "tables": [_table(t, rows) for t in s.tables],
        "charts": [_chart(c) for c in s.charts],
        "missing": plain(s.missing),
    }


def _table(table: Table, rows: Callable[[Table], Any]) -> dict[str, Any]:
    return {
        "title": plain(table.title),
        "columns": plain(table.columns),
        "units": plain(table.units),
        "rows": rows(table),
    }


def _chart(c: Chart) -> dict[str, Any]:
    found = {
        "kind": c.kind,
        "unit": c.unit,
        "reference": plain(c.reference),
        "rows": [plain(row) for row in c.rows],
    }
    if c.title is not None:
        found["title"] = plain(c.title)
    if c.guide:
        found["guide"] = [plain(row) for row in c.guide]
    return found
