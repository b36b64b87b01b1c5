"""Scores of real systems: labels, markers, several scales in one file, the unknown question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import csatkit
from csatkit.errors import InputError, UsageError
from csatkit.load import Data, Source
from csatkit.load.scales import named, steps
from csatkit.report import Measure, Report


def _write(folder: Path, text: str) -> Path:
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _report(data: Data, *metrics: str, **settings: Any) -> Report:
    return csatkit.analyze(data, metrics=list(metrics), **settings)


def _measure(data: Data, metric: str) -> Measure:
    return next(m for m in _report(data, metric).measures if m.metric == metric and not m.segment)


def _counts(data: Data, metric: str) -> tuple[float | None, int | None]:
    found = _measure(data, metric)
    return found.numerator, found.denominator


def _source(data: Data) -> Source:
    source = data.surveys or data.tickets
    assert source is not None
    return source


# -- several scales in one source --------------------------------------------------------------


def _zendesk(*scores: str) -> str:
    header = (
        "Id,Requester,Requester id,Submitter,Assignee,Via,Created at,Solved at,Satisfaction Score"
    )
    rows = [
        f"{i},r{i},{i},s,a,Mail,2026-01-05 10:00,2026-01-06 10:00,{score}"
        for i, score in enumerate(scores)
    ]
    return "\n".join([header, *rows]) + "\n"


def test_words_and_digits_of_one_account_become_three_steps(tmp_path: Path) -> None:
    text = _zendesk("Good", "Bad", "5", "4", "3", "1", "Offered", "Not Offered")
    data = csatkit.load(_write(tmp_path, text))
    source = _source(data)
    assert source.scale is not None
    assert source.scale.name == "satisfied/neutral/unsatisfied"
    csat = _measure(data, "csat")
    assert (csat.numerator, csat.denominator) == (3, 6)
    assert csat.extra["distribution"] == {"Unsatisfied": 2, "Neutral": 1, "Satisfied": 3}
    assert csat.extra["sources"] == {"good-bad": 2, "1-5": 4}
    assert _measure(data, "csat_average").status == "unavailable"
    assert _counts(data, "detractor_share") == (2, 6)
    assert _counts(data, "response_rate") == (6, 7)
    (mixed,) = [n for n in data.notes if n.code == "scale.mixed"]
    assert "4 on 1-5, 2 on good-bad" in mixed.text


def test_digits_alone_stay_numbers(tmp_path: Path) -> None:
    data = csatkit.load(_write(tmp_path, _zendesk("5", "4", "3", "Offered")))
    csat = _measure(data, "csat")
    assert (csat.numerator, csat.denominator) == (2, 3)
    assert "sources" not in csat.extra
    assert _counts(data, "csat_average") == (12, 3)


def test_a_declared_scale_beats_the_presets(tmp_path: Path) -> None:
    data = csatkit.load(_write(tmp_path, _zendesk("3", "2", "1", "Offered")), scale="1-3")
    assert _counts(data, "csat") == (1, 3)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("1-2", {1: 0, 2: 2}),
        ("1-3", {1: 0, 2: 1, 3: 2}),
        ("1-4", {1: 0, 2: 0, 3: 2, 4: 2}),
        ("1-5", {1: 0, 2: 0, 3: 1, 4: 2, 5: 2}),
        ("1-7", {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2}),
        ("good-bad", {0: 0, 1: 2}),
        ("good-okay-bad", {0: 0, 1: 1, 2: 2}),
        ("freshdesk", {-103: 0, -102: 0, -101: 0, 100: 1, 101: 2, 102: 2, 103: 2}),
        ("5-1", {0: 0, 1: 0, 2: 1, 3: 2, 4: 2}),
    ],
)
def test_steps_of_a_scale(scale: str, expected: dict[int, int]) -> None:
    assert dict(steps(named(scale))) == expected


def _classic(*scores: int) -> pl.DataFrame:
    n = len(scores)
    return pl.DataFrame(
        {
            "id": range(n),
            "survey_id": [1] * n,
            "user_id": range(n),
            "agent_id": [1] * n,
            "ticket_id": range(n),
            "ratings.default_question": scores,
            "created_at": ["2026-01-05T10:00:00Z"] * n,
        }
    )


def test_one_is_best_in_classic_surveys() -> None:
    data = csatkit.load(_classic(1, 1, 2, 3))
    assert _counts(data, "csat") == (2, 4)
    assert _counts(data, "detractor_share") == (1, 4)


def test_classic_and_new_surveys_of_one_account() -> None:
    data = csatkit.load(_classic(1, 3, 103, 100, -101))
    csat = _measure(data, "csat")
    assert (csat.numerator, csat.denominator) == (2, 5)
    assert csat.extra["distribution"] == {"Unsatisfied": 2, "Neutral": 1, "Satisfied": 2}
    assert csat.extra["sources"] == {"freshdesk": 3, "freshdesk-classic": 2}


def test_each_row_names_its_scale(tmp_path: Path) -> None:
    text = (
        "ticket_id,responded_at,score,points\n"
        "1,2026-01-05,2,1-2\n2,2026-01-05,2,1-5\n3,2026-01-05,8,nr_csat_8_of_10\n"
        "4,2026-01-05,2,1-2\n"
    )
    data = csatkit.load(_write(tmp_path, text), scale_column="Points")
    csat = _measure(data, "csat")
    assert (csat.numerator, csat.denominator) == (3, 4)
    assert csat.extra["sources"] == {"1-10": 1, "1-2": 2, "1-5": 1}


def test_a_column_that_names_one_scale_converts_nothing(tmp_path: Path) -> None:
    text = "ticket_id,responded_at,score,points\n1,2026-01-05,7,1-7\n2,2026-01-05,2,1-7\n"
    data = csatkit.load(_write(tmp_path, text), scale_column="points")
    assert _counts(data, "csat_average") == (9, 2)


def test_an_unknown_word_for_a_scale_is_listed(tmp_path: Path) -> None:
    text = "ticket_id,responded_at,score,points\n1,2026-01-05,7,Smileys\n"
    with pytest.raises(UsageError, match="aren't known: 'Smileys'") as caught:
        csatkit.load(_write(tmp_path, text), scale_column="points")
    assert '[source.scales] "Smileys" = "1-5"' in str(caught.value.hint)


def test_a_scale_column_that_isnt_there_names_the_nearest(tmp_path: Path) -> None:
    text = "ticket_id,responded_at,score,points\n1,2026-01-05,7,1-7\n"
    with pytest.raises(UsageError, match="unknown scale column 'point'"):
        csatkit.load(_write(tmp_path, text), scale_column="point")


# -- labels ------------------------------------------------------------------------------------


def test_a_table_says_what_cells_stand_for(tmp_path: Path) -> None:
    text = "ticket_id,responded_at,score\n1,2026-01-05,ab12\n2,2026-01-05,cd34\n3,2026-01-05,ef56\n"
    labels = {"AB12": "good", "cd34": "bad", "ef56": "offered"}
    data = csatkit.load(_write(tmp_path, text), labels=labels)
    assert _source(data).scale == named("good-bad")
    assert _counts(data, "csat") == (1, 2)
    assert _counts(data, "response_rate") == (2, 3)


def test_numbers_may_have_labels() -> None:
    frame = pl.DataFrame({"ticket_id": [1, 2], "responded_at": ["2026-01-05"] * 2, "score": [1, 3]})
    data = csatkit.load(frame, labels={"1": "Great", "3": "Not good"}, scale="great-okay-notgood")
    assert _counts(data, "csat") == (1, 2)


def test_numbers_of_help_scouts_first_api_are_words() -> None:
    frame = pl.DataFrame(
        {
            "threadId": [1, 2, 3],
            "conversationId": [1, 2, 3],
            "mailboxId": [1, 1, 1],
            "rating": [1, 2, 3],
            "createdAt": ["2026-01-05T10:00:00Z"] * 3,
        }
    )
    csat = _measure(csatkit.load(frame), "csat")
    assert csat.extra["distribution"] == {"Not good": 1, "Okay": 1, "Great": 1}


def test_scores_off_the_scale_are_listed(tmp_path: Path) -> None:
    rows = "".join(f"{i},2026-01-05,{score}\n" for i, score in enumerate("9979894"))
    data = csatkit.load(_write(tmp_path, "ticket_id,responded_at,score\n" + rows))
    with pytest.raises(InputError, match="'9' 4 times, '7' 1 times, '8' 1 times") as caught:
        _report(data, "csat")
    assert "--scale 1-10" in str(caught.value.hint)


# -- the question of a survey tool -------------------------------------------------------------


def _typeform(questions: str, *rows: str) -> str:
    header = f"#,{questions},Response Type,Submit Date (UTC),Network ID"
    return "\n".join(
        [header, *(f"x{i},{r},completed,2026-01-05 10:00:00,n" for i, r in enumerate(rows))]
    )


def test_two_questions_on_a_scale_are_named(tmp_path: Path) -> None:
    text = _typeform("How satisfied?,How easy?,Why?", "5,4,fine", "2,3,slow")
    with pytest.raises(UsageError, match=r"2 columns could hold the score.*'How satisfied\?'") as e:
        csatkit.load(_write(tmp_path, text))
    assert '--map "score=How satisfied?"' in str(e.value.hint)
    data = csatkit.load(_write(tmp_path, text), map={"score": "How easy?"})
    assert _counts(data, "csat_average") == (7, 2)


def test_no_question_on_a_scale_names_all(tmp_path: Path) -> None:
    text = _typeform("How likely?,Why?", "9,fine", "2,slow")
    with pytest.raises(UsageError, match=r"no column holds the score.*'How likely\?', 'Why\?'"):
        csatkit.load(_write(tmp_path, text))
    data = csatkit.load(_write(tmp_path, text), scale="0-10")
    assert _counts(data, "csat") == (1, 2)


def test_one_value_off_the_scale_rules_a_question_out(tmp_path: Path) -> None:
    text = _typeform("How satisfied?,How many?", "5,4", "2,3", "1,6")
    data = csatkit.load(_write(tmp_path, text))
    assert _source(data).mapping["score"] == "How satisfied?"
    assert [n.code for n in data.notes if n.code == "score.found"] == ["score.found"]


def test_yes_and_no_answer_another_question(tmp_path: Path) -> None:
    text = _typeform("Was it solved?,How satisfied?", "Yes,5", "No,2")
    assert _source(csatkit.load(_write(tmp_path, text))).mapping["score"] == "How satisfied?"


def test_blank_answers_dont_speak_against_a_question(tmp_path: Path) -> None:
    text = _typeform("How satisfied?,Why?", "5,good", ",slow", "4,very")
    assert _counts(csatkit.load(_write(tmp_path, text)), "csat") == (2, 2)


# -- the warehouse's seeds ---------------------------------------------------------------------

OFFERED = "093d77fd68d888394c557ffd2c0fcff0"
BAD = "bae60998ffe4923b131e3d6e4c19993e"


@pytest.mark.shared
def test_tickets_of_the_warehouse(shared: Path) -> None:
    data = csatkit.load(shared / "data" / "zendesk-warehouse" / "ticket_data.csv")
    (row,) = _report(data, "tickets").inputs
    assert (row.preset, row.used, row.dropped) == ("fivetran-zendesk", 8, {"deleted": 2})


@pytest.mark.shared
def test_ratings_of_the_warehouse_need_a_table_of_labels(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "zendesk-warehouse" / "satisfaction_rating_data.csv"
    with pytest.raises(InputError, match=f"'{BAD}' 14 times, '{OFFERED}' 1 times"):
        _report(csatkit.load(path), "csat")
    data = csatkit.load(path, labels={OFFERED: "offered", BAD: "bad"})
    report = _report(data, "csat", "response_rate", rating="all")
    (row,) = report.inputs
    assert (row.rows, row.used, row.dropped) == (15, 15, {})
    found = {m.metric: m for m in report.measures}
    # Fourteen answers, two of them to one survey.
    assert (found["csat"].numerator, found["csat"].denominator) == (0, 14)
    assert (found["response_rate"].numerator, found["response_rate"].denominator) == (13, 14)
    assert _counts(data, "csat") == (0, 13)


def test_no_preset_knows_a_hash(root: Path) -> None:
    files = sorted((root / "src" / "csatkit" / "load" / "presets").glob("*.toml"))
    assert len(files) > 20
    text = "".join(f.read_text(encoding="utf-8") for f in files)
    assert OFFERED not in text
    assert BAD not in text
