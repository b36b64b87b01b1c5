"""The goal cycle again, in plain loops over ratings: what a goal's fields must say.

Formulas are written out from their definitions; nothing of the package is used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Z = 1.959963984540054
FEWEST = 10

Rating = tuple[datetime, int]


@dataclass(frozen=True)
class Asked:
    """A goal on CSAT with a guardrail on the share of low scores; quarters count from year 0."""

    baseline: int
    target: float
    due: date
    margin: float
    zone: str
    end: datetime


@dataclass(frozen=True)
class Cell:
    """k of n with Wilson's interval, in percent."""

    k: int
    n: int

    @property
    def value(self) -> float:
        return 100 * self.k / self.n

    @property
    def bounds(self) -> tuple[float, float]:
        p, n = self.k / self.n, self.n
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return 100 * (middle - half), 100 * (middle + half)


def quarter_of(instant: datetime, zone: str) -> int:
    """Return the number of the quarter in which an instant lies in a zone."""
    local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return 4 * local.year + (local.month - 1) // 3


def first_day(quarter: int) -> date:
    return date(quarter // 4, 3 * (quarter % 4) + 1, 1)


def label(quarter: int) -> str:
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def difference(now: Cell, then: Cell) -> tuple[float, float, float]:
    """Return the difference of two shares in points, with Newcombe's bounds."""
    (l1, u1), (l0, u0) = now.bounds, then.bounds
    gap = now.value - then.value
    below = math.sqrt((now.value - l1) ** 2 + (u0 - then.value) ** 2)
    above = math.sqrt((u1 - now.value) ** 2 + (then.value - l0) ** 2)
    return gap, gap - below, gap + above


def goal_of(found: Sequence[Rating], asked: Asked) -> dict[str, Any]:
    """Return what the fields of the goal must say."""
    now = quarter_of(asked.end, asked.zone) - 1
    numbers = range(asked.baseline, now + 1)
    cells = {q: Cell(0, 0) for q in numbers}
    lows = {q: Cell(0, 0) for q in numbers}
    for instant, score in found:
        q = quarter_of(instant, asked.zone)
        if q in cells:
            cells[q] = Cell(cells[q].k + (score >= 4), cells[q].n + 1)
            lows[q] = Cell(lows[q].k + (score <= 3), lows[q].n + 1)
    if now <= asked.baseline:
        return {"track": "not begun", "guardrail": None}
    base, here = cells[asked.baseline], cells[now]
    start = min(i.replace(tzinfo=UTC).astimezone(ZoneInfo(asked.zone)).date() for i, _ in found)
    whole = [q for q in numbers if q > asked.baseline and first_day(q) >= start]
    met = _met([(q, cells[q]) for q in whole], asked.target)
    ends = [first_day(q + 1) - timedelta(days=1) for q in whole
            if _verdict(cells[q], asked.target) == "pass"]  # fmt: skip
    in_time = any(day <= asked.due for day in ends)
    return {
        "baseline": (base.k, base.n),
        "now": (here.k, here.n),
        "change": difference(here, base) if base.n and here.n else None,
        "progress": _progress(here, base),
        "verdict": _verdict(here, asked.target),
        "track": _track(here, base, asked, now, in_time),
        **met,
        "drift": _drift(cells, met["_run"], now),
        "guardrail": _guardrail(lows[now], lows[asked.baseline], asked.margin),
    }


def _progress(here: Cell, base: Cell) -> str:
    if min(here.n, base.n) < FEWEST:
        return "unknown"
    _, low, high = difference(here, base)
    return "better" if low > 0 else "worse" if high < 0 else "noise"


def _verdict(cell: Cell, target: float) -> str:
    if cell.n < FEWEST:
        return "inconclusive"
    low, high = cell.bounds
    return "pass" if low >= target else "fail" if high < target else "inconclusive"


def _track(here: Cell, base: Cell, asked: Asked, now: int, in_time: bool) -> str:
    verdict = _verdict(here, asked.target)
    if verdict == "pass":
        return "met"
    last = first_day(now + 1) - timedelta(days=1)
    if last >= asked.due:
        if verdict != "fail":
            return "open"
        return "lost" if in_time else "missed"
    if not base.n:
        return "open"
    if base.value >= asked.target:
        return "behind" if verdict == "fail" else "open"
    begin = first_day(asked.baseline + 1)
    share = ((last - begin).days + 1) / ((asked.due - begin).days + 1)
    line = base.value + (asked.target - base.value) * share
    if here.n < FEWEST:
        return "open"
    low, high = here.bounds
    return "on track" if low >= line else "behind" if high < line else "open"


def _met(cells: Sequence[tuple[int, Cell]], target: float) -> dict[str, Any]:
    words = [(q, _verdict(cell, target)) for q, cell in cells]
    passes = [q for q, w in words if w == "pass"]
    since = run = lost = None
    for q in passes:
        fails = [f for f, w in words if w == "fail" and f < q]
        earlier = [p for p in passes if p < q and not any(p < f for f in fails)]
        if not earlier:
            run = q
    if run is not None:
        after = [f for f, w in words if w == "fail" and f > run]
        since, lost = (run, None) if not after else (None, label(min(after)))
    return {
        "met_since": None if since is None else label(since),
        "met_first": label(min(passes)) if passes else None,
        "lost_in": lost,
        "_run": run,
    }


def _drift(cells: dict[int, Cell], run: int | None, now: int) -> dict[str, Any] | None:
    if run is None:
        return None
    later = [cells[q] for q in (run + 1, run + 2) if q <= now]
    pooled = Cell(sum(c.k for c in later), sum(c.n for c in later))
    if not pooled.n:
        return {"n": 0, "verdict": "open"}
    _, _, high = difference(pooled, cells[run])
    word = "open" if pooled.n < FEWEST else "fallen" if high < 0 else "held"
    return {"n": pooled.n, "verdict": word}


def _guardrail(here: Cell, base: Cell, margin: float) -> str:
    if not base.n:
        return "unavailable"
    if min(here.n, base.n) < FEWEST:
        return "inconclusive"
    _, low, high = difference(here, base)
    return "pass" if high <= margin else "fail" if low > margin else "inconclusive"
