"""The import doctor finds what is planted, names the rows and what mends it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from csatkit.analyses import run
from csatkit.analyses.doctor import examine, is_strict
from csatkit.errors import InputError, NothingToEvaluate
from csatkit.load import open_data
from csatkit.report import Report, Section
from csatkit.settings import Settings, SourceSettings
from tests.unit.analyses._exports import (
    START,
    Row,
    changed,
    codes,
    examined,
    notes,
    save,
    survey,
    ticket,
    with_source,
    written,
)

COUNT = 200


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSATKIT_NOW", "2026-06-30T00:00:00Z")


@pytest.fixture
def tickets() -> list[Row]:
    return [ticket(n) for n in range(COUNT)]


@pytest.fixture
def surveys() -> list[Row]:
    return [survey(n) for n in range(COUNT)]


def section(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def test_a_sound_export_has_no_problem(
    tmp_path: Path, tickets: list[Row], surveys: list[Row]
) -> None:
    report = examined(save(tmp_path / "t.csv", tickets), save(tmp_path / "s.csv", surveys))
    assert codes(report) == set()
    assert not is_strict(report)
    assert "No problem found." in section(report, "summary").text


def test_the_screen_comes_first_and_is_short(tmp_path: Path, tickets: list[Row]) -> None:
    report = examined(save(tmp_path / "t.csv", tickets))
    first = report.sections[0]
    assert first.key == "summary"
    assert len(first.text) <= 12
    assert first.text[0].startswith(str(tmp_path))


def test_the_funnel_adds_up(tmp_path: Path, tickets: list[Row], surveys: list[Row]) -> None:
    report = examined(save(tmp_path / "t.csv", tickets), save(tmp_path / "s.csv", surveys))
    steps = {row["step"]: row["n"] for row in section(report, "funnel").tables[0].rows}
    end = datetime(2026, 1, 2, 8) + timedelta(hours=7 * 198 + 7)
    last_sent = [START + timedelta(hours=7 * n + 6) for n in range(1, COUNT, 2)]
    young = sum(sent + timedelta(days=14) > max(end, last_sent[-1]) for sent in last_sent)
    assert steps == {
        "tickets": 200, "eligible": 200, "offered": 200, "answered": 100,
        "unanswered": 100 - young, "pending": young,
    }  # fmt: skip


def test_the_funnel_is_that_of_the_response_command(
    tmp_path: Path, tickets: list[Row], surveys: list[Row]
) -> None:
    tickets = changed(tickets, lambda n, r: {**r, "status": "spam"} if n % 9 == 0 else None)
    doubled = [*surveys, *(dict(s) for s in surveys[10:30]), survey(900)]
    paths = save(tmp_path / "t.csv", tickets), save(tmp_path / "s.csv", doubled)
    steps = {row["step"]: row["n"] for row in section(examined(*paths), "funnel").tables[0].rows}
    data = open_data(*paths, source=SourceSettings())
    rate = run("analyze", data, Settings(), metrics=["response_rate"]).measures[0]
    assert (steps["answered"], steps["offered"]) == (rate.numerator, rate.denominator)


def _late(n: int, row: Row) -> Row | None:
    return {**row, "resolved_at": "2025-12-30 00:00:00"} if n == 0 else None


def _future(n: int, row: Row) -> Row | None:
    return {**row, "created_at": "2027-05-09 00:00:00", "resolved_at": ""} if n == 3 else None


def _swapped(n: int, row: Row) -> Row | None:
    moment = datetime.fromisoformat(row["resolved_at"])
    if moment.day > 12 or moment.day >= moment.month:
        return None
    return {**row, "resolved_at": written(moment.replace(day=moment.month, month=moment.day))}


PLANTED: dict[str, tuple[Callable[[int, Row], Row | None], str, str]] = {
    "dates.order": (_late, "row 2", "--map"),
    "dates.future": (_future, "row 5: 2027-05-09", "--date-format"),
    "dates.swapped": (_swapped, "row ", "--date-format"),
    "value.unparseable": (
        lambda n, r: {**r, "created_at": "soon"} if n == 4 else None,
        "row 6: soon", "--date-format",
    ),
    "customer.scientific": (
        lambda n, r: {**r, "customer_id": "1.03E+13"} if n == 4 else None,
        "row 6: 1.03E+13", "text",
    ),
    "ticket.scientific": (
        lambda n, r: {**r, "ticket_id": "1.03E+13"} if n == 4 else None, "row 6: 1.03E+13", "text",
    ),
    "customer.busy": (
        lambda n, r: {**r, "customer_id": "monitor"} if n < 60 else None, "row 2: monitor",
        "[exclude]",
    ),
    "customer.shared": (
        lambda n, r: {**r, "customer_id": "no-reply@x.org"} if n < 5 else None,
        "row 2: no-reply@x.org", "[exclude]",
    ),
    "rating.self": (
        lambda n, r: {**r, "agent": r["customer_id"].upper()} if n < 5 else None, "row 2: C0@X.ORG",
        "[exclude]",
    ),
    "rows.undated": (
        lambda n, r: {**r, "created_at": "", "resolved_at": ""} if n == 8 else None, "row 10",
        "--map",
    ),
    "rows.without_id": (
        lambda n, r: {**r, "ticket_id": ""} if n == 8 else None, "row 10", "footer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_problem_is_found(tmp_path: Path, tickets: list[Row], code: str) -> None:
    change, example, mend = PLANTED[code]
    report = examined(save(tmp_path / "t.csv", changed(tickets, change)))
    note = notes(report)[code]
    assert note.level != "info"
    assert example in note.text
    assert mend in note.text
    assert is_strict(report)


@pytest.mark.parametrize("code", ["customer.shared", "rating.self"])
def test_one_suspicious_row_changes_nothing(tmp_path: Path, tickets: list[Row], code: str) -> None:
    change = PLANTED[code][0]
    once = changed(tickets, lambda n, r: change(n, r) if n == 0 else None)
    report = examined(save(tmp_path / "t.csv", once))
    assert notes(report)[code].level == "info"
    assert not is_strict(report)


def _quick(row: Row) -> Row:
    sent = datetime.fromisoformat(row["sent_at"])
    return {**row, "responded_at": written(sent + timedelta(seconds=45)), "score": "1"}


def _too_early(row: Row, by: timedelta) -> Row:
    sent = datetime.fromisoformat(row["sent_at"])
    return {**row, "responded_at": written(sent - by), "score": "1"}


SURVEYS_PLANTED: dict[str, tuple[Callable[[Row], Row], int]] = {
    "response.scanner": (_quick, 5),
    "response.before_sent": (lambda r: _too_early(r, timedelta(hours=1)), 5),
    "response.before_ticket": (lambda r: _too_early(r, timedelta(hours=7)), 5),
    "survey.unmatched": (lambda r: {**r, "ticket_id": "X" + r["ticket_id"], "score": "5"}, 5),
    "scale.misfit": (lambda r: {**r, "score": "9"}, 5),
}


@pytest.mark.parametrize("code", SURVEYS_PLANTED)
def test_a_problem_among_the_surveys_is_found(
    tmp_path: Path, tickets: list[Row], surveys: list[Row], code: str
) -> None:
    change, n = SURVEYS_PLANTED[code]
    bad = [change(row) if i < n else row for i, row in enumerate(surveys)]
    report = examined(save(tmp_path / "t.csv", tickets), save(tmp_path / "s.csv", bad))
    note = notes(report)[code]
    assert note.level != "info"
    assert f"{n:,} of " in note.text
    assert "row 2" in note.text


def test_an_answer_46_seconds_after_sending_is_no_scanner_s(
    tmp_path: Path, tickets: list[Row], surveys: list[Row]
) -> None:
    sent = datetime.fromisoformat(surveys[0]["sent_at"])
    surveys[0] |= {"responded_at": written(sent + timedelta(seconds=46)), "score": "1"}
    report = examined(save(tmp_path / "t.csv", tickets), save(tmp_path / "s.csv", surveys))
    assert "response.scanner" not in notes(report)


def test_scores_that_do_not_fit_are_listed_and_stop_nothing(
    tmp_path: Path, surveys: list[Row]
) -> None:
    high = changed(surveys, lambda _, r: {**r, "score": "10"} if r["score"] else None)
    path = save(tmp_path / "s.csv", [*high, {**survey(0), "score": "7"}])
    note = notes(examined(path))["scale.misfit"]
    assert note.level == "error"
    assert "met: 10, 7" in note.text
    assert "--scale 1-10" in note.text
    with pytest.raises(InputError):
        run("csat", open_data(path, source=SourceSettings()), Settings())


def test_dates_that_nobody_can_decide_are_a_problem(tmp_path: Path, tickets: list[Row]) -> None:
    days = [{**t, "created_at": f"0{1 + n % 9}/10/2025", "resolved_at": "", "updated_at": ""}
            for n, t in enumerate(tickets)]  # fmt: skip
    report = examined(save(tmp_path / "t.csv", days))
    note = notes(report)["dates.undecided"]
    assert note.level == "error"
    assert "--date-format dmy" in note.text
    assert section(report, "summary").text[-1].startswith("Type next: the same command")
    assert "dates.undecided" not in notes(
        examined(str(tmp_path / "t.csv"), settings=with_source(date_format="mdy"))
    )


def test_sums_are_shown_by_their_headers(tmp_path: Path) -> None:
    path = tmp_path / "explore.csv"
    path.write_text("Assignee,Month,Tickets\nIngrid,2026-01,12\nJonas,2026-01,9\n")
    report = examined(str(path))
    assert notes(report)["rows.aggregated"].level == "error"
    assert report.inputs[0].rows == 2
    assert sum(report.inputs[0].dropped.values()) == 2
    headers = {row["header"]: row for row in section(report, "headers_tickets").tables[0].rows}
    assert headers["Assignee"]["could"] == '--map "agent=Assignee"'
    assert headers["Tickets"]["samples"] == "12, 9"


def test_a_file_without_a_known_time_says_what_to_map(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("ticket_id,Creation stamp\n1,2026-01-01\n2,2026-01-02\n")
    note = notes(examined(str(path)))["mapping.missing"]
    assert "created_at=Creation stamp" in note.text


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 900])
def test_what_cannot_be_read_at_all_stops_the_doctor(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        examine(str(path), source=SourceSettings())


def test_a_header_alone_is_nothing_to_evaluate(tmp_path: Path, tickets: list[Row]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(",".join(tickets[0]) + "\n")
    with pytest.raises(NothingToEvaluate):
        examined(str(path))


def test_a_row_with_too_many_fields_is_named_by_its_line(
    tmp_path: Path, tickets: list[Row]
) -> None:
    path = Path(save(tmp_path / "t.csv", tickets))
    path.write_text(path.read_text() + ",".join("x" * 12) + "\n")
    note = notes(examined(str(path)))["rows.ragged"]
    assert note.level == "error"
    assert f"row {COUNT + 2}" in note.text


def test_parts_that_overlap(tmp_path: Path, tickets: list[Row]) -> None:
    first = save(tmp_path / "export-1.csv", tickets[:120])
    later = {**tickets[110], "status": "open", "updated_at": "2026-06-01 00:00:00"}
    second = save(tmp_path / "export-2.csv", [*tickets[115:], later])
    report = examined([first, second])
    note = notes(report)["parts.duplicates"]
    assert "6 ticket ids occur in several rows" in note.text
    assert "6 of them in several parts" in note.text
    assert "5 rows are an exact copy" in note.text
    assert "export-1.csv row 112" in note.text
    assert report.inputs[0].dropped == {"duplicate_id": 6}


def test_an_export_cut_on_the_last_change(tmp_path: Path, tickets: list[Row]) -> None:
    old = [
        {**ticket(900 + n), "created_at": written(START - timedelta(days=10 * n + 5)),
         "updated_at": written(START + timedelta(days=n))}
        for n in range(25)
    ]  # fmt: skip
    note = notes(examined(save(tmp_path / "t.csv", [*old, *tickets])))["export.cut_on_update"]
    assert "25 of 225 tickets" in note.text
    assert "--from 2026-01-02" in note.text


def test_far_fewer_rows_than_expected(tmp_path: Path, tickets: list[Row]) -> None:
    path = save(tmp_path / "t.csv", tickets)
    usual = Settings(expected_rows={"tickets": 401})
    assert (
        "200 rows of tickets, against 401"
        in notes(examined(path, settings=usual))["rows.far_fewer"].text
    )
    fine = Settings(expected_rows={"tickets": 400})
    assert "rows.far_fewer" not in notes(examined(path, settings=fine))


def test_what_cannot_be_computed_names_the_header_to_map(tmp_path: Path) -> None:
    rows = [
        {"ticket_id": f"{n}", "created_at": written(START + timedelta(hours=n)),
         "Resolved stamp": "2026-02-02"}
        for n in range(30)
    ]  # fmt: skip
    report = examined(save(tmp_path / "t.csv", rows))
    table = {r["metric"]: r for r in section(report, "metrics").tables[0].rows}
    assert table["fcr"]["can"] == "no"
    assert "customer_id" in str(table["fcr"]["why"])
    assert table["resolution_time"]["mend"] == '--map "resolved_at=Resolved stamp"'
    assert table["tickets"] == {"metric": "tickets", "can": "yes", "why": "", "mend": ""}


def test_examples_show_nobody_where_people_must_not_be_seen(
    tmp_path: Path, tickets: list[Row]
) -> None:
    path = save(tmp_path / "t.csv", changed(tickets, PLANTED["customer.shared"][0]))
    report = examined(path, settings=Settings(privacy="ids"))
    shown = repr(report)
    assert "no-reply@x.org" not in shown
    assert "row 2" in notes(report)["customer.shared"].text


def test_an_opened_frame_can_be_inspected_too(tickets: list[Row]) -> None:
    data = open_data(pl.DataFrame(tickets), source=SourceSettings())
    report = run("inspect", data, Settings())
    assert report.inputs[0].used == COUNT
    assert codes(report) == set()


def test_customer_99_is_not_agent_99(tmp_path: Path, tickets: list[Row]) -> None:
    numbered = changed(tickets, lambda n, r: {**r, "agent": str(n), "customer_id": str(n)})
    assert "rating.self" not in notes(examined(save(tmp_path / "t.csv", numbered)))
