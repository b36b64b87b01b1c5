"""Values as TOML writes them, for files that csatkit writes and settings that it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta

__all__ = ["key", "length", "written"]

_UNITS = (("d", 86_400), ("h", 3600), ("m", 60))


def written(value: object) -> str:
    """Return a value as TOML writes it.

    >>> written({"a": [1, "b"], "two words": True})
    '{ a = [1, "b"], "two words" = true }'
    """
    match value:
        case Mapping():
            pairs = ", ".join(f"{key(str(name))} = {written(v)}" for name, v in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case list() | tuple():
            return f"[{', '.join(map(written, value))}]"
        case timedelta():
            return written(length(value))
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case float():
            return f"{value:g}"
        case int():
            return str(value)
    # JSON escapes what TOML does, but for one control character.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """Return a key, in quotes where it needs them."""
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else written(name)


def length(value: timedelta) -> str:
    """Return a duration as `values.duration` reads it.

    >>> length(timedelta(minutes=90)), length(timedelta(hours=2))
    ('90m', '2h')
    """
    seconds = value / timedelta(seconds=1)
    for unit, size in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
