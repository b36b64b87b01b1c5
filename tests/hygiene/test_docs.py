"""The documentation knows everything that exists, and nothing that doesn't."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from csatkit.cli.options import SHARED
from csatkit.cli.registry import names
from csatkit.metrics import CATALOG
from tests.hygiene._tree import ROOT, project_files, shown

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"

# Where a reader looks each of them up.
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
METRICS_PAGE = ROOT / "docs" / "metrics.md"


@cache
def _text(page: Path) -> str:
    """Return a page's text; a page that isn't there yet skips the test, which CI reports."""
    if not page.exists():
        pytest.skip(f"{shown(page)} isn't written yet")
    return page.read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", _text(README), re.DOTALL)


def test_every_command_is_documented() -> None:
    missing = [n for n in names() if not re.search(rf"csatkit {n}\b", _text(COMMANDS_PAGE))]
    assert missing == []


def test_every_option_is_documented() -> None:
    flags = [flag for option in SHARED for flag in option.flags if flag.startswith("--")]
    assert flags
    page = _text(COMMANDS_PAGE)
    assert [f for f in flags if not re.search(rf"{re.escape(f)}(?![\w-])", page)] == []


def test_every_metric_is_documented() -> None:
    assert [m for m in CATALOG if f"`{m}`" not in _text(METRICS_PAGE)] == []


def test_every_command_in_the_readme_exists() -> None:
    blocks = "".join(_blocks("sh"))
    written = set(re.findall(r"^csatkit ([a-z]+)", blocks, re.MULTILINE))
    assert written
    assert written <= set(names())


def test_links_lead_somewhere() -> None:
    pages = [p for p in project_files() if p.suffix == ".md"]
    assert README in pages
    assert [f"{shown(p)}: {link}" for p in pages for link in _broken_links(p)] == []


def _broken_links(page: Path) -> list[str]:
    """Return the page's links to files that don't exist; code is no link."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [link for link in links if "://" not in link and not (page.parent / link).exists()]


def test_make_targets_in_the_documentation_exist() -> None:
    targets = re.findall(
        r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    written = {
        target
        for page in ("README.md", "CONTRIBUTING.md")
        for target in re.findall(
            r"^(?:\| `)?make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert {"demo", "test"} <= written
    assert written <= set(targets)


def test_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every `sh` block of the README in one shell, as a reader would type it."""
    blocks = _blocks("sh")
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "csatkit"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m csatkit "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    done = subprocess.run(
        ["/bin/sh", "-e"],
        input=f'PATH="{folder}:$PATH"\n' + "".join(blocks),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert blocks
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "sample" / "enriched.parquet").stat().st_size > 0
