"""Any canonical table, written in the shape of a system's export, gives the same measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatkit
from csatkit.load import Data
from csatkit.load.presets import shipped

START = datetime(2026, 1, 5)

_OF_TICKETS = ("csat", "response_rate", "fcr", "reopen_events", "resolution_rate", "transfer_rate")
_OF_SURVEYS = ("csat", "csat_average", "response_rate", "detractor_share")

# Each example is read and computed twice; there are 22 systems.
few = settings(max_examples=6)

Row = dict[str, Any]
Cell = Callable[[Any], Any]


@dataclass(frozen=True)
class Shape:
    """How one system writes canonical columns.

    Args:
        headers: canonical column → header.
        fixed: further headers of the export with the same cell in every row.
        cells: canonical column → how a value is written; text by default.
        scores: code of 1-5 → cell, and what no answer looks like under None.
        scale: what the plain table's scores are read on, with their spelling.
        plain: code → cell of the plain table, where it isn't the number itself.
    """

    headers: Mapping[str, str]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    cells: Mapping[str, Cell] = field(default_factory=dict)
    scores: Mapping[int | None, Any] = field(default_factory=dict)
    scale: str | None = None
    plain: Mapping[int | None, Any] = field(default_factory=dict)


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def _zulu(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _jira(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%d/%b/%y %I:%M %p").lstrip("0")


_TWO: dict[int | None, Any] = {1: "Bad", 2: "Bad", 3: "Bad", 4: "Good", 5: "Good"}
_THREE: dict[int | None, Any] = {1: "Not good", 2: "Not good", 3: "Okay", 4: "Great", 5: "Great"}
_SEVEN: dict[int | None, Any] = {1: -103, 2: -101, 3: 100, 4: 101, 5: 103}
_FIVE: dict[int | None, Any] = {n: n for n in range(1, 6)}
_WORDS: dict[int | None, Any] = {
    1: "Very dissatisfied", 2: "Dissatisfied", 3: "Neither satisfied nor dissatisfied",
    4: "Satisfied", 5: "Very satisfied",
}  # fmt: skip

_SERVICENOW = {
    "ticket_id": "number",
    "created_at": "opened_at",
    "resolved_at": "resolved_at",
    "reopen_count": "reopen_count",
    "transfer_count": "reassignment_count",
}

TICKETS: Mapping[str, Shape] = {
    "zendesk": Shape(
        {
            "ticket_id": "Id", "customer_id": "Requester id", "channel": "Via",
            "created_at": "Created at", "resolved_at": "Solved at", "reopen_count": "Reopens",
            "score": "Satisfaction Score",
        },
        {"Requester": "r", "Assignee": "a", "Submitter": "s"},
        scores={**_TWO, None: "Not Offered"},
        scale="good-bad",
        plain=_TWO,
    ),
    "freshdesk": Shape(
        {
            "ticket_id": "Ticket ID", "customer_id": "Contact ID", "channel": "Source",
            "created_at": "Created time", "resolved_at": "Resolved time",
            "score": "Survey results",
        },
        {"Full name": "n", "Tags": None},
        scores={1: "Extremely unhappy", 2: "Unhappy", 3: "Neutral", 4: "Happy",
                5: "Extremely Happy", None: None},
        scale="freshdesk",
        plain=_SEVEN,
    ),
    "freshservice": Shape(
        {
            "ticket_id": "Ticket Id", "customer_id": "Requester Email", "channel": "Source",
            "created_at": "Created Time", "resolved_at": "Resolved Time",
        },
        {"Requester Name": "n"},
    ),
    "osticket": Shape(
        {
            "ticket_id": "Ticket Number", "customer_id": "From Email", "channel": "Source",
            "created_at": "Date Created", "closed_at": "Closed Date",
            "reopen_count": "Reopen Count",
        },
        {"Help Topic": "t", "Thread Count": 7, "Merged": "No"},
    ),
    "jira": Shape(
        {
            "ticket_id": "Issue key", "customer_id": "Reporter", "created_at": "Created",
            "resolved_at": "Resolved", "score": "Satisfaction rating",
        },
        {"Summary": "s", "Status": "x", "Issue id": 1, "Comment": "c", "Parent": "EPIC-1"},
        cells={"created_at": _jira, "resolved_at": _jira},
        scores={**_FIVE, None: None},
    ),
    "fivetran-zendesk": Shape(
        {
            "ticket_id": "id", "customer_id": "requester_id", "channel": "via_channel",
            "created_at": "created_at", "status": "status",
        },
        {"_fivetran_synced": "x", "assignee_id": 1, "submitter_id": 1},
    ),
    "fivetran-intercom": Shape(
        {
            "ticket_id": "id", "created_at": "created_at", "status": "state",
            "score": "conversation_rating_value",
        },
        {"assignee_type": "admin", "assignee_id": 1},
        scores={**_FIVE, None: None},
    ),
    "fivetran-servicenow": Shape(
        {**_SERVICENOW, "customer_id": "caller_id_value", "channel": "contact_type"},
        {"assignment_group_value": "g", "assigned_to_value": "a"},
    ),
    "servicenow-log": Shape(
        {**_SERVICENOW, "customer_id": "caller_id", "channel": "contact_type"},
        # A log with one event per ticket.
        {"sys_mod_count": 3, "sys_updated_at": "2026-03-01 00:00:00", "active": "true",
         "incident_state": "Active"},
    ),
}  # fmt: skip

_TYPEFORM = {"#": "x", "Start Date (UTC)": None, "Network ID": "n", "Response Type": "completed"}

SURVEYS: Mapping[str, Shape] = {
    "zendesk-ratings": Shape(
        {
            "ticket_id": "ticket_id", "customer_id": "requester_id", "responded_at": "updated_at",
            "score": "score",
        },
        {"assignee_id": 1, "group_id": 1, "created_at": None, "reason": None, "url": "u"},
        cells={"responded_at": _zulu},
        scores={1: "bad", 2: "bad", 3: "bad", 4: "good", 5: "good", None: "offered"},
        scale="good-bad",
        plain=_TWO,
    ),
    "fivetran-zendesk-ratings": Shape(
        {
            "ticket_id": "ticket_id", "customer_id": "requester_id", "responded_at": "updated_at",
            "score": "score",
        },
        {"_fivetran_synced": "x", "assignee_id": 1, "group_id": 1, "created_at": None, "id": 1},
        scores={1: "bad", 2: "bad", 3: "bad", 4: "good", 5: "good", None: "offered"},
        scale="good-bad",
        plain=_TWO,
    ),
    "freshdesk-ratings": Shape(
        {
            "ticket_id": "ticket_id", "customer_id": "user_id", "responded_at": "created_at",
            "score": "ratings.default_question",
        },
        {"survey_id": 1, "agent_id": 1},
        cells={"responded_at": _zulu},
        scores={**_SEVEN, None: None},
        scale="freshdesk",
        plain=_SEVEN,
    ),
    "chatwoot": Shape(
        {
            "ticket_id": "Link to the conversation", "customer_id": "Contact Email Address",
            "responded_at": "Recorded date", "score": "Rating",
        },
        {"Agent Name": "Bo (bo@example.com)"},
        cells={
            "ticket_id": lambda t: f"https://c.example.com/app/accounts/1/conversations/{t}",
            "responded_at": lambda at: None if at is None else f"{_stamp(at)} UTC",
        },
        scores={**_FIVE, None: None},
    ),
    "libredesk": Shape(
        {
            "ticket_id": "conversation_id", "sent_at": "created_at",
            "responded_at": "response_timestamp", "score": "rating",
        },
        {"uuid": "u", "feedback": None},
        scores={**_FIVE, None: 0},
    ),
    "gorgias": Shape(
        {
            "ticket_id": "ticket_id", "customer_id": "customer_id", "sent_at": "sent_datetime",
            "responded_at": "scored_datetime", "score": "score",
        },
        {"created_datetime": None, "uri": "u"},
        scores={**_FIVE, None: None},
    ),
    "helpscout": Shape(
        {
            "ticket_id": "conversationId", "customer_id": "customer.id",
            "responded_at": "createdAt", "score": "rating",
        },
        {"threadId": 1, "mailboxId": 1},
        scores={1: "not_good", 2: "not_good", 3: "okay", 4: "great", 5: "great", None: None},
        scale="great-okay-notgood",
        plain=_THREE,
    ),
    "formbricks": Shape(
        {"responded_at": "Timestamp", "customer_id": "User ID", "score": "How was it?"},
        {"Response ID": None, "Finished": "Yes", "Survey ID": 1, "Formbricks ID (internal)": 1},
        scores={**_FIVE, None: None},
    ),
    "qualtrics": Shape(
        {"responded_at": "RecordedDate", "customer_id": "RecipientEmail", "score": "Q1"},
        {"StartDate": None, "EndDate": None, "Status": 0, "Finished": 1, "ResponseId": "R_1",
         "Progress": 100},
        scores={**_FIVE, None: None},
    ),
    "surveymonkey": Shape(
        {"responded_at": "End Date", "customer_id": "Email Address", "score": "How was it?"},
        {"Respondent ID": 118, "Collector ID": 4, "Start Date": None},
        scores={**_WORDS, None: None},
    ),
    "typeform": Shape(
        {"responded_at": "Submit Date (UTC)", "score": "How was <em>it</em>?"},
        _TYPEFORM,
        scores={**_FIVE, None: None},
    ),
    "medallia": Shape(
        {
            "ticket_id": "ext_interaction_id", "customer_id": "request_sent_to",
            "sent_at": "request_sent_at", "responded_at": "response_received_at",
            "score": "star_rating",
        },
        {"request_id": None, "request_delivery_status": "delivered"},
        scores={**_FIVE, None: None},
    ),
    "fivetran-qualtrics": Shape(
        {"responded_at": "recorded_date", "customer_id": "recipient_email", "score": "question"},
        {"finished": 1, "progress": 100, "distribution_channel": "email", "status": 0},
        scores={**_FIVE, None: None},
    ),
}  # fmt: skip

# Its rows are changes of fields, no table; the loop in test_events checks it.
OTHERWISE = {"fivetran-zendesk-history"}


def test_every_preset_of_the_first_tier_has_a_shape() -> None:
    first = {p.name for p in shipped().values() if p.tier == 1}
    assert first == {*TICKETS, *SURVEYS} | OTHERWISE


@st.composite
def tickets(draw: st.DrawFn) -> list[Row]:
    def later(at: datetime, most: int) -> datetime | None:
        minutes = draw(st.none() | st.integers(0, most))
        return None if minutes is None else at + timedelta(minutes=minutes)

    rows = []
    for number in range(draw(st.integers(1, 8))):
        created = START + timedelta(minutes=draw(st.integers(0, 60_000)))
        done = later(created, 20_000)
        rows.append(
            {
                "ticket_id": f"{number:04}",
                "customer_id": draw(st.sampled_from(["a@example.com", "b@example.com", None])),
                "channel": draw(st.sampled_from(["Mail", "Web", None])),
                # One ticket at least counts.
                "status": draw(st.sampled_from(["open", "closed", "deleted"][: 2 + (number > 0)])),
                "created_at": created,
                "resolved_at": done,
                "closed_at": done,
                "reopen_count": draw(st.integers(0, 2)),
                "transfer_count": draw(st.integers(0, 2)),
                "score": draw(st.none() | st.integers(1, 5)),
            }
        )
    return rows


@st.composite
def surveys(draw: st.DrawFn) -> list[Row]:
    rows = []
    for number in range(draw(st.integers(1, 8))):
        sent = START + timedelta(minutes=draw(st.integers(0, 60_000)))
        # One answer at least: without any no question can be told from another.
        score = draw(st.integers(1, 5) if number == 0 else st.none() | st.integers(1, 5))
        rows.append(
            {
                "ticket_id": f"T{number}",
                "customer_id": draw(st.sampled_from(["a@example.com", "b@example.com"])),
                "sent_at": sent,
                "responded_at": sent + timedelta(minutes=draw(st.integers(1, 5_000))),
                "score": score,
            }
        )
    return rows


def _text(value: Any) -> str | None:
    if isinstance(value, datetime):
        return _stamp(value)
    return None if value is None else str(value)


def _export(rows: list[Row], shape: Shape) -> pl.DataFrame:
    """Return the rows as the system writes them."""
    found = []
    for row in rows:
        cells: dict[str, str | None] = {h: _text(v) for h, v in shape.fixed.items()}
        for name, header in shape.headers.items():
            value = row[name]
            if name == "score":
                value = shape.scores[value]
            written = shape.cells[name](value) if name in shape.cells else value
            cells[header] = _text(written)
        found.append(cells)
    headers = dict.fromkeys([*shape.fixed, *shape.headers.values()], pl.String)
    return pl.DataFrame(found, schema=headers)


def _plain(rows: list[Row], shape: Shape) -> pl.DataFrame:
    """Return what the system can say of the rows under canonical names."""
    found = []
    for row in rows:
        cells = {}
        for name in shape.headers:
            value = row[name]
            if name == "score" and value is not None and shape.plain:
                value = shape.plain[value]
            if name in shape.cells and isinstance(value, datetime):
                # What the system writes has no seconds in some.
                value = value.replace(second=0)
            cells[name] = _text(value)
        found.append(cells)
    return pl.DataFrame(found, schema=dict.fromkeys(shape.headers, pl.String))


def _figures(data: Data, metrics: Sequence[str]) -> list[tuple[object, ...]]:
    report = csatkit.analyze(data, metrics=metrics, as_of="2026-03-02")
    return [
        (m.metric, m.segment, m.value, m.numerator, m.denominator, m.status, m.reason)
        for m in report.measures
    ]


@pytest.mark.parametrize("name", TICKETS)
@few
@given(rows=tickets())
def test_tickets_come_back(name: str, rows: list[Row]) -> None:
    shape = TICKETS[name]
    data = csatkit.load(_export(rows, shape))
    assert data.tickets is not None
    assert data.tickets.preset == name
    plain = csatkit.load(_plain(rows, shape), preset="none", scale=shape.scale)
    assert _figures(data, _OF_TICKETS) == _figures(plain, _OF_TICKETS)


@pytest.mark.parametrize("name", SURVEYS)
@few
@given(rows=surveys())
def test_surveys_come_back(name: str, rows: list[Row]) -> None:
    shape = SURVEYS[name]
    data = csatkit.load(_export(rows, shape))
    assert data.surveys is not None
    assert data.surveys.preset == name
    plain = csatkit.load(surveys=_plain(rows, shape), preset="none", scale=shape.scale)
    assert _figures(data, _OF_SURVEYS) == _figures(plain, _OF_SURVEYS)
