"""When and how surveys go out, and who answers then: delays, channels, clicks by scanners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from csatkit.analyses.surveying.rows import share
from csatkit.render.values import number, quantity
from csatkit.render.values import span as bounds
from csatkit.report import Cell, Section, Table
from csatkit.stats.intervals import newcombe, wilson

__all__ = [
    "BANDS", "LATE", "SCANNER", "Band", "bands_of", "channel_section", "scanner_section",
    "timing_section", "ways_of",
]  # fmt: skip

BANDS: tuple[tuple[str, timedelta | None], ...] = (
    ("within 5 min", timedelta(minutes=5)),
    ("within 1 h", timedelta(hours=1)),
    ("within 2 h", timedelta(hours=2)),
    ("within 24 h", timedelta(hours=24)),
    ("later", None),
)
"""Delay from resolution to sending, each up to and including its end (metrics.md §8)."""

LATE = ("within 24 h", "later")

SCANNER = timedelta(seconds=45)
"""Answers up to so soon after sending are likelier a mail scanner's than a person's."""

REFERENCES = "45 % at once, 32 % within a day, 18 % later"
"""Response rates that the literature gives for the three moments (metrics.md §8)."""


@dataclass(frozen=True, slots=True)
class Band:
    """Surveys that have something in common, and what came of them."""

    names: tuple[str, ...]
    n: int
    answered: int
    rated: int
    satisfied: int


def _grouped(rows: pl.DataFrame, keys: Sequence[str]) -> list[Band]:
    found = rows.group_by(keys).agg(
        n=pl.col("is_survey").sum(),
        answered=(pl.col("is_survey") & pl.col("is_answered")).sum(),
        rated=pl.col("is_rating").sum(),
        satisfied=(pl.col("is_rating") & pl.col("is_satisfied")).sum(),
    )
    return [
        Band(tuple("(none)" if k is None else str(k) for k in row[: len(keys)]), *row[len(keys) :])
        for row in found.iter_rows()
    ]


def bands_of(rows: pl.DataFrame) -> list[Band]:
    """Return the surveys sent after the resolution by their delay, empty bands included."""
    delay = pl.col("sent_at") - pl.col("resolution_at")
    name = pl.lit(BANDS[-1][0])
    for label, end in reversed(BANDS[:-1]):
        name = pl.when(delay <= end).then(pl.lit(label)).otherwise(name)
    after = rows.filter(delay >= timedelta(0)).with_columns(_band=name)
    found = {b.names[0]: b for b in _grouped(after, ["_band"])}
    return [found.get(label, Band((label,), 0, 0, 0, 0)) for label, _ in BANDS]


def ways_of(rows: pl.DataFrame) -> list[Band]:
    """Return the surveys by channel and delivery, the largest first."""
    keys = [c for c in ("channel", "delivery") if rows.get_column(c).count()]
    return sorted(_grouped(rows, keys), key=lambda b: (-b.n, b.names)) if keys else []


_SHARES = {
    "surveys": "Surveys", "response_rate": "Answered", "response_interval": "Interval",
    "ratings": "Ratings", "csat": "CSAT", "csat_interval": "CSAT interval",
}  # fmt: skip


def _table(bands: Sequence[Band], headings: dict[str, str], level: float) -> Table:
    rows: list[dict[str, Cell]] = [
        {
            **dict(zip(headings, band.names, strict=True)),
            "surveys": band.n,
            **share(band.answered, band.n, level, ("response_rate", "response_interval")),
            "ratings": band.rated,
            **share(band.satisfied, band.rated, level, ("csat", "csat_interval")),
        }
        for band in bands
    ]
    return Table(
        {**headings, **_SHARES},
        tuple(rows),
        frozenset({"surveys", "ratings", "response_interval", "csat_interval"}),
        {"response_rate": "percent", "csat": "percent"},
    )


def timing_section(rows: pl.DataFrame, level: float) -> Section:
    """Return response rate and CSAT by the delay from resolution to sending."""
    title = "How soon surveys go out"
    bands = bands_of(rows)
    n = sum(b.n for b in bands)
    if not n:
        why = "no survey has both a sending and a resolution time, in order"
        return Section("timing", title, missing=why)
    early = sum(b.n for b in bands if b.names[0] not in LATE)
    found = wilson(early, n, level)
    assert found is not None
    text = (
        (
            f"{quantity(100 * early / n, 'percent')} "
            f"({bounds(100 * found.low, 100 * found.high, 'percent')}) go out within two hours "
            "of the "
            f"resolution, {number(early)} of {number(n)}."
        ),
        f"Elsewhere the response rate was {REFERENCES}: a reference, not your data.",
    )
    return Section("timing", title, text, tables=(_table(bands, {"delay": "Sent"}, level),))


def channel_section(rows: pl.DataFrame, level: float) -> Section:
    """Return response rate and CSAT by channel and delivery."""
    title = "Channels and delivery"
    bands = ways_of(rows)
    if not bands:
        return Section("channels", title, missing="neither channel nor delivery is known")
    names = {"channel": "Channel", "delivery": "Delivery"}
    known = {c: h for c, h in names.items() if rows.get_column(c).count()}
    return Section("channels", title, tables=(_table(bands, known, level),))


def scanner_section(rows: pl.DataFrame, level: float) -> Section:
    """Return CSAT with and without the answers that came sooner than a person answers."""
    title = "Answers within 45 seconds"
    wait = pl.col("responded_at") - pl.col("sent_at")
    timed = rows.filter(pl.col("is_rating") & (wait >= timedelta(0)))
    if not timed.height:
        why = "no answer has both a sending and an answering time"
        return Section("scanner", title, missing=why)
    ratings = rows.filter("is_rating")
    fast = timed.filter(wait <= SCANNER)
    groups = {
        "all ratings": (int(ratings.get_column("is_satisfied").sum()), ratings.height),
        "within 45 s": (int(fast.get_column("is_satisfied").sum()), fast.height),
    }
    (k, n), (k1, n1) = groups.values()
    groups["without them"] = (k - k1, n - n1)
    table = Table(
        {"group": "Ratings", "n": "n", "csat": "CSAT", "interval": "Interval"},
        tuple(
            {"group": name, "n": size, **share(hits, size, level, ("csat", "interval"))}
            for name, (hits, size) in groups.items()
        ),
        frozenset({"n", "interval"}),
        {"csat": "percent"},
    )
    return Section("scanner", title, (_scanned(groups, level),), tables=(table,))


def _scanned(groups: dict[str, tuple[int, int]], level: float) -> str:
    (k, n), (k1, n1), (k0, n0) = groups.values()
    if not n1:
        return "None: no sign of link scanners that answer for the customer."
    if not n0:
        return "All answers came within 45 seconds: the times may be wrong."
    moved = 100 * (k / n - k0 / n0)
    difference = newcombe(k1, n1, k0, n0, level)
    assert difference is not None
    apart = "differ from" if difference.low > 0 or difference.high < 0 else "can't be told from"
    return (
        f"{number(n1)} of {number(n)} ratings came within 45 seconds of sending, sooner than most "
        f"people read; mail scanners open links so fast. They move CSAT by "
        f"{quantity(moved, 'points')} and {apart} the others."
    )
