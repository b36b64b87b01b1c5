"""The report finds what is planted in the sample, and little else: twenty samples, one truth.

Thresholds are what holds with room to spare, not what was observed; docs/demo.md has the counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from scipy import stats

from csatkit.demo.truth import TRUTH
from tests.cli import truth_table
from tests.cli.truth_table import (
    BEGIN,
    END,
    MONDAYS,
    PAGE,
    PLANTED,
    SEEDS,
    UNLUCKY,
    Fact,
    Found,
    Sample,
    found_in,
    samples,
)

pytestmark = pytest.mark.slow

FALSE_DISCOVERIES = 0.10
"""What Benjamini-Hochberg allows: of the named differences, and of the reports on pure noise."""

AT_LEAST: dict[Fact, int] = {
    Fact("csat", "issue_type", "refund", -1): 19,
    Fact("fcr", "issue_type", "refund", -1): 19,
    Fact("csat", "channel", "email", -1): 14,
    Fact("csat", "agent", "Mei", 1): 14,
    Fact("csat", "agent", "Diego", -1): 9,
    Fact("csat", "agent", "Nadia", -1): 9,
}
"""Reports of twenty that have to name it. An agent has some 65 ratings, which caps the power."""


@pytest.fixture(scope="module")
def found() -> Found:
    """Return what twenty reports named."""
    return found_in(samples())


@pytest.mark.parametrize(("fact", "least"), list(AT_LEAST.items()), ids=str)
def test_a_planted_fact_is_named(found: Found, fact: Fact, least: int) -> None:
    assert fact in PLANTED
    assert least <= found.times[fact] <= len(SEEDS)


def test_a_planted_fact_is_never_named_the_wrong_way_round(found: Found) -> None:
    turned = [fact._replace(sign=-fact.sign) for fact in PLANTED]
    assert [found.times[fact] for fact in turned] == [0] * len(turned)


def test_the_unlucky_agent_is_left_alone(found: Found) -> None:
    """His raw numbers are low for the tickets that he gets; judged on those, he is average."""
    (sample, *_) = samples()
    k, n = sample.counts["fcr", "agent", UNLUCKY[0].segment]
    assert k / n < 0.65
    assert sum(found.times[fact] for fact in UNLUCKY) <= 2


def test_rarely_surveyed_agents_are_as_good_as_others(found: Found) -> None:
    names = [Fact("csat", "agent", a, s) for a in TRUTH.agents_rarely_surveyed for s in (-1, 1)]
    assert sum(found.times[fact] for fact in names) <= 2


def test_mondays_show_by_the_hour_of_opening() -> None:
    """Answers come hours or days after the opening, so the default clock of CSAT blurs them."""
    by_opening = samples(clock="created")
    # Observed 4 of 20: a daypart of one weekday has some 40 ratings, and 28 of them are compared.
    assert sum(MONDAYS in s.named for s in by_opening) >= 2
    assert not any(MONDAYS._replace(sign=1) in s.named for s in by_opening)


def test_little_is_named_that_is_not_there(found: Found) -> None:
    """A tenth may be nothing; twice that leaves room for chance and for effects too small to see.

    With 200 named differences the share itself is known within five points.
    """
    assert found.planted > 80
    assert found.nothing <= 2 * FALSE_DISCOVERIES * found.named


def test_the_scan_leaves_noise_alone() -> None:
    """In null mode the scan names anything with a chance of at most 10 %.

    More than 5 of 20 such reports would then happen once in 89 tries.
    """
    most = 5
    assert stats.binom.sf(most, len(SEEDS), FALSE_DISCOVERIES) < 1 / 80
    quiet = samples(null=True)
    assert sum(bool(s.scanned) for s in quiet) <= most
    assert sum(len(s.scanned) for s in quiet) <= 2 * most


def test_the_funnel_leaves_noise_alone() -> None:
    """Each side of each person and metric is flagged with a chance below .001.

    That makes at most two flags in 20 reports; more than 6 would happen once in 200 tries.
    """
    quiet = samples(null=True)
    people = {key for s in quiet for key in s.counts if key[1] in {"agent", "team"}}
    expected = 2 * 0.001 * len(people) * len(SEEDS)
    most = 6
    assert stats.poisson.sf(most, expected) < 1 / 200
    assert sum(len(s.flagged) for s in quiet) <= most


def _sample(named: Sequence[Fact], bad: int) -> Sample:
    counts = {("csat", "agent", "Ann"): (100 - bad, 100), ("csat", "agent", "Bob"): (800, 1000)}
    return Sample(tuple(named), (), counts)


@pytest.mark.parametrize(
    ("bad", "sign", "kind"), [(60, -1, "real"), (60, 1, "nothing"), (20, -1, "nothing")]
)
def test_the_other_samples_tell_what_is_real(bad: int, sign: int, kind: str) -> None:
    named = [Fact("csat", "agent", "Ann", sign)]
    reports = (_sample(named, 60), _sample((), bad), _sample((), bad))
    found = found_in(reports)
    assert getattr(found, kind) == found.named == 1


def test_the_documentation_has_the_observed_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    written = text.partition(BEGIN)[2].partition(END)[0].strip()
    hint = "after a change of the sample or the scan run: python -m tests.cli.truth_table"
    assert written == truth_table.table().strip(), hint
