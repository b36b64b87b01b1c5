"""A weekly digest is read in five minutes: at most 1,000 words, whatever the data holds.

Lists are short from the start; this is for what they can't foresee, such as names of twenty words
and dozens of warnings. The least important goes first, and what went is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from csatkit.render import render
from csatkit.report import Note, Report, Section, Table

__all__ = ["MOST_WORDS", "within", "words_of"]

MOST_WORDS = 1_000
"""Words of a weekly digest (metrics.md §9)."""

LONGEST_LINE = 60
"""Words of a sentence that had to be shortened."""


def words_of(report: Report) -> int:
    """Return how many words a reader of the Markdown finds; signs alone are none."""
    text = str(render(report, "markdown"))
    return sum(any(c.isalnum() for c in word) for word in text.split())


def within(report: Report, most: int = MOST_WORDS) -> Report:
    """Return the report with no more words than that, cut as little as it takes."""
    for cut in _CUTS:
        if words_of(report) <= most:
            break
        report = cut(report)
    return report


def _without_infos(report: Report) -> Report:
    return replace(report, notes=tuple(n for n in report.notes if n.level != "info"))


def _fewer(key: str, lines: int) -> Callable[[Report], Report]:
    """Return what leaves so many lines and rows to a section."""

    def cut(report: Report) -> Report:
        return _with_sections(
            report,
            lambda s: (
                replace(
                    s,
                    text=s.text[:lines],
                    tables=tuple(replace(t, rows=tuple(t.rows[:lines])) for t in s.tables),
                )
                if s.key == key
                else s
            ),
        )

    return cut


def _short_lines(report: Report) -> Report:
    def cut(section: Section) -> Section:
        return replace(
            section,
            text=tuple(map(_line, section.text)),
            tables=tuple(map(_table, section.tables)),
        )

    notes = tuple(Note(n.level, n.code, _line(n.text)) for n in report.notes)
    return replace(_with_sections(report, cut), notes=notes)


def _line(text: str) -> str:
    words = text.split()
    return text if len(words) <= LONGEST_LINE else " ".join(words[:LONGEST_LINE]) + " …"


def _table(table: Table) -> Table:
    rows = tuple(
        {name: _line(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        for row in table.rows
    )
    return replace(table, rows=rows)


def _few_notes(report: Report) -> Report:
    if len(report.notes) <= MOST_NOTES:
        return report
    more = len(report.notes) - MOST_NOTES
    last = report.notes[MOST_NOTES - 1]
    said = Note(last.level, last.code, f"{last.text} (and {more} more, see csatkit inspect)")
    return replace(report, notes=(*report.notes[: MOST_NOTES - 1], said))


MOST_NOTES = 5
"""Warnings that are kept where all of them would crowd the digest out."""


def _with_sections(report: Report, cut: Callable[[Section], Section]) -> Report:
    return replace(report, sections=tuple(map(cut, report.sections)))


_CUTS: Sequence[Callable[[Report], Report]] = (
    _without_infos,
    _short_lines,
    _few_notes,
    _fewer("bright_spots", 4),
    _fewer("comments", 3),
    _fewer("signals", 3),
    _fewer("low_scores", 3),
    _fewer("headline", 4),
    _fewer("next", 2),
    _fewer("bright_spots", 1),
    _fewer("comments", 0),
)
"""What is cut, in this order, until the rest fits."""
