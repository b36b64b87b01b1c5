"""Inputs that somebody else reads in our place: a cluster with its own stores, rights and tables.

The reader knows where the rows are; how a text is cut is still decided here, from its first bytes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from csatkit.errors import InputError
from csatkit.load.sniff import HEAD, Dialect, sniff_text

__all__ = ["Reader", "Table", "tables_of"]

_DATA = re.compile(r"(\.(csv|tsv|tab|txt)(\.gz)?|/part-[^/]*)$", re.IGNORECASE)


class Reader(Protocol):
    """Who reads files and tables."""

    def files(self, name: str) -> Sequence[str]:
        """Return the files that a path, glob or folder means, sorted; none where it is a table."""
        ...

    def head(self, file: str, n_bytes: int) -> bytes:
        """Return the first bytes of a file."""
        ...

    def parquet(self, name: str) -> pl.LazyFrame:
        """Return the rows of Parquet files."""
        ...

    def text(
        self, files: Sequence[str], n_columns: int, delimiter: str, encoding: str
    ) -> pl.LazyFrame:
        """Return the cells of texts with a header line, all as text, under any names."""
        ...

    def table(self, name: str) -> pl.LazyFrame:
        """Return the rows of a table that the reader knows by name."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that somebody else reads.

    Args:
        frame: the rows; of a text one column more than its header has, for what lies beyond.
        dialect: how the text is cut, None of what has types.
    """

    frame: pl.LazyFrame
    dialect: Dialect | None = None


def tables_of(reader: Reader, name: str) -> Iterator[Table]:
    """Yield the tables that a name means.

    Raises:
        InputError: it means nothing, or something that is neither Parquet nor text.
    """
    files = reader.files(name)
    if not files:
        yield Table(reader.table(name))
    elif reader.head(files[0], 4) == b"PAR1":
        yield Table(reader.parquet(name))
    else:
        yield from _texts(reader, files)


def _texts(reader: Reader, files: Sequence[str]) -> Iterator[Table]:
    alike: dict[tuple[Dialect, str], list[str]] = {}
    # A note may lie beside the data; clusters call their files part-0001 and so on.
    data = [f for f in files if _DATA.search(f)] if len(files) > 1 else files
    for file in data:
        head = _plain(reader.head(file, HEAD), file)
        if not head:
            continue  # clusters write empty files beside full ones
        encoding = _encoding(head)
        text = head.decode(encoding, errors="ignore")
        dialect = sniff_text(text, whole=len(head) < HEAD)
        if dialect.skip != 1:
            raise InputError(
                f"{file} has {dialect.skip - 1} lines above its header",
                "Remove them, or read the file without --engine spark.",
            )
        alike.setdefault((dialect, encoding), []).append(file)
    if not alike:
        raise InputError(f"{files[0]} is empty")
    for (dialect, encoding), group in alike.items():
        frame = reader.text(group, len(dialect.header) + 1, dialect.delimiter, encoding)
        yield Table(frame, dialect)


def _plain(head: bytes, file: str) -> bytes:
    if head.startswith(b"\x1f\x8b"):
        try:
            return zlib.decompressobj(wbits=31).decompress(head, HEAD)
        except zlib.error as error:
            raise InputError(f"{file} is a damaged gzip file", "Export it again.") from error
    controls = set(head) & (set(range(32)) - {9, 10, 12, 13, 27})
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if (controls and not is_wide) or head.lstrip()[:1] in (b"{", b"["):
        raise InputError(
            f"{file} is neither Parquet nor a text table",
            "--engine spark reads Parquet, CSV and tables; everything else is read without it.",
        )
    return head


def _encoding(head: bytes) -> str:
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be"
    try:
        # The last letter may be cut in two.
        head[: len(head) - 3 if len(head) == HEAD else None].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
