"""What the caller names → parts: one scannable table each, with unique headers.

A path may be a file, a glob, a folder, `-` or the address of an object store; `file#name` picks a
sheet of a workbook, a list of a JSON object or members of a zip. A frame is a part as it is, and so
is the answer to a query. Every part keeps its own column order, joining by header is the source's
business.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, cast

import polars as pl

from csatkit.errors import InputError, NothingToEvaluate
from csatkit.load import archives, databases, excel, json_files, remote
from csatkit.load.containers import (
    BLOCK,
    Container,
    open_container,
    scratch_file,
    spool_stdin,
)
from csatkit.load.elsewhere import Reader, tables_of
from csatkit.load.sniff import (
    Dialect,
    clean_headers,
    first_unclosed_line,
    line_numbers,
    requote,
    sniff,
    sniff_text,
)
from csatkit.progress import stage
from csatkit.query import Query

__all__ = ["OVERFLOW", "RECORD", "Given", "Part", "open_parts"]

# pandas and Arrow ship no types, hence `object`.
Given: TypeAlias = "str | os.PathLike[str] | pl.DataFrame | pl.LazyFrame | object"

OVERFLOW = "__overflow"
"""Text column that catches the first field beyond the header."""

RECORD = "__record"
"""Number of the record after the header, blank lines counted; only where there are blank lines."""

_TRIED = 1_000
"""Rows read to see whether Polars understands the quotes."""

_DATA_SUFFIXES = (
    ".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq", ".json", ".jsonl", ".ndjson", ".xlsx",
    ".zip", ".gz", ".zst", ".zstd",
)  # fmt: skip
"""What counts as data in a folder, where a note or a script may lie beside it."""


@dataclass(frozen=True, eq=False)
class Part:
    """One table of the input, not yet read."""

    shown: str
    """Name for messages: the path as the user gave it."""
    headers: tuple[str, ...]
    dtypes: tuple[pl.DataType, ...]
    frame: pl.LazyFrame
    """All columns under their unique headers, of text also `OVERFLOW`."""
    is_text: bool
    doubled: tuple[str, ...] = ()
    skip: int = 1
    """Records up to and including the header."""
    blank_lines: bool = False
    broken_lines: tuple[Path, str] | None = None
    """A text whose quoted cells may span lines, and its delimiter."""
    text: Path | None = None
    """Where a text lies on this machine."""
    is_plan: bool = False
    """The frame is a plan of the caller's own; nobody knows what counting its rows would cost."""
    n_bytes: int | None = None
    """Size of the file, unpacked; None of what is no file on this machine."""

    def lines(self, records: Iterable[int]) -> dict[int, int]:
        """Return where some records start: lines of a text, else their numbers.

        Args:
            records: numbers from 1, header and blank lines counted.
        """
        if self.broken_lines is None:
            return {record: record for record in records}
        path, delimiter = self.broken_lines
        return line_numbers(path, delimiter, records)

    def about_rows(self) -> int | None:
        """Return the number of rows, of a text about; None where telling it would cost a pass."""
        if self.is_plan or (self.is_text and self.text is None):
            return None
        if self.text is None:
            return int(self.frame.select(pl.len()).collect(engine="streaming").item())
        with self.text.open("rb") as file:
            head = file.read(BLOCK)
        # Line breaks inside quoted cells make it too many, which is the safe side.
        return max(head.count(b"\n"), 1) * self.text.stat().st_size // max(len(head), 1)

    def dtype(self, header: str) -> pl.DataType:
        """Return the type of a column of this part."""
        return self.dtypes[self.headers.index(header)]


def open_parts(given: object, reader: Reader | None = None) -> tuple[Part, ...]:
    """Return the parts that a path, a frame, a query or a list of them stands for, folders sorted.

    Args:
        given: what the caller named.
        reader: who reads paths and tables in our place.

    Raises:
        InputError: something is missing, empty, damaged or of a kind that can't be read.
        NothingToEvaluate: there are JSON files only, and none holds a record.
    """
    items = given if isinstance(given, list | tuple) else [given]
    parts = tuple(part for item in items for part in _open(item, reader))
    if not parts:
        raise InputError("no input file was named")
    # A list without records has no columns either; beside other parts it adds nothing.
    filled = tuple(part for part in parts if part.headers)
    if not filled:
        raise NothingToEvaluate(f"{parts[0].shown} holds no record")
    return filled


