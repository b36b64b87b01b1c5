"""Where a plan reads: on the driver from the cluster, in an executor from the rows at hand.

Plans are made once, on the driver, over leaves that hold no row. Executed there, a leaf streams its
rows from Spark; shipped to an executor, the same plan reads the rows that are bound to the leaf.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl
from polars.io.plugins import register_io_source

__all__ = ["Leaf", "bound", "forget", "leaf", "leaves_of", "plan_of", "shipped", "stream_from"]

Stream = Callable[["list[str] | None", "pl.Expr | None", "int | None"], Iterator[pl.DataFrame]]
"""Columns, condition and number of rows wanted → the rows, a frame at a time."""

_BOUND: dict[str, pl.DataFrame] = {}
_STREAMS: dict[str, tuple[Stream, pl.DataFrame]] = {}
"""Leaf → how the driver reads it, and its columns without rows."""
_PROBES: list[dict[str, set[str]]] = []
"""While a plan is asked for its leaves: which columns of which it reads. They yield no row then."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The scan of a plan; equal names read the same rows."""

    name: str

    def __call__(
        self,
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,  # noqa: ARG002 - Polars passes it; rows come as they are packed
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows, as Polars asks its sources."""
        if self.name in _BOUND:
            yield _cut(_BOUND[self.name], with_columns, predicate, n_rows)
            return
        stream, empty = _STREAMS[self.name]
        if _PROBES:
            asked = empty.columns if with_columns is None else with_columns
            beside = [] if predicate is None else predicate.meta.root_names()
            _PROBES[-1].setdefault(self.name, set()).update(asked, beside)
        elif n_rows != 0:
            yield from stream(with_columns, predicate, n_rows)
        yield _cut(empty, with_columns, predicate, None)


def _cut(
    frame: pl.DataFrame,
    with_columns: list[str] | None,
    predicate: pl.Expr | None,
    n_rows: int | None,
) -> pl.DataFrame:
    # The condition may look at columns that nobody wants to see.
    if predicate is not None:
        frame = frame.filter(predicate)
    if n_rows is not None:
        frame = frame.head(n_rows)
    return frame if with_columns is None else frame.select(with_columns)


def leaf(name: str, empty: pl.DataFrame) -> pl.LazyFrame:
    """Return a scan of the rows of that name.

    Args:
        name: unique in this process.
        empty: its columns.
    """
    return register_io_source(Leaf(name), schema=empty.schema, is_pure=True)


def stream_from(name: str, empty: pl.DataFrame, stream: Stream) -> pl.LazyFrame:
    """Return a scan that the driver can execute, too."""
    _STREAMS[name] = (stream, empty)
    return leaf(name, empty)


def forget(name: str) -> None:
    """Drop what the driver knows about a leaf."""
    _STREAMS.pop(name, None)


@contextmanager
def bound(rows: Mapping[str, pl.DataFrame]) -> Iterator[None]:
    """Let leaves read these rows inside the block; one at a time in a process."""
    _BOUND.update(rows)
    try:
        yield
    finally:
        for name in rows:
            _BOUND.pop(name, None)


def leaves_of(*plans: pl.LazyFrame) -> dict[str, set[str]]:
    """Return the leaves of plans on this driver, each with the columns that they read."""
    asked: dict[str, set[str]] = {}
    _PROBES.append(asked)
    try:
        pl.collect_all(plans)
    finally:
        _PROBES.pop()
    return asked


def shipped(plan: pl.LazyFrame) -> bytes:
    """Return a plan as bytes; its leaves go by name."""
    return plan.serialize()


def plan_of(body: bytes) -> pl.LazyFrame:
    """Return the plan that bytes hold."""
    return pl.LazyFrame.deserialize(io.BytesIO(body))
