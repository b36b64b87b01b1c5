"""From canonical rows to facts: one row per ticket, one per survey row, nothing sideways after.

The order matters and is the same everywhere: replay, one row per ticket, exclusions, links,
outcome, surveys. Every row that leaves is kept by number with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from csatkit.facts import surveys as sv
from csatkit.facts.attach import attach
from csatkit.facts.dedupe import RowText, superseded
from csatkit.facts.dropped import Dropped, without
from csatkit.facts.exclude import REASONS, out_reason
from csatkit.facts.links import with_links
from csatkit.facts.outcome import outcome, resolved_by
from csatkit.facts.own_ids import OWN_ID, own_survey_ids, own_ticket_ids
from csatkit.facts.replay import replayed
from csatkit.facts.rules import Rules
from csatkit.schema import SURVEYS
from csatkit.settings import Settings

__all__ = ["OWN_ID", "Dropped", "Facts", "Recipe", "Rows", "build"]

_MERGED = 1 + REASONS.index("merged")
"""Code of the tickets that are out of every denominator and still count as contacts."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Canonical rows of one input, with the way to read whole rows again."""

    frame: pl.DataFrame
    has: frozenset[str]
    row_text: RowText
    left: Mapping[str, pl.Series] = field(default_factory=dict)
    """Reason → `_row` of what the loader knows to be no data; not in `frame`."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is asked of the facts, so that nothing else is computed."""

    contacts: bool = True
    times: bool = True
    comments: bool = True
    """Whether comments are looked at; they always take part in the order of answers."""
    replay_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the totals need.

    `tickets` has one row per ticket that counts; `surveys` one per survey row whose ticket does.
    `all_tickets` keeps those out of the denominators too, with `out` > 0.
    """

    rules: Rules
    tickets: pl.LazyFrame | None
    surveys: pl.LazyFrame | None
    all_tickets: pl.DataFrame | None
    has_survey: frozenset[str]
    dropped: Mapping[str, Dropped]
    unmatched: pl.DataFrame | None
    """Survey rows whose ticket isn't in the ticket file."""
    knows_sent: bool
    """Whether the source tells surveys that were sent from those that were answered."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Survey rows of a survey file, or those taken out of the ticket rows."""

    frame: pl.DataFrame
    inside: bool
    has: frozenset[str]
    knows_sent: bool


def _rules(settings: Settings, data_end: datetime | None, tickets: Rows | None) -> Rules:
    """Return the rules as far as the data decides them; judged before anything is replayed."""
    has = frozenset[str]() if tickets is None else tickets.has
    # Without tickets there is nothing to fall back on, so the asked key stands.
    by_issue = settings.repeat_on == "issue" and (tickets is None or "issue_type" in has)
    return Rules(
        settings=settings,
        data_end=data_end,
        has=has,
        resolved_by=None if tickets is None else resolved_by(tickets.frame),
        repeat_on="issue" if by_issue else "customer",
    )


def _replayed(
    frame: pl.DataFrame, at: datetime | None, born: Sequence[str], dropped: Dropped
) -> pl.DataFrame:
    known = [c for c in born if c in frame.columns]
    if at is None or not known:
        return frame
    frame, gone = replayed(frame, at, born=pl.coalesce(known))
    dropped.add("after_as_of", gone)
    return frame


def _tickets(rows: Rows, rules: Rules, recipe: Recipe, dropped: Dropped) -> pl.DataFrame:
    """Return one row per ticket with its outcome, those out of the denominators included."""
    frame = _replayed(rows.frame, recipe.replay_at, ("created_at", "resolved_at"), dropped)
    losers = superseded(frame, rows.row_text)
    dropped.add("duplicate_id", losers)
    frame = without(frame, losers)
    frame = _judged(frame, rules, dropped)
    contacts = recipe.contacts and {"created_at", "customer_id"} <= set(frame.columns)
    if contacts:
        is_contact = pl.col("out").is_in([0, _MERGED])
        frame = with_links(frame, rules.repeat_on, is_contact)
    return outcome(frame, rules, contacts=contacts, times=recipe.times)


def _judged(frame: pl.DataFrame, rules: Rules, dropped: Dropped) -> pl.DataFrame:
    """Add `out`: 0 where the row counts, else the code of the reason why it doesn't."""
    codes = out_reason(frame, rules.settings.source.exclude)
    if codes is None:
        return frame.with_columns(out=pl.lit(0, dtype=pl.UInt8))
    frame = frame.with_columns(out=codes)
    dropped.add_coded(REASONS, frame, "_row")
    return frame


