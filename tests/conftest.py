"""What every test shares: the Hypothesis profile, the skip guard, the specification folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

import tests.strategies  # noqa: F401 - registers the Hypothesis profiles

pytest_plugins = ["pytester", "tests.skip_guard"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the specification folder beside the repository, or skip the test."""
    if not (SHARED / "metrics.md").is_file():
        pytest.skip("shared specification folder not present")
    return SHARED


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the caller's CSATKIT_* variables and terminal width out of every test."""
    for name in list(os.environ):
        if name.startswith("CSATKIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
