"""Makes the pictures of the HTML report in `docs/images/` anew: `python docs/screenshots.py`.

It needs the test group and a Chromium of the system. The page is the one that
`csatkit report --demo -o report.html` writes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import ARGUMENTS, find_chromium  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WIDE = {"width": 1000, "height": 1760}
NARROW = {"width": 360, "height": 1500}


def main() -> None:
    """Write every picture."""
    IMAGES.mkdir(exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        sys.exit("there is no Chromium here; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "report.html"
        subprocess.run(
            [sys.executable, "-m", "csatkit", "report", "--demo", "-o", str(page)], check=True
        )
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        _shoot(browser, page, "report-light.png", WIDE, "light")
        _shoot(browser, page, "report-dark.png", WIDE, "dark")
        _shoot(browser, page, "report-narrow.png", NARROW, "light")
        _print(browser, page, Path(folder), IMAGES / "report-print.png")
        browser.close()


def _shoot(browser: Browser, page: Path, name: str, size: dict[str, int], scheme: str) -> None:
    opened = browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    opened.goto(page.as_uri())
    opened.screenshot(path=IMAGES / name)
    opened.close()


def _print(browser: Browser, page: Path, folder: Path, image: Path) -> None:
    """Print to a PDF, whose first sheet becomes the picture."""
    opened = browser.new_page()
    opened.goto(page.as_uri())
    pdf = folder / "report.pdf"
    opened.pdf(path=pdf, format="A4", prefer_css_page_size=True)
    opened.emulate_media(media="print")
    # A sheet of A4 at 96 dots per inch, with the margins of the style sheet.
    opened.set_viewport_size({"width": 794, "height": 1123})
    opened.evaluate("document.body.style.padding = '14mm'")
    opened.screenshot(path=image)
    opened.close()


if __name__ == "__main__":
    main()
