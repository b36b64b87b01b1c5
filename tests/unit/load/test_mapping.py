"""Headers find their canonical columns, and files of the wrong shape are refused with advice."""

from __future__ import annotations

import pytest

from csatkit.errors import InputError, UsageError
from csatkit.load.mapping import check_overrides, map_columns, require_shape


def test_aliases_fold_case_and_separators() -> None:
    found = map_columns("tickets", ("Ticket-ID", "CREATED at", "Assigned  To"), {})
    assert found == {"ticket_id": "Ticket-ID", "agent": "Assigned  To", "created_at": "CREATED at"}


def test_the_canonical_name_beats_an_alias() -> None:
    found = map_columns("tickets", ("number", "ticket_id"), {})
    assert found == {"ticket_id": "ticket_id"}


def test_the_first_alias_wins() -> None:
    found = map_columns("tickets", ("email", "requester id", "created"), {})
    assert found["customer_id"] == "requester id"


def test_the_users_word_wins_and_takes_the_header_away() -> None:
    found = map_columns("tickets", ("type", "category", "created"), {"channel": "type"})
    assert found["channel"] == "type"
    assert found["issue_type"] == "category"


def test_one_header_serves_one_column() -> None:
    found = map_columns("tickets", ("state", "created"), {"issue_type": "state"})
    assert [h for h in found.values() if h == "state"] == ["state"]
    assert "status" not in found


def test_an_empty_header_unmaps() -> None:
    assert "agent" not in map_columns("tickets", ("agent", "created"), {"agent": ""})


def test_date_and_time_in_two_columns() -> None:
    found = map_columns(
        "tickets", ("Opening Date", "Opening+Time"), {"created_at": "opening date+opening+time"}
    )
    assert found["created_at"] == ("Opening Date", "Opening+Time")


def test_the_id_of_a_survey_is_not_the_tickets() -> None:
    assert "ticket_id" not in map_columns("surveys", ("id", "score", "sent_at"), {})
    assert map_columns("tickets", ("id", "created"), {})["ticket_id"] == "id"


@pytest.mark.parametrize(
    ("overrides", "message", "hint"),
    [
        ({"agnt": "Owner"}, "canonical column 'agnt'", "agent"),
        ({"agent": "Ownr"}, "header 'Ownr'", "Owner"),
        ({"created_at": "Date+Tme"}, "header", "Date"),
    ],
)
def test_unknown_names_are_refused(overrides: dict[str, str], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        check_overrides(overrides, ("Owner", "Date", "Time"))
    assert hint in str(caught.value.hint)


def test_a_missing_timestamp_lists_headers_and_the_option() -> None:
    headers = ("ticket_id", "creatd")
    with pytest.raises(InputError, match="ticket_id, creatd") as caught:
        require_shape("tickets", "x.csv", headers, map_columns("tickets", headers, {}))
    assert '--map "created_at=creatd"' in str(caught.value.hint)


@pytest.mark.parametrize(
    "header",
    ["Tickets", "# Tickets", "COUNT(Tickets)", "Good satisfaction tickets", "Ticket count"],
)
def test_sums_are_refused(header: str) -> None:
    headers = ("Channel", "Created", header)
    with pytest.raises(InputError, match="sums, not single tickets"):
        require_shape("tickets", "x.csv", headers, map_columns("tickets", headers, {}))


def test_a_sent_time_is_enough_for_surveys() -> None:
    mapping = map_columns("surveys", ("ticket_id", "sent_at"), {})
    require_shape("surveys", "x.csv", ("ticket_id", "sent_at"), mapping)
    assert mapping == {"ticket_id": "ticket_id", "sent_at": "sent_at"}
