"""How often `themes` finds the broken process in the sample, and what it claims where nothing is.

`python -m tests.cli.theme_truth` writes the table into docs/diagnose.md; a test repeats a few
seeds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from csatkit.demo.organisation import ISSUE_TAGS, ISSUES
from csatkit.demo.truth import TRUTH
from csatkit.report import Report, Table
from tests.cli import sampled
from tests.pages import DOCS, rewrite

__all__ = ["BEGIN", "END", "PAGE", "PLANTED", "QUIET_SEEDS", "Said", "quiet", "report_on", "said"]

SEEDS = range(20)
QUIET_SEEDS = range(200)
LARGE = 400_000
"""A size at which a theme's share is known within a point."""

PAGE = DOCS / "diagnose.md"
BEGIN = "<!-- themes: written by python -m tests.cli.theme_truth -->\n"
END = "<!-- themes: end -->"

assert TRUTH.broken_issue
PLANTED = tuple(ISSUE_TAGS[list(ISSUES).index(TRUTH.broken_issue)].split(","))
"""The tags that tickets of the broken issue carry."""


class Said(NamedTuple):
    """Everything that one report claims."""

    faults: tuple[str, ...]
    """Themes in 20 % of the low-score comments beyond noise."""
    tags: tuple[str, ...]
    """Tags more frequent among low scores."""
    words: int
    """Words and themes that low-score comments use more often than others."""


report_on = partial(sampled.report_on, "themes")
"""Returns the report on one sample."""


def said(report: Report) -> Said:
    """Return what a report claims."""
    tables: dict[str, Table] = {s.key: t for s in report.sections for t in s.tables}
    faults = tuple(str(r["theme"]) for r in tables["labels"].rows if r["rule"] == "process")
    beyond = [r for r in tables["problems"].rows if r["noise"] == "beyond"]
    words = len(tables["terms"].rows) if "terms" in tables else 0
    return Said(
        faults,
        tuple(str(r["name"]) for r in beyond if r["kind"] == "tag"),
        words + sum(r["kind"] == "theme" for r in beyond),
    )


def quiet(seeds: Iterable[int], *, null: bool = False, permuted: bool = False) -> int:
    """Return in how many samples nothing at all is claimed.

    In null mode the unhappy still write other words than the happy, and are right to be found.
    """
    found = (said(report_on(seed, null=null, permuted=permuted)) for seed in seeds)
    return sum(not (f.faults or f.tags or (f.words and not null)) for f in found)


def table() -> str:
    """Return the part of docs/diagnose.md that the samples decide."""
    found = [said(report_on(seed)) for seed in SEEDS]
    runs = len(SEEDS)
    tags = Counter(tag for s in found for tag in s.tags)
    faults = Counter(theme for s in found for theme in s.faults)
    false = sum(n for tag, n in tags.items() if tag not in PLANTED)
    lines = [f"| planted | named in so many of {runs} reports |", "|---|---|"]
    lines += [f"| a product problem: the tag {tag} | {tags[tag]} |" for tag in PLANTED]
    named = ", ".join(f"{theme} {times}" for theme, times in faults.most_common()) or "none"
    true = ", ".join(said(report_on(0, tickets=LARGE)).faults) or "none"
    nothing, dealt = quiet(QUIET_SEEDS, null=True), quiet(QUIET_SEEDS, permuted=True)
    n = len(QUIET_SEEDS)
    text = f"""
Other tags named: {false}. Themes named as faults of the process: {named}; in a sample of \
{LARGE:,} tickets: {true}.
No theme and no tag is named in {nothing} of {n} samples of the null mode, and no theme, tag or \
word in {dealt} of {n}
samples whose scores are dealt anew at random."""
    return "\n".join([*lines, text])


def main() -> None:
    """Write the table into docs/diagnose.md, between its two marks."""
    rewrite(PAGE, BEGIN, END, table())


if __name__ == "__main__":
    main()
