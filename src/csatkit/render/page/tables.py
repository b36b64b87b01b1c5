"""Tables of the page: shown text with the exact number beside it, by which they are sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from csatkit.render import values
from csatkit.render.grids import NO_VALUE
from csatkit.render.page.words import words
from csatkit.schema import COLUMNS

if TYPE_CHECKING:
    from csatkit.report import Measure, Report, Table

__all__ = ["MOST_ROWS", "cell", "grid_table", "measure_table", "segment_tables"]

MOST_ROWS = 1_000
"""Rows of a table on the page; nobody reads more, and a page must open on a phone."""

Cell = dict[str, Any]


def cell(text: str, exact: float | None) -> Cell:
    """Return a cell: what is shown, and the number behind it."""
    return {"text": words(text), "exact": exact}


def grid_table(table: Table, caption: str, name: str) -> dict[str, Any]:
    """Return a section's own table."""
    numeric = table.numeric | frozenset(table.units)
    columns = tuple(table.columns)
    rows = [[_raw(table, row.get(c), c, c in numeric) for c in columns] for row in table.rows]
    return {
        "id": name,
        "caption": words(caption),
        "columns": [{"text": words(t), "numeric": c in numeric} for c, t in table.columns.items()],
        "rows": rows[:MOST_ROWS],
        "left": max(0, len(rows) - MOST_ROWS),
    }


def _raw(table: Table, x: Any, column: str, numeric: bool) -> Cell:
    exact = x if isinstance(x, int | float) and not isinstance(x, bool) else None
    return cell(values.cell(x, table.units.get(column), numeric=numeric), exact)


Shown = tuple[str, Callable[["Measure"], Cell], bool]

_FIGURES: tuple[Shown, ...] = (
    ("Value", lambda m: cell(values.value(m), m.value), True),
    ("From", lambda m: cell(values.quantity(m.low, m.unit), m.low), True),
    ("To", lambda m: cell(values.quantity(m.high, m.unit), m.high), True),
    ("k", lambda m: cell(values.number(m.numerator), m.numerator), True),
    ("n", lambda m: cell(values.number(m.denominator), m.denominator), True),
)


def measure_table(caption: str, measures: Sequence[Measure], name: str) -> dict[str, Any]:
    """Return measures without segment, one a row."""
    columns: list[Shown] = [("Metric", lambda m: cell(m.label, None), False), *_FIGURES]
    if any(m.period for m in measures):
        period: Shown = ("Period", _period, False)
        columns.insert(1, period)
    if any(m.difference for m in measures):
        columns.append(("Change", _change, True))
    columns.append(("Status", lambda m: cell(m.reason or values.status(m), None), False))
    return _table(caption, name, columns, measures)


def _period(m: Measure) -> Cell:
    return cell(values.MISSING if m.period is None else values.period(m.period), None)


def _change(m: Measure) -> Cell:
    value = None if m.difference is None else m.difference.value
    return cell(values.change_cell(m.difference, m.unit, against=False), value)


def segment_tables(report: Report) -> Iterator[dict[str, Any]]:
    """Yield a table per metric and breakdown of the report's measures."""
    groups: dict[tuple[tuple[str, ...], str, str], list[Measure]] = {}
    shown = {id(m) for s in report.sections for m in s.measures}
    for m in report.measures:
        if m.segment and id(m) not in shown:
            groups.setdefault((tuple(m.segment), m.metric, m.label), []).append(m)
    for i, ((dims, _, label), rows) in enumerate(groups.items()):
        by = " and ".join(_heading(d).lower() for d in dims)
        columns: list[Shown] = [(_heading(d), _segment(d), False) for d in dims]
        columns += _FIGURES
        if any("expected" in m.extra for m in rows):
            columns.append(("Expected", _expected, True))
        if any("flagged" in m.extra for m in rows):
            columns.append(("Beyond chance", _flagged, False))
        columns.append(("Status", lambda m: cell(values.status(m), None), False))
        yield _table(f"{label} by {by}", f"segments-{i}", columns, rows)


def _segment(dim: str) -> Callable[[Measure], Cell]:
    def shown(m: Measure) -> Cell:
        value = m.segment[dim]
        return cell(NO_VALUE if value is None else value, None)

    return shown


def _expected(m: Measure) -> Cell:
    x = m.extra.get("expected")
    return cell(values.quantity(x, m.unit), x) if isinstance(x, float) else cell("–", None)


def _flagged(m: Measure) -> Cell:
    return cell(str(m.extra.get("flagged", values.MISSING)), None)


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize() if name in COLUMNS else name


def _table(
    caption: str, name: str, columns: Sequence[Shown], measures: Sequence[Measure]
) -> dict[str, Any]:
    return {
        "id": name,
        "caption": words(caption),
        "columns": [{"text": words(text), "numeric": numeric} for text, _, numeric in columns],
        "rows": [[show(m) for _, show, _ in columns] for m in measures[:MOST_ROWS]],
        "left": max(0, len(measures) - MOST_ROWS),
    }
