"""The figures of a period beside those of the period before, as `compare` has them.

Each metric is compared on periods that are old enough for it; where that isn't the digest's own
period, the words say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.against import DEFAULT, pairs
from csatkit.analyses.compare import change_words, metrics_compared, others_words
from csatkit.analyses.digest.words import listed
from csatkit.analyses.gaps import Change, changed
from csatkit.analyses.maturing import lag_of
from csatkit.analyses.measuring import Request, n_rows, tabulate
from csatkit.analyses.remarks import with_known_shares
from csatkit.analyses.splits import Split, splits
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.estimate import CAUTION_FROM, VALID_FROM
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.render.values import period, quantity, ratio
from csatkit.report import Measure, Period, Section

__all__ = [
    "Figures",
    "figures",
    "headline_section",
    "refuse_empty",
    "span_of_run",
    "validity_words",
]

_PRESENT = ("csat", "response_rate", "tickets")
"""What shows that a period has rows at all: ratings, surveys, tickets."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What every metric is and how it changed; the splits of the change of CSAT."""

    span: Span
    changes: tuple[Change, ...]
    splits: tuple[Split, ...]

    def of(self, metric: str) -> Change | None:
        """Return one metric's change."""
        return next((c for c in self.changes if c.metric.id == metric), None)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Return the measures, each with its difference."""
        return tuple(c.measure for c in self.changes)


def span_of_run(ws: Workspace) -> Span:
    """Return the digest's period.

    Raises:
        NothingToEvaluate: no row carries an instant.
    """
    if ws.span is None or ws.data_end is None:
        raise NothingToEvaluate("no row carries an instant, so no period can be counted")
    return ws.span


def refuse_empty(ws: Workspace, span: Span) -> None:
    """Refuse a period without a ticket, a survey or a rating.

    What follows from an earlier, mature period alone would pass for this one's.

    Raises:
        NothingToEvaluate: the period is empty.
    """
    metrics = tuple(CATALOG[name] for name in _PRESENT)
    if n_rows(tabulate(ws, [Request(metrics, (), replace(span, relative=False))])):
        return
    raise NothingToEvaluate(
        f"{period(span.period)} holds no ticket, no survey and no rating",
        "Choose another with --period, or export a longer time.",
    )


def figures(
    ws: Workspace, span: Span, names: Sequence[str], cuts: Sequence[tuple[str, ...]]
) -> Figures:
    """Return the figures of a period and how they changed.

    Args:
        ws: the run.
        span: its period.
        names: metrics to show.
        cuts: breakdowns by which the change of CSAT is split.
    """
    metrics = metrics_compared(ws, names)
    chosen = pairs(ws, metrics, DEFAULT)
    found = changed(ws, metrics, chosen)
    shown = with_known_shares(ws, [c.measure for c in found])
    found = [replace(c, measure=m) for c, m in zip(found, shown, strict=True)]
    csat = next((c for c in found if c.metric.id == "csat"), None)
    is_split = csat is not None and csat.measure.difference is not None
    parts = splits(ws, chosen["csat"], cuts) if is_split else []
    return Figures(span, tuple(found), tuple(parts))


def headline_section(ws: Workspace, found: Figures, title: str) -> Section:
    """Return the figures with what can be said about them in words."""
    text = (
        *_csat_words(ws, found),
        *others_words(ws, found.changes),
        *validity_words(found.of("response_rate")),
        *_other_periods(ws, found),
        *_not_computed(found),
    )
    rows = tuple(m for m in found.measures if m.value is not None)
    return Section("headline", title, text=text, measures=rows, brief=True)


def _csat_words(ws: Workspace, found: Figures) -> Iterator[str]:
    csat = found.of("csat")
    if csat is None or csat.now.status == "unavailable":
        return
    if not csat.now.denominator:
        yield f"No rating in {found.span.period.label}."
    elif csat.measure.difference is None:
        value = f"{quantity(csat.now.value, csat.now.unit)} ({ratio(csat.now)} ratings)"
        yield f"CSAT {value}; {csat.missing or 'there is nothing to compare it with'}."
    else:
        yield change_words(ws, csat, found.splits)


def validity_words(rate: Change | None) -> tuple[str, ...]:
    """Return whether enough surveys are answered, where they aren't."""
    m = None if rate is None else rate.now
    if m is None or m.metric != "response_rate" or m.value is None or m.value >= VALID_FROM:
        return ()
    label = "" if m.period is None else f" of {m.period.label}"
    seen = f"{ratio(m)} surveys{label} were answered ({quantity(m.value, 'percent')})"
    if m.value < CAUTION_FROM:
        return (f"Only {seen}: below {CAUTION_FROM:g} %, CSAT can't speak for everybody.",)
    return (f"{seen}: below {VALID_FROM:g} %, read CSAT with caution.",)


def _other_periods(ws: Workspace, found: Figures) -> Iterator[str]:
    """Say which metrics are about an earlier period, and why."""
    groups: dict[tuple[Period, float], list[str]] = {}
    for c in found.changes:
        shown = c.now.period
        if c.now.value is None or shown is None or shown == found.span.period:
            continue
        days = lag_of(ws, c.metric).total_seconds() / 86400
        groups.setdefault((shown, days), []).append(c.metric.label)
    for (shown, days), labels in groups.items():
        noun = found.span.kind if found.span.kind != "days" else "period"
        yield (
            f"{listed(labels)}: {noun} {period(shown)}, the latest whose {days:g} days have closed."
        )


def _not_computed(found: Figures) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for c in found.changes:
        if c.now.value is None and not (c.metric.id == "csat" and c.now.status == "empty"):
            why = c.now.reason or (f"no row in {c.now.period.label}" if c.now.period else "no row")
            reasons.setdefault(why, []).append(c.metric.label)
    for why, labels in reasons.items():
        yield f"Not computed, {why}: {', '.join(labels)}."
