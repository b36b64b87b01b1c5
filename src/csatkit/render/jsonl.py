"""One JSON object per line for jobs that read one row at a time: alerts, queues, log shippers.

A list of rows gives its rows, a check its verdicts, anything else its measures. No rows: no lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from csatkit.render.document import measure, measures_of, plain, rows_of
from csatkit.render.flat import frame_behind

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["parts", "render"]


def render(report: Report, view: View) -> str:
    """Return the report's rows as JSON Lines: UTF-8, one line feed after each object.

    Strings hold no line end of their own, whatever a customer wrote: JSON escapes them, and the
    three more that some readers split at are escaped as well.
    """
    return b"".join(parts(report, view)).decode()


def parts(report: Report, view: View) -> Iterator[bytes]:  # noqa: ARG001 - a file has no width
    """Yield the bytes of `render` piece by piece."""
    frame = frame_behind(report)
    if frame is not None:
        from csatkit.render.frame_text import json_rows

        yield from json_rows(frame, more={chr(c): text for c, text in _SPLIT_AT.items()})
        return
    yield "".join(f"{_line(row)}\n" for row in _objects(report)).encode()


def _objects(report: Report) -> Iterator[Mapping[str, Any]]:
    if report.command == "check" and (report.targets or not measures_of(report)):
        yield from (plain(t) for t in report.targets)
        return
    table = rows_of(report)
    if table is not None:
        names = tuple(table.columns)
        yield from ({plain(n): plain(row.get(n)) for n in names} for row in table.rows)
        return
    yield from (measure(m) for m in measures_of(report))


_SPLIT_AT = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""Line ends of Unicode beyond those that JSON must escape."""


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False).translate(_SPLIT_AT)
