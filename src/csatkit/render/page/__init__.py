"""The report as one page that people look at: cards, pictures, tables, rules; nothing from outside.

The page says by policy that it loads nothing and runs only its own few lines, which sort and filter
tables; without them everything is still there to read.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from csatkit._version import __version__
from csatkit.render.grouping import Group, grouped, segmented
from csatkit.render.look import Look
from csatkit.render.page.cards import cards
from csatkit.render.page.figures import figure
from csatkit.render.page.provenance import facts, meanings, scope, sources
from csatkit.render.page.tables import grid_table, measure_tables
from csatkit.render.page.words import kept, sentence, words

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report, Section

__all__ = ["render"]


MOST_OPEN = 20
"""Rows of a table that is open at first; longer ones would part the reader from what follows."""


LONGEST = 240
"""Letters of a cell that are all in sight; more have a box of their own in which they scroll."""


def render(report: Report, view: View) -> str:
    """Return the page, one newline at its end."""
    import jinja2
    from markupsafe import Markup

    look = view.look or Look()
    place = files(__name__)
    script = (place / "page.js").read_text(encoding="utf-8")
    style = _style(look) + (place / "page.css").read_text(encoding="utf-8")
    loader = jinja2.FunctionLoader(lambda name: (place / name).read_text(encoding="utf-8"))
    env = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.filters["kept"] = kept
    page = env.get_template("page.html.j2").render(
        **_content(report), logo=look.logo, version=__version__, most_open=MOST_OPEN,
        longest=LONGEST,
        # Written by us and by nobody else, so that they stand in the page as they are.
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
    )  # fmt: skip
    return page.strip() + "\n"


def _style(look: Look) -> str:
    """Return the colours as variables: light, and dark where the reader's screen is."""
    light = "".join(f"--{role}:{colour};" for role, colour in look.theme.light.items())
    dark = "".join(f"--{role}:{colour};" for role, colour in look.theme.dark.items())
    return (
        f":root{{{light}--font:{look.theme.font};color-scheme:light dark}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _content(report: Report) -> dict[str, Any]:
    rules = facts(report.definitions)
    return {
        "title": words(report.title or "Customer satisfaction report"),
        "rules": rules,
        "scope": "; ".join(scope(report)),
        "cards": cards(report),
        "sections": [_section(s) for s in report.sections],
        "figures": list(measure_tables("Figures", _alone(report), "figures")),
        "segments": list(measure_tables("", segmented(report), "all-segments")),
        "notes": [{"level": n.level, "text": sentence(n.text)} for n in report.notes],
        "meanings": meanings(report),
        "sources": sources(report),
    }


def _alone(report: Report) -> Iterator[Group]:
    """Yield the figures of a report without sections, those of segments apart."""
    return grouped([] if report.sections else [m for m in report.measures if not m.segment])


def _section(section: Section) -> dict[str, Any]:
    tables = list(_tables(section))
    return {
        "key": section.key,
        "title": words(section.title),
        "missing": None if section.missing is None else words(section.missing),
        "text": [sentence(line) for line in section.text],
        "figures": [
            figure(c, f"{section.key}-{i}", section.title) for i, c in enumerate(section.charts)
        ],
        "tables": tables,
        "folded": section.key == "headline",
    }


def _tables(section: Section) -> Iterator[dict[str, Any]]:
    name = f"{section.key}-measures"
    yield from measure_tables(section.title, grouped(section.measures), name)
    for i, table in enumerate(section.tables):
        yield grid_table(table, table.title or section.title, f"{section.key}-table-{i}")
