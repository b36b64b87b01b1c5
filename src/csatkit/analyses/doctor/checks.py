"""What can be wrong with a single row, one declaration each.

A check is a condition on one row of canonical columns; all of them are counted in one pass over the
source. Checks that need other rows are in `keys.py` and `spread.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from csatkit.analyses.doctor.problem import Gravity, Problem
from csatkit.analyses.doctor.sight import Sight
from csatkit.facts.clocks import local
from csatkit.facts.replay import MOVES_DATA_END

__all__ = ["MATERIAL", "SCANNER", "Check", "checks", "found"]

MATERIAL = 0.01
"""Share of rows from which a suspicion counts; as many values may fail to parse (metrics.md §2)."""

SCANNER = timedelta(seconds=45)
"""Answers this soon after sending are usually a mail gateway's, which follows every link."""

_SWAP_FROM = timedelta(days=7)
"""A day taken for a month moves a date by four weeks at least; what is out of order by less than a
week is more likely a clock, or a date that somebody typed."""

_SWAP_UP_TO = timedelta(days=120)
"""A swap must bring a duration below this, else it explains nothing."""

_SHARED = (
    r"^(info|support|help|helpdesk|service|servicedesk|contact|kontakt|office|admin|sales|team|"
    r"hello|mail|webmaster|postmaster|no-?_?\.?reply|do-?_?not-?_?reply|donotreply|mailer-daemon)"
    r"(\+[^@]*)?@"
)
"""Addresses behind which many people sit, or nobody."""

_NUMBER = r"^\d+$"
"""Customers and agents are often numbered apart: customer 99 and agent 99 are two people."""

_ORDERED = (
    ("created_at", "first_response_at", "first answered before they were opened"),
    ("created_at", "resolved_at", "resolved before they were opened"),
    ("created_at", "closed_at", "closed before they were opened"),
)


@dataclass(frozen=True)
class Check:
    """One condition on a row.

    Args:
        code: note code of the problem.
        needs: columns that the condition reads.
        test: the condition; null counts as not met.
        among: the rows that could meet it.
        text: what is wrong, after the figures: "tickets were resolved before …".
        mend: what to do about it.
        suspicion: it changes a metric only where it is more than a few rows.
        show: whether cells are shown beside the row numbers.
    """

    code: str
    needs: tuple[str, ...]
    test: pl.Expr
    among: pl.Expr
    text: str
    mend: str
    suspicion: bool = False
    harmless: bool = False
    show: bool = True

    def counts(self, key: str) -> list[pl.Expr]:
        """Return the two sums of the check over all rows."""
        met = self.test.fill_null(value=False)
        return [
            met.sum().alias(f"{key}|met"),
            (self.among.fill_null(value=False)).sum().alias(f"{key}|of"),
        ]


def checks(sight: Sight) -> tuple[Check, ...]:
    """Return the checks that this source has the columns for."""
    makers: tuple[Callable[[Sight], Iterator[Check]], ...] = (
        _ids, _orders, _answers, _people, _futures, _swaps, _undated,
    )  # fmt: skip
    return tuple(check for make in makers for check in make(sight))


def found(sight: Sight, check: Check, met: int, of: int) -> Problem:
    """Return the problem of a check that some rows meet, with the first of them."""
    gravity: Gravity = "moves"
    if check.harmless or (check.suspicion and met < MATERIAL * of):
        gravity = "told"
    rows = sight.first_rows(check.test.fill_null(value=False), check.needs)
    return Problem(
        check.code,
        f"{met:,} of {of:,} {check.text}",
        gravity,
        met,
        of,
        sight.shown,
        sight.examples(rows, check.needs if check.show else ()),
        check.mend,
    )


def _ids(sight: Sight) -> Iterator[Check]:
    if sight.has("ticket_id"):
        yield Check(
            "rows.without_id",
            ("ticket_id",),
            pl.col("ticket_id").is_null(),
            pl.col("_row").is_not_null(),
            "rows have no ticket id; each counts as a ticket of its own and joins nothing",
            "Look at the rows: a footer or a sub-total is no ticket.",
            show=False,
        )


def _orders(sight: Sight) -> Iterator[Check]:
    for first, second, what in _ORDERED:
        if sight.has(first, second):
            yield Check(
                "dates.order",
                (first, second),
                pl.col(second) < pl.col(first),
                pl.col(first).is_not_null() & pl.col(second).is_not_null(),
                f"tickets were {what}; such a time is left out, the ticket stays",
                f"Check what {sight.header(second)!r} holds; another column: "
                f'--map "{second}=HEADER".',
            )


