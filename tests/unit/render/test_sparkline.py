"""A trend in one line of characters, above the line of every period."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render import render
from csatkit.render.sketch import sparkline
from csatkit.report import Chart, Report, Section
from tests.unit.render.samples import DEFINITIONS

VALUE = st.none() | st.floats(0, 100)


@pytest.mark.parametrize(
    ("values", "shown", "plain"),
    [
        ([0.0, 50.0, 100.0], "▁▅█", "_=#"),
        ([3.0, None, 3.0], "▅ ▅", "= ="),
        ([None], " ", " "),
        ([], "", ""),
    ],
)
def test_a_value_is_as_high_as_it_is(values: list[float | None], shown: str, plain: str) -> None:
    assert sparkline(values, ascii_only=False) == shown
    assert sparkline(values, ascii_only=True) == plain


@given(st.lists(VALUE, max_size=40), st.booleans())
def test_higher_is_never_drawn_lower(values: list[float | None], ascii_only: bool) -> None:
    drawn = sparkline(values, ascii_only)
    assert len(drawn) == len(values)
    levels = "_.-:=+*#" if ascii_only else "▁▂▃▄▅▆▇█"
    pairs = zip(values, drawn, strict=True)
    known = sorted((v, levels.index(c)) for v, c in pairs if v is not None)
    assert [level for _, level in known] == sorted(level for _, level in known)


def test_a_trend_in_the_terminal_begins_with_it() -> None:
    rows = tuple(
        {"label": f"W{i}", "value": 70.0 + i, "low": 60.0, "high": 90.0, "interval_low": 65.0,
         "interval_high": 80.0, "n": 40, "note": None}
        for i in range(4)
    )  # fmt: skip
    section = Section("trend", "Trend", charts=(Chart("control", rows, "percent", 71.0),))
    report = Report("trend", DEFINITIONS, (), (), (section,))
    assert "W0 ▁▃▆█ W3\n" in str(render(report, "table"))
    plain = str(render(report, "table", ascii=True))
    assert "W0 _-+# W3\n" in plain
    assert plain.isascii()
