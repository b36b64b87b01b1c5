"""Each rule of the oracle by itself, on a few rows: edges, order, clocks, what leaves and why."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from tests.oracle import METRICS, Options, Row, clean, evaluate
from tests.oracle.buckets import bucket
from tests.oracle.building import DATA_END, DAY, JAN, counts, overall, survey, ticket
from tests.oracle.evaluate import NO_SENT, percentile

# --- cleaning ---


def test_the_latest_row_stays_then_the_greatest_text() -> None:
    rows = [
        ticket("1", 0, 1, updated_at=None, agent="old"),
        ticket(" 1 ", 0, 1, updated_at=JAN + 3 * DAY, agent="ada"),
        ticket("1", 0, 1, updated_at=JAN + 3 * DAY, agent="bea"),
        ticket("01", 0, 1, updated_at=None, agent="zoe"),
    ]
    for order in (rows, rows[::-1]):
        export = clean(order, None, Options())
        assert {key: row["agent"] for key, row in export.tickets.items()} == {
            "1": "bea",
            "01": "zoe",
        }
        assert export.dropped == {"duplicate_id": 2}


def test_the_update_outranks_later_instants_of_other_columns() -> None:
    rows = [
        ticket("1", 0, 3, updated_at=JAN + 4 * DAY, closed_at=JAN, agent="ada"),
        ticket("1", 0, 3, updated_at=JAN + 2 * DAY, closed_at=JAN + 9 * DAY, agent="bea"),
        ticket("2", 0, 3, updated_at=None, closed_at=JAN + 9 * DAY, agent="cyd"),
        ticket("2", 0, 5, updated_at=None, closed_at=JAN + 8 * DAY, agent="dee"),
    ]
    kept = clean(rows, None, Options()).tickets
    assert {key: row["agent"] for key, row in kept.items()} == {"1": "ada", "2": "cyd"}


def test_ids_keep_zeros_and_addresses_lose_case() -> None:
    rows = [
        ticket("1", 0, 1, customer_id="Ann@Example.org"),
        ticket("2", 2, 3, customer_id="ann@example.ORG "),
        ticket("3", 4, 5, customer_id="007"),
        ticket("4", 6, 7, customer_id="7"),
        ticket("5", 8, 9, customer_id="1.03E+13"),
        ticket("6", 9, 9, customer_id="1.03E+13"),
    ]
    cell = overall(rows, None, Options(as_of=DATA_END))("repeat_contact_rate")
    assert counts(cell) == (1, 4)
    assert cell.extra["excluded"] == {"unknown_key": 2}


@pytest.mark.parametrize(
    ("fate", "repeats", "reason"),
    [
        ({"merged": True}, 1, "merged"),
        ({"status": "Deleted"}, 0, "deleted"),
        ({"status": "spam"}, 0, "spam"),
        ({"status": "test"}, 0, "test"),
        ({"parent_ticket_id": "9"}, 0, "side_conversation"),
        ({"deflected": True}, 0, "deflected"),
    ],
)
def test_what_leaves_and_whether_it_is_a_contact(fate: Row, repeats: int, reason: str) -> None:
    rows = [ticket("1", 0, 1), ticket("2", 2, 3, **fate)]
    answered: list[Row] = [{"ticket_id": "2", "sent_at": None, "responded_at": None, "score": 5}]
    cell = overall(rows, answered, Options(as_of=DATA_END))
    assert counts(cell("repeat_contact_rate")) == (repeats, 1)
    assert counts(cell("tickets")) == (1, 1)
    assert counts(cell("csat")) == (0, 0)
    assert clean(rows, None, Options()).dropped == {reason: 1}


def test_a_resolution_instant_decides_alone_where_there_is_any() -> None:
    flags = {"resolved": True, "closed_at": JAN, "status": "solved"}
    rows = [ticket("1", 0, None, **flags), ticket("2", 0, None, resolved=None)]
    assert counts(overall(rows, None, Options())("resolution_rate")) == (1, 2)
    rows.append(ticket("3", 0, 1))
    assert counts(overall(rows, None, Options())("resolution_rate")) == (1, 3)


def test_replay_takes_back_what_came_later() -> None:
    rows = [
        ticket("1", 0, 20, first_response_at=JAN + 15 * DAY, reopened_at=JAN + 30 * DAY),
        ticket("2", 11, 12),
    ]
    answered: list[Row] = [
        {"ticket_id": "1", "sent_at": JAN, "responded_at": JAN + 11 * DAY, "score": 5},
        {"ticket_id": "1", "sent_at": JAN + 11 * DAY, "responded_at": None, "score": None},
        {"ticket_id": "1", "sent_at": None, "responded_at": JAN + 2 * DAY, "score": 1},
    ]
    cell = overall(rows, answered, Options(as_of=JAN + 10 * DAY))
    assert counts(cell("tickets")) == (1, 1)
    assert counts(cell("backlog")) == (1, 1)
    assert counts(cell("first_response_within")) == (0, 1)
    assert counts(cell("reopen_rate")) == (0, 0)
    assert counts(cell("response_rate")) == (1, 2)
    assert counts(cell("csat")) == (0, 1)


def test_what_happened_at_the_instant_of_a_replay_has_happened() -> None:
    rows = [ticket("1", 10, 10, first_response_at=JAN + 10 * DAY)]
    sent = [survey("1", 10, 10, 5), survey("1", 10.1, None, None)]
    cell = overall(rows, sent, Options(as_of=JAN + 10 * DAY))
    assert counts(cell("resolution_rate")) == (1, 1)
    assert counts(cell("response_rate")) == (1, 1)


def test_an_instant_far_ahead_does_not_move_the_data_end() -> None:
    now = JAN + 40 * DAY
    rows = [ticket("1", 0, 1), ticket("2", 5, 300), ticket("3", 41, None), ticket("4", 41.5, None)]
    assert clean(rows, None, Options(now=now)).data_end == JAN + 41 * DAY
    assert clean(rows, None, Options()).data_end == JAN + 300 * DAY


# --- windows, order, reasons ---


@pytest.mark.parametrize(("seconds", "repeats"), [(-1, 1), (0, 1), (1, 0)])
def test_the_window_is_closed_to_the_second(seconds: int, repeats: int) -> None:
    rows = [ticket("1", 0, 1), ticket("2", 15 + seconds / 86_400, None)]
    rows[1]["created_at"] = JAN + 15 * DAY + timedelta(seconds=seconds)
    cell = overall(rows, None, Options(as_of=DATA_END))("repeat_contact_rate")
    assert counts(cell) == (repeats, 1)


@pytest.mark.parametrize(("seconds", "mature"), [(-1, 0), (0, 1), (1, 1)])
def test_maturity_is_reached_to_the_second(seconds: int, mature: int) -> None:
    options = Options(as_of=JAN + 15 * DAY + timedelta(seconds=seconds))
    cell = overall([ticket("1", 0, 1)], None, options)("fcr")
    assert counts(cell) == (mature, mature)
    assert cell.extra["excluded"] == ({} if mature else {"immature": 1})


def test_ties_are_ordered_by_id_as_text() -> None:
    rows = [ticket("10", 0, 1, agent="ten"), ticket("9", 0, None, agent="nine")]
    cells = evaluate(rows, None, Options(as_of=DATA_END), by=["agent"])
    assert cells["fcr", ("ten",)].extra["failures"] == {"repeat": 1}
    assert cells["fcr", ("nine",)].extra["failures"] == {"unresolved": 1}


def test_only_selected_reasons_count_and_missing_columns_are_named() -> None:
    rows = [ticket("1", 0, 1, transfer_count=1), ticket("2", 2, 3, transfer_count=0)]
    options = Options(as_of=DATA_END, fail_on=("unresolved", "transferred", "multiple_contacts"))
    cell = overall(rows, None, options)("fcr")
    assert cell.extra["failures"] == {"transferred": 1}
    assert cell.extra["not_measured"] == ["multiple_contacts"]


def test_without_customers_only_reopens_are_left() -> None:
    rows = [{**ticket("1", 0, 1, reopen_count=1)}, {**ticket("2", 2, 3, reopen_count=0)}]
    cell = overall([{k: r[k] for k in r if k != "customer_id"} for r in rows], None, Options())
    assert cell("fcr").reason == "unavailable: column customer_id missing"
    assert counts(cell("never_reopened")) == (1, 2)


def test_reopened_and_still_open_was_resolved_once() -> None:
    rows = [ticket("1", 0, None, reopened_at=JAN + DAY), ticket("2", 30, 31, reopened_at=None)]
    cell = overall(rows, None, Options(as_of=DATA_END))
    assert cell("fcr").extra["failures"] == {"reopened": 1}
    assert counts(cell("fcr_resolved")) == (1, 2)
    assert counts(cell("reopen_rate")) == (1, 2)
    assert counts(cell("backlog")) == (1, 1)


# --- surveys ---


def test_answers_without_a_ticket_keep_their_own_count() -> None:
    answered = [survey("1", 1, 2, 5), survey("gone", 1, 2, 5), survey("gone", 3, 4, 1)]
    cell = overall([ticket("1", 0, 1)], answered, Options())("csat")
    assert counts(cell) == (1, 1)
    assert cell.extra["excluded"] == {"no_ticket": 1}
    assert cell.extra["no_ticket"] == {"satisfied": 1}


def test_copies_of_a_survey_row_are_one_unless_nothing_dates_them() -> None:
    rows = [survey("1", 1, 2, 5)] * 2 + [survey("2", None, None, 4)] * 2
    cell = overall(None, rows, Options(rating="all"))("csat")
    assert counts(cell) == (3, 3)


def test_every_row_answered_says_nothing_about_what_was_sent() -> None:
    rows, answered = [ticket("1", 0, 1), ticket("2", 0, 1)], [survey("1", 1, 2, 5)]
    cell = overall(rows, answered, Options())
    assert cell("response_rate").reason == f"unavailable: {NO_SENT}"
    assert cell("survey_ratio").reason == f"unavailable: {NO_SENT}"
    assert counts(cell("rating_coverage")) == (1, 2)


def test_surveys_inside_ticket_rows_survive_de_duplication() -> None:
    first, second = survey("1", 1, 2, 2), survey("1", 3, 4, 5)
    rows = [{**ticket("1", 0, 1), **first}, {**ticket("1", 0, 1), **second}]
    rows.append({**ticket("2", 0, 1), **survey("2", None, None, None)})
    cell = overall(rows, None, Options(rating="all"))
    assert counts(cell("csat")) == (1, 2)
    assert counts(cell("rating_coverage")) == (1, 2)


def test_survey_delays_and_ratio() -> None:
    rows = [ticket("1", 0, 1), ticket("2", 0, 1), ticket("3", 0, None)]
    edge = 1 + Fraction(2, 24)
    sent = [
        survey("1", 0.5, None, None),
        survey("1", float(edge), None, None),
        survey("2", 1.5, 2, 4),
        survey("3", 1, None, None),
    ]
    cell = overall(rows, sent, Options())
    assert counts(cell("survey_within_2h")) == (1, 2)
    assert counts(cell("survey_ratio")) == (4, 3)


def test_surveys_old_enough_for_validity() -> None:
    sent = [survey("1", 1, 2, 5), survey("2", 16, None, None), survey("3", 30, None, None)]
    sent.append(survey("4", 16 + 1 / 86_400, None, None))
    cell = overall(None, sent, Options())("response_rate")
    assert cell.extra["old"] == {"sent": 2, "answered": 1}


@pytest.mark.parametrize(
    ("scale", "scores", "satisfied", "low", "detractors"),
    [
        ("1-5", range(1, 6), 2, 3, 2),
        ("1-7", range(1, 8), 2, 5, 2),
        ("1-10", range(1, 11), 3, 7, 4),
        ("0-10", range(11), 3, 8, 5),
        ("103", (103, 102, 101, 100, -101, -102, -103), 3, 4, 3),
        ("1-2", (1, 2), 1, 1, None),
        ("1-3", (1, 2, 3), 1, 2, None),
    ],
)
def test_what_a_score_means(
    scale: str, scores: Sequence[int], satisfied: int, low: int, detractors: int | None
) -> None:
    rows = [survey(f"T{score}", 1, 2, score) for score in scores]
    cell = overall(None, rows, Options(scale=scale))
    names = ("csat", "low_share", "detractor_share")
    assert [cell(name).k for name in names] == [satisfied, low, detractors]


# --- times and limits ---


def test_first_response_limits() -> None:
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    rows = [ticket(str(n), 59, None) for n in range(7)]
    created_at = rows[0]["created_at"]
    answers = (2 * hour, 2 * hour + timedelta(seconds=1), -minute, None, 2 * minute, minute, None)
    for row, after in zip(rows, answers, strict=True):
        row["first_response_at"] = None if after is None else created_at + after
    rows[4]["channel"], rows[5]["channel"], rows[6]["channel"] = "chat", "phone", None
    at_limit = Options(as_of=created_at + 2 * hour + timedelta(seconds=1))
    assert counts(overall(rows, None, at_limit)("first_response_within")) == (2, 4)
    at_limit = Options(as_of=created_at + 2 * hour)
    assert counts(overall(rows, None, at_limit)("first_response_within")) == (2, 2)


def test_times_leave_out_what_is_out_of_order() -> None:
    rows = [ticket(str(n), 1, 1 + n) for n in range(5)] + [ticket("back", 1, 0)]
    cell = overall(rows, None, Options())("resolution_time")
    assert (cell.n, cell.value, cell.extra["p90"]) == (5, 48, pytest.approx(86.4))


def test_quantiles_interpolate_between_order_statistics() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2.5
    assert percentile([10, 20, 30], 0.9) == pytest.approx(28)
    assert percentile([7], 0.9) == 7


# --- clocks, segments, periods ---


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("day", "2026-03-29"),
        ("week", "2026-W13"),
        ("month", "2026-03"),
        ("quarter", "2026-Q1"),
        ("weekday", "Sun"),
        ("daypart", "night"),
        ("hour", "03"),
    ],
)
def test_buckets_follow_the_zone(name: str, expected: str) -> None:
    # One hour after the clocks went forward.
    assert bucket(name, datetime(2026, 3, 29, 1), "Europe/Berlin", "mon") == expected


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (0, "night"),
        (5, "night"),
        (6, "morning"),
        (11, "morning"),
        (12, "afternoon"),
        (18, "evening"),
        (23, "evening"),
    ],
)
def test_parts_of_the_day(hour: int, expected: str) -> None:
    assert bucket("daypart", datetime(2026, 1, 1, hour, 59), "UTC", "mon") == expected


def test_weeks_that_start_on_another_day_carry_their_first_day() -> None:
    assert bucket("week", datetime(2026, 3, 29), "UTC", "sun") == "2026-03-29"
    assert bucket("week", datetime(2026, 3, 28), "UTC", "sun") == "2026-03-22"
    assert bucket("week", datetime(2027, 1, 1), "UTC", "mon") == "2026-W53"


def test_each_family_has_its_clock() -> None:
    rows, sent = [ticket("1", 0, 31)], [survey("1", 59, 90, 5), survey("1", 60, None, None)]
    cells = evaluate(rows, sent, Options(), by=["month"])
    months = {name: [s for m, s in cells if m == name and s] for name in METRICS}
    assert months["csat"] == [("2026-04",)]
    assert months["response_rate"] == [("2026-03",)]
    assert months["survey_ratio"] == [("2026-03",)]
    assert months["tickets"] == [("2026-02",)]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("created", "2026-01"), ("resolved", "2026-02"), ("responded", "2026-04")],
)
def test_one_clock_for_all(clock: str, expected: str) -> None:
    rows = [ticket("1", 0, 31), ticket("2", 0, None, created_at=None)]
    sent = [survey("1", 59, 90, 5), survey("2", 60, None, None)]
    cells = evaluate(rows, sent, Options(clock=clock), by=["month"])
    for name in ("csat", "response_rate", "tickets"):
        assert cells[name, (expected,)].n == 1
    assert cells["tickets", ()].extra["excluded"] == {"no_clock": 1}


def test_a_period_includes_both_days_and_keeps_later_repeats() -> None:
    rows = [ticket("1", 0, 5), ticket("2", 4, 6), ticket("3", 18, 19), ticket("4", 30, 31)]
    period = (date(2026, 1, 6), date(2026, 1, 7))
    cell = overall(rows, None, Options(as_of=DATA_END, period=period))
    assert counts(cell("tickets")) == (2, 2)
    assert counts(cell("repeat_contact_rate")) == (2, 2)


def test_rows_without_a_clock_leave_only_with_a_period() -> None:
    rows = [ticket("1", 0, 1), ticket("2", 0, None, created_at=None)]
    cells = evaluate(rows, None, Options(as_of=DATA_END), by=["month"])
    assert counts(cells["tickets", ()]) == (2, 2)
    assert counts(cells["tickets", (None,)]) == (1, 1)
    assert cells["fcr", ()].extra["excluded"] == {"no_clock": 1}
    period = (date(2026, 1, 1), date(2026, 1, 31))
    cell = overall(rows, None, Options(as_of=DATA_END, period=period))("tickets")
    assert (counts(cell), cell.extra["excluded"]) == ((1, 1), {"no_clock": 1})


def test_a_selection_comes_after_the_facts() -> None:
    rows = [ticket("1", 0, 1, channel="email"), ticket("2", 2, 3, channel="chat")]
    options = Options(as_of=DATA_END, where=lambda row: row["channel"] == "email")
    cell = overall(rows, None, options)
    assert counts(cell("repeat_contact_rate")) == (1, 1)
    assert counts(cell("tickets")) == (1, 1)
