"""Short spellings of rows and results for the oracle's own tests."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from .evaluate import evaluate
from .model import Cell, Options, Row

DAY = timedelta(days=1)
JAN = datetime(2026, 1, 1)
DATA_END = JAN + 60 * DAY


def counts(cell: Cell) -> tuple[float | None, int | None]:
    """Return numerator and denominator."""
    return cell.k, cell.n


def overall(
    rows: Sequence[Row] | None, surveys: Sequence[Row] | None, options: Options
) -> Callable[[str], Cell]:
    """Return the overall cell of a metric by its id."""
    cells = evaluate(rows, surveys, options)
    return lambda name: cells[name, ()]


def ticket(name: str, opened: float, solved: float | None, **other: object) -> Row:
    """Return a ticket with instants in days after the first of January."""
    resolved_at = None if solved is None else JAN + timedelta(days=solved)
    row = {"ticket_id": name, "customer_id": "ann", "issue_type": "login", "channel": "email"}
    return {**row, "created_at": JAN + opened * DAY, "resolved_at": resolved_at, **other}


def survey(name: str, sent: float | None, answered: float | None, score: int | None) -> Row:
    """Return a survey with instants in days after the first of January."""
    sent_at = None if sent is None else JAN + sent * DAY
    responded_at = None if answered is None else JAN + answered * DAY
    return {"ticket_id": name, "sent_at": sent_at, "responded_at": responded_at, "score": score}
