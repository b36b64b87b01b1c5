"""A frame as the text that its rows would give one by one: CSV and JSON, column by column.

The bytes must be those of `csv`, `json` and `jsonl` for the same rows, to the last one; only the
way there differs. Rows leave in pieces, so that a long list is never held twice.
"""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl

from csatkit.render.csv import FORMULA
from csatkit.render.document import plain

__all__ = ["csv_rows", "is_known", "json_rows"]

AT_ONCE = 10_000
"""Rows of a piece: some megabytes, whose memory is used again and again. Pieces of 250,000 rows
took half as much CPU time again, all of it for fresh pages."""

MOST_WORKERS = 4
"""Pieces that are made at the same time; more would wait for whoever writes them."""

_QUOTED = r'[",\r\n]'
_CONTROLS = {chr(code): f"\\u{code:04x}" for code in range(0x20)}
_ESCAPES = {**_CONTROLS, "\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r",
            '"': r"\"", "\\": r"\\"}  # fmt: skip
"""What JSON must not hold as it is."""

_PLAIN_FROM, _PLAIN_BELOW = 1e-4, 1e15
"""Between these the shortest decimal of a number is written alike by Polars and by Python."""


def is_known(dtype: pl.DataType) -> bool:
    """Tell whether a column of this type can be written here."""
    if isinstance(dtype, pl.Datetime):
        return dtype.time_unit != "ns"  # finer than any instant of Python's
    text = (pl.String, pl.Categorical, pl.Enum)
    return dtype.is_integer() or dtype.is_float() or dtype in (*text, pl.Boolean, pl.Date, pl.Null)


def csv_rows(frame: pl.DataFrame) -> Iterator[bytes]:
    """Yield rows of CSV, a line each, without the header.

    Args:
        frame: at least two columns of known types; a lone empty cell would need quotes.
    """
    cells = [_csv_cell(frame, name).alias(name) for name in frame.columns]
    yield from _pieces(frame, cells, "\n")


