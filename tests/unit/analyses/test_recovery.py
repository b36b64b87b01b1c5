"""Recovery by hand: three denominators, the edges of a day, and what a second score is worth."""

from __future__ import annotations

import polars as pl
import pytest

from csatkit import analyze, load
from csatkit.report import Report
from tests.unit.analyses._made import section
from tests.unit.analyses._outreach import (
    SECOND,
    Row,
    answered,
    at,
    contact,
    frame,
    rate,
    rated,
    tickets_of,
)

FAR = rated("end", 1000, 5)
"""A good score much later, which moves the data end away from the others."""


def _words(report: Report) -> str:
    return " ".join(line for s in report.sections for line in s.text)


def _counts(report: Report, metric: str) -> tuple[float | None, int | None]:
    found = rate(report, metric)
    return found.numerator, found.denominator


def _lows(n: int, score: int = 1) -> list[Row]:
    return [rated(f"t{i}", 0, score) for i in range(n)]


def test_three_rates_with_three_denominators() -> None:
    answers = [
        rated("prompt", 0, 1), rated("late", 0, 2), rated("never", 0, 3), rated("good", 0, 4),
        rated("prompt2", 10, 3), FAR,
    ]  # fmt: skip
    contacts = [
        contact("prompt", 2, 5, 30), contact("late", 30, 1, 40), contact("prompt2", 12),
        contact("good", 1, 5, 2),
    ]  # fmt: skip
    report = answered(answers, contacts)
    assert _counts(report, "recovery_rate") == (2, 4)
    assert _counts(report, "upgrade_rate") == (1, 3)
    assert _counts(report, "recovery_csat") == (6, 2)
    assert [m.value for m in report.measures] == [50.0, pytest.approx(100 / 3), 3.0]


@pytest.mark.parametrize(
    ("hours", "k"), [(-SECOND, 0), (0, 1), (24 - SECOND, 1), (24, 1), (24 + SECOND, 0), (None, 0)]
)
def test_in_time_is_up_to_exactly_24_hours(hours: float | None, k: int) -> None:
    report = answered([rated("a", 0, 1), FAR], [contact("a", hours)])
    assert _counts(report, "recovery_rate") == (
        k,
        1,
    )


def test_outreach_before_the_answer_is_none_and_without_instant_is_some() -> None:
    report = answered(
        [rated("early", 5, 1), rated("unknown", 5, 1), FAR],
        [contact("early", 5 - SECOND, 5, 6), contact("unknown", None, 4)],
    )
    # The early contact's second score came after the answer, but the row is of the earlier matter.
    assert rate(report, "upgrade_rate").denominator == 1
    assert rate(report, "recovery_csat").value == 4.0


@pytest.mark.parametrize(("end", "n", "young"), [(24, 1, 0), (24 - SECOND, 0, 1)])
def test_a_low_score_is_judged_from_exactly_24_hours_on(end: float, n: int, young: int) -> None:
    report = answered([rated("a", 0, 1), rated("end", end, 5)], [contact("a", 1)])
    found = rate(report, "recovery_rate")
    assert (found.denominator, found.excluded.get("immature", 0)) == (n, young)
    assert ("there is still time" in _words(report)) is bool(young)


def test_the_first_outreach_counts_and_the_first_second_score() -> None:
    contacts = [contact("a", 50, 5, 60), contact("a", 20, 2, 55), contact("a", 10)]
    report = answered([rated("a", 0, 3), FAR], contacts)
    assert rate(report, "recovery_rate").numerator == 1
    assert rate(report, "recovery_csat").value == 2.0


def test_a_later_answer_is_a_second_score_after_the_outreach_only() -> None:
    answers = [
        rated("before", 0, 1), rated("before", 5, 5), rated("after", 0, 1), rated("after", 30, 5),
        rated("file", 0, 1), rated("file", 30, 5), FAR,
    ]  # fmt: skip
    contacts = [contact("before", 10), contact("after", 10), contact("file", 10, 2, 20)]
    report = answered(answers, contacts)
    assert _counts(report, "upgrade_rate") == (
        2,
        3,
    )
    assert rate(report, "recovery_csat").value == 3.5


def test_an_answer_that_is_not_known_to_be_later_is_no_second_score() -> None:
    answers = [rated("a", None, 1), rated("a", None, 5), rated("b", 3, 2), rated("b", 3, 5), FAR]
    report = answered(answers, [contact("a", 1), contact("b", 4)])
    assert rate(report, "upgrade_rate").reason == "no second score is known"


