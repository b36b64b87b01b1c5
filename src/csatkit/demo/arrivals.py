"""When tickets arrive: evenly through a year whose hours weigh differently.

Ticket n of N gets a random place in the n-th of N equal slices of the year's total weight, so ids
rise with time, exactly N tickets fall into the year, and each place needs nothing but n.
"""

from __future__ import annotations

from itertools import accumulate

import polars as pl

from csatkit.demo.mixing import below
from csatkit.demo.organisation import DAY_VOLUME
from csatkit.demo.purposes import Purpose
from csatkit.demo.truth import Truth

__all__ = ["DATA_END", "DAY", "HOUR", "is_monday_morning", "opened"]

HOUR = 3600
DAY = 24 * HOUR
DATA_END = 1_774_915_200
"""2026-03-31 00:00 UTC in seconds since 1970: fixed, so that the sample never ages."""
MORNING = range(6, 12)
"""The hours of the daypart that csatkit calls morning."""
_THURSDAY = 3
"""1970-01-01 was a Thursday; weekdays count from Monday = 0."""


def weights(days: int, truth: Truth) -> list[int]:
    """Return the relative volume of each hour of the sample's span, first to last."""
    first_day = DATA_END // DAY - days
    found = []
    for day in range(first_day, first_day + days):
        weekday = (day + _THURSDAY) % 7
        for hour, volume in enumerate(DAY_VOLUME):
            busy = weekday == 0 and hour in MORNING
            extra = truth.monday_volume if busy else 100
            found.append(volume * truth.weekday_volume[weekday] * extra)
    return found


def opened(frame: pl.DataFrame, tickets: int, days: int, truth: Truth) -> pl.Series:
    """Return each ticket's opening in seconds since 1970; needs `number` and `key`.

    Needs less than 2^63 = tickets x weight: with a year's weight of about 10^7 that is far beyond
    any number of tickets that ids have room for.
    """
    by_hour = weights(days, truth)
    total = sum(by_hour)
    edges = pl.Series(list(accumulate(by_hour, initial=0)), dtype=pl.Int64)
    # Places are counted in fractions 1 / tickets of a unit of weight, so nothing is rounded here.
    jitter = below(pl.col("key"), Purpose.ARRIVAL, total)
    place = frame.select(pl.col("number").cast(pl.Int64) * total + jitter).to_series()
    unit, rest = place // tickets, place % tickets
    hour = edges.search_sorted(unit, side="right").cast(pl.Int64) - 1
    return (
        pl.DataFrame({"hour": hour, "unit": unit, "rest": rest})
        .with_columns(
            inside=pl.col("unit") - pl.lit(edges).gather(pl.col("hour")),
            size=pl.lit(pl.Series(by_hour, dtype=pl.Int64)).gather(pl.col("hour")),
        )
        .select(
            DATA_END
            - days * DAY
            + pl.col("hour") * HOUR
            + (pl.col("inside") * tickets + pl.col("rest")) * HOUR // (pl.col("size") * tickets)
        )
        .to_series()
        .rename("opened")
    )


def is_monday_morning(second: pl.Expr) -> pl.Expr:
    """Return whether an instant lies on a Monday between 6 and 12 o'clock UTC."""
    monday = (second // DAY + _THURSDAY) % 7 == 0
    hour = second % DAY // HOUR
    return monday & hour.is_between(MORNING.start, MORNING.stop - 1)
