"""The grammar of `--where`: one column, one operator, one or more values.

```
channel=email        equal                    team=            no value
channel!=email       anything else            created_at>=2026-03-01
plan in pro|team     one of several           "time in status"=12    a column with " in " or "="
```
The operator that stands furthest left counts, so a value may contain anything. Which columns exist
and what type they have is found where the data is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from csatkit.errors import UsageError

__all__ = ["Condition", "Operator", "parse"]

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in"]

# Longer operators first, so that `<=` isn't read as `<` and a value that starts with `=`.
_SPLIT = re.compile(r"\s*(!=|<=|>=|=|<|>|(?<=\s)in(?=\s))\s*", re.IGNORECASE)
_QUOTED = re.compile(r'\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Condition:
    """One selection; `values` holds one value, or several for `in`.

    An empty value stands for "the column is empty in this row" and occurs with `=`, `!=` and `in`.
    """

    column: str
    op: Operator
    values: tuple[str, ...]


def parse(written: str, origin: str = "--where") -> Condition:
    """Return the condition that a text describes.

    Args:
        written: for example `channel=email` or `plan in pro|team`.
        origin: where it was written, for the message.

    Raises:
        UsageError: there is no operator, no column, or no value to compare by size.

    >>> parse("customer tier in gold|silver")
    Condition(column='customer tier', op='in', values=('gold', 'silver'))
    """
    quoted = _QUOTED.match(written)
    found = _SPLIT.search(written, quoted.end() if quoted else 0)
    if found is None:
        raise _unreadable(written, origin)
    if quoted and found.start() != quoted.end():
        raise _unreadable(written, origin)
    column = quoted[1] if quoted else written[: found.start()].strip()
    op = cast("Operator", found[1].casefold())
    value = written[found.end() :].strip()
    if not column or (not value and op not in {"=", "!="}):
        raise _unreadable(written, origin)
    values = tuple(v.strip() for v in value.split("|")) if op == "in" else (value,)
    return Condition(column, op, values)


def _unreadable(written: str, origin: str) -> UsageError:
    return UsageError(
        f"{origin}: can't read {written!r}",
        "Write column=value, column!=value, column>=value or 'column in a|b'.",
    )
