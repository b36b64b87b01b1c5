"""From rows to one row per ticket and one entry per survey answer, as at the data end.

Order: read text, fix what is global (data end, how resolution is known, what was sent), replay,
take surveys out, de-duplicate, name why a row leaves.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .model import DATA_END_COLUMNS, SURVEY_CELLS, Options, Row, cell_text

Key = str | tuple[str, int]
"""A ticket id, or the place of a row that has none and so is its own ticket."""

_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d*)?[eE]\+?\d+")
_DEDUPE_ORDER = ("updated_at", "closed_at", "resolved_at", "created_at")
_DROPPED_STATUSES = ("deleted", "spam", "test")


@dataclass
class Export:
    """A cleaned export: tickets and survey rows by ticket key, with what left and why."""

    tickets: dict[Key, Row]
    fates: dict[Key, str]
    surveys: list[tuple[Key, Row]]
    columns: Set[str]
    survey_columns: Set[str]
    has_tickets: bool
    has_survey_file: bool
    has_sent: bool
    resolved_by: str | None
    data_end: datetime | None
    dropped: Counter[str]
    outreach: list[Row] = field(default_factory=list)
    """What had been done about low scores."""
    outreach_columns: Set[str] = frozenset()


def clean(  # noqa: PLR0917 - as `evaluate`, whose inputs it takes
    tickets: Sequence[Row] | None,
    surveys: Sequence[Row] | None,
    options: Options,
    columns: Set[str] | None = None,
    survey_columns: Set[str] | None = None,
    outreach: Sequence[Row] | None = None,
) -> Export:
    """Return the export as it stood at the data end.

    Args:
        tickets: ticket rows in any order, None where only surveys were given.
        surveys: survey rows in any order, None where surveys sit in the ticket rows or nowhere.
        options: the run's choices.
        columns: mapped ticket columns; by default every key that occurs.
        survey_columns: mapped survey columns, likewise.
        outreach: rows about what followed low scores, None where there is no such file.
    """
    columns = _columns(tickets) if columns is None else columns
    own_columns = _columns(surveys) if survey_columns is None else survey_columns
    keyed = _keyed(tickets or (), "ticket row")
    inside = [(key, _survey_part(row)) for key, row in keyed if _has_survey(row)]
    apart = _keyed(surveys or (), "survey row")
    answered = [row.get("score") is not None for _, row in (*inside, *apart)]
    dropped: Counter[str] = Counter()
    kept = _deduplicate(_replayed_tickets(keyed, options, dropped), dropped)
    export = Export(
        tickets=kept,
        fates={},
        surveys=[
            *_distinct(_replayed_surveys(inside, options, dropped), dropped, dated_only=False),
            *_distinct(_replayed_surveys(apart, options, dropped), dropped, dated_only=True),
        ],
        columns=columns,
        survey_columns=own_columns | (columns & set(SURVEY_CELLS)),
        has_tickets=tickets is not None,
        has_survey_file=surveys is not None,
        has_sent=not all(answered),
        resolved_by=_resolved_by(tickets or (), columns),
        data_end=_data_end([*(tickets or ()), *(surveys or ()), *(outreach or ())], options),
        dropped=dropped,
        outreach=_replayed_outreach(outreach or (), options),
        outreach_columns=_columns(outreach),
    )
    for key, row in export.tickets.items():
        fate = _fate(row)
        if fate:
            export.fates[key] = fate
            dropped[fate] += 1
    return export


def read_id(value: Any) -> str | None:
    """Return an id as text: trimmed, zeros kept, e-mail addresses without case."""
    text = cell_text(value).strip()
    return (text.lower() if "@" in text else text) or None


def _columns(rows: Sequence[Row] | None) -> set[str]:
    return {name for row in rows or () for name in row}


def _keyed(rows: Sequence[Row], kind: str) -> list[tuple[Key, Row]]:
    return [(read_id(row.get("ticket_id")) or (kind, at), row) for at, row in enumerate(rows)]


def _has_survey(row: Row) -> bool:
    return any(row.get(name) is not None for name in SURVEY_CELLS)


def _survey_part(row: Row) -> Row:
    names = ("ticket_id", "customer_id", *SURVEY_CELLS)
    return {name: row.get(name) for name in names}


def _read(row: Row) -> Row:
    """Return the row with its text trimmed, blanks as None, and ids as ids."""
    read: Row = {}
    for name, value in row.items():
        if name in ("ticket_id", "customer_id", "parent_ticket_id"):
            read[name] = read_id(value)
        elif isinstance(value, str):
            read[name] = value.strip() or None
        else:
            read[name] = value
    customer = read.get("customer_id")
    if customer is not None and _SCIENTIFIC.fullmatch(customer):
        read["customer_id"] = None
    return read


Stated = tuple[Key, Row, list[str]]
"""A row as it stood at the data end, with the text of all its cells as exported."""


def _deduplicate(stated: list[Stated], dropped: Counter[str]) -> dict[Key, Row]:
    def newest(item: Stated) -> tuple[Any, ...]:
        _, row, text = item
        return ([row.get(name) or datetime(1, 1, 1) for name in _DEDUPE_ORDER], text)

    kept: dict[Key, Stated] = {}
    for item in stated:
        key = item[0]
        if key in kept:
            dropped["duplicate_id"] += 1
        kept[key] = max(kept.get(key, item), item, key=newest)
    return {key: row for key, (_, row, _) in kept.items()}


def _distinct(
    found: Iterable[tuple[Key, Row]], dropped: Counter[str], *, dated_only: bool
) -> list[tuple[Key, Row]]:
    """Return the survey rows without copies.

    A ticket row repeats its survey with every copy of the ticket. A row of a survey file needs a
    ticket and an instant to be known as the same event.
    """
    seen: list[tuple[Key, Row]] = []
    index: set[tuple[Any, ...]] = set()
    for key, row in found:
        dated = any(isinstance(value, datetime) for value in row.values())
        known = isinstance(key, str) and (dated or not dated_only)
        mark = (key, *(cell_text(row.get(name)) for name in SURVEY_CELLS))
        if known and mark in index:
            dropped["duplicate_row"] += 1
            continue
        index.add(mark)
        seen.append((key, row))
    return seen


def _resolved_by(rows: Sequence[Row], columns: Set[str]) -> str | None:
    """Return the one column that decides resolution: the first that has any value."""
    candidates = [c for c in ("resolved_at", "resolved", "closed_at", "status") if c in columns]
    for name in candidates:
        if any(row.get(name) is not None for row in rows):
            return name
    return candidates[0] if candidates else None


def _data_end(rows: Sequence[Row], options: Options) -> datetime | None:
    if options.as_of is not None:
        return options.as_of
    latest = options.now + timedelta(days=1)
    instants = [row[name] for row in rows for name in DATA_END_COLUMNS if row.get(name)]
    return max((at for at in instants if at <= latest), default=None)


def _replayed_tickets(
    keyed: Iterable[tuple[Key, Row]], options: Options, dropped: Counter[str]
) -> list[Stated]:
    """Return the ticket rows that existed at `as_of`, before any is chosen among its rivals."""
    found = []
    for key, raw in keyed:
        row = _read(raw)
        if _is_later(row.get("created_at") or row.get("resolved_at"), options):
            dropped["after_as_of"] += 1
            continue
        _forget_later(row, options)
        found.append((key, row, [cell_text(value) for value in raw.values()]))
    return found


def _replayed_surveys(
    keyed: Iterable[tuple[Key, Row]], options: Options, dropped: Counter[str]
) -> list[tuple[Key, Row]]:
    """Return the survey rows that existed at `as_of`; later answers aren't given yet."""
    found = []
    for key, raw in keyed:
        row = _read(raw)
        if _is_later(row.get("sent_at") or row.get("responded_at"), options):
            dropped["survey_after_as_of"] += 1
            continue
        if _is_later(row.get("responded_at"), options):
            row["score"] = row["comment"] = None
        _forget_later(row, options)
        found.append((key, row))
    return found


