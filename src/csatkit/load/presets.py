"""Which presets there are, and which of them an export's headers belong to.

Recognition looks at headers only. Of several signatures that fit, the one that names most headers
of the file wins, and a user's own preset beats those that are shipped; a tie is an error, because a
wrong preset is a wrong number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from csatkit.errors import UsageError
from csatkit.load.preset import Preset, Signature
from csatkit.load.preset_file import read_preset, read_signature
from csatkit.schema import fold
from csatkit.values import own_presets

__all__ = [
    "NO_PRESET",
    "OWN",
    "Match",
    "candidates",
    "find",
    "library",
    "matching",
    "recognise",
    "shipped",
    "users",
]

NO_PRESET = "none"
"""What `--preset` says to switch recognition off."""

OWN = 0
"""Tier of a user's own preset."""


@dataclass(frozen=True, slots=True)
class Match:
    """A preset whose signature fits, and the headers that say so."""

    preset: Preset
    headers: tuple[str, ...]

    @property
    def rank(self) -> tuple[bool, int]:
        """Return what the better match has more of."""
        return self.preset.tier == OWN, len(self.headers)


def shipped() -> Mapping[str, Preset]:
    """Return the presets of the package by name."""
    return MappingProxyType({name: _shipped(name) for name in _texts()})


@cache
def _texts() -> Mapping[str, str]:
    files = sorted((Path(__file__).parent / "presets").glob("*.toml"))
    return {f.stem: f.read_text(encoding="utf-8") for f in files}


@cache
def _shipped(name: str) -> Preset:
    return read_preset(Path(__file__).parent / "presets" / f"{name}.toml", name)


def candidates(headers: tuple[str, ...], own: Mapping[str, Preset]) -> Mapping[str, Preset]:
    """Return the shipped presets whose signature fits these headers, and all of a user's own.

    Only their `[detect]` tables are parsed, a tenth of all that the files say.
    """
    by_fold = _by_fold(headers)
    near = {n: _shipped(n) for n, text in _texts().items() if _may_fit(text, headers, by_fold)}
    return MappingProxyType({**near, **own})


def _may_fit(text: str, headers: tuple[str, ...], by_fold: Mapping[str, str]) -> bool:
    signature = read_signature(text)
    return signature is None or _fits(signature, headers, by_fold) is not None


def library(folder: str | None = None) -> Mapping[str, Preset]:
    """Return all presets by name; a user's own replaces a shipped one of the same name.

    Args:
        folder: where a user keeps presets: `NAME.preset.toml`, or `presets/NAME.toml` below it.

    Raises:
        UsageError: one of the user's files can't be read.
    """
    return MappingProxyType({**shipped(), **users(folder)})


def users(folder: str | None) -> Mapping[str, Preset]:
    """Return a user's own presets by name, none where there is no folder.

    Raises:
        UsageError: one of the files can't be read.
    """
    if not folder:
        return {}
    files = own_presets(folder)
    if NO_PRESET in files:
        raise UsageError(
            f"{files[NO_PRESET]}: the name {NO_PRESET!r} switches recognition off",
            "Call the file something else.",
        )
    return {name: read_preset(file, name, OWN) for name, file in files.items()}


def find(name: str, folder: str | None = None) -> Preset:
    """Return the preset of a name.

    Raises:
        UsageError: there is none; the nearest one is named.
    """
    known = library(folder)
    wanted = fold(name)
    for key, preset in known.items():
        if fold(key) == wanted:
            return preset
    error = UsageError.unknown("preset", name, (*known, NO_PRESET))
    raise UsageError(f"preset: {error.message}", error.hint)


def matching(headers: tuple[str, ...], presets: Mapping[str, Preset]) -> tuple[Match, ...]:
    """Return every preset whose signature fits these headers, the best first."""
    by_fold = _by_fold(headers)
    found = [
        Match(preset, shown)
        for preset in presets.values()
        if (shown := _fits(preset.detect, headers, by_fold)) is not None
    ]
    return tuple(sorted(found, key=lambda m: m.rank, reverse=True))


def _by_fold(headers: tuple[str, ...]) -> dict[str, str]:
    by_fold: dict[str, str] = {}
    for header in headers:
        by_fold.setdefault(fold(header), header)
    return by_fold


def _fits(
    wanted: Signature, headers: tuple[str, ...], by_fold: Mapping[str, str]
) -> tuple[str, ...] | None:
    needed = [
        next((by_fold[fold(h)] for h in group if fold(h) in by_fold), None) for group in wanted.all
    ]
    some = [by_fold[fold(h)] for h in wanted.some if fold(h) in by_fold]
    if None in needed or len(some) < wanted.at_least:
        return None
    if any(all(fold(h) in by_fold for h in group) for group in wanted.none):
        return None
    if wanted.first is not None and fold(headers[0]) != fold(wanted.first):
        return None
    first = headers[:1] if wanted.first is not None else ()
    return tuple(dict.fromkeys(h for h in (*first, *needed, *some) if h is not None))


def recognise(headers: tuple[str, ...], presets: Mapping[str, Preset], shown: str) -> Match | None:
    """Return the preset that these headers belong to, None where none does.

    Raises:
        UsageError: two presets fit equally well.
    """
    found = matching(headers, presets)
    if len(found) > 1 and found[0].rank == found[1].rank:
        first, second = (m.preset.name for m in found[:2])
        raise UsageError(
            f"{shown} could be an export of {first} or of {second}",
            f"Say which with --preset {first} or --preset {second}, or --preset {NO_PRESET}.",
        )
    return found[0] if found else None
