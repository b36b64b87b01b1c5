"""What the figures say, in sentences: associated with, never lost to or caused by."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.drivers.associating import Association, Model
from csatkit.analyses.drivers.gathering import Gathered
from csatkit.analyses.pasting import pasteable
from csatkit.facts.drivers import DRIVERS
from csatkit.render.values import number, span
from csatkit.report import Measure

__all__ = [
    "OUTCOME_WORDS",
    "UNRELATED",
    "basis_words",
    "driver_words",
    "explained_words",
    "fcr_words",
    "joined",
    "later_words",
    "missing_words",
    "twin_words",
]

OUTCOME_WORDS = {"csat": "CSAT", "fcr": "first contact resolution"}

UNRELATED = "Nothing here goes with {outcome} beyond what chance explains."

TICKETS = "--tickets-of"

CAVEAT = "Associations on your own tickets, with the others held equal: no proof of a cause."


def joined(names: Sequence[str]) -> str:
    """Return names as a list in words: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def basis_words(found: Gathered, overall: Measure) -> str:
    """Return on which tickets all of it rests."""
    rated = "rated tickets" if found.outcome == "csat" else "tickets"
    text = f"{found.n:,} mature {rated}, {OUTCOME_WORDS[found.outcome]} {number(overall.value)} %"
    if found.held_back:
        text += f"; {found.held_back:,} younger than their window are held back"
    return f"{text}."


def driver_words(model: Model, outcome: str, *, skewed: bool) -> tuple[str, ...]:
    """Return what is beyond noise, one sentence each, or why nothing is named."""
    words = OUTCOME_WORDS[outcome]
    if skewed:
        return ("Nothing is named: too few surveys were answered to speak for everybody.",)
    if model.joint_p is None:
        return (f"Too few tickets to tell what goes with {words}.",)
    named = model.named
    if not named:
        return (UNRELATED.format(outcome=words),)
    lines = []
    told: set[str] = set()
    for a in named:
        if a.label not in told:
            told |= {a.label, *a.together}
            lines.append(_sentence(a, words))
    return (
        *lines,
        CAVEAT,
        f"The tickets behind them: {pasteable([f'driver:{a.id}' for a in named])}.",
    )


def _sentence(a: Association, outcome: str) -> str:
    assert a.gap is not None
    which = "lower" if a.gap.value < 0 else "higher"
    gap = number(abs(100 * a.gap.value), 1)
    bounds = span(100 * a.gap.low, 100 * a.gap.high, "points")
    said = f"{a.affected.n:,} tickets {DRIVERS[a.id].affected}" if a.id in DRIVERS else a.label
    subject = joined([a.label, *a.together]) if a.together else a.label
    text = f"{subject}: {said} go with {gap} points {which} {outcome} ({bounds})"
    return f"{text}, {number(100 * (a.points or 0), 1, signed=True)} points of the total."


def explained_words(model: Model, outcome: str) -> str:
    """Return how much of the variance is explained."""
    first = number(100 * model.before, 1)
    rest = number(100 * model.left, 1)
    text = (
        f"Issue type, channel and missing values explain {first} % of the variance; the drivers"
        f" {rest} %"
    )
    p = model.joint_p
    chance = "" if p is None else f" (F test p {_p(p)})"
    single = "ratings" if outcome == "csat" else "tickets"
    return f"{text} of what those leave{chance}. Single {single} stay hard to foretell."


def _p(p: float) -> str:
    return "< .001" if p < 0.001 else f"= {p:.3f}".replace("0.", ".", 1)


def twin_words(model: Model) -> tuple[str, ...]:
    """Return which factors can't be told apart."""
    groups = {tuple(sorted((a.label, *a.together))) for a in model.associations if a.together}
    return tuple(
        f"{joined(g)} go together on these tickets: read their gaps as one." for g in sorted(groups)
    )


def later_words(found: Gathered) -> tuple[str, ...]:
    """Return which drivers mostly happen after the rating, with how many did."""
    lines = []
    for d in found.drivers:
        name = f"later.{d.id}"
        if not found.has(name):
            continue
        levels = found.levels_of(d.id)
        affected = sum(
            p.n
            for p, v in zip(found.patterns, levels, strict=True)
            if v is not None and d.is_affected(v)
        )
        after = found.more(name)
        if after:
            lines.append(
                f"{d.label}: {after:,} of {affected:,} came later than the rating, which they"
                f" can't have changed: {TICKETS} driver:{d.id}:later."
            )
    return tuple(lines)


def fcr_words(found: Gathered, low: float | None, high: float | None) -> str | None:
    """Return CSAT with and without first contact resolution, raw; None where it isn't known."""
    if not found.has("fcr.n"):
        return None
    n, k = found.more("fcr.n"), found.more("fcr.k")
    rest_n, rest_k = found.n - n, found.k - k
    if not n or not rest_n:
        return None
    yes, no = 100 * k / n, 100 * rest_k / rest_n
    bounds = "" if low is None or high is None else f" ({span(low, high, 'points')})"
    return (
        f"First contact resolution, raw and outside the model, since its parts are in it: CSAT"
        f" {number(yes, 1)} % of {n:,} resolved, {number(no, 1)} % of {rest_n:,} others,"
        f" {number(yes - no, 1, signed=True)} points{bounds}: {TICKETS} driver:fcr."
    )


def missing_words(lacking: dict[str, str]) -> tuple[str, ...]:
    """Return which drivers aren't measured, by the reason."""
    reasons: dict[str, list[str]] = {}
    for name, why in lacking.items():
        reasons.setdefault(why, []).append(DRIVERS[name].label)
    return tuple(f"Not measured, {why}: {joined(names)}." for why, names in reasons.items())
