"""Which instant dates a row, and into which bucket of local time it falls (metrics.md §3, §4).

Buckets travel as small integers and become labels only for the few that are printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from csatkit.metrics.metric import Family

__all__ = ["WEEKDAYS", "bucket", "bucket_label", "clock_of", "local"]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYPARTS = ("night", "morning", "afternoon", "evening")
_EPOCH = date(1970, 1, 1)

_FAMILY_CLOCK: Mapping[Family, tuple[str, ...]] = {
    "tickets": ("anchor",),
    "invitations": ("survey_sent_at", "anchor"),
    "with_merged": ("anchor",),
    "surveys": ("sent_at", "anchor", "created_at"),
    "responses": ("responded_at", "sent_at", "anchor", "created_at"),
    "deflections": ("anchor",),
}
_ONE_CLOCK: Mapping[str, tuple[str, ...]] = {
    "resolved": ("resolution_at",),
    "created": ("created_at",),
    "responded": ("responded_at", "rated_at"),
}


def clock_of(family: Family, clock: str, columns: frozenset[str]) -> pl.Expr:
    """Return the instant that dates a row of this family; null where none is known."""
    names = _FAMILY_CLOCK[family] if clock == "family" else _ONE_CLOCK[clock]
    known = [n for n in names if n in columns]
    if "anchor" in known:
        # It is never null where `created_at` isn't; that one serves surveys without tickets.
        known = [n for n in known if n != "created_at"]
    return pl.coalesce(known) if known else pl.lit(None, dtype=pl.Datetime("us"))


def local(instant: pl.Expr, zone: str) -> pl.Expr:
    """Return the wall-clock time of a UTC instant in a zone."""
    if zone == "UTC":
        return instant
    return instant.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def bucket(name: str, instant: pl.Expr, zone: str, week_start: int) -> pl.Expr:
    """Return the number of the bucket that an instant falls into.

    Args:
        name: one of `BUCKETS`.
        instant: naive UTC.
        zone: where days begin.
        week_start: 0 for Monday … 6 for Sunday.
    """
    there = local(instant, zone)
    day = there.dt.date().cast(pl.Int32)
    if name == "day":
        return day
    if name == "week":
        # 1970-01-01 was a Thursday (weekday 3).
        return (day + (3 - week_start)).floordiv(7)
    if name == "month":
        return there.dt.year() * 12 + there.dt.month().cast(pl.Int32) - 1
    if name == "quarter":
        return there.dt.year() * 4 + there.dt.quarter().cast(pl.Int32) - 1
    if name == "weekday":
        return there.dt.weekday().cast(pl.Int32) - 1
    hour = there.dt.hour().cast(pl.Int32)
    return hour.floordiv(6) if name == "daypart" else hour


def bucket_label(name: str, number: int | None, week_start: int) -> str | None:
    """Return what a bucket is called in output; None for rows without a date."""
    if number is None:
        return None
    if name == "day":
        return (_EPOCH + timedelta(days=number)).isoformat()
    if name == "week":
        first = _EPOCH + timedelta(days=number * 7 - (3 - week_start))
        if week_start == 0:
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02d}"
        return first.isoformat()
    if name == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    if name == "quarter":
        return f"{number // 4:04d}-Q{number % 4 + 1}"
    if name == "weekday":
        return WEEKDAYS[number]
    return _DAYPARTS[number] if name == "daypart" else f"{number:02d}"
