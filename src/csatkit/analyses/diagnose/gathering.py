"""The rows of an outcome counted by agent, issue type, channel, customer segment and time.

One aggregation; after it nothing looks at a row. Levels with few rows are put together, so that a
free-text column can't turn the design into noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.choices import Outcome
from csatkit.analyses.privacy import masked
from csatkit.analyses.workspace import Workspace
from csatkit.facts.clocks import bucket, bucket_label
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.stats.components import Margins

__all__ = ["MAIN", "PEOPLE", "TIME", "Counts", "Factor", "Gathered", "gather", "rows_of"]

PEOPLE = ("agent", "team")
"""Who works on tickets; the first one that is known is weighed against types and channels."""

MAIN = ("issue_type", "channel")
"""What tickets are about and how they come in."""

HELD_EQUAL = ("customer_segment",)
"""Weighed beside them, where the export has it."""

TIME = "time"
"""Weekday and daypart at which a ticket was opened: when customers come, not when they answer."""

FEWEST = 10
"""Rows below which levels are put together: nothing could be told about them anyway."""

MOST_LEVELS = {"agent": 1_000}
MOST_OTHER_LEVELS = 300
"""More levels than this aren't crossed: the rarer ones are put together. An inverse of this width
takes a second."""

REST = "(the rest)"
"""What the levels that were put together are called."""

_LABELS = {
    "agent": "agent", "team": "team", "issue_type": "issue type", "channel": "channel",
    "customer_segment": "customer segment", TIME: "weekday × daypart",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows, successes and low scores (without ratings: failures)."""

    n: int
    k: int
    low: int


@dataclass(frozen=True, slots=True)
class Factor:
    """One column and its levels, the most rows first."""

    id: str
    names: tuple[str, ...]
    """As people read them, by `--privacy`."""
    counts: tuple[Counts, ...]
    is_real: tuple[bool, ...]
    """False for rows without a value, and for levels put together: nobody to name."""

    @property
    def label(self) -> str:
        """Return what the column is called in sentences."""
        return _LABELS[self.id]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The counts of one outcome."""

    outcome: Outcome
    span: Span | None
    factors: Mapping[str, Factor]
    """Those that vary, by id."""
    lacking: Mapping[str, str]
    """Id → why it isn't there."""
    total: Counts
    without: Mapping[str, int]
    """Id of a main factor → rows without a value in it, which are left out."""
    cells: pl.DataFrame
    """One row per combination: a level's index per factor, `n`, `k`, `low`."""

    def margins(self, ids: Sequence[str]) -> Margins:
        """Return the counts of these factors and of their pairs."""
        n, k = [], []
        joint: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
        for i, f in enumerate(ids):
            n.append(tuple(c.n for c in self.factors[f].counts))
            k.append(tuple(c.k for c in self.factors[f].counts))
            for j in range(i + 1, len(ids)):
                rows = self.pairs(f, ids[j])
                joint[i, j] = {pair: c.n for pair, c in rows.items()}
        return Margins(tuple(n), tuple(k), joint)

    def pairs(self, one: str, other: str) -> dict[tuple[int, int], Counts]:
        """Return the counts by pairs of levels."""
        sums = self.cells.group_by(one, other).agg(pl.col("n", "k", "low").sum())
        return {
            (row[0], row[1]): Counts(row[2], row[3], row[4])
            for row in sums.sort(one, other).iter_rows()
        }


def rows_of(ws: Workspace, outcome: Outcome, span: Span | None) -> pl.LazyFrame:
    """Return the rows that an outcome counts, with `_k` (success) and `_low`."""
    metric = CATALOG[outcome]
    frame = ws.rows(metric.family, (), span)
    assert frame is not None
    if outcome == "csat":
        return frame.filter("is_rating").with_columns(_k="is_satisfied", _low="is_low")
    found = frame.filter("is_mature")
    return found.with_columns(_k="is_first_contact", _low=~pl.col("is_first_contact"))


