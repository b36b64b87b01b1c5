"""Surveys beside their tickets and tickets beside their surveys: one join serves both.

Nearly all surveyed tickets have one survey row; they take the short way. The few with several are
joined as text and summed up per ticket.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from csatkit.facts.surveys import per_ticket
from csatkit.schema import SURVEYS

__all__ = ["Attached", "attach"]

_OWN_ROW = "_survey_row"
"""`_row` of a survey, once it stands beside the `_row` of its ticket."""

_NEVER = frozenset({"_row", "created_at"})
"""Not taken from a survey row: `created_at` would pass for the ticket's."""


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
    joined = tickets.hstack(_alongside(tickets, _beside(once, tickets)))
    n_matched = joined.get_column("n_surveys").count()
    result = _summary(joined, tickets.columns)
    # Lazy, so that no second copy of the tickets' columns is made.
    surveys = [joined.lazy().filter(pl.col("n_surveys").is_not_null())]
    lost = [] if n_matched == once.height else [once]
    if many is not None:
        several = tickets.join(_beside(many, tickets), on="ticket_id", how="inner")
        surveys.append(several.lazy())
        result = _with_summary(result, per_ticket(many))
        lost += [] if several.height == many.height else [many]
    result = result.with_columns(
        pl.col("n_surveys").fill_null(0), pl.col("is_rated").fill_null(value=False)
    )
    both = pl.concat(surveys, how="diagonal")
    return Attached(result, both, _unmatched(tickets, lost))


def _beside(surveys: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """Return what a survey row adds to its ticket: what the ticket knows itself stays."""
    taken = _NEVER | set(tickets.columns) - {"ticket_id"}
    return surveys.select(pl.col("_row").alias(_OWN_ROW), pl.exclude(taken & set(surveys.columns)))


def _alongside(tickets: pl.DataFrame, surveys: pl.DataFrame) -> pl.DataFrame:
    """Return the survey columns in the order of the tickets, null where a ticket has none.

    The join is by the hash of `ticket_id`; a second hash is compared, and where it differs the join
    is by text. Two different ids agree in both 64-bit hashes with a chance of n·m / 2¹²⁸: for a
    billion tickets and surveys about 3e-21. Only narrow columns go through the join.
    """
    hashes = {"_h": pl.col("ticket_id").hash(0), "_h2": pl.col("ticket_id").hash(1)}
    lean = surveys.with_columns(**hashes).drop("ticket_id")
    keys = tickets.select(**hashes)
    found = keys.join(lean, on="_h", how="left", suffix="_of_survey", maintain_order="left")
    if found.select((pl.col("_h2") != pl.col("_h2_of_survey")).any()).item():
        keys = tickets.select("ticket_id")
        found = keys.join(surveys, on="ticket_id", how="left", maintain_order="left")
        return found.drop("ticket_id")
    return found.drop("_h", "_h2", "_h2_of_survey")


def _summary(joined: pl.DataFrame, ticket_columns: list[str]) -> pl.DataFrame:
    """Return the tickets with what their one survey row says of them."""
    found = {"n_surveys": pl.col("n_surveys"), "is_rated": pl.col("is_rated_ticket")}
    if "sent_at" in joined.columns:
        found["survey_sent_at"] = pl.col("sent_at")
    if "responded_at" in joined.columns:
        found["rated_at"] = pl.when("is_rating").then(pl.col("responded_at"))
    return joined.select(*ticket_columns, **found)


def _with_summary(tickets: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Fill in what is known of tickets with several survey rows."""
    names = [c for c in more.columns if c != "ticket_id"]
    joined = tickets.join(more, on="ticket_id", how="left", suffix="_more")
    return joined.with_columns(pl.coalesce(f"{c}_more", c).alias(c) for c in names).drop(
        f"{c}_more" for c in names
    )


def _unmatched(tickets: pl.DataFrame, lost: list[pl.DataFrame]) -> pl.DataFrame | None:
    if not lost:
        return None
    known = tickets.select("ticket_id")
    return pl.concat(
        [frame.join(known, on="ticket_id", how="anti") for frame in lost], how="diagonal"
    )
