"""JSON and NDJSON → a table of text: one row per record, nested objects as dotted headers.

Records are the items of an array, the values of a sequence (one per line or not), or the items of
the one list that an object holds (`{"tickets": [...], "next_page": ...}`). A record that is nothing
but a name and an object (`{"ticket": {...}}`) is that object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from csatkit.errors import InputError, nearest
from csatkit.load.json_reader import (
    DEEPEST,
    Number,
    Object,
    Reader,
    RecordTooLargeError,
    Value,
    as_text,
    too_deep,
)
from csatkit.load.spill import Spill
from csatkit.load.told import told_text
from csatkit.schema import COLUMNS, fold

__all__ = ["JsonTable", "read_json"]

_BATCH_ROWS = 20_000
_BATCH_CELLS = 1_000_000
"""Rows and cells held before they are written away: some ten MB."""

_MOST_HEADERS = 2_000
"""Different fields of a file; more means that keys are values (`{"4711": {...}}`)."""

_DEEPEST_LIST = 3
"""Levels of objects around the list of records: `{"data": {"tickets": {"nodes": [...]}}}`."""

_OF_RECORDS = frozenset(
    fold(word)
    for name in ("ticket_id", "created_at", "responded_at")
    for word in (name, *COLUMNS[name].aliases)
)
"""Keys that a ticket or a survey has and a wrapper around many hasn't."""


@dataclass(frozen=True)
class JsonTable:
    """The records of a file as text."""

    headers: tuple[str, ...]
    doubled: tuple[str, ...]
    """Headers under which an object holds more than one value."""
    frame: pl.LazyFrame | None
    """None where there is no record."""


def read_json(path: Path, shown: str, name: str | None = None) -> JsonTable:
    """Read a file of records.

    Args:
        path: UTF-8 text.
        shown: its name for messages.
        name: the list to read where an object holds several.

    Raises:
        InputError: it isn't valid JSON, ends early, or holds no records.
    """
    table = _Table(path.name, shown)
    with told_text(path, f"reading {shown}", "utf-8-sig", "") as file:
        reader = Reader(file, shown)
        for record in _records(reader, path, name):
            table.add(record, reader)
    return table.finish()


# -- where the records are ------------------------------------------------------------------------


def _records(reader: Reader, path: Path, name: str | None) -> Iterator[Object]:
    first = reader.peek()
    if first == "{" and (name is not None or _is_wrapper(path, reader.shown)):
        wanted = _chosen(_lists(path, reader.shown), reader.shown, name)
        yield from _listed(reader, wanted)
        if reader.peek():
            raise _not_an_object(reader)
        return
    if name is not None:
        raise InputError(f"{reader.shown} holds no lists with names, so none is called {name!r}")
    if first == "[":
        yield from _array(reader)
        if reader.peek():
            raise _not_an_object(reader)
        return
    while reader.peek():
        yield _object(reader)


def _is_wrapper(path: Path, shown: str) -> bool:
    """Tell whether the text is one object around a list of records, not a record itself."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = Reader(file, shown)
        try:
            value = reader.value()
        except RecordTooLargeError:
            return True
        if reader.peek() or not isinstance(value, Object):
            return False
    if len(value) == 1 and isinstance(value[0][1], Object) and _is_record(value[0][1]):
        return False
    return not _is_record(value) and _has_list(value, _DEEPEST_LIST)


def _is_record(value: Object) -> bool:
    return any(fold(key) in _OF_RECORDS for key, _ in value)


def _has_list(value: Object, levels: int) -> bool:
    """Tell whether an object holds a list of objects, or an empty one."""
    for _, inner in value:
        if isinstance(inner, Object):
            if levels > 1 and _has_list(inner, levels - 1):
                return True
        elif isinstance(inner, list) and (not inner or isinstance(inner[0], Object)):
            return True
    return False


def _lists(path: Path, shown: str) -> dict[tuple[str, ...], bool]:
    """Return the lists of objects that an object holds, and whether each has any item."""
    found: dict[tuple[str, ...], bool] = {}
    with told_text(path, f"looking through {shown}", "utf-8-sig", "") as file:
        reader = Reader(file, shown)
        for place in _places(reader, ()):
            is_filled = False
            for _ in reader.items():
                if reader.peek() == "{":
                    is_filled = True
                reader.value()
            found[place] = found.get(place, False) or is_filled
    return found


def _places(reader: Reader, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the place of every array; the caller reads it."""
    for key in reader.members():
        place = (*above, key)
        first = reader.peek()
        if first == "[":
            yield place
        elif first == "{" and len(place) < _DEEPEST_LIST:
            yield from _places(reader, place)
        else:
            reader.value()


