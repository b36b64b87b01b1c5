"""Comparisons, charts, weights and power against numbers printed in the literature."""

import pytest

from csatkit.stats.charts import longest_usual_run, p_chart
from csatkit.stats.clustering import CustomerSums, clustering
from csatkit.stats.decomposition import SegmentCounts, split_change
from csatkit.stats.power import ratings_per_period

# Pups alive of those born, by litter. Weil (1970), Food and Cosmetics Toxicology 8, 177-182, as
# table 1 of Rao and Scott (1992).
CONTROL = [
    *((13, 13), (12, 12), (9, 9), (9, 9), (8, 8), (8, 8), (12, 13), (11, 12)),
    *((9, 10), (9, 10), (8, 9), (11, 13), (4, 5), (5, 7), (7, 10), (7, 10)),
]
TREATED = [
    *((12, 12), (11, 11), (10, 10), (9, 9), (10, 11), (9, 10), (9, 10), (8, 9)),
    *((8, 9), (4, 5), (7, 9), (4, 7), (5, 10), (3, 6), (3, 10), (0, 7)),
]


@pytest.mark.parametrize(("litters", "effect"), [(CONTROL, 1.232495), (TREATED, 3.952861)])
def test_design_effects_of_the_litters(litters: list[tuple[int, int]], effect: float) -> None:
    """Design effects of Weil's litters, with more digits in the documentation of R's PF package.

    Rao and Scott (1992), A simple method for the analysis of clustered binary data, Biometrics 48,
    577-585, doi:10.2307/2532311. Theirs has n where ours has n - 1.
    """
    n = sum(born for _, born in litters)
    result = clustering(
        CustomerSums(
            len(litters),
            sum(alive for alive, _ in litters),
            n,
            sum(alive * alive for alive, _ in litters),
            sum(alive * born for alive, born in litters),
            sum(born * born for _, born in litters),
        )
    )
    assert result is not None
    assert round(result.design_effect * n / (n - 1), 6) == effect
    assert result.effective_n == pytest.approx(n / effect, rel=0.01)


@pytest.mark.parametrize(
    ("points", "longest"),
    [(10, 6), (11, 6), (12, 7), (22, 7), (23, 8), (45, 8), (46, 9), (90, 9), (91, 10), (100, 10)],
)
def test_longest_runs_in_the_table(points: int, longest: int) -> None:
    """Upper limit for the longest run by number of useful observations.

    Anhøj and Olesen (2014), Run charts revisited, PLoS ONE 9(11), e113825,
    doi:10.1371/journal.pone.0113825; tabulated in the vignette of R's qicharts2 package.
    """
    assert longest_usual_run(points) == longest


def test_sigma_z_of_one_is_the_classical_p_chart() -> None:
    """With a sigma_z of 1 the p' chart is the p chart.

    Laney (2002), Improved control charts for attributes, Quality Engineering 14(4), 531-537,
    doi:10.1081/QEN-120006555. Limits of a p chart, .1 +- 3 sqrt(.1 x .9 / 100) = .01 and .19.
    """
    # Neighbours one standard error, .03, apart, on average 2 / sqrt(pi) of them: 1.128.
    result = p_chart([(10 + 2 * (-1) ** place, 100) for place in range(20)])
    assert result is not None
    assert result.sigma_z == pytest.approx(4 / 3 / 1.128, abs=0.001)
    calm = p_chart([(10 + (-1) ** place, 100) for place in range(20)])
    assert calm is not None
    assert calm.points[0] is not None
    assert calm.points[0].limits == pytest.approx((0.01, 0.19))


def test_two_proportions_without_continuity_correction() -> None:
    """R gives n = 76.7 per group for .50 against .75 at 90 % power.

    The example on the help page of power.prop.test (package stats).
    """
    assert ratings_per_period(0.50, 0.75, 0.90) == 77


def test_split_of_two_rates_by_hand() -> None:
    """Two groups whose rates don't change and whose mix reverses: all of it is composition.

    The two-component split with averaged weights of Kitagawa (1955), Components of a difference
    between two rates, Journal of the American Statistical Association 50, 1168-1194,
    doi:10.1080/01621459.1955.10501299: (.9 - .5) x (.25 - .75) = -.2.
    """
    before = [SegmentCounts(270, 300), SegmentCounts(50, 100)]
    after = [SegmentCounts(90, 100), SegmentCounts(150, 300)]
    result = split_change(before, after)
    assert result is not None
    assert (result.rate, result.response) == (0, 0)
    assert result.mix == pytest.approx(-0.2)
