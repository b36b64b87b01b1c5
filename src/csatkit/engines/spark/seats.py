"""Which keys Spark keeps apart: one for each partition of a shuffle.

Spark puts a row into the partition that the Murmur3 hash of its key names. Numbers 0, 1, 2 … would
share partitions and leave others empty; so each bucket is given a key that is known to land alone.
Were Spark to hash otherwise, tasks would differ in size and nothing else would change.
"""

from __future__ import annotations

import itertools

__all__ = ["seats_for"]

_MASK = 0xFFFFFFFF
_SEED = 42
"""The seed of Spark's `hash`."""


def seats_for(n: int) -> tuple[int, ...]:
    """Return keys of which each lands in a partition of its own, out of `n`."""
    found: dict[int, int] = {}
    for key in itertools.count():
        found.setdefault(_signed(_murmur3(key)) % n, key)
        if len(found) == n:
            return tuple(found[partition] for partition in range(n))
    raise AssertionError  # pragma: no cover - keys never run out


def _murmur3(key: int) -> int:
    """Return the 32-bit Murmur3 hash of a 32-bit integer, as Spark computes it."""
    k = key * 0xCC9E2D51 & _MASK
    k = _turned(k, 15) * 0x1B873593 & _MASK
    h = _turned(_SEED ^ k, 13) * 5 + 0xE6546B64 & _MASK
    h ^= 4
    h = (h ^ h >> 16) * 0x85EBCA6B & _MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & _MASK
    return h ^ h >> 16


def _turned(value: int, bits: int) -> int:
    return (value << bits | value >> 32 - bits) & _MASK


def _signed(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value
