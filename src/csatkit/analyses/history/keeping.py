"""Read, merge, write: one at a time, and whole or not at all.

A lock beside the file lets one run after the other in. Whoever is killed leaves the old file, an
unlocked lock (the system sees to it) and at most a temporary file, which the next run clears away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from csatkit.analyses.history.merging import Fresh, Kept, merged
from csatkit.analyses.history.stored import Blocks, Place, payload, read
from csatkit.errors import InputError, UsageError
from csatkit.whole import cannot_write, written_whole

__all__ = ["PATIENCE", "Outcome", "kept", "locked"]

PATIENCE = 60.0
"""Seconds to wait for another run; merging takes far less than one."""

ORIGIN = "--history"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a history in one go."""

    before: Blocks
    after: Blocks
    standing: Mapping[Place, Kept]
    """Blocks that stand against differing figures at hand, with why."""


def kept(path: Path, fresh: Mapping[Place, Fresh]) -> Outcome:
    """Merge figures into a history and return what it held and holds.

    A file that already says the same is left untouched.

    Args:
        path: the history; made where there is none.
        fresh: what the export at hand gives.

    Raises:
        UsageError: the file can't be made there.
        InputError: it is no history, the device is full, or another run holds it too long.
    """
    path = path.resolve()  # two names of one file share one lock
    with locked(path):
        before = read(path)
        after, standing = merged(before, fresh)
        if after != before:
            _clear(path)
            data = payload(after)
            with written_whole(path, ORIGIN) as part:
                part.write_bytes(data)
    return Outcome(before, after, standing)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let no other run at a history.

    Raises:
        UsageError: the lock can't be made beside it.
        InputError: another run holds it for longer than `PATIENCE`.
    """
    # Only a run that keeps a history pays for this import.
    from filelock import FileLock, Timeout

    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder", "Make it first, or write elsewhere.")
    lock = FileLock(f"{path}.lock", timeout=PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(
            f"{ORIGIN} {path}: another run has held it for {PATIENCE:g} seconds",
            "Try again when that one is done.",
        ) from None
    except OSError as error:
        raise cannot_write(f"{path}.lock", error, ORIGIN) from None
    try:
        yield
    finally:
        lock.release()


def _clear(path: Path) -> None:
    """Remove what killed runs left: under the lock nobody else is writing."""
    for part in path.parent.glob(f".{escape(path.name)}.*.part"):
        with suppress(OSError):
            part.unlink()
