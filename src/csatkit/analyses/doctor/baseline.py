"""What an input held last time, as a small JSON file that `inspect` writes and compares with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from csatkit.errors import UsageError
from csatkit.whole import written_whole

__all__ = ["read_baseline", "write_baseline"]

_VERSION = 1
"""Counts the changes of the file that aren't additive."""


def read_baseline(path: str) -> Mapping[str, int]:
    """Return kind of input → rows of last time.

    Raises:
        UsageError: the file can't be read or isn't a baseline.
    """
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(
            f"--baseline {path}: can't be read: {error.strerror}",
            f"Write it first: csatkit inspect ... --write-baseline {path}",
        ) from None
    except ValueError:
        content = None
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, dict) or not all(type(n) is int for n in rows.values()):
        raise UsageError(
            f"--baseline {path} isn't a baseline", "It is what inspect --write-baseline writes."
        )
    return {str(kind): int(n) for kind, n in rows.items()}


def write_baseline(path: str, rows: Mapping[str, int]) -> None:
    """Write kind of input → rows; the file appears whole or not at all.

    Raises:
        UsageError: the file can't be created there.
    """
    text = json.dumps({"csatkit_baseline": _VERSION, "rows": dict(rows)}, indent=2) + "\n"
    with written_whole(Path(path), "--write-baseline") as part:
        part.write_text(text, encoding="utf-8")
