"""What the silent could change: worst case and tipping point, and whether late answers differ.

Late answers are the nearest anybody gets to those who never answer; they are a hint, never a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from csatkit.analyses.workspace import Workspace
from csatkit.periods import Span
from csatkit.profiles import bands
from csatkit.report import Cell, Chart, Measure, Section
from csatkit.stats.intervals import newcombe, tipping_point, wilson

__all__ = ["EARLY", "early_and_late", "silent_section", "silent_words"]

EARLY = timedelta(hours=24)
"""Answers up to here are early. A fixed length, so that counts of periods and exports add up and
can be compared; the median delay would differ from cut to cut and has to be taken from rows."""


def silent_section(ws: Workspace, csat: Measure) -> Section:
    """Return what CSAT could be if the silent differed from those who answered."""
    title = "What the silent could change"
    lines = silent_words(csat, ws.settings.profile)
    if not lines:
        missing = csat.reason or "nothing is known of the surveys that were sent"
        return Section("silent", title, missing=missing)
    return Section("silent", title, text=lines)


def silent_words(csat: Measure, profile: str) -> tuple[str, ...]:
    """Return the bounds and the tipping point of the nearest threshold, in words."""
    bounds, seen = csat.extra.get("bounds"), csat.extra.get("response")
    if not isinstance(bounds, list) or not isinstance(seen, Mapping) or csat.value is None:
        return ()
    rated, asked = seen["rated_tickets"], seen["surveyed_tickets"]
    first = (
        f"{rated:,} of {asked:,} surveyed tickets are rated, {csat.value:.1f} % of them satisfied. "
        f"Had everybody answered, CSAT would lie between {bounds[0]:.1f} and {bounds[1]:.1f} %."
    )
    threshold = _threshold(csat.value, profile)
    if threshold is None or rated == asked:
        return (first,)
    needed = tipping_point(threshold / 100, rated / asked, csat.value / 100)
    return (first,) if needed is None else (first, _tipping(threshold, needed))


def _threshold(value: float, profile: str) -> float | None:
    """Return the start of the band that a value lies in, of the next one if that is 0."""
    starts = [b.start for b in bands(profile) if b.metric == "csat" and b.start > 0]
    below = [s for s in starts if s <= value]
    return max(below) if below else min(starts, default=None)


def _tipping(threshold: float, needed: float) -> str:
    if needed <= 0:
        return f"CSAT is at least {threshold:g} % whatever the silent think."
    if needed > 1:
        return f"CSAT is below {threshold:g} % whatever the silent think."
    return f"CSAT is at least {threshold:g} % if {100 * needed:.1f} % of the silent are satisfied."


def early_and_late(ws: Workspace, span: Span | None) -> Section:
    """Return how early and late answers differ, with Newcombe's interval."""
    title = "Early against late answers"
    frame = ws.rows("responses", (), span)
    columns = frozenset() if frame is None else frozenset(frame.collect_schema().names())
    missing = [c for c in ("score", "sent_at", "responded_at") if c not in columns]
    if frame is None or missing:
        why = f"column {missing[0]} missing" if missing else "no surveys"
        return Section("early_late", title, missing=why)
    k1, n1, k0, n0 = _counts(ws, frame)
    fewest = ws.settings.min_n
    if min(n1, n0) < fewest:
        side = "late" if n0 <= n1 else "early"
        why = f"fewer than {fewest} {side} answers ({min(n1, n0):,})"
        return Section("early_late", title, missing=why)
    level = ws.settings.level
    early, late = wilson(k1, n1, level), wilson(k0, n0, level)
    gap = newcombe(k0, n0, k1, n1, level)
    assert early is not None
    assert late is not None
    assert gap is not None
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "label": label,
            "value": 100 * k / n,
            "low": 100 * i.low,
            "high": 100 * i.high,
            "n": n,
        }
        for label, k, n, i in (
            ("within 24 hours", k1, n1, early),
            ("later", k0, n0, late),
        )
    )
    value = 100 * (k0 / n0 - k1 / n1)
    words = f"{value:+.1f} points ({100 * gap.low:+.1f} to {100 * gap.high:+.1f})"
    return Section(
        "early_late",
        title,
        text=(f"Late against early: {words.replace('-', '−')}.", _meaning(gap.low, gap.high)),
        charts=(Chart("intervals", rows, "percent"),),
    )


def _counts(ws: Workspace, frame: pl.LazyFrame) -> tuple[int, int, int, int]:
    """Return satisfied and all ratings given within a day of the survey, then those given later."""
    delay = pl.col("responded_at") - pl.col("sent_at")
    rated = frame.filter(pl.col("is_rating") & (delay >= timedelta(0)))
    early, good = delay <= EARLY, pl.col("is_satisfied")
    sums = [(early & good).sum(), early.sum(), (~early & good).sum(), (~early).sum()]
    row = rated.select(e.cast(pl.Int64).alias(str(i)) for i, e in enumerate(sums))
    k1, n1, k0, n0 = ws.summed(row).row(0)
    return k1, n1, k0, n0


def _meaning(low: float, high: float) -> str:
    if high < 0:
        return "Those who take longer are less satisfied; the silent may be, too."
    if low > 0:
        return "Those who take longer are more satisfied; the silent may be, too."
    return "No difference beyond noise; that doesn't say that the silent are like either."
