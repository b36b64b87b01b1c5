"""The ratings of everybody, once, and what one agent's pack takes from them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from csatkit.analyses.contrasts import FALSE_DISCOVERY_RATE
from csatkit.analyses.digest.words import READ
from csatkit.analyses.workspace import Workspace
from csatkit.facts.clocks import clock_of
from csatkit.periods import Span
from csatkit.stats.contrast import difference_test
from csatkit.stats.funnel import FunnelUnit, funnel
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.stats.shrinkage import ShrunkenRate, shrink

__all__ = [
    "THANKS", "Below", "Ratings", "gathered", "lows_for", "thanks_for", "tops_for", "wins_of",
]  # fmt: skip

MOST_LOW = 5
"""Low-scored conversations of a pack: as many as a talk has room for (metrics.md §8)."""

FEWEST_LOW = 3
"""How many there are if older ones have to help."""

MOST_TOP = 3

THANKS = timedelta(hours=48)
"""Top scores up to so old at the data end are still news to be thankful for."""

_TEXT = ("agent", "team", "customer_id", "issue_type", "channel")


@dataclass(frozen=True, slots=True)
class Below:
    """An issue type on which an agent is credibly below the others."""

    issue_type: str
    k: int
    n: int
    shrunken: ShrunkenRate
    others: float


@dataclass(frozen=True, slots=True)
class Ratings:
    """All ratings of the selection as narrow rows, and where agents stand among the others."""

    frame: pl.DataFrame
    earlier: pl.DataFrame
    """Each customer's first low score ever: `customer_id`, `low_at`."""
    units: Mapping[str, FunnelUnit]
    below: Mapping[str, tuple[Below, ...]]
    compared: int
    """Agents × issue types that were looked at."""

    @property
    def agents(self) -> tuple[str, ...]:
        """Return everybody who has a rating, by name."""
        return tuple(self.frame.get_column("agent").drop_nulls().unique().sort().to_list())

    def of(self, agent: str) -> pl.DataFrame:
        """Return an agent's ratings."""
        return self.frame.filter(pl.col("agent") == agent)


def gathered(ws: Workspace, span: Span | None) -> Ratings | None:
    """Return the ratings of the selection; None where no score or no agent is known."""
    now, ever = _rows(ws, span), _rows(ws, None)
    if now is None or ever is None:
        return None
    frame = now.collect()
    lows = ever.filter("is_low").filter(
        pl.col("customer_id").is_not_null() & pl.col("at").is_not_null()
    )
    earlier = lows.group_by("customer_id").agg(low_at=pl.col("at").min()).collect()
    below, compared = _below(frame, ws)
    return Ratings(frame, earlier, _units(frame), below, compared)


def _rows(ws: Workspace, span: Span | None) -> pl.LazyFrame | None:
    if ws.ratings is None:
        return None
    frame = ws.rows("responses", (), span)
    columns = frozenset() if frame is None else frozenset(frame.collect_schema().names())
    if frame is None or not {"score", "agent"} <= columns:
        return None
    text = pl.lit(None, dtype=pl.String)
    comment = pl.col("comment") if "comment" in columns else text
    if ws.settings.privacy != "all":
        comment = text  # not even its existence may decide what is shown
    failure = pl.col("failure") if "failure" in columns and ws.lacks_fcr is None else pl.lit(0)
    mature = pl.col("is_mature") if "is_mature" in columns else pl.lit(value=False)
    return frame.filter("is_rating").select(
        "ticket_id", "score", "is_low", "is_satisfied", "is_top",
        *(pl.col(c).cast(pl.String) if c in columns else text.alias(c) for c in _TEXT),
        at=clock_of("responses", ws.settings.clock, columns),
        comment=comment.str.slice(0, READ + 1),
        failure=failure.cast(pl.Int32).fill_null(0),
        mature=mature,
    )  # fmt: skip


def _units(frame: pl.DataFrame) -> dict[str, FunnelUnit]:
    """Return every agent against the others on the same issue types and channels."""
    cells = _cells(frame, "issue_type", "channel")
    strata: dict[str, dict[Hashable, tuple[int, int]]] = {}
    for agent, *key, k, n in cells.iter_rows():
        strata.setdefault(agent, {})[tuple(key)] = (k, n)
    found = funnel(list(strata.values())) if len(strata) > 1 else None
    if found is None:
        return {}
    return {a: u for a, u in zip(strata, found.units, strict=True) if u is not None}


