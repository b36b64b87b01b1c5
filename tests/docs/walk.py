"""Does what a guide says: types its commands in their order and compares what it shows.

A guide is a page of Markdown. Its `console` blocks hold lines after `$` that are typed, and below
them what comes back. `[…]` stands for what was left out: alone on a line for any number of lines,
within a line for any text. A command without anything below it may print whatever it likes.
`$ echo $?` shows the exit code of the command above it; a command without it must succeed. A block
with a title is a file: it is written, or added to where the file exists; with the title
`NAME, filled in` its lines take the place of those with the same key.

Commands run in this process; the shell is understood as far as guides need it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

__all__ = ["DISORDER", "ELISION", "Block", "Step", "blocks", "difference", "steps", "walk"]

ELISION = "[…]"

DISORDER = "nothing, but lines stand between those that are shown, or in another order"

_MOST = 60
"""Lines of an output that a failure repeats."""

_BLOCK = re.compile(
    r'^```(?P<language>[a-z]*)(?: title="(?P<title>[^"]+)")?[^\n]*\n(?P<text>.*?)^```$',
    re.DOTALL | re.MULTILINE,
)

Run = Callable[[list[str]], tuple[int, str]]
"""Takes what is typed after `csatkit`; returns the exit code and what is on the screen."""


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    title: str
    text: str
    line: int


@dataclass(frozen=True)
class Step:
    """A command and what a page shows below it."""

    command: str
    shown: tuple[str, ...]
    line: int


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page with the lines on which they begin."""
    for found in _BLOCK.finditer(page):
        line = page.count("\n", 0, found.start()) + 1
        yield Block(found["language"], found["title"] or "", found["text"], line)


def steps(block: Block) -> list[Step]:
    """Return the commands of a console block.

    Raises:
        ValueError: something is shown before anything was typed.
    """
    found: list[Step] = []
    for number, text in enumerate(block.text.splitlines(), block.line + 1):
        if text.startswith("$ "):
            found.append(Step(text[2:], (), number))
        elif found and found[-1].command.endswith("\\"):
            last = found.pop()
            found.append(Step(last.command[:-1] + text.strip(), (), last.line))
        elif found:
            last = found.pop()
            found.append(Step(last.command, (*last.shown, text), last.line))
        else:
            raise ValueError(f"line {number} shows something before a command: {text!r}")
    return found


def difference(shown: tuple[str, ...], given: str) -> str | None:
    """Return what a page shows and a command didn't print, or None where they agree.

    Blanks at the ends of lines and empty lines at the ends of the output don't count.
    """
    wanted = [line.rstrip() for line in "\n".join(shown).strip("\n").split("\n")]
    printed = [line.rstrip() for line in given.strip("\n").split("\n")]
    groups = _groups(wanted)
    at = 0
    for number, group in enumerate(groups):
        last = len(printed) - len(group)
        # Only where lines were left out may a group stand later; the last one ends the output.
        starts = range(at, last + 1) if number else range(1)
        if number == len(groups) - 1:
            starts = range(max(last, 0), last + 1) if number else range(last == 0)
        found = next((n for n in starts if n >= at and _stands(group, printed[n:])), None)
        if found is None:
            return next((w for w in group if not any(_same(w, p) for p in printed[at:])), DISORDER)
        at = found + len(group)
    return None


def _groups(wanted: list[str]) -> list[list[str]]:
    """Return the lines between those that stand for others; the first or last may be none."""
    groups: list[list[str]] = [[]]
    for line in wanted:
        if line == ELISION:
            groups.append([])
        else:
            groups[-1].append(line)
    return groups


def _stands(group: list[str], printed: list[str]) -> bool:
    return all(map(_same, group, printed)) and len(group) <= len(printed)


def _same(wanted: str, printed: str) -> bool:
    pattern = ".*?".join(re.escape(part) for part in wanted.split(ELISION))
    return re.fullmatch(pattern, printed) is not None


def walk(page: str, folder: Path, run: Run, chdir: Callable[[Path], None]) -> int:
    """Do what a page says and return how many commands that were.

    Args:
        page: Markdown.
        folder: where the reader begins.
        run: types a command of csatkit.
        chdir: changes the folder.

    Raises:
        AssertionError: a command fails, or prints something else than the page shows.
    """
    here = folder
    chdir(here)
    done = 0
    for block in blocks(page):
        if block.title and block.language != "console":
            _save(here, block)
        if block.language != "console":
            continue
        typed = steps(block)
        code = 0
        for number, step in enumerate(typed):
            following = typed[number + 1].command if number + 1 < len(typed) else ""
            if step.command == "echo $?":
                assert step.shown == (str(code),), f"line {step.line}: exit code {code}"
                continue
            words = shlex.split(step.command, comments=True)
            done += 1
            if words[0] == "cd":
                here /= words[1]
                chdir(here)
                continue
            assert words[0] == "csatkit", f"line {step.line}: only csatkit can be typed here"
            code, printed = run(words[1:])
            where = f"line {step.line}: {step.command}"
            if following != "echo $?":
                assert code == 0, f"{where}\nexit code {code}\n{printed}"
            if step.shown:
                missing = difference(step.shown, printed)
                assert missing is None, (
                    f"{where}\nnot printed: {missing}\n{_told(missing, printed)}"
                )
    return done


def _told(missing: str, printed: str) -> str:
    """Return the line that is likest to what is missing, and the beginning of the output."""
    near = get_close_matches(missing, printed.splitlines(), n=1, cutoff=0.3)
    return "\n".join([f"nearest: {near[0] if near else 'none'}", *printed.splitlines()[:_MOST]])


def _save(folder: Path, block: Block) -> None:
    """Write a titled block into its file, as its reader would."""
    name, _, how = block.title.partition(", ")
    path = folder / name
    before = path.read_text("utf-8") if path.exists() else ""
    if how != "filled in":
        path.write_text(f"{before}\n{block.text}" if before else block.text, encoding="utf-8")
        return
    lines = before.splitlines()
    for wanted in (line for line in block.text.splitlines() if " = " in line):
        key = wanted.partition(" = ")[0]
        places = [n for n, old in enumerate(lines) if re.match(rf"(?:# )?{re.escape(key)} = ", old)]
        assert len(places) == 1, f"line {block.line}: {len(places)} lines for {key} in {name}"
        lines[places[0]] = wanted
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
