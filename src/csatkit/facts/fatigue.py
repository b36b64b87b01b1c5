"""Who was asked too often or at the wrong moment (metrics.md §8), survey by survey.

A rule looks at everything that the same customer went through, whatever the selection: a survey of
last quarter counts. A customer who isn't known was never asked before, as far as anybody can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from csatkit.facts.build import Facts
from csatkit.facts.clocks import bucket
from csatkit.facts.outreach import row_key
from csatkit.schema import fold

__all__ = [
    "AFTER_LOW",
    "BETWEEN",
    "MOST_OPENED",
    "RULES",
    "SOCIAL",
    "asked_of",
    "audited",
    "lows_of",
    "not_measured",
    "opened_of",
    "vips_of",
]

BETWEEN = timedelta(days=30)
"""A customer is asked once in so many days; who was asked exactly so long ago may be asked again,
as the 31st day begins then."""

AFTER_LOW = timedelta(days=14)
"""Nobody is asked within so many days after a low score, the last instant included."""

MOST_OPENED = 1
"""Tickets opened in a quarter up to which one survey is enough for a VIP customer."""

RULES: tuple[str, ...] = (
    "within_30_days", "after_low_score", "vip_quarter", "mid_conversation", "social_unresolved",
)  # fmt: skip
"""The rules that a single survey can break, in their order."""

SOCIAL = (
    "social", "socialmedia", "socialnetwork", "twitter", "x", "facebook", "instagram", "linkedin",
    "tiktok", "youtube", "reddit",
)  # fmt: skip
"""How systems spell channels on which others read along; compared by `schema.fold`."""

_INSTANT = pl.Datetime("us")


def _columns(frame: pl.LazyFrame | None) -> frozenset[str]:
    return frozenset() if frame is None else frozenset(frame.collect_schema().names())


def _of(columns: frozenset[str], name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name) if name in columns else pl.lit(None, dtype=dtype).alias(name)


def not_measured(facts: Facts) -> Mapping[str, str]:
    """Return rule → why it can't be judged on this data."""
    columns, tickets = _columns(facts.surveys), _columns(facts.tickets)
    if "sent_at" not in columns:
        return dict.fromkeys(RULES, "no column says when a survey was sent")
    found: dict[str, str] = {}
    if "customer_id" not in columns:
        found |= dict.fromkeys(RULES[:3], "column customer_id missing")
    if "score" not in columns:
        found.setdefault("after_low_score", "no column holds a score")
    if not {"vip", "created_at"} <= tickets:
        missing = "vip" if "vip" not in tickets else "created_at"
        found.setdefault("vip_quarter", f"column {missing} missing")
    if facts.rules.resolved_by is None:
        found |= dict.fromkeys(RULES[3:], "no column says whether a ticket is resolved")
    if "channel" not in columns:
        found.setdefault("social_unresolved", "column channel missing")
    return found


def asked_of(facts: Facts) -> pl.DataFrame:
    """Return every survey of a known customer: `_key`, `customer_id`, `ticket_id`, `sent_at`.

    Surveys whose ticket isn't in the ticket file are history as well; their `_key` is null.
    `asked_at` is when a survey was sent, else when it was answered, by which it had been.
    """
    return _history(facts).filter("is_survey").select(
        "_key", "customer_id", "ticket_id", "sent_at",
        asked_at=pl.coalesce("sent_at", "responded_at"),
    )  # fmt: skip


def lows_of(facts: Facts, low: Sequence[int]) -> pl.DataFrame:
    """Return when each known customer gave a low score: `customer_id`, `low_at`.

    Args:
        facts: the run's facts.
        low: scores that are low. Every answer counts, not only those that are a ticket's rating.
    """
    return (
        _history(facts)
        .filter(pl.col("score").is_in(list(low)))
        .select("customer_id", low_at=pl.coalesce("responded_at", "sent_at"))
        .filter(pl.col("low_at").is_not_null())
    )


