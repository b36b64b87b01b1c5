"""The doctor on every system's export: recognised, counted like every command, and sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

import csatkit
from csatkit.analyses.doctor import Opened, inspection
from csatkit.settings import Settings
from tests.unit.load.presets.cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.preset)
def test_an_export_is_inspected_as_it_is_read(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(case.text, encoding="utf-8")
    data = csatkit.load(path, **cast("Any", dict(case.settings)))
    report = inspection(Opened(data), Settings())
    (found,) = report.inputs
    assert (found.used, dict(found.dropped)) == (case.used, dict(case.dropped))
    assert found.rows == found.used + sum(found.dropped.values())
    reading = next(s for s in report.sections if s.key == "reading")
    assert f"preset {case.preset}" in reading.text[0]
    assert [n.code for n in report.notes if n.level == "error"] == []
