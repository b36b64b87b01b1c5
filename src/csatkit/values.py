"""Reads one value of one option, wherever it comes from, or says what it should have been.

Every reader takes the value and its origin (`--level`, `CSATKIT_LEVEL`, `csatkit.toml: [report]
level`), so that a mistake is reported in the words in which it was made. Nothing here knows which
options exist, reads a file or a clock.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from csatkit.errors import UsageError, nearest

__all__ = [
    "FLAG_WORDS",
    "Reader",
    "amount",
    "as_of",
    "choice",
    "crossed",
    "date_format",
    "day",
    "days",
    "duration",
    "expected",
    "level",
    "memory",
    "own_presets",
    "packaged",
    "period",
    "preset",
    "switch",
    "text",
    "week_start",
    "whole",
    "zone",
]

Reader = Callable[[object, str], object]

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Seconds of the units of a duration; a month is none of them, as its length varies."""

NAMED_PERIODS = (
    "yesterday", "last-day", "last-week", "last-month", "last-quarter", "last-year",
)  # fmt: skip

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DATE_FORMATS = ("dmy", "mdy", "ymd", "epoch", "epoch-ms")

FLAG_WORDS: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("1", "t", "true", "y", "yes", "on", "1.0"), True),
        **dict.fromkeys(("0", "f", "false", "n", "no", "off", "0.0"), False),
    }
)
"""What a switch or a yes/no column is compared with, folded."""

_PERIOD = re.compile(r"\d{4}(-W\d{2}|-Q\d|-\d{2}(-\d{2})?)?")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*(%|(?:[KMGT]i?)?B)", re.IGNORECASE)


def expected(origin: str, what: str, value: object) -> UsageError:
    """Return the error that names the origin, what belongs there and what stands there."""
    return UsageError(f"{origin}: expected {what}, got {value!r}")


def text(value: object, origin: str) -> str:
    """Return a value that is any text but the empty one."""
    if not isinstance(value, str) or not value.strip():
        raise expected(origin, "a text", value)
    return value.strip()


def choice(*names: str) -> Reader:
    """Return a reader for one of a few words; case doesn't matter."""

    def read(value: object, origin: str) -> str:
        word = str(value).strip().casefold()
        if word in names:
            return word
        close = nearest(word, names)
        raise UsageError(
            f"{origin}: expected one of {', '.join(names)}, got {value!r}",
            f"Did you mean {close!r}?" if close else None,
        )

    return read


def packaged(what: str, folder: str, *extra: str) -> Reader:
    """Return a reader for the name of a TOML file that the package ships in a folder.

    Args:
        what: the noun for the message.
        folder: the folder below the package.
        extra: names that are known without a file.
    """

    def read(value: object, origin: str) -> str:
        files = (Path(__file__).parent / folder).glob("*.toml")
        known = {f.stem for f in files} | set(extra)
        name = str(value).strip()
        if name not in known:
            error = UsageError.unknown(what, name, known)
            raise UsageError(f"{origin}: {error.message}", error.hint)
        return name

    return read


OWN_PRESET = ".preset.toml"


def own_presets(folder: str | None) -> dict[str, Path]:
    """Return the user's own presets by name.

    Args:
        folder: where they lie as `NAME.preset.toml` or `presets/NAME.toml`; the first wins.
    """
    if not folder:
        return {}
    below = {f.stem: f for f in sorted((Path(folder) / "presets").glob("*.toml"))}
    beside = {
        f.name.removesuffix(OWN_PRESET): f for f in sorted(Path(folder).glob(f"*{OWN_PRESET}"))
    }
    return {**below, **beside}


def preset(value: object, origin: str, folder: str | None = None) -> str:
    """Return the name of a preset that is shipped or the user's own, or `none`.

    Args:
        value: the name.
        origin: where it was given.
        folder: where the user keeps presets.
    """
    return str(packaged("preset", "load/presets", "none", *own_presets(folder))(value, origin))


