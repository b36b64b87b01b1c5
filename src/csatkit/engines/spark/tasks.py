"""What executors are asked to run: the door to `work`, which loads Polars only after this.

A task is given one core. Polars reads when it is first loaded how many threads it may start, so the
number has to be settled here, before anything imports it.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Task"]


@dataclass(frozen=True)
class Task:
    """A function of `work` with its first argument, callable on the batches of a partition.

    The argument is packed, because unpacking it loads Polars.
    """

    name: str
    what: bytes

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Run it on one partition."""
        # Spark says by this name how many cores a task has.
        os.environ.setdefault("POLARS_MAX_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
        from csatkit.engines.spark import work

        return work.carried_out(self.name, pickle.loads(self.what), batches)
