"""What went well, where it is more than luck: rises and segments beyond noise, praise.

Nobody is praised for a lucky week: what isn't beyond noise isn't here, however high it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from csatkit.analyses.contrasts import Contrast
from csatkit.analyses.digest.figures import Figures
from csatkit.analyses.digest.ratings import content_again, praised
from csatkit.analyses.digest.words import short
from csatkit.analyses.noise import surviving
from csatkit.analyses.overview import Standing
from csatkit.analyses.splits import points
from csatkit.analyses.workspace import Workspace
from csatkit.render.values import change, number, quantity
from csatkit.render.values import span as bounds
from csatkit.report import Measure, Section

__all__ = ["bright_section", "contrast_words", "rises", "segment_name", "when"]

MOST = 3
"""Of each kind of bright spot: more than three aren't spots."""


def bright_section(ws: Workspace, found: Figures, standing: Standing) -> Section:
    """Return what went well in the period."""
    title = "Bright spots"
    text = [*rises(ws, found), *_above(found, standing), *_people(found, standing)]
    back = content_again(ws, found.span)
    text += [back] if back else []
    text += [
        f"Ticket {r.ticket} ({r.score}): “{r.comment}”" if r.ticket else f"“{r.comment}”"
        for r in praised(ws, found.span)
    ]
    if not text:
        return Section("bright_spots", title, text=("None that is more than luck.",))
    return Section("bright_spots", title, text=tuple(text))


def rises(ws: Workspace, found: Figures) -> Iterator[str]:
    """Yield metrics, then segments, that became better beyond noise."""
    judged = [
        c.measure.difference if {c.now.status, c.before.status} <= {"ok", "caution"} else None
        for c in found.changes
    ]
    beyond, _ = surviving(judged, ws.settings.level)
    for c, d, yes in zip(found.changes, judged, beyond, strict=True):
        if yes and d is not None and d.value and _is_better(c.metric.better, d.value):
            unit = c.metric.unit
            ends = f"from {quantity(c.before.value, unit)} to {quantity(c.now.value, unit)}"
            yield f"{c.metric.label} is better beyond noise, {ends}: {change(d, unit)}."
    yield from _segment_rises(ws, found)


def _segment_rises(ws: Workspace, found: Figures) -> Iterator[str]:
    every = [(split, s) for split in found.splits for s in split.segments]
    beyond, comparisons = surviving([s.own for _, s in every], ws.settings.level)
    named = [
        (split, s)
        for (split, s), yes in zip(every, beyond, strict=True)
        if yes and s.own is not None and s.own.value is not None and s.own.value > 0
    ]
    named.sort(key=lambda pair: (-(pair[1].own.value or 0) if pair[1].own else 0, pair[1].name))
    for split, s in named[:MOST]:
        old, new = (100 * c.k / c.n for c in (s.before, s.after))
        assert s.own is not None
        assert s.own.value is not None
        yield (
            f"{split.title.capitalize()} {short(s.name)}: CSAT rose from {old:.1f} to {new:.1f} % "
            f"(n = {number(s.after.n)}), {points(s.own.value)} points, beyond noise among "
            f"{number(comparisons)} segments."
        )


def _is_better(better: str, value: float) -> bool:
    """Return whether a change is for the better; never where neither more nor fewer is."""
    if better == "up":
        return value > 0
    return value < 0 if better == "down" or better.startswith("under") else False


def _above(found: Figures, standing: Standing) -> Iterator[str]:
    above = [c for c in standing.scan.found if c.difference > 0]
    for contrast in above[:MOST]:
        yield f"{contrast_words(contrast, found)}."


def contrast_words(c: Contrast, found: Figures) -> str:
    """Return a segment against the rest in words."""
    interval = bounds(c.low, c.high, "points")
    side = "above" if c.difference > 0 else "below"
    return (
        f"{segment_name(c.measure)}: {c.measure.label} {quantity(c.measure.value, 'percent')} "
        f"(n = {number(c.measure.denominator)}{when(c.measure, found)}), "
        f"{number(abs(c.difference), 1)} points {side} the rest ({interval})"
    )


def segment_name(m: Measure) -> str:
    """Return a segment in words that begin a sentence: `Issue type refund`."""
    parts = (
        f"{name.replace('_', ' ')} {'(none)' if value is None else short(value)}"
        for name, value in m.segment.items()
    )
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def when(m: Measure, found: Figures) -> str:
    """Return the period of a measure, where it isn't the digest's own."""
    return "" if m.period in (None, found.span.period) else f", {m.period.label}"


def _people(found: Figures, standing: Standing) -> Iterator[str]:
    """Yield people whom the funnel flags above what others reach on the same mix of tickets."""
    flagged = [
        (table, unit)
        for table in standing.units
        for unit in table.flagged
        if unit.flag == "above" and unit.place is not None
    ]
    for table, unit in flagged[:MOST]:
        place = unit.place
        assert place is not None
        m = unit.measure
        yield (
            f"{segment_name(m)}: {table.metric.label} {quantity(m.value, 'percent')} "
            f"(n = {number(m.denominator)}{when(m, found)}), where others reach "
            f"{100 * place.expected / place.n:.1f} % on the same mix of tickets."
        )
