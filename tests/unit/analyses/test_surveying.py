"""`surveys` and `eligible` by hand: every rule at its edges, and what is said about it."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from csatkit import analyze, load, render
from csatkit.errors import InputError, NothingToEvaluate, UsageError
from csatkit.report import Report
from tests.unit.analyses._surveying import Row, asked, blocked, broken, survey, ticket

START = datetime(2026, 1, 10)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
BERLIN = datetime(2026, 3, 31, 22)
"""When the second quarter begins in Berlin, UTC."""

HOSTILE = ("=1+1", "[bold red]x[/]", "a\x1b[31m\u2028b", "<script>", "|x|")


def _two(gap: timedelta, **more: object) -> tuple[list[Row], list[Row]]:
    """Return two tickets of one customer, resolved and surveyed so far apart."""
    tickets = [ticket("a", "c", START), ticket("b", "c", START + gap, **more)]
    return tickets, [survey("a", START), survey("b", START + gap)]


def _rules(found: Report) -> dict[tuple[str, datetime], set[str]]:
    rules: dict[tuple[str, datetime], set[str]] = {}
    for name, sent, rule in broken(found):
        rules.setdefault((name, sent), set()).add(rule)
    return rules


@pytest.mark.parametrize(
    ("gap", "is_broken"), [(30 * DAY - TICK, True), (30 * DAY, False), (30 * DAY + TICK, False)]
)
def test_thirty_days_between_two_surveys(gap: timedelta, is_broken: bool) -> None:
    expected = {("b", START + gap, "within_30_days")} if is_broken else set()
    assert broken(asked("surveys", *_two(gap))) == expected


def test_each_further_survey_is_judged_by_the_one_before() -> None:
    times = [START, START + 20 * DAY, START + 40 * DAY, START + 70 * DAY]
    tickets = [ticket(f"t{i}", "c", at) for i, at in enumerate(times)]
    found = broken(asked("surveys", tickets, [survey(f"t{i}", at) for i, at in enumerate(times)]))
    assert {name for name, _, _ in found} == {"t1", "t2"}


def test_two_surveys_at_one_instant_are_one_too_many() -> None:
    tickets = [ticket("a", "c", START), ticket("b", "c", START)]
    found = broken(asked("surveys", tickets, [survey("b", START), survey("a", START)]))
    assert found == {("b", START, "within_30_days")}


def test_customers_who_are_not_known_were_never_asked_before() -> None:
    tickets = [ticket("a", None, START), ticket("b", None, START)]
    assert broken(asked("surveys", tickets, [survey("a", START), survey("b", START)])) == set()


@pytest.mark.parametrize(
    ("gap", "score", "is_broken"),
    [
        (14 * DAY - TICK, 3, True), (14 * DAY, 3, True), (14 * DAY + TICK, 3, False),
        (14 * DAY, 4, False), (timedelta(0), 1, False), (TICK, 1, True),
    ],
)  # fmt: skip
def test_fourteen_days_after_a_low_score(gap: timedelta, score: int, is_broken: bool) -> None:
    low_at = START + 40 * DAY
    tickets = [ticket("a", "c", START), ticket("b", "c", low_at + gap)]
    surveys = [survey("a", START, score, low_at), survey("b", low_at + gap)]
    expected = {("b", low_at + gap, "after_low_score")} if is_broken else set()
    assert broken(asked("surveys", tickets, surveys)) == expected


@pytest.mark.parametrize(
    ("second", "opened", "zone", "is_broken"),
    [
        (BERLIN - SECOND, 1, "Europe/Berlin", True),
        (BERLIN, 1, "Europe/Berlin", False),
        (BERLIN, 1, "UTC", True),
        (BERLIN - SECOND, 2, "Europe/Berlin", False),
    ],
)
def test_vip_customers_once_a_quarter(
    second: datetime, opened: int, zone: str, is_broken: bool
) -> None:
    # The second survey is about a ticket of last year, so the quarter has one ticket, or two.
    tickets = [
        ticket("a", "c", START, vip=True),
        ticket("b", "c", second, created_at=datetime(2025, 12, 1)),
    ]
    if opened == 2:
        tickets.append(ticket("z", "c", None, created_at=START + DAY))
    surveys = [survey("a", START), survey("b", second)]
    found = asked("surveys", tickets, surveys, tz=zone, as_of="2026-05-01")
    assert broken(found) == ({("b", second, "vip_quarter")} if is_broken else set())


@pytest.mark.parametrize(
    ("sent", "resolved", "channel", "rules"),
    [
        (START, START, "email", set()),
        (START - TICK, START, "email", {"mid_conversation"}),
        (START - TICK, START, "Social Media", {"mid_conversation", "social_unresolved"}),
        (START, None, "email", {"mid_conversation"}),
        (START, None, "twitter", {"mid_conversation", "social_unresolved"}),
        (START, START, "social", set()),
    ],
)
def test_not_before_the_resolution(
    sent: datetime, resolved: datetime | None, channel: str, rules: set[str]
) -> None:
    tickets = [
        ticket("a", "c", resolved, channel=channel, created_at=START - DAY),
        ticket("b", "d", START),
    ]
    found = _rules(asked("surveys", tickets, [survey("a", sent)]))
    assert found.get(("a", sent), set()) == rules


def test_a_rule_sees_what_the_selection_leaves_out() -> None:
    tickets, surveys = _two(5 * DAY, channel="chat")
    found = broken(asked("surveys", tickets, surveys, where=["channel=chat"]))
    assert found == {("b", START + 5 * DAY, "within_30_days")}
    last = asked("surveys", tickets, surveys, from_="2026-01-14")
    assert len(broken(last)) == 1
    first = asked("surveys", tickets, surveys, to="2026-01-12")
    assert broken(first) == set()


def test_surveys_of_tickets_that_are_not_in_the_file_are_history() -> None:
    tickets = [ticket("b", "c", START + DAY)]
    columns = {"ticket_id": ["a", "b"], "sent_at": [START, START + DAY], "score": [5, None],
               "customer_id": ["c", "c"]}  # fmt: skip
    data = load(pl.DataFrame(tickets), pl.DataFrame(columns), preset="none", scale="1-5")
    assert broken(analyze(data, command="surveys")) == {("b", START + DAY, "within_30_days")}


def test_what_cannot_be_judged_is_named() -> None:
    columns = {"ticket_id": ["a"], "created_at": [START], "responded_at": [START], "score": [5]}
    report = analyze(load(pl.DataFrame(columns), preset="none", scale="1-5"), command="surveys")
    (table,) = next(s for s in report.sections if s.key == "fatigue").tables
    assert {row["missing"] for row in table.rows} == {"no column says when a survey was sent"}
    assert {row["broken"] for row in table.rows} == {None}


def test_tickets_of_lists_the_surveys_of_one_rule() -> None:
    case = _two(DAY)
    report = asked("surveys", *case, tickets_of="within_30_days")
    assert [row["ticket_id"] for row in report.sections[0].tables[0].rows] == ["b"]
    assert report.sections[0].tables[0].rows[0]["since"] == START
    with pytest.raises(UsageError, match="within_30_days"):
        asked("surveys", *case, tickets_of="within_30_day")
    with pytest.raises(NothingToEvaluate, match="no survey breaks"):
        asked("surveys", *case, tickets_of="vip_quarter")


@pytest.mark.parametrize(
    ("delay", "band"),
    [
        (timedelta(0), "within 5 min"), (timedelta(minutes=5), "within 5 min"),
        (timedelta(minutes=5) + TICK, "within 1 h"), (timedelta(hours=1), "within 1 h"),
        (timedelta(hours=2), "within 2 h"), (timedelta(hours=2) + TICK, "within 24 h"),
        (timedelta(hours=24), "within 24 h"), (timedelta(hours=24) + TICK, "later"),
    ],
)  # fmt: skip
def test_delays_belong_to_the_band_that_they_end(delay: timedelta, band: str) -> None:
    report = asked("surveys", [ticket("a", "c", START)], [survey("a", START + delay, 5)])
    (table,) = next(s for s in report.sections if s.key == "timing").tables
    assert {
        row["delay"]: (row["surveys"], row["csat"]) for row in table.rows if row["surveys"]
    } == {band: (1, 100.0)}


@pytest.mark.parametrize(("wait", "n"), [(45 * SECOND, 1), (45 * SECOND + TICK, 0), (-SECOND, 0)])
def test_answers_within_45_seconds_are_set_apart(wait: timedelta, n: int) -> None:
    tickets = [ticket("a", "c", START), ticket("b", "d", START)]
    surveys = [survey("a", START, 1, START + wait), survey("b", START, 5, START + DAY)]
    report = asked("surveys", tickets, surveys)
    (table,) = next(s for s in report.sections if s.key == "scanner").tables
    counts = {row["group"]: (row["n"], row["csat"]) for row in table.rows}
    assert counts["within 45 s"] == (n, 0.0 if n else None)
    assert counts["without them"] == (2 - n, 100.0 if n else 50.0)


def test_agents_whose_surveys_never_go_out_are_named_and_others_not() -> None:
    tickets, surveys = [], []
    for i in range(240):
        name, agent = f"t{i:03d}", ("ann", "ben", "cleo", "dan")[i % 4]
        tickets.append(ticket(name, f"c{i}", START + i * SECOND, agent=agent))
        if i % (32 if agent == "dan" else 2 * 4) < 4 and not (agent == "dan" and i % 3):
            surveys.append(survey(name, START + DAY))
    report = asked("surveys", tickets, surveys)
    section = next(s for s in report.sections if s.key == "coverage")
    flags = {row["agent"]: row["flag"] for row in section.tables[0].rows}
    assert flags == {"dan": "below", "ann": None, "ben": None, "cleo": None}
    assert section.text[0].startswith("dan is surveyed less often")
    assert "dan" in " ".join(report.sections[0].text)


def test_whose_surveys_never_go_out_is_said_with_the_test() -> None:
    tickets = [
        ticket(f"t{i:03d}", f"c{i}", START + i * SECOND, agent="zoe" if i % 4 else "ann")
        for i in range(120)
    ]
    surveys = [survey(t["ticket_id"], START + DAY) for t in tickets if t["agent"] == "ann"]
    report = asked("surveys", tickets, surveys)
    text = next(s for s in report.sections if s.key == "coverage").text
    assert text[0].startswith("zoe is surveyed less often")
    assert text[1] == "No survey at all went out about the resolved tickets of zoe (90)."
    assert text[2].endswith(
        "the differences are larger than chance explains (chi-square, p < .001)."
    )


def test_agents_with_too_few_tickets_are_not_tested_as_a_table() -> None:
    tickets = [
        ticket(f"t{i:03d}", f"c{i}", START + i * SECOND, agent="zoe" if i < 10 else "ann")
        for i in range(300)
    ]
    surveys = [survey("t000", START + DAY), survey("t001", START + DAY)]
    report = asked("surveys", tickets, surveys)
    text = next(s for s in report.sections if s.key == "coverage").text
    assert not any("All agents together" in line for line in text)


def test_shares_that_chance_explains_are_said_to_be_so() -> None:
    tickets = [
        ticket(f"t{i:03d}", f"c{i}", START + i * SECOND, agent="zoe" if i % 2 else "ann")
        for i in range(80)
    ]
    report = asked("surveys", tickets, [survey(t["ticket_id"], START + DAY) for t in tickets[:40]])
    text = next(s for s in report.sections if s.key == "coverage").text
    assert text[0].startswith("Nobody's tickets")
    # Twenty of forty on both sides.
    assert text[1].endswith("the differences are consistent with chance (chi-square, p = 1.000).")


def test_a_reader_sees_the_newest_violations_of_each_rule() -> None:
    tickets = [ticket(f"t{i}", "c", START + i * DAY) for i in range(9)]
    tickets.append(ticket("early", "d", START + DAY))
    surveys = [survey(f"t{i}", START + i * DAY) for i in range(9)]
    surveys.append(survey("early", START + DAY - TICK))
    report = asked("surveys", tickets, surveys, rows="brief")
    section = next(s for s in report.sections if s.key == "violations")
    shown = [row["ticket_id"] for row in section.tables[0].rows]
    assert shown == ["t8", "t7", "t6", "t5", "t4", "early"]
    assert section.text[0].startswith("The newest 5 of each rule")
    assert section.text[0].endswith("--format json all 9.")
    assert len(broken(asked("surveys", tickets, surveys))) == 9


def test_a_reader_sees_who_may_be_asked_and_who_waits() -> None:
    tickets = [ticket("a", "c", START), ticket("b", "c", START + DAY), ticket("x", "d", START)]
    report = asked("eligible", tickets, [survey("x", START)], rows="brief")
    free, waiting = report.sections[0].tables
    assert [row["ticket_id"] for row in free.rows] == ["b"]
    (row,) = waiting.rows
    assert (row["ticket_id"], row["resolved_at"]) == ("a", "2026-01-10 00:00")
    assert row["rule"] == "another ticket of the customer goes first"
    assert row["until"] == "2026-02-10 00:00"


def test_a_ticket_that_moved_after_its_rating_is_told() -> None:
    tickets = [ticket("a", "c", START, agent="ann"), ticket("b", "d", START, agent="ben")]
    surveys = {"ticket_id": ["a", "b"], "sent_at": [START] * 2, "responded_at": [START + DAY] * 2,
               "score": [5, 1], "agent": ["ann", "cleo"]}  # fmt: skip
    data = load(pl.DataFrame(tickets), pl.DataFrame(surveys), preset="none", scale="1-5")
    report = analyze(data, command="surveys")
    section = next(s for s in report.sections if s.key == "reassigned")
    assert section.text[0].startswith("1 of 2 ratings now count for another agent")


# -- who may be surveyed -----------------------------------------------------------------------


@pytest.mark.parametrize(("age", "rule"), [(30 * DAY - TICK, "within_30_days"), (30 * DAY, None)])
def test_a_customer_may_be_asked_again_when_thirty_days_are_over(
    age: timedelta, rule: str | None
) -> None:
    now = datetime(2026, 3, 15)
    tickets = [ticket("a", "c", now - age), ticket("b", "c", now - DAY)]
    found = blocked(asked("eligible", tickets, [survey("a", now - age)], as_of=now.isoformat()))
    assert found["a"] == ("surveyed", None)
    assert found["b"] == (rule, None if rule is None else now - age + 30 * DAY)


@pytest.mark.parametrize(("age", "rule"), [(14 * DAY, "after_low_score"), (14 * DAY + TICK, None)])
def test_a_low_score_blocks_for_fourteen_days(age: timedelta, rule: str | None) -> None:
    now = datetime(2026, 3, 15)
    tickets = [ticket("a", "c", START - 60 * DAY), ticket("b", "c", now - DAY)]
    surveys = [survey("a", START - 60 * DAY, 2, now - age)]
    found = blocked(asked("eligible", tickets, surveys, as_of=now.isoformat()))
    assert found["b"] == (rule, None if rule is None else now - age + 14 * DAY)


@pytest.mark.parametrize(
    ("now", "zone", "rule", "until"),
    [
        (BERLIN - SECOND, "Europe/Berlin", "vip_quarter", BERLIN),
        (BERLIN, "Europe/Berlin", None, None),
        (BERLIN, "UTC", "vip_quarter", datetime(2026, 4, 1)),
    ],
)
def test_a_vip_waits_for_the_next_quarter(
    now: datetime, zone: str, rule: str | None, until: datetime | None
) -> None:
    tickets = [
        ticket("a", "c", START, vip=True),
        ticket("b", "c", START, created_at=START - 60 * DAY),
    ]
    found = asked("eligible", tickets, [survey("a", START)], as_of=f"{now.isoformat()}Z", tz=zone)
    assert blocked(found)["b"] == (rule, until)


def test_the_rule_that_lasts_longest_is_named() -> None:
    now = datetime(2026, 3, 15)
    tickets = [ticket("a", "c", now - 29 * DAY), ticket("b", "c", now)]
    surveys = [survey("a", now - 29 * DAY, 1, now - DAY)]
    found = blocked(asked("eligible", tickets, surveys, as_of=now.isoformat()))
    assert found["b"] == ("after_low_score", now + 13 * DAY)


def test_of_several_tickets_the_one_resolved_last_is_asked_about() -> None:
    now = START + 10 * DAY
    tickets = [
        ticket("a", "c", START), ticket("b", "c", START + DAY), ticket("x", "c", START + DAY),
        ticket("open", "c", None, created_at=START), ticket("n1", None, START),
        ticket("n2", None, START),
    ]  # fmt: skip
    found = asked("eligible", tickets, [], as_of=now.isoformat())
    later = ("same_customer", now + 30 * DAY)
    assert blocked(found) == {
        "b": (None, None), "a": later, "x": later, "n1": (None, None), "n2": (None, None)
    }  # fmt: skip
    rows = found.sections[0].tables[0].rows
    assert [row["ticket_id"] for row in rows] == ["b", "n1", "n2", "x", "a"]
    only = asked("eligible", tickets, [], as_of=now.isoformat(), where=["ticket_id=a"])
    assert blocked(only) == {"a": (None, None)}


def test_what_was_sent_is_not_named_again_and_the_same_run_says_the_same() -> None:
    now = START + 10 * DAY
    tickets = [ticket("a", "c", START), ticket("b", "c", START + DAY)]
    first = asked("eligible", tickets, [], as_of=now.isoformat())
    assert render(first, "json") == render(
        asked("eligible", tickets[::-1], [], as_of=now.isoformat()), "json"
    )
    sent = [survey("b", now)]
    second = blocked(asked("eligible", tickets, sent, as_of=now.isoformat()))
    assert {rule for rule, _ in second.values()} == {"surveyed", "within_30_days"}


def test_since_keeps_what_was_resolved_at_or_after_it() -> None:
    tickets = [ticket("a", "c", START), ticket("b", "d", START - TICK)]
    assert set(blocked(asked("eligible", tickets, [], since="2026-01-10"))) == {"a"}
    with pytest.raises(UsageError, match="--since 'soon'"):
        asked("eligible", tickets, [], since="soon")


def test_an_earlier_instant_is_replayed() -> None:
    tickets = [ticket("a", "c", START), ticket("b", "c", START + 20 * DAY)]
    surveys = [survey("a", START + 2 * DAY)]
    found = blocked(asked("eligible", tickets, surveys, as_of=(START + DAY).isoformat()))
    assert found == {"a": (None, None)}


def test_nobody_eligible_is_an_answer() -> None:
    report = asked("eligible", [ticket("a", "c", None, created_at=START)], [])
    assert "Nobody may be surveyed" in report.sections[0].text[0]
    assert render(report, "jsonl") == ""


def test_surveys_alone_cannot_say_who_is_eligible() -> None:
    columns = {"ticket_id": ["a"], "responded_at": [START], "score": [5]}
    data = load(surveys=pl.DataFrame(columns), preset="none", scale="1-5")
    with pytest.raises(InputError, match="eligible needs tickets"):
        analyze(data, command="eligible")


@pytest.mark.parametrize("command", ["surveys", "eligible"])
@pytest.mark.parametrize("privacy", ["ids", "none"])
def test_names_stay_hidden(command: str, privacy: str) -> None:
    tickets = [ticket("a", "carla", START, agent="Annette"), ticket("b", "carla", START)]
    report = asked(command, tickets, [survey("a", START), survey("b", START)], privacy=privacy)
    for format_ in ("json", "table", "csv"):
        text = str(render(report, format_))
        assert "carla" not in text
        assert "Annette" not in text


@pytest.mark.parametrize("command", ["surveys", "eligible"])
def test_hostile_names_are_only_text(command: str) -> None:
    tickets = [
        ticket(f"{name}{i}", name, START, agent=name, channel=name)
        for name in HOSTILE
        for i in range(2)
    ]
    report = asked(command, tickets, [survey(t["ticket_id"], START) for t in tickets[::3]])
    assert "\x1b" not in str(render(report, "table", width=80))
    assert "<script>" not in str(render(report, "html")).replace("<script>\n", "")
    assert render(report, "markdown")
