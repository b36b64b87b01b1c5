"""One part of a source → its canonical columns: the plan that strings the expressions together.

Three steps on a lazy frame: clean the raw cells, read the instants (pattern after pattern, each
only where the ones before found nothing), then values and the bits of what didn't parse. Only the
asked-for columns are touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import polars as pl

from csatkit.load import normalise
from csatkit.load.dates import Reading
from csatkit.load.mapping import Headers
from csatkit.load.parts import OVERFLOW, Part
from csatkit.load.scoring import SCORE_SCALE, Scoring
from csatkit.schema import COLUMNS, Kind, fold

__all__ = [
    "AT",
    "CHECKED_IDS",
    "FALLIBLE",
    "RAGGED",
    "Plan",
    "dtype_of",
    "joined_cell",
    "plain_text",
]

RAGGED: Final = "(row)"
"""Stands in `Source.bad_columns` for lines with more fields than the header."""

FALLIBLE: frozenset[Kind] = frozenset({"instant", "count", "flag", "score"})
"""Kinds whose cells may fail to parse."""

CHECKED_IDS: tuple[str, ...] = ("ticket_id", "customer_id")
"""Ids that a spreadsheet may have rounded."""

AT: Final = "__at"
"""Position of a row in its part, in parts whose frame leaves rows out."""

_RAW = "__raw_"
_LOST = "__lost_"
_SCALE = "__scale"

_WORDS: frozenset[Kind] = frozenset({"text", "tags", "comment"})


def joined_cell(part: Part, name: str, headers: Headers) -> tuple[pl.Expr, pl.DataType]:
    """Return the raw cell of a canonical column of this part and its type.

    Categories, lists and whatever else is no plain value become text, and so do a date and its
    time in two columns.
    """
    if isinstance(headers, tuple):
        date, time = (_as_text(part, header) for header in headers)
        together = pl.concat_str([date, time], separator=" ")
        return pl.coalesce(together, date), pl.String()
    dtype = part.dtype(headers)
    plain = dtype.is_numeric() or isinstance(dtype, pl.String | pl.Boolean)
    if plain or (COLUMNS[name].kind == "instant" and isinstance(dtype, pl.Datetime | pl.Date)):
        return pl.col(headers), dtype
    return plain_text(pl.col(headers), dtype), pl.String()


def plain_text(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the text of a cell of any type; the entries of a list are joined with commas."""
    if isinstance(dtype, pl.List):
        return cell.cast(pl.List(pl.String)).list.join(",")
    if isinstance(dtype, pl.Struct):
        return cell.struct.json_encode()
    return cell.cast(pl.String, strict=False)


def _as_text(part: Part, header: str) -> pl.Expr:
    cell, dtype = pl.col(header), part.dtype(header)
    if dtype == pl.Datetime:
        cell, dtype = cell.cast(pl.Date), pl.Date()
    return normalise.clean_text(plain_text(cell, dtype), parsed=True)


