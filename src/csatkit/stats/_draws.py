"""Random numbers for a bootstrap: the same on every platform and under every version of Python."""

import math
from collections.abc import Iterator


def normals(source: Iterator[float], size: int) -> list[float]:
    """Return standard normal deviates.

    Source:
        Box and Muller (1958), doi:10.1214/aoms/1177706645
    """
    found: list[float] = []
    while len(found) < size:
        reach = math.sqrt(-2 * math.log(1 - next(source)))
        angle = 2 * math.pi * next(source)
        found += (reach * math.cos(angle), reach * math.sin(angle))
    return found[:size]


def uniforms(seed: int) -> Iterator[float]:
    """Yield numbers in [0, 1), the same under every version of Python (SplitMix64).

    Source:
        Steele, Lea and Flood (2014), doi:10.1145/2714064.2660195
    """
    mask, state = (1 << 64) - 1, seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
        yield ((z ^ (z >> 31)) >> 11) / (1 << 53)
