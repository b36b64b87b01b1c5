"""Where the system's Chromium is; Playwright's own isn't downloaded."""

from __future__ import annotations

import shutil

__all__ = ["ARGUMENTS", "find_chromium"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Containers run as root and have little shared memory.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def find_chromium() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
