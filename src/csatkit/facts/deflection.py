"""What follows a deflected contact: tickets of the same customer within the window (metrics.md §8).

Order is that of contacts: (`created_at`, `ticket_id` as text). The issue doesn't matter, for
self-service rarely knows it. Merged tickets are contacts here as well; deflected ones never follow
each other, as no agent heard of them.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from csatkit.facts.build import Facts
from csatkit.facts.exclude import REASONS
from csatkit.facts.rules import Rules

__all__ = ["DEFLECTED", "with_deflection"]

DEFLECTED = 1 + REASONS.index("deflected")
_MERGED = 1 + REASONS.index("merged")


def with_deflection(facts: Facts) -> Facts:
    """Return facts that know of deflected contacts.

    Tickets and surveys gain `is_after_deflection`: a deflected contact of the customer came before
    the ticket, and its window still ran. `deflections` are the deflected rows, with `has_customer`
    and `is_followed`: a ticket came after it within the window.
    """
    if facts.kept is None:
        return facts
    every = facts.kept.lazy()
    columns = frozenset(every.collect_schema().names())
    if not {"customer_id", "created_at"} <= columns:
        return facts
    linked = _linked(_of_their_customers(every), facts.rules)
    after = linked.filter("is_after_deflection").select("_row", "is_after_deflection").lazy()
    followed = linked.filter("is_followed").select("_row", "is_followed").lazy()

    def marked(frame: pl.LazyFrame | None, by: pl.LazyFrame, name: str) -> pl.LazyFrame | None:
        if frame is None:
            return None
        joined = frame.join(by, on="_row", how="left")
        return joined.with_columns(pl.col(name).fill_null(value=False))

    deflected = every.filter(pl.col("out") == DEFLECTED).with_columns(has_customer=_placed())
    return replace(
        facts,
        tickets=marked(facts.tickets, after, "is_after_deflection"),
        surveys=marked(facts.surveys, after, "is_after_deflection"),
        deflections=marked(deflected, followed, "is_followed"),
    )


def _placed() -> pl.Expr:
    return pl.col("customer_id").is_not_null() & pl.col("created_at").is_not_null()


def _of_their_customers(every: pl.LazyFrame) -> pl.DataFrame:
    """Return the contacts of the customers who were deflected at least once; usually few."""
    contacts = every.filter(_placed() & pl.col("out").is_in([0, _MERGED, DEFLECTED])).select(
        "_row", "ticket_id", "customer_id", "created_at", "resolution_at", "out"
    )
    theirs = contacts.filter(pl.col("out") == DEFLECTED).select("customer_id").unique()
    return contacts.join(theirs, on="customer_id", how="semi").collect(engine="streaming")


def _linked(rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    deflected = pl.col("out") == DEFLECTED
    until = pl.coalesce("resolution_at", "created_at") + rules.window
    ordered = rows.sort("customer_id", "created_at", "ticket_id", "_row").with_columns(
        _until=until,
        # How far the windows of the deflected contacts so far reach: a later one may end sooner.
        _reach=pl.when(deflected).then(until).cum_max().over("customer_id"),
        _contact=pl.when(~deflected).then("created_at"),
    )
    before = pl.col("_reach").forward_fill().shift(1).over("customer_id")
    after = pl.col("_contact").backward_fill().shift(-1).over("customer_id")
    return ordered.with_columns(
        is_after_deflection=(~deflected & (pl.col("created_at") <= before)).fill_null(value=False),
        is_followed=(deflected & (after <= pl.col("_until"))).fill_null(value=False),
    )
