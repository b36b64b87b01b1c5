"""`--flips RULE_A RULE_B`: the rows on which two rules differ, each with the reason in words."""

from __future__ import annotations

import polars as pl

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.privacy import hidden
from csatkit.analyses.reconcile.comparing import rows_of, rules_on
from csatkit.analyses.reconcile.outcomes import Outcome, Rule
from csatkit.analyses.rows import table_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.facts.build import OWN_ID
from csatkit.metrics import Metric
from csatkit.report import Report, Section

__all__ = ["flipped"]

_COLUMNS = (
    "ticket_id", "customer_id", "agent", "team", "channel", "issue_type", "created_at",
    "resolved_at", "sent_at", "responded_at", "score", "agent_replies", "customer_replies",
)  # fmt: skip

_STATES = {"counts": "counts", "fails": "fails", "out": "left out"}


def _is_on_surveys(metric: Metric) -> bool:
    return metric.family in ("surveys", "responses")


def flipped(ws: Workspace, asked: tuple[Metric, Metric]) -> Report:
    """Return the rows on which two rules differ.

    Args:
        ws: the run, opened for whole rows.
        asked: the two rules.

    Raises:
        UsageError: one of them can't be computed here.
        NothingToEvaluate: they agree on every row.
    """
    for metric in asked:
        if (lacks := ws.lacks(metric)) is not None:
            raise UsageError(f"--flips: {metric.id} is unavailable: {lacks}")
    span = ws.spans_for(asked[:1], ws.span)[asked[0].id]
    frame = rows_of(ws, span, surveys=_is_on_surveys(asked[0]))
    assert frame is not None
    first, second = rules_on(ws, asked, frame, span)
    rows = frame.with_columns(_state(first), _state(second), _why(first, second))
    names = tuple(metric.id for metric in asked)
    found = rows.filter(pl.col(names[0]) != pl.col(names[1])).collect()
    if found.height == 0:
        raise NothingToEvaluate(f"{names[0]} and {names[1]} agree on every row")
    title = f"{found.height:,} rows on which {names[0]} and {names[1]} differ"
    section = Section("flips", title, tables=(table_of(_shown(ws, found, names)),))
    return Report("reconcile", definitions(ws), inputs(ws), (), (section,),
                  notes=ws.canonical.notes)  # fmt: skip


def _words(rule: Rule, texts: list[str]) -> pl.Expr:
    codes = list(range(len(texts)))
    return rule.code.replace_strict(codes, texts, return_dtype=pl.String)


def _state(rule: Rule) -> pl.Expr:
    texts = [_STATES[outcome.state] for outcome in rule.outcomes]
    return _words(rule, texts).alias(rule.metric.id)


def _told(rule: Rule, outcome: Outcome) -> str | None:
    return None if outcome.state == "counts" else f"{rule.metric.id}: {outcome.words}"


def _why(first: Rule, second: Rule) -> pl.Expr:
    """Say why each rule that doesn't count the row doesn't."""
    told = [
        rule.code.replace_strict(
            list(range(len(rule.outcomes))),
            [_told(rule, o) for o in rule.outcomes],
            return_dtype=pl.String,
        )
        for rule in (first, second)
    ]
    return pl.concat_str(told, separator="; ", ignore_nulls=True).alias("why")


def _shown(ws: Workspace, frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    wanted = [c for c in (*_COLUMNS, *ws.extra_columns) if c in frame.columns]
    text = pl.col(pl.Categorical, pl.Enum).cast(pl.String)
    found = frame.select(*dict.fromkeys(wanted), *names, "why").with_columns(text)
    if "ticket_id" in found.columns:
        real = ~pl.col("ticket_id").str.starts_with(OWN_ID)
        found = found.with_columns(pl.when(real).then("ticket_id").alias("ticket_id"))
    order = [c for c in ("created_at", "sent_at", "ticket_id") if c in found.columns]
    return hidden(found.sort(order, nulls_last=True), ws.settings.privacy)
