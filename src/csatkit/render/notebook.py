"""A report inside a notebook: its page in a frame, so that neither styles the other."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csatkit.report import Report

__all__ = ["HEIGHT", "framed"]

HEIGHT = 720
"""Pixels of the frame: a screen without the notebook's own bars."""


def framed(report: Report) -> str:
    """Return the page of a report in a frame that may run its own few lines and nothing else."""
    from csatkit.render import render

    page = escape(str(render(report, "html")), quote=True)
    return (
        f'<iframe title="csatkit {escape(report.command)}" sandbox="allow-scripts" '
        f'style="width:100%;height:{HEIGHT}px;border:0" srcdoc="{page}"></iframe>'
    )