def _replayed_outreach(rows: Sequence[Row], options: Options) -> list[Row]:
    """Return the outreach that had happened at `as_of`; later second scores aren't given yet."""
    found = []
    for raw in rows:
        row = _read(raw)
        if _is_later(row.get("outreach_at") or row.get("second_score_at"), options):
            continue
        if _is_later(row.get("second_score_at"), options):
            row["second_score"] = None
        _forget_later(row, options)
        found.append(row)
    return found


def _is_later(instant: datetime | None, options: Options) -> bool:
    return instant is not None and options.as_of is not None and instant > options.as_of


def _forget_later(row: Row, options: Options) -> None:
    for name, value in row.items():
        if isinstance(value, datetime) and _is_later(value, options):
            row[name] = None


def folded(text: str | None) -> str:
    """Return a word as it is compared: without case, blanks, hyphens and underscores."""
    return "".join(c for c in (text or "").casefold() if not c.isspace() and c not in "-_")


def _fate(row: Row) -> str | None:
    """Return why a ticket is out of every denominator, None where it is in."""
    status = folded(row.get("status"))
    if row.get("merged"):
        return "merged"
    if status in _DROPPED_STATUSES:
        return status
    if row.get("parent_ticket_id") is not None:
        return "side_conversation"
    if row.get("deflected"):
        return "deflected"
    return None
