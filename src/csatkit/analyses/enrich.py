"""`enrich`: one row per ticket with its own columns and every derived one.

What the metrics count can be counted again from these columns: `fcr` is null while a ticket is
immature, and `excluded` says why a ticket is in no denominator.
"""

from __future__ import annotations

import polars as pl

from csatkit import periods
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.privacy import hidden
from csatkit.analyses.rows import table_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import InputError, NothingToEvaluate
from csatkit.facts.build import OWN_ID
from csatkit.facts.clocks import clock_of
from csatkit.facts.exclude import REASONS
from csatkit.facts.kept import Kept
from csatkit.report import Report, Section
from csatkit.schema import OUTREACH, SURVEYS, TICKETS
from csatkit.settings import FAILURE_REASONS

__all__ = ["enrich", "enriched"]

UNKNOWN = "unknown"
"""`repeat_of` of a ticket in the first window of the export: it may repeat an unseen one."""


def enrich(ws: Workspace) -> Report:
    """Return the tickets with every derived column.

    Raises:
        InputError: there are no tickets, only surveys.
        NothingToEvaluate: the selection holds no row.
    """
    if ws.facts.kept is None:
        raise InputError(
            "enrich needs tickets, and the input holds surveys only", "Add the ticket export."
        )
    frame = enriched(ws, _selected(ws, ws.facts.kept)).drop("_row")
    if frame.height == 0:
        raise NothingToEvaluate("the selection holds no ticket", "Widen --period or --where.")
    frame = hidden(frame, ws.settings.privacy)
    section = Section("tickets", "Tickets", tables=(table_of(frame),))
    return Report("enrich", definitions(ws), inputs(ws), (), (section,), notes=ws.canonical.notes)


def _selected(ws: Workspace, kept: Kept) -> pl.LazyFrame:
    """Return the tickets that were asked for, not yet read."""
    rows = kept.lazy()
    columns = frozenset(rows.collect_schema().names())
    clock = clock_of("tickets", ws.settings.clock, columns)
    if ws.settings.clock != "family":
        rows = rows.filter(clock.is_not_null())
    if "tickets" in ws.where:
        rows = rows.filter(ws.where["tickets"])
    if ws.span is not None:
        start, end = periods.span_of(ws.span.period, ws.zone)
        rows = rows.filter((clock >= start) & (clock < end))
    return rows


def _code(column: str, names: tuple[str, ...]) -> pl.Expr:
    """Return the name behind a code; 0 is none."""
    numbers = list(range(1, len(names) + 1))
    return pl.col(column).replace_strict(numbers, list(names), default=None, return_dtype=pl.String)


def _ratings(ws: Workspace, tickets: pl.Series) -> pl.DataFrame | None:
    """Return one rating for each of these tickets, the first of those that count."""
    if ws.facts.surveys is None or "score" not in ws.facts.has_survey:
        return None
    # In the order that decides which of several answers is the first (metrics.md §3).
    order = [c for c in ("responded_at", "sent_at", "score", "comment") if c in ws.facts.has_survey]
    columns = sorted(order, key=("score", "responded_at", "sent_at", "comment").index)
    ratings = ws.facts.surveys.filter("is_rating").select("ticket_id", *columns)
    mine = pl.LazyFrame({"ticket_id": tickets})
    rated = ratings.join(mine, on="ticket_id", how="semi").collect(engine="streaming")
    rated = rated.sort(order, nulls_last=True)
    return rated.unique("ticket_id", keep="first", maintain_order=True)


def _derived(columns: frozenset[str], ws: Workspace) -> dict[str, pl.Expr]:
    found: dict[str, pl.Expr] = {
        "excluded": _code("out", REASONS),
        "resolved_now": pl.col("is_resolved"),
        "ever_resolved": pl.col("is_ever_resolved"),
        "reopened": pl.col("is_reopened"),
        "reopen_events": pl.col("n_reopens"),
        "mature": pl.col("is_mature"),
    }
    if "failure" in columns and ws.lacks_fcr is None:
        found |= {
            "fcr": pl.when("is_mature").then("is_first_contact"),
            "failure_reason": _code("failure", FAILURE_REASONS),
            "repeat": pl.col("has_repeat"),
            "quick_repeat": pl.col("is_quick_repeat"),
            "next_ticket_at": pl.col("next_created_at"),
        }
    if "first_response_hours" in columns:
        found["first_response_hours"] = pl.when("has_first_response_time").then(
            "first_response_hours"
        )
    if "is_within_limit" in columns:
        found["first_response_within"] = pl.when("is_limit_decided").then("is_within_limit")
    if "resolution_hours" in columns:
        found["resolution_hours"] = pl.when("has_resolution_time").then("resolution_hours")
    if "n_surveys" in columns:
        found["surveys"] = pl.col("n_surveys")
    return found


