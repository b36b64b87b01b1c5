"""The same counts with Polars as its users write them: frames, windows, joins, group-bys.

Usage: python -m benchmarks.polars_report TICKETS SURVEYS

Nothing here is tuned. Columns are chosen, instants are parsed by their known format, and every
breakdown is a `group_by` over the prepared frame.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.answer import (
    CUTS,
    DAYPARTS,
    PERIOD_DAYS,
    REASONS,
    WEEKDAYS,
    WINDOW_DAYS,
    Answer,
    period_ends,
    text,
)
from benchmarks.files import (
    COUNTS,
    FLAGS,
    MESSY_DATES,
    SURVEY_TIMES,
    SURVEYS,
    TEXTS,
    TICKETS,
    TIMES,
    layout,
)

WINDOW = timedelta(days=WINDOW_DAYS)
LIMITS = {"chat": timedelta(minutes=2), "email": timedelta(hours=2)}

TYPES: dict[str, type[pl.DataType]] = (
    dict.fromkeys((*TEXTS, "comment"), pl.String)
    | dict.fromkeys((*COUNTS, "score"), pl.Int32)
    | dict.fromkeys(FLAGS, pl.Boolean)
)


def read(path: Path, wanted: tuple[str, ...]) -> pl.DataFrame:
    """Read the needed columns of a file."""
    file = layout(path, wanted)
    if file.is_parquet:
        return pl.read_parquet(path, columns=[*wanted])
    rows = pl.read_csv(
        path,
        separator=file.separator,
        columns=[*file.headers.values()],
        schema_overrides={h: TYPES.get(c, pl.String) for c, h in file.headers.items()},
    ).rename({h: c for c, h in file.headers.items()})
    times = [c for c in wanted if c in (*TIMES, *SURVEY_TIMES)]
    pattern = MESSY_DATES if file.is_messy else None
    return rows.with_columns(pl.col(times).str.to_datetime(pattern, time_unit="us"))


def with_times(rows: pl.DataFrame, clock: pl.Expr, as_of: datetime) -> pl.DataFrame:
    """Add weekday, daypart and period of an instant."""
    return rows.with_columns(
        weekday=clock.dt.weekday() - 1,
        daypart=clock.dt.hour() // 6,
        period=_period(clock, period_ends(as_of)[0]),
    )


def _period(clock: pl.Expr, end: object) -> pl.Expr:
    number = ((pl.lit(end) - clock.dt.date()).dt.total_days() - 1) // PERIOD_DAYS
    return pl.when(number.is_in([0, 1])).then(number)


def facts(tickets: pl.DataFrame, invitations: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return one row per ticket that counts, with what became of it."""
    tickets = tickets.sort(
        "updated_at", "closed_at", "resolved_at", "created_at", descending=True, nulls_last=True
    ).unique("ticket_id", keep="first", maintain_order=True)
    gone = pl.col("status").str.to_lowercase().is_in(["deleted", "spam", "test"])
    merged = pl.col("merged").fill_null(value=False)
    left = gone.fill_null(value=False) | pl.col("deflected").fill_null(value=False)
    followed = tickets.filter(
        merged | ~left, pl.col("customer_id", "issue_type", "created_at").is_not_null()
    ).select(
        "ticket_id",
        next_at=pl.col("created_at")
        .shift(-1)
        .over("customer_id", "issue_type", order_by=["created_at", "ticket_id"]),
    )
    surveyed = invitations.group_by("ticket_id").agg(
        n_sent=pl.len(), sent_at=pl.col("sent_at").min()
    )
    rows = (
        tickets.filter(~left, ~merged)
        .join(followed, on="ticket_id", how="left")
        .join(surveyed, on="ticket_id", how="left")
        .with_columns(
            pl.col("n_sent").fill_null(0),
            reopened=pl.col("reopen_count").fill_null(0) > 0,
            resolved=pl.col("resolved_at").is_not_null(),
            clock=pl.coalesce("resolved_at", "created_at"),
        )
        .with_columns(
            ever_resolved=pl.col("resolved") | pl.col("reopened"),
            mature=pl.col("clock") + WINDOW <= as_of,
            repeated=(pl.col("next_at") <= pl.col("clock") + WINDOW).fill_null(value=False),
        )
    )
    return judged(with_times(rows, pl.col("clock"), as_of), as_of)


