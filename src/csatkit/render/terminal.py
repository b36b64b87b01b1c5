"""The report for a terminal, or as plain text at its natural width where there is none.

Data is never markup, and a file or pipe never gets a cropped cell. A table too wide for the
terminal is written as records instead of being squeezed until its numbers break.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from csatkit.render.blocks import Bars, Block, Grid, Heading, Lines, NoteLine, Ranges
from csatkit.render.layout import layout
from csatkit.render.sketch import bar, range_line, sparkline
from csatkit.render.text import ascii_only, one_line
from csatkit.render.widths import GAP, fit, shorten

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["render", "render_table"]

LONGEST_CELL = 60
"""Columns that a cell may take on a terminal; longer ones end in … (never off a terminal)."""

NATURAL = 1_000_000
"""Columns given to Rich where nothing limits the width: more than any cell here fills."""

CHART_WIDTH = 30
"""Columns of a bar or interval: with label and figures beside it a line still fits into 80."""

NARROWEST_CHART = 8
"""Columns below which a drawing says nothing; narrower terminals fold the line instead."""

LONGEST_LABEL = 20
"""Columns of a chart's label: with bar and figures a line still fits into 80."""

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "pass": "green",
        "ok": "green",
        "fail": "bold red",
        "skewed": "yellow",
        "caution": "yellow",
        "inconclusive": "yellow",
        "too few": "dim",
        "empty": "dim",
        "unavailable": "dim",
        "error": "bold red",
        "warning": "yellow",
        "info": "cyan",
    }
)
"""Colour repeats these words; it never stands for one."""


def render(report: Report, view: View) -> str:
    """Return the report as text; see `render_table`."""
    return render_table(report, view.width, view.color, view.ascii)


def render_table(report: Report, width: int | None, color: bool, ascii: bool) -> str:  # noqa: A002 - as in `render`
    """Return the report as text.

    Args:
        report: what an analysis found.
        width: columns of the terminal; None where there is none: natural width, nothing cropped.
        color: write ANSI colours; the caller has looked at `NO_COLOR` and the stream.
        ascii: use no character beyond ASCII.
    """
    page = _Page(width, color, ascii)
    for block in layout(report):
        page.add(block)
    return page.text()


_PLAIN_RULE = box.Box("    \n    \n -- \n" + "    \n" * 5, ascii=True)
"""A rule below the headings and nothing else, as `SIMPLE_HEAD`, in ASCII."""


