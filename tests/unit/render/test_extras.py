"""What only some measures have is shown by its kind, and only for the broadest row."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from csatkit.notes import EXTRA_FIELDS, ExtraKind
from csatkit.render import render
from csatkit.report import Measure
from tests.unit.render.samples import CSAT, FCR, FEBRUARY, PLAIN, TIMES


def shown(*measures: Measure) -> str:
    return str(render(replace(PLAIN, measures=measures), "table"))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (replace(CSAT, extra={"bounds": [12.0, 97.04]}), "CSAT, worst case: 12.0 % to 97.0 %"),
        (replace(TIMES, extra={"p90": 51.25}), "Resolution time, 90th percentile: 51.2 h"),
        (replace(FCR, extra={"quick_repeat": 1234}), "quick repeats: 1,234"),
        (
            replace(CSAT, extra={"response": {"rated_tickets": 3, "mature_sent": 1400}}),
            "CSAT, surveys behind it: rated tickets 3, mature sent 1,400",
        ),
        (
            replace(FCR, extra={"not_measured": ["not_confirmed"]}),
            "First contact resolution, not measured: not confirmed",
        ),
    ],
)
def test_each_kind_has_its_words(measure: Measure, expected: str) -> None:
    assert expected in shown(measure)


def test_bars_carry_share_and_count() -> None:
    lines = shown(replace(CSAT, extra={"distribution": {"1": 25, "5": 75}})).splitlines()
    found = [line.split() for line in lines if line.startswith(("1 ", "5 "))]
    assert [row[-3:] for row in found] == [["25.0", "%", "25"], ["75.0", "%", "75"]]
    assert len(found[0][1]) == 10
    assert len(found[1][1]) == 30


@pytest.mark.parametrize("empty", [{}, {"1": 0, "5": 0}])
def test_no_ratings_no_bars(empty: dict[str, int]) -> None:
    assert "Scores" not in shown(replace(CSAT, extra={"distribution": empty}))


def test_over_time_there_is_one_table_and_no_distribution() -> None:
    january = replace(CSAT, period=replace(FEBRUARY, label="2026-01"))
    text = shown(january, CSAT)
    assert "Scores" not in text
    assert "Left out of CSAT (2026-01): 4 no ticket" in text
    assert "Left out of CSAT (2026-02): 4 no ticket" in text


def test_without_an_overall_row_segments_say_what_they_leave_out() -> None:
    text = shown(replace(CSAT, segment={"channel": "chat"}))
    assert "Left out of CSAT (channel chat): 4 no ticket" in text


def test_every_kind_is_used_or_shown() -> None:
    kinds = {field.kind for field in EXTRA_FIELDS.values()}
    assert kinds <= set(get_args(ExtraKind))
    assert all(field.label and field.meaning for field in EXTRA_FIELDS.values())
