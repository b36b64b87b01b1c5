"""Reject impossible arguments with one wording.

A wrong count here means a bug upstream, so these raise `ValueError`; nothing may be repaired.
"""

from collections.abc import Iterable


def check_level(level: float) -> None:
    """Raise unless an interval's level lies strictly between 0 and 1.

    Raises:
        ValueError: the level is outside (0, 1), as 95 instead of .95 is.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, such as 0.95; got {level!r}")


def check_counts(k: int, n: int) -> None:
    """Raise unless 0 <= k <= n.

    Raises:
        ValueError: the numerator is negative or exceeds the denominator.
    """
    if not 0 <= k <= n:
        raise ValueError(f"counts must satisfy 0 <= k <= n; got k={k!r}, n={n!r}")


def check_share(name: str, value: float) -> None:
    """Raise unless a share lies in 0..1.

    Raises:
        ValueError: the share is outside [0, 1] or not a number.
    """
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be a share from 0 to 1; got {value!r}")


def check_shares(name: str, values: Iterable[float]) -> None:
    """Raise unless every share lies in 0..1.

    Raises:
        ValueError: one of them doesn't.
    """
    for value in values:
        check_share(name, value)
