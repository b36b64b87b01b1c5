"""Selections and cells: tags, time buckets, missing values, rows that no clock dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from csatkit import analyses
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.facts.clocks import bucket, bucket_label
from csatkit.load import open_data
from csatkit.metrics import CATALOG
from csatkit.periods import BUCKETS, WEEK_STARTS
from csatkit.report import Measure
from csatkit.settings import Settings
from csatkit.totals import tag_list
from tests.oracle.buckets import bucket as expected_bucket
from tests.unit.facts.building import JAN, Row, frame_of, survey, ticket


def measured(
    metric: str, rows: list[Row] | None, sent: list[Row] | None = None, **chosen: Any
) -> list[Measure]:
    """Return the measures of one metric."""
    settings = Settings(**chosen)
    frames = [None if table is None else frame_of(table) for table in (rows, sent)]
    data = open_data(*frames, source=settings.source)
    return list(analyses.run("analyze", data, settings, metrics=[metric]).measures)


def shown(found: list[Measure]) -> dict[tuple[str | None, ...], tuple[Any, Any]]:
    """Return numerator and denominator by segment."""
    return {tuple(m.segment.values()): (m.numerator, m.denominator) for m in found}


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("vip, bug", {"vip", "bug"}),
        ("vip bug", {"vip", "bug"}),
        ("needs call;bug", {"needs call", "bug"}),
        ("a|b|a", {"a", "b"}),
        ('["vip","bug"]', {"vip", "bug"}),
        (" , ,vip", {"vip"}),
        ("vip", {"vip"}),
    ],
)
def test_tags_of_a_cell(cell: str, tags: set[str]) -> None:
    found = pl.DataFrame({"tags": [cell]}).select(tag_list(pl.col("tags")))["tags"][0]
    assert set(found) == tags
    assert len(found) == len(tags)


def test_a_ticket_counts_under_each_of_its_tags() -> None:
    rows = [
        ticket("1", 0, 1, tags="vip bug"),
        ticket("2", 0, 1, tags="bug"),
        ticket("3", 0, 1, tags=None),
    ]
    found = shown(measured("tickets", rows, by=(("tags",),)))
    assert found == {(): (3, 3), ("bug",): (2, 2), ("vip",): (1, 1), (None,): (1, 1)}


@pytest.mark.parametrize("name", BUCKETS)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"])
def test_buckets_equal_the_oracle(name: str, zone: str) -> None:
    instants = [
        datetime(1999, 12, 31, 23, 59, 59),
        datetime(2026, 1, 1),
        datetime(2026, 3, 29, 0, 59, 59),
        datetime(2026, 3, 29, 1),
        datetime(2026, 10, 25, 0, 30),
        datetime(2026, 10, 25, 1, 30),
        datetime(2026, 12, 31, 18, 30),
        datetime(2027, 1, 3, 23, 30),
    ]
    frame = pl.DataFrame({"t": instants})
    for start, day in enumerate(WEEK_STARTS):
        numbers = frame.select(bucket(name, pl.col("t"), zone, start)).to_series()
        labels = [bucket_label(name, n, start) for n in numbers]
        assert labels == [expected_bucket(name, t, zone, day) for t in instants]
    assert bucket_label(name, None, 0) is None


def test_missing_values_are_a_segment_of_their_own() -> None:
    rows = [ticket("1", 0, 1, team="a"), ticket("2", 0, 1, team=None), ticket("3", 0, 1, team="b")]
    found = measured("tickets", rows, by=(("team",),))
    assert [m.segment for m in found] == [{}, {"team": "a"}, {"team": "b"}, {"team": None}]


def test_a_row_without_a_date_is_in_no_period_and_in_the_bucket_of_none() -> None:
    rows = [ticket("1", 0, 1), ticket("2", None, None)]
    assert shown(measured("tickets", rows, by=(("month",),))) == {
        (): (2, 2),
        ("2026-01",): (1, 1),
        (None,): (1, 1),
    }
    (found,) = measured("tickets", rows, period="2026-01")
    assert (found.numerator, found.excluded) == (1, {"no_clock": 1})


@pytest.mark.parametrize(
    ("clock", "month", "left"),
    [("created", "2026-01", {}), ("resolved", "2026-02", {"no_clock": 1})],
)
def test_one_clock_for_all(clock: str, month: str, left: dict[str, int]) -> None:
    rows = [ticket("1", 0, 40), ticket("2", 0, None)]
    found = measured("resolution_rate", rows, by=(("month",),), clock=clock)
    assert found[0].excluded == left
    assert [m.segment["month"] for m in found[1:]] == [month]


def test_durations_that_a_clock_leaves_out_are_counted() -> None:
    rows = [ticket("1", 0, 1), ticket("2", 0, 3)]
    (found,) = measured("resolution_time", rows, [survey("1", 2, 3, 5)], clock="responded")
    assert (found.denominator, found.value, found.excluded) == (1, 24, {"no_clock": 1})


def test_medians_and_percentiles_by_segment() -> None:
    rows = [ticket(str(i), 0, i / 24, team="ab"[i % 2]) for i in range(1, 12)]
    found = {
        tuple(m.segment.values()): m for m in measured("resolution_time", rows, by=(("team",),))
    }
    assert {key: m.value for key, m in found.items()} == pytest.approx(
        {(): 6, ("a",): 6, ("b",): 6}
    )
    assert {key: m.extra["p90"] for key, m in found.items()} == pytest.approx(
        {(): 10, ("a",): 9.2, ("b",): 10}
    )
    whole = found[()]
    assert whole.low == pytest.approx(2)
    assert whole.high == pytest.approx(10)


# --- conditions ---


CONDITIONS: list[tuple[str, set[str]]] = [
    ("channel=email", {"1"}),
    ("channel!=email", {"2", "3"}),
    ("channel=", {"3"}),
    ("channel!=", {"1", "2"}),
    ("channel in email|chat", {"1", "2"}),
    ("channel in chat|", {"2", "3"}),
    ("channel>d", {"1"}),
    ("reopen_count=1", {"2"}),
    ("reopen_count!=1", {"1", "3"}),
    ("reopen_count>=1", {"2"}),
    ("reopen_count<1", {"1"}),
    ("reopen_count in 0|1", {"1", "2"}),
    ("reopen_count=", {"3"}),
    ("vip=yes", {"1"}),
    ("vip!=yes", {"2", "3"}),
    ("vip=no", {"2"}),
    ("vip=", {"3"}),
    ("created_at>=2026-01-02", {"2", "3"}),
    ("created_at<2026-01-02", {"1"}),
    ("created_at>2026-01-01T23:00:00Z", {"2", "3"}),
    ("created_at<=2026-01-02T01:00:00+01:00", {"1", "2"}),
    ("plan>9", {"2"}),
    ("plan=9", {"1"}),
    ("Plan>=9", {"1", "2"}),
]


@pytest.mark.parametrize(("condition", "selected"), CONDITIONS)
def test_conditions_on_every_type(condition: str, selected: set[str]) -> None:
    rows = [
        ticket("1", 0, 1, channel="email", reopen_count=0, vip=True, plan="9"),
        ticket("2", 1, 2, channel="chat", reopen_count=1, vip=False, plan="10"),
        ticket("3", 2, 3, channel=None, reopen_count=None, vip=None, plan="free"),
    ]
    found = measured("tickets", rows, where=(condition,), by=(("ticket_id",),))
    assert {str(m.segment["ticket_id"]) for m in found if m.segment} == selected
    assert found[0].numerator == len(selected)


def test_an_instant_without_an_offset_is_of_the_reports_zone() -> None:
    rows = [ticket("1", 0, 1), {**ticket("2", 0, 1), "created_at": JAN.replace(hour=5)}]
    for start, n in (("2026-01-01", 1), ("2025-12-31T19:00", 2), ("2025-12-31T19:01", 1)):
        where = (f"created_at>={start}",)
        found = measured("tickets", rows, where=where, tz="America/New_York")
        assert shown(found) == {(): (n, n)}


def test_whole_numbers_compare_exactly_with_whole_ones_and_with_others() -> None:
    big = 2**53
    rows = [ticket(str(i), 0, 1, floor=big + i) for i in range(3)]
    for condition, n in (
        (f"floor={big + 1}", 1),
        (f"floor in {big}|{big + 1}", 2),
        (f"floor>{big}", 2),
        ("floor>=0.5", 3),
        ("floor in 0.5|-1", None),
    ):
        if n is None:
            with pytest.raises(NothingToEvaluate):
                measured("tickets", rows, where=(condition,))
        else:
            assert shown(measured("tickets", rows, where=(condition,))) == {(): (n, n)}


@pytest.mark.parametrize(
    "condition", ["floor=ground", "created_at>soon", "vip=maybe", "floor>=", "nothing"]
)
def test_a_condition_that_does_not_fit_its_column_is_refused(condition: str) -> None:
    rows = [ticket("1", 0, 1, floor=1, vip=True)]
    with pytest.raises(UsageError):
        measured("tickets", rows, where=(condition,))


def test_a_condition_on_a_column_that_the_rows_do_not_carry_is_never_ignored() -> None:
    rows, sent = (
        [ticket("1", 0, 1)],
        [survey("1", 1, 2, 5, language="de"), survey("1", 3, None, None)],
    )
    (found,) = measured("tickets", rows, sent, where=("language=de",))
    assert (found.status, found.reason) == ("unavailable", "column language missing")
    assert shown(measured("csat", rows, sent, where=("language=de",))) == {(): (1, 1)}


def test_answers_without_a_ticket_are_counted_where_they_fall() -> None:
    rows = [ticket("1", 0, 1)]
    sent = [survey("1", 1, 2, 5), survey("gone", 1, 2, 5), survey("lost", 40, 41, 1)]
    assert measured("csat", rows, sent)[0].excluded == {"no_ticket": 2}
    assert measured("csat", rows, sent, period="2026-01")[0].excluded == {"no_ticket": 1}


def test_young_surveys_are_left_out_where_asked() -> None:
    sent = [survey("1", 0, 1, 5), survey("2", 20, None, None), survey("3", 21, 22, 4)]
    assert shown(measured("response_rate", None, sent)) == {(): (2, 3)}
    (found,) = measured("response_rate", None, sent, mature_surveys=True)
    assert (found.numerator, found.denominator, found.excluded) == (1, 1, {"immature": 2})


def test_every_metric_is_asked_for_somewhere() -> None:
    rows = [ticket("1", 0, 1)]
    settings = Settings()
    data = open_data(frame_of(rows), source=settings.source)
    report = analyses.run("analyze", data, settings, metrics=tuple(CATALOG))
    assert [m.metric for m in report.measures] == list(CATALOG)
