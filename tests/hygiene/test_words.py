"""The tree carries no unfinished business and no trace of the machine that it was written on."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.hygiene._tree import ROOT, shown, text_files

# Written in two halves, so that this file passes its own test.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
FOREIGN_HOMES = re.compile(r"(?<![\w.])/(?:ho" + r"me|Us" + r"ers)/\w|\b[A-Z]:\\Us" + r"ers\\")

# Folders that exist everywhere and say nothing about a machine.
_EVERYWHERE = {Path("/"), Path("/tmp"), Path("/usr"), Path("/usr/local")}


def _here() -> re.Pattern[str]:
    """Return a pattern for the folders of this clone, its parent and the user's home."""
    folders = {ROOT, ROOT.parent, Path.home(), Path(sys.prefix)} - _EVERYWHERE
    texts = sorted((re.escape(str(f)) for f in folders), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(texts)})(?![\w-])")


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{number} {line.strip()[:80]}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_to_do() -> None:
    assert _found(UNFINISHED) == []


def test_no_personal_folder_is_named() -> None:
    assert _found(FOREIGN_HOMES) == []


def test_no_folder_of_this_machine_is_named() -> None:
    assert _found(_here()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# TO" + "DO: later", True),
        ("a mastodon and its xxx", False),
        ("TO" + "DOS are fine", False),
    ],
)
def test_the_rule_for_unfinished_business(text: str, expected: bool) -> None:
    assert bool(UNFINISHED.search(text)) is expected


def test_the_rule_for_folders_of_this_machine() -> None:
    assert _here().search(f"see {ROOT}/README.md")
    assert not _here().search(f"see the {ROOT.name} folder")


def test_text_files_end_with_one_newline_and_no_trailing_blanks() -> None:
    kinds = {".md", ".py", ".toml", ".yml"}
    untidy = [
        shown(path)
        for path, text in text_files()
        if (path.suffix in kinds or path.name == "Makefile")
        and "golden" not in path.parts
        and text
        and (
            not text.endswith("\n")
            or text.endswith("\n\n")
            or any(line != line.rstrip() for line in text.splitlines())
        )
    ]
    assert untidy == []
