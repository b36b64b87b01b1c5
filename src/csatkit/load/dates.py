"""Text of unknown make → the few strptime patterns that read it.

Each column gets its own patterns from a sample; whether 03/04 is March or April is decided once for
all columns of a file (`order.py`), never here and never silently. A column in which no pattern fits
keeps no reading, and all its values count as unparseable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from csatkit.errors import UsageError

__all__ = ["Format", "Reading", "declared", "is_numeric", "ordered", "read_sample"]

Order = Literal["dmy", "mdy", "ymd"]

_MOST_FORMATS = 8
"""Passes over a column; more than this many ways to write a date isn't one export."""


@dataclass(frozen=True, slots=True)
class Format:
    """One strptime pattern in the dialect of Polars."""

    pattern: str
    zone: Literal["naive", "offset", "utc"] = "naive"
    """Where the offset comes from: the source's zone, the cell (`%#z`), or a literal UTC."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the instants of one column are written."""

    formats: tuple[Format, ...] = ()
    """Tried in this order; empty for epochs and for columns that nothing reads."""
    per_second: int | None = None
    """Of an epoch: units per second."""
    is_typed: bool = False
    """The column holds times, dates or numbers in every part, not text."""

    def __str__(self) -> str:
        """Return the description shown by `inspect`."""
        if self.is_typed:
            return "typed"
        if self.per_second:
            return "epoch" if self.per_second == 1 else "epoch-ms"
        return self.formats[0].pattern if self.formats else "unreadable"


