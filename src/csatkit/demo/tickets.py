"""What happens to each ticket: who works on it, how long it takes, what goes wrong.

`work` gives facts as whole numbers (seconds, codes), from which `surveys` goes on; `columns` turns
them into the canonical columns of an export that is cut at the data end: later instants haven't
happened, a ticket whose resolution lies beyond it is still open.
"""

from __future__ import annotations

import polars as pl

from csatkit.demo.arrivals import DATA_END, DAY, is_monday_morning, opened
from csatkit.demo.chains import NOBODY, Plan, chains
from csatkit.demo.mixing import below, chance, key, spread
from csatkit.demo.organisation import (
    AGENTS,
    CHANNELS,
    FIRST_RESPONSE,
    ISSUE_TAGS,
    ISSUES,
    RESOLUTION,
    SEGMENTS,
    TEAMS,
)
from csatkit.demo.purposes import Family, Purpose

__all__ = ["columns", "instant", "text", "ticket_id", "work"]

DEFLECTED = 10_000
"""Tickets, per million, that a help page answered; no agent saw them."""
MERGED = 4_000
"""Tickets, per million, merged into another one."""
UNLUCKY = 250_000
"""Tickets of the broken issue, per million, that land on the unlucky agent."""
STAYS_OPEN = 40_000
"""Reopened tickets, per million, that are never resolved again."""
TWICE = 150_000
"""Of the reopened, or transferred, or twice contacted tickets: those with one more, per million."""
TAGGED = 400_000
CLOSES_AFTER = 4 * DAY
"""A resolved ticket is closed for good after so long without a word."""
REOPEN_GAP = ((600, 7200, 18000, 43200, 72000, 108000, 151200, 216000, 288000, 388800, 864000),)
"""Seconds from the first resolution to the reopening: half within 30 hours, at most 10 days."""
SEGMENT_EDGES = (700_000, 940_000)
"""Seven in ten customers are consumers, 6 % enterprises."""
VIP = 25_000
VIP_HEAVY = 300_000
"""The heaviest hundredth of customers holds most of the VIPs."""
_QUICK = 1
"""Null mode gives every channel the waiting times of the second one, chat."""


def work(first: int, after: int, plan: Plan) -> pl.DataFrame:
    """Return rows `first` to before `after` as codes and seconds since 1970.

    `resolved`, `answered` and the like are null where they lie beyond the data end.
    """
    frame = chains(first, after, plan)
    frame = frame.with_columns(opened(frame, plan.tickets, plan.days, plan.truth))
    # Lazy, because draws that several expressions share are computed once then.
    rows = _assign(frame.lazy(), plan)
    rows = _first_response(rows, plan)
    rows = _resolution(rows, plan)
    return _customers(rows, plan).collect()


def _index(name: str | None, names: tuple[str, ...]) -> int:
    return -1 if name is None else names.index(name)