def _history(facts: Facts) -> pl.DataFrame:
    parts = []
    for frame, is_matched in (
        (facts.surveys, True),
        (None if facts.unmatched is None else facts.unmatched.lazy(), False),
    ):
        columns = _columns(frame)
        if frame is None or "customer_id" not in columns:
            continue
        key = pl.col(row_key(columns)) if is_matched else pl.lit(None)
        parts.append(
            frame.filter(pl.col("customer_id").is_not_null()).select(
                "customer_id",
                "ticket_id",
                "is_survey",
                _of(columns, "sent_at", _INSTANT),
                _of(columns, "responded_at", _INSTANT),
                _of(columns, "score", pl.Int64()).cast(pl.Int64),
                _key=key.cast(pl.Int64),
            )
        )
    if not parts:
        return pl.DataFrame(
            schema={
                "customer_id": pl.String, "ticket_id": pl.String, "is_survey": pl.Boolean,
                "sent_at": _INSTANT, "responded_at": _INSTANT, "score": pl.Int64, "_key": pl.Int64,
            }
        )  # fmt: skip
    return pl.concat(parts).collect()


def vips_of(facts: Facts) -> pl.DataFrame:
    """Return the customers of whom any ticket says that they get special care."""
    if facts.tickets is None or not {"vip", "customer_id"} <= _columns(facts.tickets):
        return pl.DataFrame(schema={"customer_id": pl.String})
    marked = pl.col("vip") & pl.col("customer_id").is_not_null()
    return facts.tickets.filter(marked).select("customer_id").unique().collect()


