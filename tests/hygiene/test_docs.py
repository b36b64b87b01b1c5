"""The documentation knows everything that exists, nothing that doesn't, and its examples run.

Blocks marked `sh` run in an empty folder, all of a page in one shell; `sh files` in a folder with
the sample's files; `python` blocks are doctests there. Blocks with another mark are only read here.
"""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csatkit.cli.app import run
from csatkit.cli.options import SHARED
from csatkit.cli.registry import names
from csatkit.demo.write import write
from csatkit.metrics import CATALOG
from tests.hygiene._tree import ROOT, project_files, shown

if TYPE_CHECKING:
    from csatkit.cli.command import Command

README = ROOT / "README.md"
# What the first page and the guides show is run by tests/docs/test_guides.py.
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))

# Where a reader looks each of them up.
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
METRICS_PAGE = ROOT / "docs" / "metrics.md"
PYTHON_PAGE = ROOT / "docs" / "python.md"

SAMPLE = 8_000
"""Tickets of the sample that pages quote numbers of."""


@cache
def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _blocks(page: Path, mark: str) -> list[str]:
    """Return the content of a page's blocks with exactly this mark."""
    return re.findall(rf"^```{mark}\n(.*?)^```", _text(page), re.DOTALL | re.MULTILINE)


def _pages_with(mark: str) -> list[Path]:
    return [page for page in PAGES if _blocks(page, mark)]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as `csatkit demo` fills it; tests work on copies."""
    folder = tmp_path_factory.mktemp("docs") / "sample"
    write(folder, tickets=SAMPLE)
    return folder


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


@pytest.mark.parametrize("mark", ["sh", "sh files", "console"])
def test_every_command_in_the_documentation_exists(mark: str) -> None:
    blocks = "".join(block for page in PAGES for block in _blocks(page, mark))
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


def test_anchors_exist() -> None:
    pages = [p for p in project_files() if p.suffix == ".md"]
    assert [f"{shown(p)}: {link}" for p in pages for link in _broken_anchors(p)] == []


def test_decisions_that_the_source_names_exist() -> None:
    named = {
        anchor
        for path in project_files()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "src")
        for anchor in re.findall(r"decisions\.md#([\w-]+)", path.read_text(encoding="utf-8"))
    }
    assert "backlog" in named
    assert named <= _anchors(ROOT / "docs" / "decisions.md")


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, spelt as repository hosts spell them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _broken_anchors(page: Path) -> list[str]:
    found = re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", page.read_text(encoding="utf-8"))
    targets = [(page.parent / name if name else page, anchor) for name, anchor in found]
    return [f"{t.name}#{a}" for t, a in targets if t.suffix == ".md" and a not in _anchors(t)]


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


def _shell(blocks: list[str], cwd: Path, tools: Path) -> subprocess.CompletedProcess[str]:
    """Run blocks in one shell, as a reader would type them, with `csatkit` on the path."""
    tools.mkdir()
    script = tools / "csatkit"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m csatkit "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", "-e"],
        input=f'PATH="{tools}:$PATH"\n' + "".join(blocks),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.parametrize("page", _pages_with("sh"), ids=shown)
def test_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    done = _shell(_blocks(page, "sh"), tmp_path, tmp_path / "bin")
    assert done.returncode == 0, done.stderr[-2000:]
    if page == README:
        assert (tmp_path / "sample" / "enriched.parquet").stat().st_size > 0


@pytest.mark.slow
@pytest.mark.parametrize("page", _pages_with("sh files"), ids=shown)
def test_a_page_runs_on_the_sample_s_files(
    page: Path, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    here = shutil.copytree(sample, tmp_path / "sample")
    done = _shell(_blocks(page, "sh files"), here, tmp_path / "bin")
    assert done.returncode == 0, done.stderr[-2000:]


def test_python_examples_give_what_they_show(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shutil.copytree(sample, tmp_path / "sample"))
    source = "\n".join(_blocks(PYTHON_PAGE, "python"))
    test = doctest.DocTestParser().get_doctest(source, {}, PYTHON_PAGE.name, None, 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(test, out=said.append)
    assert len(test.examples) > 10
    assert result.failed == 0, "".join(said)


@pytest.fixture
def exports(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the files, headers and values that the help pages speak of."""
    folder = tmp_path / "exports"
    folder.mkdir()
    words = {
        "00000234": "10234",
        "North": "Billing",
        "customer_id,agent,": "customer_id,Assignee name,",
    }
    for name in ("tickets.csv", "surveys.csv", "outreach.csv"):
        text = (sample / name).read_text(encoding="utf-8")
        for old, new in words.items():
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    shutil.copy(folder / "tickets.csv", folder / "tickets-1.csv")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("name", names())
def test_the_examples_of_a_help_page_run(
    name: str, exports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command: Command = import_module(f"csatkit.cli.{name}").COMMAND
    assert command.examples
    for line in command.examples:
        # A smaller sample has the same columns; redirections are the shell's business.
        typed = shlex.split(line.replace("1000000", "1000").partition(">")[0])
        assert typed[:2] == ["csatkit", name]
        code = run(typed[1:])
        assert (line, code, capsys.readouterr().err.count("error:")) == (line, 0, 0)
