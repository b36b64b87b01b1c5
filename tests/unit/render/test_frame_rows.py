"""Lists of rows that are frames are written as their rows would be, to the last byte."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from csatkit.render import parts, render, to_frame
from csatkit.render.frame_rows import FrameRows, frame_of
from csatkit.report import Report, Table
from tests.unit.render.samples import LISTING

TEXTS = ("json", "jsonl", "csv")

SIGNS = "'=+-@\t\r\n\",;\\/|\x00\x1b\x08\x0c\x85\u2028\u2029\u202e\ufeff\U0001f600é a1"
"""What a cell may hold that some format treats with care, and what none does."""

HOSTILE = (
    "", "'", "''=1", "=1+1", "'=cmd|x", "-5", "+49 30", "@a", "\ttab", "\rx", "a,b", 'say "no"',
    "two\nlines\r\n", "a\\b\\n", "\u2028", "\x85", "\x00", "\x1f", "rows", "=rows=", "=rows=*",
    "null", "\u202eevil", "<script>", "|x|", "\U0001f600", "x" * 5_000,
)  # fmt: skip


def _texts() -> st.SearchStrategy[str]:
    return st.sampled_from(HOSTILE) | st.text(SIGNS, max_size=6) | st.text(max_size=6)


def _numbers() -> st.SearchStrategy[float]:
    edges = (0.0, -0.0, 1e-5, 9.9e-5, 1e-4, 1e14, 999999999999999.9, 1e15, 1e16, 1e22, 0.1, 1 / 3)
    return st.sampled_from(edges) | st.floats()


INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)) | st.sampled_from(
    (datetime(2026, 3, 31), datetime(2026, 3, 31, 22, 59, 59, 1), datetime(999, 1, 1))
)
FAR = timezone(timedelta(hours=13, minutes=45))

KINDS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "text": (pl.String, _texts()),
    "category": (pl.Categorical, st.sampled_from(HOSTILE)),
    "whole": (pl.Int64, st.integers(-(2**62), 2**62)),
    "small": (pl.UInt8, st.integers(0, 255)),
    "number": (pl.Float64, _numbers()),
    "narrow": (pl.Float32, st.floats(width=32)),
    "flag": (pl.Boolean, st.booleans()),
    "day": (pl.Date, st.dates(date(1, 1, 1), date(9999, 12, 31))),
    "instant": (pl.Datetime("us"), INSTANTS),
    "coarse": (pl.Datetime("ms"), INSTANTS.map(lambda d: d.replace(microsecond=0))),
    "zoned": (pl.Datetime("us", "UTC"), INSTANTS.map(lambda d: d.replace(tzinfo=UTC))),
    "nothing": (pl.Null, st.none()),
}


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    """Draw a frame of any kinds of columns, with hostile names and cells."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5))
    height = draw(st.integers(0, 6))
    columns = []
    for i, kind in enumerate(kinds):
        dtype, cells = KINDS[kind]
        name = f"{draw(_texts())[:20]}{i}"
        values = draw(st.lists(st.none() | cells, min_size=height, max_size=height))
        columns.append(pl.Series(name, values, dtype=dtype))
    return pl.DataFrame(columns)


def listed(frame: pl.DataFrame) -> tuple[Report, Report]:
    """Return a report of rows twice: its rows a frame, and one by one."""
    columns = {c: c for c in frame.columns}
    own = replace(LISTING.sections[0], text=("=rows=", "rows"))
    found = []
    for rows in (FrameRows(frame), tuple(frame.iter_rows(named=True))):
        tables = (Table(columns, rows), *own.tables)
        found.append(replace(LISTING, sections=(replace(own, tables=tables), own)))
    return found[0], found[1]


@given(frames())
@example(pl.DataFrame({"a": list(HOSTILE), "b": list(HOSTILE[::-1])}))
@example(pl.DataFrame({"one": [None, "", "a"]}))
@example(pl.DataFrame({"a": [1.5, None, float("nan")], "b": [float("inf"), 1e16, 2.0]}))
def test_text_is_the_same_either_way(frame: pl.DataFrame) -> None:
    of_frame, of_rows = listed(frame)
    for name in TEXTS:
        assert render(of_frame, name) == render(of_rows, name), name


