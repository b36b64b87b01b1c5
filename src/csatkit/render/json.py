"""The report as JSON for scripts: the same bytes for the same input and options."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from csatkit.render.document import document

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["render"]


def render(report: Report, view: View) -> str:  # noqa: ARG001 - JSON looks the same everywhere
    """Return the report as indented JSON with one newline at the end.

    Characters beyond ASCII are written as they are; NaN and infinity never are.
    """
    return json.dumps(document(report), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
