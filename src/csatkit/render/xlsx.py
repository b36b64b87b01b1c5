"""The report as a workbook: one sheet per section, numbers as numbers, text never a formula.

The sheets for people come first; the last one, Measures, holds every figure unrounded with the
columns of the CSV. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from csatkit.render.csv import FORMULA
from csatkit.render.flat import flatten
from csatkit.render.sheets import Block, background_blocks, measure_blocks, section_blocks
from csatkit.render.text import one_line

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Cell, Report, Section

__all__ = ["render", "sheet_name"]

LONGEST_NAME = 31
"""Letters that a sheet's name may have."""

LONGEST_CELL = 32_767
"""Letters that a cell may have."""

NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the day of data without instants."""

NARROWEST, WIDEST = 8, 48
"""Characters of a column, beyond which it is wider than what it is compared with."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FORMULA = re.compile(FORMULA)

_FORMATS: Mapping[str, str] = {
    "percent": "0.0", "score": "0.00", "hours": "0.00", "per ticket": "0.000", "count": "#,##0",
    "points": "+0.0;-0.0;0.0", "number": "#,##0.0##",
}  # fmt: skip
"""Unit → number format. Percentages stay 0-100, as in every other format."""

_CHANGES: Mapping[str, str] = {
    f"change {unit}": f"+{shape};-{shape};{shape}" for unit, shape in _FORMATS.items()
    if unit != "points"
}  # fmt: skip
"""The same for changes, which have a sign."""


class Exact(float):
    """A number that is written with all of its digits; a workbook's writer would cut the last."""

    def __format__(self, spec: str) -> str:
        """Return the shortest text that reads back as this number, whatever is asked."""
        return repr(float(self))


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
        sheets.blocks("Figures", [], list(measure_blocks("Figures", report.measures)))
    shown = {id(m) for s in report.sections for m in s.measures}
    rest = [m for m in report.measures if m.segment and id(m) not in shown]
    if rest and report.sections:
        sheets.blocks("Segments", [], list(measure_blocks("Segments", rest)))
    if report.notes:
        lines = [(n.level, n.text) for n in report.notes]
        sheets.blocks("Notes", [], [Block("Notes", ("Level", "Note"), (None, None), lines)])
    sheets.blocks("Rules and rows", [], list(background_blocks(report)))
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


class _Sheets:
    """Writes sheets into a workbook."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.taken: set[str] = set()
        self.title = book.add_format({"bold": True, "font_size": 14})
        head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        self.head = book.add_format(head)
        self.figures = book.add_format({**head, "align": "right"})
        # Marks text as text, so that editing the cell doesn't turn it into a formula either.
        self.guarded = book.add_format({"quote_prefix": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        shapes = {**_FORMATS, **_CHANGES}
        self.numbers = {u: book.add_format({"num_format": f}) for u, f in shapes.items()}

    def section(self, section: Section) -> None:
        """Write one section."""
        text = list(section.text)
        if section.missing is not None:
            text.append(f"Not computed: {section.missing}.")
        self.blocks(section.title, text, list(section_blocks(section)))

    def blocks(self, title: str, text: Sequence[str], blocks: Sequence[Block]) -> None:
        """Write a sheet: its title, sentences, then its tables side by side.

        All of them have their headings in one row, so that the frozen one is right for each.
        """
        sheet = self.book.add_worksheet(sheet_name(title, self.taken))
        self._text(sheet, 0, 0, title, self.title)
        for at, line in enumerate(text, 1):
            self._text(sheet, at, 0, line)
        top = len(text) + 2
        titled = any(block.title != title for block in blocks)
        column = 0
        for block in blocks:
            if titled:
                self._text(sheet, top, column, block.title, self.title)
            self._block(sheet, top + titled, column, block)
            column += len(block.headings) + 1
        # A first column that stays would hide the tables beside it.
        sheet.freeze_panes(top + titled + 1, 1 if len(blocks) == 1 else 0)
        if len(blocks) == 1 and blocks[0].rows:
            last = top + titled + len(blocks[0].rows)
            sheet.autofilter(top + titled, 0, last, len(blocks[0].headings) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top + titled)

    def _block(self, sheet: Any, top: int, left: int, block: Block) -> None:
        for i, (heading_, unit) in enumerate(zip(block.headings, block.units, strict=True)):
            self._text(sheet, top, left + i, heading_, self.head if unit is None else self.figures)
            shown = [str(row[i]) for row in block.rows if isinstance(row[i], str)]
            longest = max((len(x) for x in shown), default=0)
            width = max(NARROWEST, longest, max(map(len, heading_.split()), default=0) + 3)
            sheet.set_column(left + i, left + i, min(WIDEST, width + 1))
        for at, row in enumerate(block.rows):
            for i, (x, unit) in enumerate(zip(row, block.units, strict=True)):
                own = unit
                if unit in ("own", "change"):
                    own = block.row_units[at]
                    own = f"change {own}" if unit == "change" else own
                self._cell(sheet, top + 1 + at, left + i, x, own)
        if block.bars is not None and block.rows:
            bars = {"type": "data_bar", "bar_solid": True, "bar_color": "#9CC7E8"}
            at = left + block.bars
            sheet.conditional_format(top + 1, at, top + len(block.rows), at, bars)

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
                    sheet.write_number(row, column, Exact(x) if isinstance(x, float) else x, shape)
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
