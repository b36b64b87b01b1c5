"""Words and pairs of words that low-score comments use unusually often.

A comment counts once however often it says a word. Numbers, addresses and ids are cut out before
anything is counted, so that nobody can be found by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.contrasts import FALSE_DISCOVERY_RATE
from csatkit.stats.log_odds import log_odds
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.stats.normal import normal_cdf

__all__ = ["MOST_SHOWN", "Term", "terms"]

FEWEST = 5
"""Comments that must say a term: one customer's words aren't a pattern, and may name somebody."""

MOST_SHOWN = 12

BATCH = 200_000
"""Comments taken apart at a time; a batch's words are a few hundred megabytes."""

LONGEST = 40
"""Characters of a word; longer ones are keys, hashes or a cat on the keyboard."""

MOST_WORDS = 400
"""Words of a comment that are looked at."""

_PERSONAL = r"\S+@\S+|(?i:https?://|www\.)\S+|\S*[0-9_#/\\]\S*"
"""Addresses, links, and everything with a digit or a sign that ids are made of."""

_WORD = r"\p{L}[\p{L}\p{M}'’]*"
"""A single letter is a word, so that it keeps its neighbours apart; alone it isn't shown."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term, in how many low-score and in how many other comments it stands."""

    text: str
    low: int
    others: int
    log_odds: float
    z: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What stands out, the clearest first, and out of how many."""

    found: tuple[Term, ...]
    tried: int


def terms(rows: pl.DataFrame, hidden: Iterable[str] = ()) -> Terms:
    """Return the terms unusually frequent in low scores (Benjamini-Hochberg, 10 %).

    Args:
        rows: comments in `_text`, whether their score is low in `_low`.
        hidden: words that aren't shown: parts of names.
    """
    counted = _counted(rows)
    if counted.height == 0:
        return Terms((), 0)
    totals = int(counted["low"].sum()), int(counted["others"].sum())
    often = counted.filter(pl.col("low") + pl.col("others") >= FEWEST)
    secret = {w.casefold() for name in hidden for w in name.split()}
    if secret:
        said = often["term"].str.split(" ").list.eval(pl.element().is_in(list(secret))).list.any()
        often = often.filter(~said)
    often = often.sort("term")
    counts = list(often.select("low", "others").iter_rows())
    odds = log_odds(counts, totals) if counts else ()
    p_values = [normal_cdf(-o.z) for o in odds]
    picked = benjamini_hochberg(p_values, FALSE_DISCOVERY_RATE).is_discovery
    found = [
        Term(text, low, others, o.value, o.z)
        for text, (low, others), o, yes in zip(often["term"], counts, odds, picked, strict=True)
        if yes
    ]
    found.sort(key=lambda t: (-t.z, -len(t.text), t.text))
    return Terms(tuple(_distinct(found)), len(counts))


def _distinct(found: Iterable[Term]) -> list[Term]:
    """Drop words of a pair, and pairs with a word, that stand in the very same comments."""
    kept: list[Term] = []
    for term in found:
        words = set(term.text.split())
        twin = next(
            (t for t in kept if (t.low, t.others) == (term.low, term.others)
             and words & set(t.text.split())),
            None,
        )  # fmt: skip
        if twin is None:
            kept.append(term)
    return kept


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return in how many low-score and other comments each term stands."""
    said = rows.filter(pl.col("_text").is_not_null()).select("_text", "_low")
    parts = [_of_batch(part) for part in said.iter_slices(BATCH)]
    if not parts:
        return pl.DataFrame(schema={"term": pl.String, "low": pl.Int64, "others": pl.Int64})
    return pl.concat(parts).group_by("term").agg(pl.col("low", "others").sum())


def _of_batch(part: pl.DataFrame) -> pl.DataFrame:
    """Count a batch; words are numbers until their few distinct terms are written out."""
    text = pl.col("_text").str.to_lowercase().str.replace_all(_PERSONAL, " . ")
    pieces = text.str.extract_all(rf"{_WORD}|[.!?;:,]").list.head(MOST_WORDS)
    words = (
        part.with_row_index("_at")
        .select("_at", "_low", word=pieces)
        .explode("word")
        .filter(pl.col("word").str.len_chars() <= LONGEST)
    )
    names = words.select(pl.col("word").unique().sort()).with_row_index("code", offset=1)
    coded = words.join(names, on="word", how="left", maintain_order="left").select(
        "_at", "_low", pl.col("code").cast(pl.Int64)
    )
    marks = names.filter(~pl.col("word").str.contains(r"\p{L}"))["code"].cast(pl.Int64).to_list()
    letters = names.filter(pl.col("word").str.len_chars() < 2)["code"].cast(pl.Int64).to_list()
    code, after = pl.col("code"), pl.col("code").shift(-1)
    follows = (pl.col("_at") == pl.col("_at").shift(-1)) & ~code.is_in(marks) & ~after.is_in(marks)
    pairs = coded.select("_at", "_low", "code", after=pl.when(follows).then(after)).drop_nulls()
    single = coded.filter(~code.is_in(letters)).with_columns(after=pl.lit(0, dtype=pl.Int64))
    low = pl.col("_low")
    counted = (
        pl.concat([single, pairs])
        .unique(["_at", "code", "after"])
        .group_by("code", "after")
        .agg(low=low.sum().cast(pl.Int64), others=(~low).sum().cast(pl.Int64))
    )
    known = names.with_columns(pl.col("code").cast(pl.Int64))
    written = counted.join(known, on="code").join(
        known.rename({"code": "after", "word": "second"}), on="after", how="left"
    )
    return written.select(
        pl.concat_str("word", "second", separator=" ", ignore_nulls=True).alias("term"),
        "low",
        "others",
    )
