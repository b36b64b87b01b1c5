"""What stands on the sheets of a workbook: tables of raw cells with the unit of each column.

A table can be filtered and sorted by itself: each row says its metric, segment and period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from csatkit.render import values
from csatkit.render.grids import NO_VALUE, OVERALL, heading
from csatkit.render.page.figures import columns_of
from csatkit.render.page.provenance import facts, meanings, sources

if TYPE_CHECKING:
    from csatkit.report import Cell, CellUnit, Chart, Measure, Report, Section, Table

__all__ = ["Block", "background_blocks", "measure_blocks", "section_blocks"]


class Block(NamedTuple):
    """A table on a sheet: headings, units of the columns (None is text), rows."""

    title: str
    headings: Sequence[str]
    units: Sequence[str | None]
    """Of each column; `own` and `change` are the row's unit, plain or signed."""
    rows: Sequence[Sequence[Cell]]
    row_units: Sequence[CellUnit] = ()
    """Unit of each row's own figures, where rows differ."""
    bars: int | None = None
    """The column that has bars."""


def background_blocks(report: Report) -> Iterator[Block]:
    """Yield the rules, what each metric counts, and what became of the rows."""
    rules = list(facts(report.definitions).items())
    yield Block("Rules", ("Rule", "Value"), (None, None), rules)
    counts = [(m["label"], m["rule"], m["left_out"]) for m in meanings(report)]
    yield Block("Metrics", ("Metric", "What it counts", "Left out"), (None, None, None), counts)
    rows = [
        (i.path, i.kind, i.rows, i.used, ", ".join(s["dropped"]))
        for i, s in zip(report.inputs, sources(report), strict=True)
    ]
    headings = ("Input", "Kind", "Rows", "Used", "Dropped")
    yield Block("Rows", headings, (None, None, "count", "count", None), rows)


def measure_blocks(title: str, measures: Sequence[Measure]) -> Iterator[Block]:
    """Yield one table that can be filtered: each row says its metric, segment and period."""
    if not measures:
        return
    dims = list(dict.fromkeys(tuple(m.segment) for m in measures))
    columns: _Columns = [("Metric", None, lambda m: m.label)]
    if len(dims) == 1:
        columns += [(heading(d), None, _segment(d)) for d in dims[0]]
    else:
        columns.append(("By", None, lambda m: " and ".join(map(heading, m.segment)) or OVERALL))
        columns.append(
            ("Segment", None, lambda m: ", ".join(str(_segment(d)(m)) for d in m.segment))
        )
    if any(m.period for m in measures):
        columns.append(("Period", None, _period))
    columns += _FIGURES
    if any(m.difference for m in measures):
        columns += _CHANGE
    if any("flagged" in m.extra for m in measures):
        columns += _FLAGS
    if any(m.band for m in measures):
        columns.append(("Band", None, lambda m: m.band))
    columns += _LAST
    rows = [tuple(show(m) for _, _, show in columns) for m in measures]
    place = next(i for i, (name, _, _) in enumerate(columns) if name == "Value")
    units = [m.unit for m in measures]
    yield Block(
        title, [name for name, _, _ in columns], [unit for _, unit, _ in columns], rows, units,
        bars=place if len(set(units)) == 1 and len(rows) > 1 else None,
    )  # fmt: skip


def _segment(dim: str) -> Callable[[Measure], Cell]:
    def shown(m: Measure) -> Cell:
        found = m.segment[dim]
        return NO_VALUE if found is None else found

    return shown


def _period(m: Measure) -> Cell:
    return None if m.period is None else values.period(m.period)


def _of_change(name: str) -> Callable[[Measure], Cell]:
    def shown(m: Measure) -> Cell:
        found: Cell = None if m.difference is None else getattr(m.difference, name)
        return found

    return shown


_Columns = list[tuple[str, str | None, "Callable[[Measure], Cell]"]]

_FIGURES: _Columns = [
    ("Value", "own", lambda m: m.value),
    ("Interval from", "own", lambda m: m.low),
    ("Interval to", "own", lambda m: m.high),
    ("k", "count", lambda m: m.numerator),
    ("n", "count", lambda m: m.denominator),
]
_CHANGE: _Columns = [
    ("Change", "change", _of_change("value")),
    ("Change from", "change", _of_change("low")),
    ("Change to", "change", _of_change("high")),
    ("Change against", None, _of_change("against")),
]
_FLAGS: _Columns = [
    ("Expected", "own", lambda m: cast("float | None", m.extra.get("expected"))),
    ("Beyond chance", None, lambda m: cast("str | None", m.extra.get("flagged"))),
]
_LAST: _Columns = [
    ("Unit", None, lambda m: m.unit),
    ("Status", None, lambda m: m.reason or values.status(m)),
]


def _table(table: Table, title: str) -> Block:
    numeric = table.numeric | frozenset(table.units)
    units = [table.units.get(name, "number") if name in numeric else None for name in table.columns]
    rows = [tuple(row.get(name) for name in table.columns) for row in table.rows]
    bars = next((i for i, u in enumerate(units) if u == "percent"), None)
    return Block(table.title or title, tuple(table.columns.values()), units, rows, bars=bars)


def _chart(chart: Chart, title: str) -> Block:
    columns = columns_of(chart)
    texts = ("label", "row", "column", "note")
    units = [None if c in texts else "count" if c == "n" else chart.unit for c in columns]
    rows = [tuple(row.get(c) for c in columns) for row in chart.rows]
    bars = list(columns).index("value") if "value" in columns else None
    return Block(chart.title or title, tuple(columns.values()), units, rows, bars=bars)


def section_blocks(section: Section) -> Iterator[Block]:
    """Yield the tables of a section, those behind its pictures last."""
    yield from measure_blocks(section.title, section.measures)
    for table in section.tables:
        yield _table(table, section.title)
    for chart in section.charts:
        yield _chart(chart, section.title)
