"""The page about sources: every configuration on it is one, and its bounds are the real ones."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from csatkit.config import settings_from
from csatkit.config_file import read
from csatkit.load import archives, containers, json_files, json_reader, parts, remote, sniff
from csatkit.query import SCHEMES, Query

PAGE = Path(__file__).resolve().parents[3] / "docs" / "sources.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_there_are_blocks_to_try() -> None:
    assert len(BLOCKS) >= 5


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_a_configuration(tmp_path: Path, block: str) -> None:
    path = tmp_path / "csatkit.toml"
    path.write_text(block, encoding="utf-8")
    source = settings_from({}, {}, read(path)).source
    for kind, given in tomllib.loads(block)["source"].items():
        found = getattr(source, kind)
        entries = given if isinstance(given, list) else [given]
        assert [isinstance(f, Query) for f in found] == [isinstance(e, dict) for e in entries]


def test_the_bounds_on_the_page_are_the_real_ones() -> None:
    flat = " ".join(TEXT.split())
    for bound in (
        f"more than {json_reader.LARGEST >> 20} million characters or {json_reader.DEEPEST} levels",
        f"more than {json_files._MOST_HEADERS:,} different fields",
        f"more than {archives.MOST_MEMBERS:,} files",
        f"more than {archives.MOST_BYTES >> 30} GiB unpacked",
        f"above {containers.ALWAYS_FINE >> 20} MiB",
        f"more than {containers.MOST_RATIO} times its size",
        f"may have {sniff.LARGEST_CELL >> 20} million characters",
    ):
        assert bound in flat


def test_every_store_database_and_variable_is_on_the_page() -> None:
    for scheme, variables in remote._VARIABLES.items():
        assert f"`{scheme}://`" in TEXT
        for name in re.findall(r"[A-Z_]{6,}", variables):
            assert f"`{name}`" in TEXT
    for scheme in set(SCHEMES) - {"postgres"}:
        assert f"{scheme}://" in TEXT
    assert {".json", ".ndjson", ".xlsx", ".zip"} < set(parts._DATA_SUFFIXES)
