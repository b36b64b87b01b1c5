"""Which resolved tickets may be surveyed at an instant, and for the others which rule says no.

The rules are those of `fatigue`, asked of a survey that would go out now. Nothing is drawn by lot:
the same data and the same instant give the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from csatkit import periods
from csatkit.facts.build import Facts
from csatkit.facts.clocks import bucket, bucket_label
from csatkit.facts.fatigue import (
    AFTER_LOW,
    BETWEEN,
    MOST_OPENED,
    asked_of,
    lows_of,
    opened_of,
    vips_of,
)

__all__ = ["BLOCKS", "askable", "one_per_customer"]

BLOCKS: tuple[str, ...] = (
    "surveyed", "within_30_days", "after_low_score", "vip_quarter", "same_customer",
)  # fmt: skip
"""Why a resolved ticket isn't surveyed now; of those that hold, the one that holds longest."""

_INSTANT = pl.Datetime("us")


def askable(
    tickets: pl.LazyFrame, facts: Facts, low: Sequence[int], now: datetime, zone: str
) -> pl.LazyFrame:
    """Return the resolved tickets with the rule that blocks each, null where none does.

    Args:
        tickets: rows of the facts' tickets, any selection of them.
        facts: the run's facts; everything in them is history.
        low: scores that are low.
        now: when the surveys would go out.
        zone: where quarters begin.

    Returns:
        The rows with `rule` and `until`; a ticket that was surveyed is blocked for good.
    """
    columns = frozenset(tickets.collect_schema().names())
    resolved = tickets.filter("is_resolved")
    surveyed = pl.col("n_surveys") > 0 if "n_surveys" in columns else pl.lit(value=False)
    if "customer_id" not in columns:
        resolved = resolved.with_columns(_rule=pl.lit(None, pl.String), _until=_never())
    else:
        resolved = resolved.join(
            _blocked(facts, low, now, zone).lazy(), on="customer_id", how="left"
        )
    return resolved.with_columns(
        rule=pl.when(surveyed).then(pl.lit("surveyed")).otherwise("_rule"),
        until=pl.when(~surveyed).then("_until"),
    ).drop("_rule", "_until")


def _never() -> pl.Expr:
    return pl.lit(None, dtype=_INSTANT)


def _blocked(facts: Facts, low: Sequence[int], now: datetime, zone: str) -> pl.DataFrame:
    """Return the customers who mustn't be asked now: `customer_id`, `_rule`, `_until`."""
    at = pl.lit(now, dtype=_INSTANT)
    asked = asked_of(facts).filter(pl.col("asked_at") <= at)
    lows = lows_of(facts, low).filter(pl.col("low_at") <= at)
    often = asked.group_by("customer_id").agg(until=pl.col("asked_at").max() + BETWEEN)
    soon = lows.group_by("customer_id").agg(until=pl.col("low_at").max() + AFTER_LOW)
    vips = _vips(facts, asked, now, zone)
    found = pl.concat(
        [
            often.filter(pl.col("until") > at).with_columns(_place=pl.lit(1)),
            soon.filter(pl.col("until") >= at).with_columns(_place=pl.lit(2)),
            vips.with_columns(_place=pl.lit(3)),
        ]
    )
    longest = found.sort("customer_id", "until", "_place", descending=[False, True, False]).unique(
        "customer_id", keep="first", maintain_order=True
    )
    return longest.select(
        "customer_id",
        _rule=pl.col("_place").replace_strict([1, 2, 3], list(BLOCKS[1:4]), return_dtype=pl.String),
        _until="until",
    )


def _vips(facts: Facts, asked: pl.DataFrame, now: datetime, zone: str) -> pl.DataFrame:
    """Return the VIP customers who had their survey of this quarter."""
    at = pl.lit(now, dtype=_INSTANT)
    this = int(pl.select(bucket("quarter", at, zone, 0)).item())
    label = bucket_label("quarter", this, 0)
    assert label is not None
    _, end = periods.span_of(periods.named(label, now, zone).period, zone)
    vips = vips_of(facts)
    opened = opened_of(facts, vips, zone).filter(pl.col("quarter") == this)
    several = opened.filter(pl.col("opened") > MOST_OPENED)
    return (
        asked.filter(bucket("quarter", pl.col("asked_at"), zone, 0) == this)
        .join(vips, on="customer_id", how="semi")
        .join(several, on="customer_id", how="anti")
        .select("customer_id", until=pl.lit(end, dtype=_INSTANT))
        .unique()
    )


def one_per_customer(tickets: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Block all but one ticket of each customer: asking for each would break the rule itself.

    Args:
        tickets: rows of `askable` with `anchor`; the ticket resolved last is asked about, for it
            is remembered best, and of equals the first by its id.
        now: when the surveys would go out.

    Returns:
        The rows in that order.
    """
    ordered = tickets.sort("anchor", "ticket_id", descending=[True, False], nulls_last=True)
    if "customer_id" not in tickets.columns:
        return ordered
    free = pl.col("rule").is_null() & pl.col("customer_id").is_not_null()
    first = pl.when(free).then("customer_id").is_first_distinct()
    second = free & ~first
    return ordered.with_columns(
        rule=pl.when(second).then(pl.lit("same_customer")).otherwise("rule"),
        until=pl.when(second).then(pl.lit(now + BETWEEN, dtype=_INSTANT)).otherwise("until"),
    )
