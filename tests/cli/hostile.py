"""Cells that would like to be more than text, and two exports that differ in them alone.

`plain` and `hostile` exports have the same rows; where one says `agent-07`, the other has one of
`TEXTS`. So every answer about one must equal the answer about the other, name for name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cli.exports import Row, survey_rows, ticket_rows

__all__ = ["BIG", "TEXTS", "Names", "loaded", "renamed", "write_both"]

LONG = "Donaudampfschifffahrt" * 238
"""One word of some 5,000 letters."""

TEXTS: tuple[str, ...] = (
    "[/red]",
    "[bold]loud[/bold]",
    "[link=https://example.com]x[/link]",
    "a|b",
    "|---|",
    "<b>",
    "</script><script>alert(1)</script>",
    "&amp;",
    "=1+1",
    '=HYPERLINK("https://example.com","x")',
    "+1",
    "-1",
    "@x",
    "'=1+1 guarded twice",
    "''=2+2",
    "'tis",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "bell\x07backspace\x08\x7f",
    "next\x85line",
    "right\u202eto left\u202c",
    "\u200fmark",
    "\ufeffmark of order",
    "👩‍🚀 emoji 🇪🇺",
    "two\nlines",
    "two\r\nwindows lines",
    "carriage\rreturn",
    "separators\u2028of\u2029lines",
    "a\ttab",
    'say "hi"',
    '"',
    "semi;colon, comma",
    "`code` **bold** _it_ # head",
    "\\n and \\",
    "%s {0} ${x}",
    "null",
    "none",
    "nan",
    "1.5E+3 kg",
    "0012",
    "e\u0301 is not é",
    LONG,
)
"""Names that stay as they are; what loading takes away (a guard, blanks) has tests of its own."""

BLANKS = ("", " ", "   \t ", "\u00a0", "-", "N/A", "?")
"""Cells that say nothing."""

BIG = 10_000_000
"""Letters of the longest comment: a log file pasted into a survey."""

Names = Mapping[str, str]
"""Hostile text → the plain name that stands for it."""

_COLUMNS = ("agent", "channel", "issue_type", "customer_id")


def _plain(column: str, place: int) -> str:
    return f"{column.replace('_', '-')}-{place:02d}"


def loaded(text: str) -> str:
    """Return what a cell holds once its guard against spreadsheets is taken away."""
    bare = text.lstrip("'")
    is_guarded = bare != text and bare[:1] in {"=", "+", "-", "@"}
    return text[1:] if is_guarded else text


def write_both(folder: Path, *, big: bool = False) -> Names:
    """Write `plain/` and `hostile/` with tickets.csv and surveys.csv.

    Args:
        folder: where to.
        big: whether one comment is 10 MB long.

    Returns:
        How each hostile text is to be read back, over all columns; names are unique.
    """
    names: dict[str, str] = {}
    plain_tickets, hostile_tickets = ticket_rows(), ticket_rows()
    for n, (plain, hostile) in enumerate(zip(plain_tickets, hostile_tickets, strict=True)):
        for step, column in enumerate(_COLUMNS):
            if column == "channel" and n % 2:  # some have a response-time limit
                continue
            place = (n + 7 * step + n // len(TEXTS)) % len(TEXTS)
            _put(column, place, plain, hostile, names)
        _put_id(n, plain, hostile, names)
        if n % 19 == 0:
            hostile["agent"] = BLANKS[n % len(BLANKS)]
            plain["agent"] = ""
    plain_surveys, hostile_surveys = survey_rows(), survey_rows()
    for n, (plain, hostile) in enumerate(zip(plain_surveys, hostile_surveys, strict=True)):
        _put_id(n, plain, hostile, names)
        if plain["score"]:
            plain["comment"] = f"comment-{n % len(TEXTS):02d}"
            hostile["comment"] = f"{TEXTS[n % len(TEXTS)]}!"
            names[loaded(hostile["comment"])] = plain["comment"]
    if big:
        hostile_surveys[30]["comment"] = "=1|[/red]\n" + "x" * BIG
    for name, tickets, surveys in (
        ("plain", plain_tickets, plain_surveys),
        ("hostile", hostile_tickets, hostile_surveys),
    ):
        (folder / name).mkdir()
        _save(folder / name / "tickets.csv", tickets)
        _save(folder / name / "surveys.csv", surveys)
    return names


def _put(column: str, place: int, plain: Row, hostile: Row, names: dict[str, str]) -> None:
    """Give a cell its plain and its hostile text; the column's letters keep the names apart."""
    hostile[column] = f"{TEXTS[place]}{column[:2]}"
    plain[column] = _plain(column, place)
    names[loaded(hostile[column])] = plain[column]


def _put_id(n: int, plain: Row, hostile: Row, names: dict[str, str]) -> None:
    # The number keeps ids unique; at the end, so that the text can do its worst.
    hostile["ticket_id"] = f"{TEXTS[n % len(TEXTS)]}{n:04d}"
    plain["ticket_id"] = f"id-{n:04d}"
    names[loaded(hostile["ticket_id"])] = plain["ticket_id"]


def _save(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def renamed(value: Any, names: Names) -> Any:
    """Return plain data with every hostile text, where it is a whole value, read back."""
    match value:
        case str():
            return names.get(value, value)
        case dict():
            return {key: renamed(item, names) for key, item in value.items()}
        case list():
            return [renamed(item, names) for item in value]
    return value
