"""What became of targets, in words and as a grid: one wording for every format that shows them.

A verdict is the word that the gate reached; nothing here judges again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from csatkit.render import values
from csatkit.render.blocks import Grid
from csatkit.render.document import measures_of
from csatkit.render.grids import segment_words

if TYPE_CHECKING:
    from csatkit.report import Period, Report, Unit

__all__ = [
    "WORDS",
    "Case",
    "asked",
    "cases",
    "counts",
    "target_grid",
    "units_of",
]

WORDS = ("fail", "inconclusive", "unavailable", "pass")
"""Every verdict, what needs somebody first."""

Target = Mapping[str, Any]


class Case(NamedTuple):
    """One verdict in words, before any format has escaped them."""

    metric: str
    name: str
    """The target with its segment, and its period where the report has several."""
    verdict: str
    found: str
    """What was measured and what was asked."""
    why: str
    """Why there is no verdict, what would give one, what to do; may be empty."""
    kind: str | None
    is_warned: bool


def cases(report: Report) -> list[Case]:
    """Return the verdicts of a report in the order in which its targets were declared."""
    units = units_of(report)
    periods = {_period(t) for t in report.targets} - {None}
    return [_case(t, units.get(str(t.get("metric"))), len(periods) > 1) for t in report.targets]


def counts(found: Sequence[Case]) -> str:
    """Return how many verdicts there are of each kind: `1 fail, 1 inconclusive, 12 pass`."""
    verdicts = [c.verdict for c in found]
    parts = [f"{values.number(verdicts.count(w))} {w}" for w in WORDS if w in verdicts]
    warned = sum(c.is_warned for c in found)
    # Those that pass stand last, so that the words in parentheses are about them.
    aside = f" ({values.number(warned)} past the warn value)" if warned else ""
    return ", ".join(parts) + aside if parts else "no target was judged"


def units_of(report: Report) -> dict[str, Unit]:
    """Return the unit of each metric that a report holds."""
    return {m.metric: m.unit for m in measures_of(report)}


def target_grid(targets: Sequence[Target], units: Mapping[str, Unit]) -> Grid:
    """Return the verdicts, one row per target, in the order in which they were declared.

    `units` gives the unit of each metric that the report holds; others show bare figures.
    """
    rows = tuple(_row(t, units.get(str(t.get("metric")))) for t in targets)
    headings = ("Target", "Segment", "Asked", "Value", "Interval", "n", "Verdict", "Why")
    empty = {i for i in (1, 7) if not any(row[i] for row in rows)}
    kept = [i for i in range(len(headings)) if i not in empty]
    return Grid(
        tuple(headings[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in rows),
        frozenset(kept.index(i) for i in (2, 3, 4, 5)),
        words=kept.index(6),
    )


def asked(t: Target, unit: Unit | None) -> str:
    """Return what a target asks: `≥ 80`, `≥ 80 − 2` with its margin, `≥ baseline 81.2 % − 2`."""
    sign, apart = ("≥", "−") if t.get("op") == "min" else ("≤", "+")
    bound = _chosen(t.get("threshold"))
    if t.get("threshold") is None and "baseline" in t:
        bound = f"baseline {values.cell(t['baseline'], unit, numeric=True)}"
    margin = t.get("margin") if t.get("mode") == "noninferior" else None
    slack = f" {apart} {_chosen(margin)}" if margin else ""
    return f"{sign} {bound}{slack}"


def _case(t: Target, unit: Unit | None, has_periods: bool) -> Case:
    period = _period(t)
    parts = [segment_words(t.get("segment") or {})]
    if has_periods and period is not None:
        parts.append(period.label)
    where = ", ".join(p for p in parts if p)
    name = str(t.get("name") or t.get("metric") or "")
    return Case(
        metric=str(t.get("metric") or ""),
        name=f"{name} ({where})" if where else name,
        verdict=str(t.get("verdict") or values.MISSING),
        found=_found(t, unit),
        why=_why(t),
        kind=None if t.get("kind") is None else str(t["kind"]),
        is_warned=bool(t.get("warned")),
    )


def _found(t: Target, unit: Unit | None) -> str:
    """Return `81.3 % (78.9–83.5), n=1,204, asked ≥ 80`."""
    shown = _value(t, unit)
    if t.get("low") is not None or t.get("high") is not None:
        shown += f" ({_interval(t, unit)})"
    n = t.get("denominator")
    size = "" if n is None else f", n={values.number(n)}"
    return f"{shown}{size}, asked {asked(t, unit)}"


def _row(t: Target, unit: Unit | None) -> tuple[str, ...]:
    verdict = str(t.get("verdict") or values.MISSING)
    if t.get("warned"):
        verdict += ", past the warn value"
    return (
        str(t.get("name") or t.get("metric") or ""),
        segment_words(t.get("segment") or {}),
        asked(t, unit),
        _value(t, unit),
        _interval(t, unit),
        values.number(t.get("denominator")),
        verdict,
        _why(t),
    )


def _why(t: Target) -> str:
    parts = [str(t["reason"])] if t.get("reason") else []
    if t.get("n_needed") and t.get("verdict") == "inconclusive":
        parts.append(f"needs about {values.number(t['n_needed'], 0)}")
    if t.get("action") and t.get("verdict") == "fail":
        parts.append(str(t["action"]))
    return "; ".join(parts)


def _value(t: Target, unit: Unit | None) -> str:
    return values.cell(t.get("value"), unit, numeric=True)


def _interval(t: Target, unit: Unit | None) -> str:
    return values.span(t.get("low"), t.get("high"), unit or "score")


def _period(t: Target) -> Period | None:
    found: Period | None = t.get("period")
    return found


def _chosen(x: float | None) -> str:
    """Return a figure that somebody chose, without decimals that nobody wrote."""
    return values.MISSING if x is None else f"{x:,.10g}".replace("-", "−")
