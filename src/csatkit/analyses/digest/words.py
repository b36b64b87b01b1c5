"""Words that the digests share: lists, and excerpts of what customers wrote.

Comments are foreign text of any length. An excerpt is one short line of it; renderers still escape
it like any other data.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

__all__ = ["LONGEST_NAME", "READ", "excerpt", "listed", "short"]

LONGEST = 140
"""Characters of an excerpt: two lines on a terminal say what it is about."""

MOST_WORDS = 26
"""Words of an excerpt: a comment of single letters mustn't fill a digest of 1,000 words."""

LONGEST_NAME = 40
"""Characters of a name; longer ones are mistakes of an export."""

READ = 4 * LONGEST
"""Characters of a comment that are looked at: blanks and controls may fall away."""

_CONTROLS = frozenset({"Cc", "Zl", "Zp", "Cs"})
"""Unicode categories of what moves a cursor or starts a line."""


def excerpt(comment: str) -> str | None:
    r"""Return the start of a comment in one line, cut between words; None where nothing is left.

    >>> excerpt(" Nobody\n answered. ")
    'Nobody answered.'
    """
    start = comment[:READ]
    visible = "".join(" " if unicodedata.category(c) in _CONTROLS else c for c in start)
    words = visible.split()
    text = " ".join(words[:MOST_WORDS])
    if not text:
        return None
    is_whole = len(comment) <= READ and len(words) <= MOST_WORDS
    return text if is_whole and len(text) <= LONGEST else _cut(text, LONGEST)


def _cut(text: str, most: int) -> str:
    """Return the text in at most `most` characters with its mark, cut at a blank if it has one."""
    room = text[: most - 1]
    if len(text) > len(room) and not text[len(room)].isspace():
        head, blank, _ = room.rpartition(" ")
        room = head if blank else room
    return room.rstrip(" ,;:-") + "…"


def short(name: str) -> str:
    """Return a name that no line breaks over."""
    text = " ".join(name.split())
    return text if len(text) <= LONGEST_NAME else _cut(text, LONGEST_NAME)


def listed(names: Sequence[str]) -> str:
    """Return names as people list them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
