"""How `report` is dressed: title, logo, theme, language, pictures; checked before loading.

What means nothing for the chosen format is refused, so that nobody waits for a logo in a CSV.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from csatkit.cli.options import OUT, Option
from csatkit.errors import UsageError

if TYPE_CHECKING:
    from csatkit.cli.answer import Destination
    from csatkit.cli.command import Values
    from csatkit.render.look import Look

__all__ = ["DRESS", "Dress", "dress_of"]

DRESS: tuple[Option, ...] = (
    Option("title", ("--title",), "TEXT", "Title of the report.", OUT),
    Option("logo", ("--logo",), "FILE", "PNG, JPEG or SVG for the top of the HTML page.", OUT),
    Option("lang", ("--lang",), "LANGUAGE",
           "Write numbers and dates as in this language, e.g. de or fr_CH; words stay English.",
           OUT),
    Option("theme", ("--theme",), "FILE", "TOML file with colours and font of the HTML page.", OUT),
    Option("assets", ("--assets",), "FOLDER",
           "Write the pictures of a Markdown report there, as SVG and PNG.", OUT),
)  # fmt: skip
"""Options of commands that people look at."""

_MEANT_FOR: Mapping[str, tuple[str, ...]] = {
    "logo": ("html",),
    "theme": ("html", "markdown"),
    "lang": ("table", "markdown", "html"),
    "assets": ("markdown",),
}

DRAWING = ("html", "xlsx")
"""Formats that show pictures, or the figures of pictures."""

READ_ON = ("html", "xlsx", "markdown")
"""Formats of files that people read from beginning to end: with every section."""


@dataclass(frozen=True, slots=True)
class Dress:
    """What was asked for, read and checked."""

    look: Look
    title: str | None
    folder: Path | None
    """Where pictures go."""
    is_drawn: bool
    """Whether the answer is to hold the figures of pictures."""
    is_whole: bool
    """Whether it is to have every section, those that say why among them."""


def dress_of(given: Values, where_to: Destination) -> Dress:
    """Return how the answer is dressed.

    Raises:
        UsageError: an option that means nothing for the format, or a file or language that can't
            be used.
    """
    for key, formats in _MEANT_FOR.items():
        if given.get(key) and where_to.format not in formats:
            raise UsageError(
                f"--{key} means nothing for {where_to.format}", f"It is for {', '.join(formats)}."
            )
    from csatkit.render.look import Look, Theme, read_logo, read_theme

    assets, lang = given.get("assets"), given.get("lang")
    folder = Path(assets) if assets else None
    if given.get("theme") and where_to.format == "markdown" and folder is None:
        raise UsageError("--theme colours pictures", "Add --assets FOLDER, or write HTML.")
    if lang:
        from csatkit.render.spelling import language

        lang = language(lang)
    look = Look(
        theme=read_theme(given["theme"]) if given.get("theme") else Theme(),
        logo=read_logo(given["logo"]) if given.get("logo") else None,
        language=lang or None,
        assets=None if folder is None else _as_seen(folder, where_to.output),
    )
    is_drawn = where_to.format in DRAWING or folder is not None
    is_whole = where_to.format in READ_ON
    return Dress(look, given.get("title") or None, folder, is_drawn, is_whole)


def _as_seen(folder: Path, output: str | None) -> str:
    """Return the folder as the Markdown file refers to it."""
    start = Path(output).parent if output is not None else Path()
    try:
        return Path(os.path.relpath(folder, start)).as_posix()
    except ValueError:  # another drive
        return folder.absolute().as_posix()
