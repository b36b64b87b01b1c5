"""Which term and which segments drove a change of CSAT, in one clause of the headline.

Called only where the change is beyond noise: what chance explains has no driver.
"""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.noise import surviving
from csatkit.analyses.splits import Segment, Split, points

__all__ = ["driver_words"]

AT_LEAST = 0.5
"""Part of the change that a term must make up to be called what drove it."""


def driver_words(found: Sequence[Split], level: float) -> str:
    """Return what drove the change, or that no single term did.

    Who was asked and who answered come first: where one of them explains most of the change in any
    breakdown, the ratings of like tickets needn't have changed.

    Args:
        found: the splits of one change, one per breakdown.
        level: of the intervals of the segments' own changes.
    """
    usable = [s for s in found if s.split is not None]
    if not usable:
        return "no column to break it down by"
    best: tuple[float, str, Split] | None = None
    for split in usable:
        for term in ("mix", "response"):
            part = _part(split, term)
            if part >= AT_LEAST and (best is None or part > best[0]):
                best = (part, term, split)
    if best is not None:
        return _composition(best[1], best[2])
    if all(_part(split, "rate") >= AT_LEAST for split in usable):
        return _rate(usable, level)
    return "no single term explains half of it"


def _part(found: Split, term: str) -> float:
    """Return which part of the change a term makes up; negative where it points the other way."""
    split = found.split
    assert split is not None
    return float(getattr(split, term)) / split.change if split.change else 0.0


def _composition(term: str, found: Split) -> str:
    """Return the mix or response term, with the segment that adds most to it."""
    assert found.split is not None
    top = max(found.segments, key=lambda s: abs(getattr(s.terms, term)))
    share = points(getattr(found.split, term))
    if term == "response":
        return f"mostly who answered by {found.title} ({share} points): {top.name} most of all"
    old, new = (_share_of(found, top, after=after) for after in (False, True))
    what = "surveys" if found.split.is_response_separable else "ratings"
    return (
        f"mostly mix by {found.title} ({share} points): {top.name} had {old:.0f} % of the {what} "
        f"and now has {new:.0f} %"
    )


def _share_of(found: Split, segment: Segment, *, after: bool) -> float:
    """Return a segment's share of the surveys sent, or of the ratings, in percent."""
    assert found.split is not None
    is_sent = found.split.is_response_separable

    def size(s: Segment) -> int:
        counts = s.after if after else s.before
        return (counts.sent or 0) if is_sent else counts.n

    return 100 * size(segment) / sum(size(s) for s in found.segments)


def _rate(found: Sequence[Split], level: float) -> str:
    """Return the rate term, with the segments whose own change is beyond noise."""
    every = [(split, segment) for split in found for segment in split.segments]
    beyond, comparisons = surviving([segment.own for _, segment in every], level)
    parts = [s.split.rate for s in found if s.split is not None]
    low, high = min(parts, key=abs), max(parts, key=abs)
    size = points(low) if points(low) == points(high) else f"{points(low)} to {points(high)}"
    text = f"mostly rate ({size} points): the same segments are rated differently"
    named = [
        f"{split.title} {segment.name} ({points(segment.own.value)})"
        for (split, segment), yes in zip(every, beyond, strict=True)
        if yes and segment.own is not None and segment.own.value is not None
    ]
    if not named:
        return f"{text}, none of {comparisons} by itself beyond noise"
    return f"{text}; beyond noise, of {comparisons} segments: {', '.join(named[:MOST_NAMED])}"


MOST_NAMED = 5
"""Segments named in a sentence; the tables have them all."""
