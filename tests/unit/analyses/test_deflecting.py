"""After a deflected contact, by hand: edges of the window, who counts as a contact, switches."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from csatkit import analyze, load
from csatkit.report import Measure, Report
from tests.unit.analyses._made import section
from tests.unit.analyses._outreach import SECOND, Row, at, frame

WINDOW = 14 * 24


def _ticket(name: str, hours: float, **more: object) -> Row:
    row: Row = {
        "ticket_id": name, "customer_id": "ann", "issue_type": "login", "channel": "email",
        "deflected": False, "merged": False, "created_at": at(hours), "resolved_at": at(hours),
        "responded_at": None, "score": None,
    }  # fmt: skip
    return {**row, **more}


def _deflected(name: str, hours: float, **more: object) -> Row:
    return _ticket(name, hours, deflected=True, **more)


END = _ticket("end", 2000, customer_id="eve")
"""A ticket much later, which lets every window close."""


def _fcr(rows: Sequence[Row]) -> Report:
    data = load(frame([*rows, END]), preset="none", scale="1-5")
    return analyze(data, command="fcr", deflection="yes")


def _measure(report: Report, metric: str) -> Measure:
    return next(m for m in report.measures if m.metric == metric and not m.segment)


def _counts(report: Report, metric: str) -> tuple[float | None, int | None]:
    found = _measure(report, metric)
    return found.numerator, found.denominator


@pytest.mark.parametrize(
    ("hours", "contained", "after"),
    [(0, 0, 1), (WINDOW, 0, 1), (WINDOW + SECOND, 1, 0), (-SECOND, 1, 0)],
)
def test_the_window_is_closed_at_its_end(hours: float, contained: int, after: int) -> None:
    rows = [_deflected("a", 100), _ticket("b", 100 + hours, score=5, responded_at=at(500))]
    report = _fcr(rows)
    assert _counts(report, "containment_rate") == (contained, 1)
    assert _counts(report, "csat_after_deflection") == (after, after)
    assert _measure(report, "fcr_after_deflection").denominator == after


def test_the_order_of_ids_decides_where_instants_tie() -> None:
    assert _counts(_fcr([_deflected("b", 5), _ticket("a", 5)]), "containment_rate") == (1, 1)


@pytest.mark.parametrize(
    ("change", "contained"),
    [
        ({"customer_id": "bob"}, 1),
        ({"issue_type": "billing"}, 0),
        ({"merged": True}, 0),
        ({"deflected": True}, 2),
    ],
)
def test_who_follows(change: Row, contained: int) -> None:
    rows = [_deflected("a", 0), _ticket("b", 5, **change)]
    assert _measure(_fcr(rows), "containment_rate").numerator == contained


def test_the_longest_of_several_windows_holds() -> None:
    # The first contact was settled late, so its window outlasts that of the second.
    rows = [_deflected("a", 0, resolved_at=at(300)), _deflected("b", 10), _ticket("c", 500)]
    report = _fcr(rows)
    assert _counts(report, "containment_rate") == (1, 2)
    assert _measure(report, "fcr_after_deflection").denominator == 1


@pytest.mark.parametrize(
    ("hours", "n", "young"), [(2000 - WINDOW, 1, 0), (2000 - WINDOW + SECOND, 0, 1)]
)
def test_young_contacts_are_held_back(hours: float, n: int, young: int) -> None:
    found = _measure(_fcr([_deflected("old", hours)]), "containment_rate")
    assert (found.denominator or 0, found.excluded.get("immature", 0)) == (n, young)


def test_unknown_customers_are_held_back_with_the_reason() -> None:
    found = _measure(
        _fcr([_deflected("a", 0, customer_id=None), _deflected("b", 1)]), "containment_rate"
    )
    assert (found.denominator, dict(found.excluded)) == (1, {"unknown_key": 1})


def test_what_follows_stands_beside_the_rest() -> None:
    rows = [_deflected(f"d{i}", 0, customer_id=f"c{i}") for i in range(20)]
    for i in range(40):
        good = i >= 20 or i < 5
        rows.append(
            _ticket(f"t{i}", 5, customer_id=f"c{i}", score=5 if good else 1, responded_at=at(9))
        )
    table = section(_fcr(rows), "deflection").tables[0].rows
    assert [(r["k"], r["n"]) for r in table[:2]] == [(5, 20), (20, 20)]
    assert "−75.0 points" in str(table[2]["group"])


def test_changes_of_channel_within_an_issue_are_counted_and_rated() -> None:
    rows = []
    for i in range(40):
        own = {"customer_id": f"c{i}", "responded_at": at(900)}
        changed = i < 20
        rows += [
            _ticket(f"a{i}", 0, customer_id=f"c{i}"),
            _ticket(
                f"b{i}", 5, channel="chat" if changed else "email", score=1 if changed else 5, **own
            ),
        ]
    rows += [
        _ticket("x", 0, customer_id="late"),
        _ticket("y", WINDOW + 1, customer_id="late", channel="chat"),
    ]
    found = section(_fcr(rows), "channel_changes")
    assert found.text[0] == "20 of 40 repeat contacts came by another channel (50.0 %)."
    # 100 points apart, on half of all ratings.
    assert "−50.0 points of the CSAT of all 40 ratings" in found.text[2]
    assert [(r["k"], r["n"]) for r in found.tables[0].rows[:2]] == [(0, 20), (20, 20)]
    assert "+0.0 points" not in found.text[1]
    assert found.text[1] == (
        "First contact resolution differs by 0.0 points (−16.1 … +16.1), within noise."
    )


def test_a_change_of_channel_that_settles_less_often_says_so() -> None:
    rows = []
    for i in range(40):
        own: Row = {"customer_id": f"c{i}"}
        changed = i < 20
        rows += [
            _ticket(f"a{i}", 0, **own),
            _ticket(f"b{i}", 5, channel="chat" if changed else "email", **own),
        ]
        # Who changed came back a third time, by the same channel.
        rows += [_ticket(f"c{i}", 9, channel="chat", **own)] if changed else []
    found = section(_fcr(rows), "channel_changes")
    assert found.text[0].startswith("20 of 60 repeat contacts came by another channel")
    assert "after a change of channel the matter is settled less often" in found.text[1]
    (table,) = (t for t in found.tables if "FCR" in t.columns["group"])
    assert [(r["k"], r["n"]) for r in table.rows[:2]] == [(0, 20), (40, 40)]


def test_repeat_contacts_without_a_channel_are_said_to_be_left_out() -> None:
    rows = [_ticket("a", 0), _ticket("b", 5, channel="chat"), _ticket("c", 9, channel=None)]
    found = section(_fcr(rows), "channel_changes")
    assert found.text[0].startswith("1 of 1 repeat contacts")
    assert found.text[1] == (
        "1 repeat contact isn't counted: its channel or the one before isn't known."
    )
    rows = [_ticket("a", 0), _ticket("b", 5, channel=None)]
    assert section(_fcr(rows), "channel_changes").text == (found.text[1],)


def test_young_repeat_contacts_are_counted_and_not_judged() -> None:
    rows = [_ticket("a", 1990), _ticket("b", 1995, channel="chat")]
    found = section(_fcr(rows), "channel_changes")
    assert found.text[0].startswith("1 of 1 repeat contacts came by another channel")
    assert found.text[1].startswith("Too few of either are mature")
    (table,) = (t for t in found.tables if "FCR" in t.columns["group"])
    assert [r["n"] for r in table.rows] == [0, 0]


def test_without_the_columns_each_part_says_what_is_missing() -> None:
    rows = [
        {k: v for k, v in r.items() if k not in ("deflected", "channel")}
        for r in (_ticket("a", 0), END)
    ]
    report = analyze(load(frame(rows), preset="none"), command="fcr", deflection="yes")
    assert _measure(report, "containment_rate").reason == "column deflected missing"
    assert section(report, "channel_changes").missing == "column channel missing"


def test_nobody_pays_for_it_unasked() -> None:
    data = load(frame([_deflected("a", 0), END]), preset="none")
    assert "containment_rate" not in {m.metric for m in analyze(data, command="fcr").measures}
