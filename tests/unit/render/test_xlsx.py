"""Workbooks: numbers are numbers, text is never a formula, every sheet can be opened."""

from __future__ import annotations

import io
import math
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render import render
from csatkit.render.csv import FORMULA
from csatkit.render.flat import flatten
from csatkit.render.xlsx import LONGEST_NAME, sheet_name
from csatkit.report import Report
from tests.unit.render.pages import hostile, sample_report
from tests.unit.render.samples import REPORTS


def book(report: Report) -> bytes:
    found = render(report, "xlsx")
    assert isinstance(found, bytes)
    return found


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n).decode("utf-8") for n in archive.namelist()}


def names(data: bytes) -> list[str]:
    return re.findall(r'<sheet name="([^"]+)"', parts(data)["xl/workbook.xml"])


def same(one: float | None, other: object) -> bool:
    if one is None or not isinstance(other, int | float):
        return one is None and other is None
    return math.isclose(one, other, rel_tol=1e-15)


@pytest.mark.parametrize("report", [sample_report(), hostile(), *REPORTS.values()])
def test_no_cell_is_a_formula_or_a_link_and_every_sheet_has_a_legal_name(report: Report) -> None:
    data = book(report)
    for name, text in parts(data).items():
        if name.startswith("xl/worksheets/"):
            assert "<f>" not in text
            assert "hyperlink" not in text
    found = names(data)
    assert len({n.lower() for n in found}) == len(found)
    assert all(0 < len(n) <= LONGEST_NAME and not re.search(r"[\[\]:*?/\\]", n) for n in found)


def test_what_looks_like_a_formula_stays_text_when_it_is_edited() -> None:
    found = parts(book(hostile()))
    assert 'quotePrefix="1"' in found["xl/styles.xml"]
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", found["xl/sharedStrings.xml"])
    assert any(re.match(FORMULA, text) for text in texts)


def test_there_is_a_sheet_per_section_with_a_frozen_header() -> None:
    data = book(sample_report())
    assert names(data)[0] == "Headline"
    assert names(data)[-4:] == ["Segments", "Notes", "Rules and rows", "Measures"]
    assert len(names(data)) == len(sample_report().sections) + 4
    sheets = [text for name, text in parts(data).items() if name.startswith("xl/worksheets/")]
    frozen = ['state="frozen"' in text for text in sheets]
    assert sum(frozen) == len(sheets)
    assert sum("<dataBar>" in text for text in sheets) > 5


def test_the_last_sheet_holds_every_figure_unrounded(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(book(sample_report()))
    read = pl.read_excel(path, sheet_name="Measures", infer_schema_length=None)
    flat = flatten(sample_report())
    assert read.columns == list(flat.columns)
    for name in ("value", "low", "high", "numerator", "denominator"):
        at = read.columns.index(name)
        shown = read[name].cast(pl.Float64).to_list()
        assert any(x is not None for x in shown)
        # A workbook's numbers have 16 digits.
        pairs = zip(shown, (row[at] for row in flat.rows), strict=True)
        assert [p for p in pairs if not same(*p)] == []


def test_the_same_report_gives_the_same_bytes() -> None:
    assert book(sample_report()) == book(sample_report())


@given(st.lists(st.text(max_size=60), max_size=8))
def test_sheets_never_clash(titles: list[str]) -> None:
    taken: set[str] = set()
    found = [sheet_name(title, taken) for title in titles]
    assert len({n.lower() for n in found}) == len(found)
    assert all(0 < len(n) <= LONGEST_NAME for n in found)
    assert not any(n[0] == "'" or n[-1] == "'" for n in found)
