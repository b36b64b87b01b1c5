"""Periods: names, borders, clock changes, what came before, what is old enough to judge."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from csatkit.errors import UsageError
from csatkit.periods import (
    WEEK_STARTS,
    Span,
    complete_days,
    days,
    latest_mature,
    local_date,
    named,
    parse_instant,
    previous,
    span_of,
)
from csatkit.report import Period

END = datetime(2026, 3, 30, 6)
"""A Monday."""
SUNDAY = WEEK_STARTS.index("sun")
BERLIN = "Europe/Berlin"


def shown(span: Span) -> tuple[str, str, str]:
    """Return label, first and last day."""
    return span.period.label, span.period.first.isoformat(), span.period.last.isoformat()


@pytest.mark.parametrize(
    ("name", "label", "first", "last"),
    [
        ("yesterday", "2026-03-29", "2026-03-29", "2026-03-29"),
        ("last-day", "2026-03-29", "2026-03-29", "2026-03-29"),
        ("last-week", "2026-W13", "2026-03-23", "2026-03-29"),
        ("last-month", "2026-02", "2026-02-01", "2026-02-28"),
        ("last-quarter", "2025-Q4", "2025-10-01", "2025-12-31"),
        ("last-year", "2025", "2025-01-01", "2025-12-31"),
    ],
)
def test_relative_names_count_back_from_the_data_end(
    name: str, label: str, first: str, last: str
) -> None:
    span = named(name, END, "UTC")
    assert shown(span) == (label, first, last)
    assert span.relative


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-03-31", "2026-03-31", "2026-03-31"),
    ],
)
def test_names_of_the_calendar(name: str, first: str, last: str) -> None:
    span = named(name, END, "UTC")
    assert shown(span) == (name, first, last)
    assert not span.relative


@pytest.mark.parametrize("name", ["2026-W54", "2026-13", "2026-Q5", "2026-02-30", "last-decade"])
def test_periods_that_do_not_exist(name: str) -> None:
    with pytest.raises(UsageError, match="unknown period"):
        named(name, END, "UTC")


def test_the_zone_decides_what_yesterday_is() -> None:
    late = datetime(2026, 3, 29, 22, 30)
    assert named("yesterday", late, "UTC").period.label == "2026-03-28"
    assert named("yesterday", late, BERLIN).period.label == "2026-03-29"
    assert local_date(late, "America/New_York") == date(2026, 3, 29)


def test_weeks_that_start_on_sunday() -> None:
    span = named("last-week", END, "UTC", SUNDAY)
    assert shown(span) == ("2026-03-22", "2026-03-22", "2026-03-28")
    assert shown(previous(span, SUNDAY)) == ("2026-03-15", "2026-03-15", "2026-03-21")


@pytest.mark.parametrize(
    ("start", "first"),
    [("mon", "2026-03-23"), ("thu", "2026-03-26"), ("fri", "2026-03-20"), ("sun", "2026-03-22")],
)
def test_a_named_week_shares_most_days_with_the_week_of_the_standard(
    start: str, first: str
) -> None:
    label, day, _ = shown(named("2026-W13", END, "UTC", WEEK_STARTS.index(start)))
    assert (label, day) == ("2026-W13", first)


@pytest.mark.parametrize(
    ("day", "start", "hours"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 27, 23), 24),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23), 23),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22), 25),
    ],
)
def test_days_are_as_long_as_the_clocks_make_them(day: date, start: datetime, hours: int) -> None:
    begin, end = span_of(Period("", day, day), BERLIN)
    assert (begin, end - begin) == (start, timedelta(hours=hours))


def test_a_day_whose_midnight_is_skipped_begins_when_it_exists() -> None:
    # Santiago moved its clocks from 24:00 on 2026-09-05 to 01:00.
    begin, end = span_of(Period("", date(2026, 9, 6), date(2026, 9, 6)), "America/Santiago")
    assert begin == datetime(2026, 9, 6, 4)
    assert end - begin == timedelta(hours=23)
    _, before = span_of(Period("", date(2026, 9, 5), date(2026, 9, 5)), "America/Santiago")
    assert before == begin


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("2026-W01", "2025-W52"),
        ("2026-01", "2025-12"),
        ("2026-Q1", "2025-Q4"),
        ("2026", "2025"),
        ("2026-01-01", "2025-12-31"),
    ],
)
def test_the_calendar_period_before(name: str, before: str) -> None:
    assert previous(named(name, END, "UTC")).period.label == before


def test_as_many_days_before_a_free_period() -> None:
    span = days(date(2026, 3, 1), date(2026, 3, 10))
    assert span.days == 10
    assert shown(previous(span)) == ("2026-02-19..2026-02-28", "2026-02-19", "2026-02-28")


def test_the_last_complete_days() -> None:
    assert shown(complete_days(28, END, "UTC"))[1:] == ("2026-03-02", "2026-03-29")
    lagged = complete_days(28, END, "UTC", timedelta(days=14))
    assert shown(lagged)[1:] == ("2026-02-16", "2026-03-15")


@pytest.mark.parametrize(
    ("window", "end", "label"),
    [
        (14, END, "2026-W11"),
        (14, datetime(2026, 3, 30), "2026-W11"),
        (14, datetime(2026, 3, 29, 23, 59, 59), "2026-W10"),
        (1, datetime(2026, 3, 30), "2026-W12"),
        (7, datetime(2026, 3, 30), "2026-W12"),
    ],
)
def test_the_latest_period_whose_window_has_closed(window: int, end: datetime, label: str) -> None:
    span = named("last-week", end, "UTC")
    found = latest_mature(span, end, "UTC", timedelta(days=window))
    assert found.period.label == label
    assert span_of(found.period, "UTC")[1] + timedelta(days=window) <= end


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-31", "UTC", datetime(2026, 3, 31)),
        ("2026-03-31", BERLIN, datetime(2026, 3, 30, 22)),
        ("2026-03-31T06:00", BERLIN, datetime(2026, 3, 31, 4)),
        ("2026-03-31T06:00:00Z", BERLIN, datetime(2026, 3, 31, 6)),
        ("now", BERLIN, datetime(2026, 4, 1, 23)),
        ("today", BERLIN, datetime(2026, 4, 1, 22)),
        ("today", "UTC", datetime(2026, 4, 1)),
    ],
)
def test_instants_of_a_replay(text: str, zone: str, expected: datetime) -> None:
    assert parse_instant(text, zone, datetime(2026, 4, 1, 23)) == expected


def test_an_instant_that_is_none() -> None:
    with pytest.raises(UsageError, match="is no date"):
        parse_instant("soon", "UTC", END)
