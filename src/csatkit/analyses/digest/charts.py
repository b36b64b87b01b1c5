"""What the control charts say about the latest periods, and nothing about older ones.

A signal of two months ago was in its own digest; repeating it would bury the one that is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from csatkit import periods
from csatkit.analyses.digest.words import listed
from csatkit.analyses.following import Followed, follow
from csatkit.analyses.history import open_history
from csatkit.analyses.maturing import matured
from csatkit.analyses.timeline import PER_YEAR, SHOWN, lines
from csatkit.analyses.trend import FOLLOWED, scale_bounds
from csatkit.analyses.trend_words import alarm_words, direction_words, signal_words
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.report import Note, Section

__all__ = ["RECENT", "Charted", "charted", "charts_section", "first_shown", "recent_signals"]

RECENT = 4
"""Judged periods that a signal may have ended in to be still news: a month of weeks."""


def first_shown(ws: Workspace, span: Span) -> Span:
    """Return the first of the periods that a chart up to `span` shows."""
    found = replace(span, relative=False)
    for _ in range(SHOWN[span.kind] - 1):
        found = periods.previous(found, ws.week_start)
    return found


@dataclass(frozen=True, slots=True)
class Charted:
    """The lines up to a period, and what has to be known of stored figures among them."""

    lines: tuple[Followed, ...] = ()
    notes: tuple[Note, ...] = ()


def charted(ws: Workspace, span: Span, history: str | None = None) -> Charted:
    """Return the lines up to a period, as many periods as `trend` shows; none for odd days.

    Args:
        ws: the run.
        span: the last period of the lines.
        history: the file in which figures of past periods are kept.

    Raises:
        InputError: the history can't be used.
    """
    if span.kind not in SHOWN:
        return Charted()
    first, last = first_shown(ws, span).period.first, span.period.last
    at = replace(ws, settings=replace(ws.settings, period=None, first_day=first, last_day=last))
    metrics = [matured(CATALOG[name]) for name in FOLLOWED]
    usable = [m for m in metrics if ws.lacks(m) is None]
    kept = None if history is None else open_history(history)
    drawn = lines(at, usable, span.kind, (), kept)
    found = follow(drawn, ws.settings.level, scale_bounds(ws))
    return Charted(tuple(found), tuple(kept.notes(drawn)) if kept else ())


def charts_section(charts: Charted, span: Span) -> Section:
    """Return the signals of the latest periods in words."""
    found, noun = charts.lines, span.kind
    title = f"What the charts of the last {SHOWN.get(noun, 0)} {noun}s say"
    if not found:
        why = "no line to follow"
        if noun not in SHOWN:
            why = "charts are of whole days, weeks, months or quarters"
        return Section("signals", "What the charts say", missing=why)
    text = list(_signals(found))
    if text:
        n_charts = sum(f.chart is not None for f in found)
        text += alarm_words(n_charts, PER_YEAR[noun], noun)
    text += _quiet(found, noun)
    text += [
        f"{f.line.metric.label}: {_lower(direction_words(f, noun))}" for f in found if f.direction
    ]
    return Section("signals", title, text=tuple(text))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def recent_signals(found: Followed) -> list[str]:
    """Return the signals that end in one of the latest judged periods, in words."""
    judged = len(found.line.judged)
    return [signal_words(found, s) for s in found.signals if s.last >= judged - RECENT]


def _signals(found: Sequence[Followed]) -> Iterator[str]:
    for line in found:
        for words in recent_signals(line):
            yield f"{line.line.metric.label}: {_lower(words)}"


def _quiet(found: Sequence[Followed], noun: str) -> Iterator[str]:
    """Say which lines have nothing new, and which are too short to have limits."""
    calm = [f.line.metric.label for f in found if f.chart and not recent_signals(f)]
    few = [f.line.metric.label for f in found if not f.chart]
    if calm:
        verb = "varies" if len(calm) == 1 else "vary"
        yield f"No signal in the last {RECENT} judged {noun}s: {listed(calm)} {verb} by chance."
    if few:
        yield f"Too few {noun}s judged for limits: {listed(few)}."
