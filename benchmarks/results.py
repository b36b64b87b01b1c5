"""Turn measurements into the tables that people read, on the terminal and in RESULTS.md."""

from __future__ import annotations

import math
import os
import platform
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from benchmarks.acting import MOST
from benchmarks.analyses import WITH, WITHOUT
from benchmarks.contestants import LIMIT, OURS, RIVALS, memory_of_machine
from benchmarks.ledger import Entry, Ledger
from benchmarks.page import MOST_BYTES, MOST_SECONDS, adds
from benchmarks.process import Contest, Quantity, Ratio
from benchmarks.steps import REST, START, STEPS
from csatkit._version import __version__

__all__ = ["document", "written"]

QUANTITIES: dict[str, Quantity] = {
    "wall s": lambda run: run.wall,
    "CPU s": lambda run: run.cpu,
    "peak MB": lambda run: run.rss / 1e6,
}

LARGE = 1_000_000
"""Tickets from which on it is told where the time goes: before, it goes into starting."""

BEGIN, END = "<!-- measured: make bench -->", "<!-- end -->"
"""Between them `make bench` writes; everything else in RESULTS.md is written by hand."""


def machine(days: list[str]) -> list[str]:
    """Return what the numbers depend on, one fact a line."""
    packages = ("polars", "duckdb", "pandas", "pyarrow", "typer", "rich")
    memory = memory_of_machine()
    size = "memory unknown" if memory is None else f"{memory / 2**30:.0f} GiB"
    return [
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {size}",
        f"Python {platform.python_version()}, csatkit {__version__}, "
        + ", ".join(f"{name} {version(name)}" for name in packages),
        f"Measured on {', '.join(days)}",
    ]


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


def _cell(contest: Contest, name: str, quantity: Quantity) -> str:
    low, high = contest.spread(name, quantity)
    return f"{_short(contest.median(name, quantity))} ({_short(low)}-{_short(high)})"


def _short(value: float) -> str:
    """Return three significant digits, never in scientific notation."""
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:,.{digits}f}"


def _ratio(ratio: Ratio) -> str:
    return f"{ratio.middle:.2f} ({ratio.low:.2f}-{ratio.high:.2f})"


def contest_lines(entries: list[Entry]) -> list[str]:
    """Return the table of the report against everybody else."""
    ours = [f"csatkit ÷ it: {name.split()[0]}" for name in QUANTITIES]
    rows = []
    for entry in entries:
        for name in (OURS, *RIVALS, LIMIT):
            row = [f"{entry.tickets:,}", entry.form, name]
            if name in entry.skipped:
                rows.append([*row, entry.skipped[name], *[""] * 5])
            elif name in entry.contest.runs:
                row += [_cell(entry.contest, name, q) for q in QUANTITIES.values()]
                ratios = [entry.contest.ratio(OURS, name, q) for q in QUANTITIES.values()]
                rows.append([*row, *("" if name == OURS else _ratio(r) for r in ratios)])
    return _table(["tickets", "format", "tool", *QUANTITIES, *ours], rows)


def growth_lines(entries: list[Entry]) -> list[str]:
    """Return how times grow between neighbouring sizes.

    The exponent is log(t1 / t0) / log(n1 / n0) over the medians: 1 is linear, 0 free. Start-up is
    part of t, so small files show less; the last columns leave out what a thousand tickets take.
    """
    rows = []
    for form in dict.fromkeys(e.form for e in entries):
        sized = sorted((e for e in entries if e.form == form), key=lambda e: e.tickets)
        for small, large in pairwise(sized):
            for name in (OURS, *RIVALS):
                if name in small.contest.runs and name in large.contest.runs:
                    span = f"{small.tickets:,} to {large.tickets:,}"
                    rows.append([form, span, name, *_growth(sized[0], small, large, name)])
    above = [f"{name.split()[0]} above start-up" for name in list(QUANTITIES)[:2]]
    header = [
        "format",
        "tickets",
        "tool",
        *(f"exponent: {q.split()[0]}" for q in QUANTITIES),
        *above,
    ]
    return _table(header, rows) if rows else ["One size was measured; growth needs two."]


def _growth(start: Entry, small: Entry, large: Entry, name: str) -> list[str]:
    """Return the exponents and the factors above start-up of one step."""
    steps = math.log(large.tickets / small.tickets)
    found = []
    for quantity in QUANTITIES.values():
        a, b = (e.contest.median(name, quantity) for e in (small, large))
        found.append(f"{math.log(b / a) / steps:.2f}")
    for quantity in list(QUANTITIES.values())[:2]:
        zero, a, b = (e.contest.median(name, quantity) for e in (start, small, large))
        known = start is not small and a > zero
        found.append(f"× {(b - zero) / (a - zero):.1f}" if known else "")
    return found


def startup_lines(entries: list[Entry]) -> list[str]:
    """Return the table of start-up times against the imports that nobody can avoid."""
    rows = []
    for entry in entries:
        ours, imports = entry.contest.runs
        q = QUANTITIES["wall s"]
        ratios = (entry.contest.ratio(ours, imports, QUANTITIES[n]) for n in ("wall s", "CPU s"))
        data = f"{entry.tickets:,}, {entry.form}" if entry.name == "csat" else ""
        cells = (_cell(entry.contest, side, q) for side in (ours, imports))
        rows.append([ours, data, imports, *cells, *(_ratio(r) for r in ratios)])
    header = ["command", "tickets", "against", "wall s", "wall s of that", "times: wall", "CPU"]
    return _table(header, rows)


