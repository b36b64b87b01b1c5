"""How far a long run is, on stderr while somebody watches; gone when the run is over.

Only runs that go through the disk tell their steps, and only those take long enough. Rich is loaded
by the first step, so that nobody else waits for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from csatkit.engines.progress import listening

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["shown"]


class _Bar:
    """A bar that appears with the first step."""

    def __init__(self, *, color: bool) -> None:
        self._color = color
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, what: str, over: int, total: int) -> None:
        """Show that `over` of `total` steps are over and what is being done."""
        if self._bar is None:
            self._bar = self._made()
            self._task = self._bar.add_task(what, total=total)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, description=what, completed=over)

    def _made(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True, no_color=not self._color)
        columns = (
            BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
        )  # fmt: skip
        return Progress(*columns, console=console, transient=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def shown(*, quiet: bool, color: bool) -> Iterator[None]:
    """Show the steps of a run inside the block.

    Args:
        quiet: show nothing.
        color: whether the bar may have colour.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    bar = _Bar(color=color)
    try:
        with listening(bar):
            yield
    finally:
        bar.close()
