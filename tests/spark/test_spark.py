"""The same digits from a cluster as from this machine, and clear words where it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import csatkit
from csatkit.engines.spark.cluster import Cluster
from csatkit.engines.spark.seats import seats_for
from csatkit.errors import InputError, UsageError
from csatkit.load import Data, open_data
from csatkit.settings import Settings
from tests.property.test_buckets import answer


def check_both(
    cluster: Cluster, tickets: object, surveys: object, command: str, settings: Settings
) -> None:
    """Assert that a command says the same of files and of what Spark makes of them."""
    here = open_data(tickets, surveys, source=settings.source)
    there = open_data(tickets, surveys, source=settings.source, reader=cluster)
    found = _told(there, settings, command)
    assert found["inputs"]
    assert found == _told(here, settings, command)


def _told(data: Data, settings: Settings, command: str) -> dict[str, Any]:
    """Return a report without what each reader calls its files."""
    text = answer(data, settings, command)
    assert text is not None
    report: dict[str, Any] = json.loads(text)
    for one in report["inputs"]:
        del one["path"]
    return report


def test_a_nasty_export_gives_the_same_report(cluster: Cluster, export: Path) -> None:
    # Tickets that name two customers, ids in two cases, nobody's tickets, rows in both files.
    names = (f"{export}/csv/tickets/*.csv", f"{export}/csv/surveys/*.csv")
    check_both(cluster, *names, "report", Settings(by=(("channel",),)))


def test_every_metric_of_a_replay_is_the_same(cluster: Cluster, export: Path) -> None:
    names = (f"{export}/parquet/tickets/*.parquet", f"{export}/parquet/surveys/*.parquet")
    check_both(cluster, *names, "analyze", Settings(as_of="2026-05-20"))


def test_a_customer_of_half_the_tickets_fails_nothing(cluster: Cluster, tmp_path: Path) -> None:
    n = 12_000
    number = pl.col("number")
    made = pl.datetime(2026, 1, 1) + pl.duration(minutes=2 * number)
    others = pl.when(number % 5 > 0).then(pl.format("c{}", number % 997))
    frame = pl.select(number=pl.int_range(n)).select(
        ticket_id=pl.format("T{}", number),
        customer_id=pl.when(number % 2 == 0).then(pl.lit("big")).otherwise(others),
        created_at=made,
        resolved_at=made + pl.duration(hours=3),
        channel=pl.when(number % 3 == 0).then(pl.lit("chat")),
        score=number % 5 + 1,
    )
    path = tmp_path / "tickets.parquet"
    frame.write_parquet(path, row_group_size=3_000)
    check_both(cluster, str(path), None, "fcr", Settings(by=(("channel",),)))


def test_a_table_is_read_by_its_name(cluster: Cluster, export: Path) -> None:
    files = f"{export}/parquet/tickets"
    cluster.session.read.parquet(files).createOrReplaceTempView("support_tickets")
    here = csatkit.load(f"{files}/*.parquet")
    there = csatkit.load("support_tickets", engine="spark", spark=cluster.session)
    metrics = ("fcr", "reopen_rate")
    found = csatkit.analyze(there, metrics).measures
    assert found == csatkit.analyze(here, metrics).measures
    assert found[0].denominator


def test_rows_are_listed(cluster: Cluster, export: Path) -> None:
    names = (f"{export}/csv/tickets/*.csv", f"{export}/csv/surveys/*.csv")
    check_both(cluster, *names, "fcr", Settings(by=(("channel",),), tickets_of="channel=chat"))


def test_what_isnt_there_is_told(cluster: Cluster, tmp_path: Path) -> None:
    settings = Settings()
    with pytest.raises(InputError, match="no file and no table"):
        open_data("nothing_like_it", source=settings.source, reader=cluster)
    with pytest.raises(InputError, match="no file and no table"):
        open_data(f"{tmp_path}/*.csv", source=settings.source, reader=cluster)
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x00\x00")
    with pytest.raises(InputError, match="neither Parquet nor a text table"):
        open_data(f"{tmp_path}/picture.csv", source=settings.source, reader=cluster)
    with pytest.raises(UsageError, match="Spark session"):
        csatkit.load("x.csv", engine="spark", spark=object())


def test_a_failing_task_is_one_sentence(cluster: Cluster, tmp_path: Path) -> None:
    good = pl.DataFrame({"ticket_id": ["1"], "created_at": ["2026-01-01"], "score": [5]})
    for name in ("a", "b"):
        good.write_parquet(tmp_path / f"{name}.parquet")
    data = open_data(f"{tmp_path}/*.parquet", source=Settings().source, reader=cluster)
    # Gone between the look at it and the reading.
    (tmp_path / "b.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(InputError) as told:
        answer(data, Settings(), "csat")
    assert "\n\tat " not in told.value.message
    assert len(told.value.message) < 500


def test_buckets_land_in_partitions_of_their_own(cluster: Cluster) -> None:
    n = 7
    rows = [(seat,) for seat in seats_for(n)]
    frame = cluster.session.createDataFrame(rows, "part int").repartition(n, "part")
    sizes = frame.rdd.glom().map(len).collect()
    assert sizes == [1] * n
