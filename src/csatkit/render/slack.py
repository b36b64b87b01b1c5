"""The report as a message for Slack: Block Kit JSON, in which data is always text.

Whatever a ticket holds, it can't mention anybody, become a link or an emoji, or leave its code
block. What a message can't hold is counted at its end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from csatkit.render.blocks import Bars, Block, Grid, Heading, Lines, NoteLine, Ranges
from csatkit.render.document import measures_of
from csatkit.render.layout import layout
from csatkit.render.narrow import chart_lines, grid_lines
from csatkit.render.text import one_line
from csatkit.render.values import number, summary
from csatkit.render.verdicts import cases, counts

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["escape", "render"]

MOST_BLOCKS = 50
"""Blocks that Slack takes in one message; one more and it refuses all of them."""

LONGEST_HEADER = 150
LONGEST_TEXT = 3000
"""Characters that Slack takes in a header and in any other text, escapes included."""

LONGEST_FALLBACK = 1000
"""Characters of the text for notifications, which show a line or two."""

WIDTH = 64
"""Columns of a table in a code block: what a phone held sideways and a narrow window show."""

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

# Slack has no escape for what formats text. These look alike and mean nothing.
_LOOKALIKES = str.maketrans(
    {
        "*": "\N{ASTERISK OPERATOR}",
        "_": "\N{MODIFIER LETTER LOW MACRON}",
        "~": "\N{TILDE OPERATOR}",
        "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
        ":": "\N{RATIO}",
        "@": "\N{FULLWIDTH COMMERCIAL AT}",
        "#": "\N{FULLWIDTH NUMBER SIGN}",
    }
)
_TICKS = str.maketrans({"`": "\N{MODIFIER LETTER GRAVE ACCENT}"})


class _Part(NamedTuple):
    """One block of the message; notes are kept before anything else."""

    block: dict[str, Any]
    is_note: bool = False


def render(report: Report, view: View) -> str:  # noqa: ARG001 - the reader's window isn't known
    """Return the message as JSON with one newline at the end."""
    parts = list(_parts(layout(report)))
    found = {"text": _fallback(report), "blocks": _fitting(parts)}
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def escape(text: str) -> str:
    """Return text in one line that Slack shows as it looks.

    >>> escape("<!channel> & co")
    '&lt;!channel&gt; &amp; co'
    """
    return one_line(text).translate(_ENTITIES)


def _fitting(parts: list[_Part]) -> list[dict[str, Any]]:
    """Return the blocks that fit: the notes, and what else comes first, in its order."""
    if len(parts) <= MOST_BLOCKS:
        return [p.block for p in parts]
    room = MOST_BLOCKS - 1
    order = sorted(range(len(parts)), key=lambda i: not parts[i].is_note)
    kept = sorted(order[:room])
    left = number(len(parts) - room)
    text = f"{left} of {number(len(parts))} parts of this report don't fit into one message."
    return [*(parts[i].block for i in kept), _context(text)]


def _fallback(report: Report) -> str:
    """Return what a notification shows: the title, and the verdicts or the first measures."""
    if report.targets:
        texts = [counts(cases(report))]
    else:
        overall = [m for m in measures_of(report) if not m.segment]
        texts = list(dict.fromkeys(f"{m.label} {summary(m)}" for m in overall))[:3]
    title = report.title or f"csatkit {report.command}"
    return _quiet("; ".join([title, *texts]), LONGEST_FALLBACK)


# -- blocks --------------------------------------------------------------------------------------


def _parts(blocks: Iterable[Block]) -> Iterator[_Part]:
    notes: list[str] = []
    for block in blocks:
        if isinstance(block, NoteLine):
            notes.append(f"{block.level}: {block.text}")
            continue
        for text in _packed(notes):
            yield _Part(_plain(text), is_note=True)
        notes = []
        for one in _block(block):
            yield _Part(one)
    for text in _packed(notes):
        yield _Part(_plain(text), is_note=True)


def _block(block: Heading | Lines | Grid | Bars | Ranges) -> Iterator[dict[str, Any]]:
    match block:
        case Heading(depth=1):
            text = _cut(block.text, LONGEST_HEADER) or "csatkit"
            yield {"type": "header", "text": _plain_text(text)}
        case Heading():
            # Between the asterisks something has to stand, or they are shown.
            text = _quiet(block.text, LONGEST_TEXT - 2).strip()
            if text:
                yield _mrkdwn(f"*{text}*")
        case Lines():
            make = _context if block.tone == "aside" else _plain
            for text in _packed(block.lines):
                yield make(text)
        case Grid():
            heading, *rows = grid_lines(block, WIDTH)
            yield from _code(heading, rows)
        case Bars() | Ranges():
            yield from _code([], [[line] for line in chart_lines(block)])


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """Yield texts of as many lines as fit into one block; a longer line ends in …."""
    text = ""
    for line in lines:
        shown = _cut(line, LONGEST_TEXT)
        if text and len(text) + 1 + len(shown) > LONGEST_TEXT:
            yield text
            text = ""
        text = f"{text}\n{shown}" if text else shown
    if text.strip():
        yield text


def _code(heading: list[str], rows: list[list[str]]) -> Iterator[dict[str, Any]]:
    """Yield code blocks of whole rows, each below the headings; only a giant row is torn."""
    head = [_code_line(line) for line in heading]
    if _size(head) > LONGEST_TEXT // 2:
        # Headings that leave no room for rows stand once.
        head, rows = [], [heading, *rows]
    room = LONGEST_TEXT - _size(["```", *head, "```"])
    block: list[str] = []
    for row in rows:
        lines = [_code_line(line) for line in row]
        for whole in [lines] if _size(lines) <= room else [[line] for line in lines]:
            if block and _size([*block, *whole]) > room:
                yield _code_block([*head, *block])
                block = []
            block += whole
    if head or block:
        yield _code_block([*head, *block])


def _size(lines: list[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _code_block(lines: list[str]) -> dict[str, Any]:
    text = "\n".join(lines).strip("\n")
    return _mrkdwn(f"```\n{text}\n```")


def _code_line(text: str) -> str:
    return text.translate(_TICKS).translate(_ENTITIES)


# -- text ----------------------------------------------------------------------------------------


def _plain(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain_text(text)}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_plain_text(text)]}


def _plain_text(text: str) -> dict[str, Any]:
    """Return a text that Slack doesn't format; `:tada:` stays as it is, too."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _mrkdwn(text: str) -> dict[str, Any]:
    """Return a formatted text, in which Slack seeks no links and names of its own."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _quiet(text: str, most: int) -> str:
    """Return text that no formatting, emoji or link can begin in."""
    return _cut(text.translate(_LOOKALIKES), most)


def _cut(text: str, most: int) -> str:
    """Return text escaped and in at most `most` characters, ending in … where it was cut."""
    shown = escape(text[: most + 1])
    if len(shown) <= most and len(text) <= most:
        return shown
    kept, room = [], most - 1
    for c in one_line(text[:most]):
        one = c.translate(_ENTITIES)
        room -= len(one)
        if room < 0:
            break
        kept.append(one)
    return "".join(kept) + "…"
