"""How each ticket ended: resolved, mature, and why not on first contact (metrics.md §3).

After this module nothing looks at another row. Every fact has the name by which the metric
catalogue calls it.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import timedelta

import polars as pl

from csatkit.facts.rules import DAY_US, Rules
from csatkit.schema import fold
from csatkit.settings import FAILURE_REASONS

__all__ = ["QUICK_REPEAT", "RESOLUTION", "outcome", "resolved_by"]

QUICK_REPEAT = timedelta(minutes=15)
"""Repeats this soon are usually dropped or duplicate contacts; counted apart as well."""


_Stage = dict[str, pl.Expr]
"""Facts by name that need nothing of each other, only what the stages before have made."""

CHANNEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "chat": ("chat", "livechat", "webchat"),
    "email": ("email", "mail"),
}
"""How systems spell the channels that have a limit by default; compared by `schema.fold`."""


RESOLUTION = ("resolved_at", "resolved", "closed_at")
"""Columns that decide whether a ticket is resolved, the first that holds any value."""


def resolved_by(columns: Set[str], filled: Set[str]) -> str | None:
    """Return the column that decides whether a ticket is resolved (metrics.md §2).

    The first of `resolved_at`, `resolved`, `closed_at` with any value, else `status`.

    Args:
        columns: canonical columns of the tickets.
        filled: those of them that hold a value in any row.
    """
    for column in RESOLUTION:
        if column in columns and column in filled:
            return column
    return next((c for c in ("status", "resolved_at") if c in columns), None)


def _no(expr: pl.Expr) -> pl.Expr:
    """Take an unknown as false: nobody fails for what isn't known."""
    return expr.fill_null(value=False)


def _resolved(frame: pl.DataFrame, rules: Rules) -> pl.Expr:
    by = rules.resolved_by
    if by is None:
        return pl.lit(value=False)
    if by == "resolved":
        return _no(pl.col("resolved"))
    if by == "status":
        words = {fold(w) for w in rules.settings.source.resolved_statuses}
        values = frame.get_column("status").unique().drop_nulls().cast(pl.String).to_list()
        hits = [v for v in values if fold(v) in words]
        return _no(pl.col("status").is_in(hits))
    return pl.col(by).is_not_null()


def _instant(frame: pl.DataFrame, name: str) -> pl.Expr:
    if name in frame.columns:
        return pl.col(name)
    return pl.lit(None, dtype=pl.Datetime("us"))


def _reopens(frame: pl.DataFrame) -> pl.Expr:
    count = pl.col("reopen_count").fill_null(0) if "reopen_count" in frame.columns else pl.lit(0)
    at_least = (
        pl.col("reopened_at").is_not_null().cast(pl.Int64)
        if "reopened_at" in frame.columns
        else pl.lit(0)
    )
    return pl.max_horizontal(count.cast(pl.Int64), at_least).cast(pl.Int32)


def _base(frame: pl.DataFrame, rules: Rules) -> list[_Stage]:
    created, resolved_at = _instant(frame, "created_at"), _instant(frame, "resolved_at")
    end = pl.lit(rules.data_end, dtype=pl.Datetime("us"))
    anchor = pl.col("anchor")
    return [
        {
            "is_resolved": _resolved(frame, rules),
            "n_reopens": _reopens(frame),
            "resolution_at": resolved_at,
            "anchor": pl.coalesce(resolved_at, created),
        },
        {
            "is_reopened": pl.col("n_reopens") > 0,
            "is_ever_resolved": pl.col("is_resolved") | (pl.col("n_reopens") > 0),
            "is_mature": _no(anchor + rules.window <= end),
            "has_clock": anchor.is_not_null(),
        },
    ]


def _failures(rules: Rules) -> dict[str, pl.Expr]:
    """Return the measured failure reasons as conditions, in their order."""
    repeats = pl.col("has_repeat")
    conditions = {
        "unresolved": ~pl.col("is_ever_resolved"),
        "not_confirmed": _no(pl.col("confirmed_resolved").not_()),
        "reopened": pl.col("is_reopened"),
        "repeat": repeats,
        "multiple_contacts": _no(pl.col("contact_count") > 1),
        "transferred": _no(pl.col("transfer_count") > 0),
    }
    return {r: c for r, c in conditions.items() if rules.measured(r)}


