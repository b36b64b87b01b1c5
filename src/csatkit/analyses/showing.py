"""Which sections of the report are shown: `[report] sections` and `hide`."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.report import Section
from csatkit.settings import REPORT_SECTIONS, WHY_SECTIONS, Settings

__all__ = ["chosen", "wanted_why"]


def wanted_why(settings: Settings, *, pictures: bool) -> tuple[str, ...]:
    """Return the sections that say why and are to be made.

    Args:
        settings: what the configuration names and hides.
        pictures: whether the answer is for a page; elsewhere only what is named is made.
    """
    named = settings.sections or (WHY_SECTIONS if pictures else ())
    return tuple(k for k in WHY_SECTIONS if k in named and k not in settings.hide)


def chosen(sections: Sequence[Section], settings: Settings) -> tuple[Section, ...]:
    """Return the sections that the configuration wants; what else was asked for always stays."""
    wanted = settings.sections or REPORT_SECTIONS
    return tuple(
        s
        for s in sections
        if s.key not in REPORT_SECTIONS or (s.key in wanted and s.key not in settings.hide)
    )
