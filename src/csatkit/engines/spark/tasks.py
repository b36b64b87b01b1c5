"""What executors are asked to run: the door to `work`, which loads Polars only after this.

A task is given one core. Polars reads when it is first loaded how many threads it may start, so the
number has to be settled here, before anything imports it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Task"]


@dataclass(frozen=True)
class Task:
    """A function of `work` with its first argument, callable on the batches of a partition."""

    name: str
    what: Any

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Run it on one partition."""
        os.environ.setdefault("POLARS_MAX_THREADS", os.environ.get("SPARK_TASK_CPUS", "1"))
        from csatkit.engines.spark import work

        return work.carried_out(self.name, self.what, batches)
