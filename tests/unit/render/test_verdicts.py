"""Verdicts in words and as rows: every field of the JSON, one wording for all formats."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import jsonschema
import polars as pl
import pytest

from csatkit.gate import Target, judge
from csatkit.render import render, to_frame
from csatkit.render.verdicts import asked, cases, counts, target_grid
from csatkit.report import Report
from csatkit.schemas import load_schema
from tests.unit.render.samples import CHECK, CSAT, FEBRUARY, checked, verdict


def rows_of(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(str(render(report, "csv")), newline="")))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"op": "min", "threshold": 80.0}, "≥ 80"),
        ({"op": "max", "threshold": 12.5}, "≤ 12.5"),
        ({"op": "max", "threshold": 1234.5}, "≤ 1,234.5"),
        ({"mode": "noninferior", "margin": 2.0}, "≥ 80 − 2"),
        ({"mode": "noninferior", "margin": 2.0, "op": "max"}, "≤ 80 + 2"),
        ({"threshold": None, "baseline": 81.25}, "≥ baseline 81.2 %"),
        ({"threshold": None, "baseline": None}, "≥ baseline –"),
    ],
)
def test_what_is_asked(fields: dict[str, object], expected: str) -> None:
    assert asked(verdict("CSAT", "pass", **fields), "percent") == expected


def test_the_size_that_would_decide_is_said_where_nothing_is_decided() -> None:
    passing, undecided = (
        verdict("CSAT", word, n_needed=3639, action="act") for word in ("pass", "inconclusive")
    )
    assert [c.why for c in cases(checked(passing, undecided))] == ["", "needs about 3,639"]
    assert target_grid([passing], {}).headings[-1] == "Verdict"


def test_counts_say_all_there_is() -> None:
    assert counts([]) == "no target was judged"
    assert counts(cases(checked(verdict("a", "pass")))) == "1 pass"


def test_a_segment_and_a_period_tell_cases_apart() -> None:
    january = replace(FEBRUARY, label="2026-01")
    targets = (
        verdict("CSAT", "pass", segment={"issue_type": None}),
        verdict("CSAT", "pass", period=january),
    )
    assert [c.name for c in cases(checked(*targets))] == [
        "CSAT (issue type (none), 2026-02)",
        "CSAT (2026-01)",
    ]
    assert [c.name for c in cases(checked(targets[1]))] == ["CSAT"]


def test_the_csv_of_a_check_has_a_row_per_verdict() -> None:
    rows = rows_of(CHECK)
    written = json.loads(render(CHECK, "json"))["targets"]
    assert len(rows) == len(written)
    for row, target in zip(rows, written, strict=True):
        spread = {"segment", "period"}
        assert set(target) - spread < set(row)
        for name in set(target) - spread - {"warned"}:
            assert row[name] == ("" if target[name] is None else str(target[name]))
        assert row["warned"] == str(target["warned"]).lower()
        assert json.loads(row["segment"]) == target["segment"]
        assert row["segment_channel"] == (target["segment"].get("channel") or "")
        period = target["period"] or {"label": "", "from": "", "to": ""}
        assert [row[f"period_{name}"] for name in period] == list(period.values())


def test_the_frame_of_a_check_has_types() -> None:
    frame = to_frame(CHECK)
    assert frame.columns == list(rows_of(CHECK)[0])
    assert frame["verdict"].to_list() == ["pass", "pass", "inconclusive", "fail", "unavailable"]
    assert frame["threshold"].to_list() == [75.0, 70.0, 80.0, None, 80.0]
    assert frame["warned"].to_list() == [False, True, False, False, False]
    assert frame["family"].to_list() == [None, None, 2, None, None]
    assert frame["period_from"][0] == date(2026, 2, 1)
    content = render(CHECK, "parquet")
    assert isinstance(content, bytes)
    assert pl.read_parquet(io.BytesIO(content)).equals(frame)


def test_a_check_of_nothing_has_the_columns() -> None:
    nothing = replace(checked(), measures=())
    assert to_frame(nothing).height == 0
    assert to_frame(nothing).schema["p_adjusted"] == pl.Float64
    # A baseline that was only written has measures and no verdict.
    assert rows_of(checked())[0]["metric"] == "csat"
    assert "verdict" not in rows_of(checked())[0]


def test_other_commands_keep_their_measures() -> None:
    assert "verdict" not in rows_of(replace(CHECK, command="report"))[0]


def test_a_formula_in_a_name_does_not_run() -> None:
    assert rows_of(checked(verdict("=1+1", "fail", action="@x")))[0]["name"] == "'=1+1"


def test_what_the_gate_gives_is_valid_and_in_the_order_of_the_columns() -> None:
    found = judge(Target("CSAT", "csat", "min", 80.0), [CSAT])
    report = checked(*(v.fields() for v in found))
    written = json.loads(render(report, "json"))
    jsonschema.Draft202012Validator(load_schema()).validate(written)
    (target,) = written["targets"]
    spread = {"segment": ["segment"], "period": ["period_label", "period_from", "period_to"]}
    columns = [column for name in target for column in spread.get(name, [name])]
    assert list(rows_of(report)[0]) == columns
