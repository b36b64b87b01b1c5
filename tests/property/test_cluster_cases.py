"""Exports whose rows say something only together, on a cluster and here."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from csatkit import analyses
from csatkit.load import Data, open_data
from csatkit.report import Report
from csatkit.settings import Settings
from tests.property.fake_spark import FakeCluster

QUESTIONS = (
    "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,Q1,ticket_id\n"
    "Start Date,End Date,Response Type,Progress,Finished,Recorded Date,Response ID,How was it?,x\n"
    '"{""ImportId"":""startDate""}",b,c,d,e,f,"{""ImportId"":""_recordId""}",h,i\n'
)


def told(data: Data, asked: Settings, command: str) -> Report:
    return analyses.run(command, data, asked)


def check_alike(
    tickets: object, surveys: object, asked: Settings, command: str = "analyze"
) -> Report:
    """Return a report that says the same wherever its rows lie."""
    here = told(open_data(tickets, surveys, source=asked.source), asked, command)
    for cluster in (FakeCluster(1, 1), FakeCluster(8, 3)):
        data = open_data(tickets, surveys, source=asked.source, reader=cluster)
        there = told(data, asked, command)
        assert there.measures == here.measures
        assert [(i.rows, i.used, i.dropped) for i in there.inputs] == [
            (i.rows, i.used, i.dropped) for i in here.inputs
        ]
        lines = [re.sub(r"row [\d,]+", "row", n.text) for n in there.notes]
        assert lines == [re.sub(r"row [\d,]+", "row", n.text) for n in here.notes]
        assert cluster.settings == {}
    return here


@pytest.mark.parametrize("n_files", [1, 2])
def test_a_log_of_updates_is_one_row_per_ticket(tmp_path: Path, n_files: int) -> None:
    rows = [
        {
            "number": f"INC{i % 30}", "sys_mod_count": i // 30, "caller_id": f"c{i % 7}",
            "category": "login", "opened_at": f"2026-01-{i % 20 + 1:02d} 08:00:00",
            "sys_updated_at": f"2026-02-{i // 30 + 1:02d} 09:00:00",
            "incident_state": "Closed" if i >= 60 else "New", "reopen_count": i // 60,
            "assignment_group": f"g{i % 3}", "active": "true",
            "resolved_at": f"2026-02-{i // 30 + 1:02d} 09:00:00" if i >= 60 else None,
            "closed_at": None, "sys_updated_by": "x",
        }
        for i in range(90)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, infer_schema_length=None)
    for i in range(n_files):
        frame.filter(pl.int_range(pl.len()) % n_files == i).write_csv(tmp_path / f"log-{i}.csv")
    paths = sorted(tmp_path.glob("log-*.csv"))
    found = check_alike(paths, None, Settings(source=Settings().source))
    assert found.inputs[0].rows == 90
    assert found.inputs[0].used == 30


def test_answers_of_one_customer_meet_without_a_ticket_file(tmp_path: Path) -> None:
    pl.DataFrame({
        "ticket_id": [f"t{i}" for i in range(600)],
        "customer_id": [f"c{i % 20}" for i in range(600)],
        "score": [5 if i % 20 > 12 else 1 for i in range(600)],
        "responded_at": ["2026-01-02 10:00"] * 600,
    }).write_csv(tmp_path / "surveys.csv")  # fmt: skip
    asked = Settings(where=("customer_id!=nobody",))
    found = check_alike(None, tmp_path / "surveys.csv", asked, "csat")
    assert any(n.text.startswith("20 customers gave the 600 ratings") for n in found.notes)


def test_headers_of_every_file_leave(tmp_path: Path) -> None:
    for i in range(3):
        answers = "".join(
            f"2026-01-0{j + 1} 10:00:00,2026-01-0{j + 1} 10:01:00,0,100,1,"
            f"2026-01-0{j + 1} 10:02:00,R_{i}{j},{j + 1},T{i}{j}\n"
            for j in range(5)
        )
        (tmp_path / f"answers-{i}.csv").write_text(QUESTIONS + answers, encoding="utf-8")
    paths = sorted(tmp_path.glob("*.csv"))
    asked = Settings()
    found = check_alike(None, paths, asked, "csat")
    assert found.inputs[0].dropped["header_row"] == 6
    assert found.inputs[0].used == 15


def test_every_copy_of_an_export_but_one_leaves(tmp_path: Path) -> None:
    frame = pl.DataFrame({
        "ticket_id": [f"t{i}" for i in range(50)],
        "customer_id": [f"c{i % 9}" for i in range(50)],
        "created_at": [f"2026-01-{i % 28 + 1:02d} 10:00" for i in range(50)],
        "agent": [f"a{i % 3}" for i in range(50)],
    })  # fmt: skip
    # The same rows twice, and some whose text alone says which of two counts.
    other = frame.head(9).with_columns(agent=pl.lit("zoe"), customer_id=pl.lit("c100"))
    for i, part in enumerate((frame, frame.tail(30), other)):
        part.write_parquet(tmp_path / f"{i}.parquet")
    paths = [str(tmp_path / f"{i}.parquet") for i in range(3)]
    found = check_alike(paths, None, Settings(by=(("agent",),)))
    assert found.inputs[0].dropped == {"duplicate_id": 39}
