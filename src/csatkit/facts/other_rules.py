"""What the rules of other systems ask of a ticket: replies, other windows, any issue, merged.

Only what a run's metrics name is computed; a fact whose column is missing is left out, and with it
the metrics that need it. Nothing here changes what csatkit's own rules see.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from csatkit.facts.exclude import REASONS
from csatkit.facts.links import with_links
from csatkit.facts.rules import Rules

__all__ = ["MERGED", "counts_or_merged", "with_other_rules", "within"]

MERGED = 1 + REASONS.index("merged")
"""Code of the tickets that are out of every denominator of csatkit and still count as contacts."""

_ANY_ISSUE = "next_any_created_at"
"""When the customer's next ticket of any issue was opened."""

_LINKED = frozenset({"next_created_at", "has_other_failure"})


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact, and the columns without which it isn't known."""

    columns: frozenset[str]
    made: Callable[[Rules], pl.Expr]


def counts_or_merged() -> pl.Expr:
    """Return whether a ticket counts or was merged away."""
    return pl.col("out").is_in([0, MERGED])


def _no(expr: pl.Expr) -> pl.Expr:
    """Take an unknown as false."""
    return expr.fill_null(value=False)


def _of_count(column: str, condition: Callable[[pl.Expr], pl.Expr]) -> _Fact:
    return _Fact(frozenset({column}), lambda _: _no(condition(pl.col(column))))


def _end(rules: Rules) -> pl.Expr:
    return pl.lit(rules.data_end, dtype=pl.Datetime("us"))


def _mature(days: int) -> _Fact:
    window = timedelta(days=days)
    return _Fact(frozenset(), lambda rules: _no(pl.col("anchor") + window <= _end(rules)))


def within(column: str, days: int) -> pl.Expr:
    """Return whether an instant lies no more than so many days after the anchor of its ticket."""
    return _no(pl.col(column) <= pl.col("anchor") + timedelta(days=days))


def _first_contact(days: int) -> _Fact:
    """Return first contact resolution by the run's failure reasons with another window."""

    def made(rules: Rules) -> pl.Expr:
        failed = pl.col("has_other_failure")
        if rules.measured("repeat"):
            failed |= within("next_created_at", days)
        return ~failed

    return _Fact(_LINKED, made)


_FACTS: dict[str, _Fact] = {
    "has_agent_replies": _of_count("agent_replies", lambda c: c.is_not_null()),
    "has_agent_reply": _of_count("agent_replies", lambda c: c > 0),
    "is_one_reply": _of_count("agent_replies", lambda c: c == 1),
    "is_under_two_replies": _of_count("agent_replies", lambda c: c < 2),
    "has_customer_replies": _of_count("customer_replies", lambda c: c.is_not_null()),
    "is_without_customer_reply": _of_count("customer_replies", lambda c: c == 0),
    # A ticket reopened and solved again was solved once more often than it was reopened.
    "n_solves_less_one": _Fact(
        frozenset(),
        lambda _: pl.max_horizontal(
            pl.lit(0), pl.col("n_reopens") - (~pl.col("is_resolved")).cast(pl.Int32)
        ),
    ),
    "is_mature_5d": _mature(5),
    "is_mature_7d": _mature(7),
    "is_first_contact_5d": _first_contact(5),
    "is_first_contact_7d": _first_contact(7),
    "is_contacted_again_7d": _Fact(frozenset({_ANY_ISSUE}), lambda _: within(_ANY_ISSUE, 7)),
}


def _with_any_issue(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Add when the customer's next ticket was opened, whatever it is about."""
    if rules.repeat_on == "customer":
        return frame.with_columns(pl.col("next_created_at").alias(_ANY_ISSUE))
    narrow = frame.select("_row", "ticket_id", "created_at", "customer_id", "out")
    found = with_links(narrow, "customer", counts_or_merged())
    return frame.with_columns(found.get_column("next_created_at").alias(_ANY_ISSUE))


def with_other_rules(
    frame: pl.DataFrame, rules: Rules, asked: Set[str] | None = None
) -> pl.DataFrame:
    """Add the facts of other systems' rules that are asked for and can be known.

    Args:
        frame: tickets with their outcome, those out of the denominators included.
        rules: the run's rules.
        asked: names of facts; default all.
    """
    wanted = {n: f for n, f in _FACTS.items() if asked is None or n in asked}
    if not wanted:
        return frame
    if any(_ANY_ISSUE in f.columns for f in wanted.values()) and set(frame.columns) >= _LINKED:
        frame = _with_any_issue(frame, rules)
    have = set(frame.columns)
    return frame.with_columns(
        f.made(rules).alias(n) for n, f in wanted.items() if f.columns <= have
    )
