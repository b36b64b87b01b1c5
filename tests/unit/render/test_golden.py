"""Every format writes the same bytes as the file that somebody has looked at."""

from __future__ import annotations

import pytest

from tests.unit.render.samples import GOLDEN, golden_files

FILES = dict(golden_files())


@pytest.mark.parametrize("name", sorted(FILES))
def test_output_equals_the_golden_file(name: str) -> None:
    assert FILES[name] == (GOLDEN / name).read_bytes()


def test_no_golden_file_of_the_renderers_is_left_over() -> None:
    kept = {path.name for path in GOLDEN.glob("render_*")}
    assert kept == set(FILES)
