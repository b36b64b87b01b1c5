"""The chart of a mean: limits by hand, the chart of a share where scores are 0 and 1, silence."""

import math
import statistics

import pytest

from csatkit.stats.charts import p_chart
from csatkit.stats.intervals import Sums
from csatkit.stats.mean_chart import mean_chart


def _sums(values: list[int]) -> Sums:
    return Sums(len(values), sum(values), sum(v * v for v in values))


def test_limits_by_hand() -> None:
    weeks = [[4, 5, 3, 4], [5, 5, 4, 4, 3], [2, 5, 4]]
    found = mean_chart([_sums(w) for w in weeks])
    assert found is not None
    every = [v for week in weeks for v in week]
    centre = statistics.fmean(every)
    within = math.sqrt(sum(statistics.variance(w) * (len(w) - 1) for w in weeks) / (12 - 3))
    z = [(statistics.fmean(w) - centre) * math.sqrt(len(w)) / within for w in weeks]
    sigma_z = statistics.fmean([abs(z[1] - z[0]), abs(z[2] - z[1])]) / (2 / math.sqrt(math.pi))
    assert found.centre == pytest.approx(centre)
    assert found.sigma_z == pytest.approx(sigma_z)
    for week, point in zip(weeks, found.points, strict=True):
        assert point is not None
        half = 3 * within * max(1, sigma_z) / math.sqrt(len(week))
        assert point.rate == pytest.approx(statistics.fmean(week))
        assert point.limits == pytest.approx((centre - half, centre + half))
    assert found.is_trial


def test_of_zeros_and_ones_it_is_nearly_the_chart_of_their_share() -> None:
    counts = [(410 + 3 * (i % 5), 500) for i in range(14)] + [(300, 500)]
    share = p_chart(counts)
    mean = mean_chart([Sums(n, k, k) for k, n in counts], (0.0, 1.0))
    assert share is not None
    assert mean is not None
    assert mean.centre == pytest.approx(share.centre)
    assert mean.signals == share.signals
    for a, b in zip(mean.points, share.points, strict=True):
        assert a is not None
        assert b is not None
        assert a.limits == pytest.approx(b.limits, rel=0.01)


def test_limits_stay_on_the_scale_and_empty_periods_are_skipped() -> None:
    found = mean_chart([_sums([5, 1]), Sums(0, 0, 0), _sums([5, 5])], (1.0, 5.0))
    assert found is not None
    assert found.points[1] is None
    assert [p.limits for p in found.points if p] == [(1.0, 5.0), (1.0, 5.0)]


@pytest.mark.parametrize("weeks", [[], [[5]], [[4, 4], [5, 5]]])
def test_without_spread_within_periods_there_is_no_chart(weeks: list[list[int]]) -> None:
    assert mean_chart([_sums(w) for w in weeks]) is None
