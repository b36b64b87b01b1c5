"""How far a long run is, in one line on stderr while somebody watches; gone before the answer.

A thread of its own looks at the run ten times a second and draws. There is none where nobody
watches, and it sleeps through the first second, in which most runs end.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from csatkit.cli import passing
from csatkit.errors import UsageError

if TYPE_CHECKING:
    from csatkit.cli.command import Values
    from csatkit.progress import Watch

__all__ = ["EVERY", "PATIENCE", "draw", "shown"]

PATIENCE = 1.0
"""Seconds before a line appears: what is over sooner needs none."""

EVERY = 0.1
"""Seconds between two drawings, each of which takes a twentieth of a millisecond."""


class _Over(Protocol):
    """Tells that the run is over: an event, or a test's stand-in with a clock of its own."""

    def wait(self, timeout: float) -> bool:
        """Wait, at most some seconds; return whether the run is over."""


@contextmanager
def shown(given: Values) -> Iterator[None]:
    """Show what the run inside the block does, once it has taken a second.

    Args:
        given: what the user typed; `--quiet` shows nothing.
    """
    if not passing.is_seen(os.environ) or _is_quiet(given):
        yield
        return
    import threading

    from csatkit.progress import Watch, watching

    watch, over = Watch(), threading.Event()
    thread = threading.Thread(target=draw, args=(watch, over), name="progress", daemon=True)

    def stop() -> None:
        over.set()
        thread.join()
        passing.wipe()

    with passing.before_writing(stop), watching(watch):
        thread.start()
        try:
            yield
        finally:
            stop()


def draw(watch: Watch, over: _Over, clock: Callable[[], float] = time.monotonic) -> None:
    """Draw until the run is over.

    Args:
        watch: what the run does.
        over: tells when it is over.
        clock: seconds that only grow.
    """
    began = clock()
    if over.wait(PATIENCE):
        return
    from csatkit.cli.progress_line import SIGNS, cells, line_of

    is_plain = not passing.can_show(SIGNS)
    while not over.wait(EVERY):
        line = line_of(watch, clock() - began, passing.room(), ascii=is_plain)
        if line is not None and not passing.show(line, cells(line)):
            return


def _is_quiet(given: Values) -> bool:
    from csatkit.cli.answer import is_on

    try:
        return is_on(given, "quiet")
    except UsageError:  # said by the command itself, if it reads the variable
        return True
