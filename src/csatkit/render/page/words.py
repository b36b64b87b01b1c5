"""Foreign text for a page: one line, nothing invisible, words that can break."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from csatkit.render.text import one_line
from csatkit.settings import FAILURE_REASONS

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["kept", "sentence", "words"]

# Figures stay on the line of their unit, days in one piece.
_KEPT = re.compile(r"\b\d{4}-\d\d-\d\d\b|[−+]?\b\d[\d.,]* (?:%|h|points?)(?!\w)")
_REASON = re.compile("|".join(rf"\b{reason}\b" for reason in FAILURE_REASONS if "_" in reason))


def words(text: str) -> str:
    """Return text as a page shows it; the template escapes it."""
    return one_line(text)


def sentence(text: str) -> str:
    """Return our own words as a page shows them, without names that only programs know.

    >>> sentence("not measured: not_confirmed")
    'not measured: not confirmed'
    """
    return _REASON.sub(lambda found: found[0].replace("_", " "), words(text))


def kept(text: str) -> Markup:
    """Return text as HTML in which no line ends within a figure or a day.

    >>> kept("<b> 5 % of")
    Markup('&lt;b&gt; <span class="nw">5 %</span> of')
    """
    from markupsafe import Markup, escape

    # Escaping makes no digits but those of quotes, which nothing here matches.
    shown = _KEPT.sub(r'<span class="nw">\g<0></span>', str(escape(text)))
    return Markup(shown)
