"""`coach` by hand: which conversations, what is beyond noise, wins, and what may be shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from csatkit import analyze, load, render
from csatkit.cli.coach import file_names
from csatkit.errors import InputError, UsageError
from csatkit.report import Report, Section

START = datetime(2026, 1, 1)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

Row = dict[str, Any]

HOSTILE = ("=1+1", "[bold red]x[/]", "a\x1b[31m\u2028b\r\nc", "<script>x</script>", "|x|")


def rated(name: str, day: float, score: int, issue: str = "login", **more: Any) -> Row:
    """Return a rated ticket of Ann's, resolved when it was rated."""
    at = START + day * DAY
    row = {
        "ticket_id": name, "customer_id": f"c-{name}", "agent": "ann", "team": "north",
        "channel": "email", "issue_type": issue, "created_at": at, "resolved_at": at,
        "responded_at": at, "score": score, "comment": None,
    }  # fmt: skip
    return {**row, **more}


def pack(rows: list[Row], agent: str = "ann", **settings: Any) -> Report:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return analyze(
        load(frame, preset="none", scale="1-5", timezone="UTC"),
        command="coach", agent=agent, **settings,
    )  # fmt: skip


def section(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def _tickets(report: Report, key: str) -> list[object]:
    return [row["ticket"] for t in section(report, key).tables for row in t.rows]


def test_low_scores_are_new_and_of_different_issue_types() -> None:
    rows = [rated(f"l{i}", 80 + i, 2) for i in range(6)]
    rows += [rated("r", 79, 1, "refund"), rated("b", 78, 3, "billing"), rated("good", 90, 5)]
    # The newest of each type first; then the second newest of the one that has more.
    assert _tickets(pack(rows, since="2026-02-01"), "low") == ["l5", "l4", "l3", "r", "b"]


@pytest.mark.parametrize(("n_old", "shown"), [(1, 2), (2, 3), (9, 3)])
def test_old_low_scores_only_fill_up_to_three(n_old: int, shown: int) -> None:
    rows = [rated("new", 80, 1), rated("end", 90, 5)]
    rows += [rated(f"old{i}", i, 1) for i in range(n_old)]
    found = _tickets(pack(rows), "low")
    assert found[0] == "new"
    assert len(found) == shown


def test_old_low_scores_add_issue_types_that_the_new_ones_lack() -> None:
    rows = [rated("new", 80, 1), rated("end", 90, 5)]
    rows += [rated("again", 50, 1), rated("other", 40, 2, "refund"), rated("third", 30, 3, "fees")]
    assert _tickets(pack(rows), "low") == ["new", "other", "third"]


@pytest.mark.parametrize(("at", "is_old"), [("2026-03-22", False), ("2026-03-22T00:00:01", True)])
def test_a_rating_of_the_instant_of_the_last_pack_is_new(at: str, is_old: bool) -> None:
    rows = [rated(f"l{i}", 80, 1) for i in range(4)] + [rated("end", 90, 5)]
    assert len(_tickets(pack(rows, since=at), "low")) == (3 if is_old else 4)


def test_the_best_have_a_comment_where_any_has() -> None:
    rows = [rated(f"t{i}", i, 5, comment=None if i > 3 else f"thanks {i}") for i in range(6)]
    rows += [rated("four", 7, 4, comment="well")]
    report = pack(rows)
    assert _tickets(report, "top") == ["t3", "t2", "t1"]
    assert section(report, "top_comments").text[0] == "t3: “thanks 3”"


def test_the_best_since_the_last_pack_come_first() -> None:
    rows = [rated(f"old{i}", i, 5, comment="thanks") for i in range(4)]
    rows += [rated("new", 80, 5), rated("end", 90, 1)]
    assert _tickets(pack(rows), "top") == ["new", "old3", "old2"]
    assert _tickets(pack(rows, since="2026-01-01"), "top") == ["old3", "old2", "old1"]


def _crowd(bad: str, n: int = 60) -> list[Row]:
    """Return ratings of four agents on two issue types: Ann fails on one of them."""
    rows = []
    for agent in ("ann", "ben", "cleo", "dan"):
        for issue in ("login", "refund"):
            for i in range(n):
                fails = i % 6 == 0 or (agent == "ann" and issue == bad and i % 3)
                row = rated(f"{agent}{issue}{i}", i, 1 if fails else 5, issue, agent=agent)
                rows.append(row)
    return rows


def test_an_issue_type_is_named_where_the_agent_is_credibly_below() -> None:
    rows = _crowd("refund")
    types = section(pack(rows), "types")
    assert [row["issue_type"] for row in types.tables[0].rows] == ["refund"]
    (row,) = types.tables[0].rows
    assert row["n"] == 60
    value, shrunken, others = (float(str(row[c])) for c in ("value", "shrunken", "others"))
    assert value < shrunken < others == pytest.approx(100 * 150 / 180)
    assert "8 comparisons" in types.text[0]
    assert "beyond chance (one-sided" in section(pack(rows), "standing").text[1]
    for other in ("ben", "cleo", "dan"):
        assert not section(pack(rows, other), "types").tables


def test_nobody_is_named_where_all_are_alike() -> None:
    report = pack(_crowd("none"))
    assert not section(report, "types").tables
    assert "None is below" in section(report, "types").text[0]
    assert "chance alone may explain" in section(report, "standing").text[1]


def test_few_ratings_are_compared_with_nobody() -> None:
    rows = [rated(f"a{i}", i, 1) for i in range(9)]
    rows += [rated(f"b{i}", i, 5, agent="ben") for i in range(50)]
    report = pack(rows)
    assert "Too few ratings" in section(report, "standing").text[1]
    assert not section(report, "types").tables


def test_the_trend_says_when_it_is_noise() -> None:
    rows = [rated(f"a{i}", i * 2, 5 if i % 2 else 1) for i in range(45)]
    assert "can't be told from noise" in section(pack(rows), "trend").text[0]
    rows += [rated(f"n{i}", 85, 5) for i in range(40)]
    assert "better beyond noise" in section(pack(rows), "trend").text[0]
    assert "nothing to compare" in section(pack(rows[:3], since="2025-01-01"), "trend").text[0]


def test_won_back_are_the_best_scores_after_a_low_one_of_the_same_customer() -> None:
    mine = {"customer_id": "carl"}
    rows = [
        rated("low", 1, 3, **mine), rated("four", 2, 4, **mine), rated("won", 3, 5, **mine),
        rated("before", 0, 5, **mine), rated("other", 4, 5), rated("same", 1, 5, **mine),
        rated("ben", 5, 5, agent="ben", **mine), rated("far", 6, 5, agent="x", team="s", **mine),
        rated("none", 7, 5, customer_id=None),
    ]  # fmt: skip
    report = pack(rows)
    assert section(report, "wins").text == (
        "1 customer with an earlier low score gave a 5: ticket won.",
    )
    assert section(report, "team").text[0].endswith("2 times: tickets ben and won.")


@pytest.mark.parametrize(("age", "is_in"), [(48 * HOUR, True), (48 * HOUR + HOUR / 3600, False)])
def test_who_is_to_be_thanked_within_48_hours(age: timedelta, is_in: bool) -> None:
    end = START + 90 * DAY
    fresh = rated("fresh", 0, 5, responded_at=end - age)
    rows = [fresh, rated("four", 89, 4), rated("end", 90, 1)]
    found = section(pack(rows, tz="Europe/Berlin"), "thanks")
    assert ("fresh" in found.text[0]) is is_in
    shown = [(r["ticket"], r["rated"], r["until"]) for t in found.tables for r in t.rows]
    # Midnight in UTC is one o'clock in Berlin, and two from the end of March on.
    assert shown == [("fresh", "2026-03-30 02:00", "2026-04-01 02:00")] * is_in


def test_an_unknown_agent_is_told_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown agent 'an'") as raised:
        pack([rated("a", 0, 5)], "an")
    assert "ann" in str(raised.value.hint)
    with pytest.raises(InputError, match="column agent is missing"):
        pack([{k: v for k, v in rated("a", 0, 5).items() if k != "agent"}])


def test_privacy_hides_customers_and_what_they_wrote() -> None:
    rows = [rated("a", 0, 1, comment="secret", customer_id="carl", agent="Annette")]
    shown = pack(rows, "Annette", privacy="ids")
    for format_ in ("json", "html", "markdown", "table"):
        text = str(render(shown, format_))
        assert not any(word in text for word in ("secret", "carl", "Annette"))
    assert "customer-" in str(render(shown, "json"))
    name = str(shown.measures[0].segment["agent"])
    assert pack(rows, name, privacy="ids") == shown
    with pytest.raises(UsageError, match="hides agent"):
        pack(rows, "Annette", privacy="none")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_comments_are_only_text(name: str) -> None:
    rows = [rated(f"{name}{i}", i, 1 if i else 5, name, comment=name, agent=name) for i in range(3)]
    found = [r["agent"] for r in _loaded(rows)]
    report = pack(rows, str(found[0]))
    assert "\x1b" not in str(render(report, "table", width=80))
    assert "\x1b" not in str(render(report, "markdown"))
    assert "<script>x" not in str(render(report, "html"))


def _loaded(rows: list[Row]) -> list[Row]:
    """Return the rows as the loader gives them: names are trimmed."""
    return [{**row, "agent": str(row["agent"]).strip()} for row in rows]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["../x", "a/b", "a\\b"], ["x", "a_b", "a_b-2"]),
        (["CON", "nul.txt", "com1", "console"], ["_CON", "_nul.txt", "_com1", "console"]),
        (["Ann", "ANN", "ann-2"], ["Ann", "ANN-2", "ann-2-2"]),
        (["", "...", " . "], ["agent", "agent-2", "agent-3"]),
        (["a\x00b\n", "é", "e\u0301"], ["a_b_", "é", "é-2"]),
        (["x" * 300], ["x" * 80]),
    ],
)
def test_file_names_are_safe_and_differ(names: list[str], expected: list[str]) -> None:
    assert [n.rstrip("_") for n in file_names(names)] == [n.rstrip("_") for n in expected]
