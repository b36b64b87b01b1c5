"""Which sections of the short read are shown: `[report] sections` and `hide`."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.report import Section
from csatkit.settings import REPORT_SECTIONS, Settings

__all__ = ["chosen"]


def chosen(sections: Sequence[Section], settings: Settings) -> tuple[Section, ...]:
    """Return the sections that the configuration wants; what else was asked for always stays."""
    wanted = settings.sections or REPORT_SECTIONS
    return tuple(
        s
        for s in sections
        if s.key not in REPORT_SECTIONS or (s.key in wanted and s.key not in settings.hide)
    )