def _asked(
    tickets: Rows | None, surveys: Rows | None, at: datetime | None, dropped: Dropped
) -> _Asked | None:
    """Return the survey rows of a survey file, else those inside the ticket rows."""
    if surveys is not None:
        raw, inside, has = surveys.frame, False, surveys.has
    elif tickets is not None and tickets.has & {"score", "sent_at"}:
        raw, inside, has = sv.survey_rows(tickets.frame), True, frozenset(SURVEYS) & tickets.has
    else:
        return None
    unsent = sv.not_sent(raw)
    sent = without(raw, unsent)
    dropped.add("not_sent", unsent)
    knows = "sent_at" in has if "score" not in has else bool(sent["score"].null_count())
    frame = _replayed(sent, at, ("sent_at", "responded_at"), dropped)
    repeats = sv.repeated_rows(frame, embedded=inside)
    dropped.add("duplicate_row", repeats)
    frame = without(frame, repeats)
    return _Asked(frame if inside else own_survey_ids(frame), inside, has, knows)


@dataclass(frozen=True, slots=True)
class _Joined:
    tickets: pl.DataFrame | None
    surveys: pl.LazyFrame
    unmatched: pl.DataFrame | None


def _flagged(
    frame: pl.DataFrame, rating: str, recipe: Recipe
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    once, many = sv.flagged(frame, rating)
    if recipe.comments or "comment" not in frame.columns:
        return once, many
    return once.drop("comment"), None if many is None else many.drop("comment")


def _alone(asked: _Asked, rules: Rules, recipe: Recipe, dropped: Dropped) -> _Joined:
    """Flag surveys without tickets; what leaves the denominators is told by their own columns."""
    counting = _judged(asked.frame, rules, dropped).filter(pl.col("out") == 0)
    once, many = _flagged(counting, rules.settings.rating, recipe)
    parts = [once.lazy()] if many is None else [once.lazy(), many.lazy()]
    return _Joined(None, pl.concat(parts, how="diagonal"), None)


def _joined(
    asked: _Asked, tickets: pl.DataFrame, rules: Rules, recipe: Recipe, dropped: Dropped
) -> _Joined:
    """Flag the surveys and put them beside their tickets."""
    once, many = _flagged(asked.frame, rules.settings.rating, recipe)
    found = attach(tickets, once, many)
    if not asked.inside:
        if found.unmatched is not None:
            dropped.add("no_ticket", found.unmatched.get_column("_row"))
        out = found.surveys.filter(pl.col("out") > 0).select("_survey_row", "out").collect()
        dropped.add_coded(REASONS, out, "_survey_row")
    # A survey inside a ticket row has no ticket only where that row was still unknown.
    unmatched = None if asked.inside else found.unmatched
    return _Joined(found.tickets, found.surveys.filter(pl.col("out") == 0), unmatched)


def build(
    tickets: Rows | None,
    surveys: Rows | None,
    settings: Settings,
    data_end: datetime | None,
    recipe: Recipe | None = None,
    *,
    rules: Rules | None = None,
) -> Facts:
    """Compute the facts of one run, or of a part that keeps each customer's rows together.

    Args:
        tickets: canonical ticket rows; they may carry survey columns.
        surveys: canonical rows of a survey file.
        settings: the run's settings.
        data_end: the instant at which the export was cut.
        recipe: what to compute; default everything.
        rules: what the whole decided, where these rows are a part of it.

    Returns:
        The facts; nothing is aggregated yet.
    """
    recipe = recipe or Recipe()
    dropped = {"tickets": Dropped(), "surveys": Dropped()}
    # Rows of a survey inside a ticket row are accounted for by the ticket row.
    of_surveys = Dropped() if surveys is None else dropped["surveys"]
    for kind, rows in (("tickets", tickets), ("surveys", surveys)):
        for reason, numbers in ({} if rows is None else rows.left).items():
            dropped[kind].add(reason, numbers)
    if rules is None:
        rules = _rules(settings, data_end, tickets)
    found, joined = None, None
    if tickets is not None:
        tickets = replace(tickets, frame=own_ticket_ids(tickets.frame))
        found = _tickets(tickets, rules, recipe, dropped["tickets"])
    asked = _asked(tickets, surveys, recipe.replay_at, of_surveys)
    if asked is not None:
        joined = (
            _alone(asked, rules, recipe, of_surveys)
            if found is None
            else _joined(asked, found, rules, recipe, of_surveys)
        )
        found = joined.tickets
    return Facts(
        rules=rules,
        tickets=None if found is None else found.lazy().filter(pl.col("out") == 0),
        surveys=None if joined is None else joined.surveys,
        all_tickets=found,
        has_survey=frozenset() if asked is None else asked.has,
        dropped=dropped,
        unmatched=None if joined is None else joined.unmatched,
        knows_sent=asked is not None and asked.knows_sent,
    )
