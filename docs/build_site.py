"""Builds the documentation site: gathers the pages, then lets MkDocs make HTML of them.

`python docs/build_site.py` writes build/site/html, which opens from disk without a network. Pages
stay where readers of the repository look for them; here they are copied with their links bent, and
the pages that nobody writes by hand are added: one per metric, and the Python reference. A link
that leads nowhere stops the build, and so does a page that would load anything from elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "build" / "site"

ELSEWHERE: Mapping[str, str] = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "LICENSE": "license.txt",
    "benchmarks/RESULTS.md": "benchmarks.md",
    "examples/README.md": "examples.md",
    "docs/systems/README.md": "systems/index.md",
    "docs/guides/README.md": "guides/index.md",
}
"""Pages whose place on the site isn't their place below docs/."""

LINK = re.compile(r"(\]\()([^)\s#:]+)((?:#[^)\s]*)?\))")
CODE = re.compile(r"(^```.*?^```|`[^`\n]*`)", re.DOTALL | re.MULTILINE)

FETCHES: Mapping[str, re.Pattern[str]] = {
    ".html": re.compile(
        r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^\s\"'>]+"
        r"|<link\b(?![^>]*\brel=[\"']?(?:canonical|next|prev))[^>]*\bhref=[\"']?(?:https?:)?//[^\s\"'>]+"
    ),
    ".css": re.compile(r"(?:@import\s+|url\()[\"']?(?:https?:)?//[^\s\"')]+"),
}
"""What makes a browser fetch something, by the kind of file."""

API: Mapping[str, tuple[str, ...]] = {
    "Functions": ("_api.load", "_api.analyze", "_api.render", "_api.check", "_api.exit_code"),
    "What they take": ("query.Query", "settings.Settings"),
    "What they return": (
        "report.Report",
        "report.Measure",
        "report.Period",
        "report.Difference",
        "report.Section",
        "report.Table",
        "report.Chart",
        "report.Note",
        "report.InputSummary",
        "report.Definitions",
    ),
    "Errors": (
        "errors.CsatkitError",
        "errors.UsageError",
        "errors.InputError",
        "errors.NothingToEvaluate",
        "errors.Interrupted",
        "errors.ExitCode",
    ),
}
"""Heading → what stands under it, by the module that declares it."""


def place_of(source: str) -> str | None:
    """Return the place on the site of a file of the repository, None where it has none."""
    if source in ELSEWHERE:
        return ELSEWHERE[source]
    path = PurePosixPath(source)
    if path.is_relative_to("docs") and path.suffix in {".md", ".png"}:
        return str(path.relative_to("docs"))
    return f"files/{source}.txt" if path.is_relative_to("examples") else None


def bent(text: str, source: str, place: str) -> str:
    """Return a page's text with its links leading to the same things on the site.

    Args:
        text: Markdown; code is left alone.
        source: where the links start, from the repository's root.
        place: where the text will stand on the site.
    """
    # Fences take one word and options, where the repository's tests read two words.
    text = re.sub(r"^```sh files$", "```sh", text, flags=re.MULTILINE)
    parts = CODE.split(text)
    for index in range(0, len(parts), 2):
        parts[index] = LINK.sub(lambda m: m[1] + _target(m[2], source, place) + m[3], parts[index])
    return "".join(parts)


def _target(link: str, source: str, place: str) -> str:
    wanted = os.path.normpath(PurePosixPath(source).parent / link)
    if (ROOT / wanted).is_dir():
        # The page that introduces a folder stands for it: a site from disk lists none.
        wanted = str(PurePosixPath(wanted).parent / "README.md")
    found = place_of(wanted)
    return link if found is None else os.path.relpath(found, PurePosixPath(place).parent)