def judged(rows: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Add the reason for which first contact failed, durations, limits and periods."""
    took = pl.col("first_response_at") - pl.col("created_at")
    solved = pl.col("resolved_at") - pl.col("created_at")
    limit = pl.col("channel").replace_strict(LIMITS, default=None, return_dtype=pl.Duration("us"))
    late = pl.col("first_response_at").is_null() & (pl.col("created_at") + limit < as_of)
    last, last_mature = period_ends(as_of)
    return rows.with_columns(
        reason=pl.when(~pl.col("ever_resolved"))
        .then(pl.lit("unresolved"))
        .when("reopened")
        .then(pl.lit("reopened"))
        .when("repeated")
        .then(pl.lit("repeat"))
        .when(pl.col("contact_count") > 1)
        .then(pl.lit("multiple_contacts"))
        .when(pl.col("transfer_count") > 0)
        .then(pl.lit("transferred")),
        linkable=pl.col("resolved")
        & pl.col("customer_id").is_not_null()
        & pl.col("issue_type").is_not_null(),
        response_hours=pl.when(took >= timedelta(0)).then(took.dt.total_seconds() / 3600),
        resolution_hours=pl.when(solved >= timedelta(0)).then(solved.dt.total_seconds() / 3600),
        within=(took >= timedelta(0)) & (took <= limit),
        limited=((took >= timedelta(0)) & limit.is_not_null()) | late,
        mature_period=_period(pl.col("clock"), last_mature),
        sent_period=_period(pl.coalesce("sent_at", "clock"), last),
    )


def counts_of_tickets() -> dict[str, pl.Expr]:
    """Return what is counted of tickets overall and by period."""
    return {
        "tickets": pl.len(),
        "ever_resolved": pl.col("ever_resolved").sum(),
        "backlog": (~pl.col("resolved")).sum(),
        "reopened": pl.col("reopened").sum(),
        "young": (pl.col("ever_resolved") & ~pl.col("mature")).sum(),
        "transfer_known": pl.col("transfer_count").count(),
        "transferred": (pl.col("transfer_count") > 0).sum(),
        "limited": pl.col("limited").sum(),
        "within": pl.col("within").sum(),
        "response_times": pl.col("response_hours").count(),
        "response_p50": pl.col("response_hours").quantile(0.5, "linear"),
        "response_p90": pl.col("response_hours").quantile(0.9, "linear"),
        "resolution_times": pl.col("resolution_hours").count(),
        "resolution_p50": pl.col("resolution_hours").quantile(0.5, "linear"),
        "resolution_p90": pl.col("resolution_hours").quantile(0.9, "linear"),
    }


def counts_of_contacts() -> dict[str, pl.Expr]:
    """Return what is counted of first contacts in every breakdown."""
    mature, repeated = pl.col("mature"), pl.col("repeated")
    soon = (pl.col("next_at") - pl.col("resolved_at")).is_between(
        timedelta(0), timedelta(minutes=15)
    )
    return {
        "mature": mature.sum(),
        "immature": (~mature).sum(),
        "fcr": (mature & pl.col("reason").is_null()).sum(),
        "mature_ever_resolved": (mature & pl.col("ever_resolved")).sum(),
        "linkable": (mature & pl.col("linkable")).sum(),
        "repeats": (mature & pl.col("linkable") & repeated).sum(),
        "quick_repeats": (mature & repeated & soon).sum(),
        **{f"failed_{r}": (mature & (pl.col("reason") == r)).sum() for r in REASONS},
    }


def counts_of_ratings() -> dict[str, pl.Expr]:
    """Return what is counted of ratings in every breakdown."""
    score = pl.col("score")
    return {
        "rated": pl.len(),
        "satisfied": (score >= 4).sum(),
        "score_sum": score.sum(),
        "score_squares": (score * score).sum(),
        **{f"score_{s}": (score == s).sum() for s in range(1, 6)},
    }


def counts_of_surveys() -> dict[str, pl.Expr]:
    """Return what is counted of surveys in every breakdown."""
    return {
        "sent": pl.len(),
        "answered": pl.col("answered").sum(),
        "settled": pl.col("settled").sum(),
        "settled_answered": (pl.col("settled") & pl.col("answered")).sum(),
        "surveyed_tickets": pl.col("is_first").sum(),
        "rated_tickets": (pl.col("is_first") & pl.col("is_rated")).sum(),
    }


def tables(
    rows: pl.DataFrame, counts: dict[str, pl.Expr], period: str, cuts: dict[str, tuple[str, ...]]
) -> dict[str, dict[str, dict[str, int | float | None]]]:
    """Count rows in every breakdown."""
    found: dict[str, dict[str, dict[str, int | float | None]]] = {}
    for name, columns in cuts.items():
        keys = [period if c == "period" else c for c in columns]
        cells = rows.group_by(keys).agg(**counts) if keys else rows.select(**counts)
        found[name] = {
            ",".join(_segment(k, row[k]) for k in keys): {n: row[n] for n in counts}
            for row in cells.iter_rows(named=True)
        }
    return found


def _segment(column: str, value: object) -> str:
    if isinstance(value, int) and column in ("weekday", "daypart"):
        return (WEEKDAYS if column == "weekday" else DAYPARTS)[value]
    return text(value)


def report(tickets_path: Path, surveys_path: Path) -> Answer:
    """Return every count that the report shows."""
    tickets, surveys = read(tickets_path, TICKETS), read(surveys_path, SURVEYS)
    instants = [tickets[c].max() for c in TIMES[:-1]] + [surveys[c].max() for c in SURVEY_TIMES]
    as_of = max(i for i in instants if isinstance(i, datetime))
    invitations = surveys.group_by("ticket_id", "sent_at").agg(
        answered=pl.col("score").is_not_null().any()
    )
    rows = facts(tickets, invitations, as_of)
    ratings = (
        surveys.filter(pl.col("score").is_not_null())
        .sort("responded_at", "sent_at", "score", "comment", nulls_last=True)
        .unique("ticket_id", keep="first", maintain_order=True)
    )
    beside = rows.select(
        "ticket_id", "agent", "team", "channel", "issue_type", "customer_segment", "clock"
    )
    rated = with_times(
        ratings.join(beside, on="ticket_id"),
        pl.coalesce("responded_at", "sent_at", "clock"),
        as_of,
    )
    sent = with_times(
        invitations.join(beside, on="ticket_id")
        .sort("sent_at", nulls_last=True)
        .with_columns(
            is_first=pl.col("ticket_id").is_first_distinct(),
            is_rated=pl.col("answered").any().over("ticket_id"),
            settled=pl.coalesce("sent_at", "clock") + WINDOW <= as_of,
        ),
        pl.coalesce("sent_at", "clock"),
        as_of,
    )
    asked = {"tickets": pl.len(), "surveys_sent": pl.col("n_sent").sum()}
    few = {name: CUTS[name] for name in ("", "period")}
    return {
        "tickets": tables(rows, counts_of_tickets(), "period", few),
        "asked": tables(rows, asked, "sent_period", few),
        "contacts": tables(rows, counts_of_contacts(), "mature_period", CUTS),
        "rated": tables(rated, counts_of_ratings(), "period", CUTS),
        "sent": tables(sent, counts_of_surveys(), "period", CUTS),
    }


if __name__ == "__main__":
    json.dump(report(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout)