@dataclass(frozen=True)
class Plan:
    """What a source decided about its columns; applied to each of its parts alike."""

    mapping: Mapping[str, Headers]
    readings: Mapping[str, Reading]
    scoring: Scoring
    zone: str
    bits: tuple[str, ...]
    """Names in the order of the bits of `_bad`."""
    marks_status: bool
    """`survey_status` is taken from the unrated markers in the score column."""
    patterns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Canonical id → regular expression whose first group is the id."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """Canonical text → cell → the usual word."""
    has_position: bool = False
    """The frames of the parts carry `AT`."""

    def canonical(self, part: Part, names: Iterable[str], extra: Iterable[str]) -> pl.LazyFrame:
        """Return the typed columns, `extra` headers, and `_bad` where a value can fail."""
        asked = [n for n in names if n in self.mapping]
        here = [n for n in asked if self._is_in(part, n)]
        cells = {n: self._cell(part, n) for n in here}
        status = self.marks_status and "survey_status" in names
        scales = self.scoring.is_mixed and SCORE_SCALE in names and "score" in here
        frame = part.frame.select(
            *(_trimmed(cell, dtype, n).alias(_RAW + n) for n, (cell, dtype) in cells.items()),
            *(_extra(part, header) for header in extra),
            *(self._status(part) for _ in range(status)),
            *(pl.col(OVERFLOW) for _ in range(part.is_text)),
            *(pl.col(AT) for _ in range(self.has_position)),
            *(self._scale_cell(part) for _ in range(self.scoring.column is not None)),
        )
        dtypes = {n: dtype for n, (_, dtype) in cells.items()}
        frame = self._cleaned(frame, dtypes, part, extra)
        frame = self._read_instants(frame, dtypes)
        frame = frame.with_columns(
            self._value(n, dtypes[n]).alias(n) for n in here if COLUMNS[n].kind != "instant"
        )
        if scales:
            names_of = self.scoring.names(pl.col(_RAW + "score"), dtypes["score"], self._scale())
            frame = frame.with_columns(names_of.alias(SCORE_SCALE))
        elif self.scoring.is_mixed and SCORE_SCALE in names:
            frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(SCORE_SCALE))
        missing = [pl.lit(None, dtype=dtype_of(n)).alias(n) for n in asked if n not in here]
        bad = self._bad(dtypes, part)
        keep = [*asked, *(["survey_status"] if status else []), *extra]
        keep += [SCORE_SCALE] if self.scoring.is_mixed and SCORE_SCALE in names else []
        keep += [AT] if self.has_position else []
        return frame.with_columns(*missing, *bad).select(*keep, *("_bad" for _ in bad))

    def _cell(self, part: Part, name: str) -> tuple[pl.Expr, pl.DataType]:
        cell, dtype = joined_cell(part, name, self.mapping[name])
        return self.scoring.as_text(cell, dtype) if COLUMNS[name].kind == "score" else (cell, dtype)

    def _scale_cell(self, part: Part) -> pl.Expr:
        header = self.scoring.column
        if header is None or header not in part.headers:
            return pl.lit(None, dtype=pl.String).alias(_SCALE)
        text = plain_text(pl.col(header), part.dtype(header))
        return text.str.strip_chars().alias(_SCALE)

    def _scale(self) -> pl.Expr | None:
        return None if self.scoring.column is None else pl.col(_SCALE)

    def _cleaned(
        self,
        frame: pl.LazyFrame,
        dtypes: Mapping[str, pl.DataType],
        part: Part,
        extra: Iterable[str],
    ) -> pl.LazyFrame:
        """Clean all text in steps of their own: each uses its input twice but works it out once."""
        parsed = {_RAW + n: COLUMNS[n].kind not in _WORDS for n in dtypes if _is_text(n, dtypes[n])}
        parsed |= {h: False for h in extra if h in part.headers and not part.dtype(h).is_numeric()}
        frame = frame.with_columns(normalise.unguard(pl.col(n)) for n in parsed)
        frame = frame.with_columns(
            normalise.known(pl.col(n), parsed=is_parsed) for n, is_parsed in parsed.items()
        )
        scores = [n for n in dtypes if COLUMNS[n].kind == "score"]
        ids = [n for n in dtypes if n in CHECKED_IDS and not dtypes[n].is_numeric()]
        if self.scoring.labels:
            frame = frame.with_columns(self.scoring.relabelled(pl.col(_RAW + n)) for n in scores)
        return frame.with_columns(
            *(self._rated(n, dtypes[n]) for n in scores),
            *(pl.col(_RAW + n).str.contains(normalise.SCIENTIFIC).alias(_LOST + n) for n in ids),
        )

    def _is_in(self, part: Part, name: str) -> bool:
        headers = self.mapping[name]
        wanted = headers if isinstance(headers, tuple) else (headers,)
        return all(header in part.headers for header in wanted)

    def _status(self, part: Part) -> pl.Expr:
        if not self._is_in(part, "score"):
            return pl.lit(None, dtype=pl.String).alias("survey_status")
        cell, dtype = joined_cell(part, "score", self.mapping["score"])
        if dtype == pl.Boolean:
            return pl.lit(None, dtype=pl.String).alias("survey_status")
        cell = cell.str.strip_chars() if dtype == pl.String else cell
        return self.scoring.status(cell, dtype).alias("survey_status")

    def _read_instants(
        self, frame: pl.LazyFrame, dtypes: Mapping[str, pl.DataType]
    ) -> pl.LazyFrame:
        instants = [n for n in dtypes if COLUMNS[n].kind == "instant"]
        if not instants:
            return frame
        frame = frame.with_columns(self._first_pass(n, dtypes[n]).alias(n) for n in instants)
        text = {n: self.readings[n].formats for n in instants if dtypes[n] == pl.String}
        for step in range(1, max(map(len, text.values()), default=0)):
            frame = frame.with_columns(
                pl.coalesce(
                    n,
                    normalise.strptime(
                        pl.when(pl.col(n).is_null()).then(pl.col(_RAW + n)),
                        formats[step],
                        self.zone,
                    ),
                ).alias(n)
                for n, formats in text.items()
                if step < len(formats)
            )
        return frame.with_columns(normalise.in_range(pl.col(n)).alias(n) for n in instants)

    def _first_pass(self, name: str, dtype: pl.DataType) -> pl.Expr:
        cell, reading = pl.col(_RAW + name), self.readings.get(name, Reading())
        if dtype != pl.String:
            return normalise.typed_instant(cell, dtype, reading, self.zone)
        if reading.per_second:
            return normalise.epoch(cell, reading.per_second)
        if not reading.formats:
            return pl.lit(None, dtype=pl.Datetime("us"))
        return normalise.strptime(cell, reading.formats[0], self.zone)

    def _value(self, name: str, dtype: pl.DataType) -> pl.Expr:
        cell = pl.col(_RAW + name)
        kind = COLUMNS[name].kind
        if kind == "count":
            return normalise.count(cell, dtype)
        if kind == "flag":
            return normalise.flag(cell, dtype)
        if kind == "score":
            return self.scoring.codes(cell, dtype, self._scale())
        if name in self.words:
            return _reworded(cell, self.words[name])
        if kind == "id" and not dtype.is_numeric():
            if name in self.patterns:
                cell = cell.str.extract(self.patterns[name])
            text = normalise.lower_emails(cell)
            # A rounded id would link strangers to each other.
            return pl.when(~pl.col(_LOST + name)).then(text) if name == "customer_id" else text
        return cell

    def _rated(self, name: str, dtype: pl.DataType) -> pl.Expr:
        cell = pl.col(_RAW + name)
        if dtype == pl.Boolean or (dtype != pl.String and not self.scoring.unrated):
            return cell
        return pl.when(~normalise.is_unrated(cell, dtype, self.scoring.unrated)).then(cell)

    def _bad(self, dtypes: Mapping[str, pl.DataType], part: Part) -> list[pl.Expr]:
        failed = []
        if part.is_text:
            failed.append((RAGGED, pl.col(OVERFLOW).is_not_null()))
        for name, dtype in dtypes.items():
            if name in CHECKED_IDS and not dtype.is_numeric():
                failed.append((name, pl.col(_LOST + name)))
            elif COLUMNS[name].kind in FALLIBLE:
                failed.append((name, pl.col(_RAW + name).is_not_null() & pl.col(name).is_null()))
        if not failed:
            return []
        bits = (
            pl.when(test)
            .then(pl.lit(1 << self.bits.index(name), dtype=pl.UInt32))
            .otherwise(pl.lit(0, dtype=pl.UInt32))
            for name, test in failed
        )
        total = next(bits)
        for bit in bits:
            total = total | bit
        return [total.alias("_bad")]


def _reworded(cell: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    """Return text with the usual word for what a system calls differently."""
    said = {fold(k): v for k, v in words.items()}
    found = normalise.folded(cell).replace_strict(
        list(said), list(said.values()), default=None, return_dtype=pl.String
    )
    return pl.coalesce(found, cell)


def _is_text(name: str, dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.String) or COLUMNS[name].kind in {*_WORDS, "id"}


def _trimmed(cell: pl.Expr, dtype: pl.DataType, name: str) -> pl.Expr:
    if _is_text(name, dtype):
        text = cell if isinstance(dtype, pl.String) else normalise.number_text(cell, dtype)
        return text.str.strip_chars()
    return cell.fill_nan(None) if dtype.is_float() else cell


def _extra(part: Part, header: str) -> pl.Expr:
    if header not in part.headers:
        return pl.lit(None, dtype=pl.Null).alias(header)
    dtype = part.dtype(header)
    if dtype.is_numeric():
        return pl.col(header)
    return plain_text(pl.col(header), dtype).str.strip_chars().alias(header)


def dtype_of(name: str) -> pl.DataType:
    """Return the type of a canonical column."""
    kind = COLUMNS[name].kind
    return {
        "instant": pl.Datetime("us"),
        "count": pl.Int64(),
        "flag": pl.Boolean(),
        "score": pl.Int16(),
    }.get(kind, pl.String())
