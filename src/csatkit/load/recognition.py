"""Which preset each input is read by, and what the reader is told about it.

Nothing is recognised in silence: the preset, the headers that gave it away, the columns it can't
find and the zone it assumes are notes of every report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from csatkit.load.mapping import Headers
from csatkit.load.normalise import SCIENTIFIC
from csatkit.load.parts import Part
from csatkit.load.preset import Preset
from csatkit.load.presets import NO_PRESET, candidates, find, recognise, users
from csatkit.load.sample import FEWEST, text_cells
from csatkit.load.scoring import SCORE_SCALE
from csatkit.load.source import Source
from csatkit.notes import note
from csatkit.report import Note
from csatkit.schema import COLUMNS, Table, columns_of, fold
from csatkit.settings import SourceSettings

__all__ = ["Chosen", "check_preset", "choose", "mix_note", "remarks", "with_whole_ids"]

_NAMED = 4
"""Headers that a message names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The preset of an input and why it is the one."""

    preset: Preset
    headers: tuple[str, ...] = ()
    """What gave it away; empty where the user named it."""


def choose(
    parts: Mapping[Table, tuple[Part, ...]], settings: SourceSettings
) -> dict[Table, Chosen]:
    """Return the preset of each input that has one.

    Args:
        parts: the inputs.
        settings: `preset` names one for the only input, or for the one of its kind.

    Raises:
        UsageError: the named preset doesn't exist, or two fit an input equally well.
    """
    if _is_off(settings):
        return {}
    found: dict[Table, Chosen] = {}
    forced = find(settings.preset, settings.preset_folder) if settings.preset else None
    if forced is not None:
        kind: Table = next(iter(parts)) if len(parts) == 1 else forced.kind
        if kind in parts:
            found[kind] = Chosen(_placed(forced, parts[kind]))
    own = users(settings.preset_folder)
    for kind, group in parts.items():
        # What was done about low scores comes from no help desk's export.
        if kind in found or kind == "outreach":
            continue
        headers = tuple(dict.fromkeys(h for part in group for h in part.headers))
        if match := recognise(headers, candidates(headers, own), group[0].shown):
            found[kind] = Chosen(match.preset, match.headers)
    return found


def _is_off(settings: SourceSettings) -> bool:
    return settings.preset is not None and fold(settings.preset) == NO_PRESET


def check_preset(settings: SourceSettings) -> None:
    """Check that the preset that was asked for exists.

    Raises:
        UsageError: it doesn't; the nearest one is named.
    """
    if settings.preset is not None and not _is_off(settings):
        find(settings.preset, settings.preset_folder)


def _placed(preset: Preset, parts: tuple[Part, ...]) -> Preset:
    """Return a preset that finds columns by position where none of its headers is there."""
    headers = parts[0].headers
    known = {fold(h) for names in preset.columns.values() for h in names}
    if not preset.positions or any(fold(h) in known for h in headers):
        return preset
    if len(headers) < len(preset.positions):
        return preset
    columns = {n: (h,) for n, h in zip(preset.positions, headers, strict=False) if n}
    return replace(preset, columns=columns)


def with_whole_ids(
    parts: tuple[Part, ...],
    mapping: dict[str, Headers],
    preset: Preset | None,
    overrides: Mapping[str, str],
) -> tuple[dict[str, Headers], list[Note]]:
    """Replace a column of ids that a spreadsheet has rounded by the one that the preset names."""
    notes: list[Note] = []
    for name, header in (preset.ids.instead if preset else {}).items():
        other = next((h for p in parts for h in p.headers if fold(h) == fold(header)), None)
        now = mapping.get(name)
        if other is None or now is None or now == other or name in overrides:
            continue
        if not _is_rounded(parts, mapping, name):
            continue
        mapping = {**mapping, name: other}
        text = (
            f"{parts[0].shown}: ids in {now!r} lost digits in a spreadsheet, so customers are told "
            f"apart by {other!r}"
        )
        notes.append(note("customer.by_email", text, "warning"))
    return mapping, notes


def _is_rounded(parts: tuple[Part, ...], mapping: Mapping[str, Headers], name: str) -> bool:
    for frame in text_cells(parts, mapping, [name]):
        cells = frame.select(pl.col(name)).drop_nulls().head(50 * FEWEST)
        if cells.select(pl.col(name).str.contains(SCIENTIFIC).any()).collect().item():
            return True
    return False


def remarks(chosen: Chosen, source: Source, settings: SourceSettings) -> Iterator[Note]:
    """Yield what the reader must know of a source that was read by a preset."""
    preset, shown = chosen.preset, source.paths[0]
    yield note("preset.recognised", f"{shown}: {_why(chosen)}")
    missing = [
        f"{name} ({why})"
        for name, why in preset.asks.items()
        if name not in source.mapping and name in columns_of(source.kind)
    ]
    if missing:
        text = f"{shown}: no known column for {'; '.join(missing)}; name it with --map"
        yield note("preset.asks", text)
    if preset.zone is None and settings.timezone is None and _has_naive_times(source):
        text = (
            f"{shown}: {preset.title} doesn't say its time zone; times are read as UTC, "
            "[source] timezone says otherwise"
        )
        yield note("timezone.assumed", text, "warning")


def _why(chosen: Chosen) -> str:
    read = f"read as {chosen.preset.title} (preset {chosen.preset.name})"
    if not chosen.headers:
        return f"{read}, as was asked"
    more = f" and {len(chosen.headers) - _NAMED} more" if len(chosen.headers) > _NAMED else ""
    named = ", ".join(chosen.headers[:_NAMED])
    return f"{read}, recognised by its headers {named}{more}; --preset {NO_PRESET} switches it off"


def _has_naive_times(source: Source) -> bool:
    readings = source.plan.readings
    return any(
        reading.is_typed or any(f.zone == "naive" for f in reading.formats)
        for name, reading in readings.items()
        if COLUMNS[name].kind == "instant"
    )


def mix_note(source: Source) -> list[Note]:
    """Return the note that counts the answers of a source by their scale, where it has several."""
    scoring = source.plan.scoring
    if not scoring.is_mixed:
        return []
    counts = (
        source.scan(["score", SCORE_SCALE])
        .group_by(SCORE_SCALE)
        .len()
        .drop_nulls()
        .sort("len", SCORE_SCALE, descending=[True, False])
        .collect()
    )
    if counts.height < 2:
        return []
    mix = ", ".join(f"{n:,} on {name}" for name, n in counts.iter_rows())
    text = (
        f"{source.paths[0]}: answers on several scales ({mix}) count as satisfied, neutral or "
        "unsatisfied, so there is no average"
    )
    return [note("scale.mixed", text, "warning")]
