"""Raw cells → canonical values, as vectorised expressions: one small function per kind.

Trim, take away the guard that spreadsheets need, null what means "nothing", parse. A value that
doesn't parse becomes null and sets its bit in `_bad`; nothing is repaired and nothing raises here.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import polars as pl

from csatkit.load.dates import Format, Reading
from csatkit.load.scales import UNRATED, Scale
from csatkit.load.zones import localise
from csatkit.schema import fold

__all__ = [
    "SCIENTIFIC",
    "clean_text",
    "count",
    "epoch",
    "flag",
    "folded",
    "in_range",
    "is_unrated",
    "known",
    "lower_emails",
    "number_text",
    "score",
    "status_marker",
    "strptime",
    "typed_instant",
    "unguard",
]

SCIENTIFIC = r"^\d(\.\d+)?[eE]\+?\d+$"
"""An id that a spreadsheet has rounded: `1.03E+13`."""


def _spellings(words: Iterable[str]) -> list[str]:
    """Return every mix of cases; looking up 3,000 beats lower-casing the cell tenfold."""
    return sorted(
        {"".join(mix) for word in words for mix in product(*({c, c.upper()} for c in word))}
    )


_TOKENS = ["", *_spellings(["?", "na", "n/a", "-", "not provided"])]
_NOTHING = pl.Series(_TOKENS).implode()
_NOTHING_PARSED = pl.Series(
    [*_TOKENS, *_spellings(["null", "nan", "nat", "none", "\\n"])]
).implode()

_TRUE = ["yes", "true", "y", "1", "t", "1.0"]
_FALSE = ["no", "false", "n", "0", "f", "0.0"]

_FIRST_YEAR, _AFTER_LAST_YEAR = 1970, 2101
"""Instants outside are typing errors or sentinels such as 0001-01-01 and 9999-12-31."""


def unguard(text: pl.Expr) -> pl.Expr:
    """Return trimmed text without the apostrophe that keeps a spreadsheet from running it."""
    guarded = text.str.starts_with("'")
    # Only guarded cells pass through the regular expression; it is slow and they are rare.
    bare = pl.when(guarded).then(text).str.replace(r"^'('*[=+\-@\t\r])", "$1")
    return pl.when(guarded).then(bare).otherwise(text)


def known(text: pl.Expr, *, parsed: bool) -> pl.Expr:
    """Return text with null for what means "nothing"; of parsed kinds also `null` and `nan`."""
    return pl.when(~text.is_in(_NOTHING_PARSED if parsed else _NOTHING)).then(text)


def clean_text(cell: pl.Expr, *, parsed: bool = False) -> pl.Expr:
    """Return trimmed text without guard and without words for "nothing".

    For samples and small frames: each step names its input twice, and Polars works it out twice.
    """
    return known(unguard(cell.str.strip_chars()), parsed=parsed)


def number_text(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return numbers as text, whole ones without `.0`."""
    if dtype.is_float():
        whole = cell.cast(pl.Int64, strict=False)
        text = pl.when(whole == cell).then(whole.cast(pl.String)).otherwise(cell.cast(pl.String))
        return pl.when(cell.is_not_nan()).then(text)
    return cell.cast(pl.String)


def lower_emails(text: pl.Expr) -> pl.Expr:
    """Return ids with e-mail addresses in lower case."""
    address = text.str.contains("@", literal=True)
    return pl.when(address).then(pl.when(address).then(text).str.to_lowercase()).otherwise(text)


