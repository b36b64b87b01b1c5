"""Where a long run says what it does and how far it is; whoever shows it looks, by default nobody.

A run writes into a `Watch`, and a thread beside it reads: nothing is called back, nothing waits,
and without a watch nothing is kept. What can't be measured has no total; no fraction is made up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

__all__ = [
    "Stage",
    "Steps",
    "Unit",
    "Watch",
    "interlude",
    "is_watched",
    "resume",
    "stage",
    "watching",
]

Unit = Literal["rows", "bytes"]


class Stage:
    """One thing that a run does.

    Args:
        what: in words, for example `reading tickets.csv`; it may hold the name of a file.
        unit: what is counted while it goes on; None where nothing can be.
        total: how many there will be, None where nobody knows.
        is_about: whether the total is an estimate.
        n_bytes: size of the input whose rows are counted, None where nobody knows.
    """

    def __init__(
        self,
        what: str,
        unit: Unit | None = None,
        total: int | None = None,
        *,
        is_about: bool = False,
        n_bytes: int | None = None,
    ) -> None:
        self.what = what
        self.unit = unit
        self.total = total
        self.is_about = is_about
        self.n_bytes = n_bytes
        self._done = 0
        self._lock = threading.Lock()

    @property
    def done(self) -> int:
        """Return how many are over."""
        return self._done

    def add(self, n: int) -> None:
        """Say that further ones are over; from any thread."""
        with self._lock:
            self._done += n

    def reach(self, n: int) -> None:
        """Say how many are over by now."""
        self._done = n


class Watch:
    """What a run has done so far and is doing."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self.step: tuple[int, int] | None = None
        """Steps that are over and all steps, of a run that goes in steps."""

    @property
    def stage(self) -> Stage | None:
        """Return what is being done, None before anything has begun."""
        return self.stages[-1] if self.stages else None

    @property
    def n_rows(self) -> int:
        """Return the rows read so far, of all inputs."""
        return sum(stage.done for stage in self._inputs())

    @property
    def n_bytes(self) -> int:
        """Return the size of the inputs whose rows are being read or have been."""
        return sum(stage.n_bytes or 0 for stage in self._inputs())

    def _inputs(self) -> list[Stage]:
        """Return the last reading of each input; some answers read one twice."""
        return list({s.what: s for s in self.stages if s.unit == "rows"}.values())


_WATCH: ContextVar[Watch | None] = ContextVar("csatkit_watch", default=None)


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Write what happens inside the block into a watch."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


def is_watched() -> bool:
    """Tell whether anybody looks; what costs something is counted only then."""
    return _WATCH.get() is not None


def stage(
    what: str,
    unit: Unit | None = None,
    total: int | None = None,
    *,
    is_about: bool = False,
    n_bytes: int | None = None,
) -> Stage:
    """Say that something begins, and so that what was done before is over; see `Stage`."""
    begun = Stage(what, unit, total, is_about=is_about, n_bytes=n_bytes)
    if (watch := _WATCH.get()) is not None:
        watch.stages.append(begun)
    return begun


def resume(again: Stage) -> None:
    """Say that a stage goes on that another one had interrupted."""
    if (watch := _WATCH.get()) is not None and watch.stage is not again:
        watch.stages.append(again)


@contextmanager
def interlude(what: str) -> Iterator[None]:
    """Say what is done inside the block, and that the stage before goes on after it."""
    watch = _WATCH.get()
    before = None if watch is None else watch.stage
    stage(what)
    try:
        yield
    finally:
        if before is not None:
            resume(before)


class Steps:
    """The steps of a run that goes in steps of about the same size.

    Args:
        total: how many there will be.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._over = -1

    def step(self, what: str | None = None) -> None:
        """Say that the next step begins.

        Args:
            what: what is done in it; None where a stage says it that has begun already.
        """
        self._over += 1
        if (watch := _WATCH.get()) is not None:
            watch.step = (self._over, self._total)
        if what is not None:
            stage(what)

    def close(self) -> None:
        """Say that the last step is over, and that the rest of the run has no steps."""
        if (watch := _WATCH.get()) is not None:
            watch.step = None
