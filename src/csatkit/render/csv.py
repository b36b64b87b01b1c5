"""One row per measure or verdict as CSV that a spreadsheet opens without running anything.

Commas, UTF-8, line feeds. Numbers stay unrounded numbers; only text is ever guarded.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from csatkit.render.document import instant, plain
from csatkit.render.flat import flatten, frame_behind

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Cell, Report

__all__ = ["FORMULA", "guard", "parts", "render"]

# A spreadsheet runs a cell that starts with one of these. Apostrophes before it count too, so that
# taking one away always gives back the text that was guarded.
FORMULA = r"'*[=+\-@\t\r]"
"""How a cell begins that a spreadsheet would run, guarded before or not."""

_FORMULA = re.compile(FORMULA)


class _Rows(list[str]):
    """A sink for `csv.writer`, which hands over one finished row at a time."""

    write = list.append


def render(report: Report, view: View) -> str:
    """Return the report's rows as CSV, the header first."""
    return b"".join(parts(report, view)).decode()


def parts(report: Report, view: View) -> Iterator[bytes]:  # noqa: ARG001 - a file has no width
    """Yield the bytes of `render` piece by piece."""
    frame = frame_behind(report)
    if frame is not None and frame.width > 1:
        from csatkit.render.frame_text import csv_rows

        yield _lines([frame.columns])
        yield from csv_rows(frame)
        return
    flat = flatten(report)
    yield _lines([[*flat.columns], *flat.rows])


def _lines(cells: Iterable[Iterable[Cell]]) -> bytes:
    rows = _Rows()
    # With "\r\n" as its line end the writer quotes cells that hold either character.
    writer = csv.writer(rows, lineterminator="\r\n")
    for row in cells:
        writer.writerow([_cell(c) for c in row])
    return "".join(row.removesuffix("\r\n") + "\n" for row in rows).encode()


def guard(text: str) -> str:
    """Return text that no spreadsheet runs: a leading `'` where it would.

    >>> guard("=1+1"), guard("'=1"), guard("1+1")
    ("'=1+1", "''=1", '1+1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def _cell(value: Cell) -> str | int | float | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return guard(plain(value))
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return None
    return value
