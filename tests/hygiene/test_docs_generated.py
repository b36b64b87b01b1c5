"""The generated parts of the documentation are what the program says today."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from csatkit.notes import DROPPED_REASONS, EXCLUDED_REASONS, EXTRA_FIELDS, NOTE_CODES
from csatkit.schemas import load_schema
from tests.hygiene._tree import ROOT, shown
from tests.pages import script

if TYPE_CHECKING:
    from pathlib import Path

GENERATOR = ROOT / "docs" / "generate.py"
JSON_PAGE = ROOT / "docs" / "json.md"


def _generator() -> Any:
    return script("generate")


def _marked() -> list[Path]:
    """Return the pages that have generated parts."""
    candidates = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [p for p in candidates if "<!-- generated:" in p.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", _marked(), ids=shown)
def test_a_page_is_up_to_date(page: Path) -> None:
    fresh = _generator().pages()[page]
    assert page.read_text(encoding="utf-8") == fresh, f"run: python {shown(GENERATOR)}"


def test_every_block_is_used_and_every_marker_closed() -> None:
    used: list[str] = []
    for page in _marked():
        text = page.read_text(encoding="utf-8")
        names = re.findall(r"<!-- generated: (\S+) -->", text)
        assert len(names) == text.count("<!-- end -->") == len(_generator().MARKED.findall(text))
        used += names
    assert sorted(used) == sorted(_generator().BLOCKS)


def test_a_stale_part_is_replaced_and_hand_written_text_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "README.md"
    marker = "<!-- generated: failure-reasons -->"
    page.write_text(f"before\n{marker}\nstale\n<!-- end -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(_generator(), "ROOT", tmp_path)
    _generator().main()
    written = page.read_text(encoding="utf-8")
    assert written.startswith(f"before\n{marker}\n\n`unresolved`, ")
    assert written.endswith("\n\n<!-- end -->\nafter\n")
    assert "stale" not in written


def _fields() -> set[str]:
    """Return the name of every field that the schema knows, at any depth."""
    found = set()

    def collect(node: object) -> None:
        if isinstance(node, dict):
            found.update(node.get("properties", {}))
            for child in node.values():
                collect(child)
        elif isinstance(node, list):
            for child in node:
                collect(child)

    collect(load_schema())
    return found


def test_every_field_and_code_of_the_json_is_described() -> None:
    text = JSON_PAGE.read_text(encoding="utf-8")
    codes = {*DROPPED_REASONS, *EXCLUDED_REASONS, *EXTRA_FIELDS, *NOTE_CODES}
    names = _fields() | codes
    assert {"metric", "dropped", "verdict"} <= names
    assert sorted(name for name in names if f"`{name}`" not in text) == []
