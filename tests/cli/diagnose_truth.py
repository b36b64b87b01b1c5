"""How often `diagnose` finds what is planted in the sample, and what it claims where nothing is.

`python -m tests.cli.diagnose_truth` writes the table into docs/diagnose.md; a test repeats a few
seeds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, partial
from typing import NamedTuple

from csatkit.demo.truth import TRUTH
from csatkit.report import Report
from tests.cli import sampled
from tests.pages import DOCS, rewrite

__all__ = [
    "BEGIN",
    "END",
    "PAGE",
    "PLANTED",
    "QUIET_SEEDS",
    "Claims",
    "claims",
    "quiet",
    "report_on",
]

SEEDS = range(20)
QUIET_SEEDS = range(200)

PAGE = DOCS / "diagnose.md"
BEGIN = "<!-- truth: written by python -m tests.cli.diagnose_truth -->\n"
END = "<!-- truth: end -->"

assert TRUTH.broken_issue
assert TRUTH.weak_channel
PLANTED = {
    ("issue type", TRUTH.broken_issue): "broken process",
    ("channel", TRUTH.weak_channel): "weak channel",
    **{("agent", a): "worse agent" for a in TRUTH.agents_worse},
    ("weekday × daypart", "Mon morning"): "staffing",
}
"""What is planted and lowers CSAT, by factor and segment."""


class Claims(NamedTuple):
    """Everything that one report claims."""

    verdict: str
    low: tuple[tuple[str, str], ...]
    gathers: tuple[tuple[str, str], ...]
    routed: int
    """Issue types with a best channel, for CSAT."""
    routed_fcr: int
    rules: int
    """Sentences of the rules about scores: topics, what people write."""
    systemic: int
    """Sentences about first contact resolution."""

    @property
    def is_silent(self) -> bool:
        """Return whether nothing at all is claimed."""
        quiet = self.verdict.startswith("nothing") or self.verdict.startswith("not enough")
        return quiet and not any(self[1:])


report_on = partial(sampled.report_on, "diagnose")
"""Returns the report on one sample."""


def claims(report: Report) -> Claims:
    """Return what a report claims."""
    sections = {s.key: s for s in report.sections}
    text = sections["diagnosis"].text
    verdict = next(t for t in text if t.startswith("Verdict: ")).removeprefix("Verdict: ")
    rows = {
        key: tuple(
            (str(r["factor"]), str(r["segment"])) for t in sections[key].tables for r in t.rows
        )
        for key in ("evidence", "concentration")
    }
    maps = {t.title: sum(r["best"] is not None for r in t.rows) for t in sections["routing"].tables}
    rules = sum(t.startswith(("Process: 15", "Process: 20")) for t in text)
    return Claims(
        verdict, rows["evidence"], rows["concentration"], maps.get("CSAT", 0),
        maps.get("First contact resolution", 0), rules, sum(t.startswith("Systemic") for t in text),
    )  # fmt: skip


@cache
def samples() -> tuple[Claims, ...]:
    """Return what is claimed about the samples of all seeds."""
    return tuple(claims(report_on(seed)) for seed in SEEDS)


def quiet(seeds: Iterable[int], *, null: bool = False, permuted: bool = False) -> int:
    """Return in how many samples nothing at all is claimed.

    Dealing scores anew leaves first contact resolution as it was, and what is true of it.
    """
    found = (claims(report_on(seed, null=null, permuted=permuted)) for seed in seeds)
    if permuted:
        found = (c._replace(systemic=0, routed_fcr=0) for c in found)
    return sum(c.is_silent for c in found)


def table() -> str:
    """Return the part of docs/diagnose.md that the samples decide."""
    found = samples()
    runs = len(SEEDS)
    named = Counter(low for c in found for low in c.low)
    verdicts = Counter(c.verdict.partition(":")[0] for c in found)
    lines = [f"| planted | named in so many of {runs} reports |", "|---|---|"]
    lines += [f"| {what}: {name} | {named[f, name]} |" for (f, name), what in PLANTED.items()]
    unlucky = named["agent", str(TRUTH.agent_unlucky)]
    lines.append(f"| unlucky agent: {TRUTH.agent_unlucky}, who should not be named | {unlucky} |")
    false = {pair: n for pair, n in named.items() if pair not in PLANTED}
    agents = sum(n for (factor, _), n in false.items() if factor == "agent")
    rest = sum(false.values()) - agents
    words = ", ".join(f"{v} {n}" for v, n in verdicts.most_common())
    nothing = quiet(QUIET_SEEDS, null=True)
    dealt = quiet(QUIET_SEEDS, permuted=True)
    n = len(QUIET_SEEDS)
    text = f"""
Named without being planted: agents {agents} times ({runs} reports on 18 agents who aren't worse), \
anything else {rest} times.
Verdicts: {words}. Agents, process and channel are all three planted, none of them holds half.
Nothing at all is claimed in {nothing} of {n} samples of the null mode, and in {dealt} of {n} \
samples whose scores are dealt anew at random."""
    return "\n".join([*lines, text])


def main() -> None:
    """Write the table into docs/diagnose.md, between its two marks."""
    rewrite(PAGE, BEGIN, END, table())


if __name__ == "__main__":
    main()
