"""Blocks as HTML for mail and browsers: tables and inline styles, no script, nothing from outside.

Mail programs drop style sheets and know neither grid nor flexbox, so that every element carries its
own style and every drawing is made of table cells. Words say everything; colours only repeat them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from types import MappingProxyType

from csatkit.render.blocks import Bars, Block, Grid, Heading, Lines, NoteLine, Ranges
from csatkit.render.text import one_line

__all__ = ["COLOURS", "FONT", "INK", "PAPER", "block_html", "text_html"]

PAPER = "#ffffff"
INK = "#1f2328"
DIM = "#57606a"
RULE = "#d0d7de"
GREEN, RED, BROWN = "#116329", "#a40e26", "#7d4e00"
"""Dark enough for text on white: WCAG's AA asks for a contrast of 4.5."""

BAR, INTERVAL, POINT, REFERENCE = "#0a5ea8", "#8aa9c8", "#0a3d6b", "#a40e26"

FONT = "font-family:Segoe UI,Helvetica,Arial,sans-serif"

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "pass": GREEN,
        "ok": GREEN,
        "fail": RED,
        "skewed": BROWN,
        "caution": BROWN,
        "inconclusive": BROWN,
        "too few": DIM,
        "empty": DIM,
        "unavailable": DIM,
        "error": RED,
        "warning": BROWN,
        "info": DIM,
    }
)
"""Colour repeats these words; it never stands for one."""

TRACK = 120
"""Pixels of a drawing: with label and figures beside it a row still fits a phone's 360."""

MARK = 3
"""Pixels of a value or a reference on a track."""

LEAST_TEXT = 10
"""Characters below which a column of text isn't squeezed; longer words break instead."""

_SIZES = MappingProxyType({1: "22px", 2: "17px", 3: "14px"})
_ROW = f"border-bottom:1px solid {RULE}"
_HEAD = f"border-bottom:2px solid {DIM}"
_LABEL = "text-align:left;font-weight:normal"
_FIGURE = ";text-align:right;white-space:nowrap"
# Mail programs cut messages off at about 100 kB, so that a table says what it can for its cells.
_TABLE = (
    f"border-collapse:collapse;{FONT};font-size:13px;line-height:1.4;color:{INK};"
    "overflow-wrap:anywhere"
)


def block_html(block: Block) -> str:
    """Return one block as HTML, a newline at its end."""
    match block:
        case Heading():
            return _heading(block)
        case Lines():
            return _lines(block)
        case NoteLine():
            return _note(block)
        case Grid():
            return _grid(block)
        case Bars():
            return _bars(block)
        case Ranges():
            return _ranges(block)


