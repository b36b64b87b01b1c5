"""Real exports from the specification folder: CSV and Parquet of one log read alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from csatkit.load import Source, audit, open_data
from csatkit.settings import SourceSettings

MAP = {
    "ticket_id": "number",
    "customer_id": "caller_id",
    "agent": "resolved_by",
    "channel": "contact_type",
    "issue_type": "category",
    "created_at": "opened_at",
}


def _incidents(shared: Path, suffix: str) -> Source:
    path = shared / "data" / "uci-incidents" / f"incidents.{suffix}"
    source = open_data(path, source=SourceSettings(map=MAP)).tickets
    assert source is not None
    return source


@pytest.mark.shared
def test_incidents_read_alike(shared: Path) -> None:
    text, typed = _incidents(shared, "csv"), _incidents(shared, "parquet")
    names = list(text.mapping)
    frame = text.scan(names, ["location"]).collect()
    assert frame.equals(typed.scan(names, ["location"]).collect())
    assert frame.height == text.n_rows() == typed.n_rows() == 24_918
    assert text.date_readings["created_at"] == "%d/%m/%Y %H:%M"
    assert frame["created_at"][0] == datetime(2016, 2, 29, 1, 16)
    assert frame["closed_at"].max() == datetime(2017, 2, 18, 15)
    assert frame["resolved_at"].null_count() == 1_556
    assert frame["customer_id"].null_count() == 3
    assert frame["ticket_id"][0] == "0000045"
    assert audit(text) == audit(typed) == ()


@pytest.mark.shared
def test_conformance_surveys(shared: Path) -> None:
    data = open_data(shared / "conformance" / "surveys.csv", source=SourceSettings())
    assert data.tickets is None
    assert data.surveys is not None
    frame = data.surveys.scan(["ticket_id", "score"]).collect()
    assert frame["score"].to_list() == [2, 5, 4, 1, 5, None]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["ticket_data", "satisfaction_rating_data"])
def test_warehouse_tables_parse_without_complaint(shared: Path, name: str) -> None:
    path = shared / "data" / "zendesk-warehouse" / f"{name}.csv"
    settings = SourceSettings(map={"score": ""}, timezone="UTC")
    data = open_data(path, source=settings)
    source = data.tickets or data.surveys
    assert source is not None
    frame = source.scan(["ticket_id", "created_at"]).collect()
    assert frame["created_at"].null_count() == 0
    assert audit(source) == ()
