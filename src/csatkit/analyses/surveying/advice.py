"""What to change first about the surveys: what touches most of them leads.

Only what is beyond noise, or a rule that was plainly broken, is advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from csatkit.analyses.surveying.coverage import Coverage
from csatkit.analyses.surveying.fatigue_section import MOST_ASKED, Audit
from csatkit.analyses.surveying.moments import LATE, Band
from csatkit.render.values import number, quantity
from csatkit.report import Measure, Section
from csatkit.stats.intervals import newcombe

__all__ = ["Practice", "advice_section"]

FEWEST = 15.0
"""Response rate, in percent, below which CSAT speaks for few customers (metrics.md §3)."""

ANYWAY = 1_000_000_000
"""Weight of what undoes every other figure, whatever the number of surveys."""


@dataclass(frozen=True, slots=True)
class Practice:
    """Everything that the sections found."""

    measures: Sequence[Measure]
    audit: Audit
    delays: Sequence[Band]
    ways: Sequence[Band]
    coverage: Coverage
    above: Sequence[Measure]
    """Months in which more than `MOST_ASKED` were asked."""
    level: float
    min_n: int

    def of(self, metric: str) -> Measure | None:
        """Return a metric of the whole selection where it has a value."""
        known = (m for m in self.measures if m.metric == metric and m.value is not None)
        return next(known, None)


def advice_section(found: Practice) -> Section:
    """Return what to change, the most important first."""
    steps = sorted(_steps(found), key=lambda pair: (-pair[0], pair[1]))
    title = "What to change first"
    if not steps:
        text = "Nothing stands out: no rule is broken, and no difference is beyond noise."
        return Section("advice", title, (text,))
    return Section("advice", title, tuple(f"{i}. {t}" for i, (_, t) in enumerate(steps, 1)))


def _steps(found: Practice) -> Iterator[tuple[float, str]]:
    """Yield how many surveys something touches, with the advice."""
    yield from _response(found)
    yield from _coverage(found)
    yield from _courtesy(found)
    yield from _delay(found)
    yield from _ratio(found)
    yield from _ways(found)


def _response(found: Practice) -> Iterator[tuple[float, str]]:
    rate = found.of("response_rate")
    if rate is not None and rate.high is not None and rate.high < FEWEST:
        yield (
            ANYWAY,
            (
                f"Get more answers: {quantity(rate.value, 'percent')} answer, so CSAT speaks "
                "for few. "
                "One question, in the channel of the ticket, right after the resolution."
            ),
        )


def _coverage(found: Practice) -> Iterator[tuple[float, str]]:
    names = found.coverage.flagged
    if names:
        lost = sum(u.expected - u.k for a, u in found.coverage.units.items() if a in names)
        yield (
            lost,
            (
                f"Send surveys by a rule, not by hand: {', '.join(names)} would have some "
                f"{number(round(lost))} more if their tickets were surveyed like the others'."
            ),
        )


def _courtesy(found: Practice) -> Iterator[tuple[float, str]]:
    audit = found.audit
    again = audit.n_too_soon
    if again:
        yield (
            again,
            (
                f"Ask customers less often: {number(again)} surveys came too soon after another or "
                "after a low score. csatkit eligible names whom the survey tool may ask."
            ),
        )
    early = audit.count("mid_conversation")
    if early:
        social = audit.count("social_unresolved")
        more = f", {number(social)} of them on social media" if social else ""
        yield (
            early,
            f"Trigger the survey by the resolution: {number(early)} went out before it{more}.",
        )


def _delay(found: Practice) -> Iterator[tuple[float, str]]:
    early = [b for b in found.delays if b.names[0] not in LATE]
    late = [b for b in found.delays if b.names[0] in LATE]
    k1, n1 = sum(b.answered for b in early), sum(b.n for b in early)
    k0, n0 = sum(b.answered for b in late), sum(b.n for b in late)
    if min(n1, n0) < found.min_n:
        return
    gap = newcombe(k1, n1, k0, n0, found.level)
    if gap is not None and gap.low > 0:
        points = 100 * (k1 / n1 - k0 / n0)
        yield (
            n0,
            (
                f"Send within two hours: {number(n0)} surveys went out later, and "
                f"{quantity(100 * k0 / n0, 'percent')} of them were answered against "
                f"{quantity(100 * k1 / n1, 'percent')} ({quantity(points, 'points')}, beyond "
                "noise; which tickets are asked late may be a part of it)."
            ),
        )


def _ratio(found: Practice) -> Iterator[tuple[float, str]]:
    ratio = found.of("survey_ratio")
    if ratio is None or ratio.denominator is None or ratio.value is None:
        return
    if ratio.value > MOST_ASKED:
        extra = (ratio.value - MOST_ASKED) / 100 * ratio.denominator
        yield (
            extra,
            (
                f"Ask fewer customers: {quantity(ratio.value, 'percent')} of tickets are "
                "surveyed, at "
                "most 60 % is advised."
            ),
        )
    elif found.above:
        months = ", ".join(str(m.segment["month"]) for m in found.above[:3])
        more = " and more" if len(found.above) > 3 else ""
        yield (
            0,
            f"Watch the months in which more than 60 % of tickets are surveyed: {months}{more}.",
        )


def _ways(found: Practice) -> Iterator[tuple[float, str]]:
    """Yield the way of asking that is answered least, where that is more than noise."""
    ways = [b for b in found.ways if b.n >= found.min_n]
    if len(ways) < 2:
        return
    worst = min(ways, key=lambda b: (b.answered / b.n, b.names))
    k0, n0 = sum(b.answered for b in ways), sum(b.n for b in ways)
    k, n = k0 - worst.answered, n0 - worst.n
    # The lowest of several is low by its choice alone: the level pays for the looks.
    level = 1 - (1 - found.level) / len(ways)
    gap = newcombe(k, n, worst.answered, worst.n, level)
    if gap is not None and gap.low > 0:
        yield (
            worst.n,
            (
                f"Try another way of asking for {' by '.join(worst.names)}: "
                f"{quantity(100 * worst.answered / worst.n, 'percent')} of {number(worst.n)} "
                "surveys "
                f"are answered, {quantity(100 * k / n, 'percent')} of the others."
            ),
        )
