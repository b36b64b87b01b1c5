"""How wide the columns of a terminal's table become: natural, folded, or not at all.

Figures are never broken, text may fold; where even that doesn't fit, the caller
writes records. The caller also says how wide a text is: in terminal columns an emoji takes two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import accumulate

__all__ = ["GAP", "fit", "shorten"]

Size = Callable[[str], int]

GAP = 2
"""Blank columns between two columns of a table."""

NARROWEST_TEXT = 8
"""Columns below which folded text can't be read any more; two segments still fit into 80."""

WIDEST_UNBROKEN = 12
"""Columns of a figure that is never folded: `81.3 %`, `1,204/9,999`; longer ones fold at blanks."""


def fit(
    rows: Sequence[Sequence[str]], whole: Collection[int], width: int | None, size: Size
) -> list[int] | None:
    """Return the width of each column so that the table fits, or None where it can't.

    Args:
        rows: the headings and the cells, all of one length.
        whole: columns of figures and verdicts, whose words must not be broken.
        width: columns of the terminal; None lets each column have what it takes.
        size: the columns that a text takes.
    """
    columns = list(zip(*rows, strict=True))
    widths = [max(map(size, column), default=0) for column in columns]
    if width is None:
        return widths
    least = [
        _least_figures(column, size) if i in whole else _least_text(column, size)
        for i, column in enumerate(columns)
    ]
    excess = sum(widths) + GAP * len(widths) - width
    while excess > 0:
        wide = [i for i, w in enumerate(widths) if w > least[i]]
        if not wide:
            return None
        widest = max(wide, key=lambda i: widths[i])
        widths[widest] -= 1
        excess -= 1
    return widths


def shorten(text: str, most: int, mark: str, size: Size) -> str:
    """Return the text in at most `most` columns, ending in `mark` where it was cut."""
    if size(text) <= most:
        return text
    room = most - len(mark)
    ends = accumulate(text, lambda total, c: total + size(c), initial=0)
    kept = sum(1 for end in ends if end <= room) - 1
    return text[:kept].rstrip() + mark


def _least_text(column: Sequence[str], size: Size) -> int:
    return min(_longest_word(column, size), NARROWEST_TEXT)


def _least_figures(column: Sequence[str], size: Size) -> int:
    """Return the width that breaks no figure; the heading may fold at its blanks."""
    heading, *cells = column
    widest = max(map(size, cells), default=0)
    least = widest if widest <= WIDEST_UNBROKEN else _longest_word(cells, size)
    return max(least, _longest_word([heading], size))


def _longest_word(column: Sequence[str], size: Size) -> int:
    return max((size(word) for text in column for word in text.split()), default=0)