def _answers(sight: Sight) -> Iterator[Check]:
    answered = pl.col("responded_at").is_not_null()
    if sight.has("sent_at", "responded_at"):
        delay = pl.col("responded_at") - pl.col("sent_at")
        both = answered & pl.col("sent_at").is_not_null()
        needs = ("sent_at", "responded_at")
        yield Check(
            "response.before_sent", needs, delay < timedelta(0), both,
            "answers came before their survey was sent",
            "Check which columns hold the sending and the answer: --map sent_at=HEADER, "
            "--map responded_at=HEADER.",
        )  # fmt: skip
        yield Check(
            "response.scanner", needs, (delay >= timedelta(0)) & (delay <= SCANNER), both,
            "answers came within 45 seconds of sending: mail gateways follow every link, people "
            "read first",
            "Ask for a click on the survey page before an answer counts.",
            suspicion=True,
        )  # fmt: skip
    if sight.source.kind == "tickets" and sight.has("created_at", "responded_at"):
        yield Check(
            "response.before_ticket",
            ("created_at", "responded_at"),
            pl.col("responded_at") < pl.col("created_at"),
            answered & pl.col("created_at").is_not_null(),
            "surveys were answered before their ticket was opened",
            "Check which columns hold the opening and the answer, and the zone of each.",
        )


def _people(sight: Sight) -> Iterator[Check]:
    if not sight.has("customer_id"):
        return
    customer = pl.col("customer_id").cast(pl.String).str.to_lowercase()
    known = pl.col("customer_id").is_not_null()
    yield Check(
        "customer.shared", ("customer_id",), customer.str.contains(_SHARED), known,
        "rows belong to a shared address (info@, support@, noreply@); its tickets pass for repeats "
        "of each other",
        'Leave them out of every number with [exclude] customer_id = ["ADDRESS"].',
        suspicion=True,
    )  # fmt: skip
    if sight.has("agent"):
        agent = pl.col("agent").cast(pl.String).str.to_lowercase().str.strip_chars()
        yield Check(
            "rating.self", ("agent", "customer_id"),
            (agent == customer) & ~customer.str.contains(_NUMBER),
            known & pl.col("agent").is_not_null(),
            "rows have one person as customer and agent: tickets that agents opened and may rate "
            "themselves",
            'Leave them out with [exclude] customer_id = ["NAME"].',
            suspicion=True,
        )  # fmt: skip


def _futures(sight: Sight) -> Iterator[Check]:
    for name in (n for n in MOVES_DATA_END if sight.has(n)):
        yield Check(
            "dates.future", (name,), pl.col(name) > sight.future, pl.col(name).is_not_null(),
            f"values of {name} lie more than a day ahead of the clock; they don't move the data "
            "end",
            "Check the order of day and month (--date-format) and the zone ([source] timezone).",
        )  # fmt: skip


def _swaps(sight: Sight) -> Iterator[Check]:
    """Find dates that would be in order, or in the past, if day and month changed places."""
    zone = sight.source.timezone
    for name in (n for n in sight.instants if n != "created_at"):
        if not sight.has("created_at"):
            break
        yield _swap_check(sight, name, ("created_at", name), _swapped_in_order(name, zone))
    for name in (n for n in MOVES_DATA_END if sight.has(n)):
        other = swapped(pl.col(name), zone)
        test = (pl.col(name) > sight.future) & (other <= sight.now)
        yield _swap_check(sight, name, (name,), test)


def _swap_check(sight: Sight, name: str, needs: tuple[str, ...], test: pl.Expr) -> Check:
    why = "come back from the future" if len(needs) == 1 else "follow the opening again"
    return Check(
        "dates.swapped", needs, test, pl.col(name).is_not_null(),
        f"values of {name} would {why} with day and month exchanged",
        f"If {sight.header(name)!r} is written otherwise than it is read, say --date-format dmy or "
        "mdy; if a spreadsheet has turned some of them, export again.",
    )  # fmt: skip


def swapped(instant: pl.Expr, zone: str) -> pl.Expr:
    """Return local times with day and month exchanged; null where the day is no month."""
    wall = local(instant, zone)
    day, month = wall.dt.day(), wall.dt.month()
    may = (day <= 12) & (day != month)
    date = pl.date(wall.dt.year(), pl.when(may).then(day), month)
    return date.cast(pl.Datetime("us")) + wall.dt.time().cast(pl.Duration("us"))


def _swapped_in_order(name: str, zone: str) -> pl.Expr:
    """Tell where exchanging day and month of either instant puts the two in order."""
    first, second = pl.col("created_at"), pl.col(name)
    wall = local(first, zone), local(second, zone)
    gaps = (swapped(second, zone) - wall[0], wall[1] - swapped(first, zone))
    mends = pl.any_horizontal((g >= timedelta(0)) & (g <= _SWAP_UP_TO) for g in gaps)
    return (second < first - _SWAP_FROM) & mends


def _undated(sight: Sight) -> Iterator[Check]:
    if sight.source.kind == "tickets":
        clocks = [n for n in ("resolved_at", "created_at") if sight.has(n)]
        what = "tickets have neither a creation nor a resolution; no period and no window has them"
    else:
        clocks = [n for n in ("responded_at", "sent_at", "created_at") if sight.has(n)]
        what = "surveys have no instant of their own; they are dated by their ticket, if at all"
    if clocks:
        nothing = pl.all_horizontal(pl.col(n).is_null() for n in clocks)
        check = Check(
            "rows.undated", tuple(clocks), nothing, pl.col("_row").is_not_null(), what,
            "Map the column that holds the time: --map created_at=HEADER.", show=False,
        )  # fmt: skip
        inside = sight.source.kind == "surveys"
        yield replace(check, harmless=inside)
