"""Which ticket comes back to which: repeats are rows like any other, found by looking back.

A ticket may follow an earlier one, `lag` numbers before it. Where it does, it has the customer and
the issue type of that ticket, which may follow another in turn. Whether it does depends on whether
the earlier ticket's cause remained, so chains are walked back to their roots and then resolved
forwards. The walk reads nothing but row numbers: no state, any row alone gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from csatkit.demo.mixing import below, chance, key, pick
from csatkit.demo.organisation import CHANNELS, ISSUES
from csatkit.demo.purposes import Family, Purpose
from csatkit.demo.truth import Truth

__all__ = ["NOBODY", "Plan", "chains"]

NOBODY = -1
"""The number of a customer who isn't known."""
UNKNOWN_CUSTOMER = 5_000
"""Customers without an id, per million first tickets."""
TIERS = (700_000, 240_000, 60_000)
"""Where first tickets come from: any customer, the tenth who write often, the hundredth who write
very often. A long tail that keeps its shape at any size."""
SWITCH = 200_000
"""Chance that a repeat comes through a channel drawn anew."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a row depends on beside its number."""

    tickets: int
    seed: int
    days: int
    truth: Truth

    @property
    def customers(self) -> int:
        """Return the number of customers to draw from: one per ticket, half of whom never write."""
        return self.tickets


def chains(first: int, after: int, plan: Plan) -> pl.DataFrame:
    """Return rows `first` to before `after` with what they have from the ticket they follow.

    Returns:
        Columns `number`, `key`, `customer`, `issue`, `channel`, `not_fixed`, `switched`, `follows`.
    """
    levels = [_row_by_row(pl.int_range(first, after, dtype=pl.Int64, eager=True), plan)]
    while True:
        back = levels[-1].filter("may_follow").get_column("earlier")
        if back.is_empty():
            break
        levels.append(_row_by_row(back, plan))
    known = _settle(levels.pop(), None, plan)
    for level in reversed(levels):
        known = _settle(level, known, plan)
    return known


def _row_by_row(numbers: pl.Series, plan: Plan) -> pl.DataFrame:
    """Return what a row has from its own number: its own issue, customer, and whom it may follow.

    The smaller of two even lags has a density that falls in a straight line to zero.
    """
    row = pl.col("key")
    reach = max(1, plan.tickets * plan.truth.repeat_days // plan.days)
    lag_a, lag_b = below(row, Purpose.LAG_A, reach), below(row, Purpose.LAG_B, reach)
    customers = plan.customers
    tier = pick(chance(row, Purpose.TIER), TIERS)
    size = (
        pl.when(tier == 0).then(below(row, Purpose.CUSTOMER, customers))
        .when(tier == 1).then(below(row, Purpose.CUSTOMER, max(1, customers // 10)))
        .otherwise(below(row, Purpose.CUSTOMER, max(1, customers // 100)))
    )  # fmt: skip
    unknown = chance(row, Purpose.UNKNOWN_CUSTOMER) < UNKNOWN_CUSTOMER
    most = max(plan.truth.repeats_not_fixed, plan.truth.repeats_fixed)
    return (
        pl.LazyFrame({"number": numbers})
        .with_columns(key=key(pl.col("number"), plan.seed, Family.TICKET))
        .with_columns(
            urge=chance(row, Purpose.FOLLOWS),
            earlier=pl.col("number") - 1 - pl.min_horizontal(lag_a, lag_b),
            own_issue=pick(chance(row, Purpose.ISSUE), tuple(ISSUES.values())),
            own_channel=pick(chance(row, Purpose.CHANNEL), tuple(CHANNELS.values())),
            own_customer=pl.when(unknown).then(pl.lit(NOBODY, dtype=pl.Int64)).otherwise(size),
        )
        .with_columns(may_follow=(pl.col("urge") < most) & (pl.col("earlier") >= 0))
        .collect()
    )


def _with_earlier(level: pl.DataFrame, earlier: pl.DataFrame | None, plan: Plan) -> pl.DataFrame:
    """Add `follows`, and what the ticket followed has: `issue_`, `channel_`, `customer_`.

    Args:
        level: rows of `_row_by_row`.
        earlier: the settled rows that those with `may_follow` look back at, in their order.
        plan: gives the chances.
    """
    if earlier is None:
        nothing = pl.lit(None, dtype=pl.Int64)
        return level.with_columns(
            follows=pl.lit(False), issue_=nothing, channel_=nothing, customer_=nothing
        )
    truth = plan.truth
    place = pl.when("may_follow").then(pl.col("may_follow").cum_sum().cast(pl.Int64) - 1)
    remains, fixed = pl.lit(truth.repeats_not_fixed), pl.lit(truth.repeats_fixed)
    limit = pl.when("not_fixed_").then(remains).otherwise(fixed)
    return (
        level.with_columns(place=place)
        .with_columns(
            pl.lit(earlier.get_column(name)).gather(pl.col("place")).alias(f"{name}_")
            for name in ("issue", "channel", "customer", "not_fixed")
        )
        .with_columns(follows=pl.col("may_follow") & (pl.col("urge") < limit))
    )


def _settle(level: pl.DataFrame, earlier: pl.DataFrame | None, plan: Plan) -> pl.DataFrame:
    """Return rows with their final customer, issue and channel, given the rows they may follow."""
    level = _with_earlier(level, earlier, plan)
    truth, row, follows = plan.truth, pl.col("key"), pl.col("follows")
    switches = chance(row, Purpose.SWITCH) < SWITCH
    stays = follows & ~switches
    issue = pl.when(follows).then("issue_").otherwise("own_issue")
    channel = pl.when(stays).then("channel_").otherwise("own_channel")
    broken = list(ISSUES).index(truth.broken_issue) if truth.broken_issue else len(ISSUES)
    remains = (
        pl.when(issue == broken)
        .then(pl.lit(truth.not_fixed_broken))
        .otherwise(pl.lit(truth.not_fixed))
    )
    return level.select(
        "number",
        "key",
        "follows",
        customer=pl.when(follows).then("customer_").otherwise("own_customer"),
        issue=issue,
        channel=channel,
        not_fixed=chance(row, Purpose.NOT_FIXED) < remains,
        switched=follows & (channel != pl.col("channel_")),
    )
