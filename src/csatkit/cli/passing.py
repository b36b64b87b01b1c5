"""The one line on stderr that goes again: written over itself, gone before anything else is said.

Only a carriage return and blanks are used, which every terminal knows. The line never wraps, so
that it can go.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["before_writing", "can_show", "is_seen", "make_way", "room", "show", "wipe"]

USUAL_WIDTH = 80
"""Columns of a terminal that doesn't tell."""


class _Line:
    def __init__(self) -> None:
        self.width = 0
        """Columns of what stands there, 0 where nothing does."""
        self.stop: Callable[[], None] | None = None
        """Ends whatever draws it."""


_LINE = _Line()


def is_seen(env: Mapping[str, str]) -> bool:
    """Tell whether somebody watches stderr, on a terminal that can go back to a line's start."""
    return sys.stderr is not None and sys.stderr.isatty() and env.get("TERM") != "dumb"


def room() -> int:
    """Return the columns that the line may take; the last one would start a new line."""
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return (columns or USUAL_WIDTH) - 1


def can_show(signs: str) -> bool:
    """Tell whether stderr can show some characters."""
    try:
        signs.encode(getattr(sys.stderr, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def show(line: str, width: int) -> bool:
    """Write the line over what stands there.

    In the background nothing is written, for the terminal is somebody else's then.

    Args:
        line: no wider than `room`, with nothing in it that steers a terminal.
        width: the columns that it takes.

    Returns:
        Whether there may be a next one: not where stderr fails.
    """
    if not _is_in_front():
        return True
    rest = " " * (_LINE.width - width)
    _LINE.width = width
    return _write(f"{line}{rest}")


def wipe() -> None:
    """Take the line away."""
    if _LINE.width:
        blank, _LINE.width = " " * _LINE.width, 0
        _write(blank)


@contextmanager
def before_writing(stop: Callable[[], None]) -> Iterator[None]:
    """Inside the block, have something stopped before anything else is written."""
    _LINE.stop = stop
    try:
        yield
    finally:
        _LINE.stop = None


def make_way() -> None:
    """End the line, because something else is about to be written."""
    if (stop := _LINE.stop) is not None:
        stop()
    wipe()


def _write(text: str) -> bool:
    try:
        sys.stderr.write(f"\r{text}\r")
        sys.stderr.flush()
    except (OSError, ValueError):
        return False
    return True


def _is_in_front() -> bool:
    """Tell whether the terminal listens to this process, not to one that it runs behind."""
    try:
        return os.tcgetpgrp(sys.stderr.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # Windows, or a terminal without a session
        return True
