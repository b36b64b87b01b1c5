"""What a `[[goal]]` table may hold: where a metric stood, where it shall be, by when, at what cost.

Keys, types and dates are checked here, before any data is read; whether a metric exists is the
catalogue's to say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import cast

from csatkit import values
from csatkit.config_rules import NUMBER, TEXT, check_type
from csatkit.errors import UsageError
from csatkit.where import parse

__all__ = [
    "BASELINE_KEYS", "GOAL_KEYS", "GUARDRAIL_KEYS", "REQUIRED", "check_goal", "read_goals",
]  # fmt: skip

DAY = (str, date)
STOOD = (str, int, float, dict)

GOAL_KEYS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "name": TEXT,
        "metric": TEXT,
        "where": (str, list),
        "baseline": STOOD,
        "target": NUMBER,
        "start": DAY,
        "due": DAY,
        "action": TEXT,
        "guardrails": (list,),
        "level": NUMBER,
        "min_n": (int,),
    }
)
"""Keys of a `[[goal]]` and their TOML types."""

GUARDRAIL_KEYS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {"metric": TEXT, "margin": NUMBER, "where": (str, list), "baseline": STOOD}
)
"""Keys of a guardrail that is written as a table; one written as a text is its metric."""

BASELINE_KEYS: Mapping[str, tuple[type, ...]] = MappingProxyType({"value": NUMBER, "n": (int,)})
"""Keys of a baseline that is known from elsewhere, with the rows that it rests on."""

REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "metric": 'metric = "csat"',
        "baseline": 'baseline = "2025-Q4", or a number',
        "target": "target = 80",
        "due": 'due = "2026-12-31", or a period such as "2026-Q4"',
    }
)
"""Keys that every goal has, each with an example."""

FIXED = "A goal is measured from a fixed place: write a period such as 2025-Q4."


def read_goals(origin: str, tables: object) -> tuple[Mapping[str, object], ...]:
    """Return the `[[goal]]` tables of a file as written, checked.

    Args:
        origin: the file, for messages.
        tables: what stands under `goal`.

    Raises:
        UsageError: a mistake, with its file, goal and key.
    """
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise values.expected(f"{origin}: goal", "tables written [[goal]]", tables)
    found = []
    for number, table in enumerate(tables, 1):
        check_goal(table, f"{origin}: [[goal]] {table.get('name', number)}")
        found.append(MappingProxyType(dict(table)))
    return tuple(found)


def check_goal(table: Mapping[str, object], here: str) -> None:
    """Refuse what a `[[goal]]` table can't hold.

    Args:
        table: as written.
        here: its place, for messages.

    Raises:
        UsageError: an unknown or missing key, or a value of the wrong type or form.
    """
    _check_keys(table, GOAL_KEYS, here)
    for key, example in REQUIRED.items():
        if key not in table:
            raise UsageError(f"{here}: has no {key}", f"Add {example}.")
    _check_baseline(table["baseline"], f"{here}: baseline")
    _check_day(table["due"], f"{here}: due", "the day by which it is to be reached")
    if "start" in table:
        _check_day(table["start"], f"{here}: start", "the day from which progress counts")
    elif not isinstance(table["baseline"], str):
        raise UsageError(
            f"{here}: a fixed baseline needs start, the day from which progress counts",
            'Add start = "2026-01-01", or name the period of the baseline.',
        )
    if "level" in table:
        values.level(table["level"], f"{here}: level")
    if "min_n" in table:
        values.whole(table["min_n"], f"{here}: min_n")
    _check_where(table, here)
    guardrails = table.get("guardrails", [])
    assert isinstance(guardrails, list | tuple)
    for entry in guardrails:
        _check_guardrail(entry, here, is_dated=isinstance(table["baseline"], str))


def _check_keys(
    table: Mapping[str, object], known: Mapping[str, tuple[type, ...]], here: str
) -> None:
    for key, given in table.items():
        if key not in known:
            error = UsageError.unknown("key", key, known)
            raise UsageError(f"{here}: {error.message}", error.hint)
        check_type(given, known[key], f"{here}: {key}")


def _check_baseline(given: object, origin: str) -> None:
    """Refuse what is neither a period of the calendar nor a figure."""
    if isinstance(given, dict):
        _check_keys(given, BASELINE_KEYS, origin)
        for key in BASELINE_KEYS:
            if key not in given:
                raise UsageError(f"{origin}: has no {key}", "Write { value = 72.4, n = 1180 }.")
        _check_finite(given["value"], f"{origin}: value")
        values.whole(given["n"], f"{origin}: n")
    elif isinstance(given, str):
        _check_period(given, origin)
    else:
        _check_finite(given, origin)


def _check_finite(given: object, origin: str) -> None:
    """Refuse what TOML calls a number and nobody could measure: inf, nan, 400 digits."""
    try:
        is_finite = math.isfinite(cast("float", given))
    except OverflowError:
        is_finite = False
    if not is_finite:
        raise values.expected(origin, "a figure such as 72.4", f"{given!s:.40}")


def _check_period(text: str, origin: str) -> None:
    name = values.period(text, origin)
    if not name[:1].isdigit():
        raise UsageError(f"{origin}: {text} moves with the data", FIXED)


def _check_day(given: object, origin: str, what: str) -> None:
    """Refuse what is neither a day nor a period of the calendar."""
    # A TOML date is a day, a TOML date and time is an instant.
    if isinstance(given, datetime):
        raise values.expected(origin, f"{what}, written YYYY-MM-DD", str(given))
    if isinstance(given, str):
        _check_period(given, origin)


def _check_where(table: Mapping[str, object], here: str) -> None:
    written = table.get("where", [])
    for condition in written if isinstance(written, list | tuple) else [written]:
        check_type(condition, TEXT, f"{here}: where")
        parse(str(condition), f"{here}: where")


def _check_guardrail(entry: object, here: str, *, is_dated: bool) -> None:
    """Refuse what is no guardrail.

    Args:
        entry: a metric, or a table.
        here: the goal's place.
        is_dated: whether the goal's own baseline is a period, which then serves here as well.
    """
    origin = f"{here}: guardrails"
    if not isinstance(entry, str | dict):
        raise values.expected(origin, 'a metric, or { metric = "fcr", margin = 2 }', entry)
    table: Mapping[str, object] = {"metric": entry} if isinstance(entry, str) else entry
    origin = f"{origin}: {table.get('metric', 'one of them')}"
    _check_keys(table, GUARDRAIL_KEYS, origin)
    if "metric" not in table:
        raise UsageError(f"{origin}: has no metric", 'Add for example metric = "reopen_rate".')
    if "baseline" in table:
        _check_baseline(table["baseline"], f"{origin}: baseline")
    elif not is_dated:
        raise UsageError(
            f"{origin}: has no baseline, and that of the goal is a figure of another metric",
            'Add baseline = "2025-Q4", or a number.',
        )
    _check_where(table, origin)
