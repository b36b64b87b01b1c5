"""Sources → the canonical frames of one run: only the columns that are needed, read once.

What doesn't parse is judged here, once, for every command alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from csatkit import clock
from csatkit.facts.adding import Adding, Collect, at_once
from csatkit.facts.build import Rows
from csatkit.facts.dedupe import ORDER, RowText
from csatkit.facts.extent import Extent, extent_of
from csatkit.facts.replay import MOVES_DATA_END
from csatkit.load import SCORE_SCALE, Data, Source, reading
from csatkit.load.audit import audit_expressions, judge, zone_notes
from csatkit.load.source import row_text
from csatkit.metrics.metric import Metric
from csatkit.report import Note
from csatkit.schema import COLUMNS, OUTREACH, SURVEYS
from csatkit.settings import Settings

__all__ = ["Canonical", "Held", "Wanted", "in_memory", "left_out", "narrow", "read", "wanted"]

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
    """Without rows where they are spread over buckets."""
    surveys: Rows | None
    outreach: pl.DataFrame | None
    notes: tuple[Note, ...]
    n_rows: dict[str, int]
    extra: tuple[str, ...] = ()
    """Further columns of the export that were asked for."""
    extents: Mapping[str, Extent] = field(default_factory=dict)
    """Kind of input → how far all its rows reach."""

    @property
    def earliest(self) -> datetime | None:
        """Return the earliest instant of tickets and surveys."""
        known = [self.extents[k].earliest for k in ("tickets", "surveys") if k in self.extents]
        return min((instant for instant in known if instant is not None), default=None)


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


def narrow(frame: pl.LazyFrame) -> pl.LazyFrame:
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
    def text(rows: pl.Series) -> pl.DataFrame:
        return row_text(source.rows(rows.to_list()).lazy(), source.headers).collect()

    return text


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of an input where they can be looked at more than once.

    Args:
        rows: in memory, or a plan over where they lie.
        left: reason → `_row` of what the loader knows to be no data.
        collect: carries out aggregations where the rows lie.
    """

    rows: pl.DataFrame | pl.LazyFrame
    left: Mapping[str, pl.Series]
    collect: Collect = at_once


Hold = Callable[[Source, Sequence[str], Sequence[str]], Held]
"""An input, the names of its columns and further headers → its rows, held."""


def in_memory(source: Source, names: Sequence[str], own: Sequence[str]) -> Held:
    """Read rows into memory."""
    rows = source.told(narrow(source.scan(names, own))).collect(engine="streaming")
    return Held(rows, left_out(source))


def left_out(source: Source) -> dict[str, pl.Series]:
    """Return the `_row` of what the loader knows to be no data, by reason."""
    by_reason = source.left_out().partition_by("reason", as_dict=True)
    return {str(reason): rows.get_column("_row") for (reason,), rows in by_reason.items()}


def _read(
    source: Source, columns: Sequence[str], extra: Sequence[str], settings: Settings, hold: Hold
) -> tuple[Rows, Extent, list[Note]]:
    names = [c for c in columns if source.has(c)]
    own = [h for h in extra if h in source.headers]
    held = hold(source, names, own)
    rows = held.rows
    notes: list[Note] = []
    if "_bad" in rows.collect_schema():
        expressions = audit_expressions(source, names)
        if expressions:
            (counted,) = held.collect([rows.lazy().select(expressions)], [Adding()])
            notes += judge(source, counted.row(0, named=True), strict=settings.strict)
        rows = rows.drop("_bad")
    notes += zone_notes(source)
    has = frozenset(c for c in COLUMNS if source.has(c))
    extent = extent_of(rows, clock.now().replace(tzinfo=None), held.collect)
    frame = rows if isinstance(rows, pl.DataFrame) else rows.head(0).collect()
    return Rows(frame, has, _reader(source), held.left), extent, notes


def _n_rows(rows: Rows, extent: Extent) -> int:
    """Return the number of rows of the input, those that the loader leaves out included."""
    return extent.n_rows + sum(map(len, rows.left.values()))


def read(data: Data, want: Wanted, settings: Settings, hold: Hold = in_memory) -> Canonical:
    """Read what is wanted.

    Args:
        data: the opened inputs.
        want: which columns.
        settings: the run's settings.
        hold: where rows of tickets and surveys are kept; in memory by default.

    Raises:
        InputError: too much of it doesn't parse, or a file can't be read to its end.
    """
    notes = list(data.notes)
    found: dict[str, Rows | None] = {"tickets": None, "surveys": None}
    n_rows: dict[str, int] = {}
    extents: dict[str, Extent] = {}
    outreach = ("ticket_id", *OUTREACH)
    for kind, source, columns, extra in (
        ("tickets", data.tickets, want.tickets, want.extra),
        ("surveys", data.surveys, want.surveys, want.extra),
        ("outreach", data.outreach, outreach, ()),
    ):
        if source is None:
            continue
        with reading(source):
            rows, extents[kind], more = _read(
                source, columns, extra, settings, in_memory if kind == "outreach" else hold
            )
        found[kind], n_rows[kind] = rows, _n_rows(rows, extents[kind])
        notes += more
    third = found.pop("outreach", None)
    return Canonical(
        found["tickets"], found["surveys"], None if third is None else third.frame,
        tuple(notes), n_rows, want.extra, extents,
    )  # fmt: skip
