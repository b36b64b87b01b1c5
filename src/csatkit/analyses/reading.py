"""Who opens the inputs of a run: Polars here, or Spark where that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csatkit.settings import Settings

if TYPE_CHECKING:
    from csatkit.load import Data

__all__ = ["open_inputs"]


def open_inputs(
    settings: Settings,
    tickets: object = None,
    surveys: object = None,
    outreach: object = None,
    *,
    session: object = None,
) -> Data:
    """Open the inputs of a run.

    Args:
        settings: says with which engine, and how to read the inputs.
        tickets: a path, a table, or a list of them; see `open_data`.
        surveys: the same.
        outreach: the same.
        session: the Spark session to use, of the Python API.

    Raises:
        InputError: an input can't be used, or Spark doesn't start.
        UsageError: PySpark or Java is missing.
    """
    from csatkit.load import open_data

    if settings.engine == "polars":
        return open_data(tickets, surveys, outreach, source=settings.source)
    from csatkit.engines.spark.cluster import Cluster

    cluster = Cluster(session, master=settings.spark_master, conf=settings.spark_conf)
    return open_data(tickets, surveys, outreach, source=settings.source, reader=cluster)
