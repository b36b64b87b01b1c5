"""Statistics against numbers printed in the literature."""

import math

import pytest

from csatkit.stats.contrast import fisher_exact
from csatkit.stats.intervals import newcombe, quantile_ranks, wilson
from csatkit.stats.multiplicity import benjamini_hochberg, holm
from csatkit.stats.normal import normal_quantile, student_t_quantile
from csatkit.stats.survival import kaplan_meier_times

# Weeks of remission on 6-mercaptopurine, and whether it ended in relapse. Freireich, Gehan, Frei
# and others (1963), The effect of 6-mercaptopurine on the duration of steroid-induced remissions in
# acute leukemia, Blood 21(6), 699-716, doi:10.1182/blood.V21.6.699.699.
REMISSION = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]

# Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of the Royal
# Statistical Society B 57(1), 289-300, section 4.1, doi:10.1111/j.2517-6161.1995.tb02031.x.
MYOCARDIAL = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000),
]


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_in_newcombe_table_1(k: int, n: int, low: float, high: float) -> None:
    """Method 3 as printed.

    Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in
    Medicine 17, 857-872, table I,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E.
    """
    interval = wilson(k, n)
    assert interval is not None
    assert tuple(round(bound, 4) for bound in interval) == (low, high)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_differences_in_newcombe_table_2(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Method 10 as printed.

    Newcombe (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17, 873-890, table II,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    interval = newcombe(*table)
    assert interval is not None
    assert tuple(round(bound, 4) for bound in interval) == (low, high)


def test_wilson_mean_coverage() -> None:
    """Close to the level on average, summed exactly over the binomial for p from .05 to .95.

    Agresti and Coull (1998), The American Statistician 52, 119-126,
    doi:10.1080/00031305.1998.10480550.
    """
    n, shares = 20, [0.05 + 0.9 * step / 900 for step in range(901)]
    bounds = [wilson(k, n) for k in range(n + 1)]
    covered = 0.0
    for p in shares:
        for k, interval in enumerate(bounds):
            assert interval is not None
            if interval.low <= p <= interval.high:
                covered += math.comb(n, k) * p**k * (1 - p) ** (n - k)
    assert covered / len(shares) == pytest.approx(0.954, abs=0.001)


def test_benjamini_hochberg_worked_example() -> None:
    """At 5 % the four smallest are discoveries, where Bonferroni and Holm keep three."""
    result = benjamini_hochberg(MYOCARDIAL, 0.05)
    assert result.is_discovery == (True,) * 4 + (False,) * 11
    assert sum(p <= 0.05 for p in holm(MYOCARDIAL)) == 3


@pytest.mark.parametrize(
    ("week", "survival", "error"),
    [
        (6, 0.857, 0.0764),
        (7, 0.807, 0.0869),
        (10, 0.753, 0.0963),
        (13, 0.690, 0.1068),
        (16, 0.627, 0.1141),
        (22, 0.538, 0.1282),
        (23, 0.448, 0.1346),
    ],
)
def test_kaplan_meier_of_the_remissions(week: int, survival: float, error: float) -> None:
    """The curve as printed, with Greenwood's standard errors as R's survival package prints them.

    Kleinbaum and Klein (2012), Survival Analysis: A Self-Learning Text, 3rd edition, chapter 2,
    doi:10.1007/978-1-4419-6646-9.
    """
    point = kaplan_meier_times(REMISSION, RELAPSED, week)
    assert point is not None
    assert round(point.survival, 3) == survival
    assert round(math.sqrt(point.variance), 4) == error


def test_fishers_tea() -> None:
    """Three of four cups told right.

    Of the 70 arrangements 17 do as well or better, and as many err as far the other way. Fisher
    (1935), The Design of Experiments, chapter II.
    """
    assert fisher_exact(3, 4, 1, 4) == pytest.approx(34 / 70, rel=1e-14)


@pytest.mark.parametrize(
    ("df", "t"), [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (19, 2.093), (120, 1.980)]
)
def test_t_table(df: int, t: float) -> None:
    """Fisher and Yates (1963), Statistical Tables, 6th edition, table III, column .05."""
    assert round(student_t_quantile(0.975, df), 3) == t


def test_normal_table() -> None:
    """Fisher and Yates (1963), Statistical Tables, 6th edition, table I."""
    assert [round(normal_quantile(p), 6) for p in (0.95, 0.975, 0.995)] == [
        1.644854,
        1.959964,
        2.575829,
    ]


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [(6, 1, 6), (10, 2, 9), (12, 3, 10), (15, 4, 12), (17, 5, 13), (20, 6, 15)],
)
def test_median_table(n: int, low: int, high: int) -> None:
    """The closest ranks with at least 95 %.

    Nair (1940), Table of confidence interval for the median in
    samples from any continuous population, Sankhya 4, 551-558.
    """
    assert quantile_ranks(n, 0.5) == (low, high)
