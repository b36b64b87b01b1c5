"""Scales say what satisfies; they are declared or recognised by words, never guessed."""

from __future__ import annotations

import polars as pl
import pytest

from csatkit.errors import UsageError
from csatkit.load.normalise import is_unrated, score
from csatkit.load.scales import DEFAULT, SCALES, from_words, named


@pytest.mark.parametrize(
    ("name", "satisfied", "low", "detractor"),
    [
        ("1-2", {2}, {1}, None),
        ("1-3", {3}, {1, 2}, None),
        ("1-4", {3, 4}, {1, 2}, None),
        ("1-5", {4, 5}, {1, 2, 3}, {1, 2}),
        ("1-7", {6, 7}, {1, 2, 3, 4, 5}, {1, 2}),
        ("1-10", {8, 9, 10}, set(range(1, 8)), {1, 2, 3, 4}),
        ("0-10", {8, 9, 10}, set(range(8)), {0, 1, 2, 3, 4}),
        ("freshdesk", {101, 102, 103}, {-103, -102, -101, 100}, {-103, -102, -101}),
        ("great-okay-notgood", {2}, {0, 1}, {0}),
        ("good-bad", {1}, {0}, {0}),
        ("yes-no", {1}, {0}, {0}),
        # The smallest number is the best answer; codes still ascend from the worst.
        ("5-1", {3, 4}, {0, 1, 2}, {0, 1}),
        ("freshdesk-classic", {2}, {0, 1}, {0}),
        ("satisfied-dissatisfied", {4, 5}, {1, 2, 3}, {1, 2}),
    ],
)
def test_what_satisfies(
    name: str, satisfied: set[int], low: set[int], detractor: set[int] | None
) -> None:
    scale = named(name)
    assert scale.satisfied == satisfied
    assert scale.low == low
    assert scale.detractor == (None if detractor is None else frozenset(detractor))
    assert list(scale.codes) == sorted(scale.codes)
    assert len(scale.labels) == len(scale.codes)
    assert scale.low.isdisjoint(scale.satisfied)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Good-Bad", "good-bad"),
        ("good/bad", "good-bad"),
        ("1 - 5", "1-5"),
        ("2-6", "2-6"),
        ("Yes-No", "yes-no"),
    ],
)
def test_spellings_of_a_scale(given: str, name: str) -> None:
    assert named(given).name == name


@pytest.mark.parametrize("given", ["5-5", "15", "happy", "1-", ""])
def test_unknown_scales_are_refused(given: str) -> None:
    with pytest.raises(UsageError, match="unknown scale"):
        named(given)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (["Good", "BAD "], "good-bad"),
        (["good", "okay"], "good-okay-bad"),
        (["Great", "Not good", "Okay"], "great-okay-notgood"),
        (["great", "not_good"], "great-okay-notgood"),
        (["Y", "n"], "yes-no"),
        (["1", "2"], None),
        (["good", "superb"], None),
        ([], None),
    ],
)
def test_words_tell_the_scale(cells: list[str], name: str | None) -> None:
    found = from_words(cells)
    assert (found.name if found else None) == name


def _codes(cells: list[str | None], name: str) -> list[int | None]:
    frame = pl.DataFrame({"c": cells}, schema={"c": pl.String})
    return frame.select(score(pl.col("c"), pl.String(), named(name))).to_series().to_list()


@pytest.mark.parametrize(
    ("name", "cells", "codes"),
    [
        (
            "1-5",
            ["4", "4.0", "4/5", "5 / 5", "4/10", "0", "6", "4.5", "x", None],
            [4, 4, 4, 5, *[None] * 6],
        ),
        ("0-10", ["0", "10", "11", "7/10"], [0, 10, None, 7]),
        (
            "freshdesk",
            ["-103", "100", "99", "Extremely Happy", "unhappy"],
            [-103, 100, None, 103, -101],
        ),
        ("good-bad", ["Good", "bad", "okay", "1"], [1, 0, None, None]),
        ("5-1", ["1", "2", "3", "4", "5", "0"], [4, 3, 2, 1, 0, None]),
        ("freshdesk-classic", ["1", "2", "3", "Happy", "4"], [2, 1, 0, 2, None]),
        ("great-okay-notgood", ["Great", "Not Good", "not_good", "ok", "Bad"], [2, 0, 0, 1, 0]),
    ],
)
def test_cells_to_codes(name: str, cells: list[str | None], codes: list[int | None]) -> None:
    assert _codes(cells, name) == codes


def test_typed_scores() -> None:
    frame = pl.DataFrame({"c": [4.0, 4.5, 6.0, None]})
    found = frame.select(score(pl.col("c"), pl.Float64(), DEFAULT)).to_series()
    assert found.dtype == pl.Int16
    assert found.to_list() == [4, None, None, None]


def test_unrated_markers() -> None:
    cells = ["Offered", "UNOFFERED", "Not Offered", "not_rated", "0", "-99", "4", "good", None]
    frame = pl.DataFrame({"c": cells})
    found = frame.select(is_unrated(pl.col("c"), pl.String(), ["0", "-99"])).to_series().to_list()
    assert found == [True] * 6 + [False, False, False]
    numbers = pl.DataFrame({"c": [0, 3, None]})
    assert numbers.select(is_unrated(pl.col("c"), pl.Int64(), ["0"])).to_series().to_list() == [
        True, False, False,
    ]  # fmt: skip


def test_every_word_leads_to_a_code_of_its_scale() -> None:
    assert all(set(s.words.values()) <= set(s.codes) for s in SCALES.values())
