"""One row per measure or verdict as Parquet, for tools that want types instead of text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from csatkit.render.frame import to_frame

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["render"]


def render(report: Report, view: View) -> bytes:  # noqa: ARG001 - a file has no width
    """Return the bytes of a Parquet file; see `frame.to_frame` for its columns."""
    out = io.BytesIO()
    to_frame(report).write_parquet(out)
    return out.getvalue()
