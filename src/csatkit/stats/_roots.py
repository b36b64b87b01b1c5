"""Newton's method that can't run away: every step stays inside a bracket that only shrinks."""

from collections.abc import Callable

# Bisection alone halves a bracket of any doubles to nothing within this many steps.
_MAX_STEPS = 1100
# A step this small, relative to the point, is the function's own rounding.
_LAST_STEP = 1e-15
# Newton's error after a step is about its square: behind a step this small nothing is left to mend.
_LAST_NEWTON = 1e-10


def solve_decreasing(
    gap: Callable[[float], tuple[float, float]], low: float, high: float, start: float
) -> float:
    """Return where a decreasing function crosses zero.

    Args:
        gap: the function's value and slope at a point.
        low: a point where the value is zero or above.
        high: a point where the value is zero or below.
        start: first guess, inside the bracket.

    Returns:
        The root to the last digits of a double.

    Source:
        Dekker (1969) and Brent (1973), Algorithms for Minimization without Derivatives, ch. 4
    """
    point = start
    for _ in range(_MAX_STEPS):
        value, slope = gap(point)
        if value == 0:
            return point
        low, high = (point, high) if value > 0 else (low, point)
        step = -value / slope if slope else high - low
        guess = point + step
        if not low < guess < high:
            guess = low + (high - low) / 2
        elif abs(step) <= _LAST_NEWTON * abs(point):
            return guess
        if abs(guess - point) <= _LAST_STEP * abs(point) or not low < guess < high:
            return guess
        point = guess
    return point
