"""The word: pass, fail, inconclusive or unavailable, of one segment or of a family of them.

Segments that are judged together share one chance of a false verdict (Holm). What they amount to is
one exit code, and no verdict at all is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from csatkit.gate.evidence import Evidence, decided, evidence_of, needed, withheld
from csatkit.gate.target import Target, Verdict, Word
from csatkit.report import Measure
from csatkit.stats.multiplicity import holm

__all__ = ["exit_code", "judge"]

PASS, FAILED, UNDECIDED = 0, 1, 3

ALONE = "would stand alone, but not among {family:,} segments (Holm)"


def judge(
    target: Target,
    measures: Sequence[Measure],
    baseline: Mapping[int, Measure | str] | None = None,
) -> list[Verdict]:
    """Return the verdict on each measure of a target: one, or those of its segments.

    Several segments are one family: each verdict also has to hold after Holm's adjustment.

    Args:
        target: what is asked.
        measures: of the target's metric, one per segment.
        baseline: by position the measure that mustn't be fallen behind, or why there is none.

    Returns:
        One verdict per measure, in their order.

    Source:
        Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    drafts = [_draft(target, m, (baseline or {}).get(i)) for i, m in enumerate(measures)]
    tested = {i: e.p for i, (_, e) in enumerate(drafts) if e is not None and e.p is not None}
    among: dict[int, tuple[int, float]] = {}
    if target.mode != "point" and len(tested) > 1:
        adjusted = holm(list(tested.values()))
        among = {i: (len(tested), p) for i, p in zip(tested, adjusted, strict=True)}
    return [
        verdict if evidence is None else _settled(target, m, verdict, evidence, among.get(i))
        for i, (m, (verdict, evidence)) in enumerate(zip(measures, drafts, strict=True))
    ]


def exit_code(verdicts: Sequence[str], inconclusive: Literal["pass", "fail"] | None = None) -> int:
    """Return the exit code of a check: 1 beats 3 beats 0.

    Args:
        verdicts: the words of all verdicts.
        inconclusive: what stands for verdicts that couldn't be reached.

    Raises:
        ValueError: there is no verdict; nothing must never pass.
    """
    if not verdicts:
        raise ValueError("no verdict: a check of nothing has no exit code")
    if "fail" in verdicts:
        return FAILED
    if all(v == "pass" for v in verdicts):
        return PASS
    return {"pass": PASS, "fail": FAILED, None: UNDECIDED}[inconclusive]


def _draft(
    target: Target, m: Measure, baseline: Measure | str | None
) -> tuple[Verdict, Evidence | None]:
    """Return the verdict with everything but its word, and the evidence for that; None: none."""
    earlier = baseline if isinstance(baseline, Measure) else None
    verdict = Verdict(
        name=target.name,
        metric=target.metric,
        segment=m.segment,
        period=m.period,
        op=target.op,
        threshold=target.threshold,
        mode=target.mode,
        margin=target.margin,
        kind=target.kind,
        verdict="inconclusive",
        warned=False,
        value=m.value,
        low=m.low,
        high=m.high,
        numerator=m.numerator,
        denominator=m.denominator,
        status=m.status,
        reason=None,
        n_needed=needed(target, m, None),
        action=target.action,
        baseline=None if earlier is None else earlier.value,
    )
    if m.status == "unavailable":
        return replace(verdict, verdict="unavailable", reason=m.reason), None
    if target.threshold is None and earlier is None:
        missing = baseline if isinstance(baseline, str) else "there is no baseline"
        return replace(verdict, verdict="unavailable", reason=missing), None
    if (reason := withheld(target, m, earlier)) is not None:
        return replace(verdict, reason=reason), None
    return verdict, evidence_of(target, m, earlier)


def _settled(
    target: Target,
    m: Measure,
    verdict: Verdict,
    evidence: Evidence,
    among: tuple[int, float] | None,
) -> Verdict:
    """Return the verdict with its word; `among` is the family's size and the adjusted p value."""
    word, reason = _word(target, m, evidence)
    if among is not None:
        family, adjusted = among
        verdict = replace(
            verdict, family=family, p_adjusted=adjusted, n_needed=needed(target, m, family)
        )
        is_claim = word == "pass" or (word == "fail" and target.mode != "lower")
        if is_claim and adjusted > _alpha(m.level):
            word, reason = "inconclusive", ALONE.format(family=family)
    if word == "inconclusive" and target.mode == "lower":
        word = "fail"
    if word == "pass" and not m.denominator:
        word, reason = "inconclusive", "no rows to judge"
    is_warned = word == "pass" and _is_past(target, m)
    return replace(verdict, verdict=word, reason=reason, warned=is_warned)


def _alpha(level: float) -> float:
    # A p value on the edge of its interval is the same number but for rounding.
    return (1 - level) * (1 + 1e-12)


def _word(target: Target, m: Measure, e: Evidence) -> tuple[Word, str | None]:
    if target.mode == "point":
        is_met = e.value >= e.bound if target.op == "min" else e.value <= e.bound
        return ("pass" if is_met else "fail"), None
    if e.low is None or e.high is None:
        return "inconclusive", f"{m.denominator or 0:,} rows give no interval"
    word = decided(target.op, e.low, e.high, e.bound)
    if word is not None:
        return word, None
    span = f"{e.low:.1f} to {e.high:.1f}"
    if target.threshold is None:
        return "inconclusive", f"the change against the baseline lies within {span}"
    return "inconclusive", f"{e.bound:.1f} lies within {span}"


def _is_past(target: Target, m: Measure) -> bool:
    """Tell whether a value that passes has gone past the value to warn of."""
    if target.warn is None or m.value is None:
        return False
    return m.value < target.warn if target.op == "min" else m.value > target.warn
