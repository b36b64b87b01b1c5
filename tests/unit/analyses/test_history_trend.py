"""`trend` with a history: what the export no longer covers, in the rules it was counted by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import csatkit as ck
from csatkit.analyses.history.stored import read
from csatkit.errors import InputError
from csatkit.load import Data
from csatkit.report import Measure, Report
from tests.unit.analyses._periods import MONDAY, Batch, batch_rows, data_of, texts, weeks

COUNTS = [(42, 56), (44, 56), (41, 56), (43, 56), (45, 56), (40, 56)] * 4
"""24 weeks from 2026-W02 to 2026-W25."""

METRICS = ["csat", "fcr", "response_rate", "reopen_rate"]


def _until(last: int) -> Batch:
    """Return the first answers of the week after the last whole one, which end the data."""
    return Batch(MONDAY + timedelta(days=7 * last), 7, 5)


def _export(first: int = 0, last: int = len(COUNTS), **more: Any) -> Data:
    """Return an export of the weeks from one to another, and the start of the running one."""
    return data_of([*weeks(COUNTS, **more)[7 * first : 7 * last], _until(last)])


def _trend(data: Data, history: Path | None, *metrics: str, **more: Any) -> Report:
    if history is not None:
        more["history"] = history
    return ck.analyze(data, list(metrics) or METRICS, command="trend", **more)


def _values(report: Report) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (m.metric, str(dict(m.segment))): (
            m.value, m.numerator, m.denominator, m.low, m.high, m.status,
            str(m.extra.get("limits")), m.extra.get("not_judged"), m.extra.get("signal"),
        )
        for m in report.measures
    }  # fmt: skip


def _stored(report: Report, metric: str = "csat") -> list[str]:
    return [
        str(m.segment["week"])
        for m in report.measures
        if m.metric == metric and "from_history" in m.extra
    ]


def _codes(report: Report) -> set[str]:
    return {n.code for n in report.notes if n.code.startswith("history.")}


def _note(report: Report, code: str) -> str:
    return next(n.text for n in report.notes if n.code == code)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "h.parquet"


def test_a_first_run_says_what_it_would_say_without(path: Path) -> None:
    data = _export(sent=9)
    assert _trend(data, path) == _trend(data, None)
    assert path.is_file()


@pytest.mark.parametrize("by", [[], ["channel"]])
def test_a_short_export_continues_the_line_of_a_long_one(path: Path, by: list[str]) -> None:
    whole = _trend(_export(sent=9), path, by=by)
    before = path.read_bytes()
    short = _trend(_export(12, sent=9), path, by=by)
    assert _values(short) == _values(whole)
    assert path.read_bytes() == before
    weeks_before = [f"2026-W{n:02d}" for n in range(2, 14)]
    assert _stored(short) == weeks_before * (1 + len(by))
    assert _codes(short) == {"history.used"}
    assert "12 of 25 weeks" in _note(short, "history.used")
    assert "Marked 'stored': 12 weeks that come from the history" in texts(short)
    chart = next(s.charts[0] for s in short.sections if s.key == "trend_csat")
    assert [r["note"] for r in chart.rows][:13] == ["stored"] * 12 + [None]
    assert chart.rows[-1]["note"] == "incomplete"


def test_the_slope_and_the_limits_rest_on_stored_weeks_too(path: Path) -> None:
    _trend(_export(), path)
    alone, drawn = _trend(_export(20), None, "csat"), _trend(_export(20), path, "csat")
    assert "too few" in alone.sections[0].text[0] or "Trial limits" in texts(alone)
    assert "stable over 24 weeks" in drawn.sections[0].text[0]


def test_weekly_runs_add_up_to_one_export(path: Path) -> None:
    """Each export holds seven weeks: the window, four weeks more, and the running one."""
    for end in range(7, len(COUNTS) + 1):
        drawn = _trend(_export(end - 7, end, sent=9), path)
    assert _values(drawn) == _values(_trend(_export(sent=9), None))


def test_a_younger_period_is_recomputed_and_an_older_one_is_frozen(path: Path) -> None:
    _trend(_export(0, 12), path, "csat")
    better = [Batch(b.day, b.rated, b.rated) for b in weeks(COUNTS[:13])]
    drawn = _trend(data_of([*better, _until(13)]), path, "csat")
    shares = {str(m.segment["week"]): m.value for m in drawn.measures}
    # Stored with a data end of 2026-03-30: weeks that ended 14 + 28 days before are frozen.
    assert shares["2026-W07"] == pytest.approx(100 * 40 / 56)
    assert shares["2026-W08"] == 100
    assert _stored(drawn) == [f"2026-W{n:02d}" for n in range(2, 8)]
    assert _codes(drawn) == {"history.kept", "history.used"}
    said = _note(drawn, "history.kept")
    assert "6 stored figures differ" in said
    assert "CSAT of 2026-W07, stored as 40 of 56" in said


def test_an_older_export_overwrites_nothing_and_learns_nothing_of_what_came_later(
    path: Path,
) -> None:
    _trend(_export(sent=9), path)
    before = path.read_bytes()
    drawn = _trend(_export(0, 20, sent=9), path)
    assert path.read_bytes() == before
    assert [str(m.segment["week"]) for m in drawn.measures if m.metric == "csat"][-1] == "2026-W22"
    # Two weeks were too young for this export and are mature by now.
    fcr = {str(m.segment["week"]): m for m in drawn.measures if m.metric == "fcr"}
    assert _stored(drawn, "fcr") == ["2026-W20", "2026-W21"]
    assert "not_judged" not in fcr["2026-W21"].extra
    assert fcr["2026-W21"].denominator == 63


def test_a_replay_shows_what_was_known_then(path: Path) -> None:
    _trend(_export(sent=9), path)
    as_of = str(MONDAY + timedelta(days=7 * 20))
    drawn = _trend(_export(sent=9), path, as_of=as_of)
    assert _values(drawn) == _values(_trend(_export(sent=9), None, as_of=as_of))


def test_an_export_that_lost_rows_of_a_week_leaves_its_figures(path: Path) -> None:
    """One that is cut on the last change still has some old tickets, and no week of theirs."""
    _trend(_export(0, 20), path, "csat")
    stragglers = [Batch(MONDAY + timedelta(days=7 * week), 1, 0) for week in range(19)]
    drawn = _trend(data_of([*stragglers, *weeks(COUNTS)[7 * 19 :], _until(24)]), path, "csat")
    assert [m.denominator for m in drawn.measures] == [56] * 24 + [7]
    assert _stored(drawn) == [f"2026-W{n:02d}" for n in range(2, 21)]


def test_stragglers_are_not_stored(path: Path) -> None:
    old = [Batch(MONDAY - timedelta(days=700), 1, 0)]
    _trend(data_of([*old, *weeks(COUNTS), _until(24)]), path, "csat")
    assert min(place.first for place in read(path)) == MONDAY


def test_a_week_that_lost_rows_is_told_loudly(path: Path) -> None:
    _trend(_export(0, 10), path, "csat")
    thin = [*weeks(COUNTS[:9]), Batch(MONDAY + timedelta(days=63), 5, 0), *weeks(COUNTS)[70:77]]
    drawn = _trend(data_of([*thin, _until(11)]), path, "csat")
    assert _stored(drawn) == ["2026-W11"]
    kept = next(n for n in drawn.notes if n.code == "history.kept")
    assert kept.level == "warning"
    assert "this export holds far fewer rows" in kept.text


def _series(path: Path, metric: str) -> set[str]:
    return {place.series for place in read(path) if place.metric == metric}


def test_a_changed_definition_starts_a_new_series_and_says_so(path: Path) -> None:
    _trend(_export(sent=9), path)
    drawn = _trend(_export(12, sent=9), path, window=7)
    said = [n.text for n in drawn.notes if n.code == "history.new_series"]
    assert len(said) == 2
    assert all(
        "its rules changed (window days 14 → 7), so a new series began" in text for text in said
    )
    assert all("24 weeks under the old rules stay in the file" in text for text in said)
    assert {len(_series(path, m)) for m in ("fcr", "reopen_rate")} == {2}
    assert {len(_series(path, m)) for m in ("csat", "response_rate")} == {1}
    # Satisfaction goes on, resolution begins anew.
    assert len(_stored(drawn, "csat")) == 12
    assert _stored(drawn, "fcr") == []
    again = _trend(_export(12, sent=9), path, window=14)
    assert len(_stored(again, "fcr")) == 12
    assert "history.new_series" not in _codes(again)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rating": "last"}, "rating first → last"),
        ({"tz": "Asia/Tokyo"}, "timezone UTC → Asia/Tokyo"),
        ({"clock": "created"}, "clock family → created"),
        ({"exclude": {"channel": "chat"}}, "exclude none → channel = chat"),
        ({"mature_days": 20}, "mature days 14 → 20"),
    ],
)
def test_every_rule_that_moves_the_number_is_part_of_it(
    path: Path, change: dict[str, Any], words: str
) -> None:
    _trend(_export(), path, "csat")
    drawn = _trend(_export(), path, "csat", **change)
    assert words in _note(drawn, "history.new_series")
    assert _stored(drawn) == []


@pytest.mark.parametrize("change", [{"level": 0.9}, {"min_n": 30}, {"profile": "corridor"}])
def test_what_only_judges_a_number_is_not(path: Path, change: dict[str, Any]) -> None:
    _trend(_export(), path, "csat")
    drawn = _trend(_export(12), path, "csat", **change)
    assert len(_stored(drawn)) == 12
    assert _values(drawn) == _values(_trend(_export(), None, "csat", **change))


def test_the_level_is_part_of_a_median(path: Path) -> None:
    whole = _trend(_export(), path, "first_response_time")
    drawn = _trend(_export(12), path, "first_response_time")
    assert list(_values(drawn).values())[:12] == list(_values(whole).values())[:12]
    assert set(_stored(drawn, "first_response_time")) >= {f"2026-W{n:02d}" for n in range(2, 14)}
    changed = _trend(_export(12), path, "first_response_time", level=0.9)
    assert "level 0.95 → 0.9" in _note(changed, "history.new_series")


def test_the_metrics_beside_it_change_nothing(path: Path) -> None:
    _trend(_export(), path, "csat")
    _trend(_export(), path, *METRICS, "csat_average", "repeat_contact_rate_km")
    assert len(_series(path, "csat")) == 1
    drawn = _trend(_export(12), path, "repeat_contact_rate_km", "csat_average")
    whole = _trend(_export(), None, "repeat_contact_rate_km", "csat_average")
    assert _values(drawn) == _values(whole)


def test_another_selection_is_another_line_and_no_news(path: Path) -> None:
    both = [*weeks(COUNTS), *weeks(COUNTS, channel="chat"), replace(_until(24), channel="chat")]
    _trend(data_of(both), path, "csat")
    drawn = _trend(data_of(both), path, "csat", where=["channel=chat"])
    assert _codes(drawn) == set()
    short = [b for b in both if b.day >= MONDAY + timedelta(days=84)]
    drawn = _trend(data_of(short), path, "csat", where=["channel=chat"])
    assert [m.denominator for m in drawn.measures] == [56] * 24 + [7]


def test_a_segment_that_is_gone_keeps_its_line(path: Path) -> None:
    early = weeks(COUNTS[:12], channel="fax")
    both = data_of([*early, *weeks(COUNTS), _until(24)])
    whole = _trend(both, path, "csat", by=["channel"])
    drawn = _trend(_export(12), path, "csat", by=["channel"])
    assert any(m.segment.get("channel") == "fax" for m in drawn.measures)
    assert _values(drawn) == _values(whole)


def test_weeks_without_a_row_come_back_empty(path: Path) -> None:
    gap = [b for b in [*weeks(COUNTS), _until(24)] if not 21 <= (b.day - MONDAY).days < 35]
    _trend(data_of(gap), path, "csat", by=["channel"])
    later = [b for b in gap if b.day >= MONDAY + timedelta(days=84)]
    drawn = _trend(data_of(later), path, "csat", by=["channel"])
    assert _values(drawn) == _values(_trend(data_of(gap), None, "csat", by=["channel"]))


def test_an_asked_for_period_may_lie_before_the_export(path: Path) -> None:
    _trend(_export(), path, "csat")
    drawn = _trend(_export(12), path, "csat", from_="2026-01-05", to="2026-02-01")
    assert [(m.segment["week"], m.denominator) for m in drawn.measures] == [
        (f"2026-W{n:02d}", 56) for n in range(2, 6)
    ]
    mixed = _trend(_export(12), path, "csat", from_="2026-03-16")
    assert len(_stored(mixed)) == 2
    assert mixed.measures[0].segment["week"] == "2026-W12"


@pytest.mark.parametrize("every", ["day", "week", "month", "quarter"])
@pytest.mark.parametrize("week_start", ["mon", "sun"])
def test_every_length_of_period(path: Path, every: str, week_start: str) -> None:
    more = {"every": every, "week_start": week_start, "from_": "2026-01-05", "to": "2026-06-30"}
    whole = _trend(_export(), path, "csat", **more)
    short = _trend(_export(14), path, "csat", **more)
    cut = MONDAY + timedelta(days=98)
    stored = [m for m in short.measures if "from_history" in m.extra]
    before = [m for m in whole.measures if "not_judged" not in m.extra and _first(m) < cut]
    assert [m.value for m in stored] == [m.value for m in before][: len(stored)]
    assert len(stored) >= {"quarter": 0, "month": 2}.get(every, 13)


def _first(m: Measure) -> date:
    text = str(next(iter(m.segment.values())))
    if "W" in text:
        return date.fromisocalendar(int(text[:4]), int(text[-2:]), 1)
    if "Q" in text:
        return date(int(text[:4]), 3 * int(text[-1]) - 2, 1)
    return date.fromisoformat(text if len(text) > 7 else f"{text}-01")


def _of_agents(names: Sequence[str]) -> Data:
    tickets, surveys = batch_rows([*weeks(COUNTS[:8]), _until(8)])
    for i, row in enumerate(tickets):
        row["agent"] = names[i % len(names)]
    return ck.load(pl.DataFrame(tickets), pl.DataFrame(surveys))


def test_a_history_holds_no_more_of_people_than_the_report(path: Path) -> None:
    data = _of_agents(["Alice Example", "Bob Example"])
    more: dict[str, Any] = {"by": ["agent"], "where": ["agent in Alice Example|Bob Example"]}
    drawn = _trend(data, path, "csat", privacy="ids", **more)
    kept = "".join(str(row) for row in pl.read_parquet(path).rows())
    assert "Alice" not in kept
    assert "agent-" in kept
    assert _values(_trend(data, path, "csat", privacy="ids", **more)) == _values(drawn)


def test_names_of_an_open_history_stay_out_of_a_private_report(path: Path) -> None:
    _trend(_of_agents(["Alice Example", "Carol Example"]), path, "csat", by=["agent"])
    drawn = _trend(_of_agents(["Bob Example"]), path, "csat", by=["agent"], privacy="ids")
    assert "Example" not in str(drawn.measures) + texts(drawn) + str(drawn.notes)


def test_what_must_not_be_seen_is_not_stored(path: Path) -> None:
    data = _of_agents(["Alice Example", "Bob Example"])
    drawn = _trend(data, path, "csat", privacy="none", where=["agent=Alice Example"])
    assert drawn.measures
    assert not path.exists()


def test_figures_that_were_changed_by_hand_are_refused(path: Path) -> None:
    _trend(_export(), path, "csat")
    marks = pl.read_parquet_metadata(path)
    pl.read_parquet(path).with_columns(totals=pl.lit("{}")).write_parquet(path, metadata=marks)
    with pytest.raises(InputError, match="can't be read"):
        _trend(_export(12), path, "csat")


def test_the_file_says_its_rules_in_words(path: Path) -> None:
    _trend(_export(), path, "fcr")
    words = json.loads(pl.read_parquet(path)["definition"][0])
    assert words["window_days"] == 14
    assert words["timezone"] == "UTC"
    assert words["rule"].startswith("14 days, same customer")
