"""`reconcile`: one export under every named rule that its columns allow, side by side.

Two systems show two numbers for one month because they count by two rules. Each rule stands with
its numerator, its denominator and its source, and how it differs from the headline is told ticket
by ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.choices import two_rules
from csatkit.analyses.likeness import like_note, like_section, vendor_of
from csatkit.analyses.measuring import Request, measures, n_rows, tabulate
from csatkit.analyses.reconcile.comparing import Compared, compared
from csatkit.analyses.reconcile.listing import flipped
from csatkit.analyses.reconcile.sections import group_sections, lead_section, rules_section
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.metrics import CATALOG, find
from csatkit.metrics.vendors import RECONCILED, Group, Vendor
from csatkit.periods import Span
from csatkit.report import Report

__all__ = ["RULES", "reconcile"]

RULES: tuple[str, ...] = tuple(name for group in RECONCILED.values() for name in group.rules)
"""Ids of all metrics that are set side by side."""


def reconcile(ws: Workspace, options: Mapping[str, str]) -> Report:
    """Return the rules side by side, or the tickets on which two differ.

    Args:
        ws: the run, with the facts of `RULES`.
        options: `like`, a system of `VENDORS`; `flips`, two rules.

    Raises:
        UsageError: an unknown system or rule, or rules that can't be compared.
        NothingToEvaluate: the selection holds no row.
    """
    if "flips" in options:
        return flipped(ws, two_rules(options["flips"]))
    vendor = vendor_of(options["like"]) if "like" in options else None
    groups = [_in_order(group, vendor) for group in RECONCILED.values()]
    spans = [_span_of(ws, group) for group in groups]
    requests = [Request(find(g.rules), (), s) for g, s in zip(groups, spans, strict=True)]
    tables = tabulate(ws, requests)
    usable = any(ws.lacks(CATALOG[name]) is None for name in RULES)
    if usable and n_rows(tables) == 0:
        raise NothingToEvaluate(
            "the selection holds no row", "Widen --period, --from, --to or --where."
        )
    found: list[Compared] = [
        compared(ws, group, measures(ws, [table]), span)
        for group, table, span in zip(groups, tables, spans, strict=True)
    ]
    every = tuple(m for c in found for m in c.measures)
    sections = [s for c in found for s in group_sections(c)]
    # Numbers first: the matrices and the rules in full are for whoever reads on.
    sections.sort(key=lambda s: s.key.startswith("flips_"))
    shown = [m.metric for m in every if m.status != "unavailable"]
    lead = () if vendor is None else (like_section(ws, vendor, shown),)
    said = () if vendor is None else (like_note(vendor, shown),)
    notes = (*said, *remarks(ws, every))
    return Report(
        "reconcile", definitions(ws), inputs(ws), every,
        (*lead, lead_section(found), *sections, rules_section(every)), notes,
    )  # fmt: skip


def _in_order(group: Group, vendor: Vendor | None) -> Group:
    """Return a group with the headline's rule first."""
    own = group.rules[0]
    first = own if vendor is None else vendor.instead.get(own, own)
    return replace(group, rules=(first, *(name for name in group.rules if name != first)))


def _span_of(ws: Workspace, group: Group) -> Span | None:
    """Return the one period of a group: that of its headline, so that all see the same tickets."""
    own = CATALOG[group.rules[0]]
    span = ws.spans_for([own], ws.span)[own.id]
    return None if span is None else replace(span, relative=False)
