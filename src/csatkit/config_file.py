"""Reads `csatkit.toml`, or `[tool.csatkit]` of `pyproject.toml`: every key known, every type right.

A misspelt key that is silently ignored is a number computed by another rule than the one its reader
believes in; so each mistake names the file, the key and the nearest key that exists.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from csatkit import values
from csatkit.config_goals import read_goals
from csatkit.config_rules import BY_PLACE, NUMBER, check_type
from csatkit.errors import UsageError
from csatkit.settings import Input, Query
from csatkit.where import parse

__all__ = ["FILE", "TARGET_KEYS", "Configuration", "find", "read"]

FILE = "csatkit.toml"
PYPROJECT = "pyproject.toml"

TARGET_KEYS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "name": (str,),
        "metric": (str,),
        "min": NUMBER,
        "max": NUMBER,
        "by": (str, list),
        "where": (str, list),
        "warn": NUMBER,
        "mode": (str,),
        "margin": NUMBER,
        "action": (str,),
        "kind": (str,),
        "min_n": (int,),
        "level": NUMBER,
        "no_worse_than": (str,),
        "column": (str,),
    }
)
"""Keys of a `[[target]]` and their TOML types."""

TARGET_MODES = ("three-way", "point", "lower", "noninferior")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration file says, checked; empty where there is no file.

    Args:
        path: the file, for messages.
        values: attribute of the settings → value, by rule.
        targets: the `[[target]]` tables as written, their keys and types checked.
        goals: the `[[goal]]` tables as written, checked as well.
    """

    path: Path | None = None
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    targets: tuple[Mapping[str, object], ...] = ()
    goals: tuple[Mapping[str, object], ...] = ()


def find(folder: Path) -> Path | None:
    """Return the configuration that governs a folder: here or above, within one repository.

    Args:
        folder: where to start; the search ends at a folder that holds `.git`, or at the root.

    Returns:
        `csatkit.toml`, else a `pyproject.toml` that has a `[tool.csatkit]` table, else None.
    """
    start = folder.absolute()
    for place in (start, *start.parents):
        for path in (place / FILE, place / PYPROJECT):
            if path.is_file() and (path.name == FILE or _mentions_us(path)):
                return _relative(path)
        if (place / ".git").exists():
            return None
    return None


def _mentions_us(path: Path) -> bool:
    """Tell whether a `pyproject.toml` is ours; a broken one of somebody else's isn't."""
    try:
        return b"tool.csatkit" in path.read_bytes() and bool(_tables(path))
    except OSError:
        return False


def _relative(path: Path) -> Path:
    """Return the path as seen from here: the short form reads better in messages."""
    try:
        return Path(os.path.relpath(path))
    except (ValueError, OSError):  # another drive, or the current folder is gone
        return path


def read(path: Path) -> Configuration:
    """Return what a file says.

    Args:
        path: `csatkit.toml` in any name, or `pyproject.toml`, whose `[tool.csatkit]` counts.

    Raises:
        UsageError: the file can't be read, isn't TOML, or holds an unknown key or a wrong value.
    """
    tables = dict(_tables(path))
    targets, goals = tables.pop("target", []), tables.pop("goal", [])
    found: dict[str, object] = {}
    for name, table in tables.items():
        found |= _table(path, name, table)
    found |= _presets(path, found)
    asked = (_targets(path, targets), read_goals(str(path), goals))
    return Configuration(path, MappingProxyType(found), *asked)


def _presets(path: Path, found: Mapping[str, object]) -> dict[str, object]:
    """Return where the user's presets lie: beside the file, or where it says."""
    named = found.get("preset_folder")
    # A folder `presets` beside a `pyproject.toml` may be anybody's.
    folder = "." if named is None and path.name != PYPROJECT else named
    place = None if folder is None else str(path.parent / str(folder))
    if "preset" in found:
        values.preset(found["preset"], f"{path}: [source] preset", place)
    if place is None or not (named or values.own_presets(place)):
        return {}
    return {"preset_folder": place}


def _tables(path: Path) -> Mapping[str, object]:
    import tomllib

    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: isn't UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: isn't valid TOML: {error}") from None
    if path.name != PYPROJECT:
        return content
    ours = content.get("tool", {}).get("csatkit", {})
    return ours if isinstance(ours, Mapping) else {}


def _table(path: Path, name: str, table: object) -> dict[str, object]:
    tables = {t for t, _ in BY_PLACE} | {"target", "goal"}
    if name not in tables:
        error = UsageError.unknown("table", f"[{name}]", (f"[{t}]" for t in tables))
        raise UsageError(f"{path}: {error.message}", error.hint)
    if not isinstance(table, dict):
        raise values.expected(f"{path}: {name}", f"a table [{name}]", table)
    whole = BY_PLACE.get((name, "*"))
    if whole is not None:
        return {whole.field: whole.read(table, f"{path}: [{name}]")}
    return {
        field: value
        for key, given in table.items()
        for field, value in [_value(path, name, key, given)]
    }


def _value(path: Path, table: str, key: str, given: object) -> tuple[str, object]:
    rule = BY_PLACE.get((table, key))
    if rule is None:
        error = UsageError.unknown("key", key, (k for t, k in BY_PLACE if t == table))
        raise UsageError(f"{path}: [{table}]: {error.message}", error.hint)
    origin = f"{path}: [{table}] {key}"
    check_type(given, rule.types, origin)
    value = rule.read(given, origin)
    if table == "source" and key in {"tickets", "surveys", "outreach"}:
        value = tuple(_beside(path, p) for p in _as_tuple(value))
    return rule.field, value


def _as_tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _beside(path: Path, given: object) -> Input:
    """Return an input as written in the file, seen from here.

    `-` stays standard input, and an address of an object store stays as it is.
    """
    if isinstance(given, Query):
        return replace(given, folder=str(path.parent))
    name = str(given)
    return name if name == "-" or "://" in name else str(path.parent / name)


def _targets(path: Path, targets: object) -> tuple[Mapping[str, object], ...]:
    if not isinstance(targets, list) or not all(isinstance(t, dict) for t in targets):
        raise values.expected(f"{path}: target", "tables written [[target]]", targets)
    return tuple(_target(path, n, target) for n, target in enumerate(targets, 1))


def _target(path: Path, number: int, target: Mapping[str, object]) -> Mapping[str, object]:
    here = f"{path}: [[target]] {target.get('name', number)}"
    for key, given in target.items():
        if key not in TARGET_KEYS:
            error = UsageError.unknown("key", key, TARGET_KEYS)
            raise UsageError(f"{here}: {error.message}", error.hint)
        check_type(given, TARGET_KEYS[key], f"{here}: {key}")
    if "metric" not in target:
        raise UsageError(f"{here}: has no metric", 'Add for example metric = "csat".')
    if sum(key in target for key in ("min", "max", "no_worse_than")) != 1:
        raise UsageError(
            f"{here}: needs either min or max, or no_worse_than", "Add for example min = 80."
        )
    if "mode" in target:
        values.choice(*TARGET_MODES)(target["mode"], f"{here}: mode")
    if "level" in target:
        values.level(target["level"], f"{here}: level")
    if "min_n" in target:
        values.whole(target["min_n"], f"{here}: min_n")
    for condition in _conditions(target.get("where", [])):
        parse(condition, f"{here}: where")
    if "no_worse_than" in target:
        beside = str(path.parent / str(target["no_worse_than"]))
        return MappingProxyType({**target, "no_worse_than": beside})
    return MappingProxyType(dict(target))


def _conditions(written: object) -> list[str]:
    return [str(w) for w in written] if isinstance(written, list) else [str(written)]