def json_rows(
    frame: pl.DataFrame, indent: int | None = None, more: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    """Yield rows as JSON objects, a comma after each but the last.

    Args:
        frame: columns of known types.
        indent: blanks before each object in an indented list; None for one object per line, with
            a line feed after each instead of the comma.
        more: further characters with their escapes.
    """
    row = _json_row(frame, _layout(indent), dict(more or {}))
    if indent is None:
        yield from _pieces(frame, [row], "\n")
        return
    last = None
    for piece in _pieces(frame, [row], ",\n"):
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last[:-2]


def _json_row(frame: pl.DataFrame, layout: tuple[str, str, str], more: dict[str, str]) -> pl.Expr:
    """Return each row as one text; what is the same in all rows is put together beforehand."""
    start, between, end = layout
    parts: list[pl.Expr] = []
    constant = start
    for i, name in enumerate(frame.columns):
        key = json.dumps(plain(name), ensure_ascii=False)
        for sign, text in more.items():
            key = key.replace(sign, text)
        quote, cell = _json_cell(frame, name, {**_ESCAPES, **more})
        parts += [pl.lit(f"{constant}{between if i else ''}{key}: {quote}"), cell]
        constant = quote
    return pl.concat_str(*parts, pl.lit(f"{constant}{end}")).alias("row")


def _layout(indent: int | None) -> tuple[str, str, str]:
    """Return what stands before the first field, between two and after the last."""
    if indent is None:
        return "{", ", ", "}"
    outer = " " * indent
    return f"{outer}{{\n{outer}  ", f",\n{outer}  ", f"\n{outer}}}"


def _pieces(frame: pl.DataFrame, cells: list[pl.Expr], line_end: str) -> Iterator[bytes]:
    """Yield some rows at a time, their cells side by side as they are."""

    def piece(first: int) -> bytes:
        out = io.BytesIO()
        frame.slice(first, AT_ONCE).lazy().select(cells).sink_csv(
            out, include_header=False, quote_style="never", line_terminator=line_end
        )
        return out.getvalue()

    workers = min(MOST_WORKERS, pl.thread_pool_size())
    with ThreadPoolExecutor(workers) as pool:
        coming: deque[Future[bytes]] = deque()
        for first in range(0, frame.height, AT_ONCE):
            coming.append(pool.submit(piece, first))
            if len(coming) > workers:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _csv_cell(frame: pl.DataFrame, name: str) -> pl.Expr:
    if not _is_text(frame.schema[name]):
        return _scalar(frame, name)
    text = pl.col(name).cast(pl.String)
    # One look that nearly always finds nothing is cheaper than writing every cell with care.
    if not _any_text(frame, name, f"^{FORMULA}|{_QUOTED}"):
        return text
    guarded = pl.when(text.str.contains(f"^{FORMULA}")).then("'" + text).otherwise(text)
    doubled = '"' + guarded.str.replace_all('"', '""', literal=True) + '"'
    return pl.when(text.str.contains(_QUOTED)).then(doubled).otherwise(guarded)


def _json_cell(frame: pl.DataFrame, name: str, escapes: Mapping[str, str]) -> tuple[str, pl.Expr]:
    """Return what stands on both sides of every cell of a column, and the cells."""
    null = pl.lit("null")
    dtype = frame.schema[name]
    if dtype.is_numeric() or dtype in (pl.Boolean, pl.Null):
        return "", _scalar(frame, name).fill_null(null)
    text = pl.col(name).cast(pl.String) if _is_text(dtype) else _scalar(frame, name)
    if _is_text(dtype):
        risky = "[" + "".join(f"\\x{{{ord(c):x}}}" for c in escapes) + "]"
        if _any_text(frame, name, risky):
            text = text.str.replace_many([*escapes], [*escapes.values()])
    if not frame.get_column(name).null_count():
        return '"', text
    return "", pl.concat_str(pl.lit('"'), text, pl.lit('"')).fill_null(null)


def _is_text(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Categorical, pl.Enum)


def _any(frame: pl.DataFrame, condition: pl.Expr) -> bool:
    return bool(frame.select(condition.any()).item())


def _any_text(frame: pl.DataFrame, name: str, pattern: str) -> bool:
    """Tell whether a pattern occurs in a column; each category is looked at once."""
    column = frame.get_column(name)
    texts = column if column.dtype == pl.String else column.unique().cast(pl.String)
    return bool(texts.str.contains(pattern).any())


def _scalar(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return the text of a number, a flag, a day or an instant; what isn't finite is null."""
    column, dtype = pl.col(name), frame.schema[name]
    if dtype.is_float():
        return _float(frame, column.cast(pl.Float64))
    if dtype == pl.Date:
        return column.dt.to_string("%Y-%m-%d")
    if isinstance(dtype, pl.Datetime):
        return _instant(frame, column, dtype)
    return column.cast(pl.String)


def _float(frame: pl.DataFrame, column: pl.Expr) -> pl.Expr:
    finite = pl.when(column.is_finite()).then(column)
    size = finite.abs()
    odd = ~size.is_between(_PLAIN_FROM, _PLAIN_BELOW, closed="left") & (size != 0)
    if not _any(frame, odd):
        return finite.cast(pl.String)
    # Rare enough to be asked one by one.
    python = pl.when(odd).then(finite).map_elements(repr, return_dtype=pl.String)
    return pl.coalesce(python, finite.cast(pl.String))


def _instant(frame: pl.DataFrame, column: pl.Expr, dtype: pl.Datetime) -> pl.Expr:
    if dtype.time_zone is not None:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    whole = column.dt.to_string("%Y-%m-%dT%H:%M:%SZ")
    has_parts = column.dt.microsecond() != 0
    if not _any(frame, has_parts):
        return whole
    return pl.when(has_parts).then(column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ")).otherwise(whole)
