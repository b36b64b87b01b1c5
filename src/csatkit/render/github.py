"""Verdicts as annotations of a GitHub workflow, and as the Markdown of its summary page.

A workflow command is one line; whatever a target or a segment is called can't end it early or begin
another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from csatkit.render.blocks import Block, Heading, Lines, NoteLine
from csatkit.render.markdown import write
from csatkit.render.text import one_line
from csatkit.render.values import number
from csatkit.render.verdicts import WORDS, Case, cases, counts, target_grid, units_of
from csatkit.render.widths import shorten

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["render", "summary"]

MOST_ANNOTATIONS = 10
"""GitHub shows ten of a kind per step and drops the rest without a word."""

LONGEST_TITLE = 200
"""Characters of an annotation's title, which is one line of a narrow column."""

LONGEST_MESSAGE = 2000
"""Characters of an annotation's message; longer ones only hide the next."""

MOST_ROWS = 200
LONGEST_CELL = 200
MOST_NOTES = 20
LONGEST_NOTE = 2000
"""Rows and notes of the summary, and their characters: GitHub refuses a page above 1 MiB.

An escaped character takes five bytes, and three cells of a row hold names from the data.
"""


def render(report: Report, view: View) -> str:  # noqa: ARG001 - a log has no width
    """Return the workflow commands, one a line: failures, then warnings, then one notice.

    The notice counts the verdicts and what found no place among the annotations.
    """
    found = cases(report)
    commands = [_command(c) for c in _by_weight(found) if c.verdict != "pass" or c.is_warned]
    shown = commands[: MOST_ANNOTATIONS - 1]
    text = counts(found)
    if len(commands) > len(shown):
        text += f"; {number(len(commands) - len(shown))} more without an annotation"
    notice = f"::notice title={_property('csatkit check')}::{_message(text)}"
    return "\n".join([*shown, notice]) + "\n"


def summary(report: Report) -> str:
    """Return the Markdown for the page that `$GITHUB_STEP_SUMMARY` names: verdicts and notes."""
    return write(_summary(report))


def _summary(report: Report) -> Iterator[Block]:
    found = cases(report)
    yield Heading(_short(report.title or f"csatkit {report.command}"))
    yield Lines((counts(found).capitalize(),))
    if report.targets:
        grid = target_grid(_fitting(report, found), units_of(report))
        rows = tuple(tuple(_short(cell) for cell in row) for row in grid.rows)
        yield replace(grid, rows=rows)
    if len(found) > MOST_ROWS:
        left = number(len(found) - MOST_ROWS)
        yield Lines((f"{left} more verdicts are left out here, those that pass first.",))
    for note in report.notes[:MOST_NOTES]:
        yield NoteLine(note.level, _short(note.text, LONGEST_NOTE))
    if len(report.notes) > MOST_NOTES:
        yield Lines((f"{number(len(report.notes) - MOST_NOTES)} more notes are left out here.",))


def _fitting(report: Report, found: list[Case]) -> list[dict[str, object]]:
    """Return the targets that fit, as declared; what gives way passes."""
    order = sorted(range(len(found)), key=lambda i: _weight(found[i]))
    return [dict(report.targets[i]) for i in sorted(order[:MOST_ROWS])]


def _by_weight(found: list[Case]) -> list[Case]:
    """Return failures first; what weighs the same stays as declared."""
    return sorted(found, key=_weight)


def _weight(c: Case) -> int:
    """Return the place of a verdict: failed, open, warned, passed."""
    place = WORDS.index(c.verdict) if c.verdict in WORDS else len(WORDS)
    return place if c.verdict != "pass" or c.is_warned else len(WORDS)


def _command(c: Case) -> str:
    level = "error" if c.verdict == "fail" else "warning"
    word = "past the warn value" if c.is_warned else c.verdict
    text = "; ".join(t for t in (c.found, c.why) if t)
    return f"::{level} title={_property(f'{word}: {c.name}')}::{_message(text)}"


def _message(text: str) -> str:
    """Return text as the message of a command."""
    shown = shorten(one_line(text), LONGEST_MESSAGE, "…", len)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Return text as a property, which a colon or comma would end."""
    shown = _message(shorten(one_line(text), LONGEST_TITLE, "…", len))
    return shown.replace(":", "%3A").replace(",", "%2C")


def _short(text: str, most: int = LONGEST_CELL) -> str:
    return shorten(one_line(text), most, "…", len)
