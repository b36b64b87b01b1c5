"""From what the caller names to sources that know how to read themselves.

Headers and a sample decide everything here: which canonical column is where, how dates are written,
which scale the scores are on. Whatever can't be decided is an error with the option that settles
it; nothing is guessed in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from csatkit.errors import InputError
from csatkit.load.canonical import CHECKED_IDS, FALLIBLE, RAGGED, Plan
from csatkit.load.elsewhere import Reader
from csatkit.load.events import reduce_events
from csatkit.load.mapping import Headers, check_overrides, map_columns, require_shape
from csatkit.load.parts import Part, open_parts
from csatkit.load.prepare import Prepared, prepare
from csatkit.load.readings import decide_readings
from csatkit.load.recognition import Chosen, check_preset, choose, mix_note, remarks, with_whole_ids
from csatkit.load.sample import sample
from csatkit.load.scale_choice import decide_scoring
from csatkit.load.scales import is_unrated_word
from csatkit.load.scoring import Scoring
from csatkit.load.source import Source
from csatkit.load.zones import check_zone
from csatkit.report import Note
from csatkit.schema import COLUMNS, Table, fold
from csatkit.settings import SourceSettings

__all__ = ["Data", "open_data"]

_SURVEY_SIGNS = ("score", "responded_at", "sent_at")
_TICKET_TIMES = (
    "created_at", "first_response_at", "resolved_at", "closed_at", "updated_at", "reopened_at",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Data:
    """The inputs of a run; those that weren't given are None."""

    tickets: Source | None
    surveys: Source | None
    outreach: Source | None
    notes: tuple[Note, ...] = ()
    reader: Reader | None = None
    """Who reads in our place, None where Polars does."""


def open_data(
    tickets: object = None,
    surveys: object = None,
    outreach: object = None,
    *,
    source: SourceSettings,
    reader: Reader | None = None,
) -> Data:
    """Look at the inputs and decide how they read; the rows themselves are read later.

    Args:
        tickets: path, glob, folder, `-`, a Polars, pandas or Arrow table, or a list of them. A
            file that only knows about surveys is taken for surveys where none are given.
        surveys: the same, of surveys.
        outreach: the same, of what was done about low scores.
        source: how to read them, as far as the user has said.
        reader: who reads paths and tables in our place.

    Raises:
        InputError: an input is missing, damaged, of the wrong shape or can't be decided.
        UsageError: a setting names a column, zone, scale or date format that isn't known.
    """
    check_preset(source)
    given: dict[Table, object] = {"tickets": tickets, "surveys": surveys, "outreach": outreach}
    parts = {kind: open_parts(item, reader) for kind, item in given.items() if item is not None}
    found = choose(parts, source)
    if "surveys" not in parts and "tickets" in parts and _is_surveys(parts, found, source):
        parts["surveys"] = parts.pop("tickets")
        if "tickets" in found:
            found["surveys"] = found.pop("tickets")
    ready = {
        kind: _prepared(group, found.get(kind), source, in_order=reader is None)
        for kind, group in parts.items()
    }
    check_overrides(source.map, (h for one in ready.values() for h in _headers(one.parts)))
    opened, notes = {}, []
    for kind, group in parts.items():
        opened[kind], more = _open(kind, group, ready[kind], found.get(kind), source)
        notes += more
    _check_joinable(opened)
    found_tickets, found_surveys, found_outreach = map(opened.get, given)
    return Data(found_tickets, found_surveys, found_outreach, tuple(notes), reader)


def _prepared(
    parts: tuple[Part, ...], chosen: Chosen | None, settings: SourceSettings, *, in_order: bool
) -> Prepared:
    if chosen is None:
        return Prepared(parts)
    preset = chosen.preset
    if preset.events is not None:
        zone = check_zone(settings.timezone or preset.zone or "UTC")
        reduced = reduce_events(parts, preset.events, zone, settings.date_format)
        if reduced is not None:
            return reduced
    return prepare(parts, preset.rows, in_order=in_order)


def _headers(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(h for part in parts for h in part.headers))


def _is_surveys(
    parts: Mapping[Table, tuple[Part, ...]],
    found: Mapping[Table, Chosen],
    settings: SourceSettings,
) -> bool:
    if "tickets" in found:
        return found["tickets"].preset.kind == "surveys"
    mapping = map_columns("tickets", _headers(parts["tickets"]), settings.map)
    return any(n in mapping for n in _SURVEY_SIGNS) and not any(n in mapping for n in _TICKET_TIMES)


