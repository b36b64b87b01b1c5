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
    "Compared",
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
class Compared:
    """Low scores and other ratings of one kind: k of n with the theme or tag."""

    k: int
    n: int
    others_k: int
    others_n: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A theme or a tag among low scores and among the others."""

    kind: Kind
    name: str
    lows: int
    """Low scores with the tag, or that speak of the theme by their comment or a tag."""
    of_lows: Interval | None
    compared: Compared
    """Of a tag all ratings, of a theme those that can speak of it."""
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
        rows: one per rating, with `_low`, `_said`, `_theme.0` and so on, and `_tags` if there are.
        labels: of the themes, in their order.
        level: of the intervals.
        min_n: low scores below which a tag isn't named.
        has_tags: whether the export has any.
    """
    row = _sums(rows, len(labels), has_tags=has_tags)
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
    spoken = [
        (label, row[f"l{i}"], _heard(row, i)) for i, label in enumerate(labels) if row[f"l{i}"]
    ]
    problems = _problems("theme", spoken, feedback, level, min_n)
    if has_tags:
        rest = feedback.rated - feedback.low
        tagged = [(t, k, Compared(k, feedback.low, o, rest)) for t, k, o in _of_tags(rows)]
        problems += _problems("tag", tagged, feedback, level, min_n)
    problems.sort(key=lambda p: (-p.lows, p.kind, p.name))
    return Counted(feedback, tuple(themes), tuple(problems), has_tags)


def _sums(rows: pl.DataFrame, themes: int, *, has_tags: bool) -> Mapping[str, int]:
    """Return the ratings of every kind, and how many of them speak of each theme."""
    low, said = pl.col("_low"), pl.col("_said")
    has_tag = pl.col("_tags").list.len().fill_null(0) > 0 if has_tags else pl.lit(value=False)
    tagged = ~said & has_tag
    sums = {
        "rated": pl.len(), "low": low.sum(), "comments": said.sum(),
        "low_comments": (low & said).sum(), "tagged": tagged.sum(),
        "low_tagged": (low & tagged).sum(),
    }  # fmt: skip
    for i in range(themes):
        hit = pl.col(f"_theme.{i}")
        sums[f"c{i}"] = (hit & low & said).sum()
        sums[f"l{i}"] = (hit & low).sum()
        sums[f"o{i}"] = (hit & ~low).sum()
        sums[f"oc{i}"] = (hit & ~low & said).sum()
    return rows.select(**{k: e.cast(pl.Int64) for k, e in sums.items()}).row(0, named=True)


def _heard(row: Mapping[str, int], i: int) -> Compared:
    """Return a theme among the ratings that can speak of it.

    Who is unhappy writes more often, so among all ratings every theme would go with low scores.
    The ratings with a comment are compared or, where most low scores have the theme by their tags
    alone, those with tags and no comment; never both at once, which would mix the two again.
    """
    said, mute = row[f"c{i}"], row[f"l{i}"] - row[f"c{i}"]
    if said >= mute:
        others = row["comments"] - row["low_comments"]
        return Compared(said, row["low_comments"], row[f"oc{i}"], others)
    others = row["tagged"] - row["low_tagged"]
    return Compared(mute, row["low_tagged"], row[f"o{i}"] - row[f"oc{i}"], others)


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
    kind: Kind,
    cells: Sequence[tuple[str, int, Compared]],
    feedback: Feedback,
    level: float,
    min_n: int,
) -> list[Problem]:
    """Judge the cells of one kind together (Benjamini-Hochberg)."""
    tests = [difference_test(c.k, c.n, c.others_k, c.others_n) for _, _, c in cells]
    p_values = [1.0 if t is None else t.p_value for t in tests]
    picked = benjamini_hochberg(p_values, FALSE_DISCOVERY_RATE).is_discovery
    return [
        Problem(
            kind, name, lows, wilson(lows, feedback.low, level), c,
            bool(yes and c.k >= min_n and c.others_n and c.k * c.others_n > c.others_k * c.n),
        )
        for (name, lows, c), yes in zip(cells, picked, strict=True)
    ]  # fmt: skip
