"""The one place that turns a number into words for people.

Every renderer shows a measure through these functions, so that 81.3 % looks the same everywhere.
What can't be computed is a dash, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from csatkit.render.document import instant
from csatkit.render.spelling import day, spelt

if TYPE_CHECKING:
    from csatkit.report import Cell, CellUnit, Difference, Measure, Period

__all__ = [
    "MISSING",
    "STATUS_WORDS",
    "against",
    "cell",
    "change",
    "change_cell",
    "interval",
    "number",
    "period",
    "quantity",
    "ratio",
    "span",
    "status",
    "summary",
    "value",
]

MISSING = "–"
"""Stands where no value could be computed."""

STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "unavailable": "unavailable",
        "empty": "empty",
        "skewed": "skewed",
        "small": "too few",
        "caution": "caution",
        "ok": "ok",
    }
)
"""What people read for a status."""

_DIGITS: Mapping[str, int] = MappingProxyType(
    # One decimal of a percentage is finer than any interval here; a score needs two.
    {"percent": 1, "score": 2, "hours": 1, "per ticket": 3, "count": 0, "points": 1}
)

_UNIT_SIGNS: Mapping[str, str] = MappingProxyType(
    {"percent": " %", "hours": " h", "per ticket": " per ticket", "points": " points"}
)

_CHANGE_SIGNS: Mapping[str, str] = MappingProxyType({**_UNIT_SIGNS, "percent": " points"})


def number(x: float | None, digits: int | None = None, *, signed: bool = False) -> str:
    """Return a number with thousands separators and a real minus.

    Args:
        x: the number; None and what isn't finite give a dash.
        digits: decimals; None takes as many as the size deserves, none for a whole number.
        signed: put a plus before what is above zero.
    """
    if x is None or not math.isfinite(x):
        return MISSING
    if digits is None:
        digits = 0 if isinstance(x, int) else _digits(x)
    shown = f"{x:,.{digits}f}"
    if not shown.strip("-0.,"):
        # Rounded to nothing: neither a plus nor a minus says anything.
        return spelt(shown.lstrip("-"))
    if signed and x > 0:
        shown = f"+{shown}"
    return spelt(shown.replace("-", "−"))


def quantity(x: float | None, unit: CellUnit) -> str:
    """Return a number with its unit: `81.3 %`, `4.12`, `3.4 h`."""
    if x is None or not math.isfinite(x):
        return MISSING
    return number(x, _digits_of(x, unit), signed=unit == "points") + _UNIT_SIGNS.get(unit, "")


def value(m: Measure) -> str:
    """Return the value of a measure with its unit, or a dash."""
    return quantity(m.value, m.unit)


def interval(m: Measure) -> str:
    """Return the bounds of a measure, `78.9–83.5`, or a dash."""
    return span(m.low, m.high, m.unit)


def span(low: float | None, high: float | None, unit: CellUnit) -> str:
    """Return two bounds without their unit; signs and open ends keep them apart by dots."""
    if low is None and high is None:
        return MISSING
    signed = unit == "points"
    shown = [number(x, _digits_of(x or 0.0, unit), signed=signed) for x in (low, high)]
    apart = signed or low is None or high is None or low < 0
    return f"{shown[0]} … {shown[1]}" if apart else "–".join(shown)


def ratio(m: Measure) -> str:
    """Return `713/1,000`, or the denominator alone where there is no numerator."""
    if m.denominator is None:
        return MISSING
    if m.unit == "count":
        return ""
    if m.numerator is None:
        return number(m.denominator)
    k = float(m.numerator)
    return f"{number(k, 0 if k.is_integer() else 2)}/{number(m.denominator)}"


def status(m: Measure) -> str:
    """Return the status in words."""
    return STATUS_WORDS[m.status]


def summary(m: Measure) -> str:
    """Return a measure in one line: `81.3 %  (78.9–83.5)  n=1,204`, or a dash with the reason."""
    if m.value is None:
        return f"{MISSING}  ({m.reason or status(m)})"
    parts = [value(m)]
    if m.low is not None or m.high is not None:
        parts.append(f"({interval(m)})")
    if m.denominator is not None:
        parts.append(f"n={number(m.denominator)}")
    if m.status != "ok":
        parts.append(status(m))
    return "  ".join(parts)


def change(d: Difference, unit: CellUnit) -> str:
    """Return a change in a sentence: `+1.3 (−2.7 … +5.3) points vs 2026-01`."""
    if d.value is None:
        return f"{MISSING} vs {d.against}"
    return f"{_change(d, unit, ' … ')}{_CHANGE_SIGNS.get(unit, '')} vs {d.against}"


def change_cell(d: Difference | None, unit: CellUnit, *, against: bool) -> str:
    """Return a change in a cell, `+1.3 (−2.7…+5.3)`, without blanks at which it could fold badly.

    `against` adds what it is compared with, for a column that mixes them.
    """
    if d is None:
        return MISSING
    return _change(d, unit, "…") + (f" vs {d.against}" if against else "")


def period(p: Period) -> str:
    """Return a period with its days: `2026-W05 (2026-01-26 to 2026-02-01)`."""
    days = f"{day(p.first)} to {day(p.last)}" if p.first != p.last else day(p.first)
    plain = {days, "", f"{p.first}..{p.last}", f"{p.first} to {p.last}", f"{p.first}"}
    return days if p.label in plain else f"{p.label} ({days})"


def against(label: str) -> str:
    """Return what a change is against, two days as days: `2026-02-03 to 2026-03-02`."""
    first, _, last = label.partition("..")
    try:
        return f"{day(date.fromisoformat(first))} to {day(date.fromisoformat(last))}"
    except ValueError:
        return label


def cell(x: Cell, unit: CellUnit | None = None, *, numeric: bool = False) -> str:
    """Return a cell of a table; only numeric columns get thousands separators."""
    match x:
        case None:
            return MISSING
        case bool():
            return "yes" if x else "no"
        case datetime():
            return instant(x).replace("T", " ")
        case date():
            return day(x)
        case str():
            return x
    if unit == "points":
        # The heading says what they are; the word in each cell would only cost width.
        return number(x, _DIGITS[unit], signed=True)
    if unit is not None:
        return quantity(x, unit)
    return number(x) if numeric or isinstance(x, float) else str(x)


def _change(d: Difference, unit: CellUnit, dots: str) -> str:
    digits = _digits_of(d.value or 0.0, unit)
    shown = number(d.value, digits, signed=True)
    if d.low is None or d.high is None:
        return shown
    low, high = (number(x, digits, signed=True) for x in (d.low, d.high))
    return f"{shown} ({low}{dots}{high})"


def _digits(x: float) -> int:
    """Return decimals that keep three figures of a number of unknown unit."""
    if x == 0 or abs(x) >= 100:
        return 0 if x == round(x) else 1
    return min(6, max(2, 2 - math.floor(math.log10(abs(x)))))


def _digits_of(x: float, unit: CellUnit) -> int:
    """Return the decimals of a unit.

    A count that isn't whole keeps one; of times below an hour a tenth would be six minutes coarse.
    """
    if unit == "hours" and abs(x) < 1:
        return 2
    return 1 if unit == "count" and not float(x).is_integer() else _DIGITS[unit]
