"""Which surveys broke a rule of courtesy, and how often each rule was broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.privacy import hidden
from csatkit.analyses.rows import table_of
from csatkit.analyses.surveying.rows import low_scores, share
from csatkit.analyses.workspace import Workspace
from csatkit.facts.clocks import local
from csatkit.facts.fatigue import RULES, audited, not_measured
from csatkit.facts.own_ids import OWN_ID
from csatkit.render.values import number, quantity
from csatkit.report import Cell, Measure, Section, Table

__all__ = [
    "MOST_ASKED",
    "WORDS",
    "Audit",
    "audit",
    "fatigue_section",
    "violations",
    "violations_section",
]

WORDS: Mapping[str, str] = {
    "within_30_days": "a further survey of a customer within 30 days",
    "after_low_score": "within 14 days after a low score",
    "vip_quarter": "a VIP customer a second time in a quarter",
    "mid_conversation": "before the ticket was resolved",
    "social_unresolved": "about an unresolved case on social media",
}
"""Rule → what a survey did that broke it."""

MOST_ASKED = 60.0
"""Surveys per 100 tickets above which customers tire of being asked (metrics.md §8)."""

MOST_SHOWN = 5
"""Violations of each rule that a table for people shows; the pattern is in the counts, the rest in
the JSON."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The surveys of the selection that break a rule."""

    broken: pl.DataFrame
    """One row per such survey: its names and instants, and a flag per rule."""
    n_dated: int
    """Surveys whose sending is dated: those that the rules can be asked of."""
    n_undated: int
    lacks: Mapping[str, str]

    def count(self, rule: str) -> int:
        """Return how many surveys break a rule."""
        return int(self.broken.get_column(rule).sum()) if self.broken.height else 0

    @property
    def n_too_soon(self) -> int:
        """Return how many surveys asked a customer again too soon, by any of the three rules."""
        return self.broken.filter(pl.any_horizontal(RULES[:3])).height


def audit(ws: Workspace, rows: pl.DataFrame) -> Audit:
    """Ask every rule of every survey of the selection."""
    asked = rows.filter("is_survey")
    dated = asked.filter(pl.col("sent_at").is_not_null())
    found = audited(ws.facts, low_scores(ws), ws.zone)
    broken = dated.join(found, left_on="key", right_on="_key", how="inner").sort(
        "sent_at", "ticket_id", "key"
    )
    return Audit(broken, dated.height, asked.height - dated.height, not_measured(ws.facts))


def fatigue_section(ws: Workspace, found: Audit, ratio: Measure | None) -> Section:
    """Return how many surveys break each rule.

    Args:
        ws: the run.
        found: the audit.
        ratio: surveys per 100 tickets, None where that isn't known.
    """
    rows: list[dict[str, Cell]] = []
    for rule in RULES:
        if rule in found.lacks:
            rows.append({"rule": WORDS[rule], "broken": None, "share": None, "interval": None,
                         "missing": found.lacks[rule]})  # fmt: skip
            continue
        k = found.count(rule)
        cells = share(k, found.n_dated, ws.settings.level, ("share", "interval"))
        rows.append({"rule": WORDS[rule], "broken": k, **cells, "missing": None})
    columns = {"rule": "A survey sent", "broken": "Times", "share": "Of surveys",
               "interval": "Interval", "missing": "Not measured"}  # fmt: skip
    if not found.lacks:
        del columns["missing"]
    table = Table(columns, tuple(rows), frozenset({"broken", "interval"}), {"share": "percent"})
    return Section("fatigue", "Rules of courtesy", _told(found, ratio), tables=(table,))


def _told(found: Audit, ratio: Measure | None) -> tuple[str, ...]:
    n = found.broken.height
    verb = "breaks" if n == 1 else "break"
    lines = [f"{number(n)} of {number(found.n_dated)} surveys {verb} at least one rule."]
    if ratio is not None and ratio.value is not None:
        side = "above" if ratio.value > MOST_ASKED else "within"
        lines.append(
            f"{quantity(ratio.value, 'percent')} of tickets are surveyed, {side} the limit of "
            f"{MOST_ASKED:g} %."
        )
    if found.n_undated:
        lines.append(f"{number(found.n_undated)} surveys without a sending time aren't judged.")
    reopened = found.broken.filter(pl.col("mid_conversation") & pl.col("is_reopened")).height
    if reopened:
        lines.append(
            f"{number(reopened)} of those sent before the resolution belong to tickets that were "
            "reopened: they may have followed an earlier resolution, which the export doesn't "
            "keep."
        )
    return tuple(lines)


def violations(ws: Workspace, found: Audit, rule: str | None = None) -> pl.DataFrame:
    """Return one row per survey and rule that it breaks, in the order of sending.

    Args:
        ws: the run.
        found: the audit.
        rule: one of `RULES`; None for all.
    """
    parts = [
        found.broken.filter(pl.col(name)).with_columns(
            rule=pl.lit(name),
            since=pl.col(_SINCE[name]) if name in _SINCE else pl.lit(None, pl.Datetime("us")),
        )
        for name in (RULES if rule is None else (rule,))
    ]
    every = pl.concat(parts).sort("sent_at", "ticket_id", "rule", "key")
    own = pl.col("ticket_id").str.starts_with(OWN_ID)
    shown = every.select(
        pl.when(~own).then("ticket_id").alias("ticket_id"),
        "customer_id", "agent", "channel", "sent_at", "rule", "since",
    )  # fmt: skip
    known = [c for c in shown.columns if c not in _OPTIONAL or shown.get_column(c).count()]
    return hidden(shown.select(known), ws.settings.privacy)


_SINCE = {
    "within_30_days": "previous_at",
    "after_low_score": "low_at",
    "vip_quarter": "previous_at",
    "mid_conversation": "resolution_at",
    "social_unresolved": "resolution_at",
}
"""Rule → the instant that shows it: the survey before, the low score, the resolution to come."""

_OPTIONAL = ("customer_id", "agent", "channel")


def violations_section(ws: Workspace, found: Audit, *, brief: bool) -> Section | None:
    """Return the violations one by one, None where there are none."""
    rows = violations(ws, found)
    if not rows.height:
        return None
    title = "Violations one by one"
    if not brief:
        return Section("violations", title, tables=(table_of(rows),))
    head = rows.reverse().filter(pl.int_range(pl.len()).over("rule") < MOST_SHOWN)
    text: tuple[str, ...] = ()
    if head.height < rows.height:
        every = "--tickets-of within_30_days and so on lists all of one, --format json all "
        text = (f"The newest {MOST_SHOWN} of each rule; {every}{number(rows.height)}.",)
    moments = [
        local(pl.col(c), ws.zone).dt.strftime("%Y-%m-%d %H:%M").alias(c)
        for c in ("sent_at", "since")
    ]
    shown = tuple(head.drop("agent", "channel", strict=False).with_columns(moments).to_dicts())
    headings = {"ticket_id": "Ticket", "customer_id": "Customer", "sent_at": "Sent",
                "rule": "Rule", "since": "Survey, score or resolution"}  # fmt: skip
    columns = {c: h for c, h in headings.items() if c in head.columns}
    return Section("violations", title, text, tables=(Table(columns, shown),))
