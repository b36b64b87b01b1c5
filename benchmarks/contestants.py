"""Who takes part: the command of each, and why somebody sits a size out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.process import ROOT

__all__ = ["LIMIT", "OURS", "RIVALS", "commands", "csatkit", "data", "module", "sits_out"]

OURS, LIMIT = "csatkit", "scan"

RIVALS = ("duckdb", "polars", "pandas")
"""Those that give the same counts."""

_PANDAS_BYTES = 1_600
"""Peak memory of pandas for each ticket and its surveys: measured 1.5 GB for a million."""

_SPARE = 0.7
"""Part of the machine's memory that a contestant may need: the rest holds the files."""


def csatkit() -> list[str]:
    """Return the command that runs csatkit: the script beside this interpreter."""
    script = Path(sys.executable).with_name("csatkit")
    if script.exists():
        return [str(script)]
    return [sys.executable, "-c", "from csatkit.cli.app import main; main()"]


def data(folder: Path, tickets: int, form: str) -> list[str]:
    """Make the files of one size and format where they are missing; return their two paths."""
    target = folder / f"{tickets}-{form}"
    command = [sys.executable, "-m", "benchmarks.data", str(target), str(tickets), form]
    subprocess.run(command, check=True, cwd=ROOT)
    suffix = "parquet" if form == "parquet" else "csv"
    return [str(target / f"{name}.{suffix}") for name in ("tickets", "surveys")]


def module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of this package."""
    return [sys.executable, "-m", f"benchmarks.{name}", *arguments]


def commands(paths: list[str]) -> dict[str, list[str]]:
    """Return the command of every contestant on two files."""
    return {
        OURS: [*csatkit(), "report", *paths, "--format", "json"],
        **{name: module(f"{name}_report", *paths) for name in RIVALS},
        LIMIT: module("scan", *paths),
    }


def sits_out(name: str, tickets: int) -> str | None:
    """Return why a contestant can't run on so many tickets, None if it can."""
    if name != "pandas":
        return None
    memory = memory_of_machine()
    need = _PANDAS_BYTES * tickets
    if memory is None or need <= _SPARE * memory:
        return None
    return f"not run: needs about {need / 1e9:.0f} GB of {memory / 1e9:.0f} GB"


def memory_of_machine() -> int | None:
    """Return the bytes of memory built in, None where the system doesn't tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows
        return None
