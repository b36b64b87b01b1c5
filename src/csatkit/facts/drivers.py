"""What may go with a rating, per ticket: each driver as a few levels, null where it isn't known.

A level is a small integer, 0 the undisturbed one. Nothing here looks at the score or at another
row, except for the channel of the ticket that this one follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from csatkit.facts.rules import DAY_US, Rules

__all__ = ["DRIVERS", "Driver", "after_rating", "lacking", "levels", "with_earlier_channel"]

_HOUR_US = DAY_US // 24
_MOST_CONTACTS = 3
"""Further contacts beyond three are one level: few tickets have more."""

RESOLUTION_HOURS = (4, 24, 72)
"""Where the bands of the resolution time end; an hour more hardly matters after three days."""

DELAY_MINUTES = (5, 60, 120, 1440)
"""Where the bands of the survey delay end (metrics.md §8 "Timing")."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver as it is declared."""

    id: str
    label: str
    affected: str
    """What is true of the tickets it affects, to follow "tickets"."""
    levels: tuple[str, ...]
    first_affected: int
    """The level from which a ticket counts as affected."""
    needs: tuple[tuple[str, ...], ...]
    """Columns; of each inner tuple at least one."""
    reason: str | None = None
    """The failure reason of first contact resolution that it is; it can't explain that then."""

    def is_affected(self, level: int) -> bool:
        """Return whether a level counts as affected."""
        return level >= self.first_affected


_YES = ("no", "yes")

DRIVERS: Mapping[str, Driver] = MappingProxyType(
    {
        d.id: d
        for d in (
            Driver(
                "repeat", "Repeat contact", "followed by a repeat contact", _YES, 1,
                (("customer_id",), ("created_at",)), "repeat",
            ),
            Driver(
                "reopened", "Reopened", "reopened at least once", _YES, 1,
                (("reopen_count", "reopened_at"),), "reopened",
            ),
            Driver(
                "further_contacts", "Further contacts", "with more than one contact",
                ("none", "1", "2", "3 or more"), 1, (("contact_count",),), "multiple_contacts",
            ),
            Driver(
                "transferred", "Transferred", "transferred at least once", _YES, 1,
                (("transfer_count",),), "transferred",
            ),
            Driver(
                "channel_change", "Channel change",
                "whose customer came back through another channel", _YES, 1,
                (("customer_id",), ("created_at",), ("channel",)),
            ),
            Driver(
                "late_response", "Late first response",
                "first answered beyond their channel's limit", _YES, 1,
                (("first_response_at",), ("created_at",), ("channel",)),
            ),
            Driver(
                "slow_resolution", "Slow resolution", "resolved after more than a day",
                ("up to 4 h", "4 to 24 h", "1 to 3 days", "over 3 days"), 2,
                (("resolved_at",), ("created_at",)),
            ),
            Driver(
                "late_survey", "Late survey", "surveyed more than 2 h after their resolution",
                ("up to 5 min", "5 min to 1 h", "1 to 2 h", "2 to 24 h", "over 24 h"), 3,
                (("sent_at",), ("resolved_at",)),
            ),
        )
    }
)  # fmt: skip
"""Every driver, in the order in which ties are shown (metrics.md §6)."""


def lacking(driver: Driver, has: frozenset[str], columns: frozenset[str]) -> str | None:
    """Return the column without which a driver can't be told, None where it can.

    Args:
        driver: which one.
        has: canonical columns that are mapped.
        columns: facts that the rows carry.
    """
    for group in driver.needs:
        if not any(c in has for c in group):
            return f"column {group[0]} missing"
    facts = {"late_response": "is_limit_decided", "transferred": "is_transferred"}
    fact = facts.get(driver.id)
    return None if fact is None or fact in columns else f"column {driver.needs[0][0]} missing"


def with_earlier_channel(rows: pl.LazyFrame, tickets: pl.LazyFrame, rules: Rules) -> pl.LazyFrame:
    """Add `channel_change`: whether the customer's ticket before this one came by another channel.

    The one before counts where this one was opened within its window. In the first window of the
    export an earlier ticket may be unseen, so that a ticket without one is unknown there.

    Args:
        rows: with `previous_row` and `has_key`.
        tickets: all of them, with `_row`, `next_row`, `anchor` and `channel`.
        rules: the run's rules.
    """
    channel = pl.col("channel").cast(pl.String)
    # Few tickets are followed by another: only those are held for the join.
    followed = tickets.filter(pl.col("next_row").is_not_null())
    earlier = followed.select(previous_row="_row", _earlier_at="anchor", _earlier_channel=channel)
    created = pl.col("created_at")
    follows = (created <= pl.col("_earlier_at") + rules.window).fill_null(value=False)
    start = tickets.select(created.min()).collect(engine="streaming").item()
    at_the_edge = ~follows & (created < pl.lit(start, dtype=pl.Datetime("us")) + rules.window)
    known = pl.col("has_key") & channel.is_not_null() & ~at_the_edge
    changed = follows & (channel != pl.col("_earlier_channel")).fill_null(value=False)
    joined = rows.join(earlier, on="previous_row", how="left")
    return joined.with_columns(channel_change=pl.when(known).then(changed.cast(pl.Int8))).drop(
        "_earlier_at", "_earlier_channel"
    )


def levels(drivers: Iterable[str]) -> list[pl.Expr]:
    """Return the level of each driver as a small integer, by its id."""
    return [_level(name).alias(f"level.{name}") for name in drivers]


def _level(name: str) -> pl.Expr:
    match name:
        case "repeat":
            return _known("has_key", pl.col("has_repeat"))
        case "reopened":
            return pl.col("is_reopened").cast(pl.Int8)
        case "further_contacts":
            return _contacts()
        case "transferred":
            return _known("has_transfer_count", pl.col("is_transferred"))
        case "late_response":
            return _known("is_limit_decided", ~pl.col("is_within_limit"))
        case "slow_resolution":
            return _band("resolved_at", "created_at", [h * _HOUR_US for h in RESOLUTION_HOURS])
        case "late_survey":
            return _band("sent_at", "resolved_at", [m * _HOUR_US // 60 for m in DELAY_MINUTES])
    return pl.col(name)


def after_rating(columns: frozenset[str]) -> dict[str, pl.Expr]:
    """Return, for drivers whose instant is known, whether they came after the answer."""
    if "responded_at" not in columns:
        return {}
    instants = {
        "repeat": "next_created_at", "reopened": "reopened_at",
        "late_response": "first_response_at", "slow_resolution": "resolved_at",
    }  # fmt: skip
    return {
        name: (pl.col(at) > pl.col("responded_at")).fill_null(value=False)
        for name, at in instants.items()
        if at in columns
    }


def _known(by: str, value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(by)).then(value.cast(pl.Int8))


def _contacts() -> pl.Expr:
    further = pl.col("contact_count") - 1
    return pl.when(further >= 0).then(further.clip(0, _MOST_CONTACTS).cast(pl.Int8))


def _band(until: str, since: str, ends: Sequence[int]) -> pl.Expr:
    """Return the number of the band that a span falls into; each ends with its limit."""
    us = (pl.col(until) - pl.col(since)).dt.total_microseconds()
    above = pl.sum_horizontal((us > end).cast(pl.Int8) for end in ends)
    return pl.when(us >= 0).then(above.cast(pl.Int8))
