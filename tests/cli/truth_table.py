"""How often `report` finds what is planted in the sample, over twenty samples with one truth each.

`python -m tests.cli.truth_table` writes the table into docs/demo.md; a test compares the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from csatkit import analyses
from csatkit.demo.generate import frames
from csatkit.demo.truth import TRUTH
from csatkit.load import open_data
from csatkit.report import Measure
from csatkit.settings import Settings, SourceSettings
from csatkit.stats.intervals import newcombe
from tests.pages import DOCS, rewrite

__all__ = [
    "MONDAYS",
    "PLANTED",
    "SEEDS",
    "UNLUCKY",
    "Fact",
    "Found",
    "Sample",
    "found_in",
    "samples",
    "table",
]

SEEDS = range(20)
TICKETS = 8_000
"""The size of the embedded sample: what a new user sees."""

PAGE = DOCS / "demo.md"
BEGIN = "<!-- truth: written by python -m tests.cli.truth_table -->\n"
END = "<!-- truth: end -->"


class Fact(NamedTuple):
    """A difference from the rest that a report may name."""

    metric: str
    dimension: str
    segment: str
    sign: int


def _planted() -> dict[Fact, str]:
    """Return what is planted and can show in the report, with its name in the table."""
    assert TRUTH.weak_channel
    assert TRUTH.broken_issue
    issue, channel = TRUTH.broken_issue, TRUTH.weak_channel
    worse = {Fact("csat", "agent", a, -1): f"worse agent: {a}" for a in TRUTH.agents_worse}
    better = {Fact("csat", "agent", a, 1): f"better agent: {a}" for a in TRUTH.agents_better}
    return {
        Fact("csat", "issue_type", issue, -1): f"broken issue: {issue}, CSAT",
        Fact("fcr", "issue_type", issue, -1): f"broken issue: {issue}, first contact resolution",
        Fact("csat", "channel", channel, -1): f"weak channel: {channel}",
        **better,
        **worse,
    }


PLANTED: Mapping[Fact, str] = _planted()
UNLUCKY = tuple(Fact(metric, "agent", str(TRUTH.agent_unlucky), -1) for metric in ("csat", "fcr"))
"""He gets the tickets of the broken issue; with those allowed for, nothing is left to name."""
MONDAYS = Fact("csat", "weekday × daypart", "Mon morning", -1)
"""Planted on the instant a ticket was opened, while CSAT is dated by the answer."""

Counts = Mapping[tuple[str, str, str], tuple[int, int]]
"""(metric, dimension, segment) → (numerator, denominator)."""


@dataclass(frozen=True)
class Sample:
    """One report: what it names, and the counts of all segments."""

    scanned: tuple[Fact, ...]
    """Segments that the scan names (Benjamini-Hochberg)."""
    flagged: tuple[Fact, ...]
    """People that the funnel flags, on their own mix of tickets."""
    counts: Counts

    @property
    def named(self) -> tuple[Fact, ...]:
        """Return everything that the report names."""
        return self.scanned + self.flagged


class Found(NamedTuple):
    """What the reports over all seeds named."""

    times: Counter[Fact]
    planted: int
    real: int
    """Not planted there, but in the other samples together it lies on the same side."""
    nothing: int

    @property
    def named(self) -> int:
        """Return how many differences were named."""
        return self.planted + self.real + self.nothing


def _sample(seed: int, *, null: bool, clock: str) -> Sample:
    tickets, surveys, outreach = frames(TICKETS, seed, null)
    source = SourceSettings(preset="none", scale="1-5", timezone="UTC")
    settings = Settings(source=source, clock=clock)  # type: ignore[arg-type]
    data = open_data(tickets, surveys, outreach, source=source)
    report = analyses.run("report", data, settings)
    section = next(s for s in report.sections if s.key == "segments")
    ids = {m.label: m.metric for m in report.measures}
    named: dict[bool, list[Fact]] = {False: [], True: []}
    for t in section.tables:
        named["expected" in t.columns] += [
            Fact(ids[str(row["metric"])], str(row["dimension"]), str(row["segment"]), _sign(row))
            for row in t.rows
        ]
    return Sample(tuple(named[False]), tuple(named[True]), _counts(report.measures))


def _sign(row: Mapping[str, object]) -> int:
    difference = row["difference"]
    assert isinstance(difference, float)
    return 1 if difference > 0 else -1


def _counts(measures: Iterable[Measure]) -> Counts:
    return {
        (m.metric, " × ".join(m.segment), " ".join(v or "(none)" for v in m.segment.values())): (
            int(m.numerator or 0),
            m.denominator or 0,
        )
        for m in measures
        if m.segment and m.metric in {"csat", "fcr"}
    }


@cache
def samples(*, null: bool = False, clock: str = "family") -> tuple[Sample, ...]:
    """Return the reports on all seeds."""
    return tuple(_sample(seed, null=null, clock=clock) for seed in SEEDS)


def found_in(reports: tuple[Sample, ...]) -> Found:
    """Sort what the reports name into planted, real elsewhere, and nothing."""
    times: Counter[Fact] = Counter()
    kinds: Counter[str] = Counter()
    for place, sample in enumerate(reports):
        others = [s for n, s in enumerate(reports) if n != place]
        for fact in sample.named:
            times[fact] += 1
            if fact in PLANTED:
                kinds["planted"] += 1
            else:
                kinds["real" if _shows(fact, others) else "nothing"] += 1
    return Found(times, kinds["planted"], kinds["real"], kinds["nothing"])


def _shows(fact: Fact, others: list[Sample]) -> bool:
    """Tell whether a difference shows in the other samples together, beyond 95 %."""
    mine = rest = (0, 0)
    for sample in others:
        for (metric, dimension, segment), (k, n) in sample.counts.items():
            if (metric, dimension) != (fact.metric, fact.dimension):
                continue
            if segment == fact.segment:
                mine = (mine[0] + k, mine[1] + n)
            else:
                rest = (rest[0] + k, rest[1] + n)
    interval = newcombe(*mine, *rest, 0.95)
    if interval is None:
        return False
    return interval.low > 0 if fact.sign > 0 else interval.high < 0


def table() -> str:
    """Return the part of docs/demo.md that the samples decide."""
    found, quiet = found_in(samples()), samples(null=True)
    mondays = sum(MONDAYS in s.named for s in samples(clock="created"))
    runs = len(SEEDS)
    rows = [(name, found.times[fact]) for fact, name in PLANTED.items()]
    unlucky = sum(found.times[fact] for fact in UNLUCKY)
    rows += [(f"unlucky agent: {UNLUCKY[0].segment}, who should not be named", unlucky)]
    rows += [("Monday mornings, by the answer's clock", found.times[MONDAYS])]
    rows += [("Monday mornings with `--clock created`", mondays)]
    lines = [f"| planted | named in so many of {runs} reports |", "|---|---|"]
    lines += [f"| {name} | {times} |" for name, times in rows]
    by_scan, by_funnel = (sum(map(bool, found)) for found in zip(*_alarms(quiet), strict=True))
    text = f"""
{found.named} differences were named: {found.planted} planted ones, {found.real} that follow from \
them (in the other {runs - 1} samples
together they lie on the same side beyond 95 %), and {found.nothing} with nothing behind them \
({100 * found.nothing / found.named:.0f} %). In null mode
the scan named something in {by_scan} of {runs} reports and the funnel in {by_funnel}."""
    return "\n".join([*lines, text])


def _alarms(reports: Iterable[Sample]) -> list[tuple[int, int]]:
    """Return how many differences the scan and the funnel name in each report."""
    return [(len(s.scanned), len(s.flagged)) for s in reports]


def main() -> None:
    """Write the table into docs/demo.md, between its two marks."""
    rewrite(PAGE, BEGIN, END, table())


if __name__ == "__main__":
    main()
