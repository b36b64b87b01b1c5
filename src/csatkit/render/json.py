"""The report as JSON for scripts: the same bytes for the same input and options."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from csatkit.render.document import document, rows_in
from csatkit.render.frame_rows import frame_of

if TYPE_CHECKING:
    import polars as pl

    from csatkit.render import View
    from csatkit.report import Report, Table

__all__ = ["parts", "render"]


def render(report: Report, view: View) -> str:
    """Return the report as indented JSON with one newline at the end.

    Characters beyond ASCII are written as they are; NaN and infinity never are.
    """
    return b"".join(parts(report, view)).decode()


def parts(report: Report, view: View) -> Iterator[bytes]:  # noqa: ARG001 - JSON has no width
    """Yield the bytes of `render` piece by piece; lists that are frames are written as such."""
    frames, texts = _around(report)
    before = texts[0]
    yield before.encode()
    for frame, after in zip(frames, texts[1:], strict=True):
        from csatkit.render.frame_text import json_rows

        # The line on which a list begins says how far its rows stand in.
        line = before.rpartition("\n")[2]
        indent = len(line) - len(line.lstrip(" "))
        yield b"[\n"
        yield from json_rows(frame, indent + 2)
        yield f"\n{' ' * indent}]{after}".encode()
        before = after


def _around(report: Report) -> tuple[list[pl.DataFrame], list[str]]:
    """Return the lists that are frames, and the text before, between and after them."""
    mark = "=rows="
    while True:
        frames: list[pl.DataFrame] = []
        text = json.dumps(
            document(report, lambda table: _marked(table, frames, mark)),  # noqa: B023 - used at once
            ensure_ascii=False, allow_nan=False, indent=2,
        )  # fmt: skip
        found = f"{text}\n".split(f'"{mark}"')
        if len(found) == len(frames) + 1:
            return frames, found
        mark += "*"  # whatever the data says, no text of it may be taken for a list


def _marked(table: Table, frames: list[pl.DataFrame], mark: str) -> Any:
    """Return a stand-in for the rows of a table that is a frame, else its rows."""
    frame = frame_of(table)
    if frame is None or not frame.height:
        return rows_in(table)
    frames.append(frame)
    return mark
