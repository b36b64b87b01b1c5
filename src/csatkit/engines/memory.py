"""How much memory a run may take, how much it would take, and so in how many buckets it goes.

The estimate is deliberately on the high side: a run in buckets that could have done without is
slower, a run without them that doesn't fit is killed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from csatkit.errors import UsageError
from csatkit.values import amount

__all__ = ["DEFAULT_SHARE", "LEAST", "Load", "allowed", "buckets_for", "free_memory"]

DEFAULT_SHARE = 0.6
"""Part of the free memory that a run takes by default: other programs grow, too."""

LEAST = 1_000_000
"""Bytes below which a limit is a slip of the unit: one row of a kilobyte per bucket and core."""

MOST_BUCKETS = 512
"""Each bucket is an open file while rows are spread; systems allow 1,024 of them by default."""

_PER_ROW = {"tickets": 150, "surveys": 200}
"""Bytes of a row whatever its columns: facts, links and hashes of a ticket; a survey also stands
beside its ticket for a moment. Measured on 10 million tickets and 5.3 million surveys: `report`
took 5.0 GB (estimated 5.2), `fcr` 4.6 (4.9), `csat` 3.8 (4.4)."""

_PER_CELL = 12
"""Bytes of a cell on average: an id as text takes 16 and its letters, an instant 8, a category 4,
a flag an eighth; and what is filtered exists twice for a moment."""

_FILL = 0.5
"""Part of the limit that a bucket may fill by estimate. The rest is for what goes on beside it:
the previous bucket's memory that isn't returned yet, the pages of files, the totals."""


@dataclass(frozen=True, slots=True)
class Load:
    """The rows of one input that a run has to hold."""

    kind: str
    n_rows: int
    n_columns: int

    @property
    def n_bytes(self) -> int:
        """Return the estimated memory of a run that holds them all."""
        return self.n_rows * (_PER_ROW[self.kind] + _PER_CELL * self.n_columns)


def allowed(setting: str | None) -> int | None:
    """Return the bytes that a run may take; None where the system doesn't tell what is free.

    Args:
        setting: `--max-memory` as it is written, None for the default share.

    Raises:
        UsageError: a share, and what is free isn't known; or far too little.
    """
    asked = None if setting is None else amount(setting)
    if isinstance(asked, int):
        limit: int | None = asked
    else:
        free = free_memory()
        if free is None and asked is not None:
            raise UsageError(
                "--max-memory: this system doesn't tell how much memory is free",
                "Name an amount, for example --max-memory 4GB.",
            )
        limit = None if free is None else int(free * (DEFAULT_SHARE if asked is None else asked))
    if asked is not None and limit is not None and limit < LEAST:
        raise UsageError(
            f"--max-memory: {setting} is too little to hold rows: {limit:,} bytes",
            "At least 1MB; from 500MB on is usual.",
        )
    return limit


def buckets_for(loads: Iterable[Load], limit: int | None) -> int:
    """Return in how many buckets of customers a run goes; 1 means all at once."""
    need = sum(load.n_bytes for load in loads)
    if limit is None or need <= limit:
        return 1
    return min(max(2, -int(-need // (limit * _FILL))), MOST_BUCKETS)


def free_memory() -> int | None:
    """Return the bytes that this process may still take, None where nobody knows."""
    known = [n for n in (_of_machine(), _of_group()) if n is not None]
    return min(known, default=None)


def _of_machine() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            name, _, rest = line.partition(":")
            if name == "MemAvailable":
                return int(rest.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        # No system but Linux says what is free; half of what is built in is a careful guess.
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return None


def _of_group() -> int | None:
    """Return what a container's limit leaves, None without one."""
    root = Path("/sys/fs/cgroup")
    for top, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            most = int((root / top).read_text(encoding="ascii"))
            taken = int((root / used).read_text(encoding="ascii"))
        except (OSError, ValueError):  # no such file, or "max"
            continue
        # Pages of files count as taken and are given back when asked for.
        return max(0, most - taken + _file_pages(root))
    return None


def _file_pages(root: Path) -> int:
    for name in ("memory.stat", "memory/memory.stat"):
        try:
            lines = (root / name).read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        for line in lines:
            key, _, value = line.partition(" ")
            if key in ("inactive_file", "total_inactive_file"):
                return int(value)
    return 0