def _chosen(
    lists: dict[tuple[str, ...], bool], shown: str, name: str | None
) -> tuple[str, ...] | None:
    """Return the list that holds the records; None where all lists are empty."""
    names = {".".join(place): place for place in lists}
    if name is not None:
        fitting = [p for n, p in names.items() if name in {n, p[-1]}]
        if not fitting:
            near = nearest(name, names)
            hint = f"Did you mean {near!r}?" if near else f"It holds {', '.join(names)}."
            raise InputError(f"{shown} holds no list {name!r}", hint)
        return fitting[0]
    filled = [place for place, is_filled in lists.items() if is_filled]
    # What lies deeper describes what lies above: paging, included users.
    top = [p for p in filled if len(p) == min(map(len, filled))]
    if len(top) > 1:
        several = ", ".join(".".join(place) for place in top)
        raise InputError(
            f"{shown} holds more than one list of records: {several}",
            f"Say which one: {shown}#{'.'.join(top[0])}",
        )
    return top[0] if top else None


def _listed(reader: Reader, wanted: tuple[str, ...] | None) -> Iterator[Object]:
    for place in _places(reader, ()):
        if place == wanted:
            yield from _array(reader)
        else:
            for _ in reader.items():
                reader.value()


def _array(reader: Reader) -> Iterator[Object]:
    for _ in reader.items():
        yield _object(reader)


def _object(reader: Reader) -> Object:
    """Read a record, without the name around it."""
    if reader.peek() != "{":
        raise _not_an_object(reader)
    value = reader.value()
    if isinstance(value, Object) and len(value) == 1 and isinstance(value[0][1], Object):
        value = value[0][1]
    return value if isinstance(value, Object) else Object()


def _not_an_object(reader: Reader) -> InputError:
    if not reader.peek():
        return reader.cut()
    found = {"[": "a list", '"': "a text"}.get(reader.peek(), "something else")
    return InputError(
        f"{reader.shown}, line {reader.line()}: expected a record {{...}}, found {found}",
        "Export a list of objects, or one object per line.",
    )


# -- from records to columns ----------------------------------------------------------------------


class _Table:
    """Columns of text that grow row by row."""

    def __init__(self, name: str, shown: str) -> None:
        self._shown = shown
        self._headers: dict[str, None] = {}
        self._doubled: dict[str, None] = {}
        self._columns: dict[str, list[str | None]] = {}
        self._height = 0
        self._spill = Spill(name)

    def add(self, record: Object, reader: Reader) -> None:
        """Append a row."""
        try:
            cells = dict[str, str | None]()
            self._flatten(record, "", cells, reader, 1)
        except RecursionError:
            raise too_deep(self._shown, reader.line()) from None
        for header, cell in cells.items():
            column = self._columns.setdefault(header, [])
            if len(column) < self._height:
                column.extend([None] * (self._height - len(column)))
            column.append(cell)
        self._height += 1
        is_full = self._height * len(self._columns) >= _BATCH_CELLS
        if is_full or self._height >= _BATCH_ROWS:
            self._flush()

    def _flatten(
        self,
        value: Object,
        prefix: str,
        cells: dict[str, str | None],
        reader: Reader,
        level: int,
    ) -> None:
        if level > DEEPEST:
            raise too_deep(self._shown, reader.line())
        for key, inner in value:
            header = prefix + (key.strip() or "column")
            if isinstance(inner, Object):
                self._flatten(inner, header + ".", cells, reader, level + 1)
                continue
            if header in cells:
                self._doubled[header] = None
                header = _free(header, cells)
            if header not in self._headers:
                self._headers[header] = None
                self._check_width()
            cells[header] = _cell(inner)

    def _check_width(self) -> None:
        if len(self._headers) > _MOST_HEADERS:
            raise InputError(
                f"{self._shown} has more than {_MOST_HEADERS:,} different fields, the last one "
                f"{list(self._headers)[-1]!r}",
                "Its keys seem to be values; export a list of records with the same keys.",
            )

    def _flush(self) -> None:
        for column in self._columns.values():
            column.extend([None] * (self._height - len(column)))
        self._spill.add(pl.DataFrame([_series(n, c) for n, c in self._columns.items()]))
        self._columns = {}
        self._height = 0

    def finish(self) -> JsonTable:
        """Return all rows."""
        if self._height and self._headers:
            self._flush()
        frame = self._spill.scan()
        headers = tuple(self._headers)
        if frame is not None:
            frame = frame.select(headers)
        return JsonTable(headers, tuple(self._doubled), frame)


def _free(header: str, cells: dict[str, str | None]) -> str:
    """Return the name of a further value, the way a doubled header of a CSV is named."""
    count = 0
    while f"{header}_duplicated_{count}" in cells:
        count += 1
    return f"{header}_duplicated_{count}"


def _cell(value: Value) -> str | None:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, Object):  # an object has columns of its own
        return None
    if any(isinstance(item, list | Object) for item in value):
        return as_text(value)
    cells = [_cell(item) for item in value if not isinstance(item, Object)]
    return ",".join(cell for cell in cells if cell is not None) or None


def _series(name: str, cells: list[str | None]) -> pl.Series:
    try:
        return pl.Series(name, cells, dtype=pl.String)
    except UnicodeEncodeError:
        # Half of an emoji, cut by some limit on length: no text in any encoding.
        whole = [c and c.encode("utf-8", "replace").decode() for c in cells]
        return pl.Series(name, whole, dtype=pl.String)
