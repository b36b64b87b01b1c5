"""The project's own files, as the hygiene tests see them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "csatkit"

_SKIPPED_FOLDERS = {".git", ".venv", "build", "dist", "__pycache__"}


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file that belongs to the project, ignored ones left out."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
    try:
        names = subprocess.run(
            [*listing, "--exclude-standard"], capture_output=True, check=True, text=True
        ).stdout.split("\0")
        paths = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive has no git
        paths = [p for p in ROOT.rglob("*") if _SKIPPED_FOLDERS.isdisjoint(p.parts)]
    return tuple(sorted(p for p in paths if p.is_file()))


def text_files() -> list[tuple[Path, str]]:
    """Return (path, text) of every project file that is text."""
    found = []
    for path in project_files():
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found.append((path, data.decode("utf-8", errors="replace")))
    return found


def modules(folder: Path) -> list[Path]:
    """Return the Python files of the project below a folder."""
    return [p for p in project_files() if p.suffix == ".py" and p.is_relative_to(folder)]


@cache
def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """Return a path as a reader of the test's message wants it."""
    return path.relative_to(ROOT).as_posix()
