"""Measures and verdicts as OpenMetrics text, for the textfile collector of a node exporter.

The same bytes are valid in the older Prometheus text format, which that collector reads: every
family is a gauge. What has no value has no sample, never 0.

- A percentage is a ratio from 0 to 1 (`_ratio`), a duration is in `_seconds`; a score and a count
  have no unit. Families: `csatkit_METRIC`, `csatkit_METRIC_low`, `csatkit_METRIC_high` with the
  unit behind the name, and `csatkit_METRIC_denominator`.
- `csatkit_status` is 1 with the status as a label, so that nothing skewed or too small passes for
  ok: `csatkit_csat_ratio and on(channel) csatkit_status{metric="csat",status="ok"}`.
- Segments are labels; the overall row has none, so sum over segments alone: `{channel!=""}`.
- `period`, `rule` and `method` are labels where a metric has several of them, `row` where nothing
  else tells two samples apart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from csatkit.render.document import measures_of, plain
from csatkit.render.grids import NO_VALUE

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Measure, Report, Segment, Unit

__all__ = ["family_name", "render"]


class _UnitOf(NamedTuple):
    """The unit of a family, and what a figure is multiplied with and divided by to be in it."""

    unit: str
    times: int = 1
    per: int = 1
    """Dividing by 100 is exact where multiplying with 0.01 isn't: 83 % is 0.83."""


_UNITS: Mapping[Unit, _UnitOf] = MappingProxyType(
    {
        "percent": _UnitOf("ratio", per=100),
        "hours": _UnitOf("seconds", times=3600),
        # Neither is a base unit; only the name says what the figure is per.
        "per ticket": _UnitOf("per_ticket"),
        "score": _UnitOf(""),
        "count": _UnitOf(""),
    }
)

_OWN_LABELS = frozenset(
    {"le", "metric", "method", "op", "period", "quantile", "row", "rule", "status", "target"}
    | {"verdict", "warned"}
)
"""Labels with a meaning of their own; a segment column of that name becomes `segment_NAME`."""

_UNFIT = re.compile(r"[^a-zA-Z0-9_]")

Labels = Mapping[str, str]


def render(report: Report, view: View) -> str:  # noqa: ARG001 - a file has no width
    """Return one line per sample, each family whole, `# EOF` at the end."""
    page = _Page()
    names = _label_names(report)
    groups: dict[str, list[Measure]] = {}
    for m in measures_of(report):
        groups.setdefault(m.metric, []).append(m)
    labelled = [list(zip(g, _distinct(g, names), strict=True)) for g in groups.values()]
    for rows in labelled:
        _measures(page, rows)
    for m, labels in (row for rows in labelled for row in rows):
        state = {"metric": m.metric, **labels, "status": m.status}
        page.add("csatkit_status", "", "1 for the status that a measure has", state, 1)
    _targets(page, report, names)
    as_of = report.definitions.as_of
    if as_of is not None:
        utc = as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of
        meaning = "The instant at which the data ends"
        page.add("csatkit_data_end_timestamp_seconds", "seconds", meaning, {}, utc.timestamp())
    return page.text()


def family_name(metric: str, unit: Unit, part: str = "") -> str:
    """Return the name of a metric's family, its unit at the end and never twice.

    >>> family_name("csat", "percent", "low"), family_name("survey_ratio", "percent")
    ('csatkit_csat_low_ratio', 'csatkit_survey_ratio')
    """
    suffix = _UNITS[unit].unit
    stem = "_".join(p for p in ("csatkit", _UNFIT.sub("_", metric), part) if p)
    return stem if not suffix or stem.endswith(f"_{suffix}") else f"{stem}_{suffix}"


class _Page:
    """Collects the samples of each family, each series once."""

    def __init__(self) -> None:
        self._heads: dict[str, list[str]] = {}
        self._samples: dict[str, dict[str, str]] = {}

    def add(self, name: str, unit: str, meaning: str, labels: Labels, x: float | None) -> None:
        """Add one sample, unless there is no finite value."""
        if x is None or not math.isfinite(x):
            return
        if name not in self._heads:
            head = [f"# HELP {name} {_help(meaning)}", f"# TYPE {name} gauge"]
            self._heads[name] = [*head, f"# UNIT {name} {unit}"] if unit else head
        samples = self._samples.setdefault(name, {})
        series, row = f"{name}{_labels(labels)}", 1
        while series in samples:
            row += 1
            series = f"{name}{_labels({**labels, 'row': str(row)})}"
        samples[series] = _number(x)

    def text(self) -> str:
        """Return the families in the order of their first samples."""
        lines: list[str] = []
        for name, head in self._heads.items():
            lines += head
            lines += [f"{series} {x}" for series, x in self._samples[name].items()]
        return "\n".join([*lines, "# EOF"]) + "\n"


