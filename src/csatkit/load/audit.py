"""What didn't parse, and whether the run may go on.

Counting is left to the caller's own pass where there is one: `audit_expressions` are aggregates
over a frame from `Source.scan`, `judge` reads their row. All problems of a file are reported at
once, each with its count, its first rows and the option that mends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from csatkit.errors import InputError
from csatkit.load.canonical import CHECKED_IDS, RAGGED
from csatkit.load.source import Source
from csatkit.load.zones import is_utc, n_ambiguous, n_nonexistent
from csatkit.report import Note
from csatkit.schema import COLUMNS

__all__ = ["audit", "audit_expressions", "check_parsing", "judge", "zone_notes"]

MOST_BAD = 0.01
"""Share of a column's values that may fail to parse (metrics.md §2)."""

_EXAMPLES = 3

_LISTED = 8
"""Different scores off the scale that a message names: enough to see what scale it is."""

_LOOKED_AT = 5_000
"""Scores off the scale that are counted for a message."""

Example = tuple[str, int, str]
"""Path, line and cell of a value that doesn't parse."""


def audit_expressions(source: Source, columns: Iterable[str]) -> list[pl.Expr]:
    """Return one-row aggregates over `source.scan(columns)`: what failed of how many values.

    They are named `n_bad|column` and `n_present|column`. A frame without `_bad` can't fail; ask
    its schema first.
    """
    names = {*columns}
    found: list[pl.Expr] = []
    for bit, name in enumerate(source.bad_columns):
        if name != RAGGED and name not in names:
            continue
        failed = (pl.col("_bad") & (1 << bit)) != 0
        n_bad = failed.sum()
        kept = pl.len() if name == RAGGED else (pl.col(name).is_not_null() & ~failed).sum()
        n_present = kept if name == RAGGED else kept + n_bad
        found += [n_bad.alias(f"n_bad|{name}"), n_present.alias(f"n_present|{name}")]
    return found


def judge(source: Source, row: Mapping[str, object], *, strict: bool = False) -> tuple[Note, ...]:
    """Return the notes that the counts of `audit_expressions` ask for.

    Raises:
        InputError: too much of a column doesn't parse, or an id has lost digits.
    """
    counts = {
        name: (_int(row[f"n_bad|{name}"]), _int(row[f"n_present|{name}"]))
        for name in source.bad_columns
        if f"n_bad|{name}" in row
    }
    failing = [name for name, (n_bad, _) in counts.items() if n_bad]
    examples = {name: _examples(source, name) for name in failing}
    return check_parsing(source, counts, examples, strict=strict)


def audit(
    source: Source, columns: Iterable[str] | None = None, *, strict: bool = False
) -> tuple[Note, ...]:
    """Count what doesn't parse in one pass over the source, and judge it.

    Args:
        source: the input.
        columns: canonical columns to look at; default all that are mapped.
        strict: any value that doesn't parse is an error.

    Raises:
        InputError: see `judge`.
    """
    names = [
        n
        for n in (source.mapping if columns is None else columns)
        if source.has(n) and n in source.bad_columns
    ]
    frame = source.scan(names)
    notes: tuple[Note, ...] = ()
    if "_bad" in frame.collect_schema():
        counted = frame.select(audit_expressions(source, names)).collect(engine="streaming")
        notes = judge(source, counted.row(0, named=True), strict=strict)
    return notes + zone_notes(source)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _examples(source: Source, name: str) -> list[Example]:
    bit = 1 << source.bad_columns.index(name)
    frame = source.scan([] if name == RAGGED else [name])
    failed = frame.filter((pl.col("_bad") & bit) != 0).select("_row")
    rows = failed.head(_EXAMPLES).collect(engine="streaming")
    headers = source.mapping.get(name, ())
    wanted = [headers] if isinstance(headers, str) else list(headers)
    cells = source.rows(rows["_row"].to_list())
    return [
        (row["_path"], row["_line"], " ".join(row[h] or "" for h in wanted).strip())
        for row in cells.iter_rows(named=True)
    ]


def check_parsing(
    source: Source,
    bad_counts: Mapping[str, tuple[int, int]],
    examples: Mapping[str, Sequence[Example]],
    *,
    strict: bool = False,
) -> tuple[Note, ...]:
    """Return a note per column with values that don't parse, or raise for all that fail too often.

    Args:
        source: the input.
        bad_counts: name from `source.bad_columns` → (values that don't parse, values present).
        examples: the same names → first examples.
        strict: any value that doesn't parse is an error.

    Raises:
        InputError: more than 1 % of a column's values don't parse (with `strict` any), a ticket id
            is in scientific notation, or a line has more fields than the header.
    """
    errors, hints, notes = [], [], []
    for name, (n_bad, n_present) in bad_counts.items():
        if not n_bad:
            continue
        text, hint = _described(source, name, n_bad, n_present, examples.get(name, ()))
        if name == "customer_id":
            notes.append(Note("warning", "customer.scientific", text))
        elif strict or name in {RAGGED, "ticket_id"} or n_bad > MOST_BAD * n_present:
            errors.append(text)
            hints.append(hint)
        else:
            notes.append(Note("warning", "value.unparseable", text))
    if errors:
        raise InputError("; ".join(errors), " ".join(dict.fromkeys(hints)))
    return tuple(notes)