def gather(ws: Workspace, outcome: Outcome) -> Gathered:
    """Count the rows of an outcome; of first contact resolution the mature ones."""
    span = ws.spans_for([CATALOG[outcome]], ws.span)[outcome]
    rows = rows_of(ws, outcome, span)
    columns = frozenset(rows.collect_schema().names())
    keys, lacking = _keys(ws, columns)
    sums = [pl.col(c).sum().cast(pl.Int64).alias(c[1:]) for c in ("_k", "_low")]
    counted = rows.select(**keys, _k="_k", _low="_low")
    every = (pl.len().cast(pl.Int64).alias("n"), *sums)
    plan = counted.group_by(list(keys)).agg(every) if keys else counted.select(every)
    cells = ws.summed(plan, *keys)
    cells, without = _known(cells.filter(pl.col("n") > 0), lacking)
    total = Counts(*(int(cells[c].sum()) for c in ("n", "k", "low")))
    factors: dict[str, Factor] = {}
    for name in (k for k in keys if k in cells.columns):
        factor, cells = _factor(ws, name, cells)
        if len(factor.names) > 1:
            factors[name] = factor
        elif cells.height:
            lacking[name] = f"every ticket has the same {factor.label}"
    return Gathered(outcome, span, factors, lacking, total, without, cells)


def _keys(ws: Workspace, columns: frozenset[str]) -> tuple[dict[str, pl.Expr], dict[str, str]]:
    """Return the factors as expressions, and why others aren't there."""
    keys: dict[str, pl.Expr] = {}
    lacking: dict[str, str] = {}
    for name in (*PEOPLE, *MAIN, *HELD_EQUAL):
        if name == "agent" and ws.settings.privacy == "none":
            lacking[name] = "hidden by --privacy none"
        elif name in columns:
            keys[name] = pl.col(name).cast(pl.String)
        else:
            lacking[name] = f"column {name} missing"
    if "created_at" in columns:
        at = pl.col("created_at")
        weekday, part = (bucket(b, at, ws.zone, ws.week_start) for b in ("weekday", "daypart"))
        keys[TIME] = (weekday * 4 + part).cast(pl.String)
    else:
        lacking[TIME] = "column created_at missing"
    return keys, lacking


def _known(cells: pl.DataFrame, lacking: dict[str, str]) -> tuple[pl.DataFrame, dict[str, int]]:
    """Leave out rows without an agent, a type or a channel: nothing can be laid at their door.

    A column that most rows don't fill is left out instead, and says so.
    """
    without: dict[str, int] = {}
    people = [p for p in PEOPLE if p in cells.columns]
    for name in (*people, *MAIN):
        if name not in cells.columns or not cells.height:
            continue
        empty = int(cells.filter(pl.col(name).is_null())["n"].sum())
        if 2 * empty > cells["n"].sum():
            lacking[name] = f"most tickets have no {_LABELS[name]}"
            cells = cells.drop(name)
        elif empty and not (name == "team" and "agent" in cells.columns):
            without[name] = empty
            cells = cells.filter(pl.col(name).is_not_null())
    return cells, without


def _factor(ws: Workspace, name: str, cells: pl.DataFrame) -> tuple[Factor, pl.DataFrame]:
    """Return a factor, and the cells with the numbers of its levels in place of their names."""
    sums = (
        cells.group_by(name)
        .agg(pl.col("n", "k", "low").sum())
        .sort(pl.col("n"), pl.col(name), descending=[True, False], nulls_last=True)
    )
    most = MOST_LEVELS.get(name, MOST_OTHER_LEVELS)
    kept = sums.filter(pl.col("n") >= FEWEST).head(most - 1)
    rest = sums.slice(kept.height)
    values = kept.get_column(name).to_list()
    names = [_shown(ws, name, v) for v in values]
    counts = [Counts(*row) for row in kept.select("n", "k", "low").iter_rows()]
    real = [v is not None for v in values]
    if rest.height:
        names.append(REST)
        real.append(False)
        counts.append(Counts(*(int(rest[c].sum()) for c in ("n", "k", "low"))))
    numbers = pl.DataFrame(
        {name: pl.Series(values, dtype=pl.String), "_level": pl.Series(range(len(values)))},
        schema={name: pl.String, "_level": pl.Int64},
    )
    joined = cells.join(numbers, on=name, how="left", nulls_equal=True)
    coded = joined.with_columns(pl.col("_level").fill_null(len(values)).alias(name))
    return Factor(name, tuple(names), tuple(counts), tuple(real)), coded.drop("_level")


def _shown(ws: Workspace, name: str, value: str | None) -> str:
    if value is None:
        return "(none)"
    if name == TIME:
        weekday, part = divmod(int(value), 4)
        labels = (
            bucket_label("weekday", weekday, ws.week_start),
            bucket_label("daypart", part, ws.week_start),
        )
        return " ".join(label or "" for label in labels)
    return masked(name, value, ws.settings.privacy) or ""