class _Page:
    """Collects the lines of one report for one kind of terminal."""

    def __init__(self, width: int | None, color: bool, ascii_wanted: bool) -> None:
        self._width = width
        self._ascii = ascii_wanted
        self._lines: list[str] = []
        self._last: type[Block] | None = None
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=NATURAL if width is None else max(width, 1),
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},
        )

    def text(self) -> str:
        """Return the page: no blanks at line ends, one newline at the end."""
        lines = [line.rstrip() for line in self._out.getvalue().splitlines()]
        return "\n".join(lines).strip("\n") + "\n"

    def add(self, block: Block) -> None:
        """Append one block, with a blank line where the kind changes."""
        after_heading = self._last is Heading and not isinstance(block, Heading)
        same_notes = self._last is NoteLine and isinstance(block, NoteLine)
        if not (after_heading or same_notes):
            self._console.print()
        self._last = type(block)
        match block:
            case Heading():
                self._heading(block)
            case Lines():
                for line in block.lines:
                    self._print(self._clean(line), "dim" if block.tone == "aside" else "")
            case NoteLine():
                self._print(
                    self._clean(f"{block.level}: {block.text}"),
                    STYLES[block.level] if block.level != "info" else "",
                )
            case Grid():
                self._grid(block)
            case Bars():
                self._bars(block)
            case Ranges():
                self._ranges(block)

    def _heading(self, heading: Heading) -> None:
        text = self._clean(heading.text)
        self._print(text, "bold" if heading.depth > 1 else "bold underline")
        if heading.depth < 3:
            rule = min(cell_len(text), self._width or LONGEST_CELL)
            self._print(("-" if self._ascii else "═─"[heading.depth - 1]) * rule, "dim")

    def _print(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style, overflow="fold"), soft_wrap=self._width is None)

    def _clean(self, text: str) -> str:
        return ascii_only(one_line(text)) if self._ascii else one_line(text)

    def _cell(self, text: str) -> str:
        clean = self._clean(text)
        if self._width is None:
            return clean
        return shorten(clean, LONGEST_CELL, "..." if self._ascii else "…", cell_len)

    def _grid(self, grid: Grid) -> None:
        headings = [self._cell(h) for h in grid.headings]
        rows = [[self._cell(c) for c in row] for row in grid.rows]
        whole = grid.numeric if grid.words is None else grid.numeric | {grid.words}
        widths = fit([headings, *rows], whole, self._width, cell_len)
        if widths is None:
            self._records(headings, rows, grid.words)
            return
        table = Table(
            box=_PLAIN_RULE if self._ascii else box.SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            padding=(0, GAP - 1, 0, 0),
            header_style="bold",
        )
        for i, (heading, size) in enumerate(zip(headings, widths, strict=True)):
            align: Literal["left", "right"] = "right" if i in grid.numeric else "left"
            table.add_column(Text(heading), justify=align, width=size, overflow="fold")
        for row in rows:
            table.add_row(*(self._styled(c, i == grid.words) for i, c in enumerate(row)))
        self._console.print(table)

    def _styled(self, text: str, is_word: bool) -> Text:
        style = STYLES.get(text.partition(",")[0], "") if is_word else ""
        return Text(text, style=style)

    def _records(self, headings: list[str], rows: list[list[str]], words: int | None) -> None:
        """Write each row as lines of heading and cell, a blank line between rows."""
        for n, row in enumerate(rows):
            if n:
                self._console.print()
            record = Table.grid(padding=(0, GAP, 0, 0))
            record.add_column(style="bold", overflow="fold")
            record.add_column(overflow="fold")
            for i, (heading, shown) in enumerate(zip(headings, row, strict=True)):
                record.add_row(Text(heading), self._styled(shown, i == words))
            self._console.print(record)

    def _bars(self, bars: Bars) -> None:
        labels = self._labels(b.label for b in bars.rows)
        texts = self._aligned([b.figures for b in bars.rows])
        size = self._chart_width(labels, texts)
        for label, b, text in zip(labels, bars.rows, texts, strict=True):
            self._print(f"{label}  {bar(b.length, size, self._ascii)}  {text}")

    def _ranges(self, ranges: Ranges) -> None:
        labels = self._labels(r.label for r in ranges.rows)
        texts = [self._clean(r.text) for r in ranges.rows]
        size = self._chart_width(labels, texts)
        if ranges.is_series and ranges.rows:
            first, last = (self._clean(ranges.rows[i].label) for i in (0, -1))
            drawn = sparkline([r.value for r in ranges.rows], self._ascii)
            self._print(f"{first} {drawn} {last}")
        for label, r, text in zip(labels, ranges.rows, texts, strict=True):
            drawn = range_line(r, ranges.reference, size, self._ascii)
            self._print(f"{label}  {drawn}  {text}")
        self._print(self._clean(ranges.scale), "dim")

    def _chart_width(self, labels: list[str], texts: list[str]) -> int:
        """Return the columns left for the drawing between labels and figures."""
        if self._width is None:
            return CHART_WIDTH
        beside = sum(max(map(cell_len, side), default=0) + GAP for side in (labels, texts))
        return min(CHART_WIDTH, max(NARROWEST_CHART, self._width - beside))

    def _aligned(self, rows: list[tuple[str, ...]]) -> list[str]:
        """Return the figures of each row in columns that end together."""
        clean = [[self._clean(f) for f in row] for row in rows]
        sizes = [max(map(cell_len, column)) for column in zip(*clean, strict=True)]
        return [
            "  ".join(" " * (n - cell_len(f)) + f for f, n in zip(row, sizes, strict=True))
            for row in clean
        ]

    def _labels(self, labels: Iterable[str]) -> list[str]:
        """Return the labels of a chart at one width."""
        clean = [self._clean(label) for label in labels]
        if self._width is not None:
            mark = "..." if self._ascii else "…"
            clean = [shorten(label, LONGEST_LABEL, mark, cell_len) for label in clean]
        size = max(map(cell_len, clean), default=0)
        return [label + " " * (size - cell_len(label)) for label in clean]
