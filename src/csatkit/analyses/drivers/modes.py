"""Three ways in which service fails: customers come back, are passed on, or wait.

Each is a union of drivers, so that a ticket that fails twice in one way counts once. Where a mode
concentrates is told on all mature tickets, rated or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.contrasts import FALSE_DISCOVERY_RATE, HOMOGENEOUS_FROM
from csatkit.analyses.drivers.associating import Association, Model, associate
from csatkit.analyses.drivers.design import Factor
from csatkit.analyses.drivers.gathering import Gathered, rows_of
from csatkit.analyses.workspace import Workspace
from csatkit.facts.drivers import Driver
from csatkit.metrics import CATALOG
from csatkit.profiles import bands
from csatkit.schema import DIMENSIONS
from csatkit.stats.contrast import difference_test, homogeneity_test
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.totals import Key
from csatkit.totals.patterns import Pattern

__all__ = ["MODES", "Concentration", "Mode", "NextBand", "concentrations", "mode_model",
           "mode_rows", "next_band"]  # fmt: skip


Strata = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Mode:
    """A failure mode and the drivers that make it up."""

    id: str
    label: str
    drivers: tuple[str, ...]


MODES = (
    Mode("re-contact", "Re-contact", ("repeat", "reopened", "further_contacts")),
    Mode("channel-friction", "Channel friction", ("transferred", "channel_change")),
    Mode("response-time", "Response time", ("late_response",)),
)
"""metrics.md §6 "Three failure modes"."""

_PEOPLE = frozenset({"agent"})
"""Not scanned: whose tickets fail depends on which ones they are given."""

MOST_SHOWN = 3
"""Segments that are told per mode."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """A segment that has more of a mode than the rest."""

    mode: Mode
    dim: str
    segment: str | None
    affected: int
    """Affected tickets of the segment."""
    n: int
    """Its tickets in which the mode is known."""
    all_affected: int
    all_n: int
    p_value: float

    @property
    def share_of_affected(self) -> float:
        """Return the part of all affected tickets that lies here."""
        return self.affected / self.all_affected

    @property
    def share_of_all(self) -> float:
        """Return the part of all tickets that lies here."""
        return self.n / self.all_n


def parts_of(mode: Mode, drivers: Sequence[Driver]) -> list[Driver]:
    """Return the drivers of a mode that are measured."""
    return [d for d in drivers if d.id in mode.drivers]


def mode_model(found: Gathered, ws: Workspace, *, judged: bool) -> Model | None:
    """Return the modes in one regression, None where no driver of any is measured."""
    known = [(mode, parts) for mode in MODES if (parts := parts_of(mode, found.drivers))]
    if not known:
        return None
    united = _united(found.patterns, [_union(found, parts) for _, parts in known])
    factors = [
        Factor(mode.id, mode.label, [p.levels[i] for p in united])
        for i, (mode, _) in enumerate(known)
    ]
    return associate(united, factors, ws.settings, judged=judged)


def _united(patterns: Sequence[Pattern], levels: Sequence[Sequence[int | None]]) -> list[Pattern]:
    """Return the patterns by other levels, those that are alike then as one."""
    n: Counter[tuple[Strata, tuple[int | None, ...]]] = Counter()
    k: Counter[tuple[Strata, tuple[int | None, ...]]] = Counter()
    for p, own in zip(patterns, zip(*levels, strict=True), strict=True):
        n[p.strata, own] += p.n
        k[p.strata, own] += p.k
    return [Pattern(strata, own, n[strata, own], k[strata, own], {}) for strata, own in n]


def _union(found: Gathered, parts: Sequence[Driver]) -> list[int | None]:
    """Return 1 where any part is affected, 0 where one is known and none affected."""
    levels = zip(*(found.levels_of(d.id) for d in parts), strict=True)
    firsts = [d.first_affected for d in parts]
    united: list[int | None] = []
    for values in levels:
        known = [v >= first for v, first in zip(values, firsts, strict=True) if v is not None]
        united.append(int(any(known)) if known else None)
    return united


def mode_rows(parts: Sequence[Driver]) -> tuple[pl.Expr, pl.Expr]:
    """Return whether a row is affected by any part, and whether that is known."""
    affected = [(pl.col(f"level.{d.id}") >= d.first_affected).fill_null(value=False) for d in parts]
    known = [pl.col(f"level.{d.id}").is_not_null() for d in parts]
    return pl.any_horizontal(affected), pl.any_horizontal(known)


def concentrations(
    ws: Workspace, found: Gathered, modes: Sequence[Association]
) -> list[Concentration]:
    """Return where the given modes concentrate, the strongest first, a few per mode.

    Every segment is compared with the rest; what is told survives Benjamini-Hochberg over all
    comparisons, out of tables that differ beyond chance. It takes at least `min_n` affected.
    """
    chosen = {a.id for a in modes}
    parts = {m: ps for m in MODES if m.id in chosen and (ps := parts_of(m, found.drivers))}
    dims = [
        d for d in DIMENSIONS if d not in _PEOPLE and ws.lacks_dimension("tickets", (d,)) is None
    ]
    if not parts or not dims or ws.facts.tickets is None:
        return []
    counted = _counted(ws, found, parts, dims)
    tried: list[Concentration] = []
    for mode in parts:
        for dim in dims:
            tried += _of_table(ws, mode, dim, counted[dim])
    picked = benjamini_hochberg([c.p_value for c in tried], FALSE_DISCOVERY_RATE).is_discovery
    least = max(ws.settings.min_n, 1)
    kept = [
        c
        for c, yes in zip(tried, picked, strict=True)
        if yes and c.affected >= least and c.share_of_affected > c.share_of_all
    ]
    kept.sort(key=lambda c: (c.share_of_all - c.share_of_affected, c.dim, str(c.segment)))
    return [c for m in parts for c in [k for k in kept if k.mode is m][:MOST_SHOWN]]


def _counted(
    ws: Workspace, found: Gathered, parts: Mapping[Mode, Sequence[Driver]], dims: Sequence[str]
) -> dict[str, list[dict[str, object]]]:
    """Return dimension → rows of affected and known tickets per segment, in one execution."""
    drivers = {d.id: d for ps in parts.values() for d in ps}
    rows = rows_of(ws, CATALOG["fcr"], drivers, found.span, dims).filter("is_mature")
    sums = []
    for mode, ps in parts.items():
        affected, known = mode_rows(ps)
        sums += [
            affected.sum().cast(pl.Int64).alias(f"{mode.id}.k"),
            known.sum().cast(pl.Int64).alias(f"{mode.id}.n"),
        ]
    # One pass over the rows; what comes out is as small as the combinations that occur.
    names = [f"_d{i}" for i in range(len(dims))]
    keys = [pl.col(name).cast(pl.String) for name in names]
    cells = ws.summed(rows.group_by(keys).agg(sums), *names)
    totals = pl.exclude(names).sum()
    return {
        dim: cells.group_by(pl.col(name).alias("segment")).agg(totals).sort("segment").to_dicts()
        for dim, name in zip(dims, names, strict=True)
    }


def _of_table(
    ws: Workspace, mode: Mode, dim: str, rows: Sequence[Mapping[str, object]]
) -> list[Concentration]:
    cells = [(int(str(r[f"{mode.id}.k"])), int(str(r[f"{mode.id}.n"]))) for r in rows]
    all_k, all_n = (sum(column) for column in zip(*cells, strict=True)) if cells else (0, 0)
    test = homogeneity_test(cells)
    if not all_k or test is None or test.p_value >= HOMOGENEOUS_FROM:
        return []
    result = []
    for row, (k, n) in zip(rows, cells, strict=True):
        against = difference_test(k, n, all_k - k, all_n - n) if n and all_n - n else None
        if against is not None:
            key: Key = (row["segment"],)  # type: ignore[assignment]
            segment = ws.label((dim,), key)[dim]
            result.append(Concentration(mode, dim, segment, k, n, all_k, all_n, against.p_value))
    return result


@dataclass(frozen=True, slots=True)
class NextBand:
    """The band above today's CSAT, and how far it is."""

    name: str
    start: float
    """Percent."""
    points: float
    """Percentage points from today's value."""


def next_band(value: float | None, profile: str) -> NextBand | None:
    """Return the next band above a CSAT in percent; None in the highest one or without a value."""
    if value is None:
        return None
    above = [b for b in bands(profile) if b.metric == "csat" and b.start > value]
    return NextBand(above[0].name, above[0].start, above[0].start - value) if above else None