def switch(value: object, origin: str) -> bool:
    """Return whether a switch is on; a variable may say 1/0, true/false, yes/no, on/off."""
    word = str(value).strip().casefold()
    if word not in FLAG_WORDS:
        raise expected(origin, "true or false", value)
    return FLAG_WORDS[word]


def _number(value: object, origin: str, what: str) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise expected(origin, what, value) from None
    if not math.isfinite(number):
        raise expected(origin, what, value)
    return number


def level(value: object, origin: str) -> float:
    """Return a confidence level, strictly between 0 and 1."""
    what = "a number between 0 and 1 such as 0.95"
    number = _number(value, origin, what)
    if 1 < number < 100:
        raise UsageError(
            f"{origin}: expected {what}, got {value!r}", f"Did you mean {number / 100:g}?"
        )
    if not 0 < number < 1:
        raise expected(origin, what, value)
    return number


def whole(value: object, origin: str) -> int:
    """Return a whole number from 1 on."""
    what = "a whole number from 1 on"
    number = _number(value, origin, what)
    if number < 1 or number != int(number):
        raise expected(origin, what, value)
    return int(number)


def duration(value: object, origin: str) -> timedelta:
    """Return a positive duration: a number with its unit, `s`, `m`, `h`, `d` or `w`.

    >>> duration("36h", "--max-age")
    datetime.timedelta(days=1, seconds=43200)
    """
    found = _DURATION.fullmatch(str(value).strip())
    if found is None:
        raise expected(origin, "a number with its unit (90s, 2m, 36h, 14d, 2w)", value)
    try:
        length = timedelta(seconds=float(found[1]) * UNITS[found[2]])
    except OverflowError:
        length = timedelta(0)
    if length <= timedelta(0):
        raise expected(origin, "a duration above zero that fits a calendar", value)
    return length


def memory(value: object, origin: str) -> str:
    """Return an amount of memory as it is written, checked: `amount` reads it.

    >>> memory(" 4 GB", "--max-memory")
    '4GB'
    """
    found = _MEMORY.fullmatch(str(value).strip())
    if found is None or not float(found[1]):
        raise expected(origin, "an amount with its unit (512MB, 4GB) or a share (60%)", value)
    if found[2] == "%" and float(found[1]) > 100:
        raise expected(origin, "a share of at most 100%", value)
    return found[1] + found[2]


def amount(text: str) -> int | float:
    """Return a checked amount of memory: bytes, or a share of what is free.

    >>> amount("4GB"), amount("1.5MiB"), amount("60%")
    (4000000000, 1572864, 0.6)
    """
    found = _MEMORY.fullmatch(text)
    assert found is not None
    number, unit = float(found[1]), found[2].upper()
    if unit == "%":
        return number / 100
    prefix = unit.removesuffix("B")
    power = " KMGT".index(prefix[:1] or " ")
    return int(number * (1024 if "I" in prefix else 1000) ** power)


def days(value: object, origin: str) -> float:
    """Return a positive number of days; a bare number means days.

    >>> days("36h", "--window")
    1.5
    """
    if _DURATION.fullmatch(str(value).strip()):
        return duration(value, origin) / timedelta(days=1)
    what = "a number of days above zero (14, 7.5) or a duration (36h)"
    number = _number(value, origin, what)
    # A thousand years: far beyond any export, and safely inside the calendar's arithmetic.
    if not 0 < number <= 365_250:
        raise expected(origin, what, value)
    return number


def day(value: object, origin: str) -> date:
    """Return a calendar day, written YYYY-MM-DD."""
    if isinstance(value, datetime):
        raise expected(origin, "a day written YYYY-MM-DD", str(value))
    if isinstance(value, date):
        return value
    written = str(value).strip()
    try:
        # `fromisoformat` also reads week dates and dates without hyphens; one form is enough.
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise expected(origin, "a day written YYYY-MM-DD", value)


