"""Linear equations by Cholesky's triangles, columns that earlier ones determine left out."""

import math
from collections.abc import Iterable, Sequence
from operator import mul

# Of a column's own sum of squares; what is left of it below this is rounding.
_DETERMINED = 1e-9

Matrix = list[list[float]]


def cholesky(matrix: Matrix, sizes: Sequence[float]) -> tuple[Matrix, list[int]]:
    """Return the lower factor, and the columns that earlier ones determine."""
    lower: Matrix = []
    lost: list[int] = []
    for j, own in enumerate(matrix):
        row: list[float] = []
        for i in range(j):
            left = own[i] - sum(map(mul, row, lower[i]))
            row.append(left / lower[i][i] if lower[i][i] else 0.0)
        left = own[j] - sum(map(mul, row, row))
        if left > _DETERMINED * sizes[j]:
            row.append(math.sqrt(left))
        else:
            lost.append(j)
            row.append(0.0)
        lower.append(row)
    return lower, lost


def columns(lower: Matrix) -> Iterable[list[float]]:
    """Yield column i of a lower triangle from its diagonal down."""
    size = len(lower)
    return ([lower[j][i] for j in range(i, size)] for i in range(size))


def forward(lower: Matrix, right: Sequence[float]) -> list[float]:
    """Solve L x = right."""
    found: list[float] = []
    for row, value in zip(lower, right, strict=True):
        found.append((value - sum(map(mul, row, found))) / row[len(found)])
    return found


def upward(columns: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve L' x = right, the columns of L given from their diagonals down."""
    found: list[float] = []
    for column, value in zip(reversed(columns), reversed(right), strict=True):
        # `found` holds the later entries, the last one first.
        left = value - sum(map(mul, column[:0:-1], found))
        found.append(left / column[0])
    return found[::-1]


def solution(lower: Matrix, right: Sequence[float]) -> list[float]:
    """Solve L L' x = right."""
    return upward(list(columns(lower)), forward(lower, right))