_DATE = re.compile(
    r"(?:(?P<weekday>[A-Za-z]{3,9})(?P<ws>,? ))?(?:"
    r"(?P<iy>\d{4})(?P<is>[-/.])\d{1,2}(?P=is)\d{1,2}"
    r"|\d{1,2}(?P<ns>[-/.])\d{1,2}(?P=ns)(?P<ny>\d{4}|\d{2})"
    r"|\d{1,2}(?P<d1>[-/. ]+)(?P<m1>[A-Za-z]{3,9})(?P<d2>[-/., ]+)(?P<dy>\d{4}|\d{2})"
    r"|(?P<m2>[A-Za-z]{3,9})(?P<n1>[-. ]+)\d{1,2}(?P<n2>,? |-)(?P<my>\d{4}|\d{2})"
    r")(?P<rest>$|\D.*)"
)
_TIME = re.compile(
    r"(?P<sep>T|t|,? | at |, at )\d{1,2}:\d{2}(?P<s>:\d{2}(?P<f>\.\d{1,9})?)?"
    r"(?P<half> ?[AaPp][Mm])?(?P<zsp> ?)(?P<z>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
_EPOCH = re.compile(r"(\d{10}|\d{13})(\.\d+)?")
_NO_DIGITS = str.maketrans("123456789", "0" * 9)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A pattern in its two halves, so that its near relatives can be derived."""

    date: str
    sep: str = ""
    clock: str = ""
    zone: str = ""

    def format(self) -> Format:
        kind: Literal["naive", "offset", "utc"] = "naive"
        if self.zone.strip():
            kind = "offset" if "%" in self.zone else "utc"
        return Format(f"{self.date}{self.sep}{self.clock}{self.zone}", kind)

    def relatives(self) -> Iterable[_Shape]:
        """Yield the shapes that the same export mixes in: other precision, no time, no offset."""
        clocks = ("%I:%M %p", "%I:%M:%S %p") if "%p" in self.clock else _CLOCKS
        sep = self.sep or " "
        yield from (_Shape(self.date, sep, clock, self.zone) for clock in clocks)
        yield _Shape(self.date)
        if self.zone == "Z":
            yield from (_Shape(self.date, sep, clock, "%#z") for clock in (clocks[0], clocks[-1]))
        if self.zone:
            yield _Shape(self.date, sep, clocks[0])


_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S%.f")


def _shape(cell: str) -> _Shape | None:
    date = _DATE.fullmatch(cell)
    if date is None:
        return None
    day = _date_pattern(date)
    if not date["rest"]:
        return _Shape(day)
    time = _TIME.fullmatch(date["rest"])
    if time is None:
        return None
    clock = "%I:%M" if time["half"] else "%H:%M"
    clock += ":%S" if time["s"] else ""
    clock += "%.f" if time["f"] else ""
    clock += time["half"][:-2] + "%p" if time["half"] else ""
    zone = ""
    if time["z"]:
        # Read as a literal, `Z` is seven times faster than as an offset.
        zone = time["zsp"] + (time["z"] if time["z"] in {"UTC", "GMT", "Z"} else "%#z")
    return _Shape(day, time["sep"], clock, zone)


def _date_pattern(date: re.Match[str]) -> str:
    weekday = f"%A{date['ws']}" if date["weekday"] else ""
    if date["iy"]:
        return f"{weekday}%Y{date['is']}%m{date['is']}%d"
    year = "%Y" if len(date["ny"] or date["dy"] or date["my"]) == 4 else "%y"
    if date["ny"]:
        return f"{weekday}%d{date['ns']}%m{date['ns']}{year}"
    # `%B` reads short and full names, `%b` short ones only.
    if date["m1"]:
        return f"{weekday}%d{date['d1']}%B{date['d2']}{year}"
    return f"{weekday}%B{date['n1']}%d{date['n2']}{year}"


def read_sample(cells: Iterable[str]) -> Reading:
    """Return the patterns that read the cells, the most frequent first, day before month."""
    counts: Counter[_Shape] = Counter()
    epochs: Counter[int] = Counter()
    # Only where digits stand matters, not which: a sample holds few different outlines.
    for outline, n in Counter(cell.translate(_NO_DIGITS) for cell in cells).items():
        if shape := _shape(outline):
            counts[shape] += n
        elif epoch := _EPOCH.fullmatch(outline):
            epochs[1 if len(epoch[1]) == 10 else 1000] += n
    if epochs.total() > counts.total():
        return Reading(per_second=epochs.most_common(1)[0][0])
    met = [shape for shape, _ in counts.most_common(_MOST_FORMATS)]
    every = dict.fromkeys(shape.format() for shape in met)
    for shape in met:
        every.update(dict.fromkeys(relative.format() for relative in shape.relatives()))
    return Reading(tuple(every)[:_MOST_FORMATS])


def is_numeric(format_: Format) -> bool:
    """Tell whether a pattern holds the day and the month as bare numbers in open order."""
    return "%d" in format_.pattern and "%m" in format_.pattern and "%Y" not in format_.pattern[:2]


def ordered(reading: Reading, order: Order) -> Reading:
    """Return the reading with the numeric patterns in the given order."""
    formats = tuple(_in_order(f, order) if is_numeric(f) else f for f in reading.formats)
    return replace(reading, formats=formats)


def _in_order(format_: Format, order: Order) -> Format:
    pattern = format_.pattern
    if order == "mdy":
        swap = {"%d": "%m", "%m": "%d"}
        pattern = re.sub("%[dm]", lambda found: swap[found[0]], pattern)
    elif order == "ymd":
        turn = {"%d": "%y", "%y": "%d"}
        pattern = re.sub("%[dy]", lambda found: turn[found[0]], pattern)
    return Format(pattern, format_.zone)


_WORDS = ("dmy", "mdy", "ymd", "epoch", "epoch-ms")


def declared(date_format: str | None) -> tuple[Order | None, Reading | None]:
    """Return what `--date-format` fixes: the order of day and month, or the whole reading.

    Raises:
        UsageError: it is neither a known word nor a strptime pattern.
    """
    if date_format in {"dmy", "mdy", "ymd"}:
        return date_format, None  # type: ignore[return-value]
    if date_format in {"epoch", "epoch-ms"}:
        return None, Reading(per_second=1 if date_format == "epoch" else 1000)
    if date_format and "%" in date_format:
        return None, Reading((_strptime(date_format),))
    if date_format:
        raise UsageError.unknown("date format", date_format, _WORDS)
    return None, None


def _strptime(pattern: str) -> Format:
    """Translate Python's codes to Polars' where they differ."""
    for python, polars in ((".%f", "%.f"), ("%b", "%B"), ("%h", "%B"), ("%z", "%#z"), ("%a", "%A")):
        pattern = pattern.replace(python, polars)
    return Format(pattern, "offset" if "%#z" in pattern else "naive")
