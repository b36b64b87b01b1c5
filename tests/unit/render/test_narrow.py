"""Narrow text: no line wider than asked, no row and no figure lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render.blocks import Bar, Bars, Grid, Range, Ranges
from csatkit.render.narrow import chart_lines, columns_of, grid_lines

WIDTH = 40
WORDS = st.lists(st.text("abc ü漢🎉", max_size=30), min_size=2, max_size=2)


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("ü", 1), ("漢字", 4), ("🎉", 2), ("–", 1)]
)
def test_columns_of(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_a_table_that_fits_keeps_its_shape() -> None:
    grid = Grid(("Agent", "CSAT"), (("Ada", "81.3 %"), ("漢", "5.0 %")), frozenset({1}))
    assert grid_lines(grid, WIDTH) == [
        ["Agent    CSAT", "-----  ------"],
        ["Ada    81.3 %"],
        ["漢      5.0 %"],
    ]


def test_long_text_folds_at_blanks() -> None:
    grid = Grid(("Target", "Why"), (("a", "one two three four five six seven"),))
    assert grid_lines(grid, 24)[1] == [
        "a       one two three",
        "        four five six",
        "        seven",
    ]


def test_what_does_not_fit_becomes_records() -> None:
    headings = tuple(f"Column {i}" for i in range(8))
    rows = (tuple(f"value {i}" for i in range(8)),)
    heading, record = grid_lines(Grid(headings, rows), WIDTH)
    assert heading == []
    assert record == [*(f"Column {i}  value {i}" for i in range(8)), ""]


@given(st.lists(WORDS, max_size=4), st.integers(20, 60))
def test_no_line_is_too_wide_and_no_letter_is_lost(rows: list[list[str]], width: int) -> None:
    grid = Grid(("One", "Two"), tuple(tuple(row) for row in rows))
    found = grid_lines(grid, width)
    assert len(found) == 1 + len(rows)
    for lines, row in zip(found[1:], rows, strict=True):
        assert all(columns_of(line) <= width for line in lines)
        shown = "".join("".join(lines).split())
        assert sorted(shown) == sorted("".join("".join(row).split()))


def test_charts_align_and_say_their_scale() -> None:
    bars = Bars((Bar("a", 1.0, ("9 %", "n=10")), Bar("long", None, ("10 %", "n=1"))))
    assert chart_lines(bars) == [
        "a     ████████████   9 %  n=10",
        "long                10 %   n=1",
    ]
    ranges = Ranges((Range("a", 0.0, 0.5, 1.0, "5"),), None, "from 0 to 9")
    assert chart_lines(ranges) == ["a  ├─────●────┤  5", "from 0 to 9"]
    assert chart_lines(Bars(())) == []
