"""What a target asks for, read from a `[[target]]` table: metric, direction, which tickets.

`goals` plans with it, `check` judges by it. All that can be wrong in a target is said here, before
a file is opened.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from csatkit import values
from csatkit.config_file import TARGET_KEYS
from csatkit.errors import UsageError
from csatkit.gate import Mode, Op, Target
from csatkit.metrics import Metric, find
from csatkit.metrics.metric import Share
from csatkit.periods import BUCKETS
from csatkit.where import parse

__all__ = ["COVERAGE", "DEFAULT_MARGIN", "NARROWED", "Aim", "aim_of", "columns_of", "metrics_of"]

COVERAGE = "coverage"
"""The metric of a target that asks how full a column is."""

NARROWED = "; where "
"""Begins what a rule says of conditions that no segment can."""

KINDS = ("goal", "guardrail")

UNITS: Mapping[str, str] = {
    "percent": "points",
    "score": "points of the scale",
    "hours": "hours",
    "per ticket": "events per ticket",
    "count": "tickets",
}

DEFAULT_MARGIN = 2.0
"""Points that a metric may lose against a baseline where the target doesn't say."""


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
    mode: Mode = "three-way"
    margin: float | None = None
    warn: float | None = None
    kind: str | None = None
    action: str | None = None
    baseline: str | None = None
    """The file whose figures mustn't be fallen behind; `threshold` then means nothing."""
    column: str | None = None
    """Of `coverage`: the column that has to have values."""

    @property
    def is_upward(self) -> bool:
        """Return whether more is better."""
        return self.op == "min"

    def target(self, min_n: int) -> Target:
        """Return what the gate judges by; `min_n` is the run's own."""
        return Target(
            self.name,
            self.metric.id,
            cast("Op", self.op),
            None if self.baseline is not None else self.threshold,
            self.mode,
            self.margin,
            self.warn,
            self.kind,
            self.action,
            self.min_n or min_n,
        )


def _check_keys(target: Mapping[str, object]) -> None:
    """Refuse what a `[[target]]` table can't hold; a table of Python comes here unchecked."""
    name = f"target {target.get('name') or target.get('metric') or ''}".rstrip()
    for key, given in target.items():
        if key not in TARGET_KEYS:
            error = UsageError.unknown("key", key, TARGET_KEYS)
            raise UsageError(f"{name}: {error.message}", error.hint)
        if isinstance(given, bool):  # `True` is a number to Python and never to a reader
            raise UsageError(f"{name}: expected no switch, got {key} = {given!r}")
    asked = [key for key in ("min", "max", "no_worse_than") if key in target]
    if not target.get("metric"):
        raise UsageError(f"{name}: has no metric", 'Add for example metric = "csat".')
    if len(asked) > 1:
        raise UsageError(f"{name}: {asked[0]} and {asked[1]} exclude each other", "Leave one out.")
    if not asked:
        raise UsageError(f"{name}: asks for no figure", "Add min, max or no_worse_than.")


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
    covered = _texts(target.get("column"))
    return tuple(n for n in dict.fromkeys((*_dims(target), *asked, *covered)) if n not in BUCKETS)


def coverage_of(column: str) -> Metric:
    """Return the metric that counts the tickets with a value in a column."""
    return Metric(
        id=COVERAGE,
        label=f"Coverage of {column}",
        family="tickets",
        measure=Share(of=("has_value",), among=()),
        unit="percent",
        better="up",
        rule=f"tickets with a value in {column}, of all tickets",
        definition="Tickets with a value in a column, of all tickets.",
        needs=(),
        source="decisions.md#coverage",
        caveat="A value may be there and wrong.",
    )


