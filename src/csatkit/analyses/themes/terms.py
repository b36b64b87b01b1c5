"""Words and pairs of words that low-score comments use unusually often.

A comment counts once however often it says a word. Numbers, addresses and ids are cut out before
anything is counted, so that nobody can be found by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.themes.counting import FALSE_DISCOVERY_RATE
from csatkit.stats.log_odds import log_odds
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.stats.normal import normal_cdf

__all__ = ["MOST_SHOWN", "Term", "Terms", "saying", "terms"]

FEWEST = 5
"""Comments that must say a term: one customer's words aren't a pattern, and may name somebody."""

MOST_SHOWN = 12

BATCH = 40_000
"""Comments taken apart at a time: their numbers, and those of their words, fit into one integer."""

FOLD = 8
"""Batches whose counts are held before they are added up."""

LONGEST = 40
"""Characters of a word; longer ones are keys, hashes or a cat on the keyboard."""

MOST_WORDS = 400
"""Words of a comment that are looked at."""

_PERSONAL = r"\S+@\S+|(?i:https?://|www\.)\S+|\S*[0-9_#/\\]\S*"
"""Addresses, links, and everything with a digit or a sign that ids are made of."""

_WORD = r"\p{L}[\p{L}\p{M}'’]*"
"""A single letter is a word, so that it keeps its neighbours apart; alone it isn't shown."""


_TEXTS = 1 << 16
"""More than the texts of a batch."""

_WORDS = 1 << 24
"""More than the words of a batch, `BATCH` times `MOST_WORDS`; twice and `_TEXTS` make 64 bits."""


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
    """Return the terms unusually frequent in low scores (Benjamini-Hochberg, 3.3 %).

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
    held = [pl.DataFrame(schema={"term": pl.String, "low": pl.Int64, "others": pl.Int64})]
    for part in said.iter_slices(BATCH):
        held.append(_of_batch(part))
        if len(held) > FOLD:
            held = [_added(held)]
    return _added(held)


def _added(held: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(held).group_by("term").agg(pl.col("low", "others").sum())


def saying(rows: pl.DataFrame, term: str) -> pl.DataFrame:
    """Return the rows whose comment says a term: the same words as `terms` counts.

    Args:
        rows: with `_text`, null where nothing was said.
        term: a word, or two that stand side by side.
    """
    wanted = term.lower().split()
    if not 1 <= len(wanted) <= 2:
        return rows.clear()
    found = [rows.clear()]
    for part in rows.filter(pl.col("_text").is_not_null()).iter_slices(BATCH):
        words, stands = _taken_apart(part.get_column("_text"))
        codes = dict(words.iter_rows())
        first, second = codes.get(wanted[0]), codes.get(wanted[-1]) if len(wanted) > 1 else 0
        if first is not None and second is not None:
            hits = stands.filter(pl.col("term") == first * _WORDS + second)
            found.append(part[hits.get_column("at").sort()])
    return pl.concat(found)


def _of_batch(part: pl.DataFrame) -> pl.DataFrame:
    """Count a batch; words are numbers until their few distinct terms are written out."""
    words, stands = _taken_apart(part.get_column("_text"))
    low = pl.col("low")
    counted = (
        stands.with_columns(part.get_column("_low").gather(stands.get_column("at")).alias("low"))
        .group_by("term")
        .agg(low=low.sum().cast(pl.Int64), others=(~low).sum().cast(pl.Int64))
        .with_columns(code=pl.col("term") // _WORDS, after=pl.col("term") % _WORDS)
        .drop("term")
    )
    written = counted.join(words, on="code").join(
        words.rename({"code": "after", "word": "second"}), on="after", how="left"
    )
    return written.select(
        pl.concat_str("word", "second", separator=" ", ignore_nulls=True).alias("term"),
        "low",
        "others",
    )


def _taken_apart(text: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the words with their numbers, and which terms each text says, each once.

    A term is a word, or two words with no other sign between them; its number is that of the first
    word times `_WORDS` plus that of the second, 0 where there is none.

    Args:
        text: at most `BATCH` comments.

    Returns:
        `word` and `code`; `term` and `at`, the place of the text.
    """
    plain = pl.col("_text").str.to_lowercase().str.replace_all(_PERSONAL, " . ")
    pieces = plain.str.extract_all(rf"{_WORD}|[.!?;:,]").list.head(MOST_WORDS)
    said = (
        text.to_frame("_text")
        .select(word=pieces)
        .with_row_index("at")
        .explode("word")
        .filter(pl.col("word").str.len_chars() <= LONGEST)
    )
    number = pl.col("code").cast(pl.UInt64)
    words = said.select(pl.col("word").unique().sort()).with_row_index("code", offset=1)
    words = words.select("word", number)
    is_word, is_long = pl.col("word").str.contains(r"\p{L}"), pl.col("word").str.len_chars() > 1
    kinds = words.with_columns(is_word=is_word, is_long=is_word & is_long)
    coded = said.join(kinds, on="word", how="left", maintain_order="left").drop("word")
    place = pl.col("at").cast(pl.UInt64)
    follows = (pl.col("at") == pl.col("at").shift(-1)) & pl.col("is_word").shift(-1)
    pair = (pl.col("code") * _WORDS + pl.col("code").shift(-1)) * _TEXTS + place
    keys = [
        coded.filter("is_long").select(key=pl.col("code") * _WORDS * _TEXTS + place),
        coded.select(pl.col("is_word"), key=pl.when(follows).then(pair))
        .filter("is_word")
        .select("key")
        .drop_nulls(),
    ]
    key = pl.concat(keys).get_column("key").sort()
    once = key.filter(key.ne_missing(key.shift(1)))
    stands = once.to_frame().select(term=pl.col("key") // _TEXTS, at=pl.col("key") % _TEXTS)
    return words, stands
