"""The tickets that a digest names: which, in what order, and how little of a comment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from csatkit.analyses.digest.words import excerpt, listed, short
from csatkit.report import Report, Table
from tests.unit.analyses._digests import Row, desk, digest, section, text_of

SUNDAY = datetime(2026, 3, 29)

BASE = desk(days=28, a_day=2)


def _with(*cases: Row) -> tuple[list[Row], list[Row]]:
    """Return the quiet desk with all its ratings 5, and some rated tickets of the week."""
    tickets, surveys = [dict(r) for r in BASE[0]], [dict(r) for r in BASE[1]]
    for s in surveys:
        s["score"] = None if s["score"] is None else 5
        s["comment"] = None
    for n, case in enumerate(cases):
        name = str(case.get("ticket_id", f"X{n:02}"))
        hours = timedelta(hours=case.get("hours", n))
        made = SUNDAY - timedelta(days=3)
        tickets.append({**tickets[0], "ticket_id": name, "customer_id": f"x-{n}",
                        "created_at": made, "resolved_at": made + timedelta(hours=1),
                        "reopen_count": 0, "transfer_count": 0,
                        **{k: v for k, v in case.items() if k in tickets[0]}})  # fmt: skip
        surveys.append({"ticket_id": name, "sent_at": made + timedelta(hours=2),
                        "responded_at": SUNDAY - timedelta(days=2) + hours,
                        "score": case["score"], "comment": case.get("comment")})  # fmt: skip
    return tickets, surveys


def _table(report: Report) -> Table:
    return section(report, "low_scores").tables[0]


def _ids(report: Report) -> list[object]:
    return [row["ticket"] for row in _table(report).rows]


def test_the_lowest_come_first_then_known_reasons_then_comments_then_the_newest() -> None:
    rows = _with(
        {"score": 3, "issue_type": "a"},
        {"score": 1, "issue_type": "b"},
        {"score": 1, "issue_type": "c", "comment": "why?"},
        {"score": 1, "issue_type": "d", "reopen_count": 1},
        {"score": 1, "issue_type": "e"},
        {"score": 4, "issue_type": "f"},
    )
    report = digest(rows, "weekly")
    assert _ids(report) == ["X03", "X02", "X04", "X01", "X00"]
    whys = {row["ticket"]: row["why"] for row in _table(report).rows}
    assert whys["X03"] == "reopened"
    assert whys["X00"] == "nothing known"
    (text,) = section(report, "low_scores").text
    assert text.startswith("5 of ")
    assert section(report, "comments").text == ("X02: “why?”",)


def test_no_issue_takes_more_than_two_places_while_others_wait() -> None:
    rows = _with(
        *({"score": 1, "issue_type": "refund"} for _ in range(8)),
        {"score": 2, "issue_type": "login"},
        {"score": 3, "issue_type": "delivery"},
    )
    report = digest(rows, "weekly")
    types = [row["issue_type"] for row in _table(report).rows]
    assert types == ["refund", "refund", "refund", "login", "delivery"]
    assert section(report, "low_scores").text[0].endswith("; the 5 that tell most:")


def test_one_issue_alone_fills_all_places() -> None:
    rows = _with(*({"score": 2, "issue_type": "refund"} for _ in range(7)))
    assert _ids(digest(rows, "weekly")) == ["X06", "X05", "X04", "X03", "X02"]


def test_ties_are_settled_by_the_ticket_id() -> None:
    rows = _with(*({"score": 1, "issue_type": f"i{n}", "hours": 1} for n in range(7)))
    assert _ids(digest(rows, "weekly")) == ["X00", "X01", "X02", "X03", "X04"]


def test_a_ticket_that_is_open_isn_t_resolved_yet() -> None:
    (row,) = _table(digest(_with({"score": 1, "resolved_at": None}), "weekly")).rows
    assert row["why"] == "not resolved yet"


def test_a_week_without_low_scores_says_so() -> None:
    low = section(digest(_with(), "weekly"), "low_scores")
    assert low.tables == ()
    assert low.text[0].startswith("None of ")


def test_customers_who_came_back_content() -> None:
    early = {"score": 1, "customer_id": "same", "ticket_id": "EARLY", "hours": -24 * 14}
    late = {"score": 5, "customer_id": "same", "ticket_id": "LATE"}
    other = {"score": 5, "customer_id": "other"}
    text = section(digest(_with(early, late, other), "weekly"), "bright_spots").text
    assert "1 customer is satisfied now after an earlier low score: ticket LATE." in text
    # The other way round nobody came back content.
    later = {**early, "hours": 20}
    text = section(digest(_with(later, late), "weekly"), "bright_spots").text
    assert not any("earlier low score" in line for line in text)


def test_praise_is_what_says_most() -> None:
    rows = _with(
        {"score": 5, "comment": "ok"},
        {"score": 5, "comment": "Solved at once, thank you so much!"},
        {"score": 5, "comment": "Very friendly"},
        {"score": 5, "comment": "Very friendly", "hours": -2},
        {"score": 4, "comment": "A long comment that isn't beside the top score at all."},
    )
    text = section(digest(rows, "weekly"), "bright_spots").text
    assert text == (
        "Ticket X01 (5): “Solved at once, thank you so much!”",
        "Ticket X02 (5): “Very friendly”",
    )


@pytest.mark.parametrize(
    "comment",
    [
        "<script>alert(1)</script> & [link](http://x.example) | **bold** `code`",
        "a|b\n| c |\n|---|\r\nnext",
        "\x1b[31mred\x1b[0m\x00\x07\u2028\u2029 end",
        "\u202eevil\u202c",
        "=cmd()",
    ],
)
def test_hostile_comments_stay_text(comment: str) -> None:
    report = digest(_with({"score": 1, "comment": comment}), "weekly")
    (quote,) = section(report, "comments").text
    assert not any(ord(c) < 32 or ord(c) in (0x2028, 0x2029) for c in quote)
    shown = text_of(report)
    (line,) = [x for x in shown.splitlines() if x.startswith("X00: ")]
    assert "<script>" not in line
    assert "[link]" not in line
    assert "\u202e" not in line


def test_a_comment_of_ten_megabytes_is_one_line() -> None:
    for comment in ("long " * 2_000_000, "x" * 10_000_000, "\n" * 10_000_000 + "late"):
        report = digest(_with({"score": 1, "comment": comment}), "weekly")
        quotes = [q for s in report.sections if s.key == "comments" for q in s.text]
        assert all(len(q) <= 150 for q in quotes)
        assert len(text_of(report)) < 20_000


# --- excerpts -------------------------------------------------------------------------------------


def test_an_excerpt_ends_between_words() -> None:
    text = "I waited for three days and nobody told me anything about what was going on, " * 4
    found = excerpt(text)
    assert found is not None
    assert found.endswith("…")
    assert 100 < len(found) <= 140
    assert text.startswith(found[:-1])
    assert text[len(found) - 1] in " ,"


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        ("", None),
        (" \n\t\x00 ", None),
        ("Fine.", "Fine."),
        ("two\nlines", "two lines"),
        ("x" * 140, "x" * 140),
        ("x" * 141, "x" * 139 + "…"),
        ("a " * 27, ("a " * 26).strip() + "…"),
        ("ok \ud83d", "ok"),
    ],
)
def test_excerpts(comment: str, shown: str | None) -> None:
    assert excerpt(comment) == shown


def test_names_and_lists() -> None:
    assert short("Ann  Lee") == "Ann Lee"
    assert len(short("word " * 40)) <= 40
    assert listed([]) == ""
    assert listed(["a", "b"]) == "a and b"