def analyses_lines(entries: list[Entry]) -> list[str]:
    """Return the table of the report against the same measures without a word about them."""
    rows = [
        [
            f"{entry.tickets:,}",
            *(_cell(entry.contest, side, QUANTITIES["wall s"]) for side in (WITH, WITHOUT)),
            *(_ratio(entry.contest.ratio(WITH, WITHOUT, q)) for q in QUANTITIES.values()),
        ]
        for entry in entries
    ]
    return _table(
        ["tickets", "report, wall s", "measures, wall s", "times: wall", "CPU", "memory"], rows
    )


def steps_lines(entries: list[Entry]) -> list[str]:
    """Return the table of the steps of a report; those of the largest file decide the order."""
    largest = entries[-1].contest
    order = [START, *STEPS, REST]
    names = [name for name in order if name in largest.runs]
    quantities = [QUANTITIES[name] for name in ("CPU s", "wall s")]
    rows = []
    for name in names:
        row = [name]
        for entry in entries:
            known = name in entry.contest.runs
            row += [_short(entry.contest.median(name, q)) if known else "" for q in quantities]
        share = largest.median(name, quantities[0]) / _sum(largest, quantities[0])
        rows.append([*row, f"{share:.0%}"])
    total = [_short(_sum(entry.contest, q)) for entry in entries for q in quantities]
    rows.append(["together", *total, ""])
    columns = [f"{e.tickets:,}: {word}" for e in entries for word in ("CPU s", "wall s")]
    return _table(["step", *columns, "of the CPU"], rows)


def _sum(contest: Contest, quantity: Quantity) -> float:
    return sum(contest.median(name, quantity) for name in contest.runs)


def acting_lines(entries: list[Entry]) -> list[str]:
    """Return the table of the commands that say what to do next, each beside the report."""
    rows = [
        [
            entry.name,
            *(_cell(entry.contest, "it", q) for q in QUANTITIES.values()),
            *(_ratio(entry.contest.ratio("it", OURS, q)) for q in QUANTITIES.values()),
        ]
        for entry in entries
    ]
    return _table(["command", *QUANTITIES, "times report: wall", "CPU", "memory"], rows)


def page_lines(entries: list[Entry]) -> list[str]:
    """Return the table of the formats that people look at, each beside the report as JSON."""
    rows = []
    for entry in entries:
        cells = [_cell(entry.contest, "it", q) for q in QUANTITIES.values()]
        for quantity in QUANTITIES.values():
            middle, low, high = (_short(x) for x in adds(entry.contest, quantity))
            cells.append(f"{middle} ({low} to {high})")
        ratio = entry.contest.ratio("it", OURS, QUANTITIES["wall s"])
        rows.append([entry.name, *cells, _ratio(ratio)])
    more = [f"adds: {name}" for name in QUANTITIES]
    return _table(["format", *QUANTITIES, *more, "times JSON: wall"], rows)


def document(ledger: Ledger) -> str:
    """Return what `make bench` knows, as it stands between the marks of RESULTS.md."""
    report, extra, startup = (ledger.of(s) for s in ("report", "analyses", "startup"))
    sections = [machine(ledger.days)]
    sections[0] = [f"- {line}" for line in sections[0]]
    if report:
        text = [
            "Median (smallest-largest) of whole processes in turn, after one round that fills the",
            "caches; ratios are medians (ends) of the pairwise ratios, below 1 where csatkit takes",
            "less. Before anything is timed, everybody must give every count of the report. `scan`",
            "only reads the columns needed. What takes more than a minute is measured once.",
        ]
        sections += [["## The report", "", *text, "", *contest_lines(report)]]
        sections += [["## Growth", "", *growth_lines(report)]]
    if extra:
        said = "The whole report beside its metrics over the same cuts and periods alone (Parquet)."
        sections += [["## What the analyses add", "", said, "", *analyses_lines(extra)]]
    if steps := [e for e in ledger.of("steps") if e.tickets >= LARGE]:
        said = (
            "Steps of `report` on Parquet in one process, each without those inside it (medians)."
        )
        sections += [["## Where the time goes", "", said, "", *steps_lines(steps)]]
    if startup:
        sections += [["## Start-up", "", *startup_lines(startup)]]
    if acts := ledger.of("acting"):
        said = (
            f"{acts[0].tickets:,} tickets (Parquet), each command in turn with `report --format "
            f"json`; at most {MOST:g} times is promised. Lists are written whole."
        )
        sections += [["## Acting", "", said, "", *acting_lines(acts)]]
    if pages := ledger.of("page"):
        most = f"{MOST_SECONDS:g} s and {MOST_BYTES / 1e6:g} MB"
        promise = [
            f"{pages[0].tickets:,} tickets (Parquet), each format in turn with `report --format",
            "json`; what it adds is the median (ends) of the differences within the pairs. At most",
            f"{most} are promised for HTML of the same sections; what people",
            "read has five more that say why, and they take the rest.",
        ]
        sections += [["## Page", "", *promise, "", *page_lines(pages)]]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def written(text: str, path: Path) -> None:
    """Put the tables between the marks of a file; what stands around them stays."""
    before, after = "# Benchmark results\n\n", ""
    if path.exists():
        found = path.read_text(encoding="utf-8")
        if BEGIN in found and END in found:
            before = found[: found.index(BEGIN)]
            after = found[found.index(END, found.index(BEGIN)) + len(END) :]
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after or chr(10)}", encoding="utf-8")
