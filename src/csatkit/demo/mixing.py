"""Random numbers that are a pure function of (seed, row, purpose), in integer arithmetic.

A counter is mixed with the finaliser of SplitMix64. There is no state to carry from row to row, so
any row can be computed alone, and wrapping 64-bit integers give the same bits on every platform and
under every version of Polars. Never use `hash()`, `random` or a float here.

Source:
    Steele, Lea and Flood (2014), doi:10.1145/2714064.2660195
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = ["MILLION", "below", "chance", "key", "pick", "spread"]

MILLION = 1_000_000
"""Chances are whole numbers per million: fine enough to plant 0.1 %, and exact to compare."""

_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MASK = (1 << 64) - 1
_DECILES = 10
_HALF = 1 << 32


def _u64(value: int) -> pl.Expr:
    return pl.lit(value & _MASK, dtype=pl.UInt64)


def _mixed(z: pl.Expr) -> pl.Expr:
    """Return SplitMix64's finaliser; the products wrap, the divisions are right shifts."""
    z = (z ^ (z // _u64(1 << 30))) * _u64(_FIRST)
    z = (z ^ (z // _u64(1 << 27))) * _u64(_SECOND)
    return z ^ (z // _u64(1 << 31))


def _constant(number: int) -> int:
    """Return what `_mixed` makes of a Python integer: the offset of a purpose or a seed."""
    z = (number + 1) * _GOLDEN & _MASK
    z = (z ^ (z >> 30)) * _FIRST & _MASK
    z = (z ^ (z >> 27)) * _SECOND & _MASK
    return z ^ (z >> 31)


def key(number: pl.Expr, seed: int, family: int = 0) -> pl.Expr:
    """Return the 64 bits from which all draws of one row come.

    Args:
        number: the row's number, 0 or more.
        seed: any integer; taken modulo 2^64.
        family: keeps draws for tickets and for customers apart.
    """
    offset = _constant((seed & _MASK) ^ _constant(family))
    return _mixed(number.cast(pl.UInt64) * _u64(_GOLDEN) + _u64(offset))


def below(row: pl.Expr, purpose: int, size: int) -> pl.Expr:
    """Return a whole number in [0, size), Int64; `size` at most 2^32.

    The upper half of the bits is scaled, not reduced modulo `size`, so the bias is below 2^-32 x
    size and the product can't overflow.
    """
    bits = _mixed(row + _u64(_constant(purpose)))
    return ((bits // _u64(_HALF)) * _u64(size) // _u64(_HALF)).cast(pl.Int64)


def chance(row: pl.Expr, purpose: int) -> pl.Expr:
    """Return a whole number in [0, 1,000,000), to be compared with a chance per million."""
    return below(row, purpose, MILLION)


def pick(draw: pl.Expr, shares: Sequence[int]) -> pl.Expr:
    """Return the index of the share, per million, that a `chance` falls into.

    The last share takes the rest, so what they add up to needn't be a million.
    """
    index = pl.lit(0, dtype=pl.Int64)
    edge = 0
    for share in shares[:-1]:
        edge += share
        index = index + (draw >= edge).cast(pl.Int64)
    return index


def spread(draw: pl.Expr, knots: Sequence[Sequence[int]], row: pl.Expr | None = None) -> pl.Expr:
    """Return a value from a distribution given by its minimum, nine deciles and maximum.

    Linear between the knots. A skewed spread of waiting times needs no logarithm this way.

    Args:
        draw: a `chance`.
        knots: one distribution of eleven numbers per group.
        row: which distribution applies, by index; the first where absent.
    """
    flat = pl.lit(pl.Series([value for group in knots for value in group], dtype=pl.Int64))
    step = MILLION // _DECILES
    place = draw // step if row is None else draw // step + row.cast(pl.Int64) * (_DECILES + 1)
    low, high = flat.gather(place), flat.gather(place + 1)
    return low + (high - low) * (draw % step) // step