def _assign(frame: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """Add the agent and what sets a ticket apart: broken issue, deflection, hand-overs."""
    truth, row = plan.truth, pl.col("key")
    broken = pl.col("issue") == _index(truth.broken_issue, tuple(ISSUES))
    unlucky = _index(truth.agent_unlucky, AGENTS)
    attracts = broken & (chance(row, Purpose.UNLUCKY) < UNLUCKY) & (unlucky >= 0)
    # The last ticket is kept ordinary: it marks the data end (`_first_response`).
    ordinary = pl.col("number") == plan.tickets - 1
    contacts = (
        pl.when(broken).then(pl.lit(truth.further_contact_broken)).otherwise(truth.further_contact)
    )
    reopened = pl.when(broken).then(pl.lit(truth.reopened_broken)).otherwise(truth.reopened)
    return frame.with_columns(
        broken=broken,
        last=ordinary,
        agent=pl.when(attracts).then(unlucky).otherwise(below(row, Purpose.AGENT, len(AGENTS))),
        deflected=(chance(row, Purpose.DEFLECTED) < DEFLECTED) & ~ordinary,
        merged=(chance(row, Purpose.MERGED) < MERGED) & ~ordinary,
        contacts=1 + _count(chance(row, Purpose.FURTHER_CONTACT), contacts),
        transfers=_count(chance(row, Purpose.TRANSFERRED), pl.lit(truth.transferred)),
        reopens=_count(chance(row, Purpose.REOPENED), reopened),
    )


def _count(draw: pl.Expr, limit: pl.Expr) -> pl.Expr:
    """Return 0 above the limit, 1 below it, 2 in the lowest part of it."""
    twice = draw * 1_000_000 < limit.cast(pl.Int64) * TWICE
    return (draw < limit).cast(pl.Int64) + twice.cast(pl.Int64)


def _first_response(frame: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """Add `answered`: the first response. The last ticket's is the data end itself.

    So the latest instant of every sample is 2026-03-31 00:00 exactly, whatever the size and seed.
    """
    truth = plan.truth
    usual = spread(chance(pl.col("key"), Purpose.FIRST_RESPONSE), FIRST_RESPONSE, _pace(plan))
    slow = pl.when(is_monday_morning(pl.col("opened"))).then(truth.monday_slowdown).otherwise(1)
    return frame.with_columns(
        answered=pl.when("last").then(DATA_END)
        .when("deflected").then(pl.col("opened") + 5)
        .otherwise(pl.col("opened") + usual * slow)
    )  # fmt: skip


def _pace(plan: Plan) -> pl.Expr:
    return pl.lit(_QUICK) if plan.truth.equal_channels else pl.col("channel")


def _resolution(frame: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """Add `resolved` (the last resolution), and cut everything at the data end."""
    truth, row = plan.truth, pl.col("key")
    slow = pl.when("broken").then(truth.broken_slowdown).otherwise(1)
    effort = spread(chance(row, Purpose.RESOLUTION), RESOLUTION, _pace(plan)) * slow
    again = spread(chance(row, Purpose.SECOND_RESOLUTION), RESOLUTION, _pace(plan))
    gap = spread(chance(row, Purpose.REOPEN_GAP), REOPEN_GAP)
    never = (chance(row, Purpose.NEVER) < truth.never_resolved) | pl.col("last")
    stays_open = chance(row, Purpose.STAYS_OPEN) < STAYS_OPEN
    # A deflected ticket was answered by a page: nobody resolves or reopens it later.
    plain = ~pl.col("deflected") & ~pl.col("merged")
    frame = frame.with_columns(
        solved_first=pl.when(never & plain)
        .then(None)
        .otherwise(pl.col("answered") + pl.when("deflected").then(0).otherwise(effort))
    ).with_columns(reopened=pl.col("solved_first") + gap)
    is_reopened = (
        (pl.col("reopens") > 0) & plain & (pl.col("reopened") <= DATA_END).fill_null(False)
    )
    frame = frame.with_columns(
        reopens=pl.when(is_reopened).then("reopens").otherwise(0),
        resolved=pl.when(~is_reopened)
        .then("solved_first")
        .when(~stays_open)
        .then(pl.col("reopened") + again),
    )
    return frame.with_columns(_by_now("answered"), _by_now("resolved")).drop("solved_first")


def _by_now(name: str) -> pl.Expr:
    return pl.when(pl.col(name) <= DATA_END).then(name).alias(name)


def _customers(frame: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """Add what is true of the customer on every ticket: tier, segment, VIP."""
    number = pl.col("customer")
    person = key(pl.max_horizontal(number, 0), plan.seed, Family.CUSTOMER)
    known = number != NOBODY
    heavy = number < max(1, plan.customers // 100)
    frame = frame.with_columns(person=person)
    draw = chance(pl.col("person"), Purpose.SEGMENT)
    vip = pl.when(heavy).then(VIP_HEAVY).otherwise(VIP)
    return frame.with_columns(
        tier=pl.when(heavy)
        .then(2)
        .when(number < max(1, plan.customers // 10))
        .then(1)
        .otherwise(0),
        segment=pl.when(known).then(
            (draw >= SEGMENT_EDGES[0]).cast(pl.Int64) + (draw >= SEGMENT_EDGES[1]).cast(pl.Int64)
        ),
        vip=known & (chance(pl.col("person"), Purpose.VIP) < vip),
    )


def text(names: tuple[str, ...], index: pl.Expr) -> pl.Expr:
    """Return names by their index; null stays null."""
    return pl.lit(pl.Series(names, dtype=pl.String)).gather(index)


def instant(second: pl.Expr) -> pl.Expr:
    """Return seconds since 1970 as an instant, UTC without a zone."""
    return (second * 1_000_000).cast(pl.Datetime("us"))


def ticket_id(number: pl.Expr) -> pl.Expr:
    """Return the id: eight digits, counted from one, so that leading zeros matter."""
    return (number + 1).cast(pl.String).str.zfill(8)


def _replies(draw: pl.Expr) -> pl.Expr:
    """Return 0 to 3: more than half none, one in twelve three."""
    return sum(((draw >= edge).cast(pl.Int64) for edge in (550_000, 800_000, 920_000)), pl.lit(0))


def _status() -> pl.Expr:
    closed = pl.col("merged") | (pl.col("resolved") + CLOSES_AFTER <= DATA_END)
    pending = chance(pl.col("key"), Purpose.PENDING) < 300_000
    return (
        pl.when(closed).then(pl.lit("closed"))
        .when(pl.col("resolved").is_not_null()).then(pl.lit("solved"))
        .when(pending).then(pl.lit("pending"))
        .otherwise(pl.lit("open"))
    )  # fmt: skip


def columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the canonical ticket columns of `work`'s rows."""
    row = pl.col("key")
    staffed = ~pl.col("deflected")
    closed = pl.when(pl.col("resolved") + CLOSES_AFTER <= DATA_END).then(
        pl.col("resolved") + CLOSES_AFTER
    )
    agent = pl.when(staffed).then("agent")
    customer = pl.when(pl.col("customer") != NOBODY).then("customer")
    talks = pl.when(staffed & pl.col("answered").is_not_null())
    return frame.lazy().select(
        ticket_id=ticket_id(pl.col("number")),
        customer_id="C" + customer.cast(pl.String).str.zfill(7),
        agent=text(AGENTS, agent),
        team=text(TEAMS, agent // (len(AGENTS) // len(TEAMS))),
        channel=text(tuple(CHANNELS), pl.col("channel")),
        issue_type=text(tuple(ISSUES), pl.col("issue")),
        customer_segment=text(SEGMENTS, pl.col("segment")),
        status=_status(),
        created_at=instant(pl.col("opened")),
        first_response_at=instant(pl.col("answered")),
        resolved_at=instant(pl.col("resolved")),
        closed_at=instant(closed),
        updated_at=instant(pl.max_horizontal("opened", "answered", "resolved", closed)),
        reopen_count=pl.col("reopens").cast(pl.Int32),
        contact_count=pl.col("contacts").cast(pl.Int32),
        agent_replies=talks.then(
            1 + _replies(chance(row, Purpose.AGENT_REPLIES)) + pl.col("transfers")
        ).otherwise(0).cast(pl.Int32),
        customer_replies=(
            _replies(chance(row, Purpose.CUSTOMER_REPLIES)) + pl.col("contacts") - 1
        ).cast(pl.Int32),
        transfer_count=pl.when(staffed).then("transfers").otherwise(0).cast(pl.Int32),
        merged=pl.col("merged"),
        deflected=pl.col("deflected"),
        tags=pl.when(chance(row, Purpose.TAGS) < TAGGED).then(text(ISSUE_TAGS, pl.col("issue"))),
        vip=pl.col("vip"),
    ).collect()  # fmt: skip
