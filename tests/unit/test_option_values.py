"""One value at a time: what is read, and what is refused with which words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from csatkit import clock, values
from csatkit.errors import UsageError
from csatkit.periods import WEEK_STARTS
from csatkit.where import Condition, parse

GOOD: list[tuple[values.Reader, object, Any]] = [
    (values.text, " a b ", "a b"),
    (values.level, "0.95", 0.95),
    (values.level, 0.5, 0.5),
    (values.whole, "30", 30),
    (values.whole, 1, 1),
    (values.duration, "90s", timedelta(seconds=90)),
    (values.duration, "2m", timedelta(minutes=2)),
    (values.duration, "36h", timedelta(hours=36)),
    (values.duration, "1.5d", timedelta(hours=36)),
    (values.duration, "2w", timedelta(days=14)),
    (values.memory, " 4 GB", "4GB"),
    (values.memory, "512mb", "512mb"),
    (values.memory, "60%", "60%"),
    (values.days, "14", 14.0),
    (values.days, 7, 7.0),
    (values.days, "36h", 1.5),
    (values.day, "2026-02-28", date(2026, 2, 28)),
    (values.day, date(2026, 2, 28), date(2026, 2, 28)),
    (values.as_of, "Today", "today"),
    (values.as_of, "2026-03-31", "2026-03-31"),
    (values.as_of, "2026-03-31T06:00:00Z", "2026-03-31T06:00:00Z"),
    (values.as_of, "2026-03-31 06:00+02:00", "2026-03-31 06:00+02:00"),
    (values.period, "Last-Week", "last-week"),
    (values.period, "2026-w05", "2026-W05"),
    (values.period, "2020-W53", "2020-W53"),
    (values.period, "2026-Q4", "2026-Q4"),
    (values.period, "2026-03", "2026-03"),
    (values.period, "2026", "2026"),
    (values.period, "2026-03-31", "2026-03-31"),
    (values.week_start, "Monday", "mon"),
    (values.week_start, "SUN", "sun"),
    (values.zone, "America/New_York", "America/New_York"),
    (values.date_format, "EPOCH-MS", "epoch-ms"),
    (values.date_format, "%d/%m/%Y", "%d/%m/%Y"),
    (values.crossed, "a, b", (("a", "b"),)),
    (values.crossed, [("a", "b"), "c", "c"], (("a", "b"), ("c",))),
    (values.switch, "Yes", True),
    (values.switch, "0", False),
]

BAD: list[tuple[values.Reader, object]] = [
    (values.text, "  "),
    (values.text, 3),
    *[(values.level, v) for v in ("0", "1", "95", "-1", "nan", "inf", "", "x", "101")],
    *[(values.whole, v) for v in ("0", "-3", "2.5", "nan", "inf", "1e400", "")],
    *[(values.duration, v) for v in ("36", "36 parsecs", "-1h", "0h", "", "h", "9999999999999w")],
    *[(values.memory, v) for v in ("4", "4 parsecs", "0GB", "-1GB", "0%", "101%", "", 3)],
    *[(values.days, v) for v in ("0", "-1", "nan", "inf", "0d", "", "1e9")],
    *[(values.day, v) for v in ("2026-02-30", "20260201", "01.02.2026", "2026-W05-1", "", 5)],
    (values.day, datetime(2026, 1, 1)),
    *[(values.as_of, v) for v in ("2026-02-30", "yesterday", "20260201", "", "2026-03")],
    *[
        (values.period, v)
        for v in ("last week", "2026-W54", "2026-W00", "2026-Q5", "2026-13", "26", "0000", "")
    ],
    *[(values.week_start, v) for v in ("monn", "", "1")],
    *[(values.zone, v) for v in ("Berlin", "", "../etc/passwd", "/etc/localtime", "UTC+2")],
    *[(values.date_format, v) for v in ("dym", "", "dd.mm.yyyy")],
    *[(values.crossed, v) for v in ("", "a,,b", [""], [5], "a,a", [("a", "")])],
    (values.switch, ""),
]


@pytest.mark.parametrize(("reader", "value", "expected"), GOOD)
def test_a_good_value_is_read(reader: values.Reader, value: object, expected: Any) -> None:
    assert reader(value, "--x") == expected


@pytest.mark.parametrize(("reader", "value"), BAD)
def test_a_bad_value_names_its_origin(reader: values.Reader, value: object) -> None:
    with pytest.raises(UsageError, match=r"^--x: "):
        reader(value, "--x")


def test_an_unknown_zone_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        values.zone("Europe/Berln", "--tz")
    assert caught.value.hint == "Did you mean 'Europe/Berlin'?"


def test_week_days_are_those_of_the_calendar() -> None:
    assert values.WEEKDAYS == WEEK_STARTS


@pytest.mark.parametrize(
    ("written", "column", "op", "found"),
    [
        ("channel=email", "channel", "=", ("email",)),
        (" channel = email ", "channel", "=", ("email",)),
        ("channel!=email", "channel", "!=", ("email",)),
        ("n<3", "n", "<", ("3",)),
        ("n<=3", "n", "<=", ("3",)),
        ("n>3", "n", ">", ("3",)),
        ("created_at>=2026-03-01", "created_at", ">=", ("2026-03-01",)),
        ("plan in pro| team |x", "plan", "in", ("pro", "team", "x")),
        ("customer tier IN a|b", "customer tier", "in", ("a", "b")),
        ("team=", "team", "=", ("",)),
        ("team!=", "team", "!=", ("",)),
        ("team in a|", "team", "in", ("a", "")),
        ("url=http://x?a=1&b<2", "url", "=", ("http://x?a=1&b<2",)),
        ("note=a in b", "note", "=", ("a in b",)),
        ("origin=web", "origin", "=", ("web",)),
        ('"time in status">=12', "time in status", ">=", ("12",)),
        ('"a=b" in x|y', "a=b", "in", ("x", "y")),
    ],
)
def test_a_condition(written: str, column: str, op: Any, found: tuple[str, ...]) -> None:
    assert parse(written) == Condition(column, op, found)


@pytest.mark.parametrize(
    "written", ["", "channel", "=email", "n<", "n>=", "in a|b", "team in ", '"a" b=c', "  =x"]
)
def test_what_is_no_condition(written: str) -> None:
    with pytest.raises(UsageError, match=r"^--where: can't read"):
        parse(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-31T06:00:00Z", "2026-03-31T06:00:00+00:00"),
        ("2026-03-31T06:00:00", "2026-03-31T06:00:00+00:00"),
        ("2026-03-31T06:00:00+02:00", "2026-03-31T04:00:00+00:00"),
    ],
)
def test_the_clock_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch, written: str, expected: str
) -> None:
    monkeypatch.setenv(clock.NOW, written)
    assert clock.now().isoformat() == expected


def test_the_clock_runs_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.NOW, raising=False)
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second < first + timedelta(minutes=1)


def test_a_clock_stopped_nowhere_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.NOW, "noon")
    with pytest.raises(UsageError, match="CSATKIT_NOW"):
        clock.now()


def test_amounts_of_memory_are_bytes_or_a_share() -> None:
    written = ("1B", "2kB", "512MB", "1.5GiB", "2TB", "60%")
    assert [values.amount(w) for w in written] == [1, 2000, 512_000_000, 1_610_612_736, 2e12, 0.6]
