"""Single ratings of a period worth reading: the lowest, the praised, and who came back content.

Rows by nature. Only a handful leaves the frame, and of comments only their start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.digest.words import READ, excerpt, listed, short
from csatkit.analyses.overview import FAILURE_WORDS
from csatkit.analyses.privacy import hidden
from csatkit.analyses.wording import scores
from csatkit.analyses.workspace import Workspace
from csatkit.facts.build import OWN_ID
from csatkit.facts.clocks import clock_of
from csatkit.periods import Span
from csatkit.render.values import number
from csatkit.report import Cell, Measure, Section, Table
from csatkit.settings import FAILURE_REASONS

__all__ = ["Rated", "content_again", "low_scores", "low_sections", "praised"]

MOST_LOW = 5
"""Low scores that are shown: as many as somebody reads on a Monday."""

MOST_OF_A_TYPE = 2
"""Of one issue type, while others have low scores as well."""

MOST_PRAISED = 2

SHOWN = ("agent", "channel", "issue_type")


@dataclass(frozen=True, slots=True)
class Rated:
    """One rated ticket as it may be shown; `why` says what went wrong as far as it is known."""

    ticket: str | None
    score: str
    names: Mapping[str, str | None]
    why: str | None
    comment: str | None


def _ratings(ws: Workspace, span: Span | None) -> pl.LazyFrame | None:
    """Return the ratings of a period with the instant that dates each."""
    if ws.ratings is None:
        return None
    frame = ws.rows("responses", (), span)
    if frame is None:
        return None
    columns = frozenset(frame.collect_schema().names())
    if "score" not in columns:
        return None
    return frame.filter("is_rating").with_columns(
        _at=clock_of("responses", ws.settings.clock, columns)
    )


def _narrow(ws: Workspace, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the few columns that are shown, missing ones as nulls, comments by their start."""
    columns = frozenset(frame.collect_schema().names())
    has_reason = "failure" in columns and ws.lacks_fcr is None
    text = pl.lit(None, dtype=pl.String)
    names = [pl.col(c).cast(pl.String) if c in columns else text.alias(c) for c in SHOWN]
    comment = pl.col("comment") if "comment" in columns else text.alias("comment")
    failure = pl.col("failure") if has_reason else pl.lit(0)
    mature = pl.col("is_mature") if "is_mature" in columns else pl.lit(value=False)
    ticket = pl.col("ticket_id") if "ticket_id" in columns else text.alias("ticket_id")
    if ws.settings.privacy != "all":
        comment = text.alias("comment")  # not even its existence may decide what is shown
    return frame.select(
        ticket,
        "score",
        "_at",
        *names,
        failure=failure.cast(pl.Int32).fill_null(0),
        mature=mature,
        comment=comment.str.slice(0, READ + 1),
    )


def low_scores(ws: Workspace, span: Span) -> tuple[Rated, ...]:
    """Return the low scores of a period that tell most.

    The lowest first, then those whose failure reason is known, those with a comment, the newest;
    at most two of one issue type while others have low scores.
    """
    frame = _ratings(ws, span)
    if frame is None:
        return ()
    told = pl.col("failure") > 0
    written = pl.col("comment").str.strip_chars().str.len_bytes().fill_null(0) > 0
    ranked = (
        _narrow(ws, frame.filter("is_low"))
        .with_columns(_told=told, _written=written)
        .sort(
            ["score", "_told", "_written", "_at", "ticket_id"],
            descending=[False, True, True, True, False],
            nulls_last=True,
        )
        .with_columns(_place=pl.int_range(pl.len()))
        .with_columns(_nth=pl.int_range(pl.len()).over("issue_type"))
        .filter((pl.col("_place") < MOST_LOW) | (pl.col("_nth") < MOST_OF_A_TYPE))
        # Those beyond the second of their type wait until the others are through.
        .sort(pl.col("_nth") >= MOST_OF_A_TYPE, "_place")
        .head(MOST_LOW)
        .sort("_place")
        .collect()
    )
    return _rated(ws, ranked)


def _rated(ws: Workspace, frame: pl.DataFrame) -> tuple[Rated, ...]:
    shown = hidden(frame, ws.settings.privacy)
    labels = ws.score_labels
    found = []
    for row in shown.iter_rows(named=True):
        ticket = row["ticket_id"]
        names = {c: None if row.get(c) is None else short(str(row[c])) for c in SHOWN}
        comment = row.get("comment")
        found.append(
            Rated(
                None if ticket is None or ticket.startswith(OWN_ID) else short(ticket),
                labels.get(row["score"], str(row["score"])),
                names,
                _why(row["failure"], is_mature=bool(row["mature"])),
                None if comment is None else excerpt(comment),
            )
        )
    return tuple(found)


def _why(failure: int, *, is_mature: bool) -> str | None:
    """Return the first failure reason in words; None where there is none so far."""
    if not failure:
        return None
    reason = FAILURE_REASONS[failure - 1]
    if reason == "unresolved" and not is_mature:
        return "not resolved yet"
    return FAILURE_WORDS[reason]


