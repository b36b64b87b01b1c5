"""What the line of a long run looks like: what is done, a bar, rows and bytes, seconds.

Nothing here writes. The bar is as full as what was counted says; where nothing can be counted a
piece of it wanders, and the line shows what has been read so far.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from csatkit.render.text import ascii_only, visible
from csatkit.render.widths import shorten

if TYPE_CHECKING:
    from csatkit.progress import Stage, Watch

__all__ = ["SIGNS", "cells", "line_of"]

SIGNS = "━╸─…"
"""Characters beyond ASCII that a line draws with."""

GAP = "  "

_FOLDERS = re.compile(r"[^\s/]*/\S*/|[^\s/]+/")

BAR = (8, 24)
"""Columns of the shortest and the longest bar: shorter ones show no movement."""

LEAST_WHAT = 12
"""Columns that are left of a long name before the bar has to go."""

NARROWEST = 20
"""Columns of a terminal that is too narrow for any of it."""

WANDERING = 3
"""Columns of the piece that wanders."""

PER_SECOND = 8
"""Columns that it wanders in a second."""


def line_of(watch: Watch, seconds: float, width: int, *, ascii: bool) -> str | None:
    """Return the line; None as long as nothing has begun, and where there is no room for it.

    Args:
        watch: what the run does.
        seconds: since it began.
        width: columns that the line may take.
        ascii: draw in ASCII.
    """
    stage = watch.stage
    if stage is None or width < NARROWEST:
        return None
    what = visible(stage.what)
    if watch.step is not None:
        over, steps = watch.step
        what = f"{min(over + 1, steps)}/{steps} {what}"
    what = ascii_only(what) if ascii else what
    amount, clock = _amount(stage, watch), _clock(seconds)
    mark = "..." if ascii else "…"
    right = [part for part in (amount, clock) if part]
    room = width - sum(len(GAP) + len(part) for part in right)
    bar = min(room - len(GAP) - min(cells(what), max(LEAST_WHAT, room - BAR[0] - 2)), BAR[1])
    if bar >= BAR[0]:
        what = _brief(what, room - len(GAP) - bar, mark)
        right.insert(0, _bar(_share(stage, watch), seconds, bar, ascii=ascii))
    return shorten(GAP.join([what, *right]), width, mark, cells)


def _brief(what: str, room: int, mark: str) -> str:
    """Return what is done in some columns; of a path the folders go first."""
    if cells(what) > room:
        what = _FOLDERS.sub(f"{mark}/", what, count=1)
    return shorten(what, room, mark, cells)


def cells(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    marks = sum(unicodedata.category(c) in {"Mn", "Me", "Cf"} for c in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def _share(stage: Stage, watch: Watch) -> float | None:
    """Return how much is over, 0..1, None where nobody knows."""
    if stage.total:
        return min(stage.done / stage.total, 1.0)
    if watch.step is not None:
        over, steps = watch.step
        return over / steps
    return None


def _bar(share: float | None, seconds: float, width: int, *, ascii: bool) -> str:
    full, half, rest = ("#", "", "-") if ascii else ("━", "╸", "─")
    if share is None:
        way = width - WANDERING
        at = way - abs(int(seconds * PER_SECOND) % (2 * way) - way)
        return rest * at + full * WANDERING + rest * (way - at)
    halves = int(share * width * 2)
    filled = full * (halves // 2) + (half if halves % 2 else "")
    return filled + rest * (width - len(filled))


def _amount(stage: Stage, watch: Watch) -> str:
    """Return what has been counted, in words; empty where nothing has."""
    if stage.unit == "bytes":
        done = _size(stage.done)
        return done if stage.total is None else f"{done} of {_size(stage.total)}"
    parts = []
    if stage.unit == "rows":
        n_bytes = stage.n_bytes
        parts.append(_rows(stage))
    else:
        n_bytes = watch.n_bytes
        parts += [f"{watch.n_rows:,} rows"] if watch.n_rows else []
    parts += [_size(n_bytes)] if n_bytes else []
    return ", ".join(parts)


def _rows(stage: Stage) -> str:
    if stage.total is None or stage.done > stage.total:  # it was an estimate, and too low
        return f"{stage.done:,} rows"
    total = f"{stage.total:,}"
    about = "about " if stage.is_about else ""
    return f"{stage.done:>{len(total)},} of {about}{total} rows"


def _size(n_bytes: int) -> str:
    """Return a number of bytes in the unit that people use for it.

    >>> [_size(n) for n in (0, 999, 1_000, 999_499, 999_500, 1_940_000_000)]
    ['0 B', '999 B', '1.0 kB', '999 kB', '1.0 MB', '1.9 GB']
    """
    amount, units = float(n_bytes), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 999.5 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    digits = 1 if amount < 9.95 and units[0] != "B" else 0
    return f"{amount:.{digits}f} {units[0]}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
