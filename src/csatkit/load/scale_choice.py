"""Which scale a source's scores are on, and what its cells stand for.

What the user declares wins, then the column that names each row's scale, then what the preset
knows, then whole words; else scores are read on 1-5, and values that don't fit are an error later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from csatkit.errors import UsageError
from csatkit.load.mapping import Headers
from csatkit.load.parts import Part
from csatkit.load.preset import Marker, Preset
from csatkit.load.preset import Scoring as Known
from csatkit.load.question import answers, find_score, questions_of
from csatkit.load.scales import DEFAULT, THREE_STEPS, Scale, from_words, named
from csatkit.load.scoring import SENT, UNSENT, Scoring
from csatkit.notes import note
from csatkit.report import Note
from csatkit.schema import fold
from csatkit.settings import SourceSettings

__all__ = ["decide_scoring"]

_STATES: Mapping[Marker, str | None] = {"sent": SENT, "unsent": UNSENT, "blank": None}

_SHOWN = 8
"""Values that a message names."""

_OF = re.compile(r"(?:^|_|\s)(?:(nps)_)?\d+\s*_?of_?\s*(\d+)$", re.IGNORECASE)
"""A tag that holds the answer and the number of points: `nr_csat_4_of_5`."""


def decide_scoring(
    parts: Sequence[Part],
    headers: tuple[str, ...],
    mapping: dict[str, Headers],
    *,
    settings: SourceSettings,
    preset: Preset | None,
    cells: Mapping[str, list[str]],
) -> tuple[Scoring, dict[str, Headers], list[Note]]:
    """Return how scores read, the mapping with the score's column, and what to note.

    Args:
        parts: the data rows.
        headers: of all parts.
        mapping: canonical column → header.
        settings: what the user says.
        preset: what is known of the export.
        cells: sampled text of the score columns.

    Raises:
        UsageError: a scale is unknown, or the score's column can't be told.
    """
    known = preset.scoring if preset else Known()
    base = _base(known, settings)
    declared = named(settings.scale) if settings.scale else None
    notes: list[Note] = []
    if known.search and "score" not in mapping and "score" not in settings.map:
        taken = [h for hs in mapping.values() for h in ((hs,) if isinstance(hs, str) else hs)]
        questions = questions_of(headers, (*known.not_questions, *taken))
        header, scale = find_score(parts, questions, base, declared)
        text = f"{parts[0].shown}: the score is read from {header!r}, the only column on a scale"
        notes.append(note("score.found", f"{text} ({scale.name})"))
        return replace(base, scale=scale), {**mapping, "score": header}, notes
    if declared is not None:
        return replace(base, scale=declared), mapping, notes
    column = _scale_column(settings, known, headers)
    if column is not None and "score" in mapping:
        return _by_column(base, column, parts, settings, known), mapping, notes
    if known.scales and "score" in mapping:
        return _of_preset(base, known, parts, mapping), mapping, notes
    return replace(base, scale=_undeclared(base, parts, mapping, cells)), mapping, notes


def _base(known: Known, settings: SourceSettings) -> Scoring:
    labels = {**known.labels, **settings.labels}
    return Scoring(
        unrated=(*settings.unrated, *known.markers),
        states={fold(m): _STATES[meaning] for m, meaning in known.markers.items()},
        labels={fold(cell): word for cell, word in labels.items()},
        factor=known.factor,
    )


def _scale_column(settings: SourceSettings, known: Known, headers: tuple[str, ...]) -> str | None:
    wanted = settings.scale_column or known.scale_column
    if wanted is None:
        return None
    found = next((h for h in headers if fold(h) == fold(wanted)), None)
    if found is None and settings.scale_column:
        raise UsageError.unknown("scale column", wanted, headers)
    return found


def _by_column(
    base: Scoring,
    column: str,
    parts: Sequence[Part],
    settings: SourceSettings,
    known: Known,
) -> Scoring:
    """Return a scoring by the cells of a column that name each row's scale.

    Raises:
        UsageError: a cell names no scale, or the column has too many values to name any.
    """
    said = {fold(c): name for c, name in {**known.scales_by_cell, **settings.scales}.items()}
    met = answers(parts, [column]).get(column)
    if met is None:
        raise UsageError(
            f"{parts[0].shown}: the column {column!r} holds too many values to name scales",
            "Name another one with [source] scale_column.",
        )
    found = {cell: _scale_of(cell, said) for cell in met}
    unknown = [cell for cell, scale in found.items() if scale is None]
    if unknown:
        listed = ", ".join(map(repr, unknown[:_SHOWN]))
        raise UsageError(
            f"{parts[0].shown}: the column {column!r} names scales that aren't known: {listed}",
            f'Say what they mean, for example [source.scales] "{unknown[0]}" = "1-5".',
        )
    by_cell = {cell: scale for cell, scale in found.items() if scale is not None}
    scales = tuple({s.name: s for s in by_cell.values()}.values()) or (DEFAULT,)
    return _with(base, scales, column, by_cell)


def _scale_of(cell: str, said: Mapping[str, str]) -> Scale | None:
    if (name := said.get(fold(cell))) is not None:
        return named(name)
    if tag := _OF.search(cell):
        points = int(tag[2])
        return named("0-10" if tag[1] and points == 10 else f"1-{points}") if points > 1 else None
    try:
        return named(cell)
    except UsageError:
        return None


def _with(
    base: Scoring,
    scales: tuple[Scale, ...],
    column: str | None = None,
    by_cell: Mapping[str, Scale] | None = None,
) -> Scoring:
    if len(scales) == 1:
        return replace(base, scale=scales[0])
    return replace(base, scale=THREE_STEPS, mix=scales, column=column, by_cell=by_cell or {})


def _of_preset(
    base: Scoring, known: Known, parts: Sequence[Part], mapping: Mapping[str, Headers]
) -> Scoring:
    """Return the first scale that knows every value, or several that know them together."""
    scales = tuple(named(name) for name in known.scales)
    header = mapping["score"]
    if len(scales) == 1 or not isinstance(header, str):
        return replace(base, scale=scales[0])
    met = base.met(answers(parts, [header]).get(header, ()))
    fits = [s for s in scales if all(s.knows(cell) for cell in met)]
    if fits:
        return replace(base, scale=fits[0])
    used = tuple(s for s in scales if any(s.knows(cell) for cell in met))
    return _with(base, used or scales[:1])


def _undeclared(
    base: Scoring,
    parts: Sequence[Part],
    mapping: Mapping[str, Headers],
    cells: Mapping[str, list[str]],
) -> Scale:
    names = [n for n in ("score", "second_score") if n in mapping]
    if not names:
        return DEFAULT
    header = mapping[names[0]]
    typed = [p.dtype(header) for p in parts if isinstance(header, str) and header in p.headers]
    if any(isinstance(dtype, pl.Boolean) for dtype in typed):
        return named("yes-no")
    return from_words(base.met(cell for n in names for cell in cells.get(n, ()))) or DEFAULT
