"""Calendar periods: names → whole days → instants (metrics.md §4).

Pure calendar arithmetic on the standard library; the data end comes as an argument and no clock is
read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from csatkit.errors import UsageError
from csatkit.report import Period

__all__ = [
    "BUCKETS",
    "GRAMMAR",
    "WEEK_STARTS",
    "Span",
    "calendar",
    "complete_days",
    "containing",
    "following",
    "latest_mature",
    "local_date",
    "named",
    "parse_instant",
    "previous",
    "span_of",
]

GRAMMAR = (
    "last-day (or yesterday), last-week, last-month, last-quarter, last-year, "
    "2026-W05, 2026-03, 2026-Q1, 2026 or 2026-03-31"
)
BUCKETS = ("day", "week", "month", "quarter", "weekday", "daypart", "hour")
"""Time dimensions for `--by`."""

WEEK_STARTS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Kind = Literal["day", "week", "month", "quarter", "year", "days"]

_RELATIVE: dict[str, Kind] = {
    "yesterday": "day",
    "last-day": "day",
    "last-week": "week",
    "last-month": "month",
    "last-quarter": "quarter",
    "last-year": "year",
}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A period with its kind and whether it was named relative to the data end."""

    period: Period
    kind: Kind
    relative: bool = False

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.period.last - self.period.first).days + 1


def local_date(instant: datetime, zone: str) -> date:
    """Return the day of a naive UTC instant in a zone."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def _midnight(day: date, zone: str) -> datetime:
    """Return the first instant of a local day, naive UTC.

    Where the clocks skip midnight the day begins at the first instant that exists.
    """
    wall = datetime.combine(day, time(), ZoneInfo(zone))
    instant = wall.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).date() < day:
        instant += wall.replace(fold=0).utcoffset() - wall.replace(fold=1).utcoffset()  # type: ignore[operator]
    return instant.replace(tzinfo=None)


def span_of(period: Period, zone: str) -> tuple[datetime, datetime]:
    """Return the first instant of a period and the first after it, naive UTC."""
    return _midnight(period.first, zone), _midnight(period.last + _ONE_DAY, zone)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def containing(day: date, kind: Kind, week_start: int = 0) -> Span:
    """Return the calendar period of a kind that holds a day."""
    if kind == "day":
        return Span(Period(day.isoformat(), day, day), kind)
    if kind == "week":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        year, week, _ = first.isocalendar()
        label = f"{year}-W{week:02d}" if week_start == 0 else first.isoformat()
        return Span(Period(label, first, first + timedelta(days=6)), kind)
    if kind == "month":
        first, after = _month(day.year, day.month), _month(day.year, day.month + 1)
        return Span(Period(f"{first:%Y-%m}", first, after - _ONE_DAY), kind)
    if kind == "quarter":
        number = (day.month - 1) // 3
        first, after = _month(day.year, 3 * number + 1), _month(day.year, 3 * number + 4)
        return Span(Period(f"{day.year:04d}-Q{number + 1}", first, after - _ONE_DAY), kind)
    return Span(Period(f"{day.year:04d}", date(day.year, 1, 1), date(day.year, 12, 31)), "year")


def _absolute(text: str, week_start: int) -> Span | None:
    try:
        if found := re.fullmatch(r"(\d{4})-W(\d{2})", text):
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            # Of the weeks that start on another day, the one that shares most days with it.
            span = containing(monday + timedelta(days=3), "week", week_start)
            return Span(Period(text, span.period.first, span.period.last), "week")
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
            return containing(date(int(found[1]), int(found[2]), 1), "month", week_start)
        if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            return containing(date(int(found[1]), 3 * int(found[2]), 1), "quarter", week_start)
        if re.fullmatch(r"\d{4}", text):
            return containing(date(int(text), 1, 1), "year", week_start)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return containing(date.fromisoformat(text), "day", week_start)
    except ValueError:
        return None
    return None


def named(text: str, data_end: datetime, zone: str, week_start: int = 0) -> Span:
    """Return the period of a name; relative names count back from the data end.

    Raises:
        UsageError: no such period.
    """
    kind = _RELATIVE.get(text)
    if kind is None:
        span = _absolute(text, week_start)
        if span is None:
            raise UsageError(f"unknown period {text!r}", f"Write {GRAMMAR}.")
        return span
    current = containing(local_date(data_end, zone), kind, week_start)
    span = containing(current.period.first - _ONE_DAY, kind, week_start)
    return Span(span.period, kind, relative=True)


def calendar(text: str, week_start: int = 0) -> Span:
    """Return the period of a name that no data end moves, such as 2026-Q1.

    Raises:
        UsageError: no such period, or a relative one.
    """
    span = _absolute(text, week_start)
    if span is None:
        raise UsageError(f"unknown period {text!r}", "Write 2026-W05, 2026-03, 2026-Q1 or 2026.")
    return span


def previous(span: Span, week_start: int = 0) -> Span:
    """Return the period before: the calendar one, or as many days."""
    before = span.period.first - _ONE_DAY
    if span.kind == "days":
        first = span.period.first - timedelta(days=span.days)
        return Span(Period(f"{first.isoformat()}..{before.isoformat()}", first, before), "days")
    found = containing(before, span.kind, week_start)
    return Span(found.period, span.kind, span.relative)


def following(span: Span, week_start: int = 0) -> Span:
    """Return the calendar period after, or as many days."""
    first = span.period.last + _ONE_DAY
    if span.kind == "days":
        return days(first, first + timedelta(days=span.days - 1))
    return Span(containing(first, span.kind, week_start).period, span.kind)


def days(first: date, last: date) -> Span:
    """Return the period of two days, both included."""
    return Span(Period(f"{first.isoformat()}..{last.isoformat()}", first, last), "days")


def complete_days(n: int, data_end: datetime, zone: str, lag: timedelta = timedelta(0)) -> Span:
    """Return the last `n` days that ended at least `lag` before the data end."""
    last = local_date(data_end - lag, zone) - _ONE_DAY
    return days(last - timedelta(days=n - 1), last)


def latest_mature(
    span: Span, data_end: datetime, zone: str, window: timedelta, week_start: int = 0
) -> Span:
    """Return the latest period of the same kind that ended a window before the data end."""
    while span_of(span.period, zone)[1] + window > data_end:
        span = previous(span, week_start)
    return span


def parse_instant(text: str, zone: str, now: datetime) -> datetime:
    """Return the instant that `--as-of` names, naive UTC; a date alone is 00:00 in the zone.

    Raises:
        UsageError: neither a date, an instant, `today` nor `now`.
    """
    if text == "now":
        return now
    if text == "today":
        return _midnight(local_date(now, zone), zone)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return _midnight(date.fromisoformat(text), zone)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--as-of {text!r} is no date", "Write 2026-03-31, 2026-03-31T06:00, today or now."
        ) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(zone))
    return found.astimezone(UTC).replace(tzinfo=None)
