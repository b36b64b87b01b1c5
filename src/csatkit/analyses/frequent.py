"""Customers who rate often: how many independent ratings the ratings are worth.

One sum over customers, no customer named. Where the same people speak again and again, the usual
interval claims more than it knows; the wider one then stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from csatkit.analyses.workspace import Workspace
from csatkit.notes import note
from csatkit.periods import Span
from csatkit.report import Measure, Note
from csatkit.stats.clustering import Clustering, CustomerSums, clustering

__all__ = ["WORTH_SAYING", "customer_sums", "with_effective_n"]

WORTH_SAYING = 0.05
"""Part of the ratings that has to be lost before it is worth a word: at 5 % an interval is 2.6 %
too narrow."""


def customer_sums(ws: Workspace, span: Span | None) -> CustomerSums | None:
    """Return the totals of ratings over customers; None where no customer is known.

    A rating of an unknown customer counts as a customer of its own.
    """
    frame = ws.rows("responses", (), span)
    if frame is None or "customer_id" not in frame.collect_schema().names():
        return None
    n_parts = ws.facts.n_parts
    part = pl.col("customer_id").hash(0).fill_null(0) % n_parts
    rated = frame.filter("is_rating")
    if "customer_id" not in ws.facts.rules.has:
        # Nothing but the surveys knows customers, so they needn't lie together.
        each = ws.summed(_by_customer(rated), "customer_id").lazy()
        *counts, some = _squares(each).collect().row(0)
        return CustomerSums(*counts) if some else None
    found = [
        ws.summed(_sums(rated if n_parts == 1 else rated.filter(part == number))).row(0)
        for number in range(n_parts)
    ]
    # A customer's ratings are all in one part, so that the sums of the parts add up.
    *counts, some = (sum(each) for each in zip(*found, strict=True))
    return CustomerSums(*counts) if some else None


def _sums(rated: pl.LazyFrame) -> pl.LazyFrame:
    """Return customers, k, n, kk, kn, nn, and how many of the customers are known."""
    return _squares(_by_customer(rated))


def _by_customer(rated: pl.LazyFrame) -> pl.LazyFrame:
    return rated.group_by("customer_id").agg(
        n=pl.len().cast(pl.Int64), k=pl.col("is_satisfied").sum().cast(pl.Int64)
    )


def _squares(each: pl.LazyFrame) -> pl.LazyFrame:
    one = pl.col("customer_id")
    n, k, known = pl.col("n"), pl.col("k"), one.is_not_null()
    alone_n, alone_k = n.filter(~known).sum(), k.filter(~known).sum()
    n, k = n.filter(known), k.filter(known)
    return each.select(
        customers=n.len() + alone_n,
        k=k.sum() + alone_k,
        n=n.sum() + alone_n,
        kk=(k * k).sum() + alone_k,
        kn=(k * n).sum() + alone_k,
        nn=(n * n).sum() + alone_n,
        known=n.len(),
    )


def with_effective_n(
    ws: Workspace, shown: Sequence[Measure], span: Span | None
) -> tuple[tuple[Measure, ...], tuple[Note, ...]]:
    """Return the measures, CSAT overall with what its ratings are worth, and the note on it."""
    place = next((i for i, m in enumerate(shown) if m.metric == "csat" and not m.segment), None)
    if place is None or not shown[place].denominator:
        return tuple(shown), ()
    sums = customer_sums(ws, span)
    found = None if sums is None else clustering(sums, ws.settings.level)
    measure = shown[place]
    if sums is None or found is None or found.effective_n > (1 - WORTH_SAYING) * sums.n:
        return tuple(shown), ()
    bounds = [100 * b for b in found.interval]
    extra = {**measure.extra, "effective_n": found.effective_n, "clustered_interval": bounds}
    every = [*shown]
    every[place] = replace(measure, extra=extra)
    return tuple(every), (_note(sums, found),)


def _note(sums: CustomerSums, found: Clustering) -> Note:
    low, high = (100 * b for b in found.interval)
    text = (
        f"{sums.customers:,} customers gave the {sums.n:,} ratings, and some rate often: they are "
        f"worth {found.effective_n:,.0f} independent ones, so CSAT lies between {low:.1f} and "
        f"{high:.1f} % rather than within the interval shown"
    )
    return note("csat.clustered", text, "warning")
