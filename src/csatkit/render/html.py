"""The report as one HTML document: for mail bodies a frame around the blocks, else the page.

It asks the network for nothing and runs nothing; the policy in its head says so to browsers, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csatkit.render.drawing import pictured
from csatkit.render.html_blocks import FONT, INK, PAPER, block_html, text_html
from csatkit.render.layout import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csatkit.render import View
    from csatkit.render.blocks import Block
    from csatkit.report import Report

__all__ = ["page", "render"]

WIDTH = 820
"""Pixels beyond which a line of text is hard to read."""

_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
"""


def render(report: Report, view: View) -> str:
    """Return the report as an HTML document with one newline at the end.

    A report with pictures, or one that was given a look, is the page of `page`; any other is plain
    enough for the body of a mail.
    """
    if view.look is not None or pictured(report):
        from csatkit.render.page import render as page_of

        return page_of(report, view)
    return page(report.title or f"csatkit {report.command}", layout(report))


def page(title: str, blocks: Iterable[Block]) -> str:
    """Return a document that shows blocks one below the other."""
    body = f"margin:0;padding:0;background:{PAPER};color:{INK}"
    # One cell of a table holds the width where a mail program knows nothing else.
    table = f"width:100%;max-width:{WIDTH}px;border-collapse:collapse;table-layout:fixed"
    cell = f"padding:12px;{FONT};font-size:14px;line-height:1.5;color:{INK};text-align:left"
    return (
        f"{_HEAD}<title>{text_html(title)}</title>\n</head>\n"
        f'<body style="{body}">\n'
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'
        f' style="{table}">\n<tr><td style="{cell}">\n'
        f"{''.join(block_html(block) for block in blocks)}"
        "</td></tr>\n</table>\n</body>\n</html>\n"
    )