def metrics_of(targets: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return the metrics of the catalogue that targets are about, each once."""
    ids = (aim.metric.id for aim in map(aim_of, targets) if aim.column is None)
    return tuple(dict.fromkeys(ids))


def aim_of(target: Mapping[str, object]) -> Aim:
    """Return what a target asks for.

    Args:
        target: a `[[target]]` table.

    Raises:
        UsageError: an unknown key or metric, no number to reach, a percentage outside 0 to 100,
            or words that contradict each other.
    """
    _check_keys(target)
    metric, column = _metric(target)
    name = str(target.get("name") or metric.label)
    baseline = target.get("no_worse_than")
    op = _op(target, metric, name, is_baseline=baseline is not None)
    threshold = math.nan if baseline is not None else _threshold(target, metric, name, op)
    level, min_n = target.get("level"), target.get("min_n")
    mode = str(target.get("mode") or ("three-way" if baseline is None else "noninferior"))
    return Aim(
        name,
        metric,
        op,
        threshold,
        _dims(target),
        _texts(target.get("where")),
        None if level is None else values.level(level, f"{name}: level"),
        None if min_n is None else values.whole(min_n, f"{name}: min_n"),
        cast("Mode", _one_of(mode, get_args(Mode), f"{name}: mode")),
        _margin(target, metric, name, mode),
        _warn(target, op, threshold, name),
        None if target.get("kind") is None else _one_of(target["kind"], KINDS, f"{name}: kind"),
        str(target["action"]) if target.get("action") else None,
        None if baseline is None else str(baseline),
        column,
    )


def _metric(target: Mapping[str, object]) -> tuple[Metric, str | None]:
    """Return the metric, and of `coverage` its column."""
    name, column = str(target.get("metric", "")), target.get("column")
    if name.strip().lower() == COVERAGE:
        if not column:
            raise UsageError("a target on coverage needs a column", 'Add column = "agent".')
        return coverage_of(str(column)), str(column)
    if column:
        raise UsageError(f"target on {name}: column means nothing here", "It is for coverage.")
    (metric,) = find([name])
    return metric, None


def _op(target: Mapping[str, object], metric: Metric, name: str, *, is_baseline: bool) -> str:
    if not is_baseline:
        return "min" if "min" in target else "max"
    if not metric.better:
        raise UsageError(
            f"{name}: neither more nor fewer {metric.label.lower()} is better", "Write min or max."
        )
    return "min" if metric.better == "up" else "max"


def _number(given: object) -> float | None:
    """Return a figure that can be compared with, None for anything else."""
    if not isinstance(given, int | float):
        return None
    try:
        found = float(given)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _threshold(target: Mapping[str, object], metric: Metric, name: str, op: str) -> float:
    threshold = _number(target[op])
    if threshold is None:
        raise UsageError(
            f"{name}: expected a number, got {op} = {target[op]!r:.60}", f"Write {op} = 80."
        )
    if metric.unit == "percent" and not 0 <= threshold <= 100:
        raise UsageError(f"{name}: {op} {threshold:g} isn't a percentage", "Write 80 for 80 %.")
    return threshold


def _one_of(word: object, known: tuple[str, ...], origin: str) -> str:
    if word not in known:
        error = UsageError.unknown("word", str(word), known)
        raise UsageError(f"{origin}: {error.message}", error.hint)
    return str(word)


def _margin(target: Mapping[str, object], metric: Metric, name: str, mode: str) -> float | None:
    """Return how much may be lost, in the unit of the metric."""
    margin = target.get("margin")
    is_baseline = target.get("no_worse_than") is not None
    if margin is None:
        if mode == "noninferior" and not is_baseline:
            raise UsageError(f"{name}: noninferior needs a margin", "Add margin = 2.")
        if mode != "noninferior":
            return None
        if metric.unit != "percent":
            raise UsageError(
                f"{name}: needs a margin", f"Add for example margin = 0.1, in {UNITS[metric.unit]}."
            )
        return DEFAULT_MARGIN
    if mode != "noninferior":
        raise UsageError(f"{name}: margin means nothing in mode {mode}", "Use noninferior.")
    found = _number(margin)
    if found is None or found < 0:
        raise UsageError(
            f"{name}: expected a margin of 0 or more, got {margin!r:.60}", "Write margin = 2."
        )
    return found


def _warn(target: Mapping[str, object], op: str, threshold: float, name: str) -> float | None:
    given = target.get("warn")
    if given is None:
        return None
    warn = _number(given)
    if warn is None:
        raise UsageError(f"{name}: expected a number, got warn = {given!r:.60}", "Leave it out.")
    if math.isnan(threshold):
        raise UsageError(f"{name}: warn means nothing beside a baseline", "Leave it out.")
    side = "above" if op == "min" else "below"
    if (op == "min") != (warn > threshold) or warn == threshold:
        raise UsageError(
            f"{name}: warn {warn:g} must lie {side} {op} {threshold:g}",
            "A value between them passes and is marked.",
        )
    return warn
