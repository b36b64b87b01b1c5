"""What is known of one system's export, as frozen data.

A preset is written in TOML (`presets/*.toml`, or the user's own beside `csatkit.toml`) and read by
`preset_file.py`. It says how to recognise the export and how its columns, scores and rows read; it
holds no code, and what the user says on the command line always wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

__all__ = [
    "Caveat",
    "Confidence",
    "Events",
    "Ids",
    "Marker",
    "Preset",
    "RowRule",
    "Rows",
    "Scoring",
    "Signature",
]

Confidence = Literal["source", "documentation", "consumers", "inferred"]
"""How a fact is known: read in source code, in the vendor's documentation, in the code of several
consumers of real exports, or not verified."""

Marker = Literal["sent", "unsent", "blank"]
"""What a score cell without a score says: a survey went out, none went out, nothing at all."""


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Signature:
    """By which headers an export is recognised; all are compared by `schema.fold`."""

    all: tuple[tuple[str, ...], ...] = ()
    """Headers that must be there, each with the alternatives that serve as well."""
    some: tuple[str, ...] = ()
    """Headers of which `at_least` must be there."""
    at_least: int = 0
    none: tuple[tuple[str, ...], ...] = ()
    """Groups of headers; an export that has all of one group isn't this one."""
    first: str | None = None
    """The header that must stand first."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the score column reads."""

    scales: tuple[str, ...] = ()
    """Names of the scales that occur; the first that knows every value is the file's."""
    labels: Mapping[str, str] = field(default_factory=_nothing)
    """Cell → what it stands for, applied before the scale."""
    markers: Mapping[str, Marker] = field(default_factory=lambda: MappingProxyType({}))
    """Cell → what a missing score means there."""
    factor: int = 1
    """What a number is multiplied by to be on the scale."""
    search: bool = False
    """The score is an unknown question: the one column whose every value is on one scale."""
    not_questions: tuple[str, ...] = ()
    """Headers that are never searched."""
    scale_column: str | None = None
    """Header of a column that names each row's scale."""
    scales_by_cell: Mapping[str, str] = field(default_factory=_nothing)
    """Cell of that column → name of a scale."""


@dataclass(frozen=True, slots=True)
class Ids:
    """How ids are made."""

    patterns: Mapping[str, str] = field(default_factory=_nothing)
    """Canonical id → regular expression whose first group is the id."""
    instead: Mapping[str, str] = field(default_factory=_nothing)
    """Canonical id → header that replaces it where a spreadsheet has rounded it."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """Rows that leave, by the cell of one column."""

    column: str
    values: tuple[str, ...]
    """Compared by `schema.fold`; an empty text stands for an empty cell."""
    reason: str
    keep: bool = False
    """The values are those that stay; every other row leaves."""
    unless: str | None = None
    """Header whose filled cell keeps the row."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of the file are data."""

    headers_below: int = 0
    """Further header rows below the first."""
    witness: str | None = None
    """The column that tells a further header row from data, should somebody have removed them."""
    data: str | None = None
    """Regular expression that the witness matches in every row of data."""
    footer_alone: bool = False
    """A row whose only filled cell is the first belongs to a footer."""
    rules: tuple[RowRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Events:
    """A log with a row per event; each ticket becomes one row."""

    style: Literal["snapshots", "changes"]
    """The whole record after each event, or one changed field per event."""
    ticket: tuple[str, ...]
    time: tuple[str, ...]
    version: tuple[str, ...] = ()
    """A number that grows with every event; it orders better than a clock of minutes."""
    state: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    """States that mean resolved."""
    ignored: tuple[str, ...] = ()
    """States that say nothing."""
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Caveat:
    """What a reader of the numbers should know about this export."""

    text: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Preset:
    """One system's export."""

    name: str
    title: str
    tier: int
    """1: exact headers are known; 2: some are, the user maps the rest; 0: the user's own."""
    kind: Literal["tickets", "surveys"]
    detect: Signature
    columns: Mapping[str, tuple[str, ...]]
    """Canonical column → headers, the first that is there wins."""
    ignore: tuple[str, ...] = ()
    """Canonical columns that this export doesn't have, whatever its headers look like."""
    positions: tuple[str, ...] = ()
    """Canonical columns by position, for exports with translated headers; `` skips one."""
    scoring: Scoring = Scoring()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """Canonical column → cell → the usual word."""
    ids: Ids = Ids()
    zone: str | None = None
    """Zone of naive times; None where the export doesn't say."""
    rows: Rows = Rows()
    events: Events | None = None
    asks: Mapping[str, str] = field(default_factory=_nothing)
    """Canonical column that the user has to map → why."""
    caveats: tuple[Caveat, ...] = ()
