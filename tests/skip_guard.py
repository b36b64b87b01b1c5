"""A skipped test is a test that didn't run: under CI each reason must be on a list.

A pytest plugin, active where the environment says `CI=true`. Every process of a parallel run
collects its own skips, of single tests and of whole modules, and hands them to the one that
reports; a reason that isn't in `allowed_skips.txt` turns a green run red. Expected failures
(`xfail`) aren't skips.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ALLOWED = Path(__file__).with_name("allowed_skips.txt")
"""One reason per line; blank lines and lines starting with `#` are for the reader."""

_WORKER_KEY = "csatkit_skips"


def allowed_reasons(path: Path) -> frozenset[str]:
    """Return the reasons that a file allows; none where the file is absent."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


class SkipGuard:
    """Collect skips and fail the session for those without an allowed reason."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = frozenset(allowed)
        self.skips: set[tuple[str, str]] = set()

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """Remember a skipped test or module with its reason."""
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        detail: Any = report.longrepr
        text = str(detail[2] if isinstance(detail, tuple) else detail)
        self.skips.add((report.nodeid, text.removeprefix("Skipped: ")))

    def offenders(self) -> list[tuple[str, str]]:
        """Return (test, reason) for every skip that isn't allowed, in a fixed order."""
        return sorted(skip for skip in self.skips if skip[1] not in self.allowed)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See a test's outcome; in a parallel run the reporting process gets these too."""
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """See a module that skips itself; only the process that imports it gets to know."""
        self.note(report)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of pytest-xdist has collected."""
        for nodeid, reason in getattr(node, "workeroutput", {}).get(_WORKER_KEY, ()):
            self.skips.add((nodeid, reason))

    # Last, so that no other plugin overwrites the exit status.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the skips over (worker) or turn the run red (the one that reports)."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_WORKER_KEY] = sorted(self.skips)
        elif self.offenders() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the offending tests."""
        offenders = self.offenders()
        if offenders:
            terminalreporter.section("skipped for a reason that isn't allowed", red=True)
            for nodeid, reason in offenders:
                terminalreporter.write_line(f"{nodeid}: {reason}")


def pytest_configure(config: pytest.Config) -> None:
    """Register the guard where `CI=true`."""
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(SkipGuard(allowed_reasons(ALLOWED)), "csatkit-skip-guard")
