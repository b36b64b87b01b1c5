"""Sources → the canonical frames of one run: only the columns that are needed, read once.

What doesn't parse is judged here, once, for every command alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.facts.build import Rows
from csatkit.facts.dedupe import ORDER, RowText
from csatkit.facts.replay import MOVES_DATA_END
from csatkit.load import SCORE_SCALE, Data, Source, reading
from csatkit.load.audit import audit_expressions, judge, zone_notes
from csatkit.metrics.metric import Metric
from csatkit.report import Note
from csatkit.schema import COLUMNS, OUTREACH, SURVEYS
from csatkit.settings import Settings

__all__ = ["Canonical", "Wanted", "read", "wanted"]

_ALWAYS = ("ticket_id", *MOVES_DATA_END, *ORDER)
_EXCLUSIONS = ("status", "merged", "deflected", "channel", "parent_ticket_id", "tags")
_CONTACTS = (
    "customer_id", "issue_type", "resolved", "confirmed_resolved", "reopen_count", "contact_count",
    "transfer_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run needs of the data."""

    contacts: bool
    """Whether repeats have to be sought."""
    tickets: tuple[str, ...]
    surveys: tuple[str, ...]
    extra: tuple[str, ...] = ()
    """Further columns of the export, by resolved name."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """The rows of one run in canonical form."""

    tickets: Rows | None
    surveys: Rows | None
    outreach: pl.DataFrame | None
    notes: tuple[Note, ...]
    n_rows: dict[str, int]
    extra: tuple[str, ...] = ()
    """Further columns of the export that were asked for."""


def wanted(metrics: Sequence[Metric], data: Data, extra: Iterable[str], *, rows: bool) -> Wanted:
    """Return the columns that these metrics and dimensions need.

    Args:
        metrics: what is to be computed.
        data: the opened inputs.
        extra: names given to `--by`, `--where`, `[exclude]`.
        rows: whether whole rows are shown, so that every mapped column is needed.
    """
    columns = {c for m in metrics for group in m.needs for c in group}
    columns |= {c for m in metrics for c in m.wants}
    contacts = rows or any(m.follow_up for m in metrics)
    tickets = {*_ALWAYS, *_EXCLUSIONS, *columns}
    if contacts:
        tickets |= {*_CONTACTS}
    # All that tells a survey, for every command: which rows are used must not depend on it.
    surveys = {"ticket_id", "created_at", "survey_id", SCORE_SCALE, *SURVEYS}
    if rows:
        tickets |= set(COLUMNS)
        surveys |= set(COLUMNS)
    if data.surveys is None:
        tickets |= surveys
    else:
        tickets -= set(SURVEYS)
    further = []
    for name in extra:
        if name in COLUMNS:
            tickets.add(name)
            surveys.add(name)
        else:
            further.append(name)
    return Wanted(contacts, tuple(sorted(tickets)), tuple(sorted(surveys)), tuple(further))


def _narrow(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Make repeated text cheap: dimensions become categories, ids and comments stay text."""
    schema = frame.collect_schema()
    names = [
        c
        for c, dtype in schema.items()
        if dtype == pl.String
        and (c not in COLUMNS or COLUMNS[c].kind == "text")
        and not c.startswith("_")
    ]
    return frame.with_columns(pl.col(names).cast(pl.Categorical)) if names else frame


def _reader(source: Source) -> RowText:
    def row_text(rows: pl.Series) -> pl.DataFrame:
        cells = source.rows(rows.to_list())
        text = pl.concat_str(
            # Lower than any character of a cell, so that rows compare cell by cell.
            [pl.col(h).fill_null("") for h in source.headers],
            separator="\0",
        )
        return cells.select("_row", text=text)

    return row_text


def _read(
    source: Source, columns: Sequence[str], extra: Sequence[str], settings: Settings
) -> tuple[Rows, list[Note]]:
    names = [c for c in columns if source.has(c)]
    own = [h for h in extra if h in source.headers]
    frame = _narrow(source.scan(names, own)).collect(engine="streaming")
    notes: list[Note] = []
    if "_bad" in frame.columns:
        expressions = audit_expressions(source, names)
        if expressions:
            counted = frame.select(expressions)
            notes += judge(source, counted.row(0, named=True), strict=settings.strict)
        frame = frame.drop("_bad")
    notes += zone_notes(source)
    has = frozenset(c for c in COLUMNS if source.has(c))
    left = {
        str(reason): rows.get_column("_row")
        for (reason,), rows in source.left_out().partition_by("reason", as_dict=True).items()
    }
    return Rows(frame, has, _reader(source), left), notes


def _n_rows(rows: Rows) -> int:
    """Return the number of rows of the input, those that the loader leaves out included."""
    return rows.frame.height + sum(map(len, rows.left.values()))


def read(data: Data, want: Wanted, settings: Settings) -> Canonical:
    """Read what is wanted.

    Raises:
        InputError: too much of it doesn't parse, or a file can't be read to its end.
    """
    notes = list(data.notes)
    found: dict[str, Rows | None] = {"tickets": None, "surveys": None}
    n_rows: dict[str, int] = {}
    for kind, source, columns in (
        ("tickets", data.tickets, want.tickets),
        ("surveys", data.surveys, want.surveys),
    ):
        if source is None:
            continue
        with reading(source):
            rows, more = _read(source, columns, want.extra, settings)
        found[kind], n_rows[kind] = rows, _n_rows(rows)
        notes += more
    outreach = None
    if data.outreach is not None:
        with reading(data.outreach):
            rows, more = _read(data.outreach, ("ticket_id", *OUTREACH), (), settings)
        outreach, n_rows["outreach"] = rows.frame, rows.frame.height
        notes += more
    return Canonical(found["tickets"], found["surveys"], outreach, tuple(notes), n_rows, want.extra)
