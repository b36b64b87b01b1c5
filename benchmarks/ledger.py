"""What was measured so far, so that one size can be measured again and the tables stay whole.

It lies beside the generated files and is no part of the repository; RESULTS.md is.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.process import Contest, Run

__all__ = ["Entry", "Ledger"]


@dataclass(frozen=True)
class Entry:
    """One contest: what it was about, its runs, and who sat out and why."""

    section: str
    tickets: int
    form: str
    contest: Contest
    skipped: dict[str, str] = field(default_factory=dict)
    name: str = ""
    """What is measured, where a section has several of one format and size."""
    day: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d}")

    @property
    def key(self) -> str:
        """Return what tells this contest from others."""
        return f"{self.section} {self.form} {self.tickets} {self.name}"


class Ledger:
    """The contests of a folder; a contest that is held again replaces its former self."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "measured.json"
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else "{}"
        self._entries = {key: _entry(found) for key, found in json.loads(text).items()}

    def add(self, entry: Entry) -> None:
        """Take a contest in, and write everything down at once: the next may take an hour."""
        self._entries[entry.key] = entry
        text = json.dumps({key: asdict(e) for key, e in self._entries.items()}, indent=1)
        self._path.write_text(text, encoding="utf-8")

    def of(self, section: str) -> list[Entry]:
        """Return the contests of a section by format and size."""
        found = [e for e in self._entries.values() if e.section == section]
        order = ["parquet", "csv", "messy"]
        return sorted(found, key=lambda e: (order.index(e.form), e.tickets))

    @property
    def days(self) -> list[str]:
        """Return the days on which something was measured."""
        return sorted({e.day for e in self._entries.values()})


def _entry(found: dict[str, object]) -> Entry:
    contest = found.pop("contest")
    assert isinstance(contest, dict)
    runs = {name: [Run(**run) for run in runs] for name, runs in contest["runs"].items()}
    return Entry(**found, contest=Contest(runs))  # type: ignore[arg-type]
