"""A whole source in one streaming pass: how full each column is, what fails, which checks are met.

Only sums come back, so a file larger than memory is no matter; the wide rows are never collected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from csatkit.analyses.doctor.checks import Check, checks
from csatkit.analyses.doctor.sight import SHOWN, Sight, clipped, headers_behind
from csatkit.facts.surveys import NOT_SENT
from csatkit.load import audit_expressions
from csatkit.load.canonical import plain_text
from csatkit.load.parts import Part

__all__ = ["Profile", "profile", "sample_of", "samples", "unsent"]

_FIRST = 200
"""Rows from which samples are taken before a column is searched for its first values."""


@dataclass(frozen=True)
class Profile:
    """What one pass over a source tells."""

    rows: int
    filled: Mapping[str, int]
    """Column → cells with a value, those that don't parse included."""
    bad: Mapping[str, int]
    """Column, or `load.RAGGED` → cells that don't parse."""
    first: Mapping[str, datetime | None]
    last: Mapping[str, datetime | None]
    """Column of instants → its latest value that isn't in the future."""
    silent: int
    """Surveys that were sent and not answered."""
    met: tuple[tuple[Check, int, int], ...]
    """Checks that some rows meet: how many, of how many."""

    def latest(self, names: Sequence[str]) -> datetime | None:
        """Return the latest instant of some columns."""
        known = [self.last[n] for n in names if self.last.get(n) is not None]
        return max((k for k in known if k is not None), default=None)


def unsent(sight: Sight) -> pl.Expr:
    """Tell which survey rows say that nothing was sent and hold no answer."""
    if not sight.source.has("survey_status"):
        return pl.lit(value=False)
    state = pl.col("survey_status").cast(pl.String)
    state = state.str.to_lowercase().str.replace_all(r"[\s_\-]", "")
    told = state.is_in(list(NOT_SENT)).fill_null(value=False)
    return told & pl.col("score").is_null() if sight.source.has("score") else told


def profile(sight: Sight) -> Profile:
    """Read a source once and return its sums.

    Raises:
        polars.exceptions.ComputeError: the file can't be read to its end.
    """
    names = sight.columns
    frame = sight.scan(names)
    asked = checks(sight)
    sums = [pl.len().alias("rows"), *(pl.col(n).count().alias(f"{n}|kept") for n in names)]
    for name in sight.instants:
        sums.append(pl.col(name).min().alias(f"{name}|first"))
        past = pl.when(pl.col(name) <= sight.future).then(pl.col(name))
        sums.append(past.max().alias(f"{name}|last"))
    score = pl.col("score").is_null() if sight.has("score") else pl.lit(value=False)
    sums.append((sight.is_survey() & score & ~unsent(sight)).sum().alias("silent"))
    for number, check in enumerate(asked):
        sums += check.counts(str(number))
    if "_bad" in frame.collect_schema():
        sums += audit_expressions(sight.source, names)
    row = frame.select(sums).collect(engine="streaming").row(0, named=True)
    bad = {n: int(row[f"n_bad|{n}"]) for n in sight.source.bad_columns if row.get(f"n_bad|{n}")}
    return Profile(
        rows=int(row["rows"]),
        filled={n: int(row[f"{n}|kept"]) + (bad.get(n, 0) if _is_lost(n) else 0) for n in names},
        bad=bad,
        first={n: row[f"{n}|first"] for n in sight.instants},
        last={n: row[f"{n}|last"] for n in sight.instants},
        silent=int(row["silent"]),
        met=tuple(
            (check, int(row[f"{i}|met"]), int(row[f"{i}|of"]))
            for i, check in enumerate(asked)
            if row[f"{i}|met"]
        ),
    )


def _is_lost(name: str) -> bool:
    """Tell whether a cell that doesn't parse is null; a rounded ticket id stays as it is."""
    return name != "ticket_id"


def samples(parts: Sequence[Part], headers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return up to three different cells of each header, from the first rows that have any."""
    found = {}
    first = _cells(parts, headers, _FIRST)
    for header in headers:
        cells = _distinct(first.get(header, []))
        if not cells:
            cells = _distinct(_late(parts, header))
        found[header] = cells
    return found


def _cells(parts: Sequence[Part], headers: Sequence[str], n: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in parts:
        here = [h for h in headers if h in part.headers]
        if not here:
            continue
        texts = [plain_text(pl.col(h), part.dtype(h)).alias(h) for h in here]
        for column in part.frame.head(n).select(texts).collect():
            found.setdefault(column.name, []).extend(column.drop_nulls().to_list())
    return found


def _late(parts: Sequence[Part], header: str) -> list[str]:
    """Return the first cells of a column that is empty at the top of the file."""
    for part in parts:
        if header in part.headers:
            cell = plain_text(pl.col(header), part.dtype(header)).alias(header)
            cells = part.frame.select(cell).filter(pl.col(header).str.strip_chars() != "")
            texts: list[str] = cells.head(SHOWN).collect(engine="streaming")[header].to_list()
            if texts:
                return texts
    return []


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    full = dict.fromkeys(clipped(c) for c in cells if c.strip())
    return tuple(full)[:SHOWN]


def sample_of(sight: Sight, name: str, cells: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the samples of a canonical column."""
    return tuple(c for h in headers_behind(sight.source, name) for c in cells.get(h, ()))
