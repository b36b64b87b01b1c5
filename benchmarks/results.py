"""Turn measurements into the table that people read, on the terminal and in RESULTS.md."""

from __future__ import annotations

import math
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.analyses import WITH, WITHOUT
from csatkit._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.process import Contest, Run

OURS, THEIRS, LIMIT = "csatkit", "duckdb", "scan"

QUANTITIES: dict[str, Callable[[Run], float]] = {
    "wall s": lambda run: run.wall,
    "CPU s": lambda run: run.cpu,
    "peak MB": lambda run: run.rss / 1e6,
}


@dataclass(frozen=True)
class Result:
    """The contest on one file: how many tickets, in which format, and its runs."""

    tickets: int
    form: str
    contest: Contest


def machine() -> list[str]:
    """Return what the numbers depend on, one fact a line."""
    packages = ("polars", "duckdb", "pyarrow", "typer", "rich")
    return [
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {_memory()}",
        f"Python {platform.python_version()}, csatkit {__version__}, "
        + ", ".join(f"{name} {version(name)}" for name in packages),
        f"Measured on {datetime.now(UTC):%Y-%m-%d}",
    ]


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows, or a system that doesn't tell
        return "memory unknown"
    return f"{size / 2**30:.0f} GiB"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return a Markdown table, padded so that it also reads well as plain text."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    return [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]


def _cell(contest: Contest, name: str, quantity: Callable[[Run], float]) -> str:
    low, high = contest.spread(name, quantity)
    return f"{_short(contest.median(name, quantity))} ({_short(low)}-{_short(high)})"


def _short(value: float) -> str:
    """Return three significant digits, never in scientific notation."""
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:,.{digits}f}"


def contest_lines(results: list[Result]) -> list[str]:
    """Return the table of the report against the competitor and against the bare scan."""
    header = ["tickets", "format", "tool", *QUANTITIES, "times DuckDB: wall", "CPU", "memory"]
    rows = []
    for result in results:
        for name in (OURS, THEIRS, LIMIT):
            cells = [_cell(result.contest, name, q) for q in QUANTITIES.values()]
            ratios = [
                "" if name == THEIRS else f"{result.contest.ratio(name, THEIRS, q):.2f}"
                for q in QUANTITIES.values()
            ]
            rows.append([f"{result.tickets:,}", result.form, name, *cells, *ratios])
    return _table(header, rows)


def growth_lines(results: list[Result]) -> list[str]:
    """Return the exponent of growth between neighbouring sizes: 1 is linear, 0 free.

    log(t1 / t0) / log(n1 / n0) over the medians; start-up is part of t, so small files show less.
    """
    rows = []
    for form in dict.fromkeys(result.form for result in results):
        sized = sorted((r for r in results if r.form == form), key=lambda r: r.tickets)
        for small, large in pairwise(sized):
            steps = math.log(large.tickets / small.tickets)
            exponents = [
                math.log(large.contest.median(name, q) / small.contest.median(name, q)) / steps
                for q in QUANTITIES.values()
                for name in (OURS, THEIRS)
            ]
            span = f"{small.tickets:,} to {large.tickets:,}"
            rows.append([form, span, *(f"{e:.2f}" for e in exponents)])
    header = ["format", "tickets", *(f"{q}: {n}" for q in QUANTITIES for n in (OURS, THEIRS))]
    return _table(header, rows) if rows else ["One size was measured; growth needs two."]


def startup_lines(contests: dict[tuple[str, str], Contest]) -> list[str]:
    """Return the table of start-up times against the imports that nobody can avoid."""
    rows = [
        [
            name,
            against,
            *(_cell(contest, side, QUANTITIES["wall s"]) for side in (name, against)),
            f"{contest.ratio(name, against, QUANTITIES['wall s']):.2f}",
        ]
        for (name, against), contest in contests.items()
    ]
    return _table(["command", "against", "wall s", "wall s of that", "times"], rows)


def analyses_lines(contests: dict[int, Contest]) -> list[str]:
    """Return the table of the report against the same measures without a word about them."""
    rows = [
        [
            f"{tickets:,}",
            *(_cell(found, side, QUANTITIES["wall s"]) for side in (WITH, WITHOUT)),
            *(f"{found.ratio(WITH, WITHOUT, q):.2f}" for q in QUANTITIES.values()),
        ]
        for tickets, found in contests.items()
    ]
    return _table(
        ["tickets", "report, wall s", "measures, wall s", "times: wall", "CPU", "memory"], rows
    )


def document(
    results: list[Result],
    analyses: dict[int, Contest],
    startup: dict[tuple[str, str], Contest],
    repeats: int,
) -> str:
    """Return RESULTS.md."""
    sections = [
        ["# Benchmark results", "", *(f"- {line}" for line in machine())],
        [
            f"Whole processes in turn, {repeats} measured rounds after one that fills the caches:",
            "median (smallest-largest); ratios are medians of the pairwise ratios. Before anything",
            "is timed, both sides must give the same counts. `scan` only reads the columns needed.",
        ],
    ]
    if results:
        sections += [["## The report", "", *contest_lines(results)]]
        sections += [["## Growth", "", *growth_lines(results)]]
    if analyses:
        text = "The whole report beside its metrics over the same cuts and periods alone (Parquet)."
        sections += [["## What the analyses add", "", text, "", *analyses_lines(analyses)]]
    if startup:
        sections += [["## Start-up", "", *startup_lines(startup)]]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"
