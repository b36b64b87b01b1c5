"""The surveys of a selection as narrow rows, and shares of them with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from csatkit.analyses.workspace import Workspace
from csatkit.facts.outreach import row_key
from csatkit.load import Data
from csatkit.periods import Span
from csatkit.render.values import span as bounds
from csatkit.report import Cell
from csatkit.schema import COLUMNS
from csatkit.stats.intervals import wilson

__all__ = ["NEEDED", "columns_read", "low_scores", "share", "survey_rows"]

NEEDED = ("response_rate", "survey_ratio", "survey_within_2h", "csat")
"""Metrics of the practice as a whole, in the order in which they are shown."""

READ = (
    "customer_id", "agent", "channel", "issue_type", "vip", "resolved", "reopen_count",
    "reopened_at", "delivery", "survey_status",
)  # fmt: skip

_NAMES = (
    "customer_id", "agent", "_survey_agent", "channel", "issue_type", "delivery", "survey_status",
)  # fmt: skip
_INSTANTS = ("sent_at", "responded_at", "resolution_at")
_FLAGS = ("is_survey", "is_answered", "is_rating", "is_satisfied", "is_reopened")


def columns_read(data: Data) -> tuple[str, ...]:
    """Return the columns of the export that the rules and tables look at, where it has them."""
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    return tuple(c for c in READ if c in COLUMNS and any(s.has(c) for s in sources))


def low_scores(ws: Workspace) -> tuple[int, ...]:
    """Return the scores that are low, none where there is no score."""
    return () if ws.ratings is None else ws.ratings.low


def survey_rows(ws: Workspace, span: Span | None) -> pl.DataFrame | None:
    """Return the surveys and ratings of a period, dated by the sending; None where there are none.

    Every column of interest is there, null where the data doesn't know it; `key` numbers the rows.
    """
    frame = ws.rows("surveys", (), span)
    if frame is None:
        return None
    columns = frozenset(frame.collect_schema().names())
    text, instant = pl.String(), pl.Datetime("us")
    wanted = [
        *(pl.col(c).cast(pl.String) if c in columns else _null(c, text) for c in _NAMES),
        *(pl.col(c) if c in columns else _null(c, instant) for c in _INSTANTS),
        *(pl.col(c) if c in columns else pl.lit(value=False).alias(c) for c in _FLAGS),
    ]
    asked = frame.filter(pl.col("is_survey") | pl.col("is_rating")).select(
        pl.col(row_key(columns)).cast(pl.Int64).alias("key"), "ticket_id", *wanted
    )
    return asked.collect()


def _null(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.lit(None, dtype=dtype).alias(name)


def share(k: int, n: int, level: float, names: Sequence[str]) -> Mapping[str, Cell]:
    """Return a share and its interval as two cells under these names; dashes without rows."""
    value, interval = names
    found = wilson(k, n, level)
    return {
        value: 100 * k / n if n else None,
        interval: None if found is None else bounds(100 * found.low, 100 * found.high, "percent"),
    }