def count(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a whole number of at least 0, else null."""
    if dtype.is_integer() or dtype == pl.Boolean:
        number = cell.cast(pl.Int64, strict=False)
    else:
        real = cell.cast(pl.Float64, strict=False)
        whole = real.cast(pl.Int64, strict=False)
        number = pl.when(whole == real).then(whole)
    return pl.when(number >= 0).then(number)


def flag(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return yes/no, true/false, y/n, t/f and 1/0 as a Boolean, else null."""
    if dtype == pl.Boolean:
        return cell
    if dtype.is_numeric():
        return pl.when(cell == 1).then(True).when(cell == 0).then(False)
    word = cell.str.to_lowercase()
    return pl.when(word.is_in(_TRUE)).then(True).when(word.is_in(_FALSE)).then(False)


def folded(cell: pl.Expr) -> pl.Expr:
    """Return text in the form of `schema.fold`."""
    return cell.str.to_lowercase().str.replace_all(r"[\s_\-]", "")


def is_unrated(cell: pl.Expr, dtype: pl.DataType, more: Iterable[str]) -> pl.Expr:
    """Tell where a score cell says "no rating"; `more` are the user's own markers."""
    words = [w.strip() for w in more]
    if dtype == pl.String:
        markers = sorted({*UNRATED, *map(fold, words)})
        # Most cells are digits, and folding is slow.
        wordy = pl.when(~cell.str.contains(r"^\d")).then(cell)
        marked = folded(wordy).is_in(markers).fill_null(value=False)
        return (marked | cell.is_in(words).fill_null(value=False)) if words else marked
    numbers = [float(w) for w in words if _is_number(w)]
    return cell.cast(pl.Float64).is_in(numbers).fill_null(value=False)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def status_marker(cell: pl.Expr, more: Iterable[str]) -> pl.Expr:
    """Return the folded marker of an unrated score cell: it may say that a survey was sent."""
    return pl.when(is_unrated(cell, pl.String(), more)).then(folded(cell))


def score(cell: pl.Expr, dtype: pl.DataType, scale: Scale) -> pl.Expr:
    """Return the code of a rating on its scale, else null."""
    if dtype == pl.Boolean:
        cell, dtype = cell.cast(pl.String), pl.String()
    if dtype != pl.String:
        return _on_scale(cell.cast(pl.Float64), scale)
    number = cell.str.replace(rf"\s*/\s*{scale.codes[-1]}$", "").cast(pl.Float64, strict=False)
    code = _on_scale(number, scale)
    if not scale.words:
        return code
    words = list(scale.words)
    worded = folded(cell).replace_strict(
        words, [scale.words[w] for w in words], default=None, return_dtype=pl.Int16
    )
    return worded if scale.values is None else pl.coalesce(code, worded)


def _on_scale(number: pl.Expr, scale: Scale) -> pl.Expr:
    known = [float(value) for value in scale.values or ()]
    return pl.when(number.is_in(known)).then(number.cast(pl.Int16, strict=False))


def strptime(cell: pl.Expr, format_: Format, zone: str) -> pl.Expr:
    """Return naive UTC instants of the cells that a pattern reads, else null."""
    if format_.zone == "offset":
        aware = pl.Datetime("us", "UTC")
        read = cell.str.strptime(aware, format_.pattern, strict=False, cache=False)
        return read.dt.replace_time_zone(None)
    wall = cell.str.strptime(pl.Datetime("us"), format_.pattern, strict=False, cache=False)
    if "%y" in format_.pattern:
        # 00-68 means 20xx; 69 would be 1969, which no help desk has seen.
        wall = pl.when(wall.dt.year() <= 2068).then(wall)
    return wall if format_.zone == "utc" else localise(wall, zone)


def epoch(cell: pl.Expr, per_second: int) -> pl.Expr:
    """Return the instants of seconds or milliseconds since 1970, given as text."""
    micros = cell.cast(pl.Float64, strict=False) * (1_000_000 // per_second)
    return micros.round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))


def typed_instant(cell: pl.Expr, dtype: pl.DataType, reading: Reading, zone: str) -> pl.Expr:
    """Return naive UTC instants of a column that already is a time, a date or a number."""
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone:
            cell = cell.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
            return cell.dt.cast_time_unit("us")
        return localise(cell.dt.cast_time_unit("us"), zone)
    if dtype == pl.Date:
        return localise(cell.cast(pl.Datetime("us")), zone)
    number = cell.cast(pl.Float64, strict=False)
    if reading.per_second:
        return epoch(number, reading.per_second)
    # Seconds reach 1e11 in the year 5138; milliseconds passed it in 1973.
    return pl.when(number < 1e11).then(epoch(number, 1)).otherwise(epoch(number, 1000))


def in_range(instant: pl.Expr) -> pl.Expr:
    """Return instants from 1970 to 2100, else null."""
    first = pl.datetime(_FIRST_YEAR, 1, 1)
    return pl.when((instant >= first) & (instant < pl.datetime(_AFTER_LAST_YEAR, 1, 1))).then(
        instant
    )
