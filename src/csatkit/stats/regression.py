"""Least squares from sums of products: rows are needed once, and totals of parts add up.

Columns that earlier ones determine are left out and named by the direction in which nothing can be
told; a contrast along such a direction has no estimate, never an arbitrary one.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from csatkit.stats._checks import check_level
from csatkit.stats.incomplete import regularised_beta
from csatkit.stats.normal import student_t_cdf, two_sided_t

# Of a column's own sum of squares; what is left of it below this is rounding.
_DETERMINED = 1e-9
# A contrast of shares is of order one; this far along an undetermined direction is rounding.
_ALONG = 1e-7

Matrix = Sequence[Sequence[float]]


class Cell(NamedTuple):
    """Rows that are alike: `columns` are 1 (all others 0), k of the n succeed."""

    columns: tuple[int, ...]
    n: int
    k: int


class CrossProducts(NamedTuple):
    """Sums over n rows: of x x', of x y, of y squared. Column 0 is the constant."""

    n: float
    xx: Matrix
    xy: Sequence[float]
    yy: float


class Fit(NamedTuple):
    """A fitted line; `coefficients` are 0 for columns that were left out.

    `null` holds a direction per column left out: moving along it changes no fitted value. `lower`
    is the Cholesky factor of the columns in `kept`. `rss` and `tss` are the sums of squares around
    the line and around the mean.
    """

    n: float
    coefficients: tuple[float, ...]
    kept: tuple[int, ...]
    null: tuple[tuple[float, ...], ...]
    lower: Matrix
    rss: float
    tss: float

    @property
    def df(self) -> float:
        """Return the residual degrees of freedom."""
        return self.n - len(self.kept)

    @property
    def r_squared(self) -> float:
        """Return the share of the variance that is explained; 0 where there is none."""
        return 1 - self.rss / self.tss if self.tss > 0 else 0.0


class Effect(NamedTuple):
    """A weighted sum of coefficients with its standard error, interval and two-sided p value."""

    value: float
    error: float
    low: float
    high: float
    p_value: float


def cross_products(cells: Iterable[Cell], width: int) -> CrossProducts:
    """Return the sums of products of rows that are 0 or 1 in every column.

    Args:
        cells: alike rows; column 0, the constant, need not be listed.
        width: number of columns, the constant included.
    """
    xx = [[0.0] * width for _ in range(width)]
    xy = [0.0] * width
    n = successes = 0
    for cell in cells:
        ones = (0, *(c for c in cell.columns if c))
        n += cell.n
        successes += cell.k
        for place, i in enumerate(ones):
            row = xx[i]
            xy[i] += cell.k
            for j in ones[place:]:
                row[j] += cell.n
    return CrossProducts(n, _mirrored(xx), xy, successes)


def _mirrored(total: list[list[float]]) -> list[list[float]]:
    """Return sums of x x', of which each pair was added to one of its two places alone."""
    for i, row in enumerate(total):
        for j in range(i + 1, len(total)):
            row[j] = total[j][i] = row[j] + total[j][i]
    return total


def fit(products: CrossProducts) -> Fit | None:
    """Return the least-squares fit, the columns taken in their order.

    Args:
        products: sums of products; with weights summed up in them it is weighted least squares.

    Returns:
        The fit, None without rows.

    Source:
        Golub and Van Loan (2013), Matrix Computations, 4th edition, sections 4.2 and 5.3.2
    """
    if products.n <= 0:
        return None
    kept: list[int] = []
    lower: list[list[float]] = []
    null: list[tuple[float, ...]] = []
    width = len(products.xy)
    for j in range(width):
        row = _forward(lower, [products.xx[j][i] for i in kept])
        own = products.xx[j][j]
        left = own - math.fsum(x * x for x in row)
        if left > _DETERMINED * own:
            lower.append([*row, math.sqrt(left)])
            kept.append(j)
            continue
        direction = [0.0] * width
        direction[j] = 1.0
        for i, weight in zip(kept, _backward(lower, row), strict=True):
            direction[i] = -weight
        null.append(tuple(direction))
    halfway = _forward(lower, [products.xy[i] for i in kept])
    coefficients = [0.0] * width
    for i, value in zip(kept, _backward(lower, halfway), strict=True):
        coefficients[i] = value
    rss = max(0.0, products.yy - math.fsum(x * x for x in halfway))
    tss = max(0.0, products.yy - products.xy[0] ** 2 / products.n)
    return Fit(products.n, tuple(coefficients), tuple(kept), tuple(null), lower, rss, tss)


