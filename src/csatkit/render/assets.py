"""Pictures beside a Markdown file: SVG for browsers, PNG for everything else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csatkit.render.look import LIGHT
from csatkit.whole import written_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from csatkit.report import Report

__all__ = ["picture_names", "write_pictures"]

WIDTH = 720
"""Points: the text of a page of Markdown."""


def picture_names(report: Report) -> Iterator[tuple[int, int, str]]:
    """Yield section, chart and file name without suffix of every picture."""
    for i, section in enumerate(report.sections):
        for j in range(len(section.charts)):
            ending = f"-{j + 1}" if len(section.charts) > 1 else ""
            yield i, j, f"{section.key}{ending}"


def write_pictures(
    report: Report, folder: Path, colours: Mapping[str, str] = LIGHT
) -> tuple[Path, ...]:
    """Write every picture of a report as SVG and PNG.

    Raises:
        UsageError: the folder can't be made or written to.
    """
    from csatkit.errors import UsageError
    from csatkit.render.drawing import png, svg

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--assets {folder}: {error.strerror or error}") from None
    written = []
    for i, j, name in picture_names(report):
        chart = report.sections[i].charts[j]
        drawn = {
            ".svg": svg(chart, WIDTH, name, colours).encode(),
            ".png": png(chart, WIDTH, colours),
        }
        for suffix, content in drawn.items():
            path = folder / f"{name}{suffix}"
            with written_whole(path) as part:
                part.write_bytes(content)
            written.append(path)
    return tuple(written)
