"""Output files that appear whole or not at all.

A file is written under a temporary name in its own folder and renamed when it is complete, so
nobody ever reads half a result, not even after a crash.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from csatkit.errors import InputError, UsageError

__all__ = ["cannot_write", "written_whole"]

FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


@contextmanager
def written_whole(path: Path, origin: str = "--output") -> Iterator[Path]:
    """Give a temporary path to write to; on leaving, it becomes `path`.

    A device or a named pipe is written to directly. Symbolic links are followed: renaming over one
    would replace it by a file.

    Args:
        path: where the result goes.
        origin: the option that named it, for messages.

    Raises:
        UsageError: the file can't be created there.
        InputError: the device is full or fails.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder", "Make it first, or write elsewhere.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name a file in it.")
    try:
        if path.exists() and not path.is_file():
            yield path
            return
        with _part(path) as part:
            yield part
            _synced(part)
            part.chmod(_mode(path))
            part.replace(path)
    except BrokenPipeError:
        return
    except OSError as error:
        raise cannot_write(str(path), error, origin) from None


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _synced(part: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())


def _mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those a new one would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)  # there is no way to read it without setting it
    os.umask(mask)
    return 0o666 & ~mask


def cannot_write(where: str, error: OSError, origin: str = "--output") -> UsageError | InputError:
    """Return the error for an output that can't be written.

    A full device is nothing that another option would mend, so it isn't a mistake in the usage.
    """
    text = f"can't write to {where}: {error.strerror or error}"
    if error.errno in FULL:
        return InputError(text, "Make room, or write elsewhere.")
    return UsageError(text, f"Write elsewhere with {origin}.")