def low_sections(ws: Workspace, found: tuple[Rated, ...], low: Measure | None) -> list[Section]:
    """Return the low scores as a table, and what was written beside them.

    Args:
        ws: the run.
        found: the low scores to show.
        low: the share of low scores in the period.
    """
    title = "Low scores to look at"
    if low is None or low.value is None or low.numerator is None:
        why = "no score" if low is None else low.reason or "no rating in the period"
        return [Section("low_scores", title, missing=why)]
    if not found:
        text = f"None of {number(low.denominator)} ratings is low."
        return [Section("low_scores", title, text=(text,))]
    text = f"{_how_many(ws, low)}{_the_shown(low, len(found))}"
    sections = [Section("low_scores", title, text=(text,), tables=(_table(ws, found),))]
    quotes = tuple(f"{r.ticket or 'Score ' + r.score}: “{r.comment}”" for r in found if r.comment)
    if quotes:
        sections.append(Section("comments", "What they wrote", text=quotes))
    elif ws.settings.privacy != "all" and ws.has("comment"):
        left_out = f"Comments are left out (--privacy {ws.settings.privacy})."
        sections[0] = Section("low_scores", title, text=(text, left_out), tables=sections[0].tables)
    return sections


def _how_many(ws: Workspace, low: Measure) -> str:
    assert ws.scale is not None
    assert ws.ratings is not None
    assert low.numerator is not None
    k = int(low.numerator)
    verb = "is" if k == 1 else "are"
    which = scores(ws.ratings.low, ws.scale)
    return (
        f"{number(k)} of {number(low.denominator)} ratings {verb} low ({which} on {ws.scale.name})"
    )


def _the_shown(low: Measure, n: int) -> str:
    assert low.numerator is not None
    return f"; the {n} that tell most:" if low.numerator > n else ":"


def _table(ws: Workspace, found: tuple[Rated, ...]) -> Table:
    headings = {"issue_type": "Issue type", "channel": "Channel", "agent": "Agent"}
    kept = [c for c in headings if any(r.names[c] for r in found)]
    if ws.settings.privacy == "none" and "agent" in kept:
        kept.remove("agent")
    columns = {"ticket": "Ticket", "score": "Score", **{c: headings[c] for c in kept}}
    if ws.lacks_fcr is None:
        columns["why"] = "What went wrong so far"
    rows: list[dict[str, Cell]] = []
    for r in found:
        row: dict[str, Cell] = {
            "ticket": r.ticket, "score": r.score, **{c: r.names[c] for c in kept},
            "why": r.why or "nothing known",
        }  # fmt: skip
        rows.append({name: row[name] for name in columns})
    return Table(columns, tuple(rows))


def praised(ws: Workspace, span: Span) -> tuple[Rated, ...]:
    """Return top scores of a period with a comment: those that say most, then the newest."""
    frame = _ratings(ws, span)
    if frame is None or ws.ratings is None or ws.settings.privacy != "all":
        return ()
    said = pl.col("comment").str.strip_chars().str.len_chars().fill_null(0)
    top = max(ws.ratings.codes)
    ranked = (
        _narrow(ws, frame.filter(pl.col("score") == top))
        .with_columns(_said=said.clip(0, READ))
        .filter(pl.col("_said") > 0)
        .sort(["_said", "_at", "ticket_id"], descending=[True, True, False], nulls_last=True)
        .unique("comment", keep="first", maintain_order=True)
        .head(MOST_PRAISED)
        .collect()
    )
    return tuple(r for r in _rated(ws, ranked) if r.comment)


def content_again(ws: Workspace, span: Span) -> str | None:
    """Return how many customers are satisfied in the period after an earlier low score.

    None where there are none, or nobody's name or instant is known.
    """
    now, ever = _ratings(ws, span), _ratings(ws, None)
    if now is None or ever is None:
        return None
    if not {"customer_id", "ticket_id"} <= set(now.collect_schema().names()):
        return None
    known = pl.col("customer_id").is_not_null() & pl.col("_at").is_not_null()
    happy = now.filter(known & pl.col("is_satisfied")).select("customer_id", "ticket_id", "_at")
    lows = ever.filter(known & pl.col("is_low"))
    low = lows.group_by("customer_id").agg(_low=pl.col("_at").min())
    back = (
        happy.join(low, on="customer_id", how="inner")
        .filter(pl.col("_low") < pl.col("_at"))
        .sort("_at", "ticket_id", descending=[True, False])
        .unique("customer_id", keep="first", maintain_order=True)
        .select("ticket_id")
        .collect()
    )
    if not back.height:
        return None
    ids = [short(t) for t in back.get_column("ticket_id").head(3) if not t.startswith(OWN_ID)]
    who = "1 customer is" if back.height == 1 else f"{number(back.height)} customers are"
    which = f": {'ticket' if len(ids) == 1 else 'tickets'} {listed(ids)}" if ids else ""
    more = " and more" if ids and back.height > len(ids) else ""
    return f"{who} satisfied now after an earlier low score{which}{more}."
