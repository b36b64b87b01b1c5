"""What `csatkit --version` prints; answered before Typer is even imported."""

from __future__ import annotations

from csatkit._version import __version__

__all__ = ["text"]


def text() -> str:
    """Return the line with the version."""
    return f"csatkit {__version__}\n"
