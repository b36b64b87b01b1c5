"""Surveys beside their tickets and tickets beside their surveys: one join serves both.

A survey finds the place of its ticket, and everything goes there by number. Nearly all surveyed
tickets have one survey row, which stands beside them; the few with several are summed up.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from csatkit.facts.keys import places, spread
from csatkit.facts.surveys import per_ticket
from csatkit.schema import SURVEYS

__all__ = ["Attached", "attach"]

_OWN_ROW = "_survey_row"
"""`_row` of a survey, once it stands beside the `_row` of its ticket."""

_AT = "_at"
"""Place of a survey's ticket."""

_NEVER = frozenset({"_row", "created_at"})
"""Not taken from a survey row: `created_at` would pass for the ticket's."""

_APART = {"agent": "_survey_agent"}
"""What a survey row says of its ticket that is worth keeping beside what the ticket says: whom the
customer rated, where the ticket has moved on since."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Tickets and surveys that know of each other."""

    tickets: pl.DataFrame
    """With `n_surveys`, `is_rated`, `survey_sent_at` and `rated_at`."""
    surveys: pl.LazyFrame
    """With the columns of their tickets; `_survey_row` is their own row number."""
    unmatched: pl.DataFrame | None
    """Survey rows without a ticket, None where each has one."""


def attach(tickets: pl.DataFrame, once: pl.DataFrame, many: pl.DataFrame | None) -> Attached:
    """Join flagged surveys and tickets.

    Args:
        tickets: one row per ticket; their own survey columns are left out.
        once: survey rows of tickets with one row.
        many: survey rows of tickets with several.
    """
    tickets = tickets.drop(c for c in SURVEYS if c in tickets.columns)
    every = once if many is None else pl.concat([once, many], how="diagonal")
    at = places(every.get_column("ticket_id"), tickets.get_column("ticket_id"))
    beside = _beside(every, tickets)
    alongside = spread(beside.head(once.height), at.head(once.height), tickets.height)
    # Lazy, so that no second copy of the tickets' columns is made.
    surveys = [tickets.hstack(alongside).lazy().filter(pl.col("n_surveys").is_not_null())]
    summary = _summary(alongside)
    if many is not None:
        rows = beside.slice(once.height).with_columns(at.slice(once.height).alias(_AT))
        rows = rows.filter(pl.col(_AT).is_not_null())
        surveys.append(tickets[rows.get_column(_AT)].hstack(rows.drop(_AT)).lazy())
        more = per_ticket(rows, _AT)
        summary = summary.with_columns(
            column.scatter(more.get_column(_AT), more.get_column(column.name))
            for column in summary.get_columns()
        )
    summary = summary.with_columns(
        pl.col("n_surveys").fill_null(0), pl.col("is_rated").fill_null(value=False)
    )
    lost = every.filter(at.is_null()) if at.null_count() else None
    return Attached(tickets.hstack(summary), pl.concat(surveys, how="diagonal"), lost)


def _beside(surveys: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """Return what a survey row adds to its ticket: what the ticket knows itself stays."""
    both = set(tickets.columns) & set(surveys.columns)
    taken = both | _NEVER & set(surveys.columns)
    apart = [pl.col(c).alias(name) for c, name in _APART.items() if c in both]
    return surveys.select(pl.col("_row").alias(_OWN_ROW), pl.exclude(taken), *apart)


def _summary(alongside: pl.DataFrame) -> pl.DataFrame:
    """Return what its one survey row says of each ticket."""
    found = {"n_surveys": pl.col("n_surveys"), "is_rated": pl.col("is_rated_ticket")}
    if "sent_at" in alongside.columns:
        found["survey_sent_at"] = pl.col("sent_at")
    if "responded_at" in alongside.columns:
        found["rated_at"] = pl.when("is_rating").then(pl.col("responded_at"))
    return alongside.select(**found)
