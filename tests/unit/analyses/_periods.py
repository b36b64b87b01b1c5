"""Small exports over time for the tests of `compare` and `trend`: every number is planted."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import polars as pl

from csatkit import load
from csatkit.analyses.workspace import Workspace, open_workspace
from csatkit.load import Data
from csatkit.report import Report
from csatkit.settings import Settings

MONDAY = date(2026, 1, 5)


@dataclass(frozen=True)
class Batch:
    """Some tickets of one day: rated `satisfied` of `rated`, `sent` surveys in all."""

    day: date
    rated: int
    satisfied: int
    sent: int | None = None
    """None: as many as were rated."""
    channel: str = "email"
    reopened: int = 0
    failed: int = 0
    """Tickets with a second contact, out of `sent`."""


def batch_rows(batches: Iterable[Batch]) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return ticket rows and survey rows."""
    tickets: list[dict[str, object]] = []
    surveys: list[dict[str, object]] = []
    for batch in batches:
        at = datetime.combine(batch.day, time(9))
        for i in range(batch.rated if batch.sent is None else batch.sent):
            name = f"T{len(tickets)}"
            solved = at + timedelta(minutes=30)
            tickets.append(
                {
                    "ticket_id": name, "customer_id": f"C{len(tickets)}",
                    "channel": batch.channel, "created_at": at, "resolved_at": solved,
                    "first_response_at": at + timedelta(minutes=1 + len(tickets) % 50),
                    "reopen_count": int(i < batch.reopened), "transfer_count": i % 2,
                    "contact_count": 2 if i < batch.failed else 1,
                }
            )  # fmt: skip
            answered = solved + timedelta(hours=2) if i < batch.rated else None
            score = None if answered is None else 5 if i < batch.satisfied else 1
            surveys.append(
                {
                    "ticket_id": name, "sent_at": solved + timedelta(hours=1),
                    "responded_at": answered, "score": score,
                }
            )  # fmt: skip
    return tickets, surveys


def data_of(batches: Iterable[Batch]) -> Data:
    """Return the opened export."""
    tickets, surveys = batch_rows(batches)
    return load(pl.DataFrame(tickets), pl.DataFrame(surveys))


def answers_alone(batches: Iterable[Batch]) -> Data:
    """Return an export of answered surveys, which doesn't say what was sent."""
    _, surveys = batch_rows(batches)
    channels = [b.channel for b in batches for _ in range(b.rated)]
    frame = pl.DataFrame(surveys).drop("sent_at").with_columns(channel=pl.Series(channels))
    return load(None, frame)


def weeks(
    counts: Sequence[tuple[int, int]], *, sent: int | None = None, channel: str = "email"
) -> list[Batch]:
    """Return one batch each Monday to Sunday from (satisfied, rated) of whole weeks."""
    found = []
    for week, (k, n) in enumerate(counts):
        for day in range(7):
            rated, satisfied = n // 7 + (day < n % 7), k // 7 + (day < k % 7)
            at = MONDAY + timedelta(days=7 * week + day)
            found.append(Batch(at, rated, satisfied, sent, channel))
    return found


def texts(report: Report) -> str:
    """Return all sentences of a report."""
    return "\n".join(line for section in report.sections for line in section.text)


def shuffled(ws: Workspace, seed: int) -> Workspace:
    """Return the run with its scores dealt anew among the rated rows."""
    assert ws.facts.surveys is not None
    rows = ws.facts.surveys.collect()
    scores = rows.get_column("score").to_list()
    rated = [i for i, score in enumerate(scores) if score is not None]
    dealt = [scores[i] for i in rated]
    random.Random(seed).shuffle(dealt)
    for i, score in zip(rated, dealt, strict=True):
        scores[i] = score
    column = pl.Series("score", scores, dtype=rows.schema["score"])
    return replace(ws, facts=replace(ws.facts, surveys=rows.with_columns(column).lazy()))


def opened(data: Data, metrics: Sequence[str], dims: Sequence[tuple[str, ...]] = ()) -> Workspace:
    """Return the run of some metrics with default settings."""
    return open_workspace(data, Settings(), metrics, dims=dims)
