"""How the rows lie in time, and how many there are against last time: what an export left out.

A help desk that filters its export by the last change leaves out the old tickets that nobody has
touched since; what is left of them is a biased rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from csatkit.analyses.doctor.problem import Problem
from csatkit.analyses.doctor.sight import Sight

__all__ = ["FAR_FEWER", "cut_on_update", "far_fewer"]

FAR_FEWER = 0.5
"""Share of the rows of last time below which the export is suspect: no quiet month halves it."""

_LEAST_OLD = 20
"""Old tickets that must be there before their number says anything."""

_THIN = 0.5
"""Old days must hold less than this share of what later days do."""


def cut_on_update(sight: Sight) -> Problem | None:
    """Find an export that was filtered by the last change, not by the creation."""
    if not sight.has("created_at", "updated_at"):
        return None
    days = (
        sight.scan(["created_at", "updated_at"])
        .filter(pl.col("created_at").is_not_null())
        .group_by(day=pl.col("created_at").dt.date())
        .agg(n=pl.len(), first=pl.col("updated_at").min())
        .collect(engine="streaming")
    )
    if not days.height:
        return None
    first = days.get_column("first").min()
    if first is None:
        return None
    start: date = first.date()  # type: ignore[union-attr]
    old, later = days.filter(pl.col("day") < start), days.filter(pl.col("day") >= start)
    n_old, n = int(old.get_column("n").sum()), int(days.get_column("n").sum())
    if n_old < _LEAST_OLD or not later.height:
        return None
    per_day, usual = n_old / _span(old), int(later.get_column("n").sum()) / _span(later)
    if per_day >= _THIN * usual:
        return None
    return Problem(
        "export.cut_on_update",
        f"{n_old:,} of {n:,} tickets were opened before {start}, the day of the earliest change: "
        f"{per_day:,.1f} a day there, {usual:,.1f} later; so the export was cut on the last "
        "change, and old tickets are in it only if somebody touched them",
        "moves",
        n_old,
        n,
        sight.shown,
        (),
        f"Count from the day on which all are there: --from {start}, or export by creation.",
    )


def _span(days: pl.DataFrame) -> int:
    day = days.get_column("day")
    first, last = day.min(), day.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return (last - first).days + 1


def far_fewer(
    rows: Mapping[str, int], expected: Mapping[str, int], origin: str
) -> Iterator[Problem]:
    """Compare the rows of each input with those of last time."""
    for kind, before in expected.items():
        now = rows.get(kind)
        if now is not None and now < FAR_FEWER * before:
            yield Problem(
                "rows.far_fewer",
                f"{now:,} rows of {kind}, against {before:,} in {origin}",
                "moves",
                before - now,
                before,
                "",
                (),
                "Export again and look for a filter, a missing part or an end that was cut off; if "
                "the new number is right, note it with --write-baseline FILE.",
            )
