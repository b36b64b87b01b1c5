"""Frames that arrive one after the other → one lazy frame, without holding them all.

A single frame stays in memory; of several each becomes a temporary Parquet file, removed when the
process ends.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from csatkit.load.containers import scratch_file

__all__ = ["Spill"]


class Spill:
    """Collects frames whose columns may differ.

    Args:
        name: what the temporary files are named after.
    """

    def __init__(self, name: str) -> None:
        self._name = Path(name + ".parquet")
        self._only: pl.DataFrame | None = None
        self._files: list[Path] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Take over a frame."""
        if self._only is None and not self._files:
            self._only = frame
            return
        if self._only is not None:
            self._write(self._only)
            self._only = None
        self._write(frame)

    def _write(self, frame: pl.DataFrame) -> None:
        path = scratch_file(self._name)
        # Read once and thrown away: quick to write matters more than small.
        frame.write_parquet(path, compression="lz4")
        self._files.append(path)

    def scan(self) -> pl.LazyFrame | None:
        """Return all rows in the order in which they came, None if nothing came."""
        if self._only is not None:
            return self._only.lazy()
        if not self._files:
            return None
        frames = [pl.scan_parquet(path, glob=False) for path in self._files]
        return pl.concat(frames, how="diagonal_relaxed")
