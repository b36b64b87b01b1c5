"""The site's pages: each has its place, its links lead there, metrics and reference are whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import csatkit
from csatkit.cli.app import run
from csatkit.metrics import CATALOG
from tests.pages import DOCS, script

ROOT = DOCS.parent


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the script that gathers the site; its neighbours are found beside it."""
    monkeypatch.syspath_prepend(str(DOCS))
    return script("build_site")


@pytest.fixture(scope="module")
def metric_pages() -> Any:
    """Return the script that makes the pages of the metrics."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        return script("metric_pages")


def _navigation(site: Any) -> list[str]:
    """Return the pages that the navigation lists, groups flattened."""
    text = site.configured({"G": ["csat", "fcr"]}, ["systems/zendesk.md"])
    found: list[str] = []

    def collect(node: object) -> None:
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, dict):
            for child in node.values():
                collect(child)
        elif isinstance(node, list):
            for child in node:
                collect(child)

    # Without the one line that only the theme's loader reads.
    collect(yaml.safe_load(re.sub(r"^ +slugify: .*\n", "", text, flags=re.MULTILINE))["nav"])
    return found


def test_every_page_has_its_place_in_the_navigation(site: Any) -> None:
    listed = _navigation(site)
    assert len(listed) == len(set(listed))
    pages = {site.place_of(s) for s in site.sources()} | {"api.md"}
    written = {p for p in pages if p.endswith(".md") and not p.startswith("systems/")}
    assert written - set(listed) == set()
    assert {"metrics/csat.md", "metrics/fcr.md", "systems/zendesk.md", "systems/index.md"} <= set(
        listed
    )


def test_a_missing_marker_of_the_navigation_is_told(
    site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs" / "site").mkdir(parents=True)
    (tmp_path / "docs" / "site" / "mkdocs.yml").write_text("nav:\n  - a.md\n")
    monkeypatch.setattr(site, "ROOT", tmp_path)
    with pytest.raises(ValueError, match="# metrics"):
        site.configured({}, [])


@pytest.mark.parametrize(
    ("link", "source", "place", "expected"),
    [
        ("commands.md#csatkit-fcr", "docs/json.md", "json.md", "commands.md#csatkit-fcr"),
        ("docs/json.md", "README.md", "index.md", "json.md"),
        ("../CHANGELOG.md", "docs/python.md", "python.md", "changelog.md"),
        ("systems/README.md#scores", "docs/index.md", "index.md", "systems/index.md#scores"),
        ("README.md", "docs/systems/zendesk.md", "systems/zendesk.md", "index.md"),
        ("../../examples/cron/", "docs/guides/cron.md", "guides/cron.md", "../examples.md"),
        (
            "github/csat.yml",
            "examples/README.md",
            "examples.md",
            "files/examples/github/csat.yml.txt",
        ),
        ("statistics.md#x", "docs/metrics.md", "metrics/csat.md", "../statistics.md#x"),
        ("https://example.org/a.md", "docs/json.md", "json.md", "https://example.org/a.md"),
        ("#here", "docs/json.md", "json.md", "#here"),
        ("nowhere.md", "docs/json.md", "json.md", "nowhere.md"),
    ],
)
def test_a_link_is_bent(site: Any, link: str, source: str, place: str, expected: str) -> None:
    assert site.bent(f"see [it]({link}).", source, place) == f"see [it]({expected})."


def test_code_is_left_alone(site: Any) -> None:
    text = "`[a](b.md)`\n\n```sh files\ncsatkit x '[a](../README.md)'\n```\n"
    assert site.bent(text, "docs/a.md", "a.md") == text.replace("sh files", "sh")


def test_no_page_holds_a_link_out_of_the_site(site: Any, tmp_path: Path) -> None:
    site.gather(tmp_path)
    pages = {p for p in tmp_path.rglob("*") if p.is_file()}
    made = {tmp_path / "metrics" / f"{name}.md" for name in CATALOG}
    for page in (p for p in pages if p.suffix == ".md"):
        text = re.sub(
            r"^```.*?^```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        for link in re.findall(r"\]\(([^)\s#:]+)(?:#[^)\s]*)?\)", text):
            assert (page.parent / link).resolve() in pages | made, f"{page.name}: {link}"


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("a.html", '<script src="https://unpkg.com/x"></script>', 1),
        ("a.html", '<link rel="stylesheet" href="//fonts.example.org/a.css">', 1),
        ("a.html", "<link rel=stylesheet href=https://example.org/a.css>", 1),
        ("a.html", '<img alt="x" src="https://example.org/a.png">', 1),
        (
            "a.html",
            '<a href="https://example.org">x</a><link rel="canonical" href="https://e.org">',
            0,
        ),
        ("a.html", '<script src="assets/a.js"></script><img src="data:image/png;base64,//8=">', 0),
        ("a.css", "@import 'https://example.org/a.css'; a { background: url(//e.org/b.png) }", 2),
        ("a.css", "a { background: url(data:image/svg+xml;utf8,x) } /* https://e.org */", 0),
    ],
)
def test_what_a_page_would_load_is_found(
    site: Any, tmp_path: Path, name: str, text: str, count: int
) -> None:
    (tmp_path / name).write_text(text)
    assert len(site.loaded_from_elsewhere(tmp_path)) == count


def test_a_warning_of_the_build_is_a_complaint(site: Any) -> None:
    output = (
        "INFO    -  Building\n"
        "WARNING -  Doc file 'a.md' contains a link 'b.md#c',\n"
        "           but there is no such anchor\n"
        "INFO    -  Documentation built\n"
        "\nAborted with 1 warnings in strict mode!\n"
    )
    assert len(site.complaints(output)) == 1
    assert site.complaints(output)[0].endswith("no such anchor")
    assert site.complaints("INFO    -  Building, no WARNING so far\n") == []


def test_the_reference_holds_every_public_name(site: Any) -> None:
    named = {name.rpartition(".")[2] for names in site.API.values() for name in names}
    assert set(csatkit.__all__) - named == {"__version__"}
    page = site.api_page()
    assert all(f"::: csatkit.{name}\n" in page for names in site.API.values() for name in names)


# -- metrics -------------------------------------------------------------------------------------


def test_every_metric_has_a_page_with_what_the_sample_gives(metric_pages: Any) -> None:
    pages = metric_pages.pages()
    assert list(pages) == list(CATALOG)
    assert "**80.4 %**, interval 78.1 to 82.4, 1,052 of 1,309" in pages["csat"]
    assert "**7,891**." in pages["tickets"]
    assert "[Wilson](statistics.md#wilson-interval)" in pages["fcr"]
    for name, page in pages.items():
        assert CATALOG[name].definition in page
        assert re.search(r"sample\]\(demo\.md\): (?:\*\*|not available, |no row)", page), name


def test_metrics_are_grouped_once_and_in_order(metric_pages: Any) -> None:
    assert [m.id for group in metric_pages.GROUPS.values() for m in group] == list(CATALOG)


def test_what_a_metric_s_page_says_to_type_runs(
    metric_pages: Any,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    # One run shows all metrics; the pages only differ in which one they name.
    every = ",".join(CATALOG)
    for command in metric_pages.commands("csat"):
        line = command.replace("--metric csat", f"--metric {every}").split()
        assert (line[1], run(line[1:])) == (line[1], 0)
        assert "error:" not in capsys.readouterr().err


def test_the_page_of_all_metrics_keeps_its_anchors(metric_pages: Any) -> None:
    text = (DOCS / "metrics.md").read_text("utf-8")
    short = metric_pages.without_entries(text)
    assert re.findall("^#.*", short, re.MULTILINE) == re.findall("^#.*", text, re.MULTILINE)
    assert len(short) < 0.7 * len(text)
    assert all(f"(metrics/{name}.md)" in short for name in CATALOG)
