"""How much of the explained variance each driver accounts for, over all orders of entering.

What a driver adds depends on what is already there; LMG averages over every order, so that the
shares add up to what all explain together and twins share what neither explains alone.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from csatkit.stats.regression import CrossProducts

__all__ = ["Importance", "lmg"]

# All subsets are looked at: twelve blocks are 4,096 of them, a second of work.
MOST_BLOCKS = 12
# Of a column's own sum of squares; what is left of it below this is rounding.
_DETERMINED = 1e-9


class Importance(NamedTuple):
    """Parts of the total variance: of what always enters, and of each block after it.

    `always` and the `shares` add up to R squared of the whole.
    """

    always: float
    shares: tuple[float, ...]

    @property
    def explained(self) -> float:
        """Return what the blocks explain together, beyond what always enters."""
        return math.fsum(self.shares)

    @property
    def relative(self) -> tuple[float, ...] | None:
        """Return the shares of what the blocks explain together; None where that is nothing."""
        whole = self.explained
        return tuple(s / whole for s in self.shares) if whole > 0 else None


class _State(NamedTuple):
    """What is left of the products of some columns after others have been taken out."""

    columns: list[int]
    xx: list[list[float]]
    xy: list[float]
    explained: float


def lmg(
    products: CrossProducts, blocks: Sequence[Sequence[int]], always: Sequence[int] = ()
) -> Importance | None:
    """Return the shares of Lindeman, Merenda and Gold.

    Args:
        products: sums of products; column 0 is the constant.
        blocks: columns that enter together, one block per driver.
        always: columns that enter first, in every order; the constant is one of them anyway.

    Returns:
        The shares, None where the outcome doesn't vary.

    Raises:
        ValueError: more than twelve blocks.

    Source:
        Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate Analysis,
        p. 119; Groemping (2006), doi:10.18637/jss.v017.i01
    """
    if len(blocks) > MOST_BLOCKS:
        raise ValueError(f"at most {MOST_BLOCKS} blocks; got {len(blocks)}")
    if products.n <= 0:
        return None
    tss = products.yy - products.xy[0] ** 2 / products.n
    if tss <= 0:
        return None
    columns = [0, *(c for c in always if c), *(c for block in blocks for c in block)]
    start = _State(
        columns,
        [[products.xx[i][j] for j in columns] for i in columns],
        [products.xy[i] for i in columns],
        0.0,
    )
    sizes = [products.xx[c][c] for c in range(len(products.xy))]
    constant = _without(start, [0], sizes)
    base = _without(constant, [c for c in always if c], sizes)
    explained = [0.0] * (1 << len(blocks))
    _walk(base, blocks, 0, 0, explained, sizes)
    before = base.explained - constant.explained
    return Importance(before / tss, tuple(s / tss for s in _averages(explained, len(blocks))))


def _walk(  # noqa: PLR0917 - a recursion hands on what it needs
    state: _State,
    blocks: Sequence[Sequence[int]],
    first: int,
    subset: int,
    explained: list[float],
    sizes: Sequence[float],
) -> None:
    """Fill in what every larger subset explains; each costs one block more than its parent."""
    for b in range(first, len(blocks)):
        further = _without(state, blocks[b], sizes)
        gained = further.explained - state.explained
        explained[subset | 1 << b] = explained[subset] + gained
        _walk(further, blocks, b + 1, subset | 1 << b, explained, sizes)


def _without(state: _State, block: Sequence[int], sizes: Sequence[float]) -> _State:
    """Take columns out of the rest, and add what they explain."""
    columns, xx, xy, explained = state
    for column in block:
        at = columns.index(column)
        pivot, row, own = xx[at][at], xx[at], xy[at]
        rest = [i for i in range(len(columns)) if i != at]
        if pivot > _DETERMINED * sizes[column]:
            explained += own * own / pivot
            factors = [xx[i][at] / pivot for i in rest]
            xy = [xy[i] - f * own for i, f in zip(rest, factors, strict=True)]
            xx = [[xx[i][j] - f * row[j] for j in rest] for i, f in zip(rest, factors, strict=True)]
        else:
            xy = [xy[i] for i in rest]
            xx = [[xx[i][j] for j in rest] for i in rest]
        columns = [columns[i] for i in rest]
    return _State(columns, xx, xy, explained)


def _averages(explained: Sequence[float], size: int) -> list[float]:
    """Return what each block adds, on average over all orders."""
    orders = math.factorial(size)
    found = []
    for b in range(size):
        gains = []
        for subset in range(1 << size):
            if not subset >> b & 1:
                before = subset.bit_count()
                weight = math.factorial(before) * math.factorial(size - before - 1) / orders
                gains.append(weight * (explained[subset | 1 << b] - explained[subset]))
        found.append(math.fsum(gains))
    return found
