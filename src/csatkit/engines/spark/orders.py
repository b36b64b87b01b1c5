"""What the driver asks executors to do: frozen, picklable, without rows where that can be."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from csatkit.facts.adding import Adding
from csatkit.facts.build import Recipe
from csatkit.facts.kept import Change
from csatkit.facts.rules import Rules

__all__ = [
    "Answer",
    "Build",
    "Changed",
    "Find",
    "Inputs",
    "Ordered",
    "Pick",
    "Read",
    "Relocate",
    "Starts",
    "Stream",
    "Together",
]


def _frozen(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(items)


# Settings hold frozen tables, which Python can't pickle of itself.
copyreg.pickle(MappingProxyType, lambda proxy: (_frozen, (dict(proxy),)))

Starts = Mapping[tuple[str, int], int]
"""Kind of input and stretch of it → number of rows before that stretch."""


@dataclass(frozen=True)
class Inputs:
    """Which packets a plan reads.

    Args:
        kinds: leaf → kind of packet.
        columns: leaf → the columns that are read of it.
        empty: leaf → its columns, packed.
        starts: where the rows of a stretch begin; empty where `_row` is final.
    """

    kinds: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]
    empty: Mapping[str, bytes]
    starts: Starts = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """Canonical rows of one part of an input.

    Args:
        kind: `tickets` or `surveys`.
        part: number of the part.
        plans: raw rows → canonical rows with `_row`, how many raw rows they are (`n`), and where
            some are no data their `_row` and `reason`.
        leaf: the leaf that the plans read.
        empty: the columns that they need, packed.
        seats: bucket → key under which Spark keeps it.
        rows_at_once: raw rows that are cleaned together.
    """

    kind: str
    part: int
    plans: tuple[bytes, ...]
    leaf: str
    empty: bytes
    seats: tuple[int, ...]
    rows_at_once: int


@dataclass(frozen=True)
class Stream:
    """Rows for the driver.

    Args:
        plan: what to select.
        inputs: which packets the plan reads; None where the rows are raw.
        leaf: what the plan reads of raw rows.
        empty: the columns of raw rows, packed.
    """

    plan: bytes
    inputs: Inputs | None
    leaf: str = ""
    empty: bytes = b""


@dataclass(frozen=True)
class Pick:
    """Some raw rows, by number.

    Args:
        plan: raw rows → rows with `_row`.
        leaf: what the plan reads.
        empty: its columns, packed.
        part: number of the part of the input.
        starts: where the stretches of the input begin.
        wanted: the numbers, packed.
    """

    plan: bytes
    leaf: str
    empty: bytes
    part: int
    starts: Starts
    wanted: bytes


@dataclass(frozen=True)
class Answer:
    """Aggregations over the rows of each partition."""

    inputs: Inputs
    plans: tuple[bytes, ...]


@dataclass(frozen=True)
class Together:
    """How the results of partitions are put together, by number of the aggregation."""

    how: tuple[Adding, ...]


@dataclass(frozen=True)
class Find:
    """Where the tickets of a bucket are looked up: hashes of their ids, by slice of the ids.

    Args:
        starts: where stretches begin.
        seats: slice → key under which Spark keeps it.
        at: the instant of a replay, after which rows may be tied that weren't before.
    """

    starts: Starts
    seats: tuple[int, ...]
    at: datetime | None


@dataclass(frozen=True)
class Relocate:
    """Rows that belong to another bucket than their customer's.

    Args:
        kind: `tickets` or `surveys`.
        homes: hashes of tickets and the key of their bucket, packed.
    """

    kind: str
    homes: bytes


@dataclass(frozen=True)
class Ordered:
    """The rows of a few tickets, for the driver to decide where they belong."""

    hashes: bytes
    columns: tuple[str, ...]
    starts: Starts


@dataclass(frozen=True)
class Build:
    """Facts of a bucket.

    Args:
        starts: where stretches begin.
        has: kind of input → canonical columns that it has; kinds that weren't given are missing.
        empty: kind of input → its columns, packed.
        rules: what the whole decided.
        recipe: what to compute.
        data_end: where the data ends.
        texts: `_row` and `text` of tied rows, packed.
    """

    starts: Starts
    has: Mapping[str, frozenset[str]]
    empty: Mapping[str, bytes]
    rules: Rules
    recipe: Recipe
    data_end: datetime | None
    texts: bytes


@dataclass(frozen=True)
class Changed:
    """Kept tickets, changed bucket by bucket and kept beside what they were.

    Args:
        change: what changes them.
        kind: kind of packet that is changed.
        becomes: kind of packet that comes out.
    """

    change: Change
    kind: str
    becomes: str
