"""The machine's clock, read in one place so that a test can stop it.

Nothing else asks for the time: a report of the same input must be the same bytes tomorrow, so only
`--as-of now`, `--as-of today`, `--max-age` and the search for instants in the future look here.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from csatkit.errors import UsageError

__all__ = ["NOW", "now"]

NOW = "CSATKIT_NOW"
"""Environment variable that stops the clock at an instant (ISO 8601); meant for tests."""


def now() -> datetime:
    """Return the current instant in UTC, with its zone.

    Returns:
        The machine's clock, or the instant in `CSATKIT_NOW` (without an offset: UTC).

    Raises:
        UsageError: `CSATKIT_NOW` isn't an instant.
    """
    pinned = os.environ.get(NOW)
    if not pinned:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(pinned)
    except ValueError:
        raise UsageError(
            f"{NOW}: expected an instant such as 2026-03-31T06:00:00Z, got {pinned!r}"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
