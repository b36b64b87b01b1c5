"""The only writer of stdout, of stderr (but for the line in `passing`) and of `--output`.

stdout carries the result alone. A reader that went away is no error: what is left goes nowhere and
the exit code stays. A file is written whole under a temporary name and then renamed, so nobody ever
reads half a result.
"""

from __future__ import annotations

import os
import sys
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, TextIO

from csatkit.cli import passing
from csatkit.whole import cannot_write, written_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Screen", "close", "complain", "is_terminal", "result", "screen"]

BOX = "─│█·±…"
"""Characters that tables may draw with; where stdout can't encode them, they draw in ASCII."""


class Screen(NamedTuple):
    """What stdout can show; `width` is None where nobody watches."""

    width: int | None
    color: bool
    ascii: bool


def is_terminal() -> bool:
    """Tell whether stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def screen(env: Mapping[str, str], *, no_color: bool) -> Screen:
    """Return what stdout can show.

    Args:
        env: read for NO_COLOR (set and not empty) and TERM (`dumb`).
        no_color: the user wants none.
    """
    if not is_terminal():
        return Screen(None, color=False, ascii=not _can_draw())
    import shutil

    plain = no_color or bool(env.get("NO_COLOR")) or env.get("TERM") == "dumb"
    return Screen(shutil.get_terminal_size().columns, color=not plain, ascii=not _can_draw())


def _encoding() -> str:
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def _can_draw() -> bool:
    try:
        BOX.encode(_encoding())
    except UnicodeEncodeError:
        return False
    return True


def result(
    payload: str | bytes | Iterator[bytes], output: str | None = None, *, is_exact: bool = False
) -> None:
    """Write a result, whole or not at all.

    Args:
        payload: text, bytes, or the pieces of a long result. Nothing is written before the first
            piece is there, so what can fail should fail in it.
        output: the file, or None and `-` for stdout.
        is_exact: a machine reads it, so it is UTF-8 whatever the terminal's encoding.

    Raises:
        UsageError: the file can't be created there.
        InputError: the device is full or fails.
    """
    if output is not None and output != "-":
        pieces = _pieces(payload, "utf-8", "strict")
        passing.make_way()
        _save(Path(output), pieces)
        return
    if sys.stdout is None:  # closed by the caller: nobody wants the result
        return
    encoding, errors = ("utf-8", "strict") if is_exact else (_encoding(), "replace")
    pieces = _pieces(payload, encoding, errors)
    passing.make_way()
    try:
        sys.stdout.flush()
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _detach(sys.stdout)
    except OSError as error:
        _detach(sys.stdout)
        raise cannot_write("stdout", error) from None


def _pieces(payload: str | bytes | Iterator[bytes], encoding: str, errors: str) -> Iterable[bytes]:
    """Return a result as bytes, the first of them made."""
    if isinstance(payload, str):
        return (payload.encode(encoding, errors),)
    if isinstance(payload, bytes):
        return (payload,)
    return chain((next(payload, b""),), payload)


def _save(path: Path, pieces: Iterable[bytes]) -> None:
    with written_whole(path) as part, part.open("wb") as file:
        for piece in pieces:
            file.write(piece)


def complain(text: str) -> None:
    """Write one message to stderr; where nobody can read it, nothing happens.

    It may quote a cell or a file name, which must not steer the terminal.
    """
    from csatkit.render.text import visible

    passing.make_way()
    if sys.stderr is None:
        return
    lines = text.rstrip("\n").split("\n")
    try:
        sys.stderr.write("".join(f"{visible(line)}\n" for line in lines))
        sys.stderr.flush()
    except OSError:
        _detach(sys.stderr)


def close() -> None:
    """Flush both streams, so that the interpreter finds nothing left to fail on when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            _detach(stream)


def _detach(stream: TextIO | IO[str]) -> None:
    """Point a stream whose reader is gone to nowhere."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # a stand-in without a descriptor
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
