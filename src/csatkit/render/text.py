"""Foreign text made harmless: what can't be seen is spelled out, what has no form is replaced.

Names, comments and ids come from customers. Nothing in them may move the cursor, change the
direction of the text beside it, or start a new line.
"""

from __future__ import annotations

import re

__all__ = ["ascii_only", "one_line", "visible"]

# Controls (C0, DEL, C1), the marks and overrides of writing direction, line and paragraph
# separators, the byte order mark, two codes that are no characters and that XML refuses, and
# invisible tag characters. Joiners stay: emoji and several scripts need them.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)

_LINE_ENDS = re.compile("\r\n|[\n\r\u2028\u2029\x0b\x0c\x85]")

_PLAIN = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "×": "x",
        "≥": ">=",
        "≤": "<=",
        "’": "'",
        "“": '"',
        "”": '"',
        "␊": " ",
        "→": "->",
        "\N{NO-BREAK SPACE}": " ",
    }
)


def visible(text: str) -> str:
    r"""Return the text with each invisible or steering character as an escape.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    whole = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return _INVISIBLE.sub(_escape, whole)


def one_line(text: str) -> str:
    """Return the text on one line, each line end shown as ␊, and visible."""
    return visible(_LINE_ENDS.sub("␊", text))


def ascii_only(text: str) -> str:
    """Return the text in ASCII: known signs by their nearest, the rest as escapes."""
    return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")


def _escape(found: re.Match[str]) -> str:
    if found[0] == "\t":
        return " "
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
