"""Time buckets: the label of the day, week, … in which an instant lies, in the chosen zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BUCKETS = ("day", "week", "month", "quarter", "weekday", "daypart", "hour")


def local(instant: datetime, tz: str) -> datetime:
    """Return a naive UTC instant as the wall clock of `tz` shows it."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(tz))


def bucket(name: str, instant: datetime, tz: str, week_start: str) -> str:
    """Return the bucket's value, such as `2026-W05` or `morning`."""
    at = local(instant, tz)
    day = at.date()
    if name == "day":
        return day.isoformat()
    if name == "week":
        return _week(day, week_start)
    if name == "month":
        return f"{day.year:04d}-{day.month:02d}"
    if name == "quarter":
        return f"{day.year:04d}-Q{(day.month - 1) // 3 + 1}"
    if name == "weekday":
        return WEEKDAYS[day.weekday()]
    if name == "daypart":
        return ("night", "morning", "afternoon", "evening")[at.hour // 6]
    if name == "hour":
        return f"{at.hour:02d}"
    raise ValueError(f"no such time bucket: {name}")


def _week(day: date, week_start: str) -> str:
    if week_start == "mon":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    first = [name.lower() for name in WEEKDAYS].index(week_start)
    return (day - timedelta(days=(day.weekday() - first) % 7)).isoformat()
