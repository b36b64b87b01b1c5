"""An XLSX sheet → a table of text, through fastexcel.

Every cell is read as text, as if the sheet had been saved as CSV: a column that mixes dates,
numbers and words reads like any other, and whole numbers keep no `.0`. A sheet has a million rows
at most, so it is read at once.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from csatkit.errors import InputError, nearest
from csatkit.load.archives import check_archive

if TYPE_CHECKING:
    from fastexcel import ExcelReader

__all__ = ["read_sheet"]

_CUT = r"\.\d{9}$"
"""How a number looks whose further digits reading as text has cut."""


def read_sheet(
    path: Path, shown: str, name: str | None = None
) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Return the header cells of a sheet and the rows below them.

    Args:
        path: the workbook.
        shown: its name for messages.
        name: the sheet; default the first.

    Returns:
        The header as written, and a column of text for each of its cells, named by position.

    Raises:
        InputError: fastexcel isn't installed, the workbook is damaged or would unpack to too much,
            or there is no such sheet or nothing in it.
    """
    if importlib.util.find_spec("fastexcel") is None:
        raise InputError(
            f"{shown} is an XLSX workbook, and reading it needs a further package",
            "Install it with pip install 'csatkit[excel]', or save the sheet as CSV.",
        )
    check_archive(path, shown)
    cells = _cells(path, shown, name)
    blank = pl.all_horizontal(pl.all().is_null())
    filled = cells.with_row_index("__row").filter(~blank)["__row"]
    if filled.is_empty():
        raise _empty(shown)
    first = int(filled[0])
    header = tuple(cell or "" for cell in cells.row(first))
    rows = cells.slice(first + 1)
    # Formatting reaches further than data: columns without a header and without a value.
    empty = [column.null_count() == rows.height for column in rows]
    used = [i for i, cell in enumerate(header) if cell.strip() or not empty[i]]
    return tuple(header[i] for i in used), rows.select(pl.nth(used))


def _cells(path: Path, shown: str, name: str | None) -> pl.DataFrame:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        sheet = _sheet(book, shown, name)
        frame = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
        if frame.width and _is_cut(frame):
            numbers = book.load_sheet(sheet, header_row=None, dtypes="float").to_polars()
            frame = _exact(frame, numbers)
    except IndexError:
        raise _empty(shown) from None
    except fastexcel.FastExcelError as error:
        raise InputError(
            f"{shown} is a damaged XLSX workbook: {str(error).splitlines()[0]}",
            "Open it in a spreadsheet and save it again, or export it as CSV.",
        ) from error
    if not frame.width:
        raise _empty(shown)
    return frame.select(pl.all().replace("", None)) if frame.height else frame


def _is_cut(frame: pl.DataFrame) -> bool:
    """Tell whether a number may have lost digits; as text a cell has nine decimals at most."""
    cut = pl.all().str.contains(_CUT).any()
    return any(frame.select(cut).row(0))


def _exact(frame: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return the text of every cell, numbers with all of their digits.

    Args:
        frame: the cells as text.
        numbers: the same cells as numbers, null where they are none.
    """
    columns = []
    for name in frame.columns:
        text, number = frame[name], numbers[name].cast(pl.Float64, strict=False)
        differs = (text.cast(pl.Float64, strict=False) != number).fill_null(value=False)
        # What reads as another number was cut; words, dates and codes with zeros stay.
        columns.append(number.cast(pl.String).zip_with(differs, text).alias(name))
    return pl.DataFrame(columns)


def _sheet(book: ExcelReader, shown: str, name: str | None) -> str | int:
    if name is None:
        return 0
    names = book.sheet_names
    by_fold = {n.casefold(): n for n in names}
    found = name if name in names else by_fold.get(name.casefold())
    if found is None:
        near = nearest(name, names)
        hint = f"Did you mean {near!r}?" if near else f"It has {', '.join(names)}."
        raise InputError(f"{shown} has no sheet {name!r}", hint)
    return found


def _empty(shown: str) -> InputError:
    return InputError(f"{shown} is an empty sheet", "Name another one: file.xlsx#Sheet.")
