"""The sample in memory, or chunk by chunk where it is larger than that.

A row depends on its number, the seed and the size of the sample alone, so chunks can be made in any
size and order and always add up to the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from csatkit.demo import outreach, surveys
from csatkit.demo import tickets as ticket_rows
from csatkit.demo.chains import Plan
from csatkit.demo.truth import Truth, truth
from csatkit.errors import UsageError

__all__ = ["MAX_TICKETS", "Chunk", "chunks", "frames"]

TICKETS = 8_000
"""About one an hour: large enough for its facts to show, small enough for half a second."""
DAYS = 364
"""52 whole weeks, so every weekday is there equally often."""
CHUNK = 500_000
"""Tickets made at a time: some 600 MB at the peak, and past the point where larger is faster."""
MAX_TICKETS = 99_999_999
"""Ids have eight digits."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some tickets, with all surveys and outreach about them, in canonical columns."""

    tickets: pl.DataFrame
    surveys: pl.DataFrame
    outreach: pl.DataFrame


def chunks(
    tickets: int = TICKETS,
    seed: int = 0,
    null: bool = False,
    chunk: int = CHUNK,
    days: int = DAYS,
    *,
    planted: Truth | None = None,
) -> Iterator[Chunk]:
    """Yield the sample in order of the ticket ids.

    Args:
        tickets: exact number of ticket rows.
        seed: another seed, another year with the same truth.
        null: leave out every planted effect.
        chunk: ticket rows at a time; changes the memory needed, never a row.
        days: length of the span, which ends at 2026-03-31 00:00 UTC.
        planted: facts of your own, to see what an analysis would find; `null` means nothing then.

    Raises:
        UsageError: a number is out of its range.
    """
    for name, value, most in (
        ("tickets", tickets, MAX_TICKETS),
        ("chunk", chunk, MAX_TICKETS),
        ("days", days, 36_500),
    ):
        if not 1 <= value <= most:
            raise UsageError(f"{name} is {value}, which isn't between 1 and {most:,}")
    plan = Plan(tickets, seed, days, planted or truth(null))
    return (_make(first, min(first + chunk, tickets), plan) for first in range(0, tickets, chunk))


def _make(first: int, after: int, plan: Plan) -> Chunk:
    work = ticket_rows.work(first, after, plan)
    sent = surveys.sent(work, plan.truth)
    return Chunk(
        tickets=ticket_rows.columns(work),
        surveys=surveys.columns(sent, plan.truth),
        outreach=outreach.columns(sent),
    )


def frames(
    tickets: int = TICKETS, seed: int = 0, null: bool = False, *, planted: Truth | None = None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return tickets, surveys and outreach of a sample that fits into memory; as `chunks`."""
    made = list(chunks(tickets, seed, null, planted=planted))
    return (
        pl.concat([c.tickets for c in made]),
        pl.concat([c.surveys for c in made]),
        pl.concat([c.outreach for c in made]),
    )
