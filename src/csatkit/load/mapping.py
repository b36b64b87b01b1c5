"""Headers → canonical columns.

What the user says wins, then a header that is the canonical name, then the aliases in their order.
One header never serves two canonical columns. Nothing here looks at values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from csatkit.errors import InputError, UsageError, nearest
from csatkit.load.preset import Preset
from csatkit.schema import COLUMNS, SURVEYS, Table, columns_of, fold

__all__ = ["Headers", "check_overrides", "map_columns", "require_shape"]

Headers: TypeAlias = str | tuple[str, str]
"""The header of a canonical column, or those of its date and its time."""

# In a survey tool's export these name the survey, not the ticket.
_NOT_IN_SURVEYS = frozenset({"id", "number"})

_TIMESTAMPS: Mapping[Table, tuple[str, ...]] = {
    "tickets": ("created_at", "responded_at"),
    "surveys": ("responded_at", "sent_at", "created_at"),
    "outreach": ("outreach_at", "second_score_at"),
}

_COUNTED = re.compile(
    r"(surveyed|good|bad)satisfactiontickets|#?(of)?tickets|tickets?count|numberoftickets|"
    r"ticketsreceived|count\(.*\)|countof.*"
)
"""Folded headers of columns that count tickets: such rows are sums already."""


def map_columns(
    kind: Table,
    headers: tuple[str, ...],
    overrides: Mapping[str, str],
    preset: Preset | None = None,
) -> dict[str, Headers]:
    """Return canonical column → header(s) for one file, in canonical order.

    Args:
        kind: what the rows are.
        headers: of the file.
        overrides: what the user says; an empty header unmaps.
        preset: what is known of the export; general names only fill what it leaves open.
    """
    known = columns_of(kind)
    by_fold: dict[str, str] = {}
    for header in headers:
        by_fold.setdefault(fold(header), header)
    chosen: dict[str, Headers] = {}
    for name in (n for n in known if overrides.get(n)):
        if found := _find(overrides[name], headers, by_fold):
            chosen[name] = found
    closed = {name for name, wanted in overrides.items() if not wanted}
    if preset is not None:
        open_names = [n for n in known if n not in chosen and n not in closed]
        _fill_by_preset(preset, open_names, headers, by_fold, chosen)
        closed |= set(preset.ignore)
    taken = _used(chosen)
    # First every header that is a canonical name, then the aliases: a header `number` isn't the
    # ticket's where another one is called `ticket_id`.
    for with_aliases in (False, True):
        for name in known:
            if name in chosen or name in closed or _is_foreign(preset, name, with_aliases):
                continue
            words = _aliases(kind, name) if with_aliases else (name,)
            near = (by_fold[fold(w)] for w in words if fold(w) in by_fold)
            free = next((h for h in near if h not in taken), None)
            if free:
                chosen[name] = free
                taken.add(free)
    return {name: chosen[name] for name in known if name in chosen}


def _used(chosen: Mapping[str, Headers]) -> set[str]:
    return {h for hs in chosen.values() for h in ((hs,) if isinstance(hs, str) else hs)}


def _fill_by_preset(
    preset: Preset,
    names: Iterable[str],
    headers: tuple[str, ...],
    by_fold: Mapping[str, str],
    chosen: dict[str, Headers],
) -> None:
    """Add to `chosen` what the preset knows; the first header that is there and free wins."""
    taken = _used(chosen)
    for name in names:
        for wanted in preset.columns.get(name, ()):
            found = _find(wanted, headers, by_fold)
            if found is not None and taken.isdisjoint(_used({name: found})):
                chosen[name] = found
                taken |= _used({name: found})
                break


def _is_foreign(preset: Preset | None, name: str, with_aliases: bool) -> bool:
    """Tell whether a general name must not serve, as it means something else in this export.

    In a ticket system's own columns a comment is the agent's or the requester's, not the answer to
    a survey, and the score of a survey tool is found by its values.
    """
    if preset is None:
        return False
    if name == "score" and preset.scoring.search:
        return True
    if preset.kind == "tickets" and name in SURVEYS:
        return with_aliases or name == "comment"
    return False


def _aliases(kind: Table, name: str) -> Iterable[str]:
    aliases = COLUMNS[name].aliases
    if kind == "surveys" and name == "ticket_id":
        return tuple(a for a in aliases if a not in _NOT_IN_SURVEYS)
    return aliases


def _find(wanted: str, headers: tuple[str, ...], by_fold: Mapping[str, str]) -> Headers | None:
    if wanted in headers:
        return wanted
    if header := by_fold.get(fold(wanted)):
        return header
    for plus in re.finditer(r"\+", wanted):
        date = _find(wanted[: plus.start()], headers, by_fold)
        time = _find(wanted[plus.end() :], headers, by_fold)
        if isinstance(date, str) and isinstance(time, str):
            return date, time
    return None


def check_overrides(overrides: Mapping[str, str], headers: Iterable[str]) -> None:
    """Check that every mapped name is canonical and every header stands in one of the files.

    Raises:
        UsageError: a name is unknown; the nearest one is named.
    """
    names = tuple(headers)
    by_fold = {fold(h): h for h in names}
    for canonical, wanted in overrides.items():
        if canonical not in COLUMNS:
            raise UsageError.unknown("canonical column", canonical, COLUMNS)
        if wanted and _find(wanted, names, by_fold) is None:
            raise UsageError.unknown("header", wanted, names)


def require_shape(
    kind: Table, shown: str, headers: tuple[str, ...], mapping: Mapping[str, Headers]
) -> None:
    """Check that rows are tickets or surveys and carry a time.

    Raises:
        InputError: the rows are sums over tickets, or no column holds a needed timestamp.
    """
    counted = [h for h in headers if _COUNTED.fullmatch(fold(h))]
    if counted and "ticket_id" not in mapping:
        raise InputError(
            f"{shown} holds sums, not single {kind}: the column {counted[0]!r} counts tickets",
            "Export one row per ticket, with its id and its times.",
        )
    needed = _TIMESTAMPS[kind]
    if not any(name in mapping for name in needed):
        raise InputError(
            f"{shown} has no column for {' or '.join(needed)}; "
            f"its columns are {', '.join(headers)}",
            _hint(needed, headers),
        )


def _hint(needed: Iterable[str], headers: tuple[str, ...]) -> str:
    tries = []
    for name in needed:
        by_word = dict.fromkeys((name, *COLUMNS[name].aliases), name)
        near = [h for h in headers if nearest(fold(h), map(fold, by_word))]
        tries += [f'--map "{name}={header}"' for header in near]
    first = next(iter(needed))
    return f"Say which one it is, for example {' or '.join(tries) or f'--map {first}=HEADER'}."
