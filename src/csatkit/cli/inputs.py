"""The inputs of a command: opened from paths or from the embedded sample, and never overwritten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from csatkit.errors import UsageError
from csatkit.settings import Settings

if TYPE_CHECKING:
    from csatkit.load import Data

__all__ = ["SAMPLE", "from_files", "sample", "spare"]

SAMPLE = 8_000
"""Tickets of the embedded sample: enough for every section of the report, generated in a moment."""


def from_files(settings: Settings) -> Data:
    """Open what the settings name."""
    from csatkit.analyses.reading import open_inputs

    source = settings.source
    return open_inputs(settings, source.tickets, source.surveys or None, source.outreach or None)


def sample(settings: Settings) -> Data:
    """Open the embedded sample, under names that say what it is."""
    from csatkit.analyses.reading import open_inputs
    from csatkit.demo.generate import frames

    data = open_inputs(settings, *frames(SAMPLE))
    named = {
        kind: replace(source, paths=(f"sample {kind}",))
        for kind in ("tickets", "surveys", "outreach")
        if (source := getattr(data, kind)) is not None
    }
    return replace(data, **named)


def spare(option: str, path: str | None, settings: Settings) -> None:
    """Refuse to overwrite the data by something made from it.

    Raises:
        UsageError: the path is one of the inputs.
    """
    if path is None or not Path(path).exists():
        return
    source = settings.source
    for name in (*source.tickets, *source.surveys, *source.outreach):
        if isinstance(name, str) and Path(name).exists() and Path(name).samefile(path):
            raise UsageError(f"{option} {path} is one of the inputs", "Choose another name.")