def _neighbours(frame: pl.DataFrame, ws: Workspace, kept: pl.LazyFrame) -> pl.DataFrame:
    """Add `next_ticket_id` and `repeat_of` from the rows that the links point to."""
    pointed = pl.concat([frame.get_column("next_row"), frame.get_column("previous_row")])
    names = (
        kept.select("_row", "ticket_id", "anchor")
        .join(pl.LazyFrame({"_row": pointed.drop_nulls()}), on="_row", how="semi")
        .collect()
    )
    following = names.select(next_row="_row", next_ticket_id="ticket_id")
    before = names.select(previous_row="_row", _previous="ticket_id", _previous_at="anchor")
    frame = frame.join(following, on="next_row", how="left").join(
        before, on="previous_row", how="left"
    )
    window = ws.facts.rules.window
    within = pl.col("created_at") <= pl.col("_previous_at") + window
    start = kept.select(pl.col("created_at").min()).collect(engine="streaming").item()
    # Without any instant the literal would have no type to add a window to.
    first = pl.lit(start, dtype=pl.Datetime("us"))
    edge = pl.col("has_key") & (pl.col("created_at") < first + window)
    return frame.with_columns(
        repeat_of=pl.when(within).then("_previous").when(edge).then(pl.lit(UNKNOWN))
    )


def enriched(ws: Workspace, rows: pl.LazyFrame) -> pl.DataFrame:
    """Return tickets with their columns, their facts and their ratings, in the order of the input.

    Args:
        ws: the run.
        rows: which tickets; no others are held in memory.

    Returns:
        One row per ticket; `_row` names it.
    """
    assert ws.facts.kept is not None
    frame = rows.collect(engine="streaming")
    own = [c for c in TICKETS if c in frame.columns]
    further = [c for c in ws.extra_columns if c in frame.columns and c not in own]
    columns = frozenset(frame.columns)
    linked = ws.lacks_fcr is None
    if linked:
        frame = _neighbours(frame, ws, ws.facts.kept.lazy())
    derived = _derived(columns, ws)
    links = ["next_ticket_id", "repeat_of"] if linked else []
    renamed = {c: f"{c}_given" for c in own if c in derived}
    shown = frame.select(
        "_row",
        *(pl.col(c).alias(renamed.get(c, c)) for c in own),
        *further,
        *(expr.alias(name) for name, expr in derived.items()),
        *links,
    )
    shown = _with_rating(shown, ws)
    text = [c for c in shown.columns if shown.schema[c] in (pl.Categorical, pl.Enum)]
    real = [
        pl.when(~pl.col(c).str.starts_with(OWN_ID)).then(c).alias(c) for c in ("ticket_id", *links)
    ]
    return shown.with_columns(pl.col(text).cast(pl.String)).with_columns(real).sort("_row")


def _with_rating(frame: pl.DataFrame, ws: Workspace) -> pl.DataFrame:
    ratings = _ratings(ws, frame.get_column("ticket_id"))
    scale, codes = ws.scale, ws.ratings
    frame = frame.drop([c for c in (*SURVEYS, *OUTREACH) if c in frame.columns])
    if ratings is None or scale is None or codes is None:
        return frame
    labels = dict(zip(scale.codes, scale.labels, strict=True))
    score = pl.col("score")
    known = score.is_not_null()
    joined = frame.join(ratings, on="ticket_id", how="left").with_columns(
        satisfied=pl.when(known).then(score.is_in(list(codes.satisfied))),
        low=pl.when(known).then(score.is_in(list(codes.low))),
    )
    if scale.values is None:
        words = score.replace_strict(
            list(labels), list(labels.values()), default=None, return_dtype=pl.String
        )
        joined = joined.with_columns(words.alias("score"))
    return joined