def _open(item: object, reader: Reader | None) -> Iterator[Part]:
    if isinstance(item, Query):
        shown, frame = databases.ask(item)
        yield _typed(frame, frame.collect_schema(), shown)
    elif reader is not None and isinstance(item, str | os.PathLike):
        yield from _read_by(reader, os.fsdecode(item))
    elif isinstance(item, str) and remote.is_remote(item):
        stage(f"looking at {item}")
        yield _from_store(item)
    elif isinstance(item, str | os.PathLike):
        for path, shown, name in _expanded(os.fspath(item)):
            yield from _from_file(path, shown, name)
    else:
        yield _from_frame(item)


def _read_by(reader: Reader, name: str) -> Iterator[Part]:
    """Yield what somebody else reads; texts with one header are one part."""
    stage(f"looking at {name}")
    for table in tables_of(reader, name):
        if table.dialect is None:
            yield replace(_typed(table.frame, table.frame.collect_schema(), name), is_plan=True)
            continue
        headers, doubled = clean_headers(table.dialect.header)
        texts = tuple(pl.String() for _ in headers)
        raw = table.frame.collect_schema().names()
        frame = table.frame.rename(dict(zip(raw, (*headers, OVERFLOW), strict=True)))
        yield Part(
            name, headers, texts, frame, is_text=True, doubled=doubled, skip=table.dialect.skip
        )


def _expanded(text: str | bytes) -> Iterable[tuple[Path, str, str | None]]:
    """Return the files that a path means, their names for messages, and what follows `#`."""
    whole = os.fsdecode(text)
    if whole == "-":
        return [(spool_stdin(), "standard input", None)]
    plain, sign, name = whole.rpartition("#")
    if not sign or not plain or Path(whole).expanduser().exists():
        plain, name = whole, ""
    path = Path(plain).expanduser()
    if path.is_dir():
        files = _folder(path)
    elif not path.exists() and glob.has_magic(plain):
        found = sorted(p for p in map(Path, glob.glob(str(path), recursive=True)) if p.is_file())  # noqa: PTH207 - an absolute pattern isn't for Path.glob
        if not found:
            raise InputError(f"no file matches {plain!r}")
        files = [(p, str(p)) for p in found]
    else:
        files = [(path, plain)]
    return [(p, shown, name or None) for p, shown in files]


def _folder(folder: Path) -> list[tuple[Path, str]]:
    found = sorted(
        p
        for p in folder.iterdir()
        if p.is_file() and not p.name.startswith(".") and p.suffix.lower() in _DATA_SUFFIXES
    )
    if not found:
        raise InputError(
            f"the folder {folder} holds no data file",
            f"Looked for {', '.join(_DATA_SUFFIXES)}.",
        )
    return [(p, str(p)) for p in found]


def _from_file(
    path: Path, shown: str, name: str | None, *, is_unpacked: bool = False
) -> Iterator[Part]:
    container = open_container(path, shown, is_unpacked=is_unpacked)
    path = container.path
    if container.kind != "zip" or archives.is_workbook(path, shown):
        yield replace(_from_table(container, shown, name), n_bytes=path.stat().st_size)
    elif is_unpacked:
        raise InputError(f"{shown} is packed more than once", "Unpack it and name what is inside.")
    else:
        for member in archives.members(path, shown, _DATA_SUFFIXES, name):
            inner = archives.extract(path, shown, member)
            yield from _from_file(inner, f"{shown}#{member}", None, is_unpacked=True)


def _from_table(container: Container, shown: str, name: str | None) -> Part:
    if container.kind == "zip":
        return _from_sheet(container.path, shown, name)
    if container.kind == "json":
        return _from_json(container.path, shown, name)
    if name is not None:
        raise InputError(
            f"{shown} holds one table, so there is no {name!r} in it",
            "Only workbooks, JSON and zip archives hold several.",
        )
    if container.kind == "parquet":
        return _from_parquet(container.path, shown)
    return _from_csv(container, shown)


def _from_json(path: Path, shown: str, name: str | None) -> Part:
    table = json_files.read_json(path, shown, name)
    headers = table.headers if table.frame is not None else ()
    dtypes = tuple(pl.String() for _ in headers)
    frame = pl.LazyFrame() if table.frame is None else table.frame
    # Records are counted from 1: of NDJSON that is the line.
    return Part(shown, headers, dtypes, frame, is_text=False, doubled=table.doubled, skip=0)


def _from_sheet(path: Path, shown: str, name: str | None) -> Part:
    stage(f"reading {shown}")
    cells, rows = excel.read_sheet(path, shown, name)
    headers, doubled = clean_headers(cells)
    frame = rows.rename(dict(zip(rows.columns, headers, strict=True))).lazy()
    blank = pl.all_horizontal(pl.col(headers).is_null())
    return Part(
        shown if name is None else f"{shown}#{name}",
        headers,
        tuple(pl.String() for _ in headers),
        frame.with_row_index(RECORD).filter(~blank),
        is_text=False,
        doubled=doubled,
        blank_lines=True,
    )


