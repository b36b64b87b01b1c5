"""Each system's export is recognised by exactly one preset, and its numbers are those by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import csatkit
from csatkit.errors import UsageError
from csatkit.load.preset import Preset, Signature
from csatkit.load.presets import matching, recognise, shipped
from csatkit.load.sniff import clean_headers, sniff
from tests.unit.load.presets.cases import CASES, Case

if TYPE_CHECKING:
    from csatkit.load import Data
    from csatkit.report import Measure, Report

BY_NAME = {case.preset: case for case in CASES}

each_case = pytest.mark.parametrize("case", CASES, ids=lambda c: c.preset)


def _load(case: Case, folder: Path, **settings: Any) -> Data:
    path = folder / "export.csv"
    path.write_text(case.text, encoding="utf-8")
    return csatkit.load(path, **{**case.settings, **settings})


def _report(data: Data, metrics: Mapping[str, object]) -> Report:
    return csatkit.analyze(data, metrics=list(metrics))


def _overall(report: Report) -> dict[str, Measure]:
    return {m.metric: m for m in report.measures if not m.segment}


def test_every_preset_has_a_case() -> None:
    assert sorted(BY_NAME) == sorted(shipped())


@each_case
def test_exactly_one_preset_matches(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(case.text, encoding="utf-8")
    headers, _ = clean_headers(sniff(path).header)
    assert [m.preset.name for m in matching(headers, shipped())] == [case.preset]


@each_case
def test_the_numbers_are_those_by_hand(case: Case, tmp_path: Path) -> None:
    data = _load(case, tmp_path)
    source = data.surveys if case.kind == "surveys" else data.tickets
    assert source is not None
    assert (data.tickets is None) == (case.kind == "surveys")
    assert source.preset == case.preset
    if case.scale is not None:
        assert source.scale is not None
        assert source.scale.name == case.scale
    report = _report(data, case.measures)
    found = _overall(report)
    for metric, expected in case.measures.items():
        measure = found[metric]
        if expected is None:
            assert measure.status == "unavailable", metric
        else:
            assert (measure.numerator, measure.denominator) == expected, metric
    (row,) = report.inputs
    assert (row.used, row.dropped) == (case.used, case.dropped)
    assert row.rows == row.used + sum(row.dropped.values())
    assert row.preset == case.preset
    assert any(n.code == "preset.recognised" and case.preset in n.text for n in report.notes)


@each_case
def test_naming_the_preset_gives_the_same(case: Case, tmp_path: Path) -> None:
    found = _overall(_report(_load(case, tmp_path), case.measures))
    named = _overall(_report(_load(case, tmp_path, preset=case.preset), case.measures))
    assert named == found


@each_case
def test_case_and_spaces_of_headers_dont_matter(case: Case, tmp_path: Path) -> None:
    text = case.text.removeprefix("\ufeff")
    header, rest = text.split("\n", 1)
    path = tmp_path / "export.csv"
    path.write_text(f"{header.upper()}\n{rest}", encoding="utf-8")
    headers, _ = clean_headers(sniff(path).header)
    assert [m.preset.name for m in matching(headers, shipped())] == [case.preset]


@pytest.mark.parametrize(
    "header",
    [
        "ticket_id,customer_id,channel,created_at,resolved_at,score",
        "id,created,resolved,agent,csat",
        "ticket_id,sent_at,responded_at,score,comment",
        "Number,Opened,Closed,Owner",
    ],
)
def test_plain_tables_are_no_systems_export(header: str) -> None:
    assert matching(tuple(header.split(",")), shipped()) == ()


def test_none_switches_recognition_off(tmp_path: Path) -> None:
    data = _load(BY_NAME["medallia"], tmp_path, preset="none")
    source = data.surveys or data.tickets
    assert source is not None
    assert source.preset is None
    assert all(n.code != "preset.recognised" for n in data.notes)


def test_an_unknown_preset_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown preset 'zendsk'") as caught:
        _load(BY_NAME["zendesk"], tmp_path, preset="zendsk")
    assert caught.value.hint == "Did you mean 'zendesk'?"


def _preset(name: str, *headers: str, tier: int = 1) -> Preset:
    signature = Signature(all=tuple((h,) for h in headers))
    return Preset(name, name, tier, "tickets", signature, {})


def test_the_more_specific_preset_wins() -> None:
    known = {p.name: p for p in (_preset("wide", "a"), _preset("narrow", "a", "b"))}
    match = recognise(("A", "b", "c"), known, "x.csv")
    assert match is not None
    assert match.preset.name == "narrow"
    assert match.headers == ("A", "b")


def test_a_tie_is_an_error_that_names_both() -> None:
    known = {p.name: p for p in (_preset("one", "a", "b"), _preset("two", "a", "c"))}
    with pytest.raises(UsageError, match=r"x\.csv could be an export of one or of two") as caught:
        recognise(("a", "b", "c"), known, "x.csv")
    assert "--preset one or --preset two" in str(caught.value.hint)


def test_an_own_preset_beats_a_shipped_one() -> None:
    known = {p.name: p for p in (_preset("wide", "a", "b"), _preset("mine", "a", tier=0))}
    match = recognise(("a", "b"), known, "x.csv")
    assert match is not None
    assert match.preset.name == "mine"


JSON_CASES = ("zendesk-ratings", "gorgias", "helpscout", "freshdesk-ratings")


@pytest.mark.parametrize("name", JSON_CASES)
def test_typed_cells_read_like_text(name: str, tmp_path: Path) -> None:
    """An API gives numbers and missing values, not text."""
    case = BY_NAME[name]
    path = tmp_path / "export.csv"
    path.write_text(case.text, encoding="utf-8")
    frame = pl.read_csv(path, infer_schema_length=None)
    assert any(dtype.is_numeric() for dtype in frame.dtypes)
    found = _overall(_report(csatkit.load(frame), case.measures))
    assert found == _overall(_report(_load(case, tmp_path), case.measures))


@pytest.mark.parametrize("name", JSON_CASES)
def test_json_of_an_api_is_recognised(name: str, tmp_path: Path) -> None:
    case = BY_NAME[name]
    csv = tmp_path / "export.csv"
    csv.write_text(case.text, encoding="utf-8")
    rows = [_nested(row) for row in pl.read_csv(csv, infer_schema_length=None).to_dicts()]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    found = _overall(_report(csatkit.load(path), case.measures))
    assert found == _overall(_report(_load(case, tmp_path), case.measures))


def _nested(row: Mapping[str, object]) -> dict[str, object]:
    """Return an object as an API sends it, with dotted names as objects of their own."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        outer, dot, inner = name.partition(".")
        if dot:
            found.setdefault(outer, {})[inner] = value
        else:
            found[name] = value
    return found
