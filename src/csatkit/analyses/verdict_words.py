"""What verdicts amount to, in sentences: how many hold, and what a goal was bought with."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.gate import Verdict
from csatkit.notes import note
from csatkit.report import Note

__all__ = ["advice", "words"]

OUTCOMES = frozenset({"csat", "csat_average", "fcr", "fcr_resolved"})
"""What can be bought: by closing early, by asking only the happy, by turning work away."""

_SAID = {
    "pass": ("holds", "hold"),
    "fail": ("fails", "fail"),
    "inconclusive": ("can't be decided", "can't be decided"),
    "unavailable": ("can't be computed", "can't be computed"),
}
"""Verdict → what one target does, and what several do."""


def words(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the sentences that stand below the verdicts."""
    counts = [(kind, sum(v.verdict == kind for v in verdicts)) for kind in _SAID]
    if len(verdicts) == 1:
        text = [f"The target {_SAID[verdicts[0].verdict][0]}."]
    else:
        said = ", ".join(f"{n:,} {_SAID[kind][n != 1]}" for kind, n in counts if n)
        text = [f"{len(verdicts):,} verdicts: {said}."]
    families = sorted({v.family for v in verdicts if v.family is not None})
    if families:
        sizes = ", ".join(f"{n:,}" for n in families)
        text.append(f"Verdicts on segments hold among all of them together (Holm, {sizes}).")
    return [*text, *_bought(verdicts)]


def _bought(verdicts: Sequence[Verdict]) -> list[str]:
    """Say where an outcome passes while what guards it fails."""
    passed = list(dict.fromkeys(v.name for v in verdicts
                                if v.verdict == "pass" and v.metric in OUTCOMES
                                and v.kind != "guardrail"))  # fmt: skip
    broken = list(dict.fromkeys(v.name for v in verdicts
                                if v.verdict == "fail" and v.kind == "guardrail"))  # fmt: skip
    if not passed or not broken:
        return []
    goals, guards = " and ".join(passed), " and ".join(broken)
    text = f"{goals} may have been bought with {guards}: a guardrail fails where the goal holds."
    return [text]


def advice(verdicts: Sequence[Verdict]) -> list[Note]:
    """Return what would make the targets better: a guardrail beside what can be bought."""
    asked = {v.metric for v in verdicts} & OUTCOMES
    if not asked or any(v.kind == "guardrail" for v in verdicts):
        return []
    text = (
        'no guardrail is declared: a [[target]] with kind = "guardrail" on '
        "first_response_within or tickets shows whether the goal is bought with something else"
    )
    return [note("advice.next", text)]
