"""A chart of a report as a picture: Altair describes it, vl-convert draws it, no browser needed.

Colours are roles until the last moment, because a page shows them light or dark and a file by
itself only light. What a picture says by colour it says by shape or word, too.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from csatkit.errors import UsageError
from csatkit.render.spelling import signs

if TYPE_CHECKING:
    import altair

    from csatkit.report import Chart, Report

__all__ = ["DAY", "ROLES", "chart_of", "is_of_days", "pictured", "png", "svg", "warm_up"]

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#0a0101",
        "ink": "#0a0102",
        "dim": "#0a0103",
        "rule": "#0a0104",
        "accent": "#0a0105",
        "band": "#0a0106",
        "alarm": "#0a0107",
        "low2": "#0a0108",
        "low1": "#0a0109",
        "mid": "#0a010a",
        "high1": "#0a010b",
        "high2": "#0a010c",
    }
)
"""Role → a colour that stands for it while drawing, one that nothing else has."""

_ROLE_OF = {colour: role for role, colour in ROLES.items()}
_COLOUR = re.compile("|".join(ROLES.values()))
# Vega numbers its ids on from picture to picture.
_IDS = re.compile(r'(\bid="|url\(#|href="#)([A-Za-z_]+\d+)')
# Vega describes every mark to screen readers; a page says it once, and has a table behind.
_SPOKEN = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
_SIZE = re.compile(r' width="[\d.]+" height="[\d.]+"(?= viewBox)')
_LINKS = ' xmlns:xlink="http://www.w3.org/1999/xlink"'

FONT = "Helvetica, Arial, sans-serif"
PNG_SCALE = 2.0
"""Pixels per point: sharp on dense screens."""


DAY = "day "
"""How the labels of a curve start that runs over days."""


def is_of_days(chart: Chart) -> bool:
    """Tell whether a curve says what happened by a day, or what holds at a step."""
    return all(str(row.get("label")).startswith(DAY) for row in chart.rows)


def svg(chart: Chart, width: int, name: str, colours: Mapping[str, str] | None = None) -> str:
    """Return a picture as SVG that scales with its place.

    Args:
        chart: what to draw.
        width: points across at its natural size, which decides how much is labelled.
        name: starts the ids inside, so that several pictures may stand in one document.
        colours: role → colour; None leaves them to the variables of a style sheet.
    """
    drawn = _drawn(chart, width)
    drawn = _SPOKEN.sub("", drawn).replace(_LINKS, "")
    drawn = _renamed(drawn, name)
    if colours is None:
        drawn = _SIZE.sub("", drawn, count=1)
    return _coloured(drawn, colours)


def _renamed(drawn: str, name: str) -> str:
    """Return the picture with ids that are its own, counted from the first."""
    known: dict[str, str] = {}

    def own(found: re.Match[str]) -> str:
        new = known.setdefault(found[2], f"{name}-{len(known)}")
        return f"{found[1]}{new}"

    return _IDS.sub(own, drawn)


def png(chart: Chart, width: int, colours: Mapping[str, str]) -> bytes:
    """Return a picture as PNG on its paper."""
    import vl_convert

    found: bytes = vl_convert.svg_to_png(svg(chart, width, "p", colours), scale=PNG_SCALE)
    return found


def warm_up() -> threading.Thread:
    """Load what draws, beside other work: the first picture then needn't wait half a second for it.

    Reading leaves a core free while one thread waits for another. A library that can't be loaded is
    told by the first picture, not here.
    """
    thread = threading.Thread(target=_load, name="drawing", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    with suppress(ImportError):
        import jinja2  # noqa: F401 - the page's template engine
        import vl_convert

        from csatkit.render import drawing_kinds  # noqa: F401 - and with it Altair

        vl_convert.vegalite_to_svg({"mark": "point", "data": {"values": []}}, allowed_base_urls=[])


def pictured(report: Report) -> bool:
    """Return whether a report was made for a format that draws."""
    kinds = {"heat", "funnel", "waterfall", "curve"}
    return any(c.kind in kinds or c.title for s in report.sections for c in s.charts)


def chart_of(report: Report, key: str) -> altair.TopLevelMixin:
    """Return the picture of a section as Altair's chart.

    Raises:
        UsageError: no section of that name has a picture.
    """
    from csatkit.render.look import LIGHT

    drawable = {s.key: s.charts[0] for s in report.sections if s.charts}
    if key not in drawable:
        error = UsageError.unknown("picture", key, drawable)
        raise UsageError(error.message, error.hint or "Ask for pictures: analyze(pictures=True).")
    import altair

    spec = _coloured_spec(_spec(drawable[key], 640), LIGHT)
    return altair.Chart.from_dict(spec)


def _spec(chart: Chart, width: int) -> dict[str, Any]:
    from altair.utils.schemapi import debug_mode

    from csatkit.render.drawing_kinds import draw

    # Altair would check every part against its schema again, which takes longer than drawing.
    with debug_mode(False):
        found: dict[str, Any] = draw(chart, width).configure(**_config()).to_dict(validate=False)
    return found


def _drawn(chart: Chart, width: int) -> str:
    import vl_convert

    # Nothing may be fetched, whatever a cell holds.
    found: str = vl_convert.vegalite_to_svg(
        _spec(chart, width), allowed_base_urls=[], format_locale=signs()
    )
    return found


def _config() -> dict[str, Any]:
    ink, dim, rule = ROLES["ink"], ROLES["dim"], ROLES["rule"]
    axis = {
        "labelColor": dim, "titleColor": dim, "gridColor": rule, "domainColor": rule,
        "tickColor": rule, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        "labelLimit": 150, "labelPadding": 5,
    }  # fmt: skip
    return {
        "font": FONT,
        "background": "transparent",
        "axis": axis,
        "text": {"color": ink, "fontSize": 12},
        "point": {"opacity": 1},
        "view": {"stroke": None},
    }


def _coloured(text: str, colours: Mapping[str, str] | None) -> str:
    def colour(found: re.Match[str]) -> str:
        role = _ROLE_OF[found[0]]
        return f"var(--{role})" if colours is None else colours[role]

    return _COLOUR.sub(colour, text)


def _coloured_spec(spec: Any, colours: Mapping[str, str]) -> Any:
    match spec:
        case dict():
            return {k: _coloured_spec(v, colours) for k, v in spec.items()}
        case list():
            return [_coloured_spec(v, colours) for v in spec]
        case str() if spec in _ROLE_OF:
            return colours[_ROLE_OF[spec]]
    return spec
