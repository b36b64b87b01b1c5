"""How a page looks: colours by role, font, logo, language. Checked before any data is read.

A theme may change colours, never legibility: what can't be read on its paper is refused.
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from csatkit.errors import UsageError

__all__ = ["DARK", "LIGHT", "Look", "Theme", "contrast", "read_logo", "read_theme"]

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#ffffff",
        "ink": "#1f2328",
        "dim": "#57606a",
        "rule": "#d0d7de",
        "accent": "#0a5ea8",
        "band": "#b6cde3",
        "alarm": "#a8430b",
        "low2": "#f3b58a",
        "low1": "#f9dcc6",
        "mid": "#eef1f4",
        "high1": "#cfe3f3",
        "high2": "#9cc7e8",
    }
)
"""Role → colour on white paper. Blue and orange differ for every common colour blindness."""

DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#11161d",
        "ink": "#e6edf3",
        "dim": "#a3adb8",
        "rule": "#39424d",
        "accent": "#6cb6ff",
        "band": "#26466a",
        "alarm": "#f0975c",
        "low2": "#8a4716",
        "low1": "#54331d",
        "mid": "#222a33",
        "high1": "#1f3d58",
        "high2": "#245f92",
    }
)
"""The same on dark paper."""

FONT = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

# WCAG 2.2, AA: text 1.4.3, graphics 1.4.11.
TEXT_CONTRAST, GRAPHIC_CONTRAST = 4.5, 3.0

_NEEDED: Mapping[tuple[str, str], float] = MappingProxyType(
    {
        ("ink", "paper"): TEXT_CONTRAST,
        ("dim", "paper"): TEXT_CONTRAST,
        ("accent", "paper"): TEXT_CONTRAST,
        ("alarm", "paper"): GRAPHIC_CONTRAST,
        **{("ink", role): TEXT_CONTRAST for role in ("low2", "low1", "mid", "high1", "high2")},
    }
)

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
# Names of fonts; nothing with which a style sheet could be left.
_FONT = re.compile(r"[\w '\-,]{1,200}\Z")

LARGEST_LOGO = 300_000
"""Bytes: in base64 about 400 kB of a page that must stay below 3 MB."""

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role and the font."""

    light: Mapping[str, str] = field(default_factory=lambda: LIGHT)
    dark: Mapping[str, str] = field(default_factory=lambda: DARK)
    font: str = FONT


@dataclass(frozen=True, slots=True)
class Look:
    """What the reader's side of a page was asked to be.

    `logo` is a data URI; `language` decides how numbers and days are written; `assets` is the
    folder's name as a Markdown file refers to it, and the pictures are left in it.
    """

    theme: Theme = field(default_factory=Theme)
    logo: str | None = None
    language: str | None = None
    assets: str | None = None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    Source:
        WCAG 2.2, relative luminance and contrast ratio.
    """
    darker, lighter = sorted(_luminance(c) for c in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def read_theme(path: str) -> Theme:
    """Return a theme from a TOML file.

    `accent` and `font` stand alone, `[light]` and `[dark]` hold colours by role.

    Raises:
        UsageError: the file can't be read, or holds an unknown key, no colour, or one that can't
            be read on its paper.
    """
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"--theme {path}: {error.strerror or error}", "Name a TOML file."
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"--theme {path}: it isn't text in UTF-8", "Name a TOML file.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"--theme {path}: {error}", "Name a TOML file.") from None
    for key in tables:
        if key not in ("accent", "font", "light", "dark"):
            unknown = UsageError.unknown("key", key, ("accent", "font", "light", "dark"))
            raise UsageError(f"{path}: {unknown.message}", unknown.hint)
    font = tables.get("font", FONT)
    if not isinstance(font, str) or not _FONT.match(font):
        raise UsageError(f"{path} font: expected names of fonts, got {font!r}")
    light = _colours(path, "light", LIGHT, tables)
    dark = _colours(path, "dark", DARK, tables)
    return Theme(light, dark, font)


def _colours(
    path: str, name: str, default: Mapping[str, str], tables: Mapping[str, object]
) -> Mapping[str, str]:
    given = tables.get(name, {})
    if not isinstance(given, Mapping):
        raise UsageError(f"{path} {name}: expected a table of colours, got {given!r}")
    # One accent alone is of the light page; the dark one keeps its own, which is readable there.
    first = {"accent": tables["accent"]} if "accent" in tables and name == "light" else {}
    chosen = dict(default)
    for role, colour in {**first, **given}.items():
        if role not in default:
            error = UsageError.unknown("colour", role, default)
            raise UsageError(f"{path} [{name}]: {error.message}", error.hint)
        if not isinstance(colour, str) or not _HEX.match(colour):
            raise UsageError(f"{path} {role}: expected a colour like #0a5ea8, got {colour!r}")
        chosen[role] = colour.lower()
    for (one, other), least in _NEEDED.items():
        found = contrast(chosen[one], chosen[other])
        if found < least:
            raise UsageError(
                f"{path} [{name}]: {one} {chosen[one]} on {other} {chosen[other]} has a contrast "
                f"of {found:.1f}, which many can't read",
                f"At least {least:g} is needed (WCAG AA).",
            )
    return MappingProxyType(chosen)


def read_logo(path: str) -> str:
    """Return a picture as a data URI.

    An SVG is shown as an image, in which browsers run nothing and load nothing.

    Raises:
        UsageError: it can't be read, is too large, or is no PNG, JPEG or SVG.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"--logo {path}: {error.strerror or error}") from None
    if len(data) > LARGEST_LOGO:
        raise UsageError(
            f"--logo {path}: {len(data):,} bytes", f"At most {LARGEST_LOGO:,} travel in the page."
        )
    kind = next((k for magic, k in _KINDS if data.startswith(magic)), None)
    if kind is None and re.match(rb"\s*(\xef\xbb\xbf)?\s*<(\?xml|svg|!--|!DOCTYPE svg)", data):
        kind = "image/svg+xml" if b"<svg" in data else None
    if kind is None:
        raise UsageError(f"--logo {path}: expected a PNG, JPEG or SVG file")
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
