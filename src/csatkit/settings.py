"""Every choice a run can make, as frozen data with its default.

Where a value comes from (command line, `CSATKIT_*`, `csatkit.toml`) is `config.py`'s business; what
it does is the business of the module that reads it. Nothing here reads a file or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, TypeAlias

from csatkit.query import Query

__all__ = [
    "FAILURE_REASONS",
    "REPORT_SECTIONS",
    "WHY_SECTIONS",
    "Input",
    "Query",
    "Settings",
    "SourceSettings",
]

Input: TypeAlias = str | Query
"""Where rows come from: a path, glob, folder, `-`, an object store's address, or a query."""

FAILURE_REASONS: tuple[str, ...] = (
    "unresolved",
    "not_confirmed",
    "reopened",
    "repeat",
    "multiple_contacts",
    "transferred",
)
"""Why a ticket isn't resolved on first contact, in the order in which the first one counts."""

WHY_SECTIONS: tuple[str, ...] = ("drivers", "modes", "diagnosis", "themes", "reconcile")
"""Sections of `report` that say why. They cost as much as all others together, so that a format
which is read at a glance or by a program has them only where `[report] sections` names them."""

REPORT_SECTIONS: tuple[str, ...] = (
    "headline",
    "validity",
    "trend",
    "change",
    "distribution",
    "channels",
    "hours",
    "segments",
    "funnel",
    "failures",
    "repeats",
    *WHY_SECTIONS,
)
"""Sections of `report` that can be switched on and off, in their order; some only pages show."""

RESOLVED_STATUSES: tuple[str, ...] = (
    "resolved",
    "closed",
    "solved",
    "done",
    "completed",
    "complete",
    "archived",
)
"""Status words that mean resolved where no column says more; compared by `schema.fold`."""

EXCLUDED_STATUSES: Mapping[str, str] = MappingProxyType(
    {"deleted": "deleted", "spam": "spam", "test": "test", "trash": "deleted"}
)
"""Status words that take a ticket out of every denominator, with the reason it is counted by."""

RESPONSE_LIMITS: Mapping[str, timedelta] = MappingProxyType(
    {"chat": timedelta(minutes=2), "email": timedelta(hours=2)}
)
"""First-response limit per channel (metrics.md §6); a channel without one is out."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where the data is and how to read it (`[source]`, `[exclude]`)."""

    tickets: tuple[Input, ...] = ()
    surveys: tuple[Input, ...] = ()
    outreach: tuple[Input, ...] = ()
    preset: str | None = None
    """Name of a preset, `none` to switch recognition off, None to recognise."""
    preset_folder: str | None = None
    """Folder with the user's own presets: `NAME.preset.toml`, or `presets/NAME.toml` below it."""
    map: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Canonical name → header; an empty header unmaps; `date+time` names two columns."""
    scale: str | None = None
    timezone: str | None = None
    """Zone of naive times; None means the preset's, else UTC."""
    date_format: str | None = None
    """`dmy`, `mdy`, `ymd`, `epoch`, `epoch-ms` or a strftime pattern."""
    unrated: tuple[str, ...] = ()
    """Further score values that mean "not rated"."""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Score cell → what it stands for: a word or number of the scale, or an unrated marker."""
    scale_column: str | None = None
    """Header of a column that names each row's scale."""
    scales: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Cell of that column → name of a scale."""
    resolved_statuses: tuple[str, ...] = RESOLVED_STATUSES
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """`[exclude]`: column → values whose tickets leave every denominator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can move a number or choose what is shown."""

    source: SourceSettings = field(default_factory=SourceSettings)
    # which rows
    as_of: str | None = None
    """A date, an instant, `today` or `now`; None means the latest instant of the data."""
    first_day: date | None = None
    last_day: date | None = None
    period: str | None = None
    where: tuple[str, ...] = ()
    # how they are cut
    by: tuple[tuple[str, ...], ...] = ()
    tz: str | None = None
    week_start: str = "mon"
    # the rules
    window_days: float = 14
    repeat_on: Literal["issue", "customer"] = "issue"
    fail_on: tuple[str, ...] = FAILURE_REASONS
    clock: Literal["family", "resolved", "created", "responded"] = "family"
    rating: Literal["first", "last", "all"] = "first"
    response_limits: Mapping[str, timedelta] = field(default_factory=lambda: RESPONSE_LIMITS)
    mature_days: float = 14
    """Age from which a survey counts for response validity."""
    mature_surveys: bool = False
    """Leave surveys younger than `mature_days` out of the response rate too."""
    # the statistics
    level: float = 0.95
    min_n: int = 10
    profile: str = "default"
    # what `report` shows
    sections: tuple[str, ...] = ()
    """Keys of `REPORT_SECTIONS`; empty means all that the format shows."""
    hide: tuple[str, ...] = ()
    # what is sought in comments
    themes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """`[themes]`: label → patterns added to the shipped ones; none takes a label away."""
    # the data's health
    strict: bool = False
    max_age: timedelta | None = None
    rejects: str | None = None
    expected_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Kind of input → rows that an export usually has; `inspect` warns of far fewer."""
    # what may be shown
    privacy: Literal["all", "ids", "none"] = "all"
    tickets_of: str | None = None
    engine: Literal["polars", "spark"] = "polars"
    spark_master: str | None = None
    """Where a Spark session of our own runs: `local[4]`, `yarn`, `spark://host:7077`."""
    spark_conf: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Settings of Spark by name."""
    max_memory: str | None = None
    """Memory above which rows go through the disk: `4GB`, `60%`; see `values.amount`."""
