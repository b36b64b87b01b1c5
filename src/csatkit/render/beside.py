"""Beside which points of a picture a name stands, so that no name lies over another."""

from __future__ import annotations

from typing import Any

__all__ = ["give_sides"]

LETTER, LINE = 6.6, 13.0
"""Points that a letter and a line of 12 points take."""

Box = tuple[float, float, float, float]


def give_sides(
    rows: list[dict[str, Any]],
    centre: float,
    domains: tuple[list[float], list[float]],
    size: tuple[int, int],
) -> None:
    """Give each row a `side`: right or left of its point, None where its name has no room.

    The clearest of the flagged rows come first; the others have no name.

    Args:
        rows: points with `n`, `adjusted`, `flagged` and the name `short`.
        centre: the value that they are compared with.
        domains: the least and the greatest `n`, which lies on a scale of square roots, then the
            lowest and the highest value.
        size: of the picture, in points.
    """
    for row in rows:
        row["side"] = None
    few, many = (n**0.5 for n in domains[0])
    low, high = domains[1]

    def place(row: dict[str, Any]) -> tuple[float, float]:
        across = size[0] * (row["n"] ** 0.5 - few) / ((many - few) or 1.0)
        return across, size[1] * (high - row["adjusted"]) / ((high - low) or 1.0)

    flagged = [row for row in rows if row.get("flagged")]
    # Far from the centre on many tickets is what the limits measure.
    flagged.sort(key=lambda row: -abs(row["adjusted"] - centre) * row["n"] ** 0.5)
    taken = [_box(*place(row), 12.0, "centre") for row in flagged]
    for row in flagged:
        x, y = place(row)
        for side in ("right", "left"):
            box = _box(x, y, LETTER * len(row["short"]), side)
            inside = box[0] >= 0 and box[2] <= size[0] + 20
            if inside and not any(_overlap(box, other) for other in taken):
                row["side"] = side
                taken.append(box)
                break


def _box(x: float, y: float, wide: float, side: str) -> Box:
    """Return left, top, right and bottom of what stands beside or on a point."""
    starts = {"right": x + 9, "left": x - 9 - wide, "centre": x - wide / 2}
    left = starts[side]
    return left, y - LINE / 2, left + wide, y + LINE / 2


def _overlap(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
