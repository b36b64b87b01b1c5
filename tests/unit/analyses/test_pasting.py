"""What a claim offers to be pasted is one whole option per cell, whatever a name holds."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from csatkit.analyses.pasting import BY_CREATION, pasteable


@given(st.text(min_size=1).filter(lambda name: not name.endswith(BY_CREATION)))
def test_a_shell_reads_the_name_as_it_is(name: str) -> None:
    assert shlex.split(pasteable([f"tag:{name}"])) == ["--tickets-of", f"tag:{name}"]


def test_each_cell_has_its_option_and_its_clock() -> None:
    cells = ["csat:failed,channel=live chat", f"csat:failed,weekday=Mon{BY_CREATION}"]
    first, second = pasteable(cells).split("; ")
    assert shlex.split(first) == ["--tickets-of", "csat:failed,channel=live chat"]
    assert shlex.split(second) == [
        "--tickets-of", "csat:failed,weekday=Mon", "--clock", "created",
    ]  # fmt: skip
