"""What a page costs is told as a difference, from processes that take part in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.contestants import OURS
from benchmarks.ledger import Entry, Ledger
from benchmarks.process import Contest, Run
from benchmarks.results import document
from csatkit.config import read, settings_from
from csatkit.settings import WHY_SECTIONS


def _contest(json: list[float], it: list[float]) -> Contest:
    runs = {OURS: json, "it": it}
    return Contest({n: [Run(w, 2 * w, int(1e9 * w)) for w in walls] for n, walls in runs.items()})


def test_a_slow_minute_hits_both_sides_of_a_difference() -> None:
    # The second pair ran on a machine four times as slow.
    found = page.adds(_contest([1.0, 4.0, 1.0], [3.0, 6.5, 2.9]), lambda run: run.wall)
    assert found == pytest.approx((2.0, 1.9, 2.5))


def test_less_is_less() -> None:
    found = page.adds(_contest([2.0, 2.0], [1.5, 1.0]), lambda run: run.rss)
    assert found == (-0.75e9, -1e9, -0.5e9)


def test_the_page_has_its_section_with_its_promise(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(Entry("page", 1_000_000, "parquet", _contest([2.0], [4.5]), name="HTML"))
    text = document(Ledger(tmp_path))
    assert "## Page" in text
    assert "1,000,000 tickets (Parquet)" in text
    assert "At most\n3 s and 300 MB are promised for HTML of the same sections" in text
    assert "| HTML" in text
    assert "2.50 (2.50 to 2.50) | 5.00 (5.00 to 5.00) | 2,500 (2,500 to 2,500)" in text


def test_a_page_without_reasons_leaves_out_every_one_of_them(tmp_path: Path) -> None:
    asked = page.commands(["t.parquet", "s.parquet"], tmp_path)
    *_, option, path = asked["HTML of the same sections"]
    settings = settings_from({}, {}, read(Path(path)))
    assert (option, settings.hide) == ("--config", WHY_SECTIONS)
