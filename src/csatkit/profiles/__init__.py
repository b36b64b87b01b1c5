"""Bands by profile: thresholds as data, each file with its source.

A band is named only where the whole interval lies in it; between two it is nobody's.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from csatkit.errors import UsageError

__all__ = ["Band", "bands", "names"]


@dataclass(frozen=True, slots=True)
class Band:
    """Values from `start` up to the next band's start; the last one includes 100."""

    metric: str
    name: str
    start: float


def names() -> tuple[str, ...]:
    """Return the profiles that the package ships."""
    found = (f.name for f in files(__package__).iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in found if n.endswith(".toml")))


@cache
def bands(profile: str) -> tuple[Band, ...]:
    """Return the bands of a profile, by metric and start.

    Raises:
        UsageError: no such profile.
    """
    if profile not in names():
        raise UsageError.unknown("profile", profile, names())
    text = (files(__package__) / f"{profile}.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["band"]
    found = (Band(r["metric"], r["name"], float(r["from"])) for r in rows)
    return tuple(sorted(found, key=lambda b: (b.metric, b.start)))
