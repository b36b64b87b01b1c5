"""The report as a workbook: one sheet per section, numbers as numbers, text never a formula.

The sheets for people come first; the last one, Measures, holds every figure unrounded with the
columns of the CSV. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from csatkit.render.csv import FORMULA
from csatkit.render.flat import flatten
from csatkit.render.page.figures import columns_of
from csatkit.render.page.provenance import facts, sources
from csatkit.render.text import one_line

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Cell, CellUnit, Chart, Measure, Report, Section, Table

__all__ = ["render", "sheet_name"]

LONGEST_NAME = 31
"""Letters that a sheet's name may have."""

LONGEST_CELL = 32_767
"""Letters that a cell may have."""

NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the day of data without instants."""

WIDEST = 48
"""Characters of a column, beyond which it is wider than what it is compared with."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FORMULA = re.compile(FORMULA)

_FORMATS: Mapping[str, str] = {
    "percent": "0.0", "score": "0.00", "hours": "0.00", "per ticket": "0.000", "count": "#,##0",
    "points": "+0.0;-0.0;0.0", "number": "#,##0.0##",
}  # fmt: skip
"""Unit → number format. Percentages stay 0-100, as in every other format."""


class Block(NamedTuple):
    """A table on a sheet: headings, units of the columns (None is text), rows."""

    title: str
    headings: Sequence[str]
    units: Sequence[str | None]
    rows: Sequence[Sequence[Cell]]
    row_units: Sequence[CellUnit] = ()
    """Unit of each row's own figures, where rows differ."""
    bars: int | None = None
    """The column that has bars."""


def render(report: Report, view: View) -> bytes:  # noqa: ARG001 - a file has no width
    """Return the bytes of a workbook."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    # A workbook carries the day it was made; that of the data says more and repeats.
    book.set_properties({"created": report.definitions.as_of or NO_DAY})
    sheets = _Sheets(book)
    for section in report.sections:
        sheets.section(section)
    if not report.sections:
        sheets.blocks("Figures", [], [_measures("Figures", report.measures)])
    sheets.blocks("Segments", [], list(_segments(report)))
    notes = Block(
        "Notes", ("Level", "Note"), (None, None), [(n.level, n.text) for n in report.notes]
    )
    rules = Block("Rules", ("Rule", "Value"), (None, None), list(facts(report.definitions).items()))
    rows = [
        (i.path, i.kind, i.rows, i.used, ", ".join(s["dropped"]))
        for i, s in zip(report.inputs, sources(report), strict=True)
    ]
    inputs = Block(
        "Rows", ("Input", "Kind", "Rows", "Used", "Dropped"), (None, None, "count", "count", None),
        rows,
    )  # fmt: skip
    sheets.blocks("Rules and rows", [], [rules, inputs, notes])
    flat = flatten(report)
    kinds = ["number" if kind in ("number", "whole") else None for kind in flat.columns.values()]
    sheets.exact("Measures", list(flat.columns), kinds, flat.rows)
    book.close()
    return out.getvalue()


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a legal name that no other sheet has, whatever the case of its letters.

    >>> sheet_name("a/b: [c]", {"a b c"})
    'a b c 2'
    """
    clean = " ".join(_FORBIDDEN.sub(" ", one_line(title)).split()).strip("' ")
    clean = (clean or "Sheet")[:LONGEST_NAME].rstrip()
    if clean.lower() == "history":  # reserved
        clean = "History of periods"
    name, number = clean, 1
    while name.lower() in {t.lower() for t in taken}:
        number += 1
        ending = f" {number}"
        name = f"{clean[: LONGEST_NAME - len(ending)].rstrip()}{ending}"
    taken.add(name)
    return name


def _segments(report: Report) -> Iterator[Block]:
    shown = {id(m) for s in report.sections for m in s.measures}
    groups: dict[tuple[tuple[str, ...], str], list[Measure]] = {}
    for m in report.measures:
        if m.segment and id(m) not in shown:
            groups.setdefault((tuple(m.segment), m.label), []).append(m)
    for (dims, label), rows in groups.items():
        yield _measures(f"{label} by {', '.join(dims)}", rows, dims)


