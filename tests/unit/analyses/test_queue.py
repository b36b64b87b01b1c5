"""The queue by hand: who is in it, in which order, who is skipped, and what may be shown."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from csatkit import analyze, load, render
from csatkit.analyses.queue import _waiting_words
from csatkit.errors import InputError, UsageError
from csatkit.report import Report
from tests.unit.analyses._outreach import (
    SECOND,
    Row,
    answered,
    at,
    contact,
    frame,
    rated,
    rows,
    tickets_of,
)

HOSTILE = ("=1+1", "[bold red]x[/]", "a\x1b[31m\u2028b\r\nc", "<script>", "|x|", "\U0001f600")


def _queue(answers: list[Row], contacts: list[Row] | None = None, **settings: object) -> Report:
    return answered(answers, contacts or [contact("nobody", 0)], "queue", **settings)


def _ids(report: Report) -> list[object]:
    return [row["ticket_id"] for row in rows(report)]


def test_low_scores_without_outreach_come_oldest_deadline_first() -> None:
    answers = [
        rated("new", 30, 1), rated("old", 1, 3), rated("done", 2, 1), rated("good", 3, 4),
        rated("silent", None, None), rated("same", 1, 2), rated("end", 40, 5),
    ]  # fmt: skip
    found = rows(_queue(answers, [contact("done", 5)]))
    assert [(r["ticket_id"], r["score"], r["deadline"], r["hours_left"]) for r in found] == [
        ("same", 2, at(25), -15.0), ("old", 3, at(25), -15.0), ("new", 1, at(54), 14.0),
    ]  # fmt: skip


@pytest.mark.parametrize(("hours", "waits"), [(-SECOND, True), (0, False), (None, False)])
def test_outreach_takes_a_score_off_the_queue_from_its_own_instant_on(
    hours: float | None, waits: bool
) -> None:
    assert (_ids(_queue([rated("a", 0, 1)], [contact("a", hours)])) == ["a"]) is waits


@pytest.mark.parametrize(("end", "words"), [(24, "0 overdue"), (24 + SECOND, "1 overdue")])
def test_it_is_overdue_once_the_deadline_has_passed(end: float, words: str) -> None:
    report = _queue([rated("a", 0, 1), rated("end", end, 5)])
    assert words in report.sections[0].text[0]
    assert rows(report)[0]["hours_left"] == pytest.approx(24 - end, abs=1e-9)


@pytest.mark.parametrize(("n", "skipped"), [(9, False), (10, True)])
def test_a_customer_is_skipped_from_the_tenth_low_scored_ticket_on(n: int, skipped: bool) -> None:
    many = [rated(f"m{i}", i, 1, customer_id="ann") for i in range(n)]
    # Outreach and other scores don't take a low score out of the count.
    report = _queue(
        [*many, rated("good", 1, 5, customer_id="ann"), rated("z", 50, 2)], [contact("m0", 1)]
    )
    found = rows(report)
    assert [r["skip"] is not None for r in found if str(r["ticket_id"]).startswith("m")] == [
        skipped
    ] * (n - 1)
    assert (found[0]["ticket_id"] == "z") is skipped
    assert [r["earlier_low_scores"] for r in found if r["ticket_id"] == f"m{n - 1}"] == [n - 1]


def test_unknown_customers_are_never_skipped_and_have_no_history() -> None:
    many = [rated(f"m{i}", i, 1, customer_id=None) for i in range(12)]
    found = rows(_queue(many))
    assert {(r["skip"], r["earlier_low_scores"]) for r in found} == {(None, None)}


def test_since_keeps_what_came_at_or_after_the_instant_and_the_history() -> None:
    answers = [
        rated("a", 1, 1, customer_id="ann"),
        rated("b", 5, 1, customer_id="ann"),
        rated("c", 5 - SECOND, 1),
    ]
    found = rows(_queue(answers, since="2026-01-01T05:00:00"))
    assert [(r["ticket_id"], r["earlier_low_scores"]) for r in found] == [("b", 1)]
    with pytest.raises(UsageError, match="--since 'soon'"):
        _queue(answers, since="soon")


def test_old_deadlines_are_told_apart() -> None:
    report = _queue([rated("a", 0, 1), rated("b", 1, 2), rated("end", 24 * 8 + 1, 5)])
    assert report.sections[0].text[1].startswith("1 of them by more than 7 days: --since")
    assert not any("7 days" in line for line in _queue([rated("a", 0, 1)]).sections[0].text)


def test_low_scores_of_unknown_tickets_are_counted_and_not_listed() -> None:
    data = load(
        frame(tickets_of([rated("a", 0, 5)])),
        frame([rated("a", 0, 5), rated("x", 1, 2), rated("y", 1, 4)]),
        frame([contact("a", 1)]),
        scale="1-5", preset="none",
    )  # fmt: skip
    report = analyze(data, command="queue")
    assert rows(report) == []
    assert report.sections[0].text[1].startswith("1 low-scored ticket is not listed")


@pytest.mark.parametrize(
    ("settings", "lost"),
    [
        ({}, "2 low-scored tickets are"),
        ({"since": "2026-01-01T02:00"}, "1 low-scored ticket is"),
        ({"to": "2026-01-01"}, "1 low-scored ticket is"),
        ({"from_": "2026-02-01"}, None),
    ],
)
def test_lost_low_scores_are_those_of_the_period(
    settings: dict[str, Any], lost: str | None
) -> None:
    lows = [rated("x", 1, 2), rated("y", 30, 1), rated("z", 3, 5), rated("z", 4, 1)]
    data = load(
        frame(tickets_of([rated("a", 0, 5)])), frame([rated("a", 0, 5), *lows]),
        frame([contact("a", 1)]), scale="1-5", preset="none",
    )  # fmt: skip
    text = " ".join(analyze(data, command="queue", **settings).sections[0].text)
    assert ("not listed" in text) is (lost is not None)
    assert lost is None or f"{lost} not listed" in text


def test_low_scores_without_a_known_time_are_said_to_be_neither() -> None:
    left = pl.DataFrame({"skip": [None, None, None], "hours_left": [-1.0, 5.0, None]})
    text = _waiting_words(left.with_columns(pl.col("skip").cast(pl.String)))
    assert text[0] == "3 low scores without outreach: 1 overdue."
    assert text[-1] == "1 has no known time, so neither overdue nor in time can be told."


def test_nobody_waiting_is_an_answer() -> None:
    report = _queue([rated("a", 0, 5)])
    assert rows(report) == []
    assert "Nobody is waiting" in report.sections[0].text[0]
    assert render(report, "jsonl") == ""
    assert str(render(report, "csv")).startswith("ticket_id,")
    assert rows(_queue([rated("a", 0, 1)], from_="2027-01-01")) == []


def test_a_ticket_with_two_low_answers_is_called_once() -> None:
    report = _queue([rated("a", 0, 1), rated("a", 5, 2)], rating="all")
    assert [(r["ticket_id"], r["score"]) for r in rows(report)] == [("a", 1)]


def test_who_has_rated_again_is_seen() -> None:
    report = _queue([rated("a", 0, 1), rated("a", 5, 4)])
    assert [r["second_score"] for r in rows(report)] == [4]
    assert rows(_queue([rated("a", 0, 1), rated("a", 5, 4)], rating="last")) == []


def test_scores_that_are_words_stay_words() -> None:
    data = [rated("a", 0, 0), rated("b", 1, 1)]
    surveys = frame(data).with_columns(
        pl.col("score").replace_strict({0: "bad", 1: "good"}, return_dtype=pl.String)
    )
    report = analyze(load(surveys=surveys, scale="good-bad", preset="none"), command="queue")
    assert [r["score"] for r in rows(report)] == ["Bad"]


def test_without_outreach_rows_everybody_waits_with_a_warning() -> None:
    report = answered([rated("a", 0, 1)], None, "queue")
    assert _ids(report) == ["a"]
    assert ("warning", "outreach.missing") in {(n.level, n.code) for n in report.notes}


def test_ratings_are_needed() -> None:
    data = load(frame(tickets_of([rated("a", 0, 1)])), preset="none")
    with pytest.raises(InputError, match="no column holds a score"):
        analyze(data, command="queue")


@pytest.mark.parametrize("privacy", ["ids", "none"])
def test_privacy_hides_people_and_words(privacy: str) -> None:
    answers = [rated("a", 0, 1, agent="Ada", comment="call Bob Smith"), rated("end", 9, 5)]
    report = _queue(answers, privacy=privacy)
    shown = "".join(str(render(report, f)) for f in ("table", "json", "jsonl", "csv", "html"))
    assert "c-a" not in shown
    assert "Bob" not in shown
    assert "Ada" not in shown
    assert _ids(report) == ["a"]


@pytest.mark.parametrize("comment", [*HOSTILE, "x " * 5_000_000])
def test_comments_are_whole_for_machines_and_short_for_people(comment: str) -> None:
    answers = [rated("a", 0, 1, comment=comment), rated("b", 1, 1, comment="plain")]
    lines = str(render(_queue(answers), "jsonl")).split("\n")
    assert len(lines) == 3
    assert json.loads(lines[0])["comment"] == comment.strip()
    brief = _queue(answers, rows="brief")
    for name in ("table", "markdown", "html"):
        page = str(render(brief, name))
        assert len(page) < 20_000
        assert "\x1b[31m" not in page
        assert "<script>" not in page or name == "table"
    whole = str(render(_queue(answers), "csv"))
    assert ",=1+1" not in whole


def test_people_see_the_first_rows_and_how_many_more_there_are() -> None:
    report = _queue([rated(f"t{i:03}", i, 1) for i in range(51)], rows="brief")
    assert len(rows(report)) == 50
    assert "--format csv or jsonl gives all 51" in report.sections[0].text[-1]
