"""Bytes on disk → what they are: UTF-8 text of a table or of JSON, Parquet, a workbook, a zip.

The content decides what a file is, never its suffix. Compressed text and text in another encoding
become a temporary UTF-8 file, written in blocks and removed when the process ends; nothing here
holds a whole file in memory, and nothing here looks at columns.
"""

from __future__ import annotations

import atexit
import codecs
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from csatkit.errors import InputError, nearest
from csatkit.load.told import told, told_text
from csatkit.progress import Stage, stage

if TYPE_CHECKING:
    from io import BufferedIOBase

__all__ = [
    "ALWAYS_FINE",
    "BLOCK",
    "MOST_RATIO",
    "Container",
    "open_container",
    "scratch_file",
    "spool_stdin",
]

BLOCK = 1 << 20
"""Bytes read at once: large enough for the disk, small enough for any machine."""

MOST_RATIO: Final = 200
"""Unpacked to packed bytes: exports reach 5 to 20, monotonous ones 100, a bomb 1,000."""

ALWAYS_FINE: Final = 16 << 20
"""Unpacked bytes up to which the ratio says nothing."""

_FOREIGN = {
    b"PK\x05\x06": "an empty zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (XLS), or one with a password",
    b"%PDF": "a PDF document",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"ARROW1": "an Arrow IPC file",
}
_DATABASES = {b"SQLite format 3": (0, "sqlite"), b"DUCK": (8, "duckdb")}
"""What a database's file starts with, where, and the scheme of its address."""

_JSON = re.compile(r"""\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[\[{"\]\d-]|$))""")

_OTHERWISE = "Export it as CSV, XLSX, JSON or Parquet."

_COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}

# Control characters that no text holds; tab, newline, form feed, return and escape may occur.
_CONTROLS = bytes({*range(32)} - {9, 10, 12, 13, 27})


@dataclass(frozen=True, slots=True)
class Container:
    """What a file is, and where its plain form lies."""

    kind: Literal["csv", "parquet", "json", "zip"]
    path: Path
    blank_lines: bool = False
    """The text holds two line ends in a row: an empty line, or one inside a quoted cell."""
    quotes: int = 0
    """Quotes in the text; if odd, one isn't closed or isn't meant as a quote."""


@dataclass(slots=True)
class _Bytes:
    """What one pass over the bytes of a text tells."""

    encoding: str = "utf-8"
    quotes: int = 0
    newlines: bool = False
    returns: bool = False
    blank_lines: bool = False


def open_container(path: Path, shown: str, *, is_unpacked: bool = False) -> Container:
    """Tell what a file is and make it readable.

    Args:
        path: the file.
        shown: its name for messages.
        is_unpacked: it comes out of an archive; one archive in another is refused.

    Raises:
        InputError: the file is missing, empty, binary, or of a kind that can't be read.
    """
    head = _head(path, shown)
    if head.startswith(b"PAR1"):
        return Container("parquet", path)
    for magic, codec in _COMPRESSED.items():
        if head.startswith(magic):
            if is_unpacked:
                raise InputError(
                    f"{shown} is packed more than once", "Unpack it and name what is inside."
                )
            plain = _decompressed(path, codec, shown)
            return open_container(plain, shown, is_unpacked=True)
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise InputError(f"{shown} is {what}", _OTHERWISE)
    for magic, (start, scheme) in _DATABASES.items():
        if head.startswith(magic, start):
            raise InputError(
                f"{shown} is a database",
                "Ask it from csatkit.toml: [source] tickets = "
                f'{{ query = "select ...", uri = "{scheme}:///{shown}" }}',
            )
    if head.startswith(b"PK\x03\x04"):
        return Container("zip", path)
    return _text(path, head, shown)


