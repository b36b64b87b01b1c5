"""What the page says `themes` finds is what it finds; where nothing is, it stays silent."""

from __future__ import annotations

import re

import pytest

from tests.cli.theme_truth import BEGIN, END, PAGE, PLANTED, QUIET_SEEDS, quiet, report_on, said

pytestmark = pytest.mark.slow


def test_the_broken_process_shows_in_its_tags() -> None:
    found = [said(report_on(seed)) for seed in range(4)]
    assert sum(set(PLANTED) <= set(s.tags) for s in found) >= 3
    assert sum(len(set(s.tags) - set(PLANTED)) for s in found) <= 1


@pytest.mark.parametrize("kind", ["null", "permuted"])
def test_it_is_silent_where_nothing_is(kind: str) -> None:
    seeds = range(6)
    assert quiet(seeds, null=kind == "null", permuted=kind == "permuted") >= 5


def test_the_page_keeps_its_promises() -> None:
    inside = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    found = dict(re.findall(r"^\| (.*?) \| (\d+) \|$", inside, re.MULTILINE))
    assert set(found) == {f"a product problem: the tag {tag}" for tag in PLANTED}
    assert all(int(times) >= 15 for times in found.values())
    silent = re.findall(r"in (\d+) of (\d+)\s+samples", inside)
    assert [int(of) for _, of in silent] == [len(QUIET_SEEDS)] * 2
    assert all(int(n) >= 0.9 * int(of) for n, of in silent)
