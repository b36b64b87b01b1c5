"""`--like SYSTEM`: another system's rules take the headline's place, under their own names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csatkit.analyses.wording import rule
from csatkit.errors import UsageError
from csatkit.metrics import CATALOG
from csatkit.metrics.vendors import VENDORS, Vendor
from csatkit.notes import note
from csatkit.report import Note, Section

if TYPE_CHECKING:
    from csatkit.analyses.workspace import Workspace

__all__ = ["like_note", "like_section", "replaced", "vendor_of"]


def vendor_of(name: str) -> Vendor:
    """Return the system that `--like` names.

    Raises:
        UsageError: none is known by that name.
    """
    found = VENDORS.get(name.strip().casefold())
    if found is None:
        raise UsageError.unknown("system of --like", name, VENDORS)
    return found


def replaced(metrics: Sequence[str], vendor: Vendor | None) -> tuple[str, ...]:
    """Return ids of metrics with those that a system counts differently exchanged."""
    if vendor is None:
        return tuple(metrics)
    return tuple(dict.fromkeys(vendor.instead.get(m, m) for m in metrics))


def _words(ws: Workspace, vendor: Vendor, shown: Sequence[str]) -> tuple[str, ...]:
    lines = [
        f"Instead of {mine} stands {theirs}: {rule(CATALOG[theirs], ws)}."
        for mine, theirs in vendor.instead.items()
        if theirs in shown
    ]
    same = [CATALOG[m].label for m in vendor.same if m in shown]
    if same:
        lines.append(f"{vendor.label} counts {', '.join(same)} like csatkit.")
    return (*lines, "Everything else follows csatkit's own rules.")


def like_section(ws: Workspace, vendor: Vendor, shown: Sequence[str]) -> Section:
    """Return the first lines of an answer by another system's rules.

    Args:
        ws: the run.
        vendor: the system.
        shown: ids of the metrics in the answer.
    """
    return Section("like", f"As {vendor.label} counts", text=_words(ws, vendor, shown))


def like_note(vendor: Vendor, shown: Sequence[str]) -> Note:
    """Return the same as a note, for formats that have no sections."""
    changed = [theirs for theirs in vendor.instead.values() if theirs in shown]
    text = f"counted as {vendor.label} does, not by csatkit's rules: {', '.join(changed)}"
    return note("rules.like", text, "warning")
