"""Statistics stay light: nothing beyond a few small modules of the standard library."""

import pkgutil
import subprocess
import sys

import pytest

import csatkit.stats

MODULES = sorted(
    f"csatkit.stats.{module.name}" for module in pkgutil.iter_modules(csatkit.stats.__path__)
)
# Each takes longer to import than all of the statistics, or has no business here.
HEAVY = {
    "polars",
    "pyarrow",
    "numpy",
    "scipy",
    "pandas",
    "typer",
    "rich",
    "statistics",
    "dataclasses",
    "inspect",
    "decimal",
    "random",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    code = (
        "import sys, csatkit, typing; before = set(sys.modules); "
        f"import {', '.join(MODULES)}; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_nothing_heavy_is_loaded(loaded: set[str]) -> None:
    assert loaded >= set(MODULES)
    assert not loaded & HEAVY


def test_only_the_standard_library_and_itself_are_loaded(loaded: set[str]) -> None:
    roots = {name.partition(".")[0] for name in loaded if not name.startswith("csatkit.stats")}
    assert roots <= sys.stdlib_module_names
