"""The hand-computed values of the conformance files, through the whole engine, in both formats."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csatkit import analyses
from csatkit.load import open_data
from csatkit.report import Measure, Report
from csatkit.settings import Settings, SourceSettings

DATA = Path(__file__).resolve().parent.parent / "data" / "conformance"

UCI = {
    "ticket_id": "number",
    "customer_id": "caller_id",
    "agent": "resolved_by",
    "channel": "contact_type",
    "issue_type": "category",
    "created_at": "opened_at",
}


@pytest.fixture(params=["csv", "parquet"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def file_of(name: str, form: str, folder: Path) -> Path:
    """Return a conformance file; as Parquet its instants and counts are typed."""
    path = DATA / f"{name}.csv"
    if form == "csv":
        return path
    typed = folder / f"{name}.parquet"
    pl.read_csv(
        path, try_parse_dates=True, schema_overrides={"ticket_id": pl.String}
    ).write_parquet(typed)
    return typed


def measured(command: str, path: Path, **chosen: Any) -> dict[str, Measure]:
    """Return the overall measures of a command by metric."""
    return overall(run(command, path, **chosen))


def run(command: str, path: Path, **chosen: Any) -> Report:
    """Run a command on a file of tickets or surveys."""
    settings = Settings(**chosen)
    return analyses.run(command, open_data(path, source=settings.source), settings)


def overall(report: Report) -> dict[str, Measure]:
    """Return the measures of the whole by metric."""
    return {m.metric: m for m in report.measures if not m.segment}


def share(measure: Measure) -> tuple[int | float | None, int | None]:
    """Return numerator and denominator."""
    return measure.numerator, measure.denominator


def some(counts: object) -> dict[str, int]:
    """Return the counts above 0."""
    assert isinstance(counts, Mapping)
    return {name: n for name, n in counts.items() if n}


# --- tickets ---


def test_fcr_and_its_waterfall(form: str, tmp_path: Path) -> None:
    found = measured("fcr", file_of("fcr_tickets", form, tmp_path), as_of="2026-03-01")
    fcr = found["fcr"]
    assert share(fcr) == (7, 16)
    assert fcr.value == pytest.approx(43.75)
    assert fcr.excluded == {"immature": 2}
    assert fcr.extra["failures"] == {
        "unresolved": 1,
        "not_confirmed": 1,
        "reopened": 2,
        "repeat": 3,
        "multiple_contacts": 1,
        "transferred": 1,
    }
    assert share(found["fcr_resolved"]) == (7, 15)
    assert share(found["fcr_naive"]) == (8, 16)
    assert share(found["repeat_contact_rate"]) == (3, 10)


@pytest.mark.parametrize(
    ("chosen", "fcr", "repeats", "held_back"),
    [
        ({"repeat_on": "customer"}, (5, 16), (5, 12), {"immature": 2}),
        ({"window_days": 7}, (9, 18), None, {}),
    ],
)
def test_fcr_by_other_rules(
    *,
    form: str,
    tmp_path: Path,
    chosen: dict[str, Any],
    fcr: tuple[int, int],
    repeats: tuple[int, int] | None,
    held_back: dict[str, int],
) -> None:
    path = file_of("fcr_tickets", form, tmp_path)
    found = measured("fcr", path, as_of="2026-03-01", **chosen)
    assert share(found["fcr"]) == fcr
    assert found["fcr"].excluded == held_back
    if repeats is not None:
        assert share(found["repeat_contact_rate"]) == repeats


def test_who_repeats_on_the_customer(tmp_path: Path) -> None:
    path = file_of("fcr_tickets", "csv", tmp_path)
    chosen: dict[str, Any] = {"as_of": "2026-03-01", "repeat_on": "customer"}
    report = run("fcr", path, by=(("ticket_id",),), **chosen)
    repeats = [m for m in report.measures if m.metric == "repeat_contact_rate" and m.numerator]
    named = {m.segment["ticket_id"] for m in repeats if m.segment}
    assert named == {"01", "04", "06", "13", "17"}


def test_which_ticket_fails_for_what(form: str, tmp_path: Path) -> None:
    path = file_of("fcr_tickets", form, tmp_path)
    report = run("fcr", path, as_of="2026-03-01", by=(("ticket_id",),))
    cells = [m for m in report.measures if m.metric == "fcr" and m.segment and m.denominator]
    reasons = {str(m.segment["ticket_id"]): list(some(m.extra["failures"])) for m in cells}
    assert {ticket: found[0] for ticket, found in reasons.items() if found} == {
        "08": "unresolved",
        "14": "not_confirmed",
        "09": "reopened",
        "10": "reopened",
        "01": "repeat",
        "06": "repeat",
        "17": "repeat",
        "07": "multiple_contacts",
        "12": "transferred",
    }
    assert not {"15", "16"} & set(reasons)


def test_reopens(form: str, tmp_path: Path) -> None:
    found = measured("reopen", file_of("fcr_tickets", form, tmp_path), as_of="2026-03-01")
    assert share(found["reopen_rate"]) == (2, 16)
    assert share(found["reopen_events"]) == (3, 16)


# --- surveys ---


@pytest.mark.parametrize(
    ("rating", "csat", "total", "distribution"),
    [
        ("first", (2, 3), 11, {"2": 1, "4": 1, "5": 1}),
        ("last", (2, 3), 11, {"1": 1, "5": 2}),
        ("all", (3, 5), 17, {"1": 1, "2": 1, "4": 1, "5": 2}),
    ],
)
def test_which_rating(
    *,
    form: str,
    tmp_path: Path,
    rating: str,
    csat: tuple[int, int],
    total: int,
    distribution: dict[str, int],
) -> None:
    found = measured("csat", file_of("surveys", form, tmp_path), rating=rating)
    assert share(found["csat"]) == csat
    assert share(found["csat_average"]) == (total, csat[1])
    assert some(found["csat"].extra["distribution"]) == distribution


def test_response_and_rated_tickets(form: str, tmp_path: Path) -> None:
    path = file_of("surveys", form, tmp_path)
    assert share(measured("response", path)["response_rate"]) == (4, 5)
    response = measured("csat", path)["csat"].extra["response"]
    assert isinstance(response, dict)
    assert (response["rated_tickets"], response["surveyed_tickets"]) == (3, 4)


# --- real incidents ---


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("transfers", ["", "reassignment_count"])
def test_real_incidents(shared: Path, form: str, transfers: str) -> None:
    source = SourceSettings(map={**UCI, "transfer_count": transfers}, preset="none")
    path = shared / "data" / "uci-incidents" / f"incidents.{form}"
    report = run("fcr", path, source=source)
    assert report.definitions.as_of is not None
    assert f"{report.definitions.as_of:%Y-%m-%d %H:%M}" == "2017-02-18 15:00"
    assert (report.inputs[0].rows, report.inputs[0].used) == (24_918, 24_918)
    found = overall(report)
    fcr = found["fcr"]
    assert fcr.excluded == {"immature": 60}
    if transfers:
        assert share(fcr) == (8_473, 24_858)
        assert some(fcr.extra["failures"])["transferred"] == 8_191
        return
    assert share(fcr) == (16_664, 24_858)
    failures = {"unresolved": 1_545, "reopened": 274, "repeat": 6_375}
    assert some(fcr.extra["failures"]) == failures
    assert share(found["fcr_resolved"]) == (16_664, 23_313)
    assert share(found["repeat_contact_rate"]) == (6_440, 23_302)
    reopens = measured("reopen", path, source=source)
    assert share(reopens["reopen_rate"]) == (275, 23_363)
    assert share(reopens["reopen_events"]) == (331, 23_363)


@pytest.mark.shared
@pytest.mark.slow
def test_real_incidents_by_the_rules_of_other_systems(shared: Path, form: str) -> None:
    source = SourceSettings(map={**UCI, "transfer_count": ""}, preset="none")
    path = shared / "data" / "uci-incidents" / f"incidents.{form}"
    found = measured("reconcile", path, source=source)
    week = measured("fcr", path, source=source, window_days=7)
    assert share(found["fcr_7d"]) == share(week["fcr"])
    # Nothing is merged there, so what counts merged tickets finds the same.
    assert share(found["reopen_rate_zendesk"]) == (275, 23_363)
    assert share(found["reopen_events_zendesk"]) == (331, 23_363)
    assert found["csat"].status == found["one_touch_zendesk"].status == "unavailable"


# --- the anchors of the definitions ---


def test_kaplan_meier_from_instants(tmp_path: Path) -> None:
    rows = ["ticket_id,customer_id,issue_type,created_at,resolved_at"]
    end = pl.Series(["2026-03-02 00:00:00"]).str.to_datetime()[0]
    solved = pl.Series(["2026-01-08 00:00:00"]).str.to_datetime()[0]
    day = pl.Series([86_400_000_000]).cast(pl.Duration("us"))[0]
    for i, after in enumerate((-1, 0.5, 3.2, 7, 13.99, 14, 14.001)):
        rows.append(f"a{i},r{i},x,{solved - 2 * day:%F %T},{solved:%F %T}")
        rows.append(f"b{i},r{i},x,{solved + after * day},")
    for i, followed in enumerate((3.6, 9.9, 13.5, 20, 30)):
        rows.append(f"c{i},f{i},x,{end - (followed + 1) * day},{end - followed * day}")
    path = tmp_path / "anchor.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = measured("fcr", path, as_of="2026-03-02")["repeat_contact_rate_km"]
    assert share(found) == (6, 12)
    assert found.value == pytest.approx(100 * (1 - 0.388889), abs=5e-5)


def test_a_window_outlasts_the_period(tmp_path: Path) -> None:
    path = tmp_path / "weeks.csv"
    days = [f"2026-03-{day:02d} 12:00:00" for day in range(1, 30)]
    rows = [f"t{i},c{i},x,{day},{day},{day},5" for i, day in enumerate(days)]
    rows.append("last,c,x,2026-03-30 06:00:00,,,")
    head = "ticket_id,customer_id,issue_type,created_at,resolved_at,sent_at,score"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    settings = Settings(period="last-week")
    data = open_data(path, source=settings.source)
    report = analyses.run("analyze", data, settings, metrics=("csat", "fcr"))
    periods = {m.metric: m.period.label for m in report.measures if m.period is not None}
    assert periods == {"csat": "2026-W13", "fcr": "2026-W11"}
    assert [m.denominator for m in report.measures] == [7, 7]
    named = analyses.run("fcr", data, Settings(period="2026-W13"))
    (fcr,) = [m for m in named.measures if m.metric == "fcr"]
    assert fcr.period is not None
    assert fcr.period.label == "2026-W13"
    assert fcr.excluded == {"immature": 7}
    assert (fcr.status, fcr.value) == ("unavailable", None)
