"""Bars and intervals drawn with characters, in Unicode blocks or plain ASCII."""

from __future__ import annotations

from csatkit.render.blocks import Range

__all__ = ["bar", "range_line"]

_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(length: float | None, width: int, ascii_only: bool) -> str:
    """Return a bar padded to `width`; `length` is 0 to 1, None draws nothing.

    What is above zero shows at least the thinnest mark, so that one answer isn't invisible.
    """
    if length is None or length <= 0:
        return " " * width
    if ascii_only:
        return ("#" * max(1, round(min(length, 1) * width))).ljust(width)
    eighths = max(1, round(min(length, 1) * width * 8))
    full, part = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[part] if part else "")).ljust(width)


def range_line(row: Range, reference: float | None, width: int, ascii_only: bool) -> str:
    """Return an interval on a line of `width` characters: ends, value, and the reference."""
    line, point, mark = ("-", "o", "|") if ascii_only else ("─", "●", "│")
    low_end, high_end = ("[", "]") if ascii_only else ("├", "┤")
    drawn = [" "] * width

    def at(position: float) -> int:
        return min(width - 1, max(0, round(position * (width - 1))))

    if row.low is not None and row.high is not None:
        first, last = at(row.low), at(row.high)
        drawn[first : last + 1] = line * (last + 1 - first)
        drawn[first], drawn[last] = low_end, high_end
    if reference is not None:
        drawn[at(reference)] = mark
    if row.value is not None:
        drawn[at(row.value)] = point
    return "".join(drawn)
