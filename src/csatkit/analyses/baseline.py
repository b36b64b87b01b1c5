"""A baseline: the measures of an earlier run, read back from its JSON.

Any JSON report of csatkit is one, so the file that `check --write-baseline` writes has no format of
its own. A figure made by another rule is never compared with today's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from csatkit.analyses.aims import NARROWED
from csatkit.errors import UsageError
from csatkit.metrics import CATALOG
from csatkit.report import Measure
from csatkit.stats.intervals import wilson

__all__ = ["Baseline", "read_baseline", "targets_against"]

_NOTHING = "(none)"
"""How a segment without a value is called in a reason."""

DATED = frozenset({"day", "week", "month", "quarter"})
"""Breakdowns whose segments never come again."""

HINT = "Write one: csatkit check tickets.csv --metric csat,fcr --write-baseline baseline.json"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The measures of an earlier run."""

    path: str
    measures: tuple[Measure, ...]

    def beside(self, m: Measure) -> Measure | str:
        """Return the earlier measure that belongs to one of today, or why there is none."""
        same = [b for b in self.measures if b.metric == m.metric and b.segment == m.segment]
        where = ", ".join(f"{k} {_NOTHING if v is None else v}" for k, v in m.segment.items())
        what = m.metric + (f" for {where}" if where else "")
        if not same:
            return f"{self.path} holds no {what}"
        if all(b.value is None for b in same):
            return f"{self.path} holds no value: {same[0].reason or 'no rows'}"
        ruled = [b for b in same if b.rule == m.rule and b.value is not None]
        if not ruled:
            return f"{self.path} was measured by another rule: {same[0].rule}"
        found = ruled[0]
        if any((b.value, b.denominator) != (found.value, found.denominator) for b in ruled):
            return f"{self.path} holds {what} more than once, with different figures"
        return self._at(found, m.level)

    def _at(self, found: Measure, level: float) -> Measure | str:
        """Return a measure with its interval at today's level, which two intervals must share."""
        if found.level == level or found.low is None:
            return found
        if found.method == "wilson" and found.numerator is not None and found.denominator:
            interval = wilson(int(found.numerator), found.denominator, level)
            assert interval is not None
            return replace(found, low=100 * interval.low, high=100 * interval.high, level=level)
        return f"{self.path} was measured with intervals of {100 * found.level:g} %"


def read_baseline(path: str) -> Baseline:
    """Return the baseline in a file.

    Raises:
        UsageError: it can't be read, or isn't a JSON report of csatkit.
    """
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"baseline {path}: can't be read: {error.strerror}", HINT) from None
    except (ValueError, RecursionError):
        raise UsageError(f"baseline {path}: isn't JSON", HINT) from None
    try:
        if content["schema_version"] != 1:
            raise UsageError(
                f"baseline {path}: written by another version of csatkit", "Write it anew."
            )
        return Baseline(path, tuple(_measure(m) for m in content["measures"]))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise UsageError(f"baseline {path}: isn't a JSON report of csatkit", HINT) from None


def _measure(row: Mapping[str, Any]) -> Measure:
    figures = {name: _figure(row[name]) for name in ("value", "low", "high", "numerator")}
    found = Measure(
        metric=str(row["metric"]),
        label=str(row["label"]),
        rule=str(row["rule"]),
        unit=row["unit"],
        segment={str(k): None if v is None else str(v) for k, v in row["segment"].items()},
        period=None,
        denominator=None if row["denominator"] is None else int(row["denominator"]),
        level=float(row["level"]),
        method=row["method"],
        status=row["status"],
        reason=row["reason"],
        **cast("Any", figures),
    )
    _check_figures(found)
    return found


def _check_figures(m: Measure) -> None:
    """Refuse figures that no run of csatkit writes: they would decide verdicts."""
    n, k = m.denominator, m.numerator
    is_share = m.method == "wilson" and m.value is not None
    if is_share and (n is None or k is None or n < 1 or not 0 <= k <= n or k != int(k)):
        raise ValueError(f"{k!r} of {n!r} is no share")
    has_interval = m.value is not None and m.low is not None and m.high is not None
    if has_interval and not cast("float", m.low) <= cast("float", m.value) <= cast("float", m.high):
        raise ValueError(f"{m.value!r} lies outside its interval")
    if not 0 < m.level < 1:
        raise ValueError(f"{m.level!r} is no level")


def _figure(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return value


def targets_against(path: str, metrics: Sequence[str] | None = None) -> list[dict[str, object]]:
    """Return a target for every metric and breakdown of a baseline that has a direction.

    Args:
        path: the baseline.
        metrics: ids to keep; None keeps all.

    Raises:
        UsageError: the baseline can't be read, or holds nothing that can be compared.
    """
    found = list(_comparable(read_baseline(path), metrics))
    if not found:
        raise UsageError(f"baseline {path}: holds nothing that can be compared", HINT)
    return found


def _comparable(baseline: Baseline, metrics: Sequence[str] | None) -> Iterator[dict[str, object]]:
    groups: dict[tuple[str, tuple[str, ...]], list[Measure]] = {}
    for m in baseline.measures:
        if _is_comparable(m) and (metrics is None or m.metric in metrics):
            groups.setdefault((m.metric, tuple(m.segment)), []).append(m)
    for (metric, dims), group in groups.items():
        target = {"metric": metric, "no_worse_than": baseline.path}
        # One segment alone comes from a target on it, not from a breakdown.
        if dims and len(group) == 1 and not any('"' in d for d in dims):
            yield target | {"where": [f'"{d}"={v or ""}' for d, v in group[0].segment.items()]}
        else:
            yield target | {"by": list(dims)}


def _is_comparable(m: Measure) -> bool:
    """Tell whether a later run can measure the same by metric and segment alone."""
    metric = CATALOG.get(m.metric)
    if metric is None or not metric.better or m.value is None:
        return False
    is_share = m.unit == "percent" and m.metric != "survey_ratio"
    return is_share and NARROWED not in m.rule and DATED.isdisjoint(m.segment)
