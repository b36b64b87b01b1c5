"""What can go wrong, where it went wrong, and what to do about it.

```
CsatkitError
├── UsageError        2  an unknown name, a value that makes no sense, a broken config
├── InputError        4  the data can't be used: missing, binary, wrong columns, too old
├── NothingToEvaluate 5  the data is fine and the selection holds no row
└── Interrupted     130  the user stopped it
```

Exit code 1 belongs to `check` alone (a target failed); an exception never yields it. Anything
that is not a `CsatkitError` is a bug of csatkit's and leaves with 70.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum

__all__ = [
    "CsatkitError",
    "ExitCode",
    "InputError",
    "Interrupted",
    "NothingToEvaluate",
    "UsageError",
    "nearest",
]


class ExitCode(IntEnum):
    """Exit codes that scripts rely on."""

    OK = 0
    """Done; every target passes."""
    TARGET_FAILED = 1
    """A target failed (`check` only)."""
    USAGE = 2
    """An unknown name, a bad value, a broken configuration."""
    UNDECIDED = 3
    """Nothing failed, something is inconclusive or unavailable (`check` only)."""
    UNUSABLE_INPUT = 4
    """The data is missing, empty, binary, of the wrong shape, or too old."""
    NOTHING_TO_EVALUATE = 5
    """Only a header, or a selection without rows."""
    BUG = 70
    """A bug in csatkit."""
    INTERRUPTED = 130
    """Stopped by the user."""


class CsatkitError(Exception):
    """Base of every error that csatkit raises on purpose.

    Args:
        message: what is wrong and where (file, row, column), one sentence.
        hint: what to do about it; printed on a line of its own.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return the message and, on a second line, the hint."""
        return self.message if self.hint is None else f"{self.message}\n{self.hint}"


class UsageError(CsatkitError):
    """The command line, the configuration or an argument makes no sense."""

    exit_code = ExitCode.USAGE

    @classmethod
    def unknown(cls, what: str, name: str, known: Iterable[str]) -> UsageError:
        """Say that `name` is no `what`, and name the nearest one that is."""
        names = sorted(known)
        close = nearest(name, names)
        hint = f"Did you mean {close!r}?" if close else f"Known: {', '.join(names)}."
        return cls(f"unknown {what} {name!r}", hint)


class InputError(CsatkitError):
    """The data can't be used as it is."""

    exit_code = ExitCode.UNUSABLE_INPUT


class NothingToEvaluate(CsatkitError):  # noqa: N818 - a state of the data, not an error in it
    """The data is sound but holds no row to evaluate."""

    exit_code = ExitCode.NOTHING_TO_EVALUATE


class Interrupted(CsatkitError):  # noqa: N818 - named for what happened
    """The user stopped the run."""

    exit_code = ExitCode.INTERRUPTED


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to `name`, or None where none is close."""
    by_fold = {k.casefold(): k for k in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None
