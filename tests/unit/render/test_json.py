"""JSON: the promised fields in the promised order, valid against the shipped schema."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.render import render
from csatkit.render.document import instant, plain
from csatkit.report import Note, Report
from csatkit.schemas import load_schema
from tests.unit.render.samples import (
    CSAT,
    FCR,
    HOSTILE_REPORT,
    PLAIN,
    REPORTS,
    SECTIONS,
    by_channel,
)

VALID = jsonschema.Draft202012Validator(load_schema())


def read(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(report, "json"))
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_output_is_valid(name: str) -> None:
    found = read(REPORTS[name])
    VALID.validate(found)
    assert found["command"] == REPORTS[name].command


def test_fields_stand_in_the_promised_order() -> None:
    found = read(replace(PLAIN, title=None))
    assert list(found) == [
        "schema_version", "csatkit", "command", "definitions", "inputs", "measures", "targets",
        "notes",
    ]  # fmt: skip
    assert list(found["definitions"]) == [
        "window_days", "repeat_on", "fail_on", "scale", "satisfied", "low", "rating", "clock",
        "timezone", "as_of", "level", "min_n", "profile",
    ]  # fmt: skip
    assert list(found["inputs"][0]) == ["path", "kind", "preset", "rows", "used", "dropped"]
    assert list(found["measures"][0]) == [
        "metric", "rule", "label", "unit", "segment", "period", "value", "numerator",
        "denominator", "low", "high", "level", "method", "status", "reason", "band", "excluded",
        "difference", "distribution",
    ]  # fmt: skip
    assert list(found["measures"][0]["period"]) == ["label", "from", "to"]
    assert list(found["measures"][0]["difference"]) == ["value", "low", "high", "against"]
    assert list(found["notes"][0]) == ["level", "code", "text"]


def test_numbers_are_unrounded_and_whole_days_whole() -> None:
    found = read(PLAIN)
    assert found["measures"][0]["value"] == CSAT.value
    assert found["definitions"]["window_days"] == 14
    assert '"window_days": 14,' in str(render(PLAIN, "json"))
    assert found["definitions"]["as_of"] == "2026-03-31T00:00:00Z"


def test_overall_and_missing_segments_differ() -> None:
    segments = [m["segment"] for m in read(by_channel((None,)))["measures"]]
    assert segments == [{}, {"channel": None}, {"channel": "fax"}]


def test_a_measure_of_a_section_is_listed_once() -> None:
    assert [m["metric"] for m in read(SECTIONS)["measures"]] == ["csat", "fcr"]


def test_hostile_text_comes_back_unchanged() -> None:
    given_names = [m.segment.get("channel") for m in HOSTILE_REPORT.measures]
    found = [m["segment"].get("channel") for m in read(HOSTILE_REPORT)["measures"]]
    assert found == given_names


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_any_text_is_utf_8(name: str) -> None:
    text = str(render(by_channel((name,)), "json"))
    assert text.encode("utf-8").decode("utf-8") == text
    assert len(json.loads(text)["measures"]) == 3


@pytest.mark.parametrize("x", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_null(x: float) -> None:
    text = str(render(replace(PLAIN, measures=(replace(CSAT, value=x),)), "json"))
    assert json.loads(text)["measures"][0]["value"] is None


def test_instants_are_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    assert instant(datetime(2026, 3, 1, 8, tzinfo=east)) == "2026-03-01T06:00:00Z"
    assert instant(datetime(2026, 3, 1, 6)) == "2026-03-01T06:00:00Z"
    assert instant(datetime(2026, 3, 1, 6, 0, 0, 5, tzinfo=UTC)) == "2026-03-01T06:00:00.000005Z"


def test_what_has_no_place_in_a_report_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no place"):
        plain({1, 2})


@pytest.mark.parametrize(
    "broken",
    [
        replace(PLAIN, notes=(Note("info", "no.such_code", "text"),)),
        replace(PLAIN, measures=(replace(CSAT, excluded={"no_such_reason": 1}),)),
        replace(PLAIN, measures=(replace(FCR, extra={"no_such_field": 1}),)),
        replace(PLAIN, inputs=(replace(PLAIN.inputs[0], dropped={"no_such_reason": 1}),)),
    ],
    ids=["note", "excluded", "extra", "dropped"],
)
def test_codes_beyond_the_closed_lists_are_refused(broken: Report) -> None:
    with pytest.raises(ValueError, match="no"):
        render(broken, "json")
