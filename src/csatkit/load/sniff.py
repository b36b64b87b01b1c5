"""The first records of a text file → its delimiter and its header.

Quotes are respected: a delimiter or a line end inside a quoted cell counts for nothing. Only the
head of the file is looked at; whether the rest agrees is for the audit to say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from csatkit.load.told import told_text

__all__ = [
    "Dialect",
    "clean_headers",
    "first_unclosed_line",
    "line_numbers",
    "requote",
    "sniff",
    "sniff_text",
]

HEAD = 1 << 16
"""Bytes looked at: some hundred records, and more than any header."""

RECORDS = 50
"""Records compared; a delimiter that is wrong shows within a few."""

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the records of a text file are cut."""

    delimiter: str
    header: tuple[str, ...]
    """Header cells as written, not yet cleaned."""
    skip: int
    """Records up to and including the header."""


def sniff(path: Path) -> Dialect:
    """Return the dialect in which the first records have most cells and agree best."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        whole = not file.read(1)
    return sniff_text(head.decode("utf-8-sig", errors="ignore"), whole=whole)


def sniff_text(text: str, *, whole: bool) -> Dialect:
    """Return the dialect of the head of a text, or of a whole text."""
    text = text.removeprefix("\ufeff")
    declared, body, before = _declared(text)
    tries = [declared] if declared else DELIMITERS
    found = {d: _records(body, d, whole=whole) for d in tries}
    best = max(tries, key=lambda d: _score(found[d]))
    records = found[best]
    first = next((i for i, record in enumerate(records) if any(c.strip() for c in record)), 0)
    header = tuple(records[first]) if records else ()
    return Dialect(best, header, before + first + 1)


def _declared(text: str) -> tuple[str | None, str, int]:
    """Return the delimiter of Excel's `sep=;` line, the text after it and the lines it took."""
    line, _, rest = text.partition("\n")
    line = line.strip("\r\"' ")
    if line.lower().startswith("sep=") and len(line) == 5:
        return line[4], rest, 1
    return None, text, 0


def _records(text: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    records: list[list[str]] = []
    with _large_cells():
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            records.append(record)
            if len(records) > RECORDS:
                return records[:-1]
    # The last record of a cut head is cut too, unless it is all there is.
    return records if whole or len(records) < 2 else records[:-1]


def _score(records: list[list[str]]) -> tuple[bool, float, int]:
    rows = [record for record in records if any(cell.strip() for cell in record)]
    if not rows:
        return (False, 0.0, 0)
    width = len(rows[0])
    # Short rows are usual (a footer, blank cells left out); long ones say "another delimiter".
    agree = sum(len(row) == width for row in rows) / len(rows)
    return (width > 1, agree, width)


LARGEST_CELL = 1 << 24
"""Characters of a cell; a quote left open in a large file must not swallow the rest of it."""


@contextmanager
def _large_cells() -> Iterator[None]:
    """Raise the csv module's limit of 128 KiB a cell for a moment; it is global."""
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def clean_headers(cells: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return unique header names in file order, and the names that occur more than once.

    Spaces at the ends go, an empty name becomes `column_3`, and a second `Others` becomes
    `Others_duplicated_0`.

    >>> clean_headers((" id", "Others", "", "Others"))
    (('id', 'Others', 'column_3', 'Others_duplicated_0'), ('Others',))
    """
    names: list[str] = []
    taken: set[str] = set()
    doubled: dict[str, int] = {}
    for position, cell in enumerate(cells, 1):
        name = plain = cell.strip().strip("\ufeff").strip() or f"column_{position}"
        while name in taken:
            count = doubled.get(plain, -1) + 1
            doubled[plain] = count
            name = f"{plain}_duplicated_{count}"
        taken.add(name)
        names.append(name)
    return tuple(names), tuple(doubled)


def first_unclosed_line(path: Path, delimiter: str) -> int | None:
    """Return the line where a quoted cell starts that never ends; None where all are closed.

    A cell beyond `LARGEST_CELL` counts as one that never ends. Reads the whole file record by
    record, so it is for files that are known to be odd.
    """
    start = 1
    with path.open(encoding="utf-8-sig", newline="") as file, _large_cells():
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for _ in reader:
                start = reader.line_num + 1
        except csv.Error as error:
            if "unexpected end of data" in str(error) or "field limit" in str(error):
                return start
    return None


def line_numbers(path: Path, delimiter: str, records: Iterable[int]) -> dict[int, int]:
    """Return the lines, counted from 1, in which some records start.

    Quoted cells may span lines, so a record's number isn't its line. Reads up to the last of them.

    Args:
        path: UTF-8 text.
        delimiter: between its cells.
        records: numbers from 1, blank lines counted.
    """
    wanted = set(records)
    found: dict[int, int] = {}
    line = 1
    with path.open(encoding="utf-8-sig", newline="") as file, _large_cells():
        reader = csv.reader(file, delimiter=delimiter)
        for number, _ in enumerate(reader, 1):
            if number in wanted:
                found[number] = line
                if len(found) == len(wanted):
                    break
            line = reader.line_num + 1
    return found


def requote(path: Path, delimiter: str, target: Path, shown: str) -> None:
    """Copy a text in which quotes stand inside unquoted cells (`5" screen`) as proper CSV.

    Slow, record by record; only for files whose quotes don't add up.

    Args:
        path: UTF-8 text.
        delimiter: between its cells.
        target: where the copy goes.
        shown: name of the text for messages.
    """
    with (
        told_text(path, f"mending the quotes of {shown}", "utf-8-sig", "") as source,
        target.open("w", encoding="utf-8", newline="") as sink,
        _large_cells(),
    ):
        writer = csv.writer(sink, delimiter=delimiter, lineterminator="\n")
        writer.writerows(csv.reader(source, delimiter=delimiter))
