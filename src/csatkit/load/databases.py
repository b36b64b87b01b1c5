"""The answer of a database to one SELECT → a typed lazy frame.

Connections are read-only wherever the database knows such a thing, rows come in batches, and no
message ever holds a user or a password. Numbers and times keep their types; what has no counterpart
in a table (JSON, UUIDs, intervals) becomes text.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from csatkit.errors import InputError
from csatkit.load.spill import Spill
from csatkit.progress import stage
from csatkit.query import Query, scheme_of, shown, without_secrets

__all__ = ["ask"]

_BATCH: Final = 50_000
"""Rows fetched at once: some ten MB."""

_CONNECT_SECONDS: Final = 10
"""How long a server may take to answer at all."""

_HINT: Final = "Check the address, and try the query in the database's own client."

_AS_TEXT: Final = ("json", "jsonb", "uuid", "interval", "inet", "cidr")
"""PostgreSQL's types that a frame lacks or, of changing shape, can't hold."""


_DUCKDB_TYPES: Final = re.compile(
    r"(BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)|VARCHAR|DATE|TIME"
    r"|TIMESTAMP(_S|_MS|_NS)?( WITH TIME ZONE)?)(\[\])?"
)
"""DuckDB's types that a frame holds as they are."""


def ask(query: Query) -> tuple[str, pl.LazyFrame]:
    """Return the name of the database for messages, and the rows of a query.

    Raises:
        InputError: the database can't be reached, refuses the query, or its driver isn't installed.
        UsageError: a variable of the environment isn't set.
    """
    uri = query.expanded(os.environ)
    scheme, name = scheme_of(uri), shown(uri)
    answer: Callable[[Query, str], Iterator[pl.DataFrame]]
    answer = {"sqlite": _sqlite, "duckdb": _duckdb}.get(scheme, _postgresql)
    spill = Spill("query")
    fetched = stage(f"reading {name}", "rows")
    try:
        for batch in answer(query, uri):
            spill.add(_plain(batch))
            fetched.add(batch.height)
    except InputError:
        raise
    except Exception as error:  # drivers raise what they like, from trees of their own
        if not _is_of_a_driver(error):
            raise
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason")
        # Without the original error: its text may hold what the message leaves out.
        raise InputError(f"{name}: {without_secrets(said, uri)}", _HINT) from None
    rows = spill.scan()
    if rows is None:
        raise InputError(f"{name}: the query has no columns", _HINT)
    return name, rows


def _is_of_a_driver(error: Exception) -> bool:
    module = type(error).__module__.partition(".")[0]
    return module in {"sqlite3", "duckdb", "_duckdb", "psycopg", "polars"} or isinstance(
        error, OSError | OverflowError
    )


def _batches(query: Query, fresh: Callable[[], Any]) -> Iterator[pl.DataFrame]:
    """Return the rows in frames, of an empty answer one frame without rows.

    Args:
        query: what to ask.
        fresh: makes a connection or cursor that hasn't been used.
    """
    # A whole batch is looked at: the first hundred rows of a column may all be null.
    frames = pl.read_database(
        query.query, fresh(), iter_batches=True, batch_size=_BATCH, infer_schema_length=None
    )
    is_empty = True
    for frame in frames:
        is_empty = False
        yield frame
    if is_empty:
        yield pl.read_database(query.query, fresh())


def _file(query: Query, uri: str) -> Path:
    """Return the file that an address names.

    Raises:
        InputError: it isn't there. (Both databases would make an empty one.)
    """
    text = uri.partition("://")[2].partition("?")[0]
    path = Path(query.folder, text.removeprefix("/")).expanduser()
    if not path.is_file():
        raise InputError(
            f"{shown(uri)}: the database {str(path)!r} doesn't exist",
            "After three slashes a path is relative to the configuration, after four absolute.",
        )
    return path


def _sqlite(query: Query, uri: str) -> Iterator[pl.DataFrame]:
    import sqlite3

    address = _file(query, uri).absolute().as_uri() + "?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield from _batches(query, lambda: connection)


def _duckdb(query: Query, uri: str) -> Iterator[pl.DataFrame]:
    duckdb = _driver("duckdb", uri)
    # Nothing is fetched from the network to read a local file.
    local = {"autoinstall_known_extensions": "false"}
    file = str(_file(query, uri))
    with closing(duckdb.connect(file, read_only=True, config=local)) as connection:
        yield from _batches(_castable(query, connection), lambda: connection)


def _castable(query: Query, connection: Any) -> Query:
    """Return the query with columns as text whose types a frame can't hold (Polars would crash)."""
    described = connection.execute(f"DESCRIBE {query.query}").fetchall()
    odd = [name for name, kind, *_ in described if not _DUCKDB_TYPES.fullmatch(kind)]
    if not odd:
        return query
    quoted = ('"' + name.replace('"', '""') + '"' for name in odd)
    casts = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in quoted)
    inner = query.query.rstrip("; \t\r\n")
    return replace(query, query=f"SELECT * REPLACE ({casts}) FROM (\n{inner}\n)")


def _postgresql(query: Query, uri: str) -> Iterator[pl.DataFrame]:
    psycopg = _driver("psycopg", uri)
    timeout = {} if "connect_timeout" in uri else {"connect_timeout": _CONNECT_SECONDS}
    with closing(psycopg.connect(uri, **timeout)) as connection:
        connection.read_only = True
        _keep_types(connection)
        with ExitStack() as cursors:

            def fresh() -> Any:
                # A cursor of the server: rows come as they are asked for, and it takes one SELECT
                # alone. The end of the transaction is the end of the one before.
                cursors.close()
                connection.rollback()
                return cursors.enter_context(connection.cursor(name="csatkit"))

            yield from _batches(query, fresh)


def _keep_types(connection: Any) -> None:
    """Read what a frame has no type for as the text that the server writes."""
    text = importlib.import_module("psycopg.types.string").TextLoader
    for name in _AS_TEXT:
        connection.adapters.register_loader(name, text)


def _driver(name: str, uri: str) -> Any:
    """Return a driver.

    Raises:
        InputError: it isn't installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(
            f"{shown(uri)}: asking this database needs the package {name}",
            "Install it with pip install 'csatkit[database]'.",
        ) from error


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a batch with decimals as numbers and without what only Python knows."""
    return frame.with_columns(
        *(_number(frame[n]) for n, t in frame.schema.items() if isinstance(t, pl.Decimal)),
        *(
            pl.Series(n, [None if v is None else str(v) for v in frame[n]], dtype=pl.String)
            for n, t in frame.schema.items()
            if isinstance(t, pl.Object)
        ),
    )


def _number(column: pl.Series) -> pl.Series:
    """Return a decimal column as numbers, without its last digits changing where it holds ids."""
    whole = column.cast(pl.Int64, strict=False)
    is_same = (whole.cast(pl.Decimal(38, 0)) == column) | column.is_null()
    if is_same.fill_null(value=False).all():
        return whole
    has_fractions = isinstance(column.dtype, pl.Decimal) and column.dtype.scale
    return column.cast(pl.Float64 if has_fractions else pl.String)
