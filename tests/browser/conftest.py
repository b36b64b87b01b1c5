"""One Chromium and one report for all tests of the page; no test reaches the network."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from csatkit.analyses import run
from csatkit.cli.inputs import sample
from csatkit.render import render
from csatkit.settings import Settings
from tests.browser.chromium import ARGUMENTS, find_chromium

NO_BROWSER = "no Chromium here"

AXE = Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js.gz"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the system's browser once, or skip."""
    path = find_chromium()
    if path is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the sample as a file."""
    settings = Settings()
    found = run("report", sample(settings), settings, options={"pictures": "yes"})
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(str(render(found, "html")), encoding="utf-8")
    return path


class Opened:
    """A page that was opened, with everything that went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.troubles.append(message.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


Open = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Browser, report_file: Path) -> Iterator[Open]:
    """Return a function that opens the report with the network cut."""
    contexts: list[BrowserContext] = []

    def opened(width: int = 1100, scheme: str = "light", script: bool = True) -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=script,
            offline=True,
        )
        contexts.append(context)
        found = Opened(context.new_page())
        found.page.goto(report_file.as_uri())
        return found

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core."""
    return gzip.decompress(AXE.read_bytes()).decode("utf-8")
