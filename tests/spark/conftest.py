"""One Spark session for all tests here; they need Java and the dependency group `spark`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from csatkit.engines.spark import run
from csatkit.engines.spark.cluster import Cluster
from tests.property.test_buckets import nasty

CONF = {
    # Small files shall be cut into several partitions, too.
    "spark.sql.files.maxPartitionBytes": "40000",
    "spark.sql.files.openCostInBytes": "100",
    "spark.default.parallelism": "3",
    "spark.sql.shuffle.partitions": "3",
}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_BYTES_PER_BUCKET", 20_000)
        yield Cluster(master="local[2]", conf=CONF)


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an export that only makes sense as a whole, in several files."""
    folder = tmp_path_factory.mktemp("export")
    for frame, name in zip(nasty(), ("tickets", "surveys"), strict=True):
        # One row of a ticket here and the other one there, and some rows in both.
        for kind in ("csv", "parquet"):
            (folder / kind / name).mkdir(parents=True)
        halves = (frame[: frame.height // 2 + 9], frame[frame.height // 2 :])
        for i, half in enumerate(halves):
            half.write_csv(folder / "csv" / name / f"part-{i}.csv")
            half.write_parquet(folder / "parquet" / name / f"part-{i}.parquet")
        (folder / "parquet" / name / "_SUCCESS").touch()
    return folder
