"""TOML → `Preset`: every key known, every type right, every name of a column or scale real.

A misspelt key would be a rule that silently doesn't hold, so each mistake is an error that names
the file, the table, the key and the nearest key that exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast, get_args

from csatkit.errors import UsageError
from csatkit.load.preset import (
    Caveat,
    Confidence,
    Events,
    Ids,
    Marker,
    Preset,
    RowRule,
    Rows,
    Scoring,
    Signature,
)
from csatkit.load.scales import named
from csatkit.load.zones import check_zone
from csatkit.notes import DROPPED_REASONS
from csatkit.schema import COLUMNS

__all__ = ["read_preset", "read_signature"]

Reader = Callable[[object, str], Any]


def read_preset(path: Path, name: str, tier: int | None = None) -> Preset:
    """Return the preset that a file describes.

    Args:
        path: the TOML file.
        name: what `--preset` calls it.
        tier: the tier of a user's own preset, which doesn't name one.

    Raises:
        UsageError: the file can't be read, isn't TOML, or holds an unknown key or a wrong value.
    """
    import tomllib

    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: isn't valid TOML: {error}") from None
    readers = dict(_PRESET)
    required = {"title", "kind", "columns"}
    if tier is None:
        required |= {"tier", "detect"}
    found = _table(content, str(path), readers, required)
    if found.pop("name", name) != name:
        raise UsageError(f"{path}: name: expected {name!r}, the name of the file")
    found.setdefault("detect", Signature(all=((),)))
    if tier is not None:
        found["tier"] = tier
    return Preset(name=name, **found)


_DETECT = re.compile(r"^\[detect\]\r?\n(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


@cache
def read_signature(text: str) -> Signature | None:
    """Return the signature in the text of a valid preset, without reading the rest of it.

    None where the text has no table of that name at the start of a line.
    """
    import tomllib

    table = _DETECT.search(text)
    if table is None:
        return None
    return cast("Signature", _of(Signature, _SIGNATURE)(tomllib.loads(table[1]), "detect"))


def _wrong(origin: str, what: str, value: object) -> UsageError:
    return UsageError(f"{origin}: expected {what}, got {value!r}")


def _table(
    value: object, origin: str, readers: Mapping[str, Reader], required: set[str] | None = None
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(origin, "a table", value)
    for key in value:
        if key not in readers:
            error = UsageError.unknown("key", key, readers)
            raise UsageError(f"{origin}: {error.message}", error.hint)
    missing = sorted((required or set()) - set(value))
    if missing:
        raise UsageError(f"{origin}: has no {', '.join(missing)}")
    return {key: readers[key](given, f"{origin}: {key}") for key, given in value.items()}


def _of(made: Callable[..., Any], readers: Mapping[str, Reader], *required: str) -> Reader:
    """Return a reader of a table that becomes a dataclass."""
    return lambda value, origin: made(**_table(value, origin, readers, set(required)))


def _many(reader: Reader) -> Reader:
    """Return a reader of a list."""

    def read(value: object, origin: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _wrong(origin, "a list", value)
        return tuple(reader(item, f"{origin} {n}") for n, item in enumerate(value, 1))

    return read


def _by_key(reader: Reader, check: Reader | None = None) -> Reader:
    """Return a reader of a table whose keys are the file's own."""

    def read(value: object, origin: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(origin, "a table", value)
        keys = {key: check(key, origin) if check else key for key in value}
        return MappingProxyType(
            {keys[key]: reader(given, f"{origin} {key}") for key, given in value.items()}
        )

    return read


def _text(value: object, origin: str) -> str:
    if not isinstance(value, str):
        raise _wrong(origin, "a text", value)
    return value


def _texts(value: object, origin: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(_text(item, origin) for item in _many(_text)(value, origin))


def _flag(value: object, origin: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(origin, "true or false", value)
    return value


def _whole(value: object, origin: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _wrong(origin, "a whole number", value)
    return value


def _one_of(what: str, *known: str) -> Reader:
    def read(value: object, origin: str) -> str:
        if value not in known:
            error = UsageError.unknown(what, str(value), known)
            raise UsageError(f"{origin}: {error.message}", error.hint)
        return str(value)

    return read


def _named_scale(value: object, origin: str) -> str:
    try:
        return named(_text(value, origin)).name
    except UsageError as error:
        raise UsageError(f"{origin}: {error.message}", error.hint) from None


def _zone(value: object, origin: str) -> str | None:
    """Return a zone; `account` stands for one that the export doesn't name."""
    if value == "account":
        return None
    # Looking up the names of all zones takes longer than reading all presets.
    if value == "UTC":
        return "UTC"
    try:
        return check_zone(_text(value, origin))
    except UsageError as error:
        raise UsageError(f"{origin}: {error.message}", error.hint) from None


def _pattern(value: object, origin: str) -> str:
    text = _text(value, origin)
    try:
        re.compile(text)
    except re.error as error:
        raise UsageError(f"{origin}: isn't a regular expression: {error}") from None
    return text


def _groups(value: object, origin: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_many(_texts)(value, origin))


_column = _one_of("canonical column", *COLUMNS)
_column_or_nothing = _one_of("canonical column", "", *COLUMNS)
_reason = _one_of("reason", *DROPPED_REASONS)
_marker = _one_of("marker", *get_args(Marker))

_SIGNATURE: Mapping[str, Reader] = {
    "all": _groups,
    "some": _texts,
    "at_least": _whole,
    "none": _groups,
    "first": _text,
}
_SCORING: Mapping[str, Reader] = {
    "scales": _many(_named_scale),
    "labels": _by_key(_text),
    "markers": _by_key(_marker),
    "factor": _whole,
    "search": _flag,
    "not_questions": _texts,
    "scale_column": _text,
    "scales_by_cell": _by_key(_named_scale),
}
_IDS: Mapping[str, Reader] = {
    "patterns": _by_key(_pattern, _column),
    "instead": _by_key(_text, _column),
}
_RULE: Mapping[str, Reader] = {
    "column": _text,
    "values": _texts,
    "reason": _reason,
    "keep": _flag,
    "unless": _text,
}
_ROWS: Mapping[str, Reader] = {
    "headers_below": _whole,
    "witness": _text,
    "data": _pattern,
    "footer_alone": _flag,
    "rules": _many(_of(RowRule, _RULE, "column", "values", "reason")),
}
_EVENTS: Mapping[str, Reader] = {
    "style": _one_of("style", "snapshots", "changes"),
    "ticket": _texts,
    "time": _texts,
    "version": _texts,
    "state": _texts,
    "assigned": _texts,
    "resolved": _texts,
    "ignored": _texts,
    "field": _text,
    "value": _text,
}
_CAVEAT: Mapping[str, Reader] = {
    "text": _text,
    "confidence": _one_of("confidence", *get_args(Confidence)),
    "source": _text,
}
_PRESET: Mapping[str, Reader] = {
    "name": _text,
    "title": _text,
    "tier": _whole,
    "kind": _one_of("kind", "tickets", "surveys"),
    "detect": _of(Signature, _SIGNATURE),
    "columns": _by_key(_texts, _column),
    "ignore": _many(_column),
    "positions": _many(_column_or_nothing),
    "scoring": _of(Scoring, _SCORING),
    "values": _by_key(_by_key(_text), _column),
    "ids": _of(Ids, _IDS),
    "zone": _zone,
    "rows": _of(Rows, _ROWS),
    "events": _of(Events, _EVENTS, "style", "ticket", "time"),
    "asks": _by_key(_text, _column),
    "caveats": _many(_of(Caveat, _CAVEAT, "text", "confidence", "source")),
}
