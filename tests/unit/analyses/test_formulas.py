"""`--explain`: every method that is used has its formula, and no other."""

from __future__ import annotations

import pytest

from csatkit import render
from csatkit.analyses.formulas import FORMULAS, used, with_formulas
from csatkit.report import Report
from tests.unit.analyses._made import answered, rated, units

LATER = "2026-12-31"
"""When every window has closed."""


def _rows() -> list[dict[str, object]]:
    cells = [("A", 160, 200), ("B", 150, 200), ("C", 90, 200)]
    rows = units(cells, channel="chat", issue_type="login")
    rows = [dict(r, customer_id=f"C{i // 7}", reopen_count=i % 2) for i, r in enumerate(rows)]
    return rows + [rated(900 + n, good=None, agent="A", channel="chat") for n in range(50)]


def _names(report: Report) -> set[str]:
    names = {f.name: key for key, f in FORMULAS.items()}
    return {names[f.name] for f in used(report)}


@pytest.mark.parametrize(
    ("command", "settings", "expected", "unused"),
    [
        ("csat", {}, {"wilson", "t", "bounds", "clustered"}, {"funnel", "weights", "power"}),
        ("fcr", {}, {"wilson", "kaplan-meier"}, {"bounds", "weights", "scan"}),
        ("response", {"adjust": "channel"}, {"bounds", "weights"}, {"funnel", "kaplan-meier"}),
        (
            "segments",
            {"by": ["agent", "channel"], "metrics": ["csat"]},
            {"wilson", "funnel", "shrunken", "ranks", "homogeneity"},
            {"power", "weights", "kaplan-meier"},
        ),
        ("goals", {"targets": [{"metric": "csat", "min": 80}]}, {"wilson", "power"}, {"weights"}),
        ("report", {}, {"wilson", "funnel", "t", "median"}, {"power", "weights", "adjusted"}),
        (
            "drivers",
            {"as_of": LATER},
            {"wilson", "newcombe", "adjusted", "lmg", "joint"},
            {"exact", "funnel"},
        ),
        ("diagnose", {}, {"components", "exact"}, {"adjusted", "lmg", "weights"}),
        (
            "report",
            {"sections": ["drivers", "diagnosis"], "as_of": LATER},
            {"adjusted", "lmg", "joint", "components", "exact"},
            {"power", "weights"},
        ),
    ],
)
def test_a_report_explains_what_it_uses(
    command: str, settings: dict[str, object], expected: set[str], unused: set[str]
) -> None:
    found = _names(answered(_rows(), command, **settings))
    assert expected <= found
    assert not unused & found


def test_every_formula_is_used_by_some_command() -> None:
    rows = _rows()
    reports = (
        answered(rows, "report"),
        answered(rows, "fcr", windows="5,14"),
        answered(rows, "response", adjust="channel"),
        answered(rows, "segments", by=["agent", "month"], metrics=["csat"]),
        answered(rows, "goals", targets=[{"metric": "csat", "min": 80}]),
        answered(rows, "drivers", as_of=LATER),
        answered(rows, "diagnose"),
    )
    assert set().union(*map(_names, reports)) == set(FORMULAS)


def test_the_formulas_stand_at_the_end() -> None:
    report = with_formulas(answered(_rows(), "csat"))
    *_, lead, last = report.sections
    assert (lead.key, last.key) == ("measures", "formulas")
    assert lead.measures == report.measures
    text = render(report)
    assert isinstance(text, str)
    assert text.index("10.1080/01621459.1927.10502953") > text.index("CSAT")


def test_every_formula_names_its_source() -> None:
    assert all(any(c.isdigit() for c in f.source) for f in FORMULAS.values())
