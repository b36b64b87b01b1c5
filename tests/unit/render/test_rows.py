"""CSV, Parquet and the frame: the same rows, numbers as numbers, no cell that runs."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render import render, to_frame
from csatkit.render.csv import guard
from csatkit.report import Report
from tests.unit.render.samples import HOSTILE_REPORT, LISTING, PLAIN, by_channel, listing

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
RUNS = ("=", "+", "-", "@", "\t", "\r")


def parsed(report: Report) -> list[dict[str, str]]:
    text = str(render(report, "csv"))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def unguarded(text: str) -> str:
    """Take one apostrophe from a guarded cell, as the loader does."""
    bare = text.lstrip("'")
    return text[1:] if text.startswith("'") and bare.startswith(RUNS) else text


def test_the_csv_parses_back_to_the_measures() -> None:
    rows = parsed(HOSTILE_REPORT)
    assert len(rows) == len(HOSTILE_REPORT.measures)
    for row, m in zip(rows, HOSTILE_REPORT.measures, strict=True):
        assert json.loads(row["segment"]) == m.segment
        assert unguarded(row["segment_channel"]) == (m.segment.get("channel") or "")
        assert (float(row["value"]) if row["value"] else None) == m.value
        assert int(row["denominator"]) == m.denominator
        assert (row["period_label"], row["period_from"]) == ("2026-02", "2026-02-01")
        assert json.loads(row["excluded"]) == m.excluded
    assert rows[0]["difference_value"] == "1.3"
    assert rows[0]["difference_against"] == "2026-01"
    assert json.loads(rows[0]["distribution"])["5"] == 679


def test_lines_end_with_line_feeds_alone() -> None:
    text = str(render(PLAIN, "csv"))
    assert "\r" not in text
    assert text.count("\n") == 1 + len(PLAIN.measures)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@A1", "'@A1"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("1-1", "1-1"),
        ("", ""),
    ],
)
def test_guard(text: str, expected: str) -> None:
    assert guard(text) == expected


@given(ANY_TEXT)
def test_no_text_runs_and_none_is_lost(name: str) -> None:
    rows = parsed(by_channel((name,)))
    assert len(rows) == 3
    assert not rows[1]["segment_channel"].startswith(RUNS)
    assert unguarded(rows[1]["segment_channel"]) == name


def test_numbers_are_never_guarded() -> None:
    table = parsed(listing((-5, 2.5, None, True)))
    assert [row["name"] for row in table] == ["-5", "2.5", "", "true"]


def test_a_report_of_rows_is_its_first_table() -> None:
    rows = parsed(LISTING)
    assert list(rows[0]) == ["ticket_id", "name", "n", "at"]
    assert rows[1] == {
        "ticket_id": "00001",
        "name": "'=1+1",
        "n": "1000",
        "at": "2026-03-02T06:30:00Z",
    }
    assert rows[5]["name"] == "a\rb"
    found = json.loads(render(LISTING, "json"))["sections"][0]["tables"][0]
    assert found["rows"][1]["name"] == "=1+1"
    assert found["rows"][4]["name"] is None


def test_the_frame_has_types() -> None:
    frame = to_frame(HOSTILE_REPORT)
    assert frame.height == len(HOSTILE_REPORT.measures)
    schema = frame.schema
    assert schema["value"] == pl.Float64
    assert schema["denominator"] == pl.Int64
    assert schema["period_from"] == pl.Date
    assert frame["period_to"][0] == date(2026, 2, 28)
    assert frame["segment_channel"].to_list() == [
        m.segment.get("channel") for m in HOSTILE_REPORT.measures
    ]


def test_the_frame_has_the_columns_of_the_csv() -> None:
    assert to_frame(PLAIN).columns == list(parsed(PLAIN)[0])
    assert to_frame(PLAIN)["p90"].to_list() == [None, None, None, 51.25, None]


def test_parquet_reads_back_as_the_frame() -> None:
    content = render(HOSTILE_REPORT, "parquet")
    assert isinstance(content, bytes)
    assert pl.read_parquet(io.BytesIO(content)).equals(to_frame(HOSTILE_REPORT))


def test_columns_of_rows_get_the_type_of_their_cells() -> None:
    frame = to_frame(listing((1, 2.5, None)))
    assert frame.schema["name"] == pl.Float64
    assert frame["at"][0] == datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    assert to_frame(listing((True, None))).schema["name"] == pl.Boolean
    assert to_frame(listing((date(2026, 3, 1),))).schema["name"] == pl.Date
    assert to_frame(listing((1, "a", date(2026, 3, 1))))["name"].to_list() == [
        "1",
        "a",
        "2026-03-01",
    ]
    assert to_frame(listing(())).columns == ["ticket_id", "name", "n", "at"]
