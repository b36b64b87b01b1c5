"""A folder for what doesn't fit into memory: always removed, whatever ends the run.

Success, an error and Ctrl-C let Python clean up; SIGTERM is caught for it. What a killed process
leaves behind goes at the next start: a folder whose lock nobody holds belongs to nobody alive, in
whatever container it ran.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO

import polars as pl

from csatkit.errors import InputError

__all__ = ["PREFIX", "Scratch", "check_space", "disk_errors"]

PREFIX = "csatkit-buckets-"

_LOCK = "lock"

_OPEN: weakref.WeakSet[Scratch] = weakref.WeakSet()


class Scratch:
    """A temporary folder that lives as long as this object, at most as long as the process."""

    def __init__(self) -> None:
        _remove_stale(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.gettempdir()) / f"{PREFIX}{secrets.token_hex(8)}"
        held: list[IO[bytes]] = []
        # Runs when the object goes, or when the interpreter ends; registered before there is
        # anything to remove, so that an interrupt finds no moment in between.
        self._removal = weakref.finalize(self, _remove, self.path, held)
        self.path.mkdir(mode=0o700)
        held += _locked(self.path)
        _OPEN.add(self)
        _clean_up_when_terminated()

    def folder(self, name: str) -> Path:
        """Return a folder inside, made where it is missing."""
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def unique(self, name: str) -> Path:
        """Return a new folder inside."""
        return Path(tempfile.mkdtemp(prefix=name, dir=self.path))

    def remove(self, name: str) -> None:
        """Give back the room of a folder inside."""
        shutil.rmtree(self.path / name, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder now."""
        self._removal()


def _remove(path: Path, held: list[IO[bytes]]) -> None:
    shutil.rmtree(path, ignore_errors=True)
    for lock in held:
        lock.close()


def _locked(folder: Path) -> list[IO[bytes]]:
    """Hold a lock in the folder; it appears locked, so that nobody takes it for abandoned."""
    try:
        import fcntl
    except ImportError:  # Windows: there nothing is removed that another process left
        return []
    file = (folder / f"{_LOCK}.part").open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # a file system without locks
        return [file]
    (folder / f"{_LOCK}.part").rename(folder / _LOCK)
    return [file]


def _remove_stale(parent: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / _LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _clean_up_when_terminated() -> None:
    """Catch SIGTERM where nobody else does.

    Python runs a handler only when Polars comes back, minutes later perhaps; who stops a process
    seldom waits that long. So a thread learns of the signal at once, through the wake-up socket.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    others = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    if others != -1:  # an event loop waits for signals; it has the last word
        signal.set_wakeup_fd(others)
        ours.close()
        theirs.close()
        return
    signal.signal(signal.SIGTERM, _nothing)
    threading.Thread(target=_watch, args=(ours, theirs), daemon=True).start()


def _nothing(number: int, frame: FrameType | None) -> None:
    """Take the place of the default, which would end the process before anything is removed."""


def _watch(ours: socket.socket, theirs: socket.socket) -> None:  # noqa: ARG001 - kept open here
    while said := ours.recv(1):
        if said[0] == signal.SIGTERM:
            for scratch in list(_OPEN):
                scratch.close()
            os._exit(128 + signal.SIGTERM)


def check_space(path: Path, n_bytes: int) -> None:
    """Refuse early what the disk can't hold.

    Raises:
        InputError: less is free where temporary files go.
    """
    free = shutil.disk_usage(path).free
    if free < n_bytes:
        raise _full(path, f"about {n_bytes / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB free")


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk into one clear error.

    Raises:
        InputError: the disk is full.
    """
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        full = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT))
        number = getattr(error, "errno", None)
        if number in (errno.ENOSPC, errno.EDQUOT) or any(text in str(error) for text in full):
            raise _full(path, "it is full") from error
        raise


def _full(path: Path, what: str) -> InputError:
    return InputError(
        f"there is too little room for temporary files in {path.parent}: {what}",
        "Set TMPDIR to a folder on a larger disk, or allow more --max-memory.",
    )
