"""The same tickets and links judged by another window: nothing is sorted or linked again."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from csatkit.facts.build import Facts
from csatkit.facts.outcome import outcome

__all__ = ["with_window"]


def with_window(facts: Facts, days: float) -> Facts:
    """Return the facts as they are with a repeat-contact window of so many days.

    Args:
        facts: of a run that has sought repeats.
        days: the window, above 0.
    """
    assert facts.kept is not None
    rules = replace(facts.rules, settings=replace(facts.rules.settings, window_days=days))
    kept = facts.kept.mapped(lambda rows: outcome(rows, rules, contacts=True, times=False))
    return replace(facts, rules=rules, kept=kept, tickets=kept.lazy().filter(pl.col("out") == 0))
