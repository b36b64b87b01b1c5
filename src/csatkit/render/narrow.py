"""Grids and charts as lines of monospaced text for where nobody knows the reader's window.

Messages of chats are read on phones; what doesn't fit into a few columns becomes records.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from csatkit.render.blocks import Bars, Grid, Ranges
from csatkit.render.sketch import bar, range_line
from csatkit.render.text import one_line
from csatkit.render.widths import GAP, fit, shorten

__all__ = ["chart_lines", "columns_of", "grid_lines"]

LONGEST_CELL = 120
"""Columns of a cell before it ends in …: two lines of a record."""

CHART_WIDTH = 12
"""Columns of a drawing between its label and its figures."""

LONGEST_HEADING = 20
"""Columns of a heading beside its cell in a record."""

LONGEST_LABEL = 16
"""Columns of a chart's label."""


def columns_of(text: str) -> int:
    """Return the columns that a text takes, two for an emoji or a sign of a wide script.

    A mark counts as one, so that no text has more characters than columns.
    """
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(c) in {"W", "F"} for c in text)


def grid_lines(grid: Grid, width: int) -> list[list[str]]:
    """Return the headings, then the rows, each as the lines that it takes.

    Where the columns don't fit into the width, the headings have no line and each row is a record.
    """
    rows = [[_cell(c) for c in row] for row in (grid.headings, *grid.rows)]
    whole = grid.numeric | ({grid.words} if grid.words is not None else set())
    widths = fit(rows, whole, width, columns_of)
    if widths is None:
        return [[], *(_record(rows[0], row, width) for row in rows[1:])]
    heading, *others = [_folded(row, widths, grid.numeric) for row in rows]
    rule = " ".join("-" * w + " " * (GAP - 1) for w in widths).rstrip()
    return [[*heading, rule], *others]


def chart_lines(chart: Bars | Ranges) -> list[str]:
    """Return one line per row of a chart, and what its scale spans."""
    labels = [_cell(r.label, LONGEST_LABEL) for r in chart.rows]
    size = max(map(columns_of, labels), default=0)
    heads = [_padded(label, size) for label in labels]
    if isinstance(chart, Bars):
        figures = [[_cell(f) for f in b.figures] for b in chart.rows]
        sizes = [max(map(columns_of, column)) for column in zip(*figures, strict=True)]
        texts = [
            "  ".join(_padded(f, n, right=True) for f, n in zip(row, sizes, strict=True))
            for row in figures
        ]
        drawn = [bar(b.length, CHART_WIDTH, False) for b in chart.rows]
        end = []
    else:
        texts = [_cell(r.text) for r in chart.rows]
        drawn = [range_line(r, chart.reference, CHART_WIDTH, False) for r in chart.rows]
        end = [_cell(chart.scale)]
    parts = zip(heads, drawn, texts, strict=True)
    return [f"{head}  {line}  {text}".rstrip() for head, line, text in parts] + end


def _folded(row: Sequence[str], widths: Sequence[int], numeric: Collection[int]) -> list[str]:
    """Return a row on as many lines as its longest cell takes."""
    cells = [_fold(text, width) for text, width in zip(row, widths, strict=True)]
    height = max(map(len, cells), default=1)
    lines = []
    for n in range(height):
        parts = [
            _padded(cell[n] if n < len(cell) else "", width, right=i in numeric)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        lines.append((" " * GAP).join(parts).rstrip())
    return lines


def _record(headings: Sequence[str], row: Sequence[str], width: int) -> list[str]:
    """Return a row as lines of heading and cell, a blank line at its end."""
    heads = [_cell(heading, LONGEST_HEADING) for heading in headings]
    size = max(map(columns_of, heads), default=0)
    room = max(LONGEST_HEADING, width - size - GAP)
    lines = []
    for heading, text in zip(heads, row, strict=True):
        for n, part in enumerate(_fold(text, room)):
            lines.append(f"{_padded('' if n else heading, size)}{' ' * GAP}{part}".rstrip())
    return [*lines, ""]


def _fold(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` columns, broken at blanks where it has any."""
    lines, line = [], ""
    for given in text.split(" "):
        word = given
        if line and columns_of(line) + 1 + columns_of(word) <= width:
            line += f" {word}"
            continue
        if line:
            lines.append(line)
        while columns_of(word) > width > 0:
            kept = shorten(word, width, "", columns_of) or word[0]
            lines.append(kept)
            word = word[len(kept) :]
        line = word
    return [*lines, line]


def _padded(text: str, width: int, *, right: bool = False) -> str:
    blanks = " " * max(0, width - columns_of(text))
    return blanks + text if right else text + blanks


def _cell(text: str, most: int = LONGEST_CELL) -> str:
    # Of a huge cell only the beginning is looked at; the mark says so even if little is shown.
    whole = text.strip()
    begun = one_line(whole[: 2 * most]) + ("…" if len(whole) > 2 * most else "")
    return shorten(begun, most, "…", columns_of)
