"""Where a long run says how far it is; whoever wants to show it listens, by default nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Listener", "Progress", "listening"]

Listener = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are over and how many there are."""

_LISTENER: ContextVar[Listener | None] = ContextVar("csatkit_progress", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell a listener about every step inside the block."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


class Progress:
    """The steps of one run.

    Args:
        total: how many there will be.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._over = -1

    def step(self, what: str) -> None:
        """Say that the next step begins."""
        self._over += 1
        if (listener := _LISTENER.get()) is not None:
            listener(what, self._over, self._total)

    def close(self) -> None:
        """Say that the last step is over."""
        if (listener := _LISTENER.get()) is not None:
            listener("", self._total, self._total)