def sources() -> Iterator[str]:
    """Yield every file that has a place on the site, from the repository's root."""
    yield from (name for name in ELSEWHERE if name != "README.md")
    for folder in ("docs", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and place_of(name) and name not in ELSEWHERE:
                yield name


def gather(pages: Path) -> None:
    """Write every page into a folder."""
    for source in sources():
        place = str(place_of(source))
        if place.endswith(".md"):
            text = (ROOT / source).read_text(encoding="utf-8")
            _write(pages / place, bent(text, source, place))
        else:
            (pages / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / source, pages / place)
    for asset in ("iframe-worker.js", "site.css", "favicon.svg"):
        _write(pages / "assets" / asset, (ROOT / "docs" / "site" / asset).read_text("utf-8"))
    _write(pages / "api.md", api_page())


def add_metrics(pages: Path) -> dict[str, list[str]]:
    """Write a page for every metric; the page of all of them then only names each.

    Returns:
        Group → ids, in the catalogue's order.
    """
    import metric_pages

    for name, text in metric_pages.pages().items():
        place = f"metrics/{name}.md"
        _write(pages / place, bent(text, "docs/metrics.md", place))
    index = pages / "metrics.md"
    _write(index, metric_pages.without_entries(index.read_text("utf-8")))
    return {group: [m.id for m in found] for group, found in metric_pages.GROUPS.items()}


def api_page() -> str:
    """Return the page of the Python functions, to be filled from their docstrings."""
    parts = [
        "# Python reference\n",
        "Every public name, from its docstring. [Python](python.md) shows them at work.\n",
    ]
    for heading, names in API.items():
        parts.append(f"## {heading}\n")
        parts += [f"::: csatkit.{name}\n    options:\n      heading_level: 3\n" for name in names]
    return "\n".join(parts)


def configured(groups: Mapping[str, Iterable[str]], systems: Iterable[str]) -> str:
    """Return the configuration with the pages that are listed nowhere else."""
    text = (ROOT / "docs" / "site" / "mkdocs.yml").read_text("utf-8")
    metrics = [
        line
        for group, names in groups.items()
        for line in (f"- {group}:", *(f"    - {name}: metrics/{name}.md" for name in names))
    ]
    for marker, lines in (("# metrics", metrics), ("# systems", [f"- {s}" for s in systems])):
        found = re.search(rf"^( *){marker}$", text, re.MULTILINE)
        if found is None:
            raise ValueError(f"docs/site/mkdocs.yml has no line {marker!r}")
        text = text.replace(found[0], "\n".join(found[1] + line for line in lines))
    return text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def loaded_from_elsewhere(html: Path) -> list[str]:
    """Return what the built pages would fetch over the network; a link to click isn't that."""
    return [
        f"{path.relative_to(html)}: {found[0]}"
        for path in sorted(html.rglob("*"))
        if path.suffix in FETCHES
        for found in FETCHES[path.suffix].finditer(path.read_text("utf-8"))
    ]


def complaints(output: str) -> list[str]:
    """Return the warnings and errors of a build."""
    return re.findall(r"^(?:WARNING|ERROR) .*(?:\n(?![A-Z]+ ).*\S.*)*", output, re.MULTILINE)


def main() -> int:
    """Build the site anew; return MkDocs' exit code, or 1 where something is wrong with it."""
    shutil.rmtree(SITE, ignore_errors=True)
    pages = SITE / "pages"
    gather(pages)
    groups = add_metrics(pages)
    systems = sorted(
        f"systems/{p.name}" for p in (pages / "systems").glob("*.md") if p.name != "index.md"
    )
    _write(SITE / "mkdocs.yml", configured(groups, systems))
    # Not --quiet: strictness counts the warnings that are shown.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file"]
    # The theme announces its successor at every build.
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [*command, str(SITE / "mkdocs.yml")], env=env, check=False, capture_output=True, text=True
    )
    wrong = complaints(done.stdout + done.stderr)
    wrong += [f"loaded over the network: {line}" for line in loaded_from_elsewhere(SITE / "html")]
    if done.returncode or wrong:
        sys.stderr.write("\n".join(wrong or [done.stderr]) + "\n")
        return done.returncode or 1
    sys.stdout.write(f"{(SITE / 'html' / 'index.html').relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
