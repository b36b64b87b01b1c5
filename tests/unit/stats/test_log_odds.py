"""Log-odds with an informative prior, against the formula written out and its limits."""

from __future__ import annotations

import math

import pytest

from csatkit.stats.log_odds import log_odds


def test_the_formula_written_out() -> None:
    # Monroe, Colaresi and Quinn (2008), equations 16, 19 and 22, with a = 500 * 40/1000 = 20.
    (found,) = log_odds([(30, 10)], (400, 600))
    expected = math.log(50 / (900 - 50)) - math.log(30 / (1100 - 30))
    assert found.value == pytest.approx(expected)
    assert found.z == pytest.approx(expected / math.sqrt(1 / 50 + 1 / 30))


def test_a_word_used_alike_has_none() -> None:
    (found,) = log_odds([(20, 30)], (400, 600))
    assert found.value == pytest.approx(0, abs=1e-12)


def test_groups_exchanged_change_the_sign() -> None:
    one, other = log_odds([(9, 2)], (100, 80)), log_odds([(2, 9)], (80, 100))
    assert one[0].value == pytest.approx(-other[0].value)
    assert one[0].z == pytest.approx(-other[0].z)


def test_a_rare_word_is_shrunken_more_than_a_frequent_one() -> None:
    rare, frequent = log_odds([(2, 0), (60, 0)], (1000, 1000))
    assert frequent.z > rare.z > 0
    assert log_odds([(2, 0)], (1000, 1000), prior=5000)[0].value < rare.value


def test_the_only_word_says_nothing() -> None:
    assert log_odds([(5, 5)], (5, 5))[0] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("counts", "totals", "prior"),
    [((0, 0), (5, 5), 500), ((6, 0), (5, 5), 500), ((1, -1), (5, 5), 500), ((1, 1), (5, 5), 0)],
)
def test_what_cannot_be_is_refused(
    counts: tuple[int, int], totals: tuple[int, int], prior: float
) -> None:
    with pytest.raises(ValueError, match=r"fit totals|prior must be positive"):
        log_odds([counts], totals, prior)
