"""What was done about each rating, and what the customer said afterwards (metrics.md §8).

Outreach belongs to a rating by its ticket and never precedes it. A second score is the one that the
outreach file carries, else the ticket's next answer that is known to be later; after outreach, the
next one since the outreach. Selections come afterwards: a second score of another week counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from csatkit.facts.build import Facts
from csatkit.facts.clocks import clock_of
from csatkit.facts.replay import replayed
from csatkit.schema import OUTREACH

__all__ = ["PROMPT", "outreach_rows", "reached", "row_key", "with_outreach", "with_recovery"]

PROMPT = timedelta(hours=24)
"""Until when outreach is in time; a low score this old is judged (metrics.md §8)."""

_TICK = timedelta(microseconds=1)
"""The finest step of an instant: an answer so much later is a later one."""


def row_key(columns: frozenset[str]) -> str:
    """Return the column that numbers the survey rows."""
    return "_survey_row" if "_survey_row" in columns else "_row"


def outreach_rows(frame: pl.DataFrame | None, at: datetime | None) -> pl.DataFrame | None:
    """Return the outreach that had happened, with every outreach column.

    Args:
        frame: canonical outreach rows with `_row`.
        at: the instant to replay, None for all.
    """
    if frame is None:
        return None
    types = {
        "outreach_at": pl.Datetime("us"),
        "outreach_by": pl.String(),
        "second_score": pl.Int64(),
        "second_score_at": pl.Datetime("us"),
    }
    missing = [pl.lit(None, dtype=types[c]).alias(c) for c in OUTREACH if c not in frame.columns]
    frame = frame.with_columns(missing)
    if at is not None:
        frame, _ = replayed(frame, at, born=pl.coalesce("outreach_at", "second_score_at"))
    return frame


def reached(surveys: pl.LazyFrame, outreach: pl.DataFrame | None, *, rating: str) -> pl.DataFrame:
    """Return one row per rating that was reached or rated again.

    Args:
        surveys: survey rows beside their tickets, with the flags of `surveys.flagged`.
        outreach: rows of `outreach_rows`, None where none were given.
        rating: which answer is the rating; the last one has none after it.

    Returns:
        The number of the survey row (`row_key`), `is_reached`, `outreach_at` (null where nobody
        knows when), `outreach_by` and `second_score`.
    """
    answers = _answers(surveys)
    ratings = answers.filter("is_rating")
    contacts = _contacts(ratings, outreach)
    found = ratings.join(contacts, on="_key", how="left") if contacts is not None else ratings
    if contacts is None:
        found = found.with_columns(
            is_reached=pl.lit(None, dtype=pl.Boolean),
            outreach_at=pl.lit(None, dtype=pl.Datetime("us")),
            outreach_by=pl.lit(None, dtype=pl.String),
            _second=pl.lit(None, dtype=pl.Int64),
        )
    if rating == "last":
        found = found.with_columns(_later=pl.lit(None, dtype=pl.Int64))
    else:
        found = _with_later(found, answers)
    key = row_key(frozenset(surveys.collect_schema().names()))
    return found.select(
        pl.col("_key").alias(key),
        pl.col("is_reached").fill_null(value=False),
        "outreach_at",
        "outreach_by",
        second_score=pl.coalesce(pl.col("_second").cast(pl.Int64), "_later"),
    ).filter(pl.col("is_reached") | pl.col("second_score").is_not_null())


def with_recovery(facts: Facts, outreach: pl.DataFrame | None) -> Facts:
    """Return facts whose surveys know what became of low scores; see `with_outreach`.

    Args:
        facts: the run's facts.
        outreach: rows of `outreach_rows`, None where none were given.
    """
    if facts.surveys is None:
        return facts
    found = reached(facts.surveys, outreach, rating=facts.rules.settings.rating)
    given = outreach is not None and outreach.get_column("second_score").count() > 0
    return replace(
        facts,
        surveys=with_outreach(facts.surveys, found, facts.rules.data_end),
        knows_second=given or found.get_column("second_score").count() > 0,
    )


def with_outreach(
    surveys: pl.LazyFrame, found: pl.DataFrame, data_end: datetime | None
) -> pl.LazyFrame:
    """Add what the metrics of recovery call facts.

    Args:
        surveys: survey rows beside their tickets.
        found: what `reached` returned for them.
        data_end: the instant at which the export was cut.

    Returns:
        The rows with `is_reached`, `is_reached_in_time`, `has_answer_clock`, `is_day_old`,
        `is_rerated`, `is_upgraded`, `second_score` and `outreach_hours`.
    """
    columns = frozenset(surveys.collect_schema().names())
    key = row_key(columns)
    answered = clock_of("responses", "family", columns)
    end = pl.lit(data_end, dtype=pl.Datetime("us"))
    again = pl.col("is_reached") & pl.col("second_score").is_not_null()
    joined = surveys.join(found.lazy(), on=key, how="left")
    return (
        joined.with_columns(
            pl.col("is_reached").fill_null(value=False),
            has_answer_clock=answered.is_not_null(),
            is_day_old=(answered + PROMPT <= end).fill_null(value=False),
            outreach_hours=(pl.col("outreach_at") - answered).dt.total_microseconds()
            / 3_600_000_000,
            _in_time=(pl.col("outreach_at") - answered <= PROMPT).fill_null(value=False),
        )
        .with_columns(
            is_reached_in_time=pl.col("is_reached") & pl.col("_in_time"),
            is_rerated=again,
            is_upgraded=(again & (pl.col("second_score") > _score(columns))).fill_null(value=False),
        )
        .drop("_in_time")
    )


def _score(columns: frozenset[str]) -> pl.Expr:
    return pl.col("score") if "score" in columns else pl.lit(None, dtype=pl.Int64)


def _answers(surveys: pl.LazyFrame) -> pl.DataFrame:
    """Return every answer with its own instant, and with the one that dates it in a report."""
    columns = frozenset(surveys.collect_schema().names())
    own = [c for c in ("responded_at", "sent_at") if c in columns]
    given = pl.coalesce(own) if own else pl.lit(None, dtype=pl.Datetime("us"))
    rows = surveys.filter(pl.col("score").is_not_null()) if "score" in columns else surveys.head(0)
    return rows.select(
        "ticket_id",
        "is_rating",
        _score(columns).cast(pl.Int64).alias("score"),
        _key=pl.col(row_key(columns)),
        _given=given,
        _answered=clock_of("responses", "family", columns),
    ).collect()


def _contacts(ratings: pl.DataFrame, outreach: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return the outreach that followed each rating: its first instant and its second score."""
    if outreach is None:
        return None
    happened = pl.coalesce("outreach_at", "second_score_at")
    follows = (happened >= pl.col("_answered")).fill_null(value=True)
    rows = ratings.select("ticket_id", "_key", "_answered").join(
        outreach.select("ticket_id", *OUTREACH), on="ticket_id", how="inner"
    )
    rows = rows.filter(follows).sort(
        "_key", "outreach_at", "outreach_by", "second_score_at", "second_score", nulls_last=True
    )
    said = pl.col("second_score_at", "outreach_at", "second_score")
    second = (
        rows.filter(pl.col("second_score").is_not_null())
        .sort("_key", said, nulls_last=True)
        .group_by("_key", maintain_order=True)
        .agg(_second=pl.col("second_score").first())
    )
    first = rows.group_by("_key", maintain_order=True).agg(
        pl.col("outreach_at").first(), pl.col("outreach_by").cast(pl.String).first()
    )
    return first.with_columns(is_reached=pl.lit(value=True)).join(second, on="_key", how="left")


def _with_later(found: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Add `_later`: the ticket's next answer after the rating, and after the outreach if any.

    Answers without an instant have no known place after another one.
    """
    several = answers.filter(pl.col("ticket_id").is_duplicated() & pl.col("_given").is_not_null())
    several = several.sort("ticket_id", "_given", "score").unique(
        ["ticket_id", "_given"], keep="first", maintain_order=True
    )
    since = pl.max_horizontal(pl.col("outreach_at"), pl.col("_given") + _TICK)
    asked = (
        found.filter(pl.col("_given").is_not_null())
        .join(several.select("ticket_id").unique(), on="ticket_id", how="semi")
        .select("_key", "ticket_id", _since=since)
        .sort("_since")
    )
    nexts = several.select("ticket_id", _since="_given", _later="score").sort("_since")
    later = asked.join_asof(
        nexts, on="_since", by="ticket_id", strategy="forward", check_sortedness=False
    )
    return found.join(later.select("_key", "_later"), on="_key", how="left")
