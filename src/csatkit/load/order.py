"""Is 03/04 the third of April or the fourth of March? One answer per file, and never a guess.

A value above 12 in either place decides. If the sample holds none, the whole of the columns is
looked at. If no value decides, only one thing may: a reading under which tickets are resolved
before they were created is wrong; the note says that this decided. Else the user has to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from csatkit.errors import InputError

__all__ = ["Evidence", "evidence_in", "evidence_of", "undecidable"]

# At the start of a cell, after a weekday's name at most.
_NUMBERS = r"^(?:[A-Za-z]+,? )?(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:\D|$)"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many values can only be read with the day first, or only with the month first."""

    day_first: int = 0
    month_first: int = 0
    open_value: str | None = None
    """A value that reads both ways, to two different days."""

    def __add__(self, other: Evidence) -> Evidence:
        """Add the evidence of two columns of one file."""
        return Evidence(
            self.day_first + other.day_first,
            self.month_first + other.month_first,
            self.open_value or other.open_value,
        )

    @property
    def order(self) -> Literal["dmy", "mdy"] | None:
        """Return the order that more values ask for; where it doesn't matter, day first."""
        if self.day_first != self.month_first:
            return "dmy" if self.day_first > self.month_first else "mdy"
        return None if self.open_value or self.day_first else "dmy"

    @property
    def is_one_sided(self) -> bool:
        """Tell whether values decide and none contradicts."""
        return (self.day_first > 0) != (self.month_first > 0)


def evidence_of(cells: Iterable[str]) -> Evidence:
    """Return the evidence in a few cells."""
    day = month = 0
    open_value = None
    for cell in cells:
        found = re.match(_NUMBERS, cell)
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        day += first > 12 >= second
        month += second > 12 >= first
        if open_value is None and first != second and first <= 12 and second <= 12:
            open_value = cell
    return Evidence(day, month, open_value)


def evidence_in(frame: pl.LazyFrame, columns: Iterable[str]) -> Evidence:
    """Return the evidence in whole text columns, in one pass."""
    total = Evidence()
    asked = []
    for name in columns:
        first = pl.col(name).str.extract(_NUMBERS, 1).cast(pl.UInt8)
        second = pl.col(name).str.extract(_NUMBERS, 2).cast(pl.UInt8)
        both = (first != second) & (first <= 12) & (second <= 12)
        asked += [
            ((first > 12) & (second <= 12)).sum().alias(f"{name}|day"),
            ((second > 12) & (first <= 12)).sum().alias(f"{name}|month"),
            # The smallest as text: the same value whatever the order of the rows.
            pl.when(both).then(pl.col(name)).min().alias(f"{name}|open"),
        ]
    if asked:
        row = frame.select(asked).collect(engine="streaming").row(0, named=True)
        for name in columns:
            total += Evidence(row[f"{name}|day"], row[f"{name}|month"], row[f"{name}|open"])
    return total


def undecidable(shown: str, column: str, cell: str) -> InputError:
    """Return the error that shows both readings of a value of the file."""
    found = re.match(_NUMBERS, cell)
    readings = ""
    if found:
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        first, second = int(found[1]), int(found[2])
        day_first, month_first = date(year, second, first), date(year, first, second)
        readings = f": {cell!r} is {_long(day_first)} or {_long(month_first)}"
    return InputError(
        f"{shown}, column {column!r}: every date reads both day first and month first{readings}",
        "Say which with --date-format dmy or --date-format mdy.",
    )


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _long(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
