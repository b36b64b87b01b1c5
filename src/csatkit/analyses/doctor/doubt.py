"""Which rows leave, and why, without holding the rows that stay.

Only rows in doubt are read: ids that repeat, states and marks that exclude, surveys without a
ticket. They go through the same facts as in any other command; all others are used, because a
row that shares its id with none and carries no mark can't leave. So rows = used + dropped here are
those of every report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from csatkit import periods
from csatkit.analyses.canonical import Canonical
from csatkit.analyses.doctor.keys import Ids, within
from csatkit.analyses.doctor.profile import Profile, unsent
from csatkit.analyses.doctor.sight import Sight, ticket_hash
from csatkit.analyses.workspace import Workspace
from csatkit.facts.build import Recipe, Rows, build
from csatkit.facts.dedupe import ORDER, RowText
from csatkit.facts.exclude import MERGED_TAGS
from csatkit.facts.replay import MOVES_DATA_END
from csatkit.facts.rules import Rules
from csatkit.load import Data, Source
from csatkit.schema import COLUMNS, SURVEYS, fold
from csatkit.settings import EXCLUDED_STATUSES, Settings

__all__ = ["Patient", "in_doubt", "replay_at"]

_MARKS = ("status", "merged", "deflected", "channel", "parent_ticket_id", "tags")


@dataclass(frozen=True)
class Patient:
    """One source under examination."""

    sight: Sight
    profile: Profile
    ids: Ids | None
    left: Mapping[str, pl.Series]
    """Reason → rows that the loader knows to be no data."""

    @property
    def rows(self) -> int:
        """Return the number of rows of the file."""
        return self.profile.rows + sum(map(len, self.left.values()))


def replay_at(settings: Settings, zone: str, now: datetime) -> datetime | None:
    """Return the instant that `--as-of` replays."""
    return None if settings.as_of is None else periods.parse_instant(settings.as_of, zone, now)


def in_doubt(
    data: Data, settings: Settings, patients: dict[str, Patient], data_end: datetime | None
) -> Workspace:
    """Return a workspace that holds the rows in doubt and counts all of them.

    Its inputs, rules and dropped rows are those of the whole; its frames are not.
    """
    tickets, surveys = patients.get("tickets"), patients.get("surveys")
    extra = tuple(settings.source.exclude)
    source = data.tickets or data.surveys
    zone = settings.tz or (source.timezone if source else "UTC")
    now = next(iter(patients.values())).sight.now
    at = replay_at(settings, zone, now)
    of_tickets = of_surveys = None
    if tickets is not None:
        of_tickets = _rows(tickets, _ticket_doubt(tickets, surveys, settings, at), extra)
    if surveys is not None:
        known = None if of_tickets is None or tickets is None else (tickets, of_tickets.frame)
        of_surveys = _rows(surveys, _survey_doubt(surveys, known, settings, at), extra)
    facts = build(
        of_tickets, of_surveys, settings, data_end,
        Recipe(contacts=False, times=False, replay_at=at),
        rules=_rules(settings, data_end, tickets),
    )  # fmt: skip
    facts = replace(facts, knows_sent=_knows_sent(patients), knows_second=_knows_second(patients))
    n_rows = {kind: p.rows for kind, p in patients.items()}
    canonical = Canonical(of_tickets, of_surveys, None, data.notes, n_rows, extra)
    latest = data_end if at is None else None
    return Workspace(settings, data, canonical, facts, data_end, latest, (), ())


def _rules(settings: Settings, data_end: datetime | None, tickets: Patient | None) -> Rules:
    if tickets is None:
        return Rules(settings, data_end, frozenset(), None, settings.repeat_on)
    has = frozenset(tickets.sight.columns)
    by_issue = settings.repeat_on == "issue" and "issue_type" in has
    return Rules(
        settings, data_end, has, _resolved_by(tickets), "issue" if by_issue else "customer"
    )


def _resolved_by(tickets: Patient) -> str | None:
    """Return the column that decides "resolved", as `facts.outcome` does on all rows."""
    filled, bad = tickets.profile.filled, tickets.profile.bad
    for name in ("resolved_at", "resolved", "closed_at"):
        if filled.get(name, 0) > bad.get(name, 0):
            return name
    return next((n for n in ("status", "resolved_at") if n in filled), None)


def _knows_sent(patients: dict[str, Patient]) -> bool:
    """Tell whether sent surveys can be told from answered ones."""
    patient = patients.get("surveys") or patients.get("tickets")
    if patient is None:
        return False
    if not patient.sight.source.has("score"):
        return patient.sight.source.has("sent_at")
    return patient.profile.silent > 0


def _knows_second(patients: dict[str, Patient]) -> bool:
    """Tell whether any customer rated again after an outreach."""
    patient = patients.get("outreach")
    if patient is None:
        return False
    filled, bad = patient.profile.filled, patient.profile.bad
    return filled.get("second_score", 0) > bad.get("second_score", 0)


def _rows(patient: Patient, doubt: pl.Expr, extra: tuple[str, ...]) -> Rows:
    """Return the rows in doubt with the columns that decide."""
    source = patient.sight.source
    wanted = {"ticket_id", *MOVES_DATA_END, *ORDER, *_MARKS, *SURVEYS, "resolved", "survey_id"}
    wanted |= {n for n in extra if n in COLUMNS}
    names = [n for n in COLUMNS if n in wanted and source.has(n)]
    if source.has("survey_status") and "survey_status" not in names:
        names.append("survey_status")
    own = [h for h in extra if h not in COLUMNS and h in source.headers]
    frame = source.scan(names, own).filter(doubt).collect(engine="streaming")
    if "_bad" in frame.columns:
        frame = frame.drop("_bad")
    has = frozenset(n for n in COLUMNS if source.has(n))
    return Rows(frame, has, _reader(source), patient.left)


def _reader(source: Source) -> RowText:
    def row_text(rows: pl.Series) -> pl.DataFrame:
        cells = source.rows(rows.to_list())
        text = pl.concat_str([pl.col(h).fill_null("") for h in source.headers], separator="\0")
        return cells.select("_row", text=text)

    return row_text


def _ticket_doubt(
    tickets: Patient, surveys: Patient | None, settings: Settings, at: datetime | None
) -> pl.Expr:
    tests = [_marked(tickets.sight, settings)]
    if tickets.ids is not None:
        ids = [tickets.ids.twice]
        if surveys is not None and surveys.ids is not None:
            # Their surveys are in doubt, and a survey is judged beside its ticket.
            ids += [surveys.ids.twice, surveys.ids.unsent]
        tests.append(within(pl.concat(ids)))
    tests.append(_after(tickets.sight, ("created_at", "resolved_at"), at))
    return pl.any_horizontal(t.fill_null(value=False) for t in tests)


def _survey_doubt(
    surveys: Patient,
    known: tuple[Patient, pl.DataFrame] | None,
    settings: Settings,
    at: datetime | None,
) -> pl.Expr:
    sight, ids = surveys.sight, surveys.ids
    tests = [unsent(sight), _after(sight, ("sent_at", "responded_at"), at)]
    if ids is not None:
        tests.append(within(pl.concat([ids.twice, ids.unsent])))
    if known is None:
        tests.append(_marked(sight, settings))
    elif ids is not None:
        tickets, doubtful = known
        every = pl.Series("id", [], dtype=pl.UInt64) if tickets.ids is None else tickets.ids.every
        lost = ids.every.to_frame("id").join(every.to_frame("id"), on="id", how="anti")
        beside = doubtful.select(id=ticket_hash()).get_column("id").drop_nulls().unique()
        tests += [pl.col("ticket_id").is_null(), within(pl.concat([lost.get_column("id"), beside]))]
    return pl.any_horizontal(t.fill_null(value=False) for t in tests)


def _after(sight: Sight, born: tuple[str, ...], at: datetime | None) -> pl.Expr:
    known = [n for n in born if sight.source.has(n)]
    return pl.lit(value=False) if at is None or not known else pl.coalesce(known) > at


def _marked(sight: Sight, settings: Settings) -> pl.Expr:
    """Tell which rows may be out of every denominator; `facts.exclude` decides."""
    has = sight.source.has
    tests: list[pl.Expr] = [pl.col(flag) for flag in ("merged", "deflected") if has(flag)]
    if has("tags"):
        tags = pl.col("tags").cast(pl.String)
        tests += [tags.str.contains(tag, literal=True) for tag in MERGED_TAGS]
    if has("status"):
        tests.append(_folded("status").is_in(list(EXCLUDED_STATUSES)))
    if has("channel"):
        tests.append(_folded("channel").str.starts_with("sideconversation"))
    if has("parent_ticket_id"):
        tests.append(pl.col("parent_ticket_id").is_not_null())
    for name, words in settings.source.exclude.items():
        if has(name) or name in sight.source.headers:
            tests.append(_may_be(sight, name, words))
    return pl.any_horizontal(pl.lit(value=False), *(t.fill_null(value=False) for t in tests))


def _folded(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).str.to_lowercase().str.replace_all(r"[\s_\-]", "")


def _may_be(sight: Sight, name: str, words: tuple[str, ...]) -> pl.Expr:
    """Tell which cells may be one of some words; numbers and flags are left to the facts."""
    extra = () if sight.source.has(name) else (name,)
    dtype = sight.scan([name] if not extra else [], extra).collect_schema()[name]
    if dtype != pl.String:
        return pl.col(name).is_not_null()
    return _folded(name).is_in([fold(word) for word in words])
