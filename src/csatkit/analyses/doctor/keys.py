"""What only several rows together show: ids that repeat, customers with too many tickets.

Ids travel as hashes of eight bytes; the few rows whose hash repeats are looked at as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import polars as pl

from csatkit.analyses.doctor.problem import Problem, counted
from csatkit.analyses.doctor.profile import unsent
from csatkit.analyses.doctor.sight import SHOWN, Sight, ticket_hash

__all__ = ["Ids", "Mailbox", "busy_customers", "ids_of", "mailboxes", "overlaps", "within"]

_SHARE, _FEWEST = 0.05, 50
"""One customer with more than 5 % of the tickets and more than 50 is a mailbox, not a person."""

_READ_WHOLE = 100_000
"""Rows read as text to tell copies from later states; more are told apart by their ids alone."""


@dataclass(frozen=True)
class Ids:
    """The ticket ids of a source, as hashes."""

    every: pl.Series
    twice: pl.Series
    """Those of several rows."""
    unsent: pl.Series
    """Those of a row that says that no survey was sent."""


def ids_of(sight: Sight) -> Ids | None:
    """Return the ids of a source; None where no column holds them."""
    if not sight.has("ticket_id"):
        return None
    names = [n for n in ("ticket_id", "survey_status", "score") if sight.source.has(n)]
    rows = sight.scan(names).select(id=ticket_hash(), unsent=unsent(sight))
    counts = (
        rows.filter(pl.col("id").is_not_null())
        .group_by("id")
        .agg(n=pl.len(), unsent=pl.col("unsent").any())
        .collect(engine="streaming")
    )
    return Ids(
        counts.get_column("id"),
        counts.filter(pl.col("n") > 1).get_column("id"),
        counts.filter("unsent").get_column("id"),
    )


def within(ids: pl.Series) -> pl.Expr:
    """Tell which rows have one of these ids."""
    return ticket_hash().is_in(ids.implode()).fill_null(value=False)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A customer who is hardly one person."""

    name: str
    n: int
    row: int
    """Its first row."""


def mailboxes(sight: Sight, rows: int) -> tuple[Mailbox, ...]:
    """Return the customers with an implausible share of the tickets, the largest first."""
    if not sight.has("customer_id"):
        return ()
    known = sight.scan(["customer_id"]).filter(pl.col("customer_id").is_not_null())
    counts = (
        known.select("_row", id=pl.col("customer_id").hash())
        .group_by("id")
        .agg(n=pl.len(), row=pl.col("_row").min())
        .filter(pl.col("n") > max(_FEWEST, int(_SHARE * rows)))
        .sort("n", "row", descending=[True, False])
        .head(SHOWN)
        .collect(engine="streaming")
    )
    if not counts.height:
        return ()
    first = known.filter(pl.col("_row").is_in(counts.get_column("row").implode()))
    names = dict(first.select("_row", pl.col("customer_id").cast(pl.String)).collect().iter_rows())
    return tuple(Mailbox(names[row], n, row) for n, row in counts.select("n", "row").iter_rows())


def busy_customers(sight: Sight, rows: int) -> Iterator[Problem]:
    """Find customers with an implausible share of the tickets."""
    for box in mailboxes(sight, rows):
        yield Problem(
            "customer.busy",
            f"one customer has {box.n:,} of {rows:,} tickets ({100 * box.n / rows:.1f} %): a "
            "shared mailbox, a placeholder or a monitor, whose tickets pass for repeats",
            "moves",
            box.n,
            rows,
            sight.shown,
            sight.examples([box.row], ["customer_id"]),
            'Leave it out of every number with [exclude] customer_id = ["ID"], or map another '
            "column: --map customer_id=HEADER.",
        )


def overlaps(sight: Sight, ids: Ids | None) -> Iterator[Problem]:
    """Say how rows with the same id came about: parts that overlap, copies, later states."""
    if ids is None or sight.source.kind != "tickets" or not len(ids.twice):
        return
    rivals = sight.scan(["ticket_id"]).filter(within(ids.twice)).select("_row", "ticket_id")
    rows = rivals.collect(engine="streaming")
    rows = rows.filter(pl.col("ticket_id").is_duplicated()).with_columns(part=_part(sight))
    if not rows.height:
        return
    n_ids = rows.get_column("ticket_id").n_unique()
    extra = rows.height - n_ids
    per_id = rows.group_by("ticket_id").agg(pl.col("part").n_unique(), pl.col("_row").min())
    across = per_id.filter(pl.col("part") > 1).height
    copies = _copies(sight, rows)
    told = [counted(n_ids, "ticket id occurs", "ticket ids occur") + " in several rows"]
    if across:
        told.append(f"{across:,} of them in several parts of the export")
    if copies:
        told.append(counted(copies, "row is", "rows are") + " an exact copy of another")
    first = rows.join(per_id.sort("_row").head(1).select("ticket_id"), on="ticket_id")
    yield Problem(
        "parts.duplicates" if across else "rows.duplicate_id",
        f"{', '.join(told)}; the latest state of each stays, {extra:,} rows leave",
        "told",
        extra,
        None,
        sight.shown,
        sight.examples(first.get_column("_row").sort().to_list(), ["ticket_id"]),
        "If a row is an event and not a ticket, name its system with --preset, or export tickets.",
    )


def _part(sight: Sight) -> pl.Expr:
    """Return the number of the part that a row is in."""
    parts = sight.source.parts
    if len(parts) == 1:
        return pl.lit(0)
    counts = pl.collect_all([p.frame.select(pl.len()) for p in parts], engine="streaming")
    ends = list(accumulate(int(c.item()) for c in counts))[:-1]
    return pl.sum_horizontal((pl.col("_row") >= end).cast(pl.Int32) for end in ends)


def _copies(sight: Sight, rows: pl.DataFrame) -> int:
    """Return how many rows repeat another one cell by cell."""
    if rows.height > _READ_WHOLE:
        return 0
    cells = sight.source.rows(rows.get_column("_row").to_list()).select(sight.source.headers)
    return cells.height - cells.unique().height
