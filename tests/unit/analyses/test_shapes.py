"""The same CSAT, other customers: shapes are named where their interval allows it, in words."""

from __future__ import annotations

import pytest

from csatkit.analyses.shapes import shape_of, shape_words
from csatkit.report import Report
from csatkit.totals import Ratings
from tests.unit.analyses._made import Row, answered, measure, rated, section

FIVE = Ratings((1, 2, 3, 4, 5), (4, 5), (1, 2, 3), (1, 2))

FURIOUS = [60, 30, 0, 60, 150]
LUKEWARM = [6, 6, 78, 150, 60]
MIXED = [20, 20, 50, 100, 110]
"""Each 300 ratings, 70 % of them 4 or 5."""


def _rows(**teams: list[int]) -> list[Row]:
    rows: list[Row] = []
    for team, counts in teams.items():
        for score, n in enumerate(counts, 1):
            for _ in range(n):
                rows.append(rated(len(rows), good=True, team=team, score=score))
    return rows


def _csat(**teams: list[int]) -> Report:
    return answered(_rows(**teams), "csat", by=["team"])


@pytest.mark.parametrize(
    ("counts", "kind"),
    [
        (FURIOUS, "vocal detractors"),
        (LUKEWARM, "excellence ceiling"),
        (MIXED, None),
        ([20, 10, 0, 20, 50], "vocal detractors"),
        ([11, 10, 9, 20, 50], None),
        ([0, 0, 30, 31, 39], "excellence ceiling"),
        ([0, 0, 20, 31, 49], None),
        ([0, 0, 0, 0, 0], None),
    ],
)
def test_a_shape_is_named_where_its_interval_lies_on_one_side(
    counts: list[int], kind: str | None
) -> None:
    shape = shape_of(counts, FIVE, 0.95)
    assert (None if shape is None else shape.kind) == kind


def test_a_scale_without_detractors_has_no_shape() -> None:
    assert shape_of([10, 90], Ratings((1, 2), (2,), (1,), ()), 0.95) is None


def test_shapes_in_words() -> None:
    furious, lukewarm, mixed = (shape_of(c, FIVE, 0.95) for c in (FURIOUS, LUKEWARM, MIXED))
    assert furious is not None
    assert lukewarm is not None
    assert mixed is not None
    assert shape_words(furious).startswith("Vocal detractors: 30.0 % (25.1–")
    assert shape_words(lukewarm).startswith("Excellence ceiling")
    assert shape_words(mixed) == "13.3 % (9.9–17.6) of the ratings are at the bottom."


def test_two_teams_with_the_same_csat_are_told_apart() -> None:
    report = _csat(Blue=FURIOUS, Green=LUKEWARM, Red=MIXED)
    assert {measure(report, "csat", team=t).value for t in ("Blue", "Green", "Red")} == {70.0}
    found = section(report, "shapes_team")
    (line,) = found.text
    assert line.startswith("Blue and Green have the same CSAT within noise (70.0 and 70.0 %)")
    assert "Blue has vocal detractors, 30.0 %" in line
    assert "Green has an excellence ceiling, 76.0 %" in line
    shapes = {r["segment"]: r["shape"] for r in found.tables[0].rows}
    assert shapes == {"Blue": "vocal detractors", "Green": "excellence ceiling", "Red": None}
    assert measure(report, "csat", team="Blue").extra["shape"] == "vocal detractors"
    assert "shape" not in measure(report, "csat", team="Red").extra


def test_another_csat_needs_no_words() -> None:
    assert section(_csat(Blue=FURIOUS, Green=[3, 3, 20, 214, 60]), "shapes_team").text == ()


def test_many_pairs_are_summed_up() -> None:
    teams = {f"F{i}": FURIOUS for i in range(2)} | {f"L{i}": LUKEWARM for i in range(2)}
    lines = section(_csat(**teams), "shapes_team").text
    assert len(lines) == 4
    assert lines[-1] == "1 more such pairs are in the table."


def test_few_ratings_have_no_shape() -> None:
    report = _csat(Blue=[9, 0, 0, 0, 0], Green=FURIOUS)
    assert [r["segment"] for r in section(report, "shapes_team").tables[0].rows] == ["Green"]