def test_bands_include_their_last_instant() -> None:
    hours = {"a": 2, "b": 2 + SECOND, "c": 24, "d": 72, "e": 72 + SECOND}
    answers = [rated(name, 0, 1) for name in (*hours, "f")]
    contacts = [contact(name, h, 5, h + 1) for name, h in hours.items()]
    bands = section(answered([*answers, FAR], contacts), "speed").tables[0].rows
    assert [(b["band"], b["low_scores"], b["upgraded"]) for b in bands] == [
        ("within 2 h", 1, 1), ("2 to 24 h", 2, 2), ("24 to 72 h", 1, 1), ("after 72 h", 1, 1),
        ("no outreach", 1, 0),
    ]  # fmt: skip


def test_the_share_reached_lets_the_young_count_as_long_as_they_were_seen() -> None:
    # Times: reached at 1 and 10 h; censored at 5 h. S(2) = 2/3, S(24) = 2/3 · 0 = 0.
    answers = [rated("a", 0, 1), rated("b", 0, 1), rated("c", 15, 1), rated("end", 20, 5)]
    words = _words(answered(answers, [contact("a", 1), contact("b", 10)], min_n=1))
    assert "33.3 %" in words
    assert "100.0 % after 24 h" in words


def _crowd(n: int, raised: int, *, reached: bool) -> tuple[list[Row], list[Row]]:
    """Return low scores rated again, so many of them higher."""
    name = "r" if reached else "s"
    answers, contacts = [], []
    for i in range(n):
        answers += [rated(f"{name}{i}", 0, 2), rated(f"{name}{i}", 50, 5 if i < raised else 2)]
        contacts += [contact(f"{name}{i}", 3)] * reached
    return answers, contacts


@pytest.mark.parametrize(
    ("reached", "others", "said"),
    [
        ((20, 20), (0, 0), "No low scorer rated again without outreach"),
        ((20, 20), (9, 0), "too few to tell outreach from regression to the mean"),
        ((40, 38), (40, 8), "more than regression to the mean explains"),
        ((20, 15), (20, 14), "which can't be told from regression to the mean"),
    ],
)
def test_second_scores_stand_beside_those_without_outreach(
    reached: tuple[int, int], others: tuple[int, int], said: str
) -> None:
    one, contacts = _crowd(*reached, reached=True)
    other, none = _crowd(*others, reached=False)
    report = answered([*one, *other, FAR], contacts or none)
    assert said in _words(report)
    table = section(report, "second").tables[0].rows
    assert [(r["ratings"], r["higher"]) for r in table] == [reached, others]


def test_the_difference_is_newcombe_s() -> None:
    one, contacts = _crowd(70, 56, reached=True)
    other, _ = _crowd(80, 48, reached=False)
    # The published anchor: 56/70 − 48/80 → [5.24, 33.39] points.
    assert "+20.0 points (+5.2 … +33.4)" in _words(answered([*one, *other, FAR], contacts))


@pytest.mark.parametrize(
    ("k", "n", "said"),
    [
        (9, 9, "can't be told yet"),
        (200, 200, "meets its target of at least 80.0 %"),
        (10, 100, "below 50.0 %, so nobody hears of the low scores in time"),
        (60, 100, "misses its target of at least 80.0 %."),
        (50, 100, "whether below 50.0 % can't be told yet"),
        (80, 100, "the interval holds the target"),
    ],
)
def test_a_verdict_is_said_where_the_interval_allows_it(k: int, n: int, said: str) -> None:
    report = answered([*_lows(n), FAR], [contact(f"t{i}", 1) for i in range(k)])
    line = next(t for t in report.sections[0].text if t.startswith("Recovery rate"))
    assert said in line


def test_upgrade_and_recovery_csat_have_diagnoses_of_their_own() -> None:
    contacts = [contact(f"t{i}", 1, 2 + i % 2, 2) for i in range(60)]
    contacts = [c if i < 5 else {**c, "second_score": 1 + i % 2} for i, c in enumerate(contacts)]
    words = " ".join(answered([*_lows(60, 3), FAR], contacts).sections[0].text)
    assert "look at how they are approached" in words
    assert "the matter isn't resolved" in words


def test_targets_of_the_mean_are_for_the_scale_of_five_alone() -> None:
    answers = [rated(f"t{i}", 0, 1) for i in range(40)]
    contacts = [contact(f"t{i}", 1, 6 + i % 2, 3) for i in range(40)]
    report = answered([*answers, rated("end", 1000, 9)], contacts, scale="0-10")
    assert rate(report, "recovery_csat").value == 6.5
    assert not any("Recovery CSAT" in line for line in report.sections[0].text)


