"""Adjusted p values against statsmodels, and their laws."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from csatkit.stats.multiplicity import benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), max_size=25)


@given(P_VALUES.filter(bool), st.sampled_from([0.05, 0.1, 0.2]))
def test_benjamini_hochberg_agrees_with_statsmodels(p_values: list[float], q: float) -> None:
    _, adjusted, *_ = multipletests(p_values, q, method="fdr_bh")
    result = benjamini_hochberg(p_values, q)
    assert result.adjusted == pytest.approx(list(adjusted), rel=1e-12, abs=1e-300)
    assert result.is_discovery == tuple(value <= q for value in result.adjusted)


# statsmodels takes a tenth of a second for each of these.
@settings(max_examples=15)
@given(P_VALUES.filter(bool))
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    _, adjusted, *_ = multipletests(p_values, 0.05, method="holm")
    assert holm(p_values) == pytest.approx(list(adjusted), rel=1e-12, abs=1e-300)


@given(P_VALUES)
def test_each_adjustment_is_stricter_than_the_last(p_values: list[float]) -> None:
    discoveries = benjamini_hochberg(p_values).adjusted
    for p, loose, strict in zip(p_values, discoveries, holm(p_values), strict=True):
        # p m / m may end a rounding error away from p.
        assert p <= loose * (1 + 1e-15) + 1e-320
        assert loose <= strict * (1 + 1e-15) + 1e-320
        assert strict <= 1


@given(P_VALUES)
def test_order_is_irrelevant(p_values: list[float]) -> None:
    places = sorted(range(len(p_values)), key=lambda place: (p_values[place] * 7919) % 1)
    shuffled = [p_values[place] for place in places]
    for adjust in (lambda values: benjamini_hochberg(values).adjusted, holm):
        straight = adjust(p_values)
        assert adjust(shuffled) == tuple(straight[place] for place in places)


def test_one_comparison_stays_as_it_is() -> None:
    assert benjamini_hochberg([0.04]).adjusted == holm([0.04]) == (0.04,)


@pytest.mark.parametrize("m", [1, 3, 7, 49])
def test_a_p_value_equal_to_the_rate_is_a_discovery(m: int) -> None:
    assert benjamini_hochberg([0.1] * m, 0.1).is_discovery == (True,) * m


def test_no_comparisons() -> None:
    assert benjamini_hochberg([]) == ((), ())
    assert holm([]) == ()


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_impossible_p_values_are_rejected(p: float) -> None:
    with pytest.raises(ValueError, match="p value must be a share"):
        benjamini_hochberg([0.5, p])
    with pytest.raises(ValueError, match="p value must be a share"):
        holm([0.5, p])


def test_rate_must_be_a_share() -> None:
    with pytest.raises(ValueError, match="got 10"):
        benjamini_hochberg([0.5], 10)
