"""What every layout for people is made of: headings, lines, grids, bars, notes.

Text in a block is raw: the renderer that writes it makes it harmless for its own format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from csatkit.report import Level

__all__ = ["Bar", "Bars", "Block", "Grid", "Heading", "Lines", "NoteLine", "Range", "Ranges"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; depth 1 is the report's."""

    text: str
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences, one a line; `aside` is what a reader in a hurry skips."""

    lines: tuple[str, ...]
    tone: Literal["plain", "aside"] = "plain"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of shown cells; `words` is the column whose words colour may repeat."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    words: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `length` is its share of the longest, 0 to 1, None where there is no value.

    Every bar of a chart has the same number of figures; renderers align them.
    """

    label: str
    length: float | None
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of one scale that starts at 0."""

    rows: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """An interval with its value, each a position from 0 (left) to 1 (right)."""

    label: str
    low: float | None
    value: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Ranges:
    """Intervals on one scale, with the position of the reference and what the scale spans.

    `is_series` marks rows that follow each other in time, which may be shown in one line, too.
    """

    rows: tuple[Range, ...]
    reference: float | None
    scale: str
    is_series: bool = False


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note with its weight."""

    level: Level
    text: str


Block = Heading | Lines | Grid | Bars | Ranges | NoteLine
