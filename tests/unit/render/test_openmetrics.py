"""OpenMetrics: two independent parsers read it and find each series once, with its exact labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import parser as classic
from prometheus_client.openmetrics import parser as modern
from prometheus_client.samples import Sample

from csatkit.metrics import CATALOG
from csatkit.render import render
from csatkit.render.openmetrics import family_name
from csatkit.report import Measure, Period, Report
from tests.unit.render.samples import (
    CHECK,
    CSAT,
    FCR,
    HOSTILE_REPORT,
    NASTY,
    PLAIN,
    REPORTS,
    TIMES,
    UNAVAILABLE,
    by_channel,
    checked,
    verdict,
)

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JANUARY = Period("2026-01", date(2026, 1, 1), date(2026, 1, 31))

Key = tuple[str, tuple[tuple[str, str], ...]]


def _samples(text: str, parser: object) -> Iterator[Sample]:
    families = parser.text_string_to_metric_families(text)  # type: ignore[attr-defined]
    for family in families:
        assert family.type == "gauge"
        yield from family.samples


def _key(sample: Sample) -> Key:
    return sample.name, tuple(sorted(sample.labels.items()))


def series(report: Report) -> dict[Key, float]:
    """Return the samples as both parsers read them, after checking that none is there twice."""
    text = str(render(report, "openmetrics"))
    assert text.endswith("# EOF\n")
    found = [list(_samples(text, parser)) for parser in (modern, classic)]
    keys = [[_key(s) for s in samples] for samples in found]
    assert keys[0] == keys[1]
    assert len(keys[0]) == len(set(keys[0]))
    assert [s.value for s in found[0]] == [s.value for s in found[1]]
    assert all(s.timestamp is None for s in found[0])
    return {key: s.value for key, s in zip(keys[0], found[0], strict=True)}


def of(*measures: Measure) -> Report:
    return replace(PLAIN, measures=measures)


def named(report: Report, name: str) -> dict[tuple[tuple[str, str], ...], float]:
    return {labels: x for (found, labels), x in series(report).items() if found == name}


@pytest.mark.parametrize("name", REPORTS)
def test_both_parsers_read_it(name: str) -> None:
    assert series(REPORTS[name]) is not None
    text = str(render(REPORTS[name], "openmetrics"))
    families = re.findall(r"^# TYPE (\S+) gauge$", text, re.MULTILINE)
    assert len(families) == len(set(families)) == text.count("# HELP ")
    order = [re.split("[{ ]", line)[0] for line in text.splitlines() if line[0] != "#"]
    assert list(dict.fromkeys(order)) == families
    runs = [name for i, name in enumerate(order) if i == 0 or order[i - 1] != name]
    assert len(runs) == len(set(runs))


@pytest.mark.parametrize("name", REPORTS)
def test_units_end_the_names(name: str) -> None:
    text = str(render(REPORTS[name], "openmetrics"))
    for family, unit in re.findall(r"^# UNIT (\S+) (\S+)$", text, re.MULTILINE):
        assert family.endswith(f"_{unit}")


def test_figures_are_in_base_units() -> None:
    found = {name: x for (name, labels), x in series(of(CSAT, TIMES)).items() if not labels}
    assert found["csatkit_csat_ratio"] == pytest.approx(0.81312345678901)
    assert found["csatkit_csat_low_ratio"] == 0.789
    assert found["csatkit_csat_high_ratio"] == 0.835
    assert found["csatkit_csat_denominator"] == 1204
    assert found["csatkit_resolution_time_seconds"] == 3.4 * 3600
    assert found["csatkit_data_end_timestamp_seconds"] == 1774915200
    assert "csatkit_resolution_time_low_seconds" not in found


def test_whole_percentages_stay_exact() -> None:
    text = str(render(of(replace(CSAT, value=83.0)), "openmetrics"))
    assert "\ncsatkit_csat_ratio 0.83\n" in text


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    east = datetime(2026, 3, 31, 2, tzinfo=timezone(timedelta(hours=2)))
    for as_of in (east, east.astimezone(UTC)):
        report = replace(PLAIN, definitions=replace(PLAIN.definitions, as_of=as_of))
        assert named(report, "csatkit_data_end_timestamp_seconds") == {(): 1774915200.0}
    unknown = replace(PLAIN, definitions=replace(PLAIN.definitions, as_of=None))
    assert not named(unknown, "csatkit_data_end_timestamp_seconds")


@pytest.mark.parametrize("x", [None, float("nan"), float("inf")])
def test_what_has_no_value_has_no_sample(x: float | None) -> None:
    found = series(of(replace(CSAT, value=x, denominator=None, low=None)))
    assert {name for name, _ in found} == {
        "csatkit_csat_high_ratio",
        "csatkit_status",
        "csatkit_data_end_timestamp_seconds",
    }


def test_an_unavailable_metric_is_only_a_status() -> None:
    found = series(of(UNAVAILABLE))
    status = ("csatkit_status", (("metric", "response_rate"), ("status", "unavailable")))
    assert found[status] == 1
    assert not [name for name, _ in found if "response_rate" in name]


def test_a_status_that_is_not_ok_says_so() -> None:
    found = named(of(replace(CSAT, status="skewed")), "csatkit_status")
    assert found == {(("metric", "csat"), ("status", "skewed")): 1}


def test_a_status_has_the_labels_of_its_value() -> None:
    values = named(HOSTILE_REPORT, "csatkit_csat_ratio")
    states = named(HOSTILE_REPORT, "csatkit_status")
    bare = {tuple(p for p in key if p[0] not in {"metric", "status"}) for key in states}
    assert set(values) < bare


def test_segments_are_labels_and_overall_has_none() -> None:
    found = named(by_channel(("email", None, "(none)", "")), "csatkit_csat_ratio")
    assert list(found) == [
        (),
        (("channel", "email"),),
        (("channel", "(none)"),),
        (("channel", "(none)"), ("row", "2")),
        (("channel", "(none)"), ("row", "3")),
    ]
    assert [round(x, 4) for x in found.values()] == [0.8131, 0.8, 0.8182, 0.8333, 0.8462]


@given(st.lists(ANY_TEXT.filter(bool), unique=True, min_size=1, max_size=3))
def test_any_name_comes_back(names: list[str]) -> None:
    found = named(by_channel(tuple(names)), "csatkit_csat_ratio")
    labels = [dict(key) for key in found if key]
    assert [key["channel"] for key in labels] == names


@pytest.mark.parametrize("name", NASTY)
def test_hostile_names_come_back(name: str) -> None:
    written = name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert (("channel", written),) in named(by_channel((name,)), "csatkit_csat_ratio")
    verdicts = named(checked(verdict(name, "fail")), "csatkit_target_verdict")
    assert [dict(key)["target"] for key in verdicts] == [written]


def test_a_huge_label_comes_back() -> None:
    huge = '"\n\\' * 350_000
    text = str(render(by_channel((huge,)), "openmetrics"))
    assert text.count("\n") < 40
    assert '\\"\\n\\\\' * 350_000 in text


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        (["Kanal ä", "Kanal ö"], ["Kanal__", "Kanal___2"]),
        (["status", "metric"], ["segment_status", "segment_metric"]),
        (["status", "segment_status"], ["segment_status", "segment_status_2"]),
        (["__name__", "1st"], ["name__", "segment_1st"]),
        (["渠道", "", "le"], ["segment", "segment_2", "segment_le"]),
    ],
)
def test_columns_become_valid_labels(columns: list[str], labels: list[str]) -> None:
    report = of(replace(CSAT, segment={name: str(i) for i, name in enumerate(columns)}))
    text = str(render(report, "openmetrics"))
    line = next(line for line in text.splitlines() if line.startswith("csatkit_csat_ratio{"))
    assert re.findall(r'(\w+)="', line) == labels
    assert series(report)


@given(st.lists(ANY_TEXT, unique=True, min_size=1, max_size=4))
def test_any_column_becomes_a_label(columns: list[str]) -> None:
    report = of(replace(CSAT, segment=dict.fromkeys(columns, "x")))
    ((labels, _),) = named(report, "csatkit_csat_ratio").items()
    assert len(labels) == len(columns)
    assert all(re.fullmatch("[a-zA-Z][a-zA-Z0-9_]*", name) for name, _ in labels)


def test_several_periods_are_told_apart() -> None:
    found = named(of(CSAT, replace(CSAT, period=JANUARY)), "csatkit_csat_ratio")
    assert list(found) == [(("period", "2026-02"),), (("period", "2026-01"),)]
    # A metric of one period needs no label, whatever others have.
    both = of(CSAT, replace(CSAT, period=JANUARY), FCR)
    assert list(named(both, "csatkit_fcr_ratio")) == [()]


def test_rules_and_methods_are_told_apart() -> None:
    found = named(of(FCR, replace(FCR, rule="7 days")), "csatkit_fcr_ratio")
    assert list(found) == [(("rule", FCR.rule),), (("rule", "7 days"),)]
    found = named(of(FCR, replace(FCR, method="effective")), "csatkit_fcr_ratio")
    assert list(found) == [(("method", "wilson"),), (("method", "effective"),)]


def test_the_meaning_is_in_the_help() -> None:
    text = str(render(of(replace(FCR, rule='"14" days\n\\ or so')), "openmetrics"))
    line = "# HELP csatkit_fcr_ratio First contact resolution: '14' days\\n\\\\ or so\n"
    assert line in text


def test_verdicts_have_their_target() -> None:
    found = [dict(key) for key in named(CHECK, "csatkit_target_verdict")]
    assert [key["verdict"] for key in found] == [
        "pass", "pass", "inconclusive", "fail", "unavailable",
    ]  # fmt: skip
    assert [key["warned"] for key in found] == ["false", "true", "false", "false", "false"]
    assert found[1]["channel"] == "a|b"
    assert "period" not in found[0]


def test_a_target_asked_twice_is_told_apart() -> None:
    found = named(checked(*[verdict("CSAT", "pass")] * 3), "csatkit_target_verdict")
    assert [dict(key).get("row") for key in found] == [None, "2", "3"]


def test_verdicts_of_several_periods_are_told_apart() -> None:
    report = checked(verdict("CSAT", "pass"), verdict("CSAT", "pass", period=JANUARY))
    found = named(report, "csatkit_target_verdict")
    assert [dict(key)["period"] for key in found] == ["2026-02", "2026-01"]


def test_no_two_metrics_of_the_catalogue_share_a_family() -> None:
    names = [
        family_name(m.id, m.unit, part) for m in CATALOG.values() for part in ("", "low", "high")
    ]
    names += [family_name(m.id, "count", "denominator") for m in CATALOG.values()]
    assert len(names) == len(set(names)) > 50
    assert all(re.fullmatch("csatkit_[a-z0-9_]+", name) for name in names)
    assert "_ratio_ratio" not in " ".join(names)
