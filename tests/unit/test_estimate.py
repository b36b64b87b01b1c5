"""Totals → measures: the order of statuses, bands, differences, what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from csatkit.estimate import (
    NO_WINDOW,
    NOT_WATCHED,
    Context,
    Validity,
    band_of,
    difference,
    estimate,
    measured_reasons,
    unavailable,
    validity_of,
)
from csatkit.metrics import CATALOG
from csatkit.report import Measure
from csatkit.settings import Settings
from csatkit.stats.intervals import newcombe, wilson


def context(validity: Validity | None = None, **chosen: Any) -> Context:
    """Return what an estimate of a 1-5 scale needs beside the counts."""
    labels = {code: str(code) for code in range(1, 6)}
    return Context(
        settings=Settings(**chosen),
        segment={},
        period=None,
        rule="rule",
        scale_bounds=(1.0, 5.0),
        score_labels=labels,
        validity=validity,
    )


def csat(k: int, n: int, validity: Validity | None = None, **chosen: Any) -> Measure:
    """Return CSAT from its counts."""
    scores = {f"score.{code}": 0 for code in range(1, 6)} | {"score.5": k, "score.1": n - k}
    totals = {"csat.k": k, "csat.n": n, **scores}
    return estimate(CATALOG["csat"], totals, context(validity, **chosen))


@pytest.mark.parametrize(
    ("n", "judged", "answered", "status"),
    [
        (0, 100, 10, "empty"),
        (5, 100, 10, "skewed"),
        (50, 100, 14, "skewed"),
        (5, 100, 15, "small"),
        (9, 100, 50, "small"),
        (10, 100, 15, "caution"),
        (10, 1000, 199, "caution"),
        (10, 100, 20, "ok"),
        (10, 0, 0, "ok"),
    ],
)
def test_the_first_status_that_holds(n: int, judged: int, answered: int, status: str) -> None:
    validity = Validity(judged, answered, judged, answered)
    assert csat(n // 2, n, validity).status == status


def test_only_answers_are_judged_by_the_response() -> None:
    poor = Validity(100, 1, 100, 1)
    totals = {"reopen_rate.k": 1, "reopen_rate.n": 20, "reopen_rate.young": 3}
    found = estimate(CATALOG["reopen_rate"], totals, context(poor))
    assert (found.status, found.extra["young"]) == ("ok", 3)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(82, 100, 73.33, 88.30), (5, 5, 56.55, 100), (0, 5, 0, 43.45), (4, 5, 37.55, 96.38)],
)
def test_the_anchors_of_the_interval(k: int, n: int, low: float, high: float) -> None:
    found = csat(k, n)
    assert found.low == pytest.approx(low, abs=0.006)
    assert found.high == pytest.approx(high, abs=0.006)
    assert found.value == pytest.approx(100 * k / n)


def test_nothing_of_nothing_has_no_value_and_no_bounds() -> None:
    found = csat(0, 0)
    assert (found.value, found.low, found.high, found.band) == (None, None, None, None)
    assert (found.numerator, found.denominator) == (0, 0)


@pytest.mark.parametrize(
    ("low", "high", "band"),
    [
        (0.0, 69.99, "critical"),
        (0.0, 70.0, None),
        (70.0, 79.9, "average"),
        (69.9, 79.9, None),
        (80.0, 89.99, "good"),
        (89.9, 90.1, None),
        (90.0, 100.0, "top decile"),
        (None, 100.0, None),
    ],
)
def test_a_band_holds_the_whole_interval(
    low: float | None, high: float | None, band: str | None
) -> None:
    assert band_of("csat", low, high, "default") == band


def test_bands_are_withheld_from_few_and_from_skewed_answers() -> None:
    assert csat(1000, 1000).band == "top decile"
    assert csat(1000, 1000, Validity(100, 10, 100, 10)).band is None
    assert csat(1000, 1000, min_n=2000).band is None
    assert csat(1000, 1000, Validity(100, 16, 100, 16)).band == "top decile"
    assert band_of("tickets", 1.0, 2.0, "default") is None


def test_worst_case_bounds_and_distribution() -> None:
    found = csat(88, 100, Validity(90, 30, 200, 30))
    assert found.extra["bounds"] == pytest.approx([13.2, 98.2])
    assert found.extra["distribution"] == {"1": 12, "2": 0, "3": 0, "4": 0, "5": 88}


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (None, None),
        ({"rows": 3}, None),
        ({"validity.n": 9, "validity.k": 2, "surveyed.n": 7, "surveyed.k": 1}, (9, 2, 7, 1)),
    ],
)
def test_validity_is_read_where_it_is_known(
    totals: dict[str, int] | None, expected: tuple[int, ...] | None
) -> None:
    assert validity_of(totals) == (None if expected is None else Validity(*expected))


def test_means_need_twenty_values_that_differ() -> None:
    metric = CATALOG["csat_average"]
    few = {"csat_average.n": 19, "csat_average.s": 80, "csat_average.ss": 350}
    many = {"csat_average.n": 20, "csat_average.s": 84, "csat_average.ss": 368}
    same = {"csat_average.n": 20, "csat_average.s": 80, "csat_average.ss": 320}
    assert estimate(metric, few, context()).low is None
    assert estimate(metric, same, context()).low is None
    found = estimate(metric, many, context())
    assert found.value == pytest.approx(4.2)
    assert found.low is not None
    assert found.high is not None
    assert 1 <= found.low < 4.2 < found.high <= 5


def test_surveys_per_ticket_are_a_share_where_nobody_has_two() -> None:
    metric = CATALOG["survey_ratio"]
    once = {"survey_ratio.n": 50, "survey_ratio.s": 30, "survey_ratio.ss": 30}
    twice = {"survey_ratio.n": 50, "survey_ratio.s": 30, "survey_ratio.ss": 34}
    interval = wilson(30, 50)
    assert interval is not None
    found = estimate(metric, once, context())
    assert found.method == "wilson"
    assert found.low == pytest.approx(100 * interval.low)
    assert estimate(metric, twice, context()).method == "t"


def test_what_was_held_back_adds_up_with_what_no_clock_dates() -> None:
    held = {"fcr.x.immature": 0, "fcr.x.no_clock": 2, "quick_repeats": 1}
    fails = {f"fails.{r}": 0 for r in Settings().fail_on} | {"fails.repeat": 4}
    totals = {"fcr.k": 6, "fcr.n": 10, **held, **fails}
    found = estimate(CATALOG["fcr"], totals, context(), {"no_clock": 3})
    assert found.excluded == {"no_clock": 5}
    assert found.extra["failures"] == {r: 4 if r == "repeat" else 0 for r in Settings().fail_on}
    assert found.extra["quick_repeat"] == 1


def test_a_window_that_never_closed() -> None:
    held = {"fcr.x.immature": 7, "fcr.x.no_clock": 0}
    found = estimate(CATALOG["fcr"], {"fcr.k": 0, "fcr.n": 0, **held}, context())
    assert (found.status, found.reason, found.value) == ("unavailable", NO_WINDOW, None)
    assert found.excluded == {"immature": 7}


def curve(events: list[int], censored: list[int], full: int) -> dict[str, int]:
    """Return the totals of a survival."""
    days = {f"km.event.{d}": n for d, n in enumerate(events)}
    days |= {f"km.censored.{d}": n for d, n in enumerate(censored)}
    return {**days, "km.full": full, "repeat_contact_rate_km.n": sum(events) + sum(censored)}


@pytest.mark.parametrize(
    ("events", "censored", "full", "value", "reason"),
    [
        ([1, 0, 1], [0, 0, 2], 4, 50, None),
        ([2, 0, 0], [0, 0, 0], 2, 100, None),
        ([0, 0, 0], [0, 0, 3], 3, 0, None),
        ([1, 0, 0], [0, 2, 0], 1, None, NOT_WATCHED),
        ([1, 0, 1], [0, 2, 0], 0, None, NO_WINDOW),
        ([0, 0, 0], [0, 0, 0], 0, None, None),
    ],
)
def test_survival_needs_somebody_watched_to_the_end(
    events: list[int], censored: list[int], full: int, value: float | None, reason: str | None
) -> None:
    metric = CATALOG["repeat_contact_rate_km"]
    found = estimate(metric, curve(events, censored, full), context())
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.reason == reason
    if found.status not in ("unavailable", "empty"):
        assert (found.numerator, found.denominator) == (sum(events), sum(events) + sum(censored))


def test_a_difference_of_shares() -> None:
    now, before = {"csat.k": 56, "csat.n": 70}, {"csat.k": 48, "csat.n": 80}
    found = difference(CATALOG["csat"], now, before, 0.95, "2026-01")
    assert found is not None
    assert found.value == pytest.approx(20)
    assert found.against == "2026-01"
    assert found.low == pytest.approx(5.24, abs=0.006)
    assert found.high == pytest.approx(33.39, abs=0.006)
    interval = newcombe(56, 70, 48, 80)
    assert interval is not None
    assert found.low == pytest.approx(100 * interval.low)


@pytest.mark.parametrize(
    ("metric", "now", "before", "value"),
    [
        ("csat", {"csat.k": 1, "csat.n": 2}, {"csat.k": 0, "csat.n": 0}, None),
        ("tickets", {"tickets.n": 30}, {"tickets.n": 50}, -20),
        ("resolution_time", {"resolution_time.p50": 5}, {"resolution_time.p50": 3}, 2),
        ("resolution_time", {"resolution_time.p50": 5}, {"resolution_time.p50": None}, None),
        ("repeat_contact_rate_km", {}, {}, None),
    ],
)
def test_other_differences(
    metric: str, now: dict[str, Any], before: dict[str, Any], value: float | None
) -> None:
    found = difference(CATALOG[metric], now, before, 0.95, "before")
    assert (found and found.value) == value
    assert found is None or found.low is None


def test_what_cannot_be_computed_says_why() -> None:
    found = unavailable(CATALOG["fcr"], context(), "column customer_id missing")
    assert (found.status, found.reason) == ("unavailable", "column customer_id missing")
    assert (found.value, found.numerator, found.denominator) == (None, None, None)


def test_reasons_that_could_be_looked_for_keep_their_order() -> None:
    found = measured_reasons(("transferred", "repeat", "unresolved"), ("repeat",))
    assert found == ("unresolved", "transferred")
