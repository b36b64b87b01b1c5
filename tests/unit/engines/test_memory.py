"""How much a run may take and in how many buckets it goes."""

from __future__ import annotations

import pytest

from csatkit.engines import memory
from csatkit.engines.memory import Load, allowed, buckets_for
from csatkit.errors import UsageError

TEN_MILLION = (Load("tickets", 10_000_000, 19), Load("surveys", 5_300_000, 6))


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(memory, "free_memory", lambda: 10_000_000_000)
    return 10_000_000_000


def test_the_default_is_a_share_of_what_is_free(free: int) -> None:
    assert allowed(None) == 0.6 * free
    assert allowed("25%") == 0.25 * free


def test_an_amount_is_taken_as_it_is(free: int) -> None:
    assert allowed("512MB") == 512_000_000
    assert allowed("64GB") == 64_000_000_000


def test_too_little_is_refused(free: int) -> None:
    with pytest.raises(UsageError, match="too little to hold rows") as error:
        allowed("10KB")
    assert error.value.exit_code == 2


def test_a_share_of_nobody_knows_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: None)
    assert allowed(None) is None
    assert allowed("1GB") == 1_000_000_000
    with pytest.raises(UsageError, match="doesn't tell how much memory is free"):
        allowed("50%")


def test_this_machine_has_some_memory_free() -> None:
    found = memory.free_memory()
    assert found is None or 1_000_000 < found < 2**50


def test_the_estimate_is_near_what_was_measured() -> None:
    need = sum(load.n_bytes for load in TEN_MILLION)
    assert 5.0e9 < need < 6.0e9  # measured: 5.0 GB


def test_what_fits_goes_at_once() -> None:
    assert buckets_for(TEN_MILLION, None) == 1
    assert buckets_for(TEN_MILLION, 8_000_000_000) == 1
    assert buckets_for((), 1_000_000) == 1


def test_what_does_not_fit_goes_in_buckets_that_do() -> None:
    need = sum(load.n_bytes for load in TEN_MILLION)
    for limit in (5_000_000_000, 2_000_000_000, 500_000_000):
        n = buckets_for(TEN_MILLION, limit)
        assert n > 1
        assert need / n <= limit / 2
    assert buckets_for(TEN_MILLION, 1_000_000) == memory.MOST_BUCKETS


def test_the_limit_of_a_container_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(memory, "_of_machine", lambda: 8_000_000_000)
    monkeypatch.setattr(memory, "_of_group", lambda: 3_000_000_000)
    assert memory.free_memory() == 3_000_000_000
    monkeypatch.setattr(memory, "_of_group", lambda: None)
    assert memory.free_memory() == 8_000_000_000
