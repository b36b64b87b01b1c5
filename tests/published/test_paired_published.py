"""The interval of two shares over the same rows against what is in print."""

import pytest

from csatkit.stats.intervals import Interval
from csatkit.stats.paired import correlated_difference, paired_correlation


def _interval(both: int, first_only: int, second_only: int, neither: int) -> Interval:
    n = both + first_only + second_only + neither
    correlation = paired_correlation(both, first_only, second_only, neither)
    found = correlated_difference((both + first_only, n), (both + second_only, n), correlation)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((20, 12, 2, 16), 0.0562, 0.3292),
        ((18, 12, 2, 18), 0.0562, 0.3290),
        ((36, 14, 0, 0), 0.1528, 0.4167),
        ((35, 14, 0, 1), 0.1461, 0.4175),
        ((18, 14, 0, 18), 0.1441, 0.3963),
        ((2, 97, 1, 0), 0.8721, 0.9854),
        ((1, 97, 1, 1), 0.8736, 0.9850),
        ((0, 29, 1, 0), 0.6666, 0.9882),
        ((2, 98, 0, 0), 0.9178, 0.9945),
        ((1, 98, 0, 1), 0.9171, 0.9916),
        ((0, 30, 0, 0), 0.8395, 1.0),
        ((54, 0, 0, 0), -0.0664, 0.0664),
        ((53, 0, 0, 1), -0.0729, 0.0729),
        ((30, 0, 0, 24), -0.0358, 0.0358),
        ((29, 0, 0, 25), -0.0354, 0.0354),
        ((28, 0, 0, 26), -0.0352, 0.0352),
        ((27, 0, 0, 27), -0.0351, 0.0351),
    ],
)
def test_newcombes_own_examples(cells: tuple[int, int, int, int], low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17(22), 2635-2650, Table III, method 10.

    doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C. Four decimals are
    printed; the last one is off by one in places.
    """
    found = _interval(*cells)
    assert found.low == pytest.approx(low, abs=1.1e-4)
    assert found.high == pytest.approx(high, abs=1.1e-4)


def test_thallium_scans() -> None:
    """Altman, Machin, Bryant and Gardner (2000), Statistics with Confidence, p. 52: table 6.2.

    Of 41 patients 14 had both, 5 the first alone, none the second alone: 0.011 to 0.226.
    """
    found = _interval(14, 5, 0, 22)
    assert [round(found.low, 3), round(found.high, 3)] == [0.011, 0.226]


def test_complete_response_before_and_after_consolidation() -> None:
    """Fagerland, Lydersen and Laake (2017), Statistical Analysis of Contingency Tables, chapter 8.

    Printed by their R package contingencytables for the data of Cavo et al. (2012).
    """
    found = _interval(59, 6, 16, 80)
    assert [round(found.low, 4), round(found.high, 4)] == [-0.1186, -0.0046]
