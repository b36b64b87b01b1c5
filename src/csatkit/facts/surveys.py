"""Which rows are surveys, which are answers, and which answer is a ticket's rating (metrics.md §3).

One input row may be all three. A survey is (`ticket_id`, `sent_at`), a missing `sent_at` being one
value; a survey answered twice is one survey with two answers. Tickets with one row, nearly all of
them, need no sorting at all.
"""

from __future__ import annotations

import polars as pl

from csatkit.facts.keys import rows_with_equal
from csatkit.schema import SURVEYS, fold

__all__ = ["NOT_SENT", "flagged", "not_sent", "per_ticket", "repeated_rows", "survey_rows"]

NOT_SENT = (
    "unoffered",
    "notoffered",
    "notsent",
    "canceled",
    "cancelled",
    "scheduled",
    "failed",
    "bounced",
)
"""Survey states that mean that no survey reached the customer; compared by `schema.fold`."""


def survey_rows(tickets: pl.DataFrame) -> pl.DataFrame:
    """Return the ticket rows that carry a survey: any survey column has a value."""
    columns = [c for c in SURVEYS if c in tickets.columns]
    return tickets.filter(pl.any_horizontal(pl.col(c).is_not_null() for c in columns))


def _multiple(frame: pl.DataFrame) -> pl.Series | None:
    """Return a mask of the rows whose ticket has several."""
    if "ticket_id" not in frame.columns:
        return None
    return rows_with_equal(frame, pl.col("ticket_id").hash())


def repeated_rows(frame: pl.DataFrame, *, embedded: bool) -> pl.Series | None:
    """Return the `_row` of rows that repeat another survey row cell by cell.

    Args:
        frame: survey rows.
        embedded: whether they sat in ticket rows, which repeat a survey with every copy of the
            ticket; rows of a survey file must carry an instant to be known as the same event.
    """
    mask = _multiple(frame)
    if mask is None:
        return None
    # Two answers with ids of their own are two, however alike.
    columns = [c for c in ("ticket_id", *SURVEYS, "survey_id") if c in frame.columns]
    rivals = frame.filter(mask)
    if not embedded:
        instants = [c for c in ("sent_at", "responded_at") if c in frame.columns]
        dated = pl.any_horizontal(pl.lit(value=False), *(pl.col(c).is_not_null() for c in instants))
        rivals = rivals.filter(dated & pl.col("ticket_id").is_not_null())
    rivals = rivals.sort("_row").select("_row", *columns)
    repeats = rivals.filter(~pl.struct(columns).is_first_distinct())
    return repeats.get_column("_row") if repeats.height else None


def not_sent(frame: pl.DataFrame) -> pl.Series | None:
    """Return the `_row` of rows whose state says that no survey was sent and none answered."""
    if "survey_status" not in frame.columns:
        return None
    values = frame.get_column("survey_status").unique().drop_nulls().cast(pl.String).to_list()
    hits = [v for v in values if fold(v) in NOT_SENT]
    if not hits:
        return None
    unsent = pl.col("survey_status").is_in(hits)
    if "score" in frame.columns:
        unsent &= pl.col("score").is_null()
    rows = frame.filter(unsent.fill_null(value=False)).get_column("_row")
    return rows if len(rows) else None


def _answer_order(frame: pl.DataFrame) -> list[str]:
    """Return the columns that order answers; the rest only settles what those leave open."""
    named = [c for c in ("responded_at", "sent_at", "score", "comment") if c in frame.columns]
    rest = sorted(c for c in frame.columns if c not in (*named, "_row", "ticket_id"))
    return [*named, *rest]


def _flag_single(frame: pl.DataFrame, rated: pl.Expr) -> pl.DataFrame:
    """Flag tickets with one row: it is the survey, and the answer if there is one."""
    yes = pl.lit(value=True)
    return frame.with_columns(
        is_survey=yes,
        is_answered=rated,
        is_first_of_ticket=yes,
        is_rated_ticket=rated,
        is_rating=rated,
        n_surveys=pl.lit(1, dtype=pl.Int32),
    )


def _flag_many(frame: pl.DataFrame, rated: pl.Expr, rating: str) -> pl.DataFrame:
    """Flag tickets with several rows, by sorting them into the order of answers."""
    # Answers before silence, so that the first row of a survey is its first answer.
    frame = frame.with_columns(_rated=rated, _silent=~rated).sort(
        ["ticket_id", "_silent", *_answer_order(frame), "_row"], nulls_last=True
    )
    survey = ["ticket_id", *(["sent_at"] if "sent_at" in frame.columns else [])]
    answer = pl.col("_rated").cast(pl.Int32)
    rank = answer.cum_sum().over("ticket_id")
    total = answer.sum().over("ticket_id")
    chosen = {"first": rank == 1, "last": rank == total, "all": pl.lit(value=True)}[rating]
    frame = frame.with_columns(
        is_survey=pl.struct(survey).is_first_distinct(),
        is_answered=pl.col("_rated").any().over(survey),
        is_rated_ticket=pl.col("_rated").any().over("ticket_id"),
        is_rating=pl.col("_rated") & chosen,
    )
    frame = frame.with_columns(n_surveys=pl.col("is_survey").cast(pl.Int32).sum().over("ticket_id"))
    if "sent_at" in frame.columns:
        # A ticket's surveys are dated by the first that was sent.
        frame = frame.sort(survey, nulls_last=True, maintain_order=True)
    return frame.with_columns(is_first_of_ticket=pl.col("ticket_id").is_first_distinct()).drop(
        "_rated", "_silent"
    )


def flagged(frame: pl.DataFrame, rating: str) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Flag every row as survey, answer and rating.

    Args:
        frame: survey rows with `_row`, without repeated and unsent ones.
        rating: `first`, `last` or `all`.

    Returns:
        Rows of tickets that have one row, and rows of tickets that have several (or None).
    """
    has_score = "score" in frame.columns
    rated = pl.col("score").is_not_null() if has_score else pl.lit(value=False)
    mask = _multiple(frame)
    if mask is None:
        return _flag_single(frame, rated), None
    return _flag_single(frame.filter(~mask), rated), _flag_many(frame.filter(mask), rated, rating)


def per_ticket(many: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return one row per ticket of those that have several survey rows.

    Args:
        many: flagged survey rows.
        key: column that tells their tickets apart.
    """
    first = {"survey_sent_at": pl.col("sent_at").min()} if "sent_at" in many.columns else {}
    rated_at = (
        {"rated_at": pl.col("responded_at").filter(pl.col("is_rating")).min()}
        if "responded_at" in many.columns
        else {}
    )
    return many.group_by(key).agg(
        n_surveys=pl.col("n_surveys").first(),
        is_rated=pl.col("is_rated_ticket").first(),
        **first,
        **rated_at,
    )