def as_of(value: object, origin: str) -> str:
    """Return where the data ends: `today`, `now`, a day, or an instant in ISO 8601."""
    written = str(value).strip()
    if written.casefold() in {"today", "now"}:
        return written.casefold()
    try:
        if re.match(r"\d{4}-\d{2}-\d{2}", written):
            datetime.fromisoformat(written)
            return written
    except ValueError:
        pass
    raise expected(
        origin, "today, now, a day (2026-03-31) or an instant (2026-03-31T06:00:00Z)", value
    )


def period(value: object, origin: str) -> str:
    """Return the name of a period: relative to the data end, or of the calendar."""
    written = str(value).strip()
    if written.casefold() in NAMED_PERIODS:
        return written.casefold()
    name = written.upper()
    if _PERIOD.fullmatch(name) and _on_the_calendar(name):
        return name
    close = nearest(written, NAMED_PERIODS)
    raise UsageError(
        f"{origin}: expected {', '.join(NAMED_PERIODS)}, or a year, quarter, month, week or day"
        f" (2026, 2026-Q1, 2026-03, 2026-W05, 2026-03-31), got {value!r}",
        f"Did you mean {close!r}?" if close else None,
    )


def _on_the_calendar(name: str) -> bool:
    """Tell whether a well-formed period exists: week 53 doesn't in most years."""
    year, _, part = name.partition("-")
    try:
        if part.startswith("W"):
            date.fromisocalendar(int(year), int(part[1:]), 1)
        elif part.startswith("Q"):
            return int(year) > 0 and part in {"Q1", "Q2", "Q3", "Q4"}
        else:
            date.fromisoformat({0: f"{year}-01-01", 2: f"{name}-01"}.get(len(part), name))
    except ValueError:
        return False
    return True


def week_start(value: object, origin: str) -> str:
    """Return the first day of the week as three letters; the full name is fine too."""
    word = str(value).strip().casefold()
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if word in names:
        return word[:3]
    return str(choice(*WEEKDAYS)(value, origin))


def zone(value: object, origin: str) -> str:
    """Return the name of a time zone that this machine knows."""
    from zoneinfo import ZoneInfo, available_timezones

    name = str(value).strip()
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, LookupError):
        close = nearest(name, available_timezones())
        raise UsageError(
            f"{origin}: unknown time zone {name!r}",
            f"Did you mean {close!r}?" if close else "Names look like Europe/Berlin or UTC.",
        ) from None


def date_format(value: object, origin: str) -> str:
    """Return how dates are written: an order, an epoch, or a strftime pattern."""
    written = str(value).strip()
    if "%" in written:
        return written
    try:
        return str(choice(*DATE_FORMATS)(written, origin))
    except UsageError as error:
        raise UsageError(
            f"{origin}: expected one of {', '.join(DATE_FORMATS)} or a pattern such as"
            f" '%d.%m.%Y %H:%M', got {value!r}",
            error.hint,
        ) from None


def crossed(values: object, origin: str) -> tuple[tuple[str, ...], ...]:
    """Return the tables asked for by `--by`: one tuple of columns each, in the order given.

    >>> crossed(["channel,week", "agent"], "--by")
    (('channel', 'week'), ('agent',))
    """
    entries = values if isinstance(values, Iterable) and not isinstance(values, str) else [values]
    tables = [_columns(entry, origin) for entry in entries]
    return tuple(dict.fromkeys(tables))


def _columns(entry: object, origin: str) -> tuple[str, ...]:
    parts = entry.split(",") if isinstance(entry, str) else entry
    if not isinstance(parts, Iterable):
        raise expected(origin, "columns such as 'channel' or 'channel,week'", entry)
    names = tuple(str(p).strip() for p in parts)
    if not names or not all(names):
        raise expected(origin, "columns such as 'channel' or 'channel,week'", entry)
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise UsageError(f"{origin}: {min(twice)!r} is named twice in {entry!r}")
    return names