def test_by_team_says_whether_the_teams_differ_at_all() -> None:
    answers = [rated(f"t{i}", 0, 1, team="north" if i % 2 else "south") for i in range(60)]
    same = [contact(f"t{i}", 1) for i in range(30)]
    report = answered([*answers, FAR], same, by=["team"])
    assert rate(report, "recovery_rate", team="north").denominator == 30
    assert "Recovery rate by team: the differences are consistent with chance." in _words(report)
    north_only = [contact(f"t{i}", 1) for i in range(60) if i % 2]
    report = answered([*answers, FAR], north_only, by=["team"])
    assert "larger than chance explains" in _words(report)


def test_second_scores_on_another_scale_are_left_out_and_said() -> None:
    answers = [rated("a", 0, 1), FAR]
    contacts = frame([contact("a", 1)]).with_columns(second_score=pl.lit("good"))
    data = load(frame(tickets_of(answers)), frame(answers), contacts, preset="none")
    report = analyze(data, command="recovery")
    assert rate(report, "upgrade_rate").status == "unavailable"
    assert "outreach.scale" in {n.code for n in report.notes}
    assert rate(report, "recovery_rate").numerator == 1


def test_a_replay_forgets_later_outreach_and_later_scores() -> None:
    answers, contacts = [rated("a", 0, 1), rated("b", 0, 1), FAR], [
        contact("a", 5, 5, 60), contact("b", 60, 5, 70),
    ]  # fmt: skip
    report = answered(answers, contacts, as_of=f"{at(50)}+00:00")
    assert _counts(report, "recovery_rate") == (
        1,
        2,
    )
    assert rate(report, "upgrade_rate").status == "unavailable"


def test_without_outreach_every_rate_says_what_is_missing() -> None:
    report = answered([rated("a", 0, 1), FAR], None)
    assert {m.reason for m in report.measures} == {"column outreach_at missing"}
    assert "outreach.missing" in {n.code for n in report.notes}


def test_teams_and_agents_are_shown_unasked_each_rate_with_its_own_denominator() -> None:
    answers = [
        rated("a", 0, 1, team="north", agent="ann"), rated("b", 0, 1, team="north", agent="ben"),
        rated("c", 0, 1, team="south", agent="cleo"), rated("d", 1000, 1, team="south"), FAR,
    ]  # fmt: skip
    report = answered(answers, [contact("a", 2, 5, 30), contact("b", 30), contact("c", 1, 1, 2)])
    assert all(not m.segment for m in report.measures)
    table = section(report, "by_team").tables[0]
    found = {
        r["team"]: tuple(r[c] for c in ("recovery_n", "recovery", "upgrade_n", "upgrade",
                                        "csat_n", "csat"))
        for r in table.rows
    }  # fmt: skip
    assert found["north"] == (2, 50.0, 2, 50.0, 1, 5.0)
    # The low score of the last instant is younger than 24 hours.
    assert found["south"] == (1, 100.0, 1, 0.0, 1, 1.0)
    assert [r["agent"] for r in section(report, "by_agent").tables[0].rows][:2] == ["ann", "ben"]
    asked = answered(answers, [contact("a", 2)], by=["team"])
    assert {s.key for s in asked.sections} == {"recovery", "speed", "second"}
    hidden = answered(answers, [contact("a", 2)], privacy="none")
    assert "by_agent" not in {s.key for s in hidden.sections}
    assert "by_team" in {s.key for s in hidden.sections}


def test_who_wasn_t_reached_has_counts_and_no_upgrade_rate() -> None:
    answers = [rated("a", 0, 1), rated("b", 0, 1), rated("b", 30, 5), FAR]
    bands = section(answered(answers, [contact("a", 1)]), "speed").tables[0].rows
    never = next(b for b in bands if b["band"] == "no outreach")
    assert (never["low_scores"], never["rated_again"], never["upgraded"]) == (1, 1, 1)
    assert (never["upgrade_rate"], never["interval"]) == (None, None)


def test_without_outreach_nobody_is_listed() -> None:
    report = answered([rated("a", 0, 1, team="north", agent="ann"), FAR], None)
    assert [s.key for s in report.sections] == ["recovery"]
    assert [m.metric for m in report.measures] == ["recovery_rate", "upgrade_rate", "recovery_csat"]
