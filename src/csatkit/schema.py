"""The canonical columns: their kind, their meaning, and the headers that are known to hold them.

Every input becomes these columns (metrics.md §2). Aliases are compared by `fold`, so case, spaces,
`_` and `-` don't matter; among several matching headers the alias that stands first wins. What a
single vendor calls a column belongs into its preset, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = [
    "COLUMNS",
    "DIMENSIONS",
    "OUTREACH",
    "SURVEYS",
    "TICKETS",
    "Column",
    "Kind",
    "Table",
    "columns_of",
    "fold",
]

Kind = Literal["id", "text", "instant", "count", "flag", "score", "tags", "comment"]
Table = Literal["tickets", "surveys", "outreach"]


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column."""

    name: str
    kind: Kind
    meaning: str
    aliases: tuple[str, ...] = ()


def fold(header: str) -> str:
    """Return the form in which headers and aliases are compared.

    >>> fold("Created-At ") == fold("created_at") == fold("CREATED AT")
    True
    """
    return "".join(c for c in header.casefold() if not c.isspace() and c not in "_-\ufeff")


def _c(name: str, kind: Kind, meaning: str, *aliases: str) -> Column:
    return Column(name, kind, meaning, aliases)


# fmt: off
COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        c.name: c
        for c in (
            _c(
                "ticket_id", "id", "one request by one customer",
                "ticket id", "ticket number", "ticket no", "ticket", "case id", "case number",
                "conversation id", "issue key", "incident id", "incident number", "request id",
                "number", "id",
            ),
            _c(
                "customer_id", "id", "who asked",
                "customer id", "customer", "requester id", "requester email", "customer email",
                "contact id", "contact email", "caller id", "client id", "user id", "account id",
                "email", "email address", "requester",
            ),
            _c(
                "agent", "text", "who is credited with the ticket",
                "agent name", "agent id", "assignee", "assignee name", "assignee id",
                "assigned agent", "adviser", "advisor", "resolved by", "assigned to", "owner",
            ),
            _c(
                "team", "text", "the agent's group",
                "group", "team name", "group name", "assignment group", "department", "queue",
            ),
            _c(
                "channel", "text", "how the customer got in touch",
                "ticket channel", "contact channel", "source", "via", "via channel",
                "contact type", "medium", "origin",
            ),
            _c(
                "issue_type", "text", "what the request is about; the issue key by default",
                "issue type", "ticket type", "case type", "category", "issue category", "topic",
                "ticket category", "contact reason", "reason", "type",
            ),
            _c(
                "customer_segment", "text", "the customer's tier, plan or market",
                "segment", "customer tier", "tier", "plan", "customer type",
            ),
            _c("status", "text", "state of the ticket", "ticket status", "state", "incident state",
               "current status"),
            _c(
                "created_at", "instant", "when the ticket was opened",
                "created", "creation date", "create date", "created date", "created on",
                "date created", "created time", "creation time", "opened at", "opened",
                "open date", "ticket created at", "ticket created", "date opened", "submitted at",
            ),
            _c(
                "first_response_at", "instant", "when an agent first answered",
                "first response at", "first responded at", "first reply at",
                "first response date", "first responded on", "first reply time",
            ),
            _c(
                "resolved_at", "instant", "the last resolution",
                "resolved", "resolution date", "resolved date", "resolved on", "resolved time",
                "solved at", "solved date", "resolution at", "date resolved",
            ),
            _c("resolved", "flag", "whether it is resolved, when there is no time",
               "is resolved", "resolved flag", "resolved?"),
            _c(
                "closed_at", "instant", "when the ticket was closed for good",
                "closed", "close date", "closed date", "closed on", "date closed", "closed time",
            ),
            _c(
                "updated_at", "instant", "when the row last changed",
                "updated", "last updated", "last update", "last update time", "modified at",
                "last modified", "sys updated at", "update date", "last updated time",
            ),
            _c("reopen_count", "count", "how often it was reopened",
               "reopens", "reopened count", "times reopened", "number of reopens", "reopen events"),
            _c("reopened_at", "instant", "when it was last reopened",
               "reopened time", "reopen date", "last reopened at"),
            _c("contact_count", "count", "contacts by the customer on this ticket",
               "contacts", "number of contacts", "customer contacts"),
            _c("agent_replies", "count", "public replies by agents",
               "replies", "agent interactions", "agent reply count", "public replies"),
            _c("customer_replies", "count", "replies by the customer",
               "customer interactions", "customer reply count"),
            _c("transfer_count", "count", "hand-overs between agents or groups",
               "transfers", "reassignment count", "reassignments", "number of transfers",
               "transferred count"),
            _c("confirmed_resolved", "flag", "the customer's own word that it is resolved",
               "customer confirmed", "resolution confirmed", "issue resolved"),
            _c("merged", "flag", "merged into another ticket", "is merged", "ticket merged"),
            _c("deflected", "flag", "answered without an agent", "is deflected", "self service"),
            _c("parent_ticket_id", "id", "the ticket whose side conversation this is",
               "parent id", "parent ticket", "parent"),
            _c("tags", "tags", "labels, several in one cell", "tag", "labels", "label"),
            _c("vip", "flag", "a customer who gets special care", "is vip", "vip customer"),
            _c("sent_at", "instant", "when the survey was sent",
               "survey sent at", "survey date", "survey sent", "request sent at", "sent",
               "sent date", "invited at", "sent datetime"),
            _c("responded_at", "instant", "when the survey was answered",
               "survey responded at", "response date", "responded", "answered at",
               "response received at", "rated at", "submitted date", "recorded date",
               "response time stamp", "responded on", "survey response date"),
            _c("score", "score", "the rating on its own scale",
               "csat", "csat score", "rating", "satisfaction score", "satisfaction rating",
               "satisfaction", "survey score", "star rating", "customer satisfaction",
               "customer satisfaction rating", "customer satisfaction score", "csat rating"),
            _c("comment", "comment", "what the customer wrote beside the score",
               "comments", "feedback", "feedback comment", "survey comment", "remark", "verbatim"),
            _c("delivery", "text", "how the survey reached the customer",
               "survey channel", "delivery method", "survey delivery"),
            _c("survey_status", "text", "state of the survey",
               "survey state", "request delivery status", "rating status"),
            _c("survey_id", "id", "one answer; rows that differ in it are no copies of each other"),
            _c("outreach_at", "instant", "when somebody got back to the unhappy customer",
               "outreach date", "follow up at", "called back at"),
            _c("outreach_by", "text", "who got back to the customer", "outreach agent"),
            _c("second_score", "score", "the rating after the outreach", "re rating", "new score"),
            _c("second_score_at", "instant", "when the second rating came", "re rated at"),
        )
    }
)

SURVEYS: tuple[str, ...] = (
    "sent_at", "responded_at", "score", "comment", "delivery", "survey_status",
)
"""Columns that describe a survey; they may sit in a file of their own or in the ticket rows."""

OUTREACH: tuple[str, ...] = ("outreach_at", "outreach_by", "second_score", "second_score_at")
"""Columns that describe what was done about a low score."""

TICKETS: tuple[str, ...] = tuple(
    c for c in COLUMNS if c not in SURVEYS and c not in OUTREACH and c != "survey_id"
)
"""Columns that describe the ticket."""

DIMENSIONS: tuple[str, ...] = ("agent", "team", "channel", "issue_type", "customer_segment")
"""What `report` breaks down by where the export has it."""
# fmt: on


def columns_of(table: Table) -> tuple[str, ...]:
    """Return the canonical columns that a file of this kind may carry."""
    if table == "tickets":
        return TICKETS + SURVEYS
    if table == "surveys":
        # A survey tool's export often repeats what the ticket knows.
        # fmt: off
        return (
            "ticket_id", "customer_id", *SURVEYS, "survey_id",
            "agent", "team", "channel", "issue_type", "customer_segment", "tags", "created_at",
        )
    return ("ticket_id", "customer_id", *OUTREACH)