def _measures(title: str, measures: Sequence[Measure], dims: Sequence[str] = ()) -> Block:
    lead = [d.replace("_", " ").capitalize() for d in dims] or ["Metric"]
    headings = (*lead, "Period", "Value", "From", "To", "k", "n", "Change", "Unit", "Status")
    rows = [
        (
            *([m.segment[d] or "(none)" for d in dims] or [m.label]),
            m.period.label if m.period else None, m.value, m.low, m.high, m.numerator,
            m.denominator, m.difference.value if m.difference else None, m.unit,
            m.reason or m.status,
        )
        for m in measures
    ]  # fmt: skip
    text = [None] * (len(lead) + 1)
    units = [*text, "own", "own", "own", "count", "count", "points", None, None]
    bars = len(text) if len({m.unit for m in measures}) == 1 and len(measures) > 1 else None
    return Block(title, headings, units, rows, [m.unit for m in measures], bars)


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


class _Sheets:
    """Writes sheets into a workbook."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.taken: set[str] = set()
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        # Marks text as text, so that editing the cell doesn't turn it into a formula either.
        self.guarded = book.add_format({"quote_prefix": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.numbers = {u: book.add_format({"num_format": f}) for u, f in _FORMATS.items()}

    def section(self, section: Section) -> None:
        """Write one section."""
        text = list(section.text)
        if section.missing is not None:
            text.append(f"Not computed: {section.missing}.")
        blocks = [_measures(section.title, section.measures)] if section.measures else []
        blocks += [_table(t, section.title) for t in section.tables]
        blocks += [_chart(c, section.title) for c in section.charts]
        self.blocks(section.title, text, blocks)

    def blocks(self, title: str, text: Sequence[str], blocks: Sequence[Block]) -> None:
        """Write a sheet: its title, sentences, then its tables one below the other."""
        sheet = self.book.add_worksheet(sheet_name(title, self.taken))
        widths: dict[int, int] = {}
        self._text(sheet, 0, 0, title, self.title)
        at = 1
        for line in text:
            self._text(sheet, at, 0, line)
            at += 1
        for number, block in enumerate(blocks):
            at += 1
            if block.title != title:
                self._text(sheet, at, 0, block.title, self.title)
                at += 1
            if number == 0:
                sheet.freeze_panes(at + 1, 1)
            at = self._block(sheet, at, block, widths)
        for column, width in widths.items():
            sheet.set_column(column, column, min(WIDEST, width + 2))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _block(self, sheet: Any, at: int, block: Block, widths: dict[int, int]) -> int:
        for column, heading in enumerate(block.headings):
            self._text(sheet, at, column, heading, self.head)
            widths[column] = max(widths.get(column, 8), min(len(heading), 16))
        for i, row in enumerate(block.rows):
            for column, (x, unit) in enumerate(zip(row, block.units, strict=True)):
                own = block.row_units[i] if unit == "own" else unit
                self._cell(sheet, at + 1 + i, column, x, own)
                if isinstance(x, str):
                    widths[column] = max(widths.get(column, 8), min(len(x), WIDEST))
        last = at + len(block.rows)
        if block.bars is not None and block.rows:
            bars = {"type": "data_bar", "bar_solid": True, "bar_color": "#9CC7E8"}
            sheet.conditional_format(at + 1, block.bars, last, block.bars, bars)
        return last + 1

    def exact(
        self, title: str, names: list[str], units: list[str | None], rows: Sequence[Sequence[Cell]]
    ) -> None:
        """Write a plain table with its header in the first row, for programs."""
        sheet = self.book.add_worksheet(sheet_name(title, self.taken))
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(names):
            self._text(sheet, 0, column, name, self.head)
        for i, row in enumerate(rows, 1):
            for column, (x, unit) in enumerate(zip(row, units, strict=True)):
                self._cell(sheet, i, column, x, unit, is_plain=True)
        sheet.autofilter(0, 0, max(1, len(rows)), max(0, len(names) - 1))
        sheet.set_column(0, max(0, len(names) - 1), 14)

    def _cell(
        self,
        sheet: Any,
        row: int,
        column: int,
        x: Cell,
        unit: str | None,
        *,
        is_plain: bool = False,
    ) -> None:
        match x:
            case None:
                return
            case bool():
                sheet.write_boolean(row, column, x)
            case int() | float():
                if math.isfinite(x):
                    shape = None if is_plain else self.numbers.get(unit or "number")
                    sheet.write_number(row, column, x, shape)
            case datetime():
                sheet.write_datetime(row, column, x, self.instant)
            case date():
                sheet.write_datetime(row, column, x, self.day)
            case str():
                self._text(sheet, row, column, x)

    def _text(self, sheet: Any, row: int, column: int, text: str, shape: Any = None) -> None:
        shown = one_line(text)[:LONGEST_CELL]
        if shape is None and _FORMULA.match(shown):
            shape = self.guarded
        sheet.write_string(row, column, shown, shape)