def text_html(text: str) -> str:
    """Return foreign text on one line, harmless in an element and in a quoted attribute.

    >>> text_html('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return escape(one_line(text), quote=True)


def _heading(block: Heading) -> str:
    depth = min(max(block.depth, 1), 6)
    size = _SIZES.get(depth, _SIZES[3])
    style = f"margin:20px 0 6px;font-size:{size};line-height:1.3;overflow-wrap:anywhere"
    return f'<h{depth} style="{style}">{text_html(block.text.strip())}</h{depth}>\n'


def _lines(block: Lines) -> str:
    aside = f"font-size:13px;color:{DIM};" if block.tone == "aside" else ""
    shown = "<br>\n".join(text_html(line) for line in block.lines)
    return f'<p style="{aside}margin:6px 0;overflow-wrap:anywhere">{shown}</p>\n'


def _note(block: NoteLine) -> str:
    colour = COLOURS[block.level]
    style = f"margin:6px 0;padding-left:8px;border-left:3px solid {colour};overflow-wrap:anywhere"
    level = f'<strong style="color:{colour}">{block.level}:</strong>'
    return f'<p style="{style}">{level} {text_html(block.text)}</p>\n'


# -- tables --------------------------------------------------------------------------------------


def _grid(grid: Grid) -> str:
    columns = list(zip(grid.headings, *grid.rows, strict=True))
    heads = "".join(
        f'<th scope="col" style="{_head_style(column, i in grid.numeric)}">{text_html(column[0])}'
        "</th>"
        for i, column in enumerate(columns)
    )
    rows = "".join(_row(grid, row) for row in grid.rows)
    head = f'<thead>\n<tr valign="bottom">{heads}</tr>\n</thead>\n'
    return _scrolled(f"{head}<tbody>\n{rows}</tbody>\n")


def _row(grid: Grid, row: Sequence[str]) -> str:
    cells = []
    for i, text in enumerate(row):
        numeric, shown = i in grid.numeric, text_html(text)
        if i == grid.words and (colour := COLOURS.get(text.partition(",")[0])):
            shown = f'<span style="color:{colour}">{shown}</span>'
        if i == 0 and not numeric:
            cells.append(f'<th scope="row" style="{_ROW};{_LABEL}">{shown}</th>')
        else:
            cells.append(f'<td style="{_ROW}{_FIGURE if numeric else ""}">{shown}</td>')
    return f'<tr valign="top">{"".join(cells)}</tr>\n'


def _head_style(column: Sequence[str], numeric: bool) -> str:
    """Return the style of a heading; it also keeps a column of text from being squeezed away."""
    if numeric:
        return f"{_HEAD};text-align:right"
    longest = max((len(word) for text in column for word in text.split()), default=1)
    return f"{_HEAD};text-align:left;min-width:{min(longest, LEAST_TEXT)}ch"


def _scrolled(inside: str) -> str:
    """Return a table that scrolls by itself where the screen is narrower; the page never does."""
    return (
        '<div style="overflow-x:auto;margin:6px 0">\n'
        f'<table cellpadding="5" cellspacing="0" border="0" style="{_TABLE}">\n'
        f"{inside}</table>\n</div>\n"
    )


# -- drawings ------------------------------------------------------------------------------------


def _bars(bars: Bars) -> str:
    rows = []
    for bar in bars.rows:
        painted = _painted([(0.0, bar.length, BAR)] if bar.length else [])
        figures = "".join(_figure(f) for f in bar.figures)
        rows.append(f"<tr>{_label(bar.label)}{painted}{figures}</tr>\n")
    return _scrolled(f"<tbody>\n{''.join(rows)}</tbody>\n")


def _ranges(ranges: Ranges) -> str:
    rows = []
    for r in ranges.rows:
        spans = []
        if r.low is not None and r.high is not None:
            spans.append((r.low, r.high, INTERVAL))
        if ranges.reference is not None:
            spans.append((ranges.reference, ranges.reference, REFERENCE))
        if r.value is not None:
            spans.append((r.value, r.value, POINT))
        text = f"<td>{text_html(r.text)}</td>"
        rows.append(f"<tr>{_label(r.label)}{_painted(spans)}{text}</tr>\n")
    scale = _lines(Lines((ranges.scale,), tone="aside"))
    return _scrolled(f"<tbody>\n{''.join(rows)}</tbody>\n") + scale


def _label(text: str) -> str:
    least = min(len(text), LEAST_TEXT)
    return f'<th scope="row" style="{_LABEL};min-width:{least}ch">{text_html(text)}</th>'


def _figure(text: str) -> str:
    return f'<td style="text-align:right;white-space:nowrap">{text_html(text)}</td>'


def _painted(spans: Iterable[tuple[float, float, str]]) -> str:
    """Return a cell with a track on which spans are painted, the last on top.

    The figures beside it say the same, so that it is hidden from those who listen.
    """
    track = [PAPER] * TRACK
    for low, high, colour in spans:
        first = min(TRACK - MARK, max(0, round(low * TRACK)))
        last = min(TRACK, max(first + MARK, round(high * TRACK)))
        track[first:last] = [colour] * (last - first)
    cells = "".join(_run(colour, len(list(run))) for colour, run in groupby(track))
    return (
        f'<td aria-hidden="true" style="width:{TRACK}px">'
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="{TRACK}"'
        f' style="border-collapse:collapse;width:{TRACK}px;table-layout:fixed">'
        f"<tr>{cells}</tr></table></td>"
    )


def _run(colour: str, width: int) -> str:
    style = f"padding:0;width:{width}px;height:12px;font-size:1px;background:{colour}"
    return f'<td width="{width}" height="12" bgcolor="{colour}" style="{style}">&nbsp;</td>'
