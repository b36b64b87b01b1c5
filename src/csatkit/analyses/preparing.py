"""What a run settles before it reads a row: which columns are meant, and until when data counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from csatkit import clock, periods
from csatkit.analyses.canonical import Canonical
from csatkit.analyses.privacy import check_dimensions
from csatkit.errors import InputError, UsageError
from csatkit.load import Data
from csatkit.periods import BUCKETS
from csatkit.settings import Settings
from csatkit.where import Condition, parse

__all__ = ["DataEnd", "Names", "data_end_of", "names_of", "paths_of", "zone_of"]


@dataclass(frozen=True, slots=True)
class Names:
    """The columns that a run names, each as the data calls it."""

    by: tuple[tuple[str, ...], ...]
    """The dimensions of the settings, without the further ones."""
    where: tuple[Condition, ...]
    settings: Settings
    """The settings with the columns of `[exclude]` resolved."""
    columns: tuple[str, ...]
    """All columns that have to be read for it."""


@dataclass(frozen=True, slots=True)
class DataEnd:
    """Until when the data counts."""

    instant: datetime | None
    """`--as-of`, else the latest instant of the data."""
    latest: datetime | None
    replay_at: datetime | None
    """`--as-of` alone."""


def zone_of(data: Data, settings: Settings) -> str:
    """Return the zone in which days begin."""
    source = data.tickets or data.surveys
    return settings.tz or (source.timezone if source else "UTC")


def paths_of(data: Data) -> tuple[str, ...]:
    """Return the names of all inputs."""
    sources = (data.tickets, data.surveys, data.outreach)
    return tuple(path for source in sources if source is not None for path in source.paths)


def names_of(data: Data, settings: Settings, dims: Iterable[Sequence[str]]) -> Names:
    """Resolve every column that the settings name.

    Args:
        data: the opened inputs.
        settings: the run's settings.
        dims: further dimensions beside `settings.by`.

    Raises:
        UsageError: a column that doesn't exist, or a condition that can't be read.
    """
    asked = [
        tuple(d if d in BUCKETS else _resolve(d, data) for d in group)
        for group in (*settings.by, *dims)
    ]
    by = tuple(asked[: len(settings.by)])
    for group in by:
        check_dimensions(settings, group)
    parsed = [parse(text) for text in settings.where]
    where = tuple(replace(c, column=_resolve(c.column, data)) for c in parsed)
    settings = _with_exclusions(settings, data)
    columns = [d for group in asked for d in group if d not in BUCKETS]
    columns += [*(c.column for c in where), *settings.source.exclude]
    return Names(by, where, settings, tuple(dict.fromkeys(columns)))


def data_end_of(canonical: Canonical, settings: Settings, zone: str) -> DataEnd:
    """Return until when the data counts.

    Raises:
        InputError: that is longer ago than `--max-age` allows.
        UsageError: `--as-of` is no date.
    """
    now = clock.now().replace(tzinfo=None)
    reached = [extent.latest for extent in canonical.extents.values()]
    latest = max((instant for instant in reached if instant is not None), default=None)
    as_of = settings.as_of and periods.parse_instant(settings.as_of, zone, now)
    end = as_of or latest
    # `--as-of today` says when the reader looks, not how far the export reaches.
    reach = latest if end is None or latest is None else min(end, latest)
    _check_age(settings, reach, now)
    return DataEnd(end, latest, as_of or None)


def _resolve(name: str, data: Data) -> str:
    """Return the column that a name means in any of the inputs.

    Raises:
        UsageError: in none of them.
    """
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    for source in sources:
        try:
            return source.resolve(name)
        except UsageError:
            continue
    known = {n for s in sources for n in (*s.mapping, *s.headers)} | set(BUCKETS)
    raise UsageError.unknown("column", name, known)


def _with_exclusions(settings: Settings, data: Data) -> Settings:
    """Return settings whose `[exclude]` names the columns as the rows that leave carry them."""
    source = data.tickets or data.surveys
    if source is None or not settings.source.exclude:
        return settings
    resolved = {source.resolve(name): words for name, words in settings.source.exclude.items()}
    return replace(settings, source=replace(settings.source, exclude=resolved))


def _check_age(settings: Settings, data_end: datetime | None, now: datetime) -> None:
    if settings.max_age is None:
        return
    if data_end is None or now - data_end > settings.max_age:
        age = "unknown" if data_end is None else f"{(now - data_end) / timedelta(hours=1):,.1f} h"
        raise InputError(
            f"the data is too old: its end is {data_end or 'unknown'} UTC, age {age}",
            f"Export again, or raise --max-age ({settings.max_age / timedelta(hours=1):g}h).",
        )