def meat(found: Fit, cells: Iterable[Cell]) -> Matrix:
    """Return the sum of x x' e squared over all rows, what errors that differ by row rest on.

    The rows of a cell share their fitted value f, so that it is k (1-f)^2 + (n-k) f^2 per cell.

    Source:
        White (1980), doi:10.2307/1912934
    """
    width = len(found.coefficients)
    total = [[0.0] * width for _ in range(width)]
    for cell in cells:
        ones = (0, *(c for c in cell.columns if c))
        fitted = math.fsum(found.coefficients[i] for i in ones)
        squares = cell.k * (1 - fitted) ** 2 + (cell.n - cell.k) * fitted**2
        for place, i in enumerate(ones):
            row = total[i]
            for j in ones[place:]:
                row[j] += squares
    return _mirrored(total)


def is_estimable(found: Fit, weights: Sequence[float]) -> bool:
    """Tell whether a weighted sum of coefficients is the same in every best fit."""
    return not any(_is_along(weights, direction) for direction in found.null)


def effect(
    found: Fit, weights: Sequence[float], middle: Matrix | None = None, level: float = 0.95
) -> Effect | None:
    """Return a weighted sum of coefficients.

    Without `middle` the standard error is the classical one. With it, it is the larger of that and
    of the one for errors that differ by row (HC1): a share's errors do differ, and where few rows
    or equal answers make HC1 too small, the classical one holds.

    Args:
        found: the fit.
        weights: one per column.
        middle: what `meat` returned for the same rows.
        level: .95 for a 95 % interval.

    Returns:
        The effect; None where it can't be told, or where no degree of freedom is left.

    Raises:
        ValueError: level lies outside (0, 1).

    Source:
        MacKinnon and White (1985), doi:10.1016/0304-4076(85)90158-7; the larger of the two:
        Angrist and Pischke (2009), Mostly Harmless Econometrics, section 8.1
    """
    check_level(level)
    if found.df <= 0 or not is_estimable(found, weights):
        return None
    halfway = _forward(found.lower, [weights[i] for i in found.kept])
    variance = found.rss / found.df * math.fsum(x * x for x in halfway)
    if middle is not None:
        solved = _backward(found.lower, halfway)
        pairs = list(zip(found.kept, solved, strict=True))
        robust = math.fsum(a * b * middle[i][j] for i, a in pairs for j, b in pairs)
        variance = max(variance, robust * found.n / found.df)
    value = math.fsum(w * b for w, b in zip(weights, found.coefficients, strict=True))
    error = math.sqrt(max(0.0, variance))
    reach = two_sided_t(level, found.df) * error
    if error == 0:
        p_value = 1.0 if value == 0 else 0.0
    else:
        p_value = min(1.0, 2 * student_t_cdf(-abs(value) / error, found.df))
    return Effect(value, error, value - reach, value + reach, p_value)


def joint_test(full: Fit, reduced: Fit) -> float | None:
    """Return the p value of the F test that the further columns of a fit explain nothing.

    Args:
        full: the larger fit.
        reduced: the fit without the columns in question, on the same rows.

    Returns:
        The p value; None where no column is added or no degree of freedom left.

    Source:
        Seber and Lee (2003), Linear Regression Analysis, 2nd edition, section 4.3
    """
    added = len(full.kept) - len(reduced.kept)
    if added <= 0 or full.df <= 0:
        return None
    gained = max(0.0, reduced.rss - full.rss)
    if gained == 0:
        return 1.0
    return regularised_beta(full.rss / (full.rss + gained), full.df / 2, added / 2)


def _is_along(weights: Sequence[float], direction: Sequence[float]) -> bool:
    return abs(math.fsum(w * d for w, d in zip(weights, direction, strict=True))) > _ALONG


def _forward(lower: Matrix, right: Sequence[float]) -> list[float]:
    """Solve L x = right."""
    found: list[float] = []
    for row, value in zip(lower, right, strict=True):
        left = value - math.fsum(a * x for a, x in zip(row, found, strict=False))
        found.append(left / row[len(found)])
    return found


def _backward(lower: Matrix, right: Sequence[float]) -> list[float]:
    """Solve L' x = right."""
    size = len(lower)
    found = [0.0] * size
    for i in reversed(range(size)):
        left = right[i] - math.fsum(lower[j][i] * found[j] for j in range(i + 1, size))
        found[i] = left / lower[i][i]
    return found
