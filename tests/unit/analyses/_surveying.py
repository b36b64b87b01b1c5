"""Small exports for the rules of surveying: rows by hand, and what the commands make of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from csatkit import analyze, load
from csatkit.report import Report

Row = dict[str, Any]

_TICKETS: dict[str, Any] = {
    "ticket_id": pl.String, "customer_id": pl.String, "agent": pl.String, "channel": pl.String,
    "issue_type": pl.String, "created_at": pl.Datetime("us"), "resolved_at": pl.Datetime("us"),
    "vip": pl.Boolean,
}  # fmt: skip
_SURVEYS: dict[str, Any] = {
    "ticket_id": pl.String, "sent_at": pl.Datetime("us"), "responded_at": pl.Datetime("us"),
    "score": pl.Int64,
}  # fmt: skip


def ticket(name: str, customer: str | None, resolved_at: datetime | None, **more: Any) -> Row:
    """Return a ticket that was opened when it was resolved, unless told otherwise."""
    row = {
        "ticket_id": name, "customer_id": customer, "agent": "ann", "channel": "email",
        "issue_type": "login", "created_at": resolved_at, "resolved_at": resolved_at, "vip": False,
    }  # fmt: skip
    return {**row, **more}


def survey(
    name: str, sent_at: datetime, score: int | None = None, responded_at: datetime | None = None
) -> Row:
    """Return a survey; an answer comes at once, unless told otherwise."""
    answered = None if score is None else responded_at or sent_at
    return {"ticket_id": name, "sent_at": sent_at, "responded_at": answered, "score": score}


def asked(command: str, tickets: Sequence[Row], surveys: Sequence[Row], **settings: Any) -> Report:
    """Return what a command says about such rows."""
    data = load(
        pl.DataFrame(tickets, schema=_TICKETS, orient="row"),
        pl.DataFrame(surveys, schema=_SURVEYS, orient="row"),
        scale="1-5", preset="none", timezone="UTC",
    )  # fmt: skip
    return analyze(data, command=command, **settings)


def broken(report: Report) -> set[tuple[str, datetime, str]]:
    """Return ticket, sending and rule of every violation."""
    found = (s for s in report.sections if s.key == "violations")
    rows = [row for s in found for row in s.tables[0].rows]
    return {(row["ticket_id"], row["sent_at"], row["rule"]) for row in rows}  # type: ignore[misc]


def blocked(report: Report) -> dict[str, tuple[str | None, datetime | None]]:
    """Return ticket → rule and until."""
    rows = report.sections[0].tables[0].rows
    assert all(row["eligible"] == (row["rule"] is None) for row in rows)
    return {str(row["ticket_id"]): (row["rule"], row["until"]) for row in rows}  # type: ignore[misc]
