"""The monthly digest: which segments differ beyond noise, why CSAT changed, and what is to be won.

Everything is the answer of another command for this month: `compare`, `report`, `fcr`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from csatkit.analyses import drivers
from csatkit.analyses.compare import default_cuts
from csatkit.analyses.contrasts import Contrast
from csatkit.analyses.digest.bright import segment_name, when
from csatkit.analyses.digest.charts import charted, charts_section
from csatkit.analyses.digest.common import assembled, low_share, standing_of
from csatkit.analyses.digest.figures import Figures, figures, headline_section
from csatkit.analyses.digest.kinds import Kind
from csatkit.analyses.digest.next_steps import command, in_period, not_over_yet, steps_section
from csatkit.analyses.digest.words import listed, short
from csatkit.analyses.gaps import Change
from csatkit.analyses.noise import is_beyond_noise
from csatkit.analyses.overview import FAILURE_WORDS, Standing, failure_section
from csatkit.analyses.privacy import PERSONS
from csatkit.analyses.splits import NO_VALUE, split_section
from csatkit.analyses.unit_words import named_section
from csatkit.analyses.units import with_units
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.render.values import number, period, quantity
from csatkit.report import Report, Section

__all__ = ["monthly"]

MOST_GAINS = 5

NAMELESS = {NO_VALUE: "tickets without one"}

MOST_NAMED = 8
"""New or vanished segments that are named; more of them mean that the column is no segment."""


def monthly(ws: Workspace, kind: Kind, span: Span, history: str | None = None) -> Report:
    """Return the digest of a month, or of another period in its depth.

    Args:
        ws: the run.
        kind: the digest.
        span: its period.
        history: the file in which figures of past periods are kept, for the charts.
    """
    charts = charted(ws, span, history)
    found = figures(ws, span, kind.shown, ws.by or default_cuts(ws))
    standing = standing_of(ws, span)
    fcr = found.of("fcr")
    lacks = ws.lacks(CATALOG["fcr"])
    steps = steps_section(ws, _steps(ws, found, standing))
    running = not_over_yet(ws, span)
    if running:
        steps = replace(steps, text=(*steps.text, running))
    sections = [
        headline_section(ws, found, f"The {kind.noun} {period(span.period)}"),
        charts_section(charts, span),
        _dated(named_section(standing.scan, standing.units), fcr, span),
        _gains(found, standing),
        *drivers.in_short(ws),
        _diagnosis(ws),
        *_splits(found),
        _comings(found),
        _dated(failure_section(None if fcr is None else fcr.now, lacks), fcr, span),
        steps,
    ]
    segments = (m for rows in standing.segments.values() for m in rows)
    shown = (
        *found.measures,
        low_share(ws, span),
        *with_units(segments, standing.units, standing.scan),
    )
    report = assembled(ws, (kind, span), shown, sections, standing)
    return replace(report, notes=(*report.notes, *charts.notes))


def _diagnosis(ws: Workspace) -> Section:
    """Return whose problem low scores are, in a few sentences."""
    # Here, since what people write about is read by the weekly digest, which stands beside this.
    from csatkit.analyses import diagnose

    return diagnose.in_short(ws)


def _dated(section: Section, fcr: Change | None, span: Span) -> Section:
    """Say in a section which period's first contacts it is about, where not the digest's own."""
    shown = None if fcr is None or fcr.now.value is None else fcr.now.period
    if shown is None or shown == span.period or section.missing is not None:
        return section
    words = f"{CATALOG['fcr'].label} is that of {period(shown)}."
    return replace(section, text=(*section.text, words))


def _splits(found: Figures) -> list[Section]:
    """Return where the change of CSAT sits, by everything but persons: twenty rows say nothing."""
    parts = [p for p in found.splits if not set(p.dims) & set(PERSONS)]
    if parts:
        return [split_section(part) for part in parts]
    csat = found.of("csat")
    why = "no column to break the change of CSAT down by"
    if csat is None or csat.measure.difference is None:
        why = (csat.missing if csat else None) or "CSAT can't be compared with the period before"
    return [Section("split", "CSAT: where the change sits", missing=why)]


def _comings(found: Figures) -> Section:
    """Return which segments are rated for the first time, and which no more."""
    title = "New and vanished"
    if not found.splits:
        return Section("new_vanished", title, missing="no two periods with ratings to compare")
    text = []
    for split in found.splits:
        for presence in ("new", "vanished"):
            names = [NAMELESS.get(n, short(n)) for n in sorted(split.named(presence))]
            if names:
                more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
                shown = ", ".join(names[:MOST_NAMED]) if more else listed(names)
                text.append(f"{split.title.capitalize()}, {presence}: {shown}{more}.")
    return Section("new_vanished", title, text=tuple(text) or ("Nothing came and nothing went.",))


def _gains(found: Figures, standing: Standing) -> Section:
    """Return what lifting each weak segment to the level of the rest would be worth."""
    title = "Where the most is to be won"
    weak = [(_gain(c, standing), c) for c in standing.scan.found if c.difference < 0]
    weak.sort(key=lambda pair: (-pair[0], pair[1].measure.metric, str(pair[1].measure.segment)))
    if not weak:
        return Section("roadmap", title, text=("No segment is below the rest beyond noise.",))
    text = [_worth(gain, c, found) for gain, c in weak[:MOST_GAINS]]
    if len(weak) > 1:
        text.append("These overlap, so they don't add up.")
    return Section("roadmap", title, text=tuple(text))


def _worth(gain: float, c: Contrast, found: Figures) -> str:
    m = c.measure
    n = f"n = {number(m.denominator)}{when(m, found)}"
    return (
        f"{segment_name(m)} ({quantity(m.value, 'percent')}, {n}): "
        f"{number(gain, 1, signed=True)} points of {m.label} if it did as well as the rest."
    )


def _gain(c: Contrast, standing: Standing) -> float:
    """Return how many points the whole would gain if a segment did as well as the rest."""
    m = c.measure
    rows = standing.segments[m.metric, tuple(m.segment)]
    n = sum(row.denominator or 0 for row in rows)
    return -c.difference * (m.denominator or 0) / n if n else 0.0


def _steps(ws: Workspace, found: Figures, standing: Standing) -> Iterator[tuple[str, str]]:
    at = in_period(found.span)
    csat = found.of("csat")
    if csat is not None and is_beyond_noise(csat.measure.difference):
        yield "Why CSAT moved, by every column", command(ws, "compare", *at)
    weak: Sequence[Contrast] = [c for c in standing.scan.found if c.difference < 0]
    for by in list(dict.fromkeys(",".join(c.measure.segment) for c in weak))[:2]:
        yield f"Every {by.replace('_', ' ')}", command(ws, "segments", f"--by {by}", *at)
    if any(t.flagged for t in standing.units):
        yield "Agents on their own mix of tickets", command(ws, "segments", "--by agent", *at)
    reason = _main_reason(found)
    if reason is not None:
        fcr = found.of("fcr")
        label = fcr.now.period.label if fcr is not None and fcr.now.period else None
        its_own = (f"--period {label}",) if label and found.span.kind != "days" else at
        yield (
            f"The tickets behind the most frequent failure ({FAILURE_WORDS[reason]})",
            command(ws, "fcr", f"--tickets-of fcr:{reason}", *its_own),
        )


def _main_reason(found: Figures) -> str | None:
    """Return the failure reason with most tickets, None where none failed."""
    fcr = found.of("fcr")
    counts = None if fcr is None else fcr.now.extra.get("failures")
    if not isinstance(counts, dict) or not any(counts.values()):
        return None
    return str(max(counts, key=lambda reason: counts[reason]))
