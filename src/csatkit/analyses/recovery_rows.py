"""The low scores behind `recovery`, row by row: how soon they were reached, what was said then.

Numbers of single customers stay in here; what leaves are counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from csatkit.analyses.workspace import Workspace
from csatkit.facts.clocks import clock_of
from csatkit.periods import Span

__all__ = ["BANDS", "Low", "band_of", "low_rows"]

BANDS: tuple[tuple[str, float], ...] = (
    ("within 2 h", 2.0),
    ("2 to 24 h", 24.0),
    ("24 to 72 h", 72.0),
    ("after 72 h", float("inf")),
)
"""How soon outreach came, each up to and including its hours (metrics.md §8)."""

UNKNOWN = "at an unknown time"
NEVER = "no outreach"


@dataclass(frozen=True, slots=True)
class Low:
    """One low score."""

    score: int
    second: int | None
    """After the outreach where there was one, else the customer's next answer."""
    is_reached: bool
    hours: float | None
    """From the answer to the outreach; None where either instant is unknown."""
    watched: float | None
    """Hours from the answer to the data end."""

    @property
    def is_upgraded(self) -> bool:
        """Tell whether the second score is higher."""
        return self.second is not None and self.second > self.score


def band_of(low: Low) -> str:
    """Return the name of the band that a low score belongs to."""
    if not low.is_reached:
        return NEVER
    if low.hours is None:
        return UNKNOWN
    return next(name for name, until in BANDS if low.hours <= until)


def low_rows(ws: Workspace, span: Span | None) -> tuple[Low, ...]:
    """Return the low scores of the selection."""
    frame = ws.rows("responses", (), span)
    if frame is None:
        return ()
    columns = frozenset(frame.collect_schema().names())
    end = pl.lit(ws.data_end, dtype=pl.Datetime("us"))
    watched = (end - clock_of("responses", "family", columns)).dt.total_microseconds()
    rows = (
        frame.filter(pl.col("is_rating") & pl.col("is_low"))
        .select("score", "second_score", "is_reached", "outreach_hours", watched / 3_600_000_000)
        .collect()
    )
    return tuple(Low(*row) for row in rows.iter_rows())