def _measures(page: _Page, rows: list[tuple[Measure, Labels]]) -> None:
    """Add the families of one metric."""
    first = rows[0][0]
    unit = _UNITS[first.unit]
    rules = {m.rule for m, _ in rows}
    meaning = f"{first.label}: {first.rule}" if len(rules) == 1 and first.rule else first.label
    parts = (
        ("", "value", meaning),
        ("low", "low", f"Lower bound of the interval of {first.label}"),
        ("high", "high", f"Upper bound of the interval of {first.label}"),
    )
    for part, field, text in parts:
        name = family_name(first.metric, first.unit, part)
        for m, labels in rows:
            page.add(name, unit.unit, text, labels, _scaled(getattr(m, field), unit))
    # A denominator is a number of rows, whatever the unit of what is divided by it.
    name = family_name(first.metric, "count", "denominator")
    for m, labels in rows:
        page.add(name, "", f"Rows that {first.label} is computed on", labels, m.denominator)


def _targets(page: _Page, report: Report, names: Mapping[str, str]) -> None:
    periods = {t.get("period") for t in report.targets} - {None}
    for t in report.targets:
        labels = {
            "target": str(t.get("name") or ""),
            "metric": str(t.get("metric") or ""),
            "op": str(t.get("op") or ""),
            **_segment(_segment_of(t), names),
        }
        period: Any = t.get("period")
        if len(periods) > 1 and period is not None:
            labels["period"] = period.label
        labels["verdict"] = str(t.get("verdict") or "")
        labels["warned"] = "true" if t.get("warned") else "false"
        page.add("csatkit_target_verdict", "", "1 for the verdict on a target", labels, 1)


def _distinct(measures: Sequence[Measure], names: Mapping[str, str]) -> Iterator[Labels]:
    """Yield the labels of each measure of one metric, with what tells it from the others."""
    periods = {m.period for m in measures}
    rules = {m.rule for m in measures}
    # A row without a value has no method; that alone is no second one.
    methods = {m.method for m in measures if m.method}
    for m in measures:
        labels = _segment(m.segment, names)
        if len(periods) > 1 and m.period is not None:
            labels["period"] = m.period.label
        if len(rules) > 1:
            labels["rule"] = m.rule
        if len(methods) > 1 and m.method:
            labels["method"] = m.method
        yield labels


def _segment(segment: Segment, names: Mapping[str, str]) -> dict[str, str]:
    """Return labels; an empty one is the series without it, so that no value has a word."""
    return {names[key]: v or NO_VALUE for key, v in segment.items()}


def _segment_of(target: Mapping[str, object]) -> Segment:
    return cast("Segment", target.get("segment") or {})


def _label_names(report: Report) -> dict[str, str]:
    """Return a valid label for each segment column, no two alike."""
    segments = [m.segment for m in measures_of(report)]
    segments += [_segment_of(t) for t in report.targets]
    found: dict[str, str] = {}
    for column in dict.fromkeys(name for segment in segments for name in segment):
        # A leading underscore is reserved, a leading digit invalid.
        fit = _UNFIT.sub("_", column).lstrip("_")
        if not fit or fit[0].isdigit() or fit in _OWN_LABELS:
            fit = f"segment_{fit}" if fit else "segment"
        name, n = fit, 1
        while name in found.values():
            n += 1
            name = f"{fit}_{n}"
        found[column] = name
    return found


def _labels(labels: Labels) -> str:
    shown = ",".join(f'{name}="{_value(text)}"' for name, text in labels.items())
    return f"{{{shown}}}" if shown else ""


def _value(text: str) -> str:
    whole = str(plain(text))
    return whole.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _help(text: str) -> str:
    """Return text for a HELP line; the two formats escape a quote differently, so there is none."""
    whole = str(plain(text)).replace('"', "'")
    return whole.replace("\\", r"\\").replace("\r", " ").replace("\n", r"\n")


def _scaled(x: float | None, unit: _UnitOf) -> float | None:
    return None if x is None else x * unit.times / unit.per


def _number(x: float) -> str:
    return str(int(x)) if float(x).is_integer() and abs(x) < 2**53 else repr(float(x))
