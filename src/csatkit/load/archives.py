"""A zip of parts → its members as temporary files.

An archive is a stranger's claim about sizes and names: nothing is ever written under a member's
name, a member is unpacked in blocks and no further than it was announced, and what would fill the
disk or hides another archive is refused.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Final

from csatkit.errors import InputError, nearest
from csatkit.load.containers import ALWAYS_FINE, BLOCK, MOST_RATIO, scratch_file
from csatkit.progress import stage

__all__ = ["check_archive", "extract", "is_workbook", "members"]

MOST_MEMBERS: Final = 1_000
"""Members of an archive: three years of daily parts."""

MOST_BYTES: Final = 16 << 30
"""Unpacked bytes of all members: 100 million tickets as CSV."""

_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz")


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[zipfile.ZipFile]:
    damaged = InputError(
        f"{shown} is a damaged zip archive: it ends early or is corrupt",
        "Download or export it again.",
    )
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise damaged from error
    except NotImplementedError as error:
        raise InputError(
            f"{shown} is packed in a way that can't be read: {error}",
            "Pack it as an ordinary zip.",
        ) from error
    except OSError as error:
        raise InputError(f"{shown} can't be unpacked: {error.strerror or error}") from error


def is_workbook(path: Path, shown: str) -> bool:
    """Tell whether a zip is an XLSX workbook.

    Raises:
        InputError: the archive is damaged.
    """
    with _opened(path, shown) as archive:
        names = set(archive.namelist())
    return "[Content_Types].xml" in names and any(n.startswith("xl/workbook") for n in names)


def check_archive(path: Path, shown: str) -> None:
    """Refuse an archive that would unpack to more than any export holds.

    Raises:
        InputError: too many members, too many bytes, or packed suspiciously well.
    """
    with _opened(path, shown) as archive:
        infos = archive.infolist()
    total = sum(info.file_size for info in infos)
    if len(infos) > MOST_MEMBERS:
        raise _refused(shown, f"it holds {len(infos):,} files, more than {MOST_MEMBERS:,}")
    if total > MOST_BYTES:
        raise _refused(shown, f"it unpacks to more than {MOST_BYTES >> 30} GiB")
    for info in infos:
        limit = max(ALWAYS_FINE, MOST_RATIO * info.compress_size)
        if info.file_size > limit:
            raise _refused(
                shown, f"{info.filename!r} unpacks to more than {MOST_RATIO} times its size"
            )


def _refused(shown: str, why: str) -> InputError:
    return InputError(
        f"{shown} isn't unpacked: {why}", "If you trust it, unpack it and name the files."
    )


def members(
    path: Path, shown: str, suffixes: tuple[str, ...], wanted: str | None = None
) -> tuple[str, ...]:
    """Return the names of the data files in an archive, sorted.

    Args:
        path: the archive.
        shown: its name for messages.
        suffixes: what counts as data.
        wanted: a member's name, or a pattern with `*` and `?`, to read only some.

    Raises:
        InputError: it is refused (see `check_archive`), encrypted, holds another archive, or no
            data.
    """
    check_archive(path, shown)
    suffixes = tuple(s for s in suffixes if s not in _ARCHIVES)
    with _opened(path, shown) as archive:
        infos = [info for info in archive.infolist() if not _is_noise(info)]
    if wanted is not None:
        infos = [info for info in infos if _fits(info.filename, wanted)] or _nothing(
            shown, wanted, [info.filename for info in infos]
        )
    inner = next((i.filename for i in infos if i.filename.lower().endswith(_ARCHIVES)), None)
    if inner:
        raise InputError(
            f"{shown} holds another archive, {inner!r}", "Unpack it and name what is inside."
        )
    found = [info for info in infos if wanted or info.filename.lower().endswith(suffixes)]
    if not found:
        raise InputError(f"{shown} holds no data file", f"Looked for {', '.join(suffixes)}.")
    locked = next((info.filename for info in found if info.flag_bits & 0x1), None)
    if locked:
        raise InputError(
            f"{shown} is locked: {locked!r} needs a password", "Unpack it and name what is inside."
        )
    return tuple(sorted(info.filename for info in found))


def _is_noise(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    return info.is_dir() or path.parts[:1] == ("__MACOSX",) or path.name.startswith(".")


def _fits(name: str, wanted: str) -> bool:
    return fnmatchcase(name, wanted) or fnmatchcase(PurePosixPath(name).name, wanted)


def _nothing(shown: str, wanted: str, names: list[str]) -> list[zipfile.ZipInfo]:
    near = nearest(wanted, names)
    hint = f"Did you mean {near!r}?" if near else f"It holds {', '.join(sorted(names)[:10])}."
    raise InputError(f"{shown} holds no file {wanted!r}", hint)


def extract(path: Path, shown: str, name: str) -> Path:
    """Unpack one member to a temporary file.

    Raises:
        InputError: the archive is damaged, or the member is larger than it says.
    """
    target = scratch_file(Path(PurePosixPath(name).name))
    with (
        _opened(path, shown) as archive,
        archive.open(name) as source,
        target.open("wb") as sink,
    ):
        left = archive.getinfo(name).file_size
        read = stage(f"unpacking {shown}#{name}", "bytes", left)
        while block := source.read(BLOCK):
            left -= len(block)
            read.add(len(block))
            if left < 0:
                raise _refused(shown, f"{name!r} is larger than it says")
            sink.write(block)
    return target
