"""An input whose columns can't be told: its headers, what is in them, and what they could be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from csatkit.analyses.assembling import asked_rules
from csatkit.analyses.doctor.opening import Opened, Unread
from csatkit.analyses.doctor.pages import problem_section
from csatkit.analyses.doctor.profile import samples
from csatkit.analyses.privacy import HIDDEN
from csatkit.load.dates import read_sample
from csatkit.report import Cell, InputSummary, Report, Section, Table
from csatkit.schema import COLUMNS, fold
from csatkit.settings import Settings

__all__ = ["unread_report"]

_WORDS = {fold(w): name for name, c in COLUMNS.items() for w in (name, *c.aliases)}


def unread_report(opened: Opened, settings: Settings) -> Report:
    """Return what can be said of inputs that don't open: the refusal, and every header."""
    refusal = opened.problems[0]
    lines = [f"{', '.join(_shown(u) for u in opened.unread)} can't be computed with yet."]
    lines.append(f"1. {refusal.text}.{f' → {refusal.mend}' if refusal.mend else ''}")
    lines.append("Type next: the same command with what mends it.")
    if refusal.code == "mapping.missing":
        lines[-1] = (
            "Type next: the same command with what mends it; or csatkit init, which writes a file"
            " to fill in, with every column that csatkit looks for."
        )
    sections = (
        Section("summary", "In short", text=tuple(lines)),
        problem_section(opened.problems),
        *(_headers(u, settings) for u in opened.unread),
    )
    return Report(
        "inspect",
        asked_rules(settings),
        tuple(_input(u) for u in opened.unread),
        (),
        sections,
        notes=tuple(p.note() for p in opened.problems),
    )


def _shown(unread: Unread) -> str:
    first = unread.parts[0].shown
    more = len(unread.parts) - 1
    return f"{first} and {more} more" if more else first


def _input(unread: Unread) -> InputSummary:
    """Count the rows; none is used, all are left as unreadable."""
    import polars as pl

    counts = pl.collect_all([p.frame.select(pl.len()) for p in unread.parts], engine="streaming")
    rows = sum(int(c.item()) for c in counts)
    return InputSummary(_shown(unread), unread.kind, None, rows, 0, {"unread": rows})


def _headers(unread: Unread, settings: Settings) -> Section:
    cells = samples(unread.parts, unread.headers)
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "header": header,
            "could": _likely(header, cells[header]),
            "samples": ", ".join(cells[header]) if settings.privacy == "all" else HIDDEN,
        }
        for header in unread.headers
    )
    columns = {"header": "Header", "could": "Could be", "samples": "Samples"}
    return Section(
        f"headers_{unread.kind}", f"{_shown(unread)}: headers", tables=(Table(columns, rows),)
    )


def _likely(header: str, cells: Iterable[str]) -> str:
    """Return what maps a header: a close name of the right kind, or nothing."""
    # Short words of another language are always a little like one of these.
    near = get_close_matches(fold(header), _WORDS, n=1, cutoff=0.75)
    is_instant = bool(read_sample(cells).formats)
    if near and (COLUMNS[_WORDS[near[0]]].kind == "instant") == is_instant:
        return f'--map "{_WORDS[near[0]]}={header}"'
    return "a time" if is_instant else ""