def _described(
    source: Source, name: str, n_bad: int, n_present: int, examples: Sequence[Example]
) -> tuple[str, str]:
    """Return what is wrong with a column and what mends it."""
    several = len(source.paths) > 1
    where = ", ".join(
        f"{path + ' ' if several else ''}row {line}: {cell!r}" for path, line, cell in examples
    )
    if name == RAGGED:
        lines = ", ".join(f"{path + ' ' if several else ''}{line}" for path, line, _ in examples)
        return (
            f"{source.paths[0]}: {n_bad:,} rows have more fields than the header, first: {lines}",
            "A cell that holds the delimiter must be quoted; export the file again.",
        )
    headers = source.mapping[name]
    header = headers if isinstance(headers, str) else "+".join(headers)
    if name in CHECKED_IDS:
        fate = "" if name == "ticket_id" else ", which can't be linked to their other tickets"
        text = (
            f"{source.paths[0]}, column {header!r}: {n_bad:,} of {n_present:,} ids lost digits in "
            f"a spreadsheet{fate} ({where})"
        )
        return text, "Export again and keep the ids as text."
    expected, hint = _expected(source, name)
    if COLUMNS[name].kind == "score":
        where = f"{_met(source, name)}; {where}"
    text = (
        f"{source.paths[0]}, column {header!r} ({name}): {n_bad:,} of {n_present:,} values don't "
        f"parse as {expected} ({where})"
    )
    return text, hint


def _met(source: Source, name: str) -> str:
    """Return which values of a score column lie off its scale, the most frequent first."""
    headers = source.mapping[name]
    header = headers if isinstance(headers, str) else headers[0]
    bit = 1 << source.bad_columns.index(name)
    failed = source.scan([name]).filter((pl.col("_bad") & bit) != 0).select("_row")
    rows = failed.head(_LOOKED_AT).collect(engine="streaming")["_row"].to_list()
    cells = source.rows(rows).select(pl.col(header).str.strip_chars())
    counts = cells.group_by(header).len().sort(["len", header], descending=[True, False])
    listed = ", ".join(f"{cell!r} {n:,} times" for cell, n in counts.head(_LISTED).iter_rows())
    return listed + (f" and {counts.height - _LISTED} more" if counts.height > _LISTED else "")


def _expected(source: Source, name: str) -> tuple[str, str]:
    kind = COLUMNS[name].kind
    if kind == "instant":
        reading = source.date_readings.get(name, "unreadable")
        shown = "a date" if reading == "unreadable" else f"a date written {reading}"
        return shown, f"Say how dates are written with --date-format, or --map {name}=HEADER."
    if kind == "score":
        scale = source.scale.name if source.scale else "1-5"
        return (
            f"a score on the scale {scale}",
            (
                "Declare the scale, for example --scale 1-10, --scale 0-10 or --scale good-bad, or "
                "say what the values stand for with [source.labels]."
            ),
        )
    what = "a whole number" if kind == "count" else "yes or no"
    return what, f"Name another column with --map {name}=HEADER, or none with --map {name}= ."


def zone_notes(source: Source) -> tuple[Note, ...]:
    """Return notes about wall-clock times that occur twice or never in the source's zone.

    Costs a pass over the naive times; nothing where the zone is UTC.
    """
    if is_utc(source.timezone):
        return ()
    naive = [
        name
        for name in source.mapping
        if COLUMNS[name].kind == "instant"
        and all(f.zone == "naive" for f in source.plan.readings[name].formats)
    ]
    # Read as UTC, the instants are the wall-clock times themselves.
    walls = replace(source, plan=replace(source.plan, zone="UTC")).scan(naive)
    zone = source.timezone
    counts = walls.select(
        twice=pl.sum_horizontal(n_ambiguous(pl.col(n), zone) for n in naive),
        never=pl.sum_horizontal(n_nonexistent(pl.col(n), zone) for n in naive),
    ).collect(engine="streaming")
    twice, never = counts.row(0)
    notes = []
    if twice:
        text = f"{twice:,} times occur twice in {zone} (clocks went back); the earlier one is taken"
        notes.append(Note("info", "timezone.ambiguous", text))
    if never:
        text = f"{never:,} times don't occur in {zone} (clocks went forward); moved forward"
        notes.append(Note("info", "timezone.nonexistent", text))
    return tuple(notes)