@given(frames())
@example(pl.DataFrame({"a": [None, None], "b": [1, None]}, schema={"a": pl.Int64, "b": pl.UInt8}))
def test_the_frame_is_the_same_either_way(frame: pl.DataFrame) -> None:
    of_frame, of_rows = map(to_frame, listed(frame))
    if frame.height:
        assert of_frame.schema == of_rows.schema
    assert of_frame.columns == of_rows.columns
    assert of_frame.equals(of_rows)


def test_instants_of_other_zones_are_written_in_utc() -> None:
    at = datetime(2026, 3, 31, 12, 30, tzinfo=FAR)
    frame = pl.DataFrame({"at": [at], "n": [1]}).with_columns(
        pl.col("at").dt.convert_time_zone("Pacific/Chatham")
    )
    of_frame, of_rows = listed(frame)
    assert '"at": "2026-03-30T22:45:00Z"' in str(render(of_frame, "jsonl"))
    assert [render(of_frame, n) for n in TEXTS] == [render(of_rows, n) for n in TEXTS]
    assert to_frame(of_frame).equals(to_frame(of_rows))


@pytest.mark.parametrize("name", TEXTS)
def test_long_lists_come_in_pieces_that_add_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csatkit.render.frame_text.AT_ONCE", 2)
    of_frame, of_rows = listed(pl.DataFrame({"a": range(7), "b": ["x,"] * 7}))
    pieces = list(parts(of_frame, name))
    assert len(pieces) >= 4
    assert b"".join(pieces).decode() == render(of_rows, name)


def test_ten_megabytes_in_a_cell_are_written_whole() -> None:
    book = 'so "what",\n' * 1_000_000
    of_frame, of_rows = listed(pl.DataFrame({"a": [book, "=x"], "b": [1, 2]}))
    assert [render(of_frame, n) for n in TEXTS] == [render(of_rows, n) for n in TEXTS]


@pytest.mark.parametrize(
    "series",
    [
        pl.Series("a", [[1]]), pl.Series("a", [timedelta(1)]),
        pl.Series("a", [datetime(2026, 1, 1)], dtype=pl.Datetime("ns")),
    ],
)  # fmt: skip
def test_columns_of_other_types_go_row_by_row(series: pl.Series) -> None:
    table = Table({"a": "a"}, FrameRows(pl.DataFrame([series])))
    assert frame_of(table) is None


@pytest.mark.parametrize("columns", [{"a": "A", "gone": "Gone"}, {}])
def test_columns_that_the_frame_lacks_go_row_by_row(columns: dict[str, str]) -> None:
    assert frame_of(Table(columns, FrameRows(pl.DataFrame({"a": [1]})))) is None


def test_a_table_shows_its_own_columns_in_their_order() -> None:
    frame = pl.DataFrame({"a": [1], "b": [2], "c": [3]})
    found = frame_of(Table({"c": "C", "a": "A"}, FrameRows(frame)))
    assert found is not None
    assert found.columns == ["c", "a"]


def test_rows_read_like_mappings() -> None:
    rows = FrameRows(pl.DataFrame({"a": [1, 2, 3]}))
    assert (len(rows), rows[1]) == (3, {"a": 2})
    assert list(rows[1:]) == [{"a": 2}, {"a": 3}]


def test_no_row_becomes_a_python_object(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: FrameRows) -> None:
        raise AssertionError("asked row by row")

    report, _ = listed(pl.DataFrame({"a": ["x", "=y"], "b": [1, 2]}))
    monkeypatch.setattr(FrameRows, "__iter__", never)
    for name in (*TEXTS, "parquet"):
        assert render(report, name)
    with pytest.raises(AssertionError, match="row by row"):
        render(report, "markdown")


def test_parquet_holds_the_frame() -> None:
    of_frame, of_rows = listed(pl.DataFrame({"a": ["=x", None], "b": [1, 2]}))
    first, second = render(of_frame, "parquet"), render(of_rows, "parquet")
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    assert pl.read_parquet(io.BytesIO(first)).equals(pl.read_parquet(io.BytesIO(second)))
