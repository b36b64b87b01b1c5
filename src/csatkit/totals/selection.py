"""Which rows of the facts a total counts: family, selection, period, dimensions.

Selections come after the facts: a repeat in another channel or another week still counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from csatkit.facts.build import Facts
from csatkit.facts.clocks import bucket, clock_of
from csatkit.metrics.metric import OF_TICKETS, Family
from csatkit.periods import BUCKETS

__all__ = ["Key", "Ratings", "Selection", "keys_of", "selected", "tag_list"]

Key = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Ratings:
    """How scores are read: codes of the scale that are satisfied, low, detractors."""

    codes: tuple[int, ...]
    satisfied: tuple[int, ...]
    low: tuple[int, ...]
    detractor: tuple[int, ...]
    sources: tuple[str, ...] = ()
    """Scales that the answers came on, where several were converted to one."""
    unsatisfied: tuple[int, ...] = ()
    """What is neither satisfied nor neutral."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows, cut how: applied after the facts."""

    dims: tuple[str, ...] = ()
    start: datetime | None = None
    """First instant, UTC; None for all time."""
    end: datetime | None = None
    """First instant after the period."""
    where: Mapping[Family, pl.Expr] | None = None
    """Family → condition."""
    undated: bool = False
    """The rows that no clock dates instead: what a period leaves behind."""


def keys_of(selection: Selection) -> list[str]:
    """Return the columns that hold the dimensions: `_d0`, `_d1` and so on."""
    return [f"_d{i}" for i in range(len(selection.dims))]


def _rating_facts(
    frame: pl.LazyFrame, columns: frozenset[str], ratings: Ratings | None
) -> pl.LazyFrame:
    if ratings is None or "score" not in columns:
        return frame
    score = pl.col("score")

    def among(codes: Sequence[int]) -> pl.Expr:
        return score.is_in(list(codes)).fill_null(value=False)

    return frame.with_columns(
        is_satisfied=among(ratings.satisfied),
        is_low=among(ratings.low),
        is_detractor=among(ratings.detractor),
        is_unsatisfied=among(ratings.unsatisfied),
        is_top=among(ratings.codes[-1:]),
        net_step=_step(among(ratings.satisfied), among(ratings.unsatisfied)),
        face_step=_step(among(ratings.satisfied), among(ratings.unsatisfied)) + 1,
    )


def _step(satisfied: pl.Expr, unsatisfied: pl.Expr) -> pl.Expr:
    """Return 1 for a satisfied score, -1 for an unsatisfied one, else 0."""
    return satisfied.cast(pl.Int64) - unsatisfied.cast(pl.Int64)


def _survey_facts(frame: pl.LazyFrame, columns: frozenset[str], facts: Facts) -> pl.LazyFrame:
    settings = facts.rules.settings
    end = pl.lit(facts.rules.data_end, dtype=pl.Datetime("us"))
    sent = clock_of("surveys", "family", columns)
    old = (sent + pl.duration(seconds=round(settings.mature_days * 86400)) <= end).fill_null(
        value=False
    )
    counted = old if settings.mature_surveys else pl.lit(value=True)
    new = [old.alias("is_judged_survey"), counted.alias("is_counted_survey")]
    if {"sent_at", "resolution_at"} <= columns:
        delay = pl.col("sent_at") - pl.col("resolution_at")
        after = (delay >= pl.duration()).fill_null(value=False)
        new += [
            after.alias("is_sent_after_resolution"),
            (delay <= pl.duration(hours=2)).fill_null(value=False).alias("is_sent_within_2h"),
        ]
    return frame.with_columns(new)


def _family_frame(facts: Facts, family: Family, ratings: Ratings | None) -> pl.LazyFrame | None:
    if family == "with_merged":
        return facts.with_merged
    if family in OF_TICKETS:
        return facts.tickets
    if family == "deflections":
        return facts.deflections
    if facts.surveys is None:
        return None
    columns = frozenset(facts.surveys.collect_schema().names())
    frame = _rating_facts(facts.surveys, columns, ratings)
    return _survey_facts(frame, columns, facts)


def selected(  # noqa: PLR0917 - as PLR0913: the number follows from the definitions
    facts: Facts,
    family: Family,
    selection: Selection,
    ratings: Ratings | None,
    week_start: int,
    zone: str,
) -> pl.LazyFrame | None:
    """Return the rows of a family inside the selection, with its dimensions beside them.

    Args:
        facts: the run's facts.
        family: which rows.
        selection: which of them, cut how.
        ratings: how scores are read.
        week_start: 0 for Monday … 6 for Sunday.
        zone: where days begin.

    Returns:
        The rows, or None where the input has none of this family.
    """
    frame = _family_frame(facts, family, ratings)
    if frame is None:
        return None
    one_clock = facts.rules.settings.clock
    clock = clock_of(family, one_clock, frozenset(frame.collect_schema().names()))
    if selection.where is not None and family in selection.where:
        frame = frame.filter(selection.where[family])
    if selection.undated:
        return frame.filter(clock.is_null())
    if one_clock != "family":
        frame = frame.filter(clock.is_not_null())
    if selection.start is not None:
        frame = frame.filter(clock >= selection.start)
    if selection.end is not None:
        frame = frame.filter(clock < selection.end)
    keys = dict(zip(selection.dims, keys_of(selection), strict=True))
    dims = [_dimension(dim, clock, week_start, zone).alias(key) for dim, key in keys.items()]
    frame = frame.with_columns(dims) if dims else frame
    return frame.explode(keys["tags"]) if "tags" in keys else frame


def _dimension(name: str, clock: pl.Expr, week_start: int, zone: str) -> pl.Expr:
    if name in BUCKETS:
        return bucket(name, clock, zone, week_start)
    return tag_list(pl.col(name)) if name == "tags" else pl.col(name)


def tag_list(tags: pl.Expr) -> pl.Expr:
    """Split a cell of tags at commas, semicolons or bars, else at blanks."""
    text = tags.cast(pl.String).str.replace_all(r"[\[\]\"]", "")
    split = (
        pl.when(text.str.contains(r"[,;|]"))
        .then(text.str.replace_all(r"\s*[,;|]\s*", "\x1f"))
        .otherwise(text.str.replace_all(r"\s+", "\x1f"))
    )
    parts = split.str.strip_chars(" \x1f").str.split("\x1f")
    return parts.list.eval(pl.element().filter(pl.element() != "")).list.unique()
