"""What the page says `diagnose` finds is what it finds; where nothing is, it stays silent."""

from __future__ import annotations

import re

import pytest

from tests.cli.diagnose_truth import (
    BEGIN,
    END,
    PAGE,
    PLANTED,
    QUIET_SEEDS,
    claims,
    quiet,
    report_on,
)


def _table() -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(BEGIN)[2].partition(END)[0]


def test_the_broken_process_is_named_and_an_unlucky_agent_is_not() -> None:
    for seed in range(3):
        found = claims(report_on(seed))
        assert ("issue type", "refund") in found.low
        assert ("issue type", "refund") in found.gathers
        assert ("agent", "Tariq") not in found.low
        assert found.rules + found.systemic


@pytest.mark.parametrize("kind", ["null", "permuted"])
def test_it_is_silent_where_nothing_is(kind: str) -> None:
    seeds = range(6)
    assert quiet(seeds, null=kind == "null", permuted=kind == "permuted") >= 5


def test_the_page_keeps_its_promises() -> None:
    found = dict(re.findall(r"^\| (.*?) \| (\d+) \|$", _table(), re.MULTILINE))
    assert len(found) == len(PLANTED) + 1
    assert int(found["broken process: refund"]) == 20
    assert int(found["weak channel: email"]) >= 14
    for agent in ("Diego", "Nadia"):
        assert int(found[f"worse agent: {agent}"]) >= 12
    unlucky = next(n for name, n in found.items() if name.startswith("unlucky"))
    assert int(unlucky) == 0
    silent = re.findall(r"in (\d+) of (\d+)\s+samples", _table())
    assert [int(of) for _, of in silent] == [len(QUIET_SEEDS)] * 2
    assert all(int(n) >= 0.9 * int(of) for n, of in silent)
