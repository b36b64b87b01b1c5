"""Surveys: what is one, what was sent, which answer is the rating, and whose ticket it is."""

from __future__ import annotations

from itertools import permutations

import pytest

from csatkit.analyses.workspace import open_workspace
from csatkit.load import open_data
from csatkit.settings import Settings, SourceSettings
from tests.unit.facts.building import (
    JAN,
    dropped,
    frame_of,
    survey,
    surveys,
    ticket,
    tickets,
    workspace,
)


@pytest.mark.parametrize(("rating", "scores"), [("first", [2]), ("last", [5]), ("all", [2, 3, 5])])
def test_which_answer_is_the_rating_wherever_it_stands(rating: str, scores: list[int]) -> None:
    rows = [survey("1", 1, 2, 2), survey("1", 1, 3, 3), survey("1", 4, None, 5)]
    for order in permutations(rows):
        ws = workspace(None, [*order, survey("2", 1, None, None)], rating=rating)
        assert [r["score"] for r in surveys(ws) if r["is_rating"]] == scores
        assert sum(r["is_survey"] for r in surveys(ws)) == 3
        assert sum(r["is_survey"] and r["is_answered"] for r in surveys(ws)) == 2


def test_answers_that_tie_are_ordered_by_score_then_comment_then_the_rest() -> None:
    rows = [
        survey("1", 1, 2, 4, comment="b", delivery="sms"),
        survey("1", 1, 2, 4, comment="a", delivery="web"),
        survey("1", 1, 2, 4, comment="a", delivery="mail"),
        survey("1", 1, 2, 5, comment="a", delivery="app"),
    ]
    for order in permutations(rows):
        ws = workspace(None, order, by=(("delivery",),))
        (rating,) = [r for r in surveys(ws) if r["is_rating"]]
        assert rating["delivery"] == "mail"


def test_a_missing_instant_is_one_sending_and_comes_last() -> None:
    ws = workspace(
        None, [survey("1", None, None, 1), survey("1", None, 3, 5), survey("1", 1, None, 4)]
    )
    found = surveys(ws)
    assert sum(r["is_survey"] for r in found) == 2
    assert [r["score"] for r in found if r["is_rating"]] == [5]
    assert [r["sent_at"] is None for r in found if r["is_first_of_ticket"]] == [False]


def test_rows_without_a_ticket_id_are_tickets_of_their_own() -> None:
    rows = [ticket(None, 0, 1), ticket(None, 2, 3), ticket("1", 4, 5)]
    sent = [survey(None, 1, 2, 1), survey(None, 1, 2, 1), survey("1", 5, 6, 5)]
    ws = workspace(rows, sent)
    assert [r["score"] for r in surveys(ws)] == [5]
    assert dropped(ws, "surveys") == {"no_ticket": 2}


def test_copies_of_a_row_are_one_survey_where_something_dates_them() -> None:
    sent = [survey("1", 1, 2, 5)] * 2 + [survey("2", None, None, 4)] * 2
    ws = workspace(None, sent, rating="all")
    assert [r["score"] for r in surveys(ws)] == [5, 4, 4]
    assert dropped(ws, "surveys") == {"duplicate_row": 1}


def test_surveys_inside_ticket_rows_outlive_their_duplicates() -> None:
    inside = {"sent_at": JAN, "responded_at": JAN, "score": 2}
    rows = [
        ticket("1", 0, 1, **inside),
        ticket("1", 0, 1, **{**inside, "score": 5, "sent_at": None, "responded_at": None}),
        ticket("2", 0, 1, **inside, merged=True),
        ticket("3", 0, 1),
    ]
    ws = workspace(rows, rating="all")
    assert [r["score"] for r in surveys(ws)] == [2, 5]
    assert [tickets(ws)[n]["n_surveys"] for n in "13"] == [2, 0]
    assert dropped(ws, "tickets") == {"duplicate_id": 1, "merged": 1}
    assert dropped(ws, "surveys") == {}
    assert ws.facts.unmatched is None


@pytest.mark.parametrize("state", ["unoffered", "Not Sent", "canceled", "bounced", "scheduled"])
def test_what_was_never_sent_is_no_survey_unless_it_is_answered(state: str) -> None:
    sent = [
        survey("1", 1, None, None, survey_status=state),
        survey("2", 1, 2, 5, survey_status=state),
        survey("3", 1, None, None, survey_status="offered"),
    ]
    ws = workspace(None, sent)
    assert sorted(r["ticket_id"] for r in surveys(ws)) == ["2", "3"]
    assert dropped(ws, "surveys") == {"not_sent": 1}


