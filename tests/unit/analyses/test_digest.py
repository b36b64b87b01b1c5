"""`digest`: the last complete period, what needs follow-up on its own, and nothing made up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import csatkit as ck
from csatkit.analyses.digest.fitting import MOST_WORDS, within, words_of
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.notes import note
from csatkit.report import Measure, Report, Section
from tests.unit.analyses._digests import (
    CUT,
    Row,
    changed,
    desk,
    digest,
    in_week_13,
    opened,
    section,
    text_of,
)

KINDS = ("daily", "weekly", "monthly", "quarterly")
ROWS = desk()
DATA = opened(ROWS)


def _of(report: Report, metric: str) -> Measure:
    return next(m for m in report.measures if m.metric == metric and not m.segment)


def _label(m: Measure) -> str:
    assert m.period is not None
    return m.period.label


# --- which period ---------------------------------------------------------------------------------


def test_on_a_monday_morning_each_metric_has_its_latest_period_with_data() -> None:
    report = digest(DATA, "weekly")
    rated = [s for s in ROWS[1] if in_week_13(s)]
    csat = _of(report, "csat")
    assert _label(csat) == "2026-W13"
    assert (csat.numerator, csat.denominator) == (sum(s["score"] > 3 for s in rated), len(rated))
    assert csat.denominator
    fcr = _of(report, "fcr")
    assert _label(fcr) == "2026-W11"
    assert fcr.denominator == 7 * 12
    assert "immature" not in fcr.excluded
    assert report.title == "Weekly digest 2026-W13"
    words = " ".join(section(report, "headline").text)
    assert (
        "First contact resolution, Response rate and Reopen rate: week 2026-W11 "
        "(2026-03-09 to 2026-03-15), the latest whose 14 days have closed."
    ) in words


@pytest.mark.parametrize(
    ("kind", "label", "mature"),
    [("daily", "2026-03-29", None), ("weekly", "2026-W13", "2026-W11"),
     ("monthly", "2026-02", "2026-02"), ("quarterly", "2025-Q4", None)],
)  # fmt: skip
def test_the_last_complete_period(kind: str, label: str, mature: str | None) -> None:
    report = digest(opened(desk(days=200)), kind)
    assert report.title == f"{kind.capitalize()} digest {label}"
    assert _label(_of(report, "csat")) == label
    if mature is not None:
        assert _label(_of(report, "fcr")) == mature


def test_a_period_asked_for_by_name_is_never_swapped() -> None:
    report = digest(DATA, "weekly", period="2026-W12")
    fcr = _of(report, "fcr")
    assert _label(fcr) == "2026-W12"
    assert fcr.reason == "the export ends before any window closed"
    assert "period.shifted" not in {n.code for n in report.notes}
    partly = digest(DATA, "monthly", period="2026-03")
    assert _of(partly, "fcr").excluded["immature"] > 0
    assert "period.partly_mature" in {n.code for n in partly.notes}


def test_days_of_ones_own_are_taken_as_they_are() -> None:
    report = digest(DATA, "weekly", from_="2026-03-01", to="2026-03-10")
    assert report.title == "Weekly digest 2026-03-01..2026-03-10"
    assert (
        section(report, "signals").missing == "charts are of whole days, weeks, months or quarters"
    )
    assert "--from 2026-03-01 --to 2026-03-10" in " ".join(section(report, "next").text)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_period_is_nothing_to_evaluate(kind: str) -> None:
    with pytest.raises(NothingToEvaluate, match=r"2026-0[56].* holds no ticket"):
        digest(DATA, kind, period="2026-05")
    # Three weeks later the last week is empty, though one with closed windows isn't.
    if kind == "weekly":
        with pytest.raises(NothingToEvaluate, match="2026-W16"):
            digest(DATA, kind, as_of="2026-04-20")


def test_a_week_that_is_all_but_over_is_pointed_at() -> None:
    rows = desk(end=datetime(2026, 3, 29, 20))
    report = digest(rows, "weekly")
    assert report.title == "Weekly digest 2026-W12"
    assert "--as-of 2026-03-30 makes it the last complete week" in text_of(report)
    asked = digest(rows, "weekly", as_of="2026-03-30")
    assert asked.title == "Weekly digest 2026-W13"
    assert "makes it the last complete week" not in text_of(asked)


# --- the same figures as the commands -------------------------------------------------------------


def test_the_headline_is_what_compare_says() -> None:
    ours = {m.metric: m for m in digest(DATA, "weekly").measures if not m.segment}
    theirs = {m.metric: m for m in ck.analyze(DATA, command="compare", period="last-week").measures}
    for name in ("csat", "fcr", "response_rate", "reopen_rate", "tickets"):
        assert ours[name] == theirs[name]
    first = section(digest(DATA, "weekly"), "headline").text[0]
    compare = ck.analyze(DATA, command="compare", period="last-week")
    assert first == section(compare, "change").text[0]


def test_the_month_is_made_of_report_and_compare() -> None:
    ours = digest(DATA, "monthly")
    report = ck.analyze(DATA, command="report", period="last-month")
    compare = ck.analyze(DATA, command="compare", period="last-month")
    assert section(ours, "segments").tables == section(report, "segments").tables
    assert section(ours, "failures").tables == section(report, "failures").tables
    for key in ("split_channel", "split_issue_type"):
        assert section(ours, key) == section(compare, key)


def test_the_charts_are_those_of_trend() -> None:
    def bad_week(row: Row) -> Row | None:
        return {**row, "score": 1} if in_week_13(row) else None

    rows = (ROWS[0], changed(ROWS[1], bad_week))
    report = digest(rows, "weekly")
    found = section(report, "signals").text
    trend = ck.analyze(opened(rows), ["csat"], command="trend", from_="2025-09-29", to="2026-03-29")
    signal = section(trend, "trend_csat").text[0]
    assert signal.startswith("Below limits: 2026-W13")
    assert found[0] == f"CSAT: b{signal[1:]}"
    assert any("csatkit trend" in line for line in section(report, "next").text)


def test_an_old_signal_is_no_news() -> None:
    def bad_week(row: Row) -> Row | None:
        at = row["responded_at"]
        is_old = at is not None and datetime(2026, 2, 16) <= at < datetime(2026, 2, 23)
        return {**row, "score": 1} if is_old else None

    report = digest((ROWS[0], changed(ROWS[1], bad_week)), "weekly")
    (line,) = section(report, "signals").text
    assert line.startswith("No signal in the last 4 judged weeks: CSAT,")


def test_a_fall_beyond_noise_is_called_one_and_leads_to_compare() -> None:
    def bad_week(row: Row) -> Row | None:
        return {**row, "score": 1} if in_week_13(row) else None

    report = digest((ROWS[0], changed(ROWS[1], bad_week)), "weekly")
    assert "beyond noise; mostly rate" in section(report, "headline").text[0]
    assert "csatkit compare" in section(report, "next").text[0]


def test_a_rise_beyond_noise_is_a_bright_spot_and_a_lucky_one_isn_t() -> None:
    def good_week(row: Row) -> Row | None:
        at = row["responded_at"]
        if at is None or at < datetime(2026, 3, 16):
            return None
        return {**row, "score": 5 if in_week_13(row) else 1}

    bright = section(digest((ROWS[0], changed(ROWS[1], good_week)), "weekly"), "bright_spots")
    assert bright.text[0].startswith("CSAT is better beyond noise, from 0.0 % to 100.0 %")
    quiet = section(digest(DATA, "weekly"), "bright_spots")
    assert not any("beyond noise" in line for line in quiet.text)


# --- one number -----------------------------------------------------------------------------------


def test_the_day_is_one_number_with_what_it_rests_on() -> None:
    report = digest(DATA, "daily")
    rated = [
        s for s in ROWS[1]
        if s["responded_at"] and s["responded_at"].date().isoformat() == "2026-03-29"
    ]  # fmt: skip
    good = sum(s["score"] > 3 for s in rated)
    (only,) = report.sections
    assert f": {good} of {len(rated)} ratings are 4-5 on 1-5; too few to judge." in only.text[0]
    assert (len(rated) - good, only.text[1]) == (1, "1 low score (1-3).")
    rate = _of(report, "response_rate")
    assert rate.period is not None
    # The 28 days before the last whose surveys have had their 14 days.
    assert (str(rate.period.first), str(rate.period.last)) == ("2026-02-16", "2026-03-15")
    assert only.text[2].startswith(f"Valid: {rate.numerator}/{rate.denominator} surveys")


def test_a_day_without_ratings_says_when_the_latest_came() -> None:
    def silent(row: Row) -> Row | None:
        at = row["responded_at"]
        is_late = at is not None and at >= datetime(2026, 3, 28)
        return {**row, "responded_at": None, "score": None} if is_late else None

    report = digest((ROWS[0], changed(ROWS[1], silent)), "daily")
    said = report.sections[0].text[0]
    assert said.startswith("No rating on 2026-03-29. The latest day with ratings is 2026-03-27: ")


# --- inputs that lack something -------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_tickets_alone(kind: str) -> None:
    tickets, _ = desk(days=200)
    report = digest((tickets, []), kind)
    assert _of(report, "csat" if kind != "quarterly" else "fcr").metric
    words = text_of(report)
    if kind == "weekly":
        assert "Not computed, column score missing: CSAT, Response rate." in words
        assert section(report, "low_scores").missing == "column score missing"
        assert _of(report, "fcr").value is not None


@pytest.mark.parametrize("kind", KINDS)
def test_surveys_alone(kind: str) -> None:
    _, surveys = desk(days=200)
    surveys[-1] = {**surveys[-1], "responded_at": CUT, "score": 5}
    import polars as pl

    data = ck.load(None, pl.DataFrame(surveys, infer_schema_length=None), timezone="UTC")
    report = digest(data, kind)
    assert _of(report, "csat").value is not None
    if kind == "weekly":
        table = section(report, "low_scores").tables[0]
        assert list(table.columns) == ["ticket", "score"]


def test_no_comments() -> None:
    tickets, surveys = ROWS
    bare = [{k: v for k, v in s.items() if k != "comment"} for s in surveys]
    report = digest((tickets, bare), "weekly")
    assert "comments" not in {s.key for s in report.sections}
    assert "left out" not in " ".join(section(report, "low_scores").text)


def test_the_first_week_of_an_export_has_nothing_to_compare_with() -> None:
    report = digest(desk(days=7), "weekly")
    first = section(report, "headline").text[0]
    assert first.startswith("CSAT ")
    assert "2026-W12 has no data" in first
    assert "Not computed" in " ".join(section(report, "headline").text)


# --- what may be shown ----------------------------------------------------------------------------


@pytest.mark.parametrize("privacy", ["ids", "none"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written", ["table", "markdown", "json", "csv"])
def test_privacy_holds_in_every_format(privacy: str, kind: str, written: str) -> None:
    shown = str(ck.render(digest(DATA, kind, period="2026-02", privacy=privacy), written))
    for name in ("Lovelace", "Okri", "cust-", "Comment on"):
        assert name not in shown


def test_pseudonyms_stand_for_agents_and_the_loss_of_comments_is_said() -> None:
    report = digest(DATA, "weekly", privacy="ids")
    low = section(report, "low_scores")
    assert all(str(r["agent"]).startswith("agent-") for r in low.tables[0].rows)
    assert low.text[-1] == "Comments are left out (--privacy ids)."
    hidden = section(digest(DATA, "weekly", privacy="none"), "low_scores")
    assert "agent" not in hidden.tables[0].columns


@pytest.mark.parametrize("kind", ["weekly", "monthly", "quarterly"])
def test_a_condition_on_a_person_isn_t_repeated_where_names_are_hidden(kind: str) -> None:
    asked = {"where": ["agent=Ben Okri"], "period": "2026-02"}
    assert "Ben Okri" in text_of(digest(DATA, kind, **asked)) or kind == "quarterly"
    hidden = digest(DATA, kind, privacy="ids", **asked)
    for written in ("table", "json"):
        assert "Okri" not in str(ck.render(hidden, written))


# --- as many words as somebody reads --------------------------------------------------------------


def _crowded() -> Report:
    """Return the week of a desk with 60 agents, 40 kinds of issues, long names and comments."""
    tickets, surveys = desk(a_day=120, days=60)

    def renamed(row: Row) -> Row:
        n = int(row["ticket_id"][1:]) if row["ticket_id"] != "LAST" else 0
        issue = f"kind {n % 40} of " + "a very long story " * 12
        agent = f"Agent {n % 60} of the northern front office team"
        team = f"Team {n % 25} " + "with a long name " * 5
        return {**row, "agent": agent, "issue_type": issue, "team": team}

    def talkative(row: Row) -> Row | None:
        if row["score"] is None:
            return None
        n = int(row["ticket_id"][1:])
        score = 1 if n % 40 < 12 else row["score"]
        return {**row, "score": score, "comment": f"{n} " + "a b c d e f " * 500}

    return digest((changed(tickets, renamed), changed(surveys, talkative)), "weekly")


def test_a_week_has_at_most_a_thousand_words() -> None:
    for report in (digest(DATA, "weekly"), _crowded()):
        text = text_of(report)
        assert words_of(report) <= MOST_WORDS
        assert len([w for w in text.split() if any(c.isalpha() for c in w)]) <= 1_000
    assert section(_crowded(), "low_scores").tables[0].rows


def test_words_are_cut_where_lists_alone_don_t_keep_them_few() -> None:
    report = digest(DATA, "weekly")
    warnings = [note("fcr.slow_resolution", f"warning {i} " + "word " * 90, "warning")
                for i in range(40)]  # fmt: skip
    told = replace(section(report, "signals"), text=tuple("many words " * 80 for _ in range(9)))
    sections = tuple(told if s.key == "signals" else s for s in report.sections)
    crowded = replace(report, notes=(*report.notes, *warnings), sections=sections)
    assert words_of(crowded) > 4 * MOST_WORDS
    fitted = within(crowded)
    assert words_of(fitted) <= MOST_WORDS
    assert "and 35 more" in fitted.notes[-1].text
    assert fitted.measures == crowded.measures
    assert section(fitted, "headline") == section(crowded, "headline")


def test_nothing_is_cut_from_what_fits() -> None:
    report = digest(DATA, "weekly")
    assert within(report) is report


# --- always the same ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_rows_is_irrelevant(kind: str) -> None:
    tickets, surveys = ROWS
    turned = opened((tickets[::-1], surveys[::-1]))
    for written in ("table", "markdown", "json", "csv"):
        asked = {"period": "2026-02"} if kind in ("monthly", "quarterly") else {}
        one, other = (digest(d, kind, **asked) for d in (DATA, turned))
        assert ck.render(one, written) == ck.render(other, written)


def test_as_of_repeats_an_earlier_monday() -> None:
    later = desk(days=104, end=CUT + timedelta(days=14))
    earlier = digest(later, "weekly", as_of="2026-03-30T06:00")
    assert earlier.title == "Weekly digest 2026-W13"
    assert _of(earlier, "csat").value == _of(digest(DATA, "weekly"), "csat").value
    assert "--as-of 2026-03-30T06:00" in " ".join(section(earlier, "next").text)


def test_the_json_names_the_period_of_each_measure() -> None:
    found = json.loads(str(ck.render(digest(DATA, "weekly"), "json")))
    periods = {m["metric"]: m["period"]["label"] for m in found["measures"] if not m["segment"]}
    assert periods == {
        "csat": "2026-W13", "tickets": "2026-W13", "low_share": "2026-W13", "fcr": "2026-W11",
        "response_rate": "2026-W11", "reopen_rate": "2026-W11",
    }  # fmt: skip
    assert found["title"] == "Weekly digest 2026-W13"


# --- what makes no sense --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("weakly", {}, "Did you mean 'weekly'"),
        ("tickets.csv", {}, "daily, weekly, monthly or quarterly"),
        ("", {}, "needs a word first"),
        ("daily", {"by": ["channel"]}, "one number"),
        ("weekly", {"by": ["week"]}, "--by week means nothing"),
        ("weekly", {"targets": [{"metric": "csat", "min": 80}]}, "digest quarterly"),
        ("daily", {"history": "h.parquet"}, "--history means nothing for digest daily"),
        ("quarterly", {"history": "h.parquet"}, "--history means nothing for digest quarterly"),
    ],
)
def test_nonsense_is_refused(kind: str, settings: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        digest(DATA, kind, **settings)
    assert words in str(caught.value)


def test_a_section_without_content_says_why() -> None:
    tickets, _ = ROWS
    for s in digest((tickets, []), "weekly").sections:
        assert isinstance(s, Section)
        assert s.text or s.tables or s.measures or s.missing