def _open(
    kind: Table,
    parts: tuple[Part, ...],
    ready: Prepared,
    chosen: Chosen | None,
    settings: SourceSettings,
) -> tuple[Source, list[Note]]:
    headers = _headers(ready.parts)
    preset = chosen.preset if chosen else None
    mapping = map_columns(kind, headers, settings.map, preset)
    paths = tuple(part.shown for part in parts)
    require_shape(kind, paths[0], headers, mapping)
    _check_parts(ready.parts, mapping)
    # Under these names a column of dates and one of yes and no both occur.
    mapping = _flag_or_date(ready.parts, mapping, settings.map)
    mapping, replaced = with_whole_ids(ready.parts, mapping, preset, settings.map)
    zone = check_zone(settings.timezone or (preset.zone if preset else None) or "UTC")
    kinds = {n: COLUMNS[n].kind for n in mapping}
    cells = sample(ready.parts, mapping, [n for n in mapping if kinds[n] in {"instant", "score"}])
    scoring, mapping, found = decide_scoring(
        ready.parts, headers, mapping, settings=settings, preset=preset, cells=cells
    )
    plan = Plan(
        mapping,
        {},
        scoring,
        zone,
        bits=(RAGGED, *(n for n in mapping if n in CHECKED_IDS or COLUMNS[n].kind in FALLIBLE)),
        marks_status="score" in mapping
        and "survey_status" not in mapping
        and _marks_status(scoring, cells.get("score", ())),
        patterns=preset.ids.patterns if preset else {},
        words=preset.values if preset else {},
        has_position=ready.has_position,
    )
    plan, dated = decide_readings(plan, ready.parts, cells, settings.date_format)
    scale = scoring.scale if settings.scale or {"score", "second_score"} & {*mapping} else None
    name = preset.name if preset else None
    source = Source(kind, paths, name, headers, scale, zone, parts, plan, ready)
    said = [] if chosen is None else remarks(chosen, source, settings)
    notes = [*said, *replaced, *ready.notes, *found, *mix_note(source), *_doubled(parts), *dated]
    return source, notes


def _marks_status(scoring: Scoring, cells: Iterable[str]) -> bool:
    """Tell whether a score cell may say that a survey was sent."""
    if any(scoring.states.values()):
        return True
    said = {scoring.labels.get(fold(cell), cell) for cell in cells}
    return any(is_unrated_word(cell, scoring.unrated) for cell in said)


def _check_parts(parts: tuple[Part, ...], mapping: Mapping[str, Headers]) -> None:
    used = {h for hs in mapping.values() for h in ((hs,) if isinstance(hs, str) else hs)}
    for part in parts:
        if used.isdisjoint(part.headers):
            raise InputError(
                f"{part.shown} shares no column with {parts[0].shown}",
                "Name only the parts of one export together.",
            )


def _flag_or_date(
    parts: tuple[Part, ...], mapping: dict[str, Headers], overrides: Mapping[str, str]
) -> dict[str, Headers]:
    """Give a column called `resolved` to `resolved_at` where its values aren't yes and no."""
    header = mapping.get("resolved")
    if header is None or "resolved" in overrides or {"resolved_at"} & {*mapping, *overrides}:
        return mapping
    cells = sample(parts, mapping, ["resolved"]).get("resolved")
    typed = [p.dtype(header) for p in parts if isinstance(header, str) and header in p.headers]
    if cells is None:
        is_date = any(dtype.is_temporal() for dtype in typed)
    else:
        is_date = any(fold(cell) not in _FLAGS for cell in cells)
    if not is_date:
        return mapping
    renamed = {"resolved_at" if n == "resolved" else n: h for n, h in mapping.items()}
    return {n: renamed[n] for n in COLUMNS if n in renamed}


_FLAGS = frozenset({"yes", "no", "true", "false", "y", "n", "1", "0", "t", "f", "1.0", "0.0"})


def _doubled(parts: tuple[Part, ...]) -> list[Note]:
    return [
        Note(
            "info",
            "header.duplicate",
            f"{part.shown}: the header {name!r} occurs more than once; the first one counts, the "
            f"others are {name}_duplicated_0 and so on",
        )
        for part in parts
        for name in part.doubled
    ]


def _check_joinable(sources: Mapping[Table, Source]) -> None:
    if len(sources) < 2:
        return
    for kind, source in sources.items():
        if not source.has("ticket_id"):
            raise InputError(
                f"{source.paths[0]} has no column for ticket_id, so its {kind} can't be joined; "
                f"its columns are {', '.join(source.headers)}",
                "Say which one it is with --map ticket_id=HEADER.",
            )