def _contact_facts(rules: Rules) -> _Stage:
    next_at = pl.col("next_created_at")
    anchor = pl.col("anchor")
    end = pl.lit(rules.data_end, dtype=pl.Datetime("us"))
    has_repeat = _no(next_at <= anchor + rules.window)
    us = (next_at - anchor).dt.total_microseconds()
    followed = (end - anchor).dt.total_microseconds()
    event_day = pl.max_horizontal(pl.lit(0, dtype=pl.Int64), -((-us).floordiv(DAY_US)))
    # A window of 1.5 days ends inside day 2: who was watched until then belongs to that day.
    censor_day = (
        pl.when("is_mature")
        .then(pl.lit(rules.window_grid, dtype=pl.Int64))
        .otherwise(followed.floordiv(DAY_US).clip(0, rules.window_grid))
    )
    after_resolution = next_at - pl.col("resolution_at")
    quick = (after_resolution >= timedelta(0)) & (after_resolution <= QUICK_REPEAT)
    return {
        "has_repeat": has_repeat,
        "is_quick_repeat": _no(has_repeat & quick),
        "km_day": pl.when(has_repeat).then(event_day).otherwise(censor_day).cast(pl.Int32),
        "is_km_subject": pl.col("is_resolved") & pl.col("has_key") & anchor.is_not_null(),
    }


def _first_contact(rules: Rules) -> list[_Stage]:
    failures = _failures(rules)
    code: pl.Expr = pl.lit(0, dtype=pl.UInt8)
    for reason, condition in reversed(failures.items()):
        number = FAILURE_REASONS.index(reason) + 1
        code = pl.when(condition).then(pl.lit(number, dtype=pl.UInt8)).otherwise(code)
    others = [c for r, c in failures.items() if r != "repeat"]
    other = pl.any_horizontal(others) if others else pl.lit(value=False)
    return [
        _contact_facts(rules),
        {"failure": code, "has_other_failure": other},
        {"is_first_contact": pl.col("failure") == 0},
    ]


def _limit(frame: pl.DataFrame, limits: Mapping[str, timedelta]) -> pl.Expr:
    values = frame.get_column("channel").unique().drop_nulls().cast(pl.String).to_list()
    words = {w: limits[name] for name in limits for w in CHANNEL_WORDS.get(fold(name), ())}
    words |= {fold(name): limit for name, limit in limits.items()}
    limit: pl.Expr = pl.lit(None, dtype=pl.Duration("us"))
    for span in sorted(set(words.values())):
        hits = [v for v in values if words.get(fold(v)) == span]
        if hits:
            channel = pl.col("channel")
            limit = pl.when(channel.is_in(hits)).then(pl.lit(span)).otherwise(limit)
    return limit


def _times(frame: pl.DataFrame, rules: Rules) -> _Stage:
    found: _Stage = {}
    created = _instant(frame, "created_at")
    hour_us = DAY_US / 24
    if "first_response_at" in frame.columns:
        took = pl.col("first_response_at") - created
        in_order = _no(took >= timedelta(0))
        found["has_first_response_time"] = in_order
        found["first_response_hours"] = took.dt.total_microseconds() / hour_us
        if "channel" in frame.columns:
            limit = _limit(frame, rules.settings.response_limits)
            waited = pl.lit(rules.data_end, dtype=pl.Datetime("us")) - created
            unanswered = pl.col("first_response_at").is_null() & (waited > limit)
            found["is_limit_decided"] = _no(limit.is_not_null() & (in_order | unanswered))
            found["is_within_limit"] = _no(in_order & (took <= limit))
    if "resolved_at" in frame.columns:
        took = pl.col("resolved_at") - created
        found["has_resolution_time"] = _no(took >= timedelta(0))
        found["resolution_hours"] = took.dt.total_microseconds() / hour_us
    if "transfer_count" in frame.columns:
        found["has_transfer_count"] = pl.col("transfer_count").is_not_null()
        found["is_transferred"] = _no(pl.col("transfer_count") > 0)
    return found


def outcome(frame: pl.DataFrame, rules: Rules, *, contacts: bool, times: bool) -> pl.DataFrame:
    """Add the outcome facts to linked tickets.

    Args:
        frame: tickets with the columns of `links.with_links` where `contacts` is set.
        rules: the run's rules; `data_end` must be known where there are rows.
        contacts: whether first contact resolution is asked for.
        times: whether response and resolution times are.

    Returns:
        The same rows with `is_resolved`, `is_mature`, `failure`, `km_day` and so on.
    """
    stages = _base(frame, rules)
    stages += _first_contact(rules) if contacts else []
    stages += [_times(frame, rules)] if times else []
    rows = frame.lazy()
    for stage in stages:
        rows = rows.with_columns(**stage)
    names = [*dict.fromkeys(name for stage in stages for name in stage)]
    # Only what is new goes through, piece by piece: a fifth of the time of whole columns at once.
    made = rows.select(names).collect(engine="streaming")
    return frame.with_columns(made.get_columns())
