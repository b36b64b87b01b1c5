"""From a report to bytes: one table of formats, one module each, imported when first used.

Renderers only read the report. A new format is one module with a `render(report, view)` function
and one row in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from csatkit.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    import polars as pl

    from csatkit.render.look import Look
    from csatkit.report import Report

__all__ = ["FORMATS", "Format", "View", "format_of", "parts", "render", "to_frame"]


class Format(NamedTuple):
    """Where a format is written and by what suffixes it is recognised."""

    module: str
    suffixes: tuple[str, ...]
    is_binary: bool
    needs_verdicts: bool = False
    """Whether it shows verdicts alone, and so means something only for `check`."""


class View(NamedTuple):
    """What the reader's side can show.

    `width` is the terminal's, in columns; None means that the reader is no terminal. `look` is how
    a page was asked to look.
    """

    width: int | None = None
    color: bool = False
    ascii: bool = False
    look: Look | None = None


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "table": Format("terminal", (".txt",), is_binary=False),
        "markdown": Format("markdown", (".md", ".markdown"), is_binary=False),
        "html": Format("html", (".html", ".htm"), is_binary=False),
        "xlsx": Format("xlsx", (".xlsx",), is_binary=True),
        "json": Format("json", (".json",), is_binary=False),
        "jsonl": Format("jsonl", (".jsonl", ".ndjson"), is_binary=False),
        "csv": Format("csv", (".csv",), is_binary=False),
        "parquet": Format("parquet", (".parquet",), is_binary=True),
        # JSON, too, but not the report's: a file named .json is never meant for Slack.
        "slack": Format("slack", (), is_binary=False),
        "openmetrics": Format("openmetrics", (".prom",), is_binary=False),
        "junit": Format("junit", (".xml",), is_binary=False, needs_verdicts=True),
        "github": Format("github", (), is_binary=False, needs_verdicts=True),
    }
)

_IN_PARTS = frozenset({"json", "jsonl", "csv"})
"""Formats whose module has `parts` beside `render`."""


def render(
    report: Report,
    format: str,  # noqa: A002 - named like the option that users know
    *,
    width: int | None = None,
    color: bool = False,
    ascii: bool = False,  # noqa: A002 - the plain word for what it does
    look: Look | None = None,
) -> str | bytes:
    """Write a report in one of `FORMATS`.

    Args:
        report: what an analysis found.
        format: a key of `FORMATS`.
        width: columns of the terminal that will show it; None (default) where none does: the
            table is then plain text at its natural width, never cropped.
        color: add colour where the format has any.
        ascii: use ASCII characters alone in the table.
        look: theme, logo and language of a page.

    Returns:
        Text, or bytes for a binary format.

    Raises:
        UsageError: no such format, or one of verdicts for a report without targets.
    """
    if format not in FORMATS:
        raise UsageError.unknown("format", format, FORMATS)
    if FORMATS[format].needs_verdicts and not report.targets and report.command != "check":
        others = ", ".join(name for name, known in FORMATS.items() if not known.needs_verdicts)
        raise UsageError(
            f"{format} shows the verdicts of check, and {report.command} has none",
            f"Formats of every command: {others}.",
        )
    module = import_module(f"{__name__}.{FORMATS[format].module}")
    write = cast("Callable[[Report, View], str | bytes]", module.render)
    view = View(width, color, ascii, look)
    if look is None or look.language is None:
        return write(report, view)
    from csatkit.render.spelling import spelling, with_spelling

    with spelling(look.language):
        return write(with_spelling(report), view)


def parts(
    report: Report,
    format: str,  # noqa: A002 - named like the option that users know
    *,
    look: Look | None = None,
) -> Iterator[bytes]:
    """Yield the bytes of a report for a file, piece by piece where its format is written so.

    What can go wrong goes wrong before the first piece.

    Args:
        report: what an analysis found.
        format: a key of `FORMATS`.
        look: theme, logo and language of a page.

    Raises:
        UsageError: as `render` says.
    """
    if format in _IN_PARTS and (look is None or look.language is None):
        module = import_module(f"{__name__}.{FORMATS[format].module}")
        yield from cast("Callable[[Report, View], Iterator[bytes]]", module.parts)(report, View())
        return
    whole = render(report, format, look=look)
    yield whole.encode() if isinstance(whole, str) else whole


def format_of(path: str | os.PathLike[str]) -> str:
    """Return the format that a file's suffix asks for.

    Raises:
        UsageError: the suffix belongs to no format.
    """
    suffix = PurePath(path).suffix.lower()
    for name, known in FORMATS.items():
        if suffix in known.suffixes:
            return name
    suffixes = ", ".join(s for known in FORMATS.values() for s in known.suffixes)
    raise UsageError(f"{PurePath(path)}: the suffix names no format", f"Known: {suffixes}.")


def to_frame(report: Report) -> pl.DataFrame:
    """Return the measures as a tidy frame, with the fields of the JSON; see `frame`."""
    from csatkit.render.frame import to_frame as frame_of

    return frame_of(report)
