"""From canonical rows to facts: one row per ticket, one per survey row, nothing sideways after.

The order matters and is the same everywhere: replay, one row per ticket, exclusions, links,
outcome, surveys. Every row that leaves is kept by number with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from csatkit.facts import surveys as sv
from csatkit.facts.adding import Collect, at_once
from csatkit.facts.attach import attach
from csatkit.facts.dedupe import RowText, superseded
from csatkit.facts.dropped import Dropped, without
from csatkit.facts.exclude import REASONS, out_reason
from csatkit.facts.kept import InMemory, Kept
from csatkit.facts.links import with_links
from csatkit.facts.other_rules import counts_or_merged, with_other_rules
from csatkit.facts.outcome import RESOLUTION, outcome, resolved_by
from csatkit.facts.own_ids import OWN_ID, own_survey_ids, own_ticket_ids
from csatkit.facts.replay import replayed
from csatkit.facts.rules import Rules
from csatkit.schema import SURVEYS
from csatkit.settings import Settings

__all__ = ["OWN_ID", "Dropped", "Facts", "Recipe", "Rows", "as_of", "build", "current", "rules_of"]

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
    facts: frozenset[str] | None = None
    """Facts by name that other systems' rules need; None means all that can be known."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the totals need.

    `tickets` has one row per ticket that counts; `surveys` one per survey row whose ticket does.
    `kept` has those out of the denominators too, with `out` > 0.
    """

    rules: Rules
    tickets: pl.LazyFrame | None
    surveys: pl.LazyFrame | None
    kept: Kept | None
    has_survey: frozenset[str]
    dropped: Mapping[str, Dropped]
    unmatched: pl.DataFrame | None
    """Survey rows whose ticket isn't in the ticket file."""
    knows_sent: bool
    """Whether the source tells surveys that were sent from those that were answered."""
    knows_second: bool = False
    """Whether anybody could have been seen to rate again; see `outreach.with_recovery`."""
    deflections: pl.LazyFrame | None = None
    """The deflected rows, where they are asked for; see `deflection.with_deflection`."""
    holds: object = None
    """What has to live as long as the lazy frames: their files go with it."""
    collect: Collect = at_once
    """Carries out aggregations that add up, wherever the rows lie."""
    n_parts: int = 1
    """Into how many parts whoever groups by customer should cut, so that each fits into memory."""

    @property
    def with_merged(self) -> pl.LazyFrame | None:
        """Return the tickets that count, and those merged away."""
        return None if self.kept is None else self.kept.lazy().filter(counts_or_merged())

    @property
    def all_tickets(self) -> pl.DataFrame | None:
        """Return the kept tickets in memory: for lists of rows, which are held anyway."""
        return None if self.kept is None else self.kept.collect()


@dataclass(frozen=True, slots=True)
class _Asked:
    """Survey rows of a survey file, or those taken out of the ticket rows."""

    frame: pl.DataFrame
    inside: bool
    has: frozenset[str]
    knows_sent: bool


def rules_of(
    settings: Settings,
    data_end: datetime | None,
    has: frozenset[str] | None,
    columns: Set[str] = frozenset(),
    filled: Set[str] = frozenset(),
) -> Rules:
    """Return the rules as far as the data decides them; judged before anything is replayed.

    Args:
        settings: the run's settings.
        data_end: the instant at which the export was cut.
        has: canonical columns of the tickets; None where there are none.
        columns: those of them that the run reads.
        filled: those of them that hold a value in any row.
    """
    # Without tickets there is nothing to fall back on, so the asked key stands.
    by_issue = settings.repeat_on == "issue" and (has is None or "issue_type" in has)
    return Rules(
        settings=settings,
        data_end=data_end,
        has=has or frozenset(),
        resolved_by=None if has is None else resolved_by(columns, filled),
        repeat_on="issue" if by_issue else "customer",
    )


def _rules(settings: Settings, data_end: datetime | None, tickets: Rows | None) -> Rules:
    if tickets is None:
        return rules_of(settings, data_end, None)
    frame = tickets.frame
    deciding = [c for c in RESOLUTION if c in frame.columns]
    filled = {c for c in deciding if frame.get_column(c).null_count() < frame.height}
    return rules_of(settings, data_end, tickets.has, {*frame.columns}, filled)


def _replayed(
    frame: pl.DataFrame, at: datetime | None, born: Sequence[str], dropped: Dropped
) -> pl.DataFrame:
    known = [c for c in born if c in frame.columns]
    if at is None or not known:
        return frame
    frame, gone = replayed(frame, at, born=pl.coalesce(known))
    dropped.add("after_as_of", gone)
    return frame


def as_of(frame: pl.DataFrame, at: datetime | None, dropped: Dropped) -> pl.DataFrame:
    """Return ticket rows as they stood at an instant; those not yet born leave."""
    return _replayed(frame, at, ("created_at", "resolved_at"), dropped)


def current(
    frame: pl.DataFrame, row_text: RowText, at: datetime | None, dropped: Dropped
) -> pl.DataFrame:
    """Return one row per ticket, as they stood at an instant.

    Args:
        frame: ticket rows with `_row`, `ticket_id`, the instants of a ticket's birth and those
            that order its rows.
        row_text: reads whole rows again.
        at: the instant of a replay.
        dropped: takes the rows that leave.
    """
    frame = as_of(frame, at, dropped)
    losers = superseded(frame, row_text)
    dropped.add("duplicate_id", losers)
    return without(frame, losers)


def _tickets(rows: Rows, rules: Rules, recipe: Recipe, dropped: Dropped) -> pl.DataFrame:
    """Return one row per ticket with its outcome, those out of the denominators included."""
    frame = current(rows.frame, rows.row_text, recipe.replay_at, dropped)
    frame = _judged(frame, rules, dropped)
    contacts = recipe.contacts and {"created_at", "customer_id"} <= set(frame.columns)
    if contacts:
        is_contact = pl.col("out").is_in([0, _MERGED])
        frame = with_links(frame, rules.repeat_on, is_contact)
    frame = outcome(frame, rules, contacts=contacts, times=recipe.times)
    return with_other_rules(frame, rules, recipe.facts)


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
    part: int = 0,
) -> Facts:
    """Compute the facts of one run, or of a part that keeps each customer's rows together.

    Args:
        tickets: canonical ticket rows; they may carry survey columns.
        surveys: canonical rows of a survey file.
        settings: the run's settings.
        data_end: the instant at which the export was cut.
        recipe: what to compute; default everything.
        rules: what the whole decided, where these rows are a part of it.
        part: number of this part, so that rows without an id get one that no other part gives.

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
        tickets = replace(tickets, frame=own_ticket_ids(tickets.frame, part))
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
        kept=None if found is None else InMemory(found),
        has_survey=frozenset() if asked is None else asked.has,
        dropped=dropped,
        unmatched=None if joined is None else joined.unmatched,
        knows_sent=asked is not None and asked.knows_sent,
    )