def _head(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except FileNotFoundError:
        raise _missing(path, shown) from None
    except OSError as error:
        raise InputError(f"{shown} can't be read: {error.strerror}") from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise InputError(f"{shown} is empty", "Export it again; it needs at least a header.")
    return head


def _missing(path: Path, shown: str) -> InputError:
    folder = path.parent
    near = nearest(path.name, [p.name for p in folder.iterdir()]) if folder.is_dir() else None
    hint = f"Did you mean {str(folder / near)!r}?" if near else None
    return InputError(f"{shown} doesn't exist", hint)


def _text(path: Path, head: bytes, shown: str) -> Container:
    encoding = _utf16(head)
    facts = _Bytes(encoding) if encoding else _survey(path, head, shown)
    if facts.encoding != "utf-8" or (facts.returns and not facts.newlines):
        path = _transcoded(path, facts.encoding, shown)
        head = _head(path, shown)
        facts = _survey(path, head, shown)
    if _JSON.match(head.decode("utf-8-sig", errors="ignore")):
        return Container("json", path)
    return Container("csv", path, facts.blank_lines, facts.quotes)


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Latin text in UTF-16 has a zero in every second byte; the side tells the byte order.
    half = max(len(head) // 2, 1)
    if head[1::2].count(0) > 0.4 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.4 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _survey(path: Path, head: bytes, shown: str) -> _Bytes:
    """Pass once over the bytes; most of them are ASCII, which costs next to nothing."""
    if not _is_utf8(head) and len(head.translate(None, _CONTROLS)) < 0.99 * len(head):
        raise _binary(shown)
    facts = _Bytes()
    decoder = codecs.getincrementaldecoder("utf-8")()
    tail = b""
    for block in _blocks(path, f"checking {shown}"):
        if b"\0" in block:
            raise _binary(shown)
        if facts.encoding == "utf-8" and not (block.isascii() and not decoder.getstate()[0]):
            facts.encoding = _still_utf8(decoder, block)
        facts.quotes += block.count(b'"')
        facts.newlines = facts.newlines or b"\n" in block
        facts.returns = facts.returns or b"\r" in block
        if not facts.blank_lines:
            seam = tail + block
            facts.blank_lines = b"\n\n" in seam or (facts.returns and b"\n\r\n" in seam)
            tail = block[-2:]
    if decoder.getstate()[0]:
        facts.encoding = "cp1252"
    return facts


def _is_utf8(head: bytes) -> bool:
    try:
        # The head may be cut inside a letter, so it isn't final.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _still_utf8(decoder: codecs.IncrementalDecoder, block: bytes) -> str:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        decoder.reset()
        return "cp1252"
    return "utf-8"


def _blocks(path: Path, what: str) -> Iterator[bytes]:
    with told(path, what) as file:
        while block := file.read(BLOCK):
            yield block


def _binary(shown: str) -> InputError:
    return InputError(f"{shown} isn't text: it holds binary data", _OTHERWISE)


def _transcoded(path: Path, encoding: str, shown: str) -> Path:
    target = scratch_file(path)
    try:
        _write_utf8(path, encoding, target, shown)
    except UnicodeDecodeError:
        if encoding != "cp1252":
            raise _binary(shown) from None
        # Five bytes mean nothing in cp1252; Latin-1 gives every byte a meaning.
        _write_utf8(path, "latin-1", target, shown)
    return target


def _write_utf8(path: Path, encoding: str, target: Path, shown: str) -> None:
    # Line ends are kept unless the file has only returns, which Polars doesn't split at.
    only_returns = not any(b"\n" in block for block in _blocks(path, f"checking {shown}"))
    newline = None if only_returns else ""
    with (
        told_text(path, f"converting {shown}", encoding, newline) as source,
        target.open("w", encoding="utf-8", newline="") as sink,
    ):
        while block := source.read(BLOCK):
            sink.write(block)


def _decompressed(path: Path, codec: str, shown: str) -> Path:
    import pyarrow as pa

    target = scratch_file(path)
    n_bytes = path.stat().st_size
    left = max(ALWAYS_FINE, MOST_RATIO * n_bytes)
    read = stage(f"unpacking {shown}", "bytes", n_bytes)
    try:
        with (
            pa.OSFile(str(path), "rb") as raw,
            pa.CompressedInputStream(raw, codec) as source,
            target.open("wb") as sink,
        ):
            while block := source.read(BLOCK):
                left -= len(block)
                if left < 0:
                    raise InputError(
                        f"{shown} isn't unpacked: it grows to more than {MOST_RATIO} times its "
                        "size",
                        "If you trust it, unpack it and name the file.",
                    )
                sink.write(block)
                read.reach(raw.tell())
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            f"{shown} is damaged: its {codec} data ends early or is corrupt",
            "Download or export it again.",
        ) from error
    return target


@cache
def spool_stdin() -> Path:
    """Copy standard input to a temporary file, once per process.

    Raises:
        InputError: standard input is empty or closed.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed", "Name a file, or pipe one in.")
    target = scratch_file(Path("stdin"))
    # Where it is typed, the terminal shows it, and a line of ours would stand in the way.
    begin = Stage if sys.stdin.isatty() else stage
    read = begin("reading standard input", "bytes")
    source = cast("BufferedIOBase", sys.stdin.buffer)
    _let_interrupts_end_waiting()
    with target.open("wb") as sink:
        while block := source.read1(BLOCK):  # what has come so far, without waiting for a whole one
            sink.write(block)
            read.add(len(block))
    return target


def _let_interrupts_end_waiting() -> None:
    """Undo that Polars, once it is imported, has a wait for input go on after Ctrl-C."""
    if hasattr(signal, "siginterrupt"):  # Windows has no such waits
        signal.siginterrupt(signal.SIGINT, True)


@cache
def _scratch() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="csatkit-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)


def scratch_file(path: Path) -> Path:
    """Return a new temporary file named after a path; it goes when the process ends."""
    with tempfile.NamedTemporaryFile(
        dir=_scratch(), suffix=f"-{path.name[-40:]}", delete=False
    ) as f:
        return Path(f.name)
