"""How often `drivers` finds what is planted in the sample, and what it names where nothing is.

`python -m tests.cli.driver_truth` writes the table into docs/demo.md; a test repeats a few seeds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

from csatkit.demo.truth import TRUTH, Truth
from csatkit.report import Report, Table
from tests.cli import sampled
from tests.pages import DOCS, rewrite

__all__ = ["ASKED_AGAIN", "FOLLOWS", "PLANTED", "Named", "named", "quiet", "report_on"]

SEEDS = range(20)
QUIET_SEEDS = range(200)
LARGE = 100_000
"""A size at which the planted effects stand out."""
HUGE = 1_000_000
"""A size at which even those do that few rated tickets show."""

ASKED_AGAIN = replace(TRUTH, surveyed_again=770_000)
"""The same facts where repeats are surveyed as often as the first ticket of a usual customer."""

PAGE = DOCS / "demo.md"
BEGIN = "<!-- drivers: written by python -m tests.cli.driver_truth -->\n"
END = "<!-- drivers: end -->"

PLANTED = {
    "Reopened": "reopened, −12",
    "Transferred": "transferred, −12",
    "Further contacts": "further contacts, −8",
    "Channel change": "channel change, −10",
}
"""Driver → what is planted, in points of a ticket's chance to satisfy."""

FOLLOWS = {
    "Repeat contact": "repeat contact (from causes not fixed, −6)",
    "Late first response": "late first response (from Monday mornings, −10)",
}
"""Drivers that go with something planted which no column shows."""

MODES = ("Re-contact", "Channel friction", "Response time")


class Named(NamedTuple):
    """What one report names as beyond noise."""

    drivers: tuple[str, ...]
    modes: tuple[str, ...]
    segments: tuple[tuple[str, str], ...]
    """Failure mode and the segment where it concentrates."""
    gaps: dict[str, float]
    """Adjusted gap of every driver, points."""


report_on = partial(sampled.report_on, "drivers")
"""Returns the report on one sample."""


def _tables(report: Report, key: str) -> Sequence[Table]:
    return [t for s in report.sections if s.key == key for t in s.tables]


def named(report: Report) -> Named:
    """Return what a report names."""
    adjusted = [t for t in _tables(report, "associations") if "noise" in t.columns]
    rows = [row for t in adjusted for row in t.rows]
    modes = [row for t in _tables(report, "modes") for row in t.rows]
    places = [row for t in _tables(report, "concentration") for row in t.rows]
    return Named(
        tuple(str(r["driver"]) for r in rows if r["noise"] == "beyond"),
        tuple(str(r["mode"]) for r in modes if r["noise"] == "beyond"),
        tuple((str(r["mode"]), str(r["segment"])) for r in places),
        {str(r["driver"]): float(str(r["gap"])) for r in rows if r["gap"] is not None},
    )


@cache
def samples(tickets: int = sampled.TICKETS, planted: Truth | None = None) -> tuple[Named, ...]:
    """Return what is named in the samples of all seeds."""
    return tuple(named(report_on(seed, tickets=tickets, planted=planted)) for seed in SEEDS)


def quiet(seeds: Iterable[int], *, null: bool = False, permuted: bool = False) -> int:
    """Return in how many samples nothing at all is named."""
    found = (named(report_on(seed, null=null, permuted=permuted)) for seed in seeds)
    return sum(not (f.drivers or f.modes or f.segments) for f in found)


def _times(driver: str, found: Sequence[Named]) -> int:
    return sum(driver in f.drivers for f in found)


def _mean_gap(driver: str, found: Sequence[Named]) -> str:
    gaps = [f.gaps[driver] for f in found if driver in f.gaps]
    return f"{sum(gaps) / len(gaps):+.1f}".replace("-", "−")


def table() -> str:
    """Return the part of docs/demo.md that the samples decide."""
    sizes = samples(), samples(LARGE), samples(HUGE)
    small = sizes[0]
    runs = len(SEEDS)
    titles = (
        "driver",
        f"named in so many of {runs} reports",
        *(f"of {n:,}" for n in (LARGE, HUGE)),
    )
    lines = [f"| {' | '.join(titles)} | mean adjusted gap there |", "|---|---|---|---|---|"]
    every = [*PLANTED, *FOLLOWS, *sorted(set(small[0].gaps) - {*PLANTED, *FOLLOWS})]
    for driver in every:
        name = {**PLANTED, **FOLLOWS}.get(driver, f"{driver.lower()}, nothing planted")
        times = " | ".join(str(_times(driver, found)) for found in sizes)
        lines.append(f"| {name} | {times} | {_mean_gap(driver, sizes[-1])} |")
    for mode in MODES:
        times = " | ".join(str(sum(mode in f.modes for f in found)) for found in sizes)
        lines.append(f"| failure mode: {mode.lower()} | {times} | |")
    places = Counter(p for f in small for p in f.segments)
    refund = sum(n for (mode, segment), n in places.items() if segment == "refund")
    nothing = quiet(QUIET_SEEDS, null=True)
    dealt = quiet(QUIET_SEEDS, permuted=True)
    n = len(QUIET_SEEDS)
    again = samples(LARGE, ASKED_AGAIN)
    change = "Channel change"
    text = f"""
Where repeats are surveyed like any first ticket, channel change is named in \
{_times(change, again)} of {runs} reports of {LARGE:,}
tickets, with a mean adjusted gap of {_mean_gap(change, again)}.
Of the {sum(places.values())} places where a mode is said to concentrate {refund} are refund \
tickets, the broken issue.
Nothing at all is named, no driver, mode or place, in {nothing} of {n} samples of the null mode \
and in {dealt} of {n}
samples whose scores are dealt anew at random."""
    return "\n".join([*lines, text])


def main() -> None:
    """Write the table into docs/demo.md, between its two marks."""
    rewrite(PAGE, BEGIN, END, table())


if __name__ == "__main__":
    main()
