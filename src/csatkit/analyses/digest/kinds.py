"""The four digests: how long each looks back, and which metrics it reads.

A digest is about the last complete period of its kind unless another is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from csatkit.analyses.compare import COMPARED
from csatkit.analyses.drivers import NEEDED
from csatkit.analyses.goals_asked import refuse_history as refuse_history_of_goals
from csatkit.analyses.overview import STAND_INS
from csatkit.errors import UsageError
from csatkit.settings import Settings

__all__ = [
    "KINDS",
    "QUARTERLY",
    "Kind",
    "dated",
    "kind_of",
    "metrics_of_kind",
    "refuse_history",
    "refuse_meaningless",
    "refuse_targets",
]


class Kind(NamedTuple):
    """One digest: its word, the calendar period it is about, and the metrics that it shows."""

    name: str
    noun: str
    period: str
    """The last complete one, as `--period` names it."""
    shown: tuple[str, ...]

    @property
    def has_targets(self) -> bool:
        """Return whether it is about goals."""
        return self.name == "quarterly"

    @property
    def has_charts(self) -> bool:
        """Return whether it looks at several periods, some of which a history may hold."""
        return self.name in ("weekly", "monthly")


WEEKLY = ("csat", "fcr", "response_rate", "reopen_rate", "tickets")
MONTHLY = tuple(name for name in COMPARED if name not in ("csat_average", "fcr_resolved"))
QUARTERLY = ("csat", "fcr", "response_rate", "reopen_rate")

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("daily", "day", "last-day", ("csat", "low_share", "response_rate", "tickets")),
        Kind("weekly", "week", "last-week", WEEKLY),
        Kind("monthly", "month", "last-month", MONTHLY),
        Kind("quarterly", "quarter", "last-quarter", QUARTERLY),
    )
}
"""Word → digest."""


def kind_of(word: str | None) -> Kind:
    """Return the digest that a word names.

    Raises:
        UsageError: no such digest, or a path stands where the word should.
    """
    name = (word or "").strip().casefold()
    if name in KINDS:
        return KINDS[name]
    if not name or _is_path(name):
        words = f"{', '.join(list(KINDS)[:-1])} or {list(KINDS)[-1]}"
        raise UsageError(
            f"digest needs a word first: {words}",
            f"Write csatkit digest weekly {word or 'tickets.csv'}",
        )
    raise UsageError.unknown("digest", name, KINDS)


def _is_path(text: str) -> bool:
    return text == "-" or any(sign in text for sign in "./\\*?")


def dated(settings: Settings, kind: Kind) -> Settings:
    """Return settings that ask for the digest's own period where none is asked for."""
    asked = (settings.period, settings.first_day, settings.last_day)
    return replace(settings, period=kind.period) if asked == (None,) * 3 else settings


def metrics_of_kind(kind: Kind, of_targets: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of all metrics that a digest reads, those of its targets among them."""
    always = ("csat", "low_share", "response_rate", "tickets")
    modes = NEEDED if kind.name == "monthly" else ()
    return tuple(dict.fromkeys((*kind.shown, *of_targets, *always, *modes, *STAND_INS)))


def refuse_meaningless(kind: Kind, settings: Settings, asked: Sequence[object]) -> None:
    """Refuse what a digest can't obey.

    Args:
        kind: the digest.
        settings: the run's settings.
        asked: targets and goals.

    Raises:
        UsageError: a breakdown of one number, or targets of a digest that isn't about them.
    """
    if kind.name == "daily" and settings.by:
        raise UsageError(
            "--by means nothing for digest daily: it is one number", "Use csatkit csat --by."
        )
    if asked:
        refuse_targets(kind)


def refuse_history(kind: Kind, *, has_goals: bool = False) -> None:
    """Refuse a history where the digest looks at no other period.

    Raises:
        UsageError: it doesn't.
    """
    if kind.has_targets and not has_goals:
        refuse_history_of_goals(f"digest {kind.name}")
    if not kind.has_charts and not kind.has_targets:
        raise UsageError(
            f"--history means nothing for digest {kind.name}: it has no chart",
            "Use it with weekly or monthly, or with csatkit trend.",
        )


def refuse_targets(kind: Kind) -> None:
    """Refuse targets where the digest isn't about them.

    Raises:
        UsageError: it isn't.
    """
    if not kind.has_targets:
        raise UsageError(
            f"targets mean nothing for digest {kind.name}",
            "Use csatkit digest quarterly, or csatkit check.",
        )