def opened_of(facts: Facts, customers: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Return `customer_id`, `quarter`, `opened`: how many tickets they opened in each quarter."""
    if facts.tickets is None or not {"created_at", "customer_id"} <= _columns(facts.tickets):
        return pl.DataFrame(
            schema={"customer_id": pl.String, "quarter": pl.Int32, "opened": pl.Int64}
        )
    return (
        facts.tickets.join(customers.lazy(), on="customer_id", how="semi")
        .filter(pl.col("created_at").is_not_null())
        .group_by("customer_id", quarter=bucket("quarter", pl.col("created_at"), zone, 0))
        .agg(opened=pl.len().cast(pl.Int64))
        .collect()
    )


def audited(facts: Facts, low: Sequence[int], zone: str) -> pl.DataFrame:
    """Return which rules each dated survey breaks.

    Args:
        facts: the run's facts, with `customer_id`, `channel`, `vip` and `created_at` where known.
        low: scores that are low.
        zone: where quarters begin.

    Returns:
        One row per survey that breaks any: `_key` (`row_key`), a flag per rule, `previous_at` (the
        survey before) and `low_at` (the last low score before it). A rule that `not_measured`
        names is broken by nobody.
    """
    lacks = not_measured(facts)
    found = [_by_customer(facts, low, zone, lacks), _by_ticket(facts, lacks)]
    merged = pl.concat(found, how="diagonal").group_by("_key").agg(
        *(pl.col(rule).fill_null(value=False).any() for rule in RULES),
        pl.col("previous_at").max(),
        pl.col("low_at").max(),
    )  # fmt: skip
    return merged.sort("_key")


def _empty() -> pl.DataFrame:
    flags = dict.fromkeys(RULES, pl.Boolean)
    return pl.DataFrame(
        schema={"_key": pl.Int64, **flags, "previous_at": _INSTANT, "low_at": _INSTANT}
    )


def _by_customer(
    facts: Facts, low: Sequence[int], zone: str, lacks: Mapping[str, str]
) -> pl.DataFrame:
    if "within_30_days" in lacks:
        return _empty()
    dated = asked_of(facts).filter(pl.col("sent_at").is_not_null())
    ordered = dated.sort("customer_id", "sent_at", "ticket_id", "_key", nulls_last=True)
    ordered = ordered.with_columns(
        previous_at=pl.col("sent_at").shift(1).over("customer_id"),
        quarter=bucket("quarter", pl.col("sent_at"), zone, 0),
    )
    ordered = _with_low(ordered, lows_of(facts, low))
    often = pl.col("sent_at") - pl.col("previous_at") < BETWEEN
    after = pl.col("sent_at") - pl.col("low_at") <= AFTER_LOW
    ordered = ordered.with_columns(
        within_30_days=often.fill_null(value=False), after_low_score=after.fill_null(value=False)
    )
    ordered = _with_vip(facts, ordered, zone, lacks)
    broken = pl.any_horizontal(RULES[:3])
    return (
        ordered.filter(pl.col("_key").is_not_null() & broken)
        .select("_key", *RULES[:3], "previous_at", "low_at")
    )  # fmt: skip


def _with_low(asked: pl.DataFrame, lows: pl.DataFrame) -> pl.DataFrame:
    """Add `low_at`, the customer's last low score before each survey."""
    if not lows.height:
        return asked.with_columns(low_at=pl.lit(None, dtype=_INSTANT))
    found = asked.join(lows.select("customer_id").unique(), on="customer_id", how="semi")
    nearest = found.sort("sent_at").join_asof(
        lows.with_columns(_at="low_at").sort("_at"), left_on="sent_at", right_on="_at",
        by="customer_id", strategy="backward", allow_exact_matches=False, check_sortedness=False,
    )  # fmt: skip
    known = nearest.filter(pl.col("_key").is_not_null() & pl.col("low_at").is_not_null())
    return asked.join(known.select("_key", "low_at"), on="_key", how="left", maintain_order="left")


def _with_vip(
    facts: Facts, ordered: pl.DataFrame, zone: str, lacks: Mapping[str, str]
) -> pl.DataFrame:
    """Add `vip_quarter`: a further survey of a quarter in which a VIP opened one ticket or none."""
    if "vip_quarter" in lacks:
        return ordered.with_columns(vip_quarter=pl.lit(value=False))
    vips = vips_of(facts)
    again = (
        ordered.join(vips, on="customer_id", how="semi", maintain_order="left")
        .with_columns(_nth=pl.int_range(pl.len()).over("customer_id", "quarter"))
        .filter((pl.col("_nth") > 0) & pl.col("_key").is_not_null())
        .join(opened_of(facts, vips, zone), on=["customer_id", "quarter"], how="left")
        .filter(pl.col("opened").fill_null(0) <= MOST_OPENED)
    )
    return ordered.with_columns(
        vip_quarter=pl.col("_key").is_in(again.get_column("_key").implode())
    )


def _by_ticket(facts: Facts, lacks: Mapping[str, str]) -> pl.DataFrame:
    """Return the surveys sent while their ticket was open, as far as the last resolution tells."""
    if "mid_conversation" in lacks or facts.surveys is None:
        return _empty()
    columns = _columns(facts.surveys)
    early = (pl.col("sent_at") < pl.col("resolution_at")).fill_null(value=False)
    # Where no instant says when, only a ticket that never was resolved is surely open.
    is_open = early | ~pl.col("is_ever_resolved")
    social = pl.lit(value=False)
    if "social_unresolved" not in lacks:
        channel = facts.surveys.select(pl.col("channel").unique()).collect().to_series()
        words = [w for w in channel.cast(pl.String).drop_nulls().to_list() if fold(w) in SOCIAL]
        social = pl.col("channel").cast(pl.String).is_in(words).fill_null(value=False)
    return (
        facts.surveys.filter(pl.col("is_survey") & pl.col("sent_at").is_not_null())
        .select(
            _key=pl.col(row_key(columns)).cast(pl.Int64),
            mid_conversation=is_open,
            social_unresolved=social & (is_open | ~pl.col("is_resolved")),
        )
        .filter(pl.col("mid_conversation") | pl.col("social_unresolved"))
        .collect()
    )
