"""The themes' word patterns: those that come with csatkit, in every language, and the user's own.

A label's patterns of all languages are sought together; the user adds patterns to a label, makes a
new one, or takes one away by giving it none. A language is a file of `csatkit/themes` and nothing
else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from csatkit.errors import UsageError

__all__ = ["alternation", "languages", "shipped", "themes_of"]

_FIRST = "en"
"""Its labels come first, in its order."""

_FLAGS = "(?is)"
"""Whatever the case; a dot matches line breaks too."""


@cache
def languages() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return language → label → patterns, as shipped."""
    tables = (f for f in files("csatkit.themes").iterdir() if f.name.endswith(".toml"))
    found = {}
    for file in sorted(tables, key=lambda f: (f.name != f"{_FIRST}.toml", f.name)):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        found[file.name.removesuffix(".toml")] = {
            label: tuple(patterns) for label, patterns in table.items()
        }
    return found


@cache
def shipped() -> Mapping[str, tuple[str, ...]]:
    """Return label → the patterns of all languages."""
    found: dict[str, tuple[str, ...]] = {}
    for table in languages().values():
        for label, patterns in table.items():
            found[label] = found.get(label, ()) + patterns
    return found


def themes_of(own: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return label → patterns: the shipped ones with the user's added.

    Args:
        own: `[themes]` of the configuration; no pattern takes a label away.
    """
    found = {label: patterns for label, patterns in shipped().items() if own.get(label) != ()}
    for label, patterns in own.items():
        if patterns:
            found[label] = found.get(label, ()) + patterns
    return found


@cache
def alternation(label: str, patterns: tuple[str, ...]) -> str:
    """Return one regular expression for all patterns of a label.

    Raises:
        UsageError: a pattern isn't one, or uses what takes more than linear time (look-around and
            back-references).
    """
    for pattern in patterns:
        if pattern in shipped().get(label, ()):
            continue  # those that come with csatkit are tried by its tests
        try:
            pl.select(pl.lit("").str.contains(f"{_FLAGS}(?:{pattern})"))
        except pl.exceptions.ComputeError as error:
            reason = str(error).strip().splitlines()[-1].removeprefix("error: ")
            raise UsageError(
                f"[themes] {label!r}: {pattern!r} isn't a pattern: {reason}",
                r"Write a regular expression such as '\bparcel\b.*\blate\b'; look-around and"
                " back-references aren't known.",
            ) from None
    return _FLAGS + "|".join(f"(?:{pattern})" for pattern in patterns)
