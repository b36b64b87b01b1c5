"""The options behind a claim as they are pasted into a command line, whatever the names hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

__all__ = ["BY_CREATION", "pasteable"]

BY_CREATION = " --clock created"
"""Ends a cell whose times are those at which tickets were opened."""


def pasteable(cells: Iterable[str]) -> str:
    """Return one complete `--tickets-of` per cell, each to be pasted alone.

    Names stand whole and quoted for a shell: a shortened one names nothing.

    >>> pasteable(["theme:too slow", "csat:failed,weekday=Mon --clock created"])
    "--tickets-of 'theme:too slow'; --tickets-of csat:failed,weekday=Mon --clock created"
    """
    return "; ".join(_option(cell) for cell in cells)


def _option(cell: str) -> str:
    name, clock = cell.removesuffix(BY_CREATION), cell.endswith(BY_CREATION)
    return f"--tickets-of {shlex.quote(name)}{BY_CREATION if clock else ''}"
