"""Every command of the first page and of the guides runs, and prints what is shown there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from csatkit.cli import app, streams
from tests.docs.odd_export import write_odd_export
from tests.docs.walk import blocks, walk

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FIRST = DOCS / "index.md"
GUIDES = sorted((DOCS / "guides").glob("*.md"))

TYPED = {"console", "sh", "bash", "shell"}


class Terminal:
    """Types commands in this process."""

    def __init__(self, capture: pytest.CaptureFixture[bytes], patch: pytest.MonkeyPatch) -> None:
        self._capture = capture
        self._patch = patch

    def run(self, words: list[str]) -> tuple[int, str]:
        code = app.run(words)
        streams.close()
        out, err = self._capture.readouterr()
        return int(code), out.decode() + err.decode()

    def follow(self, page: Path, folder: Path) -> int:
        return walk(page.read_text("utf-8"), folder, self.run, self._patch.chdir)


@pytest.fixture
def terminal(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    (tmp_path / ".git").mkdir()  # the search for a configuration ends here
    return Terminal(capfdbinary, monkeypatch)


@pytest.mark.parametrize("page", GUIDES, ids=lambda p: p.stem)
def test_a_guide_does_what_it_says(page: Path, terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.follow(page, tmp_path)
    assert done > 5 or page.stem == "README"


def test_the_first_page_leads_to_a_report_of_an_export_that_no_preset_knows(
    terminal: Terminal, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write_odd_export(tmp_path, tmp_path_factory.mktemp("sample"))
    assert terminal.follow(FIRST, tmp_path) > 5
    page = (tmp_path / "report.html").read_text("utf-8")
    # What the desk's own words and scores became.
    assert "Rückerstattung" in page
    assert "0-10" in page


def test_the_first_page_shows_the_export_that_it_is_tried_on(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write_odd_export(tmp_path, tmp_path_factory.mktemp("sample"))
    shown = [b for b in blocks(FIRST.read_text("utf-8")) if b.language == "text" and ";" in b.text]
    assert len(shown) == 2
    for block, name in zip(shown, ("vorgaenge.csv", "umfrage.csv"), strict=True):
        assert (tmp_path / name).read_text("latin-1").startswith(block.text)


@pytest.mark.parametrize("page", [FIRST, *GUIDES], ids=lambda p: p.stem)
def test_no_command_escapes_the_walk(page: Path) -> None:
    for block in blocks(page.read_text("utf-8")):
        assert block.language, f"line {block.line}: say what the block is"
        assert block.language not in TYPED - {"console"}, f"line {block.line}"
        if block.language != "console":
            typed = re.findall(r"^(?:\$ )?csatkit .*", block.text, re.MULTILINE)
            assert typed == [], f"line {block.line}"


def test_the_guides_are_all_introduced() -> None:
    index = (DOCS / "guides" / "README.md").read_text("utf-8")
    names = {p.name for p in GUIDES} - {"README.md"}
    assert names <= set(re.findall(r"\]\(([\w.-]+)\)", index))


def test_the_crontab_of_the_guide_is_the_one_to_copy() -> None:
    crontab = (ROOT / "examples" / "cron" / "crontab").read_text("utf-8").splitlines()
    page = (DOCS / "guides" / "cron.md").read_text("utf-8")
    shown = [b.text.splitlines() for b in blocks(page) if "csat-mail.sh" in b.text]
    assert len(shown) == 1
    jobs = [line for line in shown[0] if not line.startswith("#")]
    assert len(jobs) == 3
    assert set(jobs) <= set(crontab)
