"""Bars and intervals drawn with characters, in Unicode blocks or plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.render.blocks import Range

__all__ = ["bar", "range_line", "sparkline"]

_EIGHTHS = " ▏▎▍▌▋▊▉"

_LEVELS, _PLAIN_LEVELS = "▁▂▃▄▅▆▇█", "_.-:=+*#"


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


def sparkline(values: Sequence[float | None], ascii_only: bool) -> str:
    """Return one character per value, the lowest of them low; None leaves a gap.

    >>> sparkline([0.0, 5.0, None, 10.0], ascii_only=False)
    '▁▅ █'
    """
    levels = _PLAIN_LEVELS if ascii_only else _LEVELS
    known = [v for v in values if v is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)

    def level(v: float) -> str:
        share = (v - low) / (high - low) if high > low else 0.5
        return levels[min(len(levels) - 1, int(share * len(levels)))]

    return "".join(" " if v is None else level(v) for v in values)


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
