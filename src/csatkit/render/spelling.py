"""Signs of numbers and days by a language (`--lang`); words stay English.

Numbers are composed in one way and respelt here, so that no renderer has to know of languages. What
a program reads (JSON, CSV) never comes through here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from csatkit.errors import UsageError, nearest

if TYPE_CHECKING:
    from babel import Locale

    from csatkit.report import Report

__all__ = ["day", "language", "respelt", "signs", "spelling", "spelt", "with_spelling"]

_language: ContextVar[Locale | None] = ContextVar("language", default=None)

MOST_OF_A_CODE = 3
"""Letters of a language's code; what is longer is rather its name."""

# Marks of writing direction inside a day, which would steer the English words around it.
_MARKS = re.compile("[\u061c\u200e\u200f]")

# A number as it is composed: thousands by commas, decimals after a point.
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_NUMBER = re.compile(r"(?<![\w.,:/-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+)(?![\w:/-]|[.,]\d)")


def language(name: str, origin: str = "--lang") -> str:
    """Return a language that is known, in the form `de` or `pt_BR`.

    Raises:
        UsageError: it isn't known.
    """
    from babel import Locale, UnknownLocaleError

    asked = name.strip().replace("-", "_")
    try:
        return str(Locale.parse(asked))
    except (UnknownLocaleError, ValueError):
        close = _nearest(asked)
        raise UsageError(
            f"{origin}: no language {name!r}",
            f"Did you mean {close}?"
            if close
            else "Write it like de, fr_CH or pt_BR; words stay English.",
        ) from None


def _nearest(asked: str) -> str | None:
    """Return the code nearest to what was asked for: by its code, or by its name in English."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    codes = set(locale_identifiers())
    names = {n: code for code, n in Locale("en").languages.items() if code in codes}
    found = nearest(asked, names) if len(asked) > MOST_OF_A_CODE else None
    if found is not None:
        return f"{names[found]!r} ({found})"
    first = asked.partition("_")[0].lower()
    close = first if first in codes else nearest(asked, codes)
    return None if close is None else repr(close)


@contextmanager
def spelling(name: str | None) -> Iterator[None]:
    """Spell numbers and days like a language while the context lasts; None leaves them."""
    if name is None:
        yield
        return
    from babel import Locale

    token = _language.set(Locale.parse(name))
    try:
        yield
    finally:
        _language.reset(token)


def spelt(number: str) -> str:
    """Return a composed number with the signs of the language: `1,204.5` as `1.204,5`."""
    found = _language.get()
    if found is None:
        return number
    from babel.numbers import format_decimal

    sign, digits = ("", number) if number[0].isdigit() else (number[0], number[1:])
    whole, _, decimals = digits.partition(".")
    from decimal import Decimal

    value = Decimal(digits.replace(",", ""))
    pattern = found.decimal_formats[None].pattern.split(";")[0].split(".")[0]
    places = f"{pattern}.{'0' * len(decimals)}" if decimals else pattern
    shown = format_decimal(value, format=places, locale=found, group_separator="," in whole)
    return f"{sign}{shown}"


def day(x: date) -> str:
    """Return a day: ISO, or short in the language."""
    found = _language.get()
    if found is None:
        return x.isoformat()
    from babel.dates import format_date

    # Words from right to left would turn the order of the English sentence around them.
    shape = "medium"
    if found.text_direction == "rtl":
        shape = re.sub("y+", "y", found.date_formats["short"].pattern)
    return _MARKS.sub("", format_date(x, format=shape, locale=found))


def signs() -> dict[str, object] | None:
    """Return the signs of numbers as d3's formats take them, None where none were asked for."""
    found = _language.get()
    if found is None:
        return None
    with_signs = found.number_symbols["latn"]
    grouping = [3, 2] if found.decimal_formats[None].grouping[1] == 2 else [3]
    return {
        "decimal": with_signs["decimal"], "thousands": with_signs["group"], "grouping": grouping,
        "currency": ["", ""],
    }  # fmt: skip


def respelt(text: str, names: Iterable[str] = ()) -> str:
    """Return a composed sentence with numbers and days respelt, so that a page has one spelling.

    Args:
        text: the sentence.
        names: words of the data; a number that occurs in one of them is left alone.
    """
    if _language.get() is None:
        return text
    kept = [name for name in names if any(c.isdigit() for c in name)]

    def one(found: re.Match[str]) -> str:
        if any(found[0] in name for name in kept):
            return found[0]
        return spelt(found[0] if found[0][0] != "." else f"0{found[0]}")

    def iso(found: re.Match[str]) -> str:
        try:
            x = date.fromisoformat(found[0])
        except ValueError:
            return found[0]
        return found[0] if any(found[0] in name for name in kept) else day(x)

    return _DAY.sub(iso, _NUMBER.sub(one, text))


def with_spelling(report: Report) -> Report:
    """Return a report whose sentences are respelt, so that they agree with its tables.

    Once only: what is respelt can't be told from what isn't.
    """
    if _language.get() is None:
        return report
    names = sorted({v for m in report.measures for v in m.segment.values() if v is not None})
    sections = tuple(
        replace(
            s,
            text=tuple(respelt(line, names) for line in s.text),
            missing=None if s.missing is None else respelt(s.missing, names),
        )
        for s in report.sections
    )
    notes = tuple(replace(n, text=respelt(n.text, names)) for n in report.notes)
    return replace(report, sections=sections, notes=notes)
