"""`--explain`: the formula behind every method that a report used, with its source.

A method is recognised by the traces that it leaves in a report: the method of a measure, a field, a
section. So what isn't used isn't explained, and nothing used is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from csatkit.report import Measure, Report, Section

__all__ = ["FORMULAS", "Formula", "used", "with_formulas"]


@dataclass(frozen=True, slots=True)
class Formula:
    """One method: its name, its formula, and where it comes from."""

    name: str
    formula: str
    source: str
    is_used: Callable[[Report], bool]

    @property
    def text(self) -> str:
        """Return it as one line."""
        return f"{self.name}: {self.formula} [{self.source}]"


def _measures(report: Report) -> tuple[Measure, ...]:
    return (*report.measures, *(m for s in report.sections for m in s.measures))


def _method(*names: str) -> Callable[[Report], bool]:
    return lambda report: any(m.method in names for m in _measures(report))


def _field(name: str) -> Callable[[Report], bool]:
    return lambda report: any(name in m.extra for m in _measures(report))


def _section(*starts: str) -> Callable[[Report], bool]:
    return lambda report: any(
        s.key.startswith(starts) and s.missing is None for s in report.sections
    )


def _note(code: str) -> Callable[[Report], bool]:
    return lambda report: any(n.code == code for n in report.notes)


def _difference(report: Report) -> bool:
    shares = (m for m in _measures(report) if m.method == "wilson")
    compared = _section("early_late", "segments", "associations", "drivers", "routing")
    return any(m.difference is not None for m in shares) or compared(report)


_drivers = _section("associations", "drivers", "modes")
_diagnosis = _section("diagnosis")


def _planned(report: Report) -> bool:
    """Tell whether a report says from when an effect can be seen: the command, or the page."""
    heading = "In which order"
    return any(
        s.key == "plan" or any((t.title or "").startswith(heading) for t in s.tables)
        for s in report.sections
    )


def _segments(report: Report) -> bool:
    return any(words in t for s in report.sections for t in s.text for words in _AGAINST_THE_REST)


_AGAINST_THE_REST = (
    "comparisons with the rest", "segments against the rest", "the type's other channels together",
)  # fmt: skip
"""What a report says where segments were tested against what is left without them."""


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "wilson": Formula(
            "Wilson interval",
            "(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)",
            "Wilson 1927, doi:10.1080/01621459.1927.10502953",
            _method("wilson"),
        ),
        "newcombe": Formula(
            "Difference of shares",
            "p1 − p0 − √((p1−l1)² + (u0−p0)²) to p1 − p0 + √((u1−p1)² + (p0−l0)²), with the Wilson "
            "bounds l and u of each",
            "Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
            _difference,
        ),
        "t": Formula(
            "t interval of a mean",
            "x̄ ± t s/√n, clipped to the scale; from 20 values on",
            "Student 1908, doi:10.1093/biomet/6.1.1",
            _method("t"),
        ),
        "median": Formula(
            "Interval of a median",
            "the two values whose ranks the median misses with at most 1 − level, by the binomial "
            "distribution",
            "David and Nagaraja 2003, Order Statistics, section 7.1",
            _method("order statistics"),
        ),
        "kaplan-meier": Formula(
            "Kaplan-Meier",
            "S(t) = ∏ (1 − d/r) over the days to t, d repeats of r tickets still watched; bounds "
            "S^exp(±z √(Σ d/(r(r−d))) / |ln S|)",
            "Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452",
            lambda report: _method("kaplan-meier")(report) or _section("repeats_by_day")(report),
        ),
        "bounds": Formula(
            "Worst case and tipping point",
            "r·p to r·p + 1 − r, with r = rated / surveyed tickets; s* = (T − r·p) / (1 − r)",
            "Cochran 1977, Sampling Techniques, section 13.2",
            _field("bounds"),
        ),
        "funnel": Formula(
            "Funnel, adjusted for the mix of tickets",
            "expected = Σ n_s (K_s + 10 r) / (N_s + 10) over issue types and channels s, K_s of "
            "N_s and r being the others'; limits: binomial, at 95 and 99.8 %; adjusted ones √φ "
            "times as wide, φ = mean z² with a tenth at each end pulled in; flagged: one-sided "
            "tail < .001",
            "Spiegelhalter 2005, doi:10.1002/sim.1970",
            _field("zone"),
        ),
        "shrunken": Formula(
            "Shrunken share",
            "(k + M p) / (n + M), M = (1 − ρ)/ρ, ρ = (MSB − MSW) / (MSB + (n₀ − 1) MSW)",
            "Kleinman 1973, doi:10.1080/01621459.1973.10481332",
            _field("shrunken"),
        ),
        "ranks": Formula(
            "Rank range",
            "1 + those whose difference lies wholly above, to the number of units − those whose "
            "difference lies wholly below (Newcombe)",
            "Goldstein and Spiegelhalter 1996, doi:10.2307/2983325",
            _field("rank_low"),
        ),
        "homogeneity": Formula(
            "Consistent with chance",
            "X² = Σ (k_i n − n_i k)² / (n_i k (n − k)) against chi-square; p ≥ .05 is consistent",
            "Pearson 1900, doi:10.1080/14786440009463897",
            _field("zone"),
        ),
        "scan": Formula(
            "Segments that differ from the rest",
            "score test z = (p1 − p0) / √(p(1−p)(1/n1 + 1/n0)), exact below 5 expected; of m p "
            "values those up to the largest i with p_(i) ≤ 0.10 i/m (Benjamini-Hochberg), out of "
            "tables that aren't consistent with chance",
            "Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x",
            _segments,
        ),
        "weights": Formula(
            "Reweighting",
            "weight = (tickets of the cell / all) / (ratings of the cell / all), at most 5; where "
            "a cell has no rating, margins are fitted in turn (raking); effective n = (Σ w n)² / "
            "Σ w² n",
            "Holt and Smith 1979, doi:10.2307/2344652; Kish 1965, Survey Sampling, section 11.7",
            _method("post-stratification", "raking"),
        ),
        "clustered": Formula(
            "Customers who rate often",
            "design effect = (c/(c−1)) Σ (k_i − p n_i)² (n−1) / (n² p(1−p)) over c customers; "
            "effective n = n / design effect",
            "Rao and Scott 1992, doi:10.2307/2532311",
            _note("csat.clustered"),
        ),
        "power": Formula(
            "Ratings a goal needs",
            "(z √(2P(1−P)) + z_b √(p0(1−p0) + p1(1−p1)))² / (p1 − p0)², P = (p0 + p1)/2, "
            "80 % power; to decide against a target t: z² t(1−t) / (p − t)²",
            "Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 4.2",
            lambda report: _section("goals")(report) or _planned(report),
        ),
        "adjusted": Formula(
            "Adjusted gap",
            "least squares of the outcome (0 or 1) on issue type, channel and all drivers, from "
            "sums of products: b = (X'X)⁻¹ X'y; the gap is that of the affected levels less that "
            "of the others, each level by its tickets; standard error: the larger of the classical "
            "one and HC1, n/(n−p) (X'X)⁻¹ Σ x x' e² (X'X)⁻¹; points of the total = share affected "
            "× gap",
            "MacKinnon and White 1985, doi:10.1016/0304-4076(85)90158-7; Angrist and Pischke 2009, "
            "Mostly Harmless Econometrics, 8.1",
            _drivers,
        ),
        "lmg": Formula(
            "Explains",
            "what a driver adds to R² after issue type and channel, averaged over all orders in "
            "which the drivers can enter; shares of what all add (LMG)",
            "Lindeman, Merenda and Gold 1980, Introduction to Bivariate and Multivariate "
            "Analysis, p. 119; Grömping 2006, doi:10.18637/jss.v017.i01",
            _section("associations", "drivers"),
        ),
        "joint": Formula(
            "Beyond noise",
            "drivers are named only where all together explain more than chance, F = "
            "((rss0 − rss1)/q) / (rss1/(n−p)), p < .05; then those up to the largest i with "
            "p_(i) ≤ 0.10 i/m (Benjamini-Hochberg)",
            "Seber and Lee 2003, Linear Regression Analysis, 4.3; Benjamini and Hochberg 1995, "
            "doi:10.1111/j.2517-6161.1995.tb02031.x",
            _drivers,
        ),
        "components": Formula(
            "Goes with",
            "least squares on one effect per agent, issue type and channel, from counts of pairs; "
            "size = Σ n e² / Σ n less the mean squared standard error, at least 0; share = size / "
            "sum of sizes; interval and probability of half: 1,000 draws around shrunken effects; "
            "beyond noise: F tests of all factors together (Holm, 5 %)",
            "Searle, Casella and McCulloch 1992, Variance Components, 5.2; Efron and Tibshirani "
            "1993, An Introduction to the Bootstrap, 6.5; Holm 1979, Scand. J. Statist. 6, 65",
            _diagnosis,
        ),
        "exact": Formula(
            "Where low scores gather",
            "two-sided exact binomial test of the segment's low scores among all, each as likely "
            "as the segment's share of the ratings; Benjamini-Hochberg at 10 %",
            "Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404",
            _diagnosis,
        ),
    }
)
"""Every method of the commands that take `--explain`, in the order in which a reader meets them."""


def used(report: Report) -> tuple[Formula, ...]:
    """Return the methods that a report used."""
    return tuple(f for f in FORMULAS.values() if f.is_used(report))


def with_formulas(report: Report) -> Report:
    """Return the report with the formulas behind it at the end."""
    lines = tuple(f.text for f in used(report))
    if not lines:
        return report
    # Without sections the measures stand alone; with one they need a section of their own.
    lead = () if report.sections else (Section("measures", "Measures", measures=report.measures),)
    section = Section("formulas", "How it is computed", text=lines)
    return replace(report, sections=(*report.sections, *lead, section))
