"""What single commands let the reader choose, read from text: windows, columns, a length of time.

The command line calls these before it opens a file; the analyses call them for what Python passes.
"""

from __future__ import annotations

from csatkit import values
from csatkit.errors import UsageError

__all__ = ["MOST_WINDOWS", "PERIOD_LENGTHS", "columns", "period_length", "windows"]

MOST_WINDOWS = 12
"""Windows that one table compares; each looks at every ticket again."""

PERIOD_LENGTHS = {"month": 1, "quarter": 3}
"""How long a period of a goal is, in months."""


def windows(text: str) -> tuple[float, ...]:
    """Return windows in days, each once, the shortest first.

    >>> windows("14,5,36h")
    (1.5, 5.0, 14.0)

    Raises:
        UsageError: something that isn't a positive number of days, or too many.
    """
    found = sorted({values.days(part.strip(), "--windows") for part in text.split(",")})
    if len(found) > MOST_WINDOWS:
        raise UsageError(
            f"--windows: {len(found)} windows; at most {MOST_WINDOWS} can be compared at once"
        )
    return tuple(found)


def columns(text: str) -> tuple[str, ...]:
    """Return the columns to cross, each once.

    >>> columns("channel, issue_type")
    ('channel', 'issue_type')

    Raises:
        UsageError: an empty name.
    """
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if not all(found):
        raise values.expected("--adjust", "columns such as channel,issue_type", text)
    return found


def period_length(text: str) -> str:
    """Return `month` or `quarter`.

    Raises:
        UsageError: another word.
    """
    return str(values.choice(*PERIOD_LENGTHS)(text, "--period-length"))