@pytest.mark.parametrize(("silent", "knows"), [(True, True), (False, False)])
def test_a_source_of_answers_alone_does_not_say_what_was_sent(silent: bool, knows: bool) -> None:
    sent = [survey("1", 1, 2, 5), survey("2", 1, None, None if silent else 4)]
    assert workspace(None, sent).facts.knows_sent is knows


def test_a_replay_takes_back_answers_but_not_what_is_known_to_be_sent() -> None:
    sent = [survey("1", 1, 20, 5), survey("2", 1, 2, 4), survey("3", 12, 13, 3)]
    ws = workspace(None, sent, as_of="2026-01-11")
    assert {r["ticket_id"]: r["score"] for r in surveys(ws)} == {"1": None, "2": 4}
    assert dropped(ws, "surveys") == {"after_as_of": 1}
    assert not ws.facts.knows_sent


def test_surveys_of_tickets_that_leave_or_that_nobody_knows() -> None:
    rows = [ticket("1", 0, 1), ticket("2", 0, 1, status="spam")]
    ws = workspace(rows, [survey(n, 1, 2, 5) for n in "1123"][1:])
    assert [r["ticket_id"] for r in surveys(ws)] == ["1"]
    assert dropped(ws, "surveys") == {"no_ticket": 1, "spam": 1}
    assert ws.facts.unmatched is not None
    assert ws.facts.unmatched["ticket_id"].to_list() == ["3"]


def test_a_column_of_the_survey_file_serves_where_the_tickets_have_none() -> None:
    rows = [ticket("1", 0, 1, channel="chat"), ticket("2", 0, 1, channel="chat")]
    sent = [
        survey("1", 1, 2, 5, language="de", channel="sms"),
        survey("2", 1, 2, 4, language="fr", channel="sms"),
        survey("2", 3, None, None, language="it", channel="sms"),
    ]
    found = surveys(workspace(rows, sent, by=(("language", "channel"),)))
    assert {r["language"] for r in found} == {"de", "fr", "it"}
    assert {r["channel"] for r in found} == {"chat"}


def test_exclusions_reach_surveys_that_come_without_tickets() -> None:
    sent = [survey("1", 1, 2, 5, team="lab"), survey("2", 1, 2, 1, team="north")]
    ws = workspace(None, sent, source=SourceSettings(exclude={"team": ("Lab",)}))
    assert [r["ticket_id"] for r in surveys(ws)] == ["2"]
    assert dropped(ws, "surveys") == {"excluded": 1}


def test_the_date_of_a_rating_is_that_of_the_answer_that_counts() -> None:
    rows = [ticket(n, 0, 1) for n in "123"]
    sent = [
        survey("1", 1, 3, 5),
        survey("1", 1, 2, None),
        survey("2", 1, 2, None),
        survey("3", 4, 5, 1),
    ]
    found = tickets(workspace(rows, sent))
    assert [found[n]["rated_at"] and found[n]["rated_at"].day for n in "123"] == [4, None, 6]
    assert [found[n]["is_rated"] for n in "123"] == [True, False, True]


def test_what_is_asked_stays_where_there_are_no_tickets() -> None:
    sent = [survey("1", 1, 2, 5)]
    assert workspace(None, sent).facts.rules.repeat_on == "issue"
    row = {k: v for k, v in ticket("1", 0, 1).items() if k != "issue_type"}
    assert workspace([row], sent).facts.rules.repeat_on == "customer"


@pytest.mark.parametrize("column", ["delivery", "comment", "survey_status"])
def test_any_survey_column_makes_a_survey_of_a_ticket_row(column: str) -> None:
    nothing = {"sent_at": None, "score": None, column: None}
    rows = [
        ticket("1", 0, 1, **{**nothing, column: "x"}),
        ticket("2", 0, 1, **nothing),
        ticket("3", 0, 1, **{**nothing, "score": 5}),
    ]
    assert [r["ticket_id"] for r in surveys(workspace(rows))] == ["1", "3"]


@pytest.mark.parametrize("metrics", [["csat"], ["fcr"], ["tickets"], ["response_rate"]])
def test_which_rows_are_used_does_not_depend_on_what_is_asked(metrics: list[str]) -> None:
    sent = [survey("1", 1, 2, 5, comment=c, delivery=d) for c, d in ("aa", "ab", "ba", "aa")]
    settings = Settings()
    data = open_data(frame_of([ticket("1", 0, 1)]), frame_of(sent), source=settings.source)
    ws = open_workspace(data, settings, metrics)
    assert dropped(ws, "surveys") == {"duplicate_row": 1}
    assert len(surveys(ws)) == 3
