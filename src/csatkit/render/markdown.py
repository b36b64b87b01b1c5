"""The report as GitHub-flavoured Markdown, in which data is always text.

Whatever a ticket holds, it can't become a link, an image, HTML, emphasis or a further cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from csatkit.render.blocks import Bars, Block, Grid, Heading, Lines, NoteLine, Ranges
from csatkit.render.charts import chart_block
from csatkit.render.layout import layout
from csatkit.render.sketch import bar, range_line
from csatkit.render.text import one_line

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["escape", "render", "write"]

CHART_WIDTH = 20
"""Characters of a bar or interval in a cell: a table with one still fits a narrow page."""

NO_PICTURES: Mapping[Block, str] = MappingProxyType({})

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SPECIAL = re.compile(r"([\\`*_\[\]#|~$!])")
# What starts a list, a rule or an underlined heading where it is first on a line.
_LINE_START = re.compile(r"^( *)([-+=]|\d+(?=[.)]))")
# What GitHub turns into a link by itself.
_LINKS = re.compile(r"://|www\.|@", re.IGNORECASE)


def render(report: Report, view: View) -> str:
    """Return the report as Markdown with one newline at the end."""
    folder = None if view.look is None else view.look.assets
    return write(layout(report), {} if folder is None else _pictures(report, folder))


def _pictures(report: Report, folder: str) -> dict[Block, str]:
    """Return the image that stands above what each chart becomes."""
    from csatkit.render.assets import picture_names

    found: dict[Block, str] = {}
    for i, j, name in picture_names(report):
        chart = report.sections[i].charts[j]
        title = escape(chart.title or report.sections[i].title)
        found[chart_block(chart)] = f"![{title}](<{quote(f'{folder}/{name}.svg')}>)"
    return found


def write(blocks: Iterable[Block], pictures: Mapping[Block, str] = NO_PICTURES) -> str:
    """Return blocks as Markdown with one newline at the end.

    Args:
        blocks: in their order.
        pictures: block → the image above it, already Markdown.
    """
    lines: list[str] = []
    for block in blocks:
        image = pictures.get(block)
        for line in (*((image, "") if image else ()), *_block(block)):
            if line or (lines and lines[-1]):
                lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"


def escape(text: str) -> str:
    r"""Return text in one line that Markdown shows as it is.

    >>> escape("a|b <i> *c*")
    'a\\|b &lt;i&gt; \\*c\\*'
    """
    shown = _SPECIAL.sub(r"\\\1", one_line(text)).translate(_ENTITIES)
    return _LINKS.sub(_unlinked, shown)


def _unlinked(found: re.Match[str]) -> str:
    match found[0]:
        case "://":
            return "&#58;//"
        case "@":
            return "&#64;"
    return f"{found[0][:3]}&#46;"


def _line(text: str) -> str:
    """Return a line of its own, in which the first sign can't start a list."""
    shown = escape(text.strip())
    return _LINE_START.sub(_started, shown)


def _started(found: re.Match[str]) -> str:
    if found[2].isdigit():
        # `1.` starts a list; `1\.` doesn't, and only the sign after the digits may be escaped.
        return f"{found[1]}{found[2]}\\"
    return f"{found[1]}\\{found[2]}"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield ""
            yield f"{'#' * block.depth} {escape(block.text.strip())}"
        case Lines():
            # A backslash at the end of a line breaks it; a list would read as if ranked.
            yield "\\\n".join(_line(line) for line in block.lines)
        case NoteLine():
            # No blank line between notes: they are one list.
            yield f"- **{block.level}**: {escape(block.text)}"
            return
        case Grid():
            rows = [[_cell(c) for c in row] for row in block.rows]
            yield from _table([_cell(h) for h in block.headings], rows, block.numeric)
        case Bars():
            drawn = [
                [
                    _cell(b.label),
                    bar(b.length, CHART_WIDTH, False).strip(),
                    _cell("  ".join(b.figures)),
                ]
                for b in block.rows
            ]
            yield from _table(["", "", ""], drawn)
        case Ranges():
            # Code keeps the blanks that place an interval on its scale.
            lines = [range_line(r, block.reference, CHART_WIDTH, False) for r in block.rows]
            drawn = [
                [_cell(r.label), f"`·{line}·`", _cell(r.text)]
                for r, line in zip(block.rows, lines, strict=True)
            ]
            yield from _table(["", _cell(block.scale), ""], drawn)
    yield ""


def _table(
    headings: list[str], rows: list[list[str]], numeric: Collection[int] = ()
) -> Iterator[str]:
    """Yield a table of escaped cells."""
    yield _row(headings)
    yield _row(["---:" if i in numeric else "---" for i in range(len(headings))])
    for row in rows:
        yield _row(row)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return escape(text.strip())
