"""Time the commands that say what to do next against the report on the same data.

A pair for each: the report, then the command, in turn, so that a slow minute hits both. Lists are
written whole, every row of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.contestants import OURS, csatkit
from benchmarks.ledger import Entry
from benchmarks.process import contest

__all__ = ["MOST", "TICKETS", "acting", "commands"]

TICKETS = 1_000_000
"""The size at which the promise holds."""

MOST = 1.5
"""Times the report that a command may take: who waits for the one waits for the other."""


def commands(paths: list[str], scratch: Path) -> dict[str, list[str]]:
    """Return what is timed, by the name under which it is shown.

    Args:
        paths: tickets and surveys; outreach lies beside them.
        scratch: takes the coaching packs.
    """
    outreach = ["--outreach", str(Path(paths[0]).with_stem("outreach"))]
    packs = str(scratch / "packs")
    asked = {
        "surveys": ["surveys", *paths],
        "surveys, JSON": ["surveys", *paths, "--format", "json"],
        "eligible": ["eligible", *paths],
        **{
            f"eligible, every row as {name}": ["eligible", *paths, "--format", name.lower()]
            for name in ("CSV", "Parquet", "JSON", "JSONL")
        },
        "queue": ["queue", *paths, *outreach],
        "queue, JSON lines": ["queue", *paths, *outreach, "--format", "jsonl"],
        "recovery": ["recovery", *paths, *outreach],
        "coach --all": ["coach", "--all", *paths, *outreach, "-o", packs],
        "fcr --deflection": ["fcr", *paths, "--deflection"],
        "goals": ["goals", *paths, "--min", "csat=80", "--max", "reopen_rate=15"],
    }
    return {name: [*csatkit(), *words] for name, words in asked.items()}


def acting(paths: list[str], tickets: int, repeats: int, scratch: Path) -> Iterator[Entry]:
    """Yield a contest of each command with the report."""
    report = [*csatkit(), "report", *paths, "--format", "json"]
    for name, command in commands(paths, scratch).items():
        sides = {OURS: report, "it": command}
        yield Entry("acting", tickets, "parquet", contest(sides, repeats, scratch), name=name)
