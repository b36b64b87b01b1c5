"""One row per measure or verdict as CSV that a spreadsheet opens without running anything.

Commas, UTF-8, line feeds. Numbers stay unrounded numbers; only text is ever guarded.
"""

from __future__ import annotations

import csv
import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from csatkit.render.document import instant, plain
from csatkit.render.flat import flatten

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Cell, Report

__all__ = ["FORMULA", "guard", "render"]

# A spreadsheet runs a cell that starts with one of these. Apostrophes before it count too, so that
# taking one away always gives back the text that was guarded.
FORMULA = r"'*[=+\-@\t\r]"
"""How a cell begins that a spreadsheet would run, guarded before or not."""

_FORMULA = re.compile(FORMULA)


class _Rows(list[str]):
    """A sink for `csv.writer`, which hands over one finished row at a time."""

    write = list.append


def render(report: Report, view: View) -> str:  # noqa: ARG001 - a file has no width
    """Return the report's rows as CSV, the header first."""
    flat = flatten(report)
    rows = _Rows()
    # With "\r\n" as its line end the writer quotes cells that hold either character.
    writer = csv.writer(rows, lineterminator="\r\n")
    writer.writerow([guard(plain(name)) for name in flat.columns])
    for row in flat.rows:
        writer.writerow([_cell(c) for c in row])
    return "".join(row.removesuffix("\r\n") + "\n" for row in rows)


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