def _from_store(url: str) -> Part:
    if remote.kind_of(url) == "parquet":
        frame, schema = remote.scan_table(url)
        return _typed(frame, schema, url)
    text, is_whole = remote.head_of(url)
    dialect = sniff_text(text, whole=is_whole)
    headers, doubled = clean_headers(dialect.header)
    return Part(
        url,
        headers,
        tuple(pl.String() for _ in headers),
        # Whether there are blank lines is only known at the end, so they are always looked for.
        _scan_csv(url, headers, dialect, blank_lines=True),
        is_text=True,
        doubled=doubled,
        skip=dialect.skip,
        blank_lines=True,
    )


def _from_parquet(path: Path, shown: str) -> Part:
    frame = pl.scan_parquet(path, glob=False)
    try:
        schema = frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(
            f"{shown} is a damaged Parquet file: {str(error).splitlines()[0]}",
            "Download or export it again.",
        ) from error
    return _typed(frame, schema, shown)


def _typed(frame: pl.LazyFrame, schema: pl.Schema, shown: str) -> Part:
    names, _ = clean_headers(tuple(schema.names()))
    renamed = {a: b for a, b in zip(schema.names(), names, strict=True) if a != b}
    frame = frame.rename(renamed) if renamed else frame
    return Part(shown, names, tuple(schema.dtypes()), frame, is_text=False)


def _from_frame(item: object) -> Part:
    frame: pl.LazyFrame
    if isinstance(item, pl.LazyFrame):
        frame = item
    elif isinstance(item, pl.DataFrame):
        frame = item.lazy()
    elif type(item).__module__.partition(".")[0] == "pandas":
        frame = pl.from_pandas(cast("Any", item)).lazy()
    elif hasattr(item, "__arrow_c_stream__"):
        frame = pl.DataFrame(item).lazy()
    else:
        raise InputError(
            f"{type(item).__name__} is no input",
            "Pass a path, or a Polars, pandas or Arrow table.",
        )
    part = _typed(frame, frame.collect_schema(), f"<{type(item).__name__}>")
    return replace(part, is_plan=isinstance(item, pl.LazyFrame))


def _from_csv(container: Container, shown: str) -> Part:
    dialect = sniff(container.path)
    headers, doubled = clean_headers(dialect.header)
    part = Part(
        shown,
        headers,
        tuple(pl.String() for _ in headers),
        _scan_csv(container.path, headers, dialect, container.blank_lines),
        is_text=True,
        doubled=doubled,
        skip=dialect.skip,
        blank_lines=container.blank_lines,
        broken_lines=(container.path, dialect.delimiter) if container.quotes else None,
        text=container.path,
    )
    if container.quotes and not _reads(part.frame, container.quotes):
        _check_closed(container.path, dialect, shown)
        path = scratch_file(container.path)
        requote(container.path, dialect.delimiter, path, shown)
        return replace(part, frame=_scan_csv(path, headers, dialect, container.blank_lines))
    return part


def _scan_csv(
    path: Path | str, headers: tuple[str, ...], dialect: Dialect, blank_lines: bool
) -> pl.LazyFrame:
    is_far = isinstance(path, str)
    frame = pl.scan_csv(
        path,
        glob=is_far,
        storage_options=dict(remote.OPTIONS) if is_far else None,
        credential_provider=None,
        has_header=False,
        skip_rows=dialect.skip,
        separator=dialect.delimiter,
        schema=dict.fromkeys((*headers, OVERFLOW), pl.String()),
        missing_columns="insert",
        truncate_ragged_lines=True,
        row_index_name=RECORD if blank_lines else None,
    )
    if blank_lines:
        # Looking at every column is the price; most files have no blank line.
        frame = frame.filter(pl.any_horizontal(pl.col(*headers, OVERFLOW).is_not_null()))
    return frame


def _reads(frame: pl.LazyFrame, quotes: int) -> bool:
    """Tell whether the quotes of a text add up, as far as their number and the first rows show."""
    if quotes % 2:
        return False
    try:
        frame.head(_TRIED).collect()
    except pl.exceptions.ComputeError:
        return False
    return True


def _check_closed(path: Path, dialect: Dialect, shown: str) -> None:
    line = first_unclosed_line(path, dialect.delimiter)
    if line is not None:
        raise InputError(
            f"{shown}, line {line}: a quote is opened and never closed",
            "Close it, or export the file again.",
        )
