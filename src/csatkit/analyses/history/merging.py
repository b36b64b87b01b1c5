"""Which figures of a period stand: those of the file, or those of the export at hand.

A pure rule over two sets of blocks; nothing here reads a file, and no block is ever dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from csatkit.analyses.history.stored import Block, Blocks, Place

__all__ = ["SETTLING", "Fresh", "Kept", "merged", "n_of", "start_of_rows"]

SETTLING = timedelta(days=28)
"""After its follow-up a period is recomputed for four weeks more: late answers, corrections and
merges arrive within them. Then it is frozen."""

STRAGGLERS = 10
"""A leading period with less than a tenth of the usual rows lies before the export begins: some old
ticket was touched again, or an instant is wrong."""

FEW, FEWER = 2, 10
"""How far the rows of a period may fall, in rows and in parts: more than two and more than a tenth
means that the export has lost rows of it, as at the edge of one that was cut."""

Kept = Literal["frozen", "newer", "fuller"]


@dataclass(frozen=True, slots=True)
class Fresh:
    """Figures that the export at hand gives."""

    block: Block
    settled_at: datetime
    """Data end from which the figures of the period are frozen, naive UTC."""


def merged(
    stored: Mapping[Place, Block], fresh: Mapping[Place, Fresh]
) -> tuple[Blocks, dict[Place, Kept]]:
    """Return the blocks that stand, and why some stand against differing figures at hand.

    Args:
        stored: the blocks of the file.
        fresh: those of the export, of periods that it covers completely.
    """
    found, kept = dict(stored), {}
    for place, new in fresh.items():
        old = stored.get(place)
        why = None if old is None else _why_kept(place, old, new)
        if why is None:
            found[place] = new.block
        elif old is not None and dict(old.cells) != dict(new.block.cells):
            kept[place] = why
    return found, kept


def _why_kept(place: Place, old: Block, new: Fresh) -> Kept | None:
    if old.data_end >= new.settled_at:
        return "frozen"
    if old.data_end > new.block.data_end:
        return "newer"
    if dict(old.cells) != dict(new.block.cells):
        before, now = n_of(place.metric, old), n_of(place.metric, new.block)
        if before - now > max(FEW, before / FEWER):
            return "fuller"
    return None


def n_of(metric: str, block: Block) -> int:
    """Return the rows behind a block, over its segments."""
    return sum(int(json.loads(w.totals).get(f"{metric}.n") or 0) for w in block.cells.values())


def start_of_rows(counts: Iterable[tuple[int, int]]) -> int | None:
    """Return the number of the first period that holds more than stragglers.

    Args:
        counts: number of the period → rows.

    Returns:
        The number, or None without a row.

    >>> start_of_rows([(1, 2), (2, 0), (3, 40), (4, 50), (5, 60)])
    3
    """
    known = dict(counts)
    total, seen, usual = sum(known.values()), 0, 0
    for usual in sorted(known.values()):
        # The period in which the middle row lies: neither stragglers nor one huge period move it.
        seen += usual
        if 2 * seen >= total:
            break
    return min((k for k, n in known.items() if n and n * STRAGGLERS >= usual), default=None)
