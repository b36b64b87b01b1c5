"""What a target asks for, read from a `[[target]]` table: metric, direction, which tickets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from csatkit.errors import UsageError
from csatkit.facts.clocks import BUCKETS
from csatkit.metrics import Metric, find
from csatkit.where import parse

__all__ = ["Aim", "aim_of", "columns_of"]


@dataclass(frozen=True, slots=True)
class Aim:
    """One target; `threshold` is in the unit of the metric."""

    name: str
    metric: Metric
    op: str
    threshold: float
    by: tuple[str, ...]
    where: tuple[str, ...]
    """Conditions as written."""
    level: float | None
    min_n: int | None

    @property
    def is_upward(self) -> bool:
        """Return whether more is better."""
        return self.op == "min"


def _texts(written: object) -> tuple[str, ...]:
    if written is None:
        return ()
    return tuple(map(str, written)) if isinstance(written, list | tuple) else (str(written),)


def _dims(target: Mapping[str, object]) -> tuple[str, ...]:
    names = [name.strip() for entry in _texts(target.get("by")) for name in entry.split(",")]
    return tuple(dict.fromkeys(names))


def columns_of(target: Mapping[str, object]) -> tuple[str, ...]:
    """Return the columns that a target names in `by` and `where`."""
    asked = (parse(text, "where of a target").column for text in _texts(target.get("where")))
    return tuple(n for n in dict.fromkeys((*_dims(target), *asked)) if n not in BUCKETS)


def aim_of(target: Mapping[str, object]) -> Aim:
    """Return what a target asks for.

    Args:
        target: a table whose keys and types `config_file` has checked.

    Raises:
        UsageError: no or an unknown metric, no number to reach, or a percentage outside 0 to 100.
    """
    (metric,) = find([str(target.get("metric", ""))])
    op = "min" if "min" in target else "max"
    threshold, level, min_n = target.get(op), target.get("level"), target.get("min_n")
    if not isinstance(threshold, int | float) or not math.isfinite(threshold):
        raise UsageError(f"target on {metric.id}: expected a number, got {op} = {threshold!r}")
    name = str(target.get("name") or metric.label)
    if metric.unit == "percent" and not 0 <= threshold <= 100:
        raise UsageError(f"{name}: {op} {threshold:g} isn't a percentage", "Write 80 for 80 %.")
    return Aim(
        name,
        metric,
        op,
        float(threshold),
        _dims(target),
        _texts(target.get("where")),
        float(level) if isinstance(level, int | float) else None,
        min_n if isinstance(min_n, int) else None,
    )
