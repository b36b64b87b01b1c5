"""Workbooks read like the CSV that a spreadsheet would save."""

from __future__ import annotations

import importlib.util
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from csatkit.errors import InputError, NothingToEvaluate
from csatkit.load import archives, open_data
from csatkit.load.parts import RECORD, open_parts
from csatkit.settings import SourceSettings

Sheets = dict[str, dict[tuple[int, int], Any]]


def _book(folder: Path, sheets: Sheets, name: str = "export.xlsx") -> Path:
    path = folder / name
    with xlsxwriter.Workbook(str(path)) as book:
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for sheet, cells in sheets.items():
            page = book.add_worksheet(sheet)
            for (row, column), value in cells.items():
                if isinstance(value, datetime):
                    page.write_datetime(row, column, value, moment)
                else:
                    page.write(row, column, value)
    return path


def _grid(*rows: tuple[Any, ...], top: int = 0) -> dict[tuple[int, int], Any]:
    return {
        (top + r, c): cell
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if cell is not None
    }


def test_cells_are_text_without_the_marks_of_numbers(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        {
            "A": _grid(
                ("id", "at", "score", "mixed", "flag"),
                (1, datetime(2026, 1, 2, 3, 4), 4.5, "x", True),
                (12345678901, datetime(2026, 1, 3), 5, 7, False),
                (3, "2026-01-04 05:06", None, datetime(2026, 1, 5), None),
            )
        },
    )
    (part,) = open_parts(path)
    assert part.headers == ("id", "at", "score", "mixed", "flag")
    assert part.frame.drop(RECORD).collect().rows() == [
        ("1", "2026-01-02 03:04:00", "4.5", "x", "true"),
        ("12345678901", "2026-01-03 00:00:00", "5", "7", "false"),
        ("3", "2026-01-04 05:06", None, "2026-01-05 00:00:00", None),
    ]


def test_a_workbook_gives_typed_columns(tmp_path: Path) -> None:
    rows = [("Ticket ID", "Created at", "Score"), (7, datetime(2026, 1, 2, 3, 4), 5)]
    source = open_data(_book(tmp_path, {"A": _grid(*rows)}), source=SourceSettings()).tickets
    assert source is not None
    found = source.scan(["ticket_id", "created_at", "score"]).collect()
    assert found.select("ticket_id", "created_at", "score").rows() == [
        ("7", datetime(2026, 1, 2, 3, 4), 5)
    ]


def test_the_first_sheet_counts_unless_one_is_named(tmp_path: Path) -> None:
    path = _book(tmp_path, {"Tickets": _grid(("a",), (1,)), "Old ones": _grid(("b",), (2,))})
    assert open_parts(path)[0].headers == ("a",)
    (part,) = open_parts(f"{path}#old ones")
    assert (part.shown, part.headers) == (f"{path}#old ones", ("b",))
    with pytest.raises(InputError, match="no sheet 'Ticket'") as caught:
        open_parts(f"{path}#Ticket")
    assert caught.value.hint == "Did you mean 'Tickets'?"


def test_blank_rows_and_columns_are_no_data(tmp_path: Path) -> None:
    cells = _grid(("a", "b", None), (1, 2), (None, None), (3, 4), top=2)
    cells[(3, 5)] = ""
    (part,) = open_parts(_book(tmp_path, {"A": cells}))
    assert part.headers == ("a", "b")
    # The record before was blank: its number is left out.
    assert part.frame.collect().rows() == [(0, "1", "2"), (2, "3", "4")]


def test_headers_are_made_unique(tmp_path: Path) -> None:
    (part,) = open_parts(_book(tmp_path, {"A": _grid(("a", "a", None), (1, 2, 3))}))
    assert part.headers == ("a", "a_duplicated_0", "column_3")
    assert part.doubled == ("a",)


def test_a_header_alone_is_nothing_to_evaluate(tmp_path: Path) -> None:
    path = _book(tmp_path, {"A": _grid(("ticket_id", "created_at"))})
    source = open_data(path, source=SourceSettings()).tickets
    assert source is not None
    assert source.n_rows() == 0


def test_a_huge_cell_survives(tmp_path: Path) -> None:
    long = "x" * 32_767
    (part,) = open_parts(_book(tmp_path, {"A": _grid(("a",), (long,))}))
    assert part.frame.collect()["a"].to_list() == [long]


def _without_a_package(name: str) -> object:
    real = importlib.util.find_spec
    return lambda wanted, *more: None if wanted == name else real(wanted, *more)


def test_without_fastexcel_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _book(tmp_path, {"A": _grid(("a",), (1,))})
    monkeypatch.setattr(importlib.util, "find_spec", _without_a_package("fastexcel"))
    with pytest.raises(InputError, match="XLSX") as caught:
        open_parts(path)
    assert "pip install 'csatkit[excel]'" in str(caught.value.hint)
    assert caught.value.exit_code == 4


def test_an_empty_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="empty sheet"):
        open_parts(_book(tmp_path, {"A": {}}))


@pytest.mark.parametrize("kept", [30, 200, 2_000, -10])
def test_a_cut_workbook_is_one_message(tmp_path: Path, kept: int) -> None:
    path = _book(tmp_path, {"A": _grid(("a",), (1,))})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="damaged"):
        open_parts(path)


def test_a_workbook_that_is_none_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(InputError, match="damaged XLSX"):
        open_parts(path)


def test_a_workbook_is_bounded_like_any_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _book(tmp_path, {"A": _grid(("a",), (1,))})
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000)
    with pytest.raises(InputError, match="unpacks to more"):
        open_parts(path)


def test_an_empty_selection_is_no_input() -> None:
    with pytest.raises((InputError, NothingToEvaluate)):
        open_parts([])
