"""Any report, for Hypothesis: measures with any names and figures, and a table of them.

Figures are finite; names are any text, so that a format which bends one figure or lets a name move
into another cell is found.
"""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from csatkit.report import Difference, Measure, Period, Report, Section, Unit
from tests.unit.render.samples import CSAT, DEFINITIONS, INPUTS

__all__ = ["reports"]

LABELS = {"csat": "CSAT", "fcr": "First contact resolution", "resolution_time": "Resolution time"}
UNITS: dict[str, Unit] = {"csat": "percent", "fcr": "percent", "resolution_time": "hours"}

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    ("=1+1", "@x", "a|b", "1,5", "<i>", "'tis", "''=2", "12", "1e5", "-", "(none)", "x" * 300)
)
# Below a billionth a workbook's reader sees nothing; no figure of a report is that small.
_SIZES = st.floats(1e-9, 1e12)
FIGURES = (
    _SIZES
    | _SIZES.map(lambda x: -x)
    | st.sampled_from((0.0, 0.1 + 0.2, 1 / 3, 100.0, 66.66666666666667, 1e-7, 123456789.123456789))
)
COUNTS = st.integers(0, 10**12)
PERIODS = st.none() | st.sampled_from(
    (Period("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
     Period("2026-W05", date(2026, 1, 26), date(2026, 2, 1)))
)  # fmt: skip
DIMENSIONS: tuple[tuple[str, ...], ...] = ((), ("channel",), ("agent", "team"))


@st.composite
def _measure(draw: st.DrawFn) -> Measure:
    metric = draw(st.sampled_from(sorted(LABELS)))
    dims = draw(st.sampled_from(DIMENSIONS))
    value = draw(st.none() | FIGURES)
    low, high = (None, None) if value is None else (draw(st.none() | FIGURES), draw(FIGURES))
    changed = draw(st.none() | FIGURES)
    return Measure(
        metric=metric, label=LABELS[metric], rule=CSAT.rule, unit=UNITS[metric],
        segment={dim: draw(st.none() | NAMES) for dim in dims}, period=draw(PERIODS),
        value=value, numerator=draw(st.none() | COUNTS), denominator=draw(st.none() | COUNTS),
        low=low, high=high, level=0.95, method="wilson", status="ok",
        difference=None if changed is None else Difference(changed, None, None, "2026-01"),
    )  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Return a report whose measures stand in sections, in the report alone, or in both."""
    # A measure is told apart by what it is of; two of the same would be one in JSON.
    drawn = draw(st.lists(_measure(), min_size=1, max_size=8))
    measures = {(m.metric, m.period, frozenset(m.segment.items())): m for m in drawn}.values()
    parts = list(measures)
    at = draw(st.integers(0, len(parts)))
    section = Section("headline", "Figures", measures=tuple(parts[:at]), brief=True)
    own = tuple(m for m in parts if m.segment or m in parts[:at])
    rest = tuple(m for m in parts[at:] if not m.segment)
    more = Section("change", "More figures", measures=rest)
    return Report("report", DEFINITIONS, INPUTS, own, (section, more), title=draw(NAMES) or None)
