"""Naive wall-clock times → UTC.

A time that occurs twice (clocks go back) is the earlier instant; one that never occurs (clocks go
forward) moves forward by the gap. Both are counted, never hidden. UTC costs nothing.
"""

from __future__ import annotations

import zoneinfo
from datetime import timedelta

import polars as pl

from csatkit.errors import UsageError

__all__ = ["check_zone", "is_utc", "localise", "n_ambiguous", "n_nonexistent"]

_UTC = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "GMT", "Etc/GMT", "Universal"})

_DAY = timedelta(days=1)


def check_zone(name: str) -> str:
    """Return the name of a known time zone as the database spells it.

    Raises:
        UsageError: no zone has this name; the nearest one is named.
    """
    if is_utc(name):  # the default; listing the whole database costs more than reading a file
        return name
    known = zoneinfo.available_timezones()
    by_fold = {zone.casefold(): zone for zone in known}
    found = by_fold.get(name.strip().casefold())
    if found is None:
        raise UsageError.unknown("time zone", name, known)
    return found


def is_utc(zone: str) -> bool:
    """Tell whether a zone is UTC under one of its names."""
    return zone in _UTC


def localise(wall: pl.Expr, zone: str) -> pl.Expr:
    """Return naive UTC instants of naive wall-clock times in a zone."""
    if is_utc(zone):
        return wall
    # In the gap of a spring night the offset of the day before still holds: that is what moves a
    # non-existent 02:30 forward to 03:30.
    return pl.coalesce(_in_utc(wall, zone), _in_utc(wall - _DAY, zone) + _DAY)


def _in_utc(wall: pl.Expr, zone: str) -> pl.Expr:
    zoned = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def n_ambiguous(wall: pl.Expr, zone: str) -> pl.Expr:
    """Return how many of the times occur twice in the zone."""
    once = wall.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    ever = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return (once.is_null() & ever.is_not_null()).sum()


def n_nonexistent(wall: pl.Expr, zone: str) -> pl.Expr:
    """Return how many of the times never occur in the zone."""
    ever = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return (wall.is_not_null() & ever.is_null()).sum()
