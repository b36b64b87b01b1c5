"""From tickets to answers: eligible → offered → answered, unanswered or pending.

Every step is a count over all rows, in one streaming pass per input; what leaves the denominators
has left before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from csatkit.analyses.doctor.doubt import Patient
from csatkit.analyses.doctor.profile import unsent
from csatkit.analyses.doctor.sight import ticket_hash
from csatkit.analyses.workspace import Workspace
from csatkit.schema import fold

__all__ = ["Funnel", "funnel"]

_NO_ROWS = pl.Series("_row", [], dtype=pl.UInt32)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many reach each step; None where the data can't tell."""

    tickets: int | None = None
    eligible: int | None = None
    """Tickets resolved now."""
    offered: int | None = None
    """Surveys sent: a ticket and a sending."""
    answered: int | None = None
    unanswered: int | None = None
    pending: int | None = None
    """Not answered, and younger than `mature_days`."""


def funnel(ws: Workspace, patients: dict[str, Patient]) -> Funnel:
    """Count the steps.

    Args:
        ws: the workspace of the rows in doubt.
        patients: the sources.
    """
    tickets = patients.get("tickets")
    used = eligible = None
    if tickets is not None:
        left = _left(ws, "tickets")
        used = tickets.rows - len(left)
        eligible = _eligible(ws, tickets, left)
    asked = patients.get("surveys") or tickets
    if asked is None or not any(asked.sight.source.has(n) for n in ("score", "sent_at")):
        return Funnel(used, eligible)
    answered, open_, pending = _surveys(ws, asked, tickets)
    if not ws.facts.knows_sent:
        return Funnel(used, eligible, None, answered)
    return Funnel(used, eligible, answered + open_, answered, open_ - pending, pending)


def _left(ws: Workspace, kind: str) -> pl.Series:
    gone = ws.facts.dropped[kind].rows.values() if kind in ws.facts.dropped else ()
    return pl.concat([_NO_ROWS, *(rows.cast(pl.UInt32) for rows in gone)])


def _stays(rows: pl.Series) -> pl.Expr:
    return ~pl.col("_row").is_in(rows.implode()) if len(rows) else pl.lit(value=True)


def _eligible(ws: Workspace, tickets: Patient, left: pl.Series) -> int | None:
    by = ws.facts.rules.resolved_by
    if by is None:
        return None
    frame = tickets.sight.scan([by]).filter(_stays(left))
    if by == "resolved":
        test = pl.col("resolved").fill_null(value=False)
    elif by == "status":
        words = [fold(w) for w in ws.settings.source.resolved_statuses]
        state = pl.col("status").cast(pl.String).str.to_lowercase()
        test = state.str.replace_all(r"[\s_\-]", "").is_in(words).fill_null(value=False)
    else:
        test = pl.col(by).is_not_null()
    return int(frame.select(test.sum()).collect(engine="streaming").item())


def _surveys(ws: Workspace, asked: Patient, tickets: Patient | None) -> tuple[int, int, int]:
    """Return how many surveys are answered, not answered, and of those too young to judge."""
    sight = asked.sight
    names = ["ticket_id", "sent_at", "responded_at", "created_at", "resolved_at", "score"]
    kept = sight.scan([*names, *sight.columns]).filter(sight.is_survey() & ~unsent(sight))
    kept = kept.filter(_stays(_survey_rows_left(ws, asked)))
    if sight.source.kind == "tickets":
        kept = kept.filter(~_is_out(ws))
    score = pl.col("score").is_not_null() if sight.has("score") else pl.lit(value=False)
    one = kept.select(id=_survey_id(asked), answered=score, at=_clock(asked))
    if asked is not tickets and tickets is not None and _undated(asked):
        one = _dated_by_ticket(kept, asked, tickets, score)
    surveys = one.group_by("id").agg(pl.col("answered").any(), pl.col("at").min())
    end = pl.lit(ws.data_end, dtype=pl.Datetime("us"))
    young = (pl.col("at") + timedelta(days=ws.settings.mature_days) > end).fill_null(value=False)
    counts = surveys.select(
        pl.col("answered").sum(),
        open=(~pl.col("answered")).sum(),
        pending=(~pl.col("answered") & young).sum(),
    ).collect(engine="streaming")
    answered, open_, pending = counts.row(0)
    return int(answered), int(open_), int(pending)


def _survey_rows_left(ws: Workspace, asked: Patient) -> pl.Series:
    # Of a ticket row that a later state replaces, the survey still counts.
    return _left(ws, "surveys") if asked.sight.source.kind == "surveys" else _NO_ROWS


def _is_out(ws: Workspace) -> pl.Expr:
    """Tell which ticket rows belong to tickets that are out of every denominator."""
    tickets = ws.facts.all_tickets
    assert tickets is not None
    out = tickets.filter(pl.col("out") > 0).select("_row", "ticket_id")
    gone = [out.get_column("_row").cast(pl.UInt32)]
    later = ws.facts.dropped["tickets"].rows.get("after_as_of")
    if later is not None:
        gone.append(later.cast(pl.UInt32))
    by_row = pl.col("_row").is_in(pl.concat(gone).implode())
    if not ws.has("ticket_id"):
        return by_row
    ids = out.get_column("ticket_id").implode()
    return by_row | pl.col("ticket_id").is_in(ids).fill_null(value=False)


def _survey_id(asked: Patient) -> pl.Expr:
    """Return what makes rows the same survey: ticket and sending; a row without ticket is one."""
    sent = pl.col("sent_at") if asked.sight.has("sent_at") else pl.lit(None, pl.Datetime("us"))
    own = pl.struct(t=pl.lit(None, pl.UInt64), s=pl.lit(None, pl.Datetime("us")), r="_row")
    if not asked.sight.has("ticket_id"):
        return own.hash()
    same = pl.struct(t=ticket_hash(), s=sent, r=pl.lit(None, pl.UInt32))
    return pl.when(pl.col("ticket_id").is_null()).then(own.hash()).otherwise(same.hash())


def _clock(asked: Patient) -> pl.Expr:
    names = [n for n in ("sent_at", "resolved_at", "created_at") if asked.sight.has(n)]
    return pl.coalesce(names) if names else pl.lit(None, dtype=pl.Datetime("us"))


def _undated(asked: Patient) -> bool:
    return asked.profile.filled.get("sent_at", 0) < asked.profile.rows


def _dated_by_ticket(
    kept: pl.LazyFrame, asked: Patient, tickets: Patient, score: pl.Expr
) -> pl.LazyFrame:
    """Date surveys without a sending by their ticket."""
    clock = [n for n in ("resolved_at", "created_at") if tickets.sight.has(n)]
    if not clock or asked.ids is None or tickets.ids is None:
        return kept.select(id=_survey_id(asked), answered=score, at=_clock(asked))
    of_tickets = tickets.sight.scan(["ticket_id", *clock]).select(
        key=ticket_hash(), anchor=pl.coalesce(clock)
    )
    of_tickets = (
        of_tickets.filter(pl.col("key").is_not_null()).group_by("key").agg(pl.col("anchor").max())
    )
    sent = pl.col("sent_at") if asked.sight.has("sent_at") else pl.lit(None, pl.Datetime("us"))
    one = kept.select(id=_survey_id(asked), answered=score, sent=sent, key=ticket_hash())
    joined = one.join(of_tickets, on="key", how="left")
    return joined.select("id", "answered", at=pl.coalesce("sent", "anchor"))
