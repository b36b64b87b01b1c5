"""Foreign text for a page: one line, nothing invisible, words that can break."""

from __future__ import annotations

from csatkit.render.text import one_line

__all__ = ["words"]


def words(text: str) -> str:
    """Return text as a page shows it; the template escapes it."""
    return one_line(text)
