"""How many low scores speak of each theme and carry each tag, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from csatkit.stats.contrast import difference_test
from csatkit.stats.intervals import Interval, wilson
from csatkit.stats.multiplicity import benjamini_hochberg

__all__ = [
    "FALSE_DISCOVERY_RATE",
    "PROCESS_FROM",
    "Counted",
    "Feedback",
    "Problem",
    "Theme",
    "count",
]

PROCESS_FROM = 0.20
"""Share of low-score comments from which a theme is a fault of the process (metrics.md §7)."""

FALSE_DISCOVERY_RATE = 0.1 / 3
"""Of themes, of tags and of words, each on their own: three lists, so that together a tenth is the
most by which something is named where nothing is. In one list the many themes that low scores do
speak of would lend their certainty to tags."""

LOWS = 20
"""Low-score comments below which no rule is applied: a quarter of eight says nothing."""

Rule = Literal["yes", "maybe", "no", "few"]
Kind = Literal["theme", "tag"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """The ratings looked at."""

    rated: int
    low: int
    comments: int
    low_comments: int
    """Low scores with anything written beside them."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme; shares are fractions."""

    label: str
    comments: int
    """Low-score comments that speak of it."""
    of_comments: Interval | None
    lows: int
    """Low scores that do, those by their tags alone included."""
    others: int
    """Ratings that aren't low and do."""
    rule: Rule


@dataclass(frozen=True, slots=True)
class Problem:
    """A theme or a tag among low scores and among the others."""

    kind: Kind
    name: str
    lows: int
    """Low scores with the tag, or that speak of the theme by their comment or a tag."""
    of_lows: Interval | None
    others: int
    is_beyond: bool
    """More frequent among low scores than among the others, beyond noise."""


@dataclass(frozen=True, slots=True)
class Counted:
    """All counts."""

    feedback: Feedback
    themes: tuple[Theme, ...]
    problems: tuple[Problem, ...]
    """Themes and tags of low scores, the most frequent first."""
    has_tags: bool


def count(
    rows: pl.DataFrame, labels: Sequence[str], level: float, min_n: int, *, has_tags: bool
) -> Counted:
    """Count themes and tags.

    Args:
        rows: one per rating, with `_low`, `_said`, `_tags` and `_theme.0` and so on.
        labels: of the themes, in their order.
        level: of the intervals.
        min_n: low scores below which a tag isn't named.
        has_tags: whether the export has any.
    """
    low, said = pl.col("_low"), pl.col("_said")
    sums = {
        "rated": pl.len(), "low": low.sum(), "comments": said.sum(),
        "low_comments": (low & said).sum(),
    }  # fmt: skip
    for i in range(len(labels)):
        hit = pl.col(f"_theme.{i}")
        sums[f"c{i}"] = (hit & low & said).sum()
        sums[f"l{i}"] = (hit & low).sum()
        sums[f"o{i}"] = (hit & ~low).sum()
    row: Mapping[str, int] = rows.select(**{k: e.cast(pl.Int64) for k, e in sums.items()}).row(
        0, named=True
    )
    feedback = Feedback(row["rated"], row["low"], row["comments"], row["low_comments"])
    themes = [
        Theme(
            label,
            row[f"c{i}"],
            wilson(row[f"c{i}"], feedback.low_comments, level),
            row[f"l{i}"],
            row[f"o{i}"],
            _rule(wilson(row[f"c{i}"], feedback.low_comments, level), feedback.low_comments),
        )
        for i, label in enumerate(labels)
    ]
    themes.sort(key=lambda t: (-t.comments, -t.lows, t.label))
    cells = [(t.label, t.lows, t.others) for t in themes if t.lows]
    problems = _problems("theme", cells, feedback, level, min_n)
    if has_tags:
        problems += _problems("tag", _of_tags(rows), feedback, level, min_n)
    problems.sort(key=lambda p: (-p.lows, p.kind, p.name))
    return Counted(feedback, tuple(themes), tuple(problems), has_tags)


def _rule(interval: Interval | None, n: int) -> Rule:
    """Apply the 20 % rule: `yes` and `no` where the whole interval lies on one side."""
    if interval is None or n < LOWS:
        return "few"
    if interval.low >= PROCESS_FROM:
        return "yes"
    return "no" if interval.high < PROCESS_FROM else "maybe"


def _of_tags(rows: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Return tags with the low scores and the other ratings that carry them."""
    low = pl.col("_low")
    counted = (
        rows.select("_tags", "_low")
        .explode("_tags")
        .filter(pl.col("_tags").is_not_null())
        .group_by("_tags")
        .agg(lows=low.sum().cast(pl.Int64), others=(~low).sum().cast(pl.Int64))
        .filter(pl.col("lows") > 0)
        .sort("_tags")
    )
    return list(counted.iter_rows())


def _problems(
    kind: Kind, cells: Sequence[tuple[str, int, int]], feedback: Feedback, level: float, min_n: int
) -> list[Problem]:
    """Judge the cells of one kind together (Benjamini-Hochberg)."""
    rest = feedback.rated - feedback.low
    tests = [difference_test(k, feedback.low, o, rest) for _, k, o in cells]
    p_values = [1.0 if t is None else t.p_value for t in tests]
    picked = benjamini_hochberg(p_values, FALSE_DISCOVERY_RATE).is_discovery
    return [
        Problem(
            kind, name, k, wilson(k, feedback.low, level), o,
            bool(yes and k >= min_n and rest and k * rest > o * feedback.low),
        )
        for (name, k, o), yes in zip(cells, picked, strict=True)
    ]  # fmt: skip
