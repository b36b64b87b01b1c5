"""Numbers in words: units, dashes, signs, separators."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from csatkit.render import values
from csatkit.report import Cell, CellUnit, Difference, Period
from tests.unit.render.samples import AVERAGE, CSAT, EMPTY, TIMES, UNAVAILABLE


@pytest.mark.parametrize(
    ("x", "unit", "expected"),
    [
        (81.25, "percent", "81.2 %"),
        (0.0, "percent", "0.0 %"),
        (4.125, "score", "4.12"),
        (3.4, "hours", "3.4 h"),
        (1234.5, "hours", "1,234.5 h"),
        (0.2071, "per ticket", "0.207 per ticket"),
        (1204.0, "count", "1,204"),
        (2.5, "count", "2.5"),
        (-20.31, "points", "−20.3 points"),
        (1.3, "points", "+1.3 points"),
        (-0.04, "points", "0.0 points"),
        (None, "percent", "–"),
        (float("nan"), "percent", "–"),
        (float("inf"), "hours", "–"),
    ],
)
def test_quantity(x: float | None, unit: CellUnit, expected: str) -> None:
    assert values.quantity(x, unit) == expected


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0, "0"),
        (1204, "1,204"),
        (-3, "−3"),
        (0.0, "0"),
        (1234.56, "1,234.6"),
        (12.345, "12.35"),
        (0.00032, "0.000320"),
        (1e-12, "0.000000"),
    ],
)
def test_a_number_of_unknown_unit_keeps_three_figures(x: float, expected: str) -> None:
    assert values.number(x) == expected


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (78.9, 83.5, "percent", "78.9–83.5"),
        (-2.7, 5.3, "points", "−2.7 … +5.3"),
        (-1.0, 2.0, "score", "−1.00 … 2.00"),
        (None, 5.3, "hours", "– … 5.3"),
        (None, None, "percent", "–"),
    ],
)
def test_span(low: float | None, high: float | None, unit: CellUnit, expected: str) -> None:
    assert values.span(low, high, unit) == expected


def test_summary_of_a_measure() -> None:
    assert values.summary(CSAT) == "81.3 %  (78.9–83.5)  n=1,204"
    assert values.summary(TIMES) == "3.4 h  n=1,000"
    assert values.summary(replace(CSAT, status="small")).endswith("  too few")


def test_summary_without_a_value_says_why() -> None:
    assert values.summary(UNAVAILABLE) == "–  (column sent_at missing)"
    assert values.summary(EMPTY) == "–  (empty)"


def test_ratio() -> None:
    assert values.ratio(CSAT) == "979/1,204"
    assert values.ratio(AVERAGE) == "4,960/1,204"
    assert values.ratio(replace(AVERAGE, numerator=11.5)) == "11.50/1,204"
    assert values.ratio(TIMES) == "1,000"
    assert values.ratio(UNAVAILABLE) == "–"


def test_change_in_a_sentence() -> None:
    change = Difference(1.3, -2.7, 5.3, "2026-01")
    assert values.change(change, "percent") == "+1.3 (−2.7 … +5.3) points vs 2026-01"
    assert values.change(replace(change, low=None), "score") == "+1.30 vs 2026-01"
    assert values.change(replace(change, value=None), "percent") == "– vs 2026-01"


def test_change_in_a_cell() -> None:
    change = Difference(-1.3, -2.7, 5.3, "2026-01")
    assert values.change_cell(change, "percent", against=False) == "−1.3 (−2.7…+5.3)"
    assert values.change_cell(change, "hours", against=True) == "−1.3 (−2.7…+5.3) vs 2026-01"
    assert values.change_cell(None, "percent", against=True) == "–"


def test_every_status_has_a_word() -> None:
    shown = {
        values.status(replace(CSAT, status="unavailable")),
        values.status(replace(CSAT, status="empty")),
        values.status(replace(CSAT, status="skewed")),
        values.status(replace(CSAT, status="small")),
        values.status(replace(CSAT, status="caution")),
        values.status(replace(CSAT, status="ok")),
    }
    assert len(shown) == len(values.STATUS_WORDS) == 6


def test_period() -> None:
    week = Period("2026-W05", date(2026, 1, 26), date(2026, 2, 1))
    assert values.period(week) == "2026-W05 (2026-01-26 to 2026-02-01)"
    day = date(2026, 3, 31)
    assert values.period(Period("2026-03-31", day, day)) == "2026-03-31"


@pytest.mark.parametrize(
    ("x", "unit", "numeric", "expected"),
    [
        (None, None, False, "–"),
        (True, None, True, "yes"),
        (False, None, False, "no"),
        ("1000", None, True, "1000"),
        (2026, None, False, "2026"),
        (2026, None, True, "2,026"),
        (81.25, "percent", True, "81.2 %"),
        (1.25, "points", True, "+1.2"),
        (date(2026, 3, 1), None, False, "2026-03-01"),
        (datetime(2026, 3, 1, 6, 30), None, False, "2026-03-01 06:30:00Z"),
    ],
)
def test_cell(x: Cell, unit: CellUnit | None, numeric: bool, expected: str) -> None:
    assert values.cell(x, unit, numeric=numeric) == expected
