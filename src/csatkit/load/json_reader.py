"""JSON text → one value after the other, in memory for one value at a time.

Objects stay lists of pairs, so that a key that occurs twice is seen; numbers stay text, so that an
id of 20 digits keeps them all. Nothing here knows what a record is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, TextIO, TypeAlias

from csatkit.errors import InputError

__all__ = [
    "DEEPEST",
    "Array",
    "Number",
    "Object",
    "Reader",
    "RecordTooLargeError",
    "Value",
    "as_text",
    "too_deep",
]

BLOCK = 1 << 20
"""Characters read at once."""

LARGEST: Final = 1 << 23
"""Characters of one record. Help desks cut tickets at a few MB; more is a quote left open."""

DEEPEST: Final = 64
"""Levels of nesting in a record; exports have at most ten."""

_UNSURE = 64
"""Characters before the end of what was read in which an error may only be a cut: `tru`, `1e`."""


class Number(str):
    """A number as written."""

    __slots__ = ()


class Object(tuple[tuple[str, "Value"], ...]):
    """The members of an object in file order."""

    __slots__ = ()


Value: TypeAlias = "Object | Array | Number | str | bool | None"
Array: TypeAlias = list[Value]


class RecordTooLargeError(InputError):
    """A value has more than `LARGEST` characters."""


class Reader:
    """Reads values and punctuation from a text, and knows the line it is at.

    Args:
        file: the text.
        shown: its name for messages.
    """

    def __init__(self, file: TextIO, shown: str) -> None:
        self.shown = shown
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=Object,
            parse_int=Number,
            parse_float=Number,
            parse_constant=lambda _: None,  # NaN and Infinity say "nothing"
            strict=False,  # a raw line end inside a text harms nobody
        )

    def line(self, more: int = 0) -> int:
        """Return the line of the current position, counted from 1."""
        return self._line + self._text.count("\n", 0, self._at + more)

    def _grow(self) -> bool:
        """Read on; tell whether there was anything."""
        kept = len(self._text) - self._at
        if kept > LARGEST:
            raise RecordTooLargeError(
                f"{self.shown}, line {self.line()}: a record has more than "
                f"{LARGEST >> 20} million characters",
                "Probably a quote or a bracket is opened and never closed; export the file again.",
            )
        block = self._file.read(max(BLOCK, kept))
        self._line += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + block
        self._at = 0
        self._ended = not block
        return bool(block)

    def peek(self) -> str:
        """Return the next character that isn't blank, empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def take(self, *expected: str) -> str:
        """Step over one of these characters and return it.

        Raises:
            InputError: something else stands there, or the text ends.
        """
        found = self.peek()
        if not found:
            raise self.cut()
        if found not in expected:
            raise self._broken(f"expected {' or '.join(expected)}, found {found}")
        self._at += 1
        return found

    def value(self) -> Value:
        """Read the next value, whatever it is.

        Raises:
            InputError: it isn't valid JSON, is too deep or too large, or the text ends in it.
        """
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended or not self._may_be_cut(error):
                    raise self._wrong(error) from None
                self._grow()
                continue
            except RecursionError:
                raise too_deep(self.shown, self.line()) from None
            if end > len(self._text) - _UNSURE and not self._ended:
                self._grow()
                continue
            self._at = end
            value: Value = found
            return value

    def items(self) -> Iterator[None]:
        """Step into an array: once per item, which the caller then reads."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield
            if self.take(",", "]") == "]":
                return

    def members(self) -> Iterator[str]:
        """Step into an object: the key of each member, whose value the caller then reads."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            if self.peek() != '"':
                self.take('"')
            key = self.value()
            self.take(":")
            yield str(key)
            if self.take(",", "}") == "}":
                return

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        """Tell whether an error may only come from where the text was cut for now."""
        is_open = error.msg.startswith("Unterminated string")
        return is_open or error.pos > len(self._text) - _UNSURE

    def _wrong(self, error: json.JSONDecodeError) -> InputError:
        is_open = error.msg.startswith("Unterminated string")
        if is_open or error.pos >= len(self._text.rstrip()):
            return self.cut()
        what = error.msg.partition(" (")[0]
        return self._broken(what[:1].lower() + what[1:], error.pos - self._at)

    def cut(self) -> InputError:
        """Return the error about a text that ends too early."""
        return InputError(
            f"{self.shown} is cut off: its JSON ends in the middle of a value that starts in line "
            f"{self.line()}",
            "Download or export it again.",
        )

    def _broken(self, what: str, more: int = 0) -> InputError:
        return InputError(
            f"{self.shown}, line {self.line(more)}: isn't valid JSON: {what}",
            "Download or export it again.",
        )


def too_deep(shown: str, line: int) -> InputError:
    """Return the error about a record with too many levels."""
    return InputError(
        f"{shown}, line {line}: a record is nested deeper than {DEEPEST} levels",
        "An export holds tickets with a few levels; this is something else.",
    )


def as_text(value: Value) -> str:
    """Return a value as JSON."""
    if isinstance(value, Object):
        return "{" + ", ".join(f"{_quoted(k)}: {as_text(v)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_text, value)) + "]"
    if isinstance(value, Number):
        return str(value)
    return _quoted(value)


def _quoted(value: str | bool | None) -> str:
    return json.dumps(value, ensure_ascii=False)