def _cells(frame: pl.DataFrame, *dims: str) -> pl.DataFrame:
    named = frame.filter(pl.col("agent").is_not_null())
    counts = named.group_by("agent", *dims).agg(k=pl.col("is_satisfied").sum(), n=pl.len())
    return counts.sort("agent", *dims, nulls_last=True)


def _below(frame: pl.DataFrame, ws: Workspace) -> tuple[dict[str, tuple[Below, ...]], int]:
    """Return the issue types on which each agent is below the others beyond noise.

    Three things must hold: at least `min_n` ratings; the whole interval of the shrunken rate lies
    below the others' rate on the type; and the difference survives Benjamini-Hochberg over all
    agents and types, since all of them are looked at.
    """
    cells = _cells(frame.filter(pl.col("issue_type").is_not_null()), "issue_type")
    tried: list[tuple[str, Below, float]] = []
    for (issue,), mine in cells.sort("issue_type").group_by("issue_type", maintain_order=True):
        counts = [(int(k), int(n)) for k, n in mine.select("k", "n").iter_rows()]
        shrunken = shrink(counts, ws.settings.level)
        if shrunken is None:
            continue
        all_k, all_n = (sum(c) for c in zip(*counts, strict=True))
        agents = mine.get_column("agent").to_list()
        for agent, (k, n), rate in zip(agents, counts, shrunken.groups, strict=True):
            test = difference_test(k, n, all_k - k, all_n - n)
            if n >= ws.settings.min_n and rate is not None and test is not None and all_n > n:
                others = (all_k - k) / (all_n - n)
                tried.append((agent, Below(str(issue), k, n, rate, others), test.p_value))
    if not tried:
        return {}, 0
    picked = benjamini_hochberg([p for _, _, p in tried], FALSE_DISCOVERY_RATE).is_discovery
    found: dict[str, tuple[Below, ...]] = {}
    for (agent, below, _), yes in zip(tried, picked, strict=True):
        if yes and below.shrunken.interval.high < below.others:
            found[agent] = (*found.get(agent, ()), below)
    return found, len(tried)


def lows_for(mine: pl.DataFrame, since: datetime | None) -> pl.DataFrame:
    """Return low-scored conversations: new ones, of as many issue types as there are.

    Args:
        mine: an agent's ratings.
        since: when the last pack was made; older ones only fill up to `FEWEST_LOW`.
    """
    ranked = (
        mine.filter("is_low")
        .with_columns(_old=_is_old(since))
        .sort("_old", "at", "ticket_id", descending=[False, True, False], nulls_last=True)
        # A type that a new conversation shows is no news among the old ones either.
        .with_columns(_nth=pl.int_range(pl.len()).over("issue_type"))
        .sort("_old", "_nth", maintain_order=True)
        .head(MOST_LOW)
        .with_row_index("_place")
        .filter(~pl.col("_old") | (pl.col("_place") < FEWEST_LOW))
    )
    return ranked.sort("at", "ticket_id", descending=[True, False], nulls_last=True)


def tops_for(mine: pl.DataFrame, since: datetime | None) -> pl.DataFrame:
    """Return conversations with the best score: new ones first, with a comment, of different types.

    Args:
        mine: an agent's ratings.
        since: when the last pack was made, which has shown older ones.
    """
    written = pl.col("comment").str.strip_chars().str.len_bytes().fill_null(0) > 0
    order = ["_old", "_silent"]
    return (
        mine.filter("is_top")
        .with_columns(_old=_is_old(since), _silent=~written)
        .sort(*order, "at", "ticket_id", descending=[False, False, True, False], nulls_last=True)
        .with_columns(_nth=pl.int_range(pl.len()).over(*order, "issue_type"))
        .sort(*order, "_nth", maintain_order=True)
        .head(MOST_TOP)
    )


def _is_old(since: datetime | None) -> pl.Expr:
    """Return whether a rating was there when the last pack was made."""
    if since is None:
        return pl.lit(value=False)
    return (pl.col("at") < since).fill_null(value=True)


def wins_of(rows: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the best scores of customers who had given a low one before, the newest first."""
    return (
        rows.filter("is_top")
        .join(earlier, on="customer_id", how="inner")
        .filter(pl.col("low_at") < pl.col("at"))
        .sort("at", "ticket_id", descending=[True, False])
    )


def thanks_for(mine: pl.DataFrame, end: datetime | None) -> pl.DataFrame:
    """Return the best scores of the last 48 hours, the newest first."""
    if end is None:
        return mine.head(0)
    fresh = (pl.col("at") >= end - THANKS) & (pl.col("at") <= end)
    return mine.filter(pl.col("is_top") & fresh).sort("at", "ticket_id", descending=[True, False])
