"""`drivers` against plain loops and statsmodels, its words, and what it keeps quiet about."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations
from math import factorial
from random import Random
from typing import Any

import jsonschema
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from csatkit import analyze, load, render
from csatkit.analyses.drivers.literature import REFERENCES
from csatkit.analyses.drivers.modes import MODES
from csatkit.demo.generate import frames
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.facts.drivers import DRIVERS
from csatkit.report import Report, Section, Table
from csatkit.schemas import load_schema
from csatkit.stats.normal import two_sided_t
from tests.unit.analyses._driver_oracle import Row, rated_tickets
from tests.unit.analyses._made import answered, rated, section, ticket

# "No limit" is the same as a channel without one: the reference has a column too many on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")

END = datetime(2026, 3, 31)
LABELS = {d.label: d.id for d in DRIVERS.values()}


def report_on(tickets: pl.DataFrame, surveys: pl.DataFrame | None = None, **more: Any) -> Report:
    data = load(tickets, surveys, preset="none", scale="1-5", timezone="UTC")
    return analyze(data, command="drivers", **more)


@pytest.fixture(scope="module")
def sample() -> tuple[pl.DataFrame, pl.DataFrame]:
    tickets, surveys, _ = frames(6_000, 5)
    return tickets, surveys


@pytest.fixture(scope="module")
def report(sample: tuple[pl.DataFrame, pl.DataFrame]) -> Report:
    return report_on(*sample)


@pytest.fixture(scope="module")
def oracle(sample: tuple[pl.DataFrame, pl.DataFrame]) -> list[Row]:
    return rated_tickets(*sample, END)


def tables(report: Report) -> tuple[Table, Table]:
    """Return the raw and the adjusted table."""
    raw, adjusted = section(report, "associations").tables
    return raw, adjusted


def by_driver(table: Table) -> dict[str, Any]:
    return {LABELS[str(row["driver"])]: row for row in table.rows}


def said(found: Section) -> str:
    return " ".join(found.text)


# --- against plain loops and statsmodels ---


def test_raw_counts_are_those_of_plain_loops(report: Report, oracle: list[Row]) -> None:
    raw = by_driver(tables(report)[0])
    assert list(raw) == list(DRIVERS)
    for name, driver in DRIVERS.items():
        known = [r for r in oracle if r[name] is not None]
        hit = [r["y"] for r in known if r[name] >= driver.first_affected]
        other = [r["y"] for r in known if r[name] < driver.first_affected]
        row = raw[name]
        assert (row["n"], row["n_without"]) == (len(hit), len(other)), name
        assert row["with"] == pytest.approx(100 * np.mean(hit))
        assert row["without"] == pytest.approx(100 * np.mean(other))
        assert row["raw_gap"] == pytest.approx(row["with"] - row["without"])
        assert row["low"] < row["raw_gap"] < row["high"]


def _columns(values: Sequence[Any], *, drop: Any) -> dict[Any, np.ndarray[Any, Any]]:
    found = sorted(set(values) - {drop}, key=lambda v: (v is None, str(v)))
    return {v: np.array([float(x == v) for x in values]) for v in found}


class Reference:
    """The regression of metrics.md section 6, row by row."""

    def __init__(self, oracle: list[Row]) -> None:
        self.y = np.array([r["y"] for r in oracle], dtype=float)
        self.always = [np.ones(len(oracle))]
        for stratum in ("issue_type", "channel"):
            values = [r[stratum] for r in oracle]
            self.always += _columns(values, drop=values[0]).values()
        self.blocks: dict[str, dict[int, np.ndarray[Any, Any]]] = {}
        for name in DRIVERS:
            columns = _columns([r[name] for r in oracle], drop=0)
            if None in columns:
                self.always.append(columns.pop(None))
            self.blocks[name] = columns

    def explained(self, names: Sequence[str]) -> float:
        """Return R squared with these drivers."""
        columns = [c for name in names for c in self.blocks[name].values()]
        matrix = np.column_stack([*self.always, *columns])
        right = matrix.T @ self.y
        fitted = right @ np.linalg.pinv(matrix.T @ matrix, hermitian=True) @ right
        mean = self.y.sum() ** 2 / len(self.y)
        return float((fitted - mean) / (self.y @ self.y - mean))

    def fit(self, names: Sequence[str]) -> tuple[Any, dict[tuple[str, int], int]]:
        """Return the fit with these drivers and the place of each level's column."""
        matrix, place = [*self.always], {}
        for name in names:
            for level, column in self.blocks[name].items():
                place[name, level] = len(matrix)
                matrix.append(column)
        return sm.OLS(self.y, np.column_stack(matrix)).fit(), place


@pytest.fixture(scope="module")
def reference(oracle: list[Row]) -> Reference:
    return Reference(oracle)


def test_adjusted_gaps_agree_with_statsmodels(
    report: Report, oracle: list[Row], reference: Reference
) -> None:
    adjusted = by_driver(tables(report)[1])
    plain, place = reference.fit(list(DRIVERS))
    robust = plain.get_robustcov_results("HC1")
    for name, driver in DRIVERS.items():
        levels = [r[name] for r in oracle if r[name] is not None]
        hit = sum(v >= driver.first_affected for v in levels)
        weights = np.zeros(len(plain.params))
        for level in set(levels) - {0}:
            is_hit = level >= driver.first_affected
            share = levels.count(level) / (hit if is_hit else len(levels) - hit)
            weights[place[name, level]] = share if is_hit else -share
        value = float(weights @ plain.params)
        row = adjusted[name]
        assert row["gap"] == pytest.approx(100 * value, abs=1e-6), name
        errors = [np.sqrt(weights @ m.cov_params() @ weights) for m in (plain, robust)]
        rank = np.linalg.matrix_rank(plain.model.exog)
        reach = two_sided_t(0.95, len(oracle) - rank) * max(errors)
        assert row["high"] - row["gap"] == pytest.approx(100 * reach, rel=1e-6), name
        assert row["points"] == pytest.approx(100 * value * hit / len(oracle), abs=1e-6)


def test_shares_of_the_explained_variance_are_those_of_all_subsets(
    report: Report, reference: Reference
) -> None:
    names = list(DRIVERS)
    explained = {
        subset: reference.explained(subset)
        for size in range(len(names) + 1)
        for subset in combinations(names, size)
    }
    whole = explained[tuple(names)] - explained[()]
    adjusted = by_driver(tables(report)[1])
    for name in names:
        share = 0.0
        for subset, before in explained.items():
            if name not in subset:
                larger = tuple(n for n in names if n in (*subset, name))
                weight = factorial(len(subset)) * factorial(len(names) - len(subset) - 1)
                share += weight / factorial(len(names)) * (explained[larger] - before)
        assert adjusted[name]["explained"] == pytest.approx(100 * share / whole, abs=1e-6)
    assert sum(row["explained"] for row in adjusted.values()) == pytest.approx(100)


def test_what_came_later_than_the_rating_is_counted(report: Report, oracle: list[Row]) -> None:
    later = sum(r["later"] for r in oracle)
    assert by_driver(tables(report)[1])["repeat"]["later"] == later > 0
    all_repeats = sum(r["repeat"] or 0 for r in oracle)
    assert f"{later} of {all_repeats} came later than the rating" in said(
        section(report, "drivers")
    )


def test_what_ends_after_the_rating_is_marked() -> None:
    # Rated after three hours: the resolutions of the second day and later answers can't count.
    rows = []
    for i in range(400):
        row = rated(i, good=i % 3 > 0, channel="chat", issue_type="x")
        created = row["created_at"]
        slow, late = i % 4 == 0, i % 5 == 0
        row["resolved_at"] = created + timedelta(hours=30 if slow else 1)
        row["first_response_at"] = created + timedelta(hours=5 if late else 0)
        row["reopened_at"] = created + timedelta(hours=2 if i % 2 else 9) if i % 8 < 2 else None
        rows.append(row)
    report = answered(rows, "drivers", as_of="2026-12-31")
    later = {k: row["later"] for k, row in by_driver(tables(report)[1]).items()}
    assert (later["slow_resolution"], later["late_response"], later["reopened"]) == (100, 80, 50)
    text = said(section(report, "drivers"))
    assert "Slow resolution: 100 of 100 came later than the rating" in text
    assert "Reopened: 50 of 100 came later than the rating" in text
    assert later["channel_change"] is None
    assert "a dash where no instant tells" in said(section(report, "associations"))


def test_the_pictures_carry_the_figures_of_the_tables(report: Report) -> None:
    (dots,) = section(report, "associations").charts
    adjusted = {str(r["driver"]): r for r in tables(report)[1].rows}
    assert {str(r["label"]) for r in dots.rows} == {
        name for name, r in adjusted.items() if r["noise"] in ("beyond", "within")
    }
    for row in dots.rows:
        mine = adjusted[str(row["label"])]
        assert (row["value"], row["low"], row["high"]) == (mine["gap"], mine["low"], mine["high"])
    assert (dots.unit, dots.reference) == ("points", 0.0)
    curve = section(report, "curve")
    steps = [(r["label"], r["value"] or None, r["n"]) for r in curve.charts[0].rows]
    assert steps == [(r["level"], r["gap"], r["n"]) for r in curve.tables[0].rows]


def test_the_curve_has_every_number_of_contacts(report: Report, oracle: list[Row]) -> None:
    (curve,) = section(report, "curve").tables
    for row, level in zip(curve.rows, (0, 1, 2), strict=False):
        mine = [r["y"] for r in oracle if r["further_contacts"] == level]
        assert row["n"] == len(mine)
        assert row["value"] == pytest.approx(100 * np.mean(mine))
    assert curve.rows[0]["gap"] is None


def test_the_order_of_rows_is_irrelevant(
    report: Report, sample: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    shuffled = [f.sample(fraction=1, shuffle=True, seed=1) for f in sample]
    assert render(report_on(*shuffled), "json") == render(report, "json")


# --- what it says ---


def test_first_contact_resolution_is_raw_and_no_driver(report: Report) -> None:
    assert "fcr" not in by_driver(tables(report)[0])
    assert "First contact resolution, raw and outside the model" in said(section(report, "drivers"))


def test_it_speaks_of_associations(report: Report) -> None:
    text = render(report, "markdown")
    assert isinstance(text, str)
    words = text.lower().replace("no proof of a cause", "")
    assert "cause" not in words
    assert " lost" not in words
    assert "go with" in words
    assert "associations on your own tickets" in words


def test_references_stand_apart(report: Report) -> None:
    (table,) = section(report, "literature").tables
    assert [r["figure"] for r in table.rows] == [r.figure for r in REFERENCES]
    assert all(r["source"] for r in table.rows)
    own = {str(r["figure"]): r["own"] for r in table.rows}
    first = section(report, "curve").tables[0].rows[1]["gap"]
    assert isinstance(first, float)
    assert own["−8 points"] == f"{first:+.1f} points".replace("-", "−")
    shares = sorted((r["explained"] for r in tables(report)[1].rows), reverse=True)  # type: ignore[type-var]
    assert own["43, 22, 15, 12, 8 %"] == f"{', '.join(f'{s:.0f}' for s in shares[:5])} %"
    assert "used for nothing" in said(section(report, "literature"))


def test_json_is_valid_and_measures_have_the_drivers(report: Report) -> None:
    text = render(report, "json")
    document = json.loads(text)
    jsonschema.validate(document, load_schema())
    segments = [m["segment"] for m in document["measures"]]
    assert segments[0] == {}
    assert {"repeat": "yes"} in segments
    assert {"late_survey": "no"} in segments
    overall = document["measures"][0]
    assert overall["excluded"]["immature"] > 0
    assert "mature tickets" in overall["rule"]


@pytest.mark.parametrize("cell", ["driver:transferred", "driver:late_response", "mode:re-contact"])
def test_a_claim_names_its_tickets(
    sample: tuple[pl.DataFrame, pl.DataFrame], oracle: list[Row], cell: str
) -> None:
    kind, _, name = cell.partition(":")
    (table,) = report_on(*sample, tickets_of=cell).sections[0].tables
    parts = [name] if kind == "driver" else ["repeat", "reopened", "further_contacts"]
    mine = [r["y"] for r in oracle if any((r[p] or 0) > 0 for p in parts)]
    assert len(table.rows) == len(mine)
    assert sum(bool(row["counted"]) for row in table.rows) == sum(mine)


def cells_of(report: Report) -> list[str]:
    """Return every value of `--tickets-of` that a report's sentences offer."""
    found = []
    for line in (t for s in report.sections for t in s.text):
        _, _, cells = line.rstrip(".").partition("--tickets-of ")
        found += [shlex.split(cell)[0] for cell in cells.split("; --tickets-of ") if cells]
    return found


def claimed(report: Report) -> dict[str, object]:
    """Return cell → number of tickets that a table or sentence says for it."""
    raw, adjusted = tables(report)
    found: dict[str, object] = {}
    for driver, counts in by_driver(raw).items():
        found[f"driver:{driver}"] = counts["n"]
    for driver, counts in by_driver(adjusted).items():
        found[f"driver:{driver}:later"] = counts["later"]
    modes = {m.label: m.id for m in MODES}
    for row in section(report, "modes").tables[0].rows:
        found[f"mode:{modes[str(row['mode'])]}"] = row["n"]
    for row in section(report, "concentration").tables[0].rows:
        where = f"{str(row['dimension']).replace(' ', '_')}={row['segment']}"
        found[f"mode:{modes[str(row['mode'])]}:every,{where}"] = row["affected"]
    others = re.search(r"% of ([\d,]+) others", said(section(report, "drivers")))
    assert others is not None
    found["driver:fcr"] = int(others[1].replace(",", ""))
    return found


def test_every_claim_names_as_many_tickets_as_it_counts(
    report: Report, sample: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    cells, counts = cells_of(report), claimed(report)
    kinds = ("driver:", "mode:", "driver:fcr", "driver:repeat:later")
    assert all(any(c.startswith(k) for c in cells) for k in kinds)
    assert any(":every," in c for c in cells)
    for cell in cells:
        (table,) = report_on(*sample, tickets_of=cell).sections[0].tables
        assert len(table.rows) == counts[cell], cell


def test_parts_of_a_cell_add_up(sample: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    def size(cell: str) -> int:
        return len(report_on(*sample, tickets_of=cell).sections[0].tables[0].rows)

    whole = size("driver:reopened")
    assert size("driver:reopened:counted") + size("driver:reopened:failed") == whole
    assert size("driver:reopened:every") > whole


def test_a_claim_narrowed_to_a_segment(
    sample: tuple[pl.DataFrame, pl.DataFrame], oracle: list[Row]
) -> None:
    found = report_on(*sample, tickets_of="driver:transferred, channel=chat").sections[0].tables[0]
    assert len(found.rows) == sum(r["transferred"] and r["channel"] == "chat" for r in oracle)
    assert {row["channel"] for row in found.rows} == {"chat"}


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("driver:repeats", "unknown driver"),
        ("mode:slowness", "unknown failure mode"),
        ("driver:repeat,email", "no column=value"),
        ("driver:repeat,floor=2", "floor"),
        ("driver:repeat:latter", "unknown part"),
        ("driver:transferred:later", "doesn't say what came after"),
    ],
)
def test_a_cell_that_names_nothing(
    sample: tuple[pl.DataFrame, pl.DataFrame], cell: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        report_on(*sample, tickets_of=cell)


# --- failure modes and the order to act ---


def test_modes_are_ranked_and_dated(report: Report) -> None:
    (modes,) = section(report, "modes").tables
    points = [float(str(r["points"])) for r in modes.rows]
    assert points == sorted(points)
    assert {str(r["mode"]) for r in modes.rows} == {
        "Re-contact", "Channel friction", "Response time",
    }  # fmt: skip
    (plan,) = section(report, "plan").tables
    dates = [(str(r["first"]), str(r["last"])) for r in plan.rows]
    assert dates == [
        ("2026-03-31", "2026-04-27"), ("2026-04-07", "None"), ("2026-04-14", "2026-05-11"),
    ]  # fmt: skip
    assert "next band" in said(section(report, "modes"))


def test_a_strong_effect_can_be_seen_soon() -> None:
    random = Random(1)
    rows = []
    for i in range(9_000):
        moved = i % 3 == 0
        good = random.random() < (0.55 if moved else 0.95)
        rows.append(rated(i, good=good, transfer_count=int(moved), issue_type="x", channel="web"))
    found = answered(rows, "drivers")
    (modes,) = section(found, "modes").tables
    friction = modes.rows[0]
    assert friction["mode"] == "Channel friction"
    assert friction["noise"] == "beyond"
    assert float(str(friction["points"])) == pytest.approx(-13.3, abs=1)
    (plan,) = section(found, "plan").tables
    visible = plan.rows[0]["visible"]
    last = plan.rows[0]["last"]
    assert visible is not None
    assert last is not None
    assert timedelta(0) < visible - last < timedelta(days=14)  # type: ignore[operator]


def test_where_a_mode_concentrates() -> None:
    random = Random(2)
    rows = []
    for i in range(6_000):
        issue = "abcd"[i % 4]
        moved = random.random() < (0.5 if issue == "b" else 0.05)
        good = random.random() < (0.6 if moved else 0.95)
        rows.append(rated(i, good=good, transfer_count=int(moved), issue_type=issue))
    (table,) = section(answered(rows, "drivers"), "concentration").tables
    assert [(r["mode"], r["segment"]) for r in table.rows] == [("Channel friction", "b")]
    row = table.rows[0]
    mine = [r for r in rows if r["transfer_count"]]
    share = sum(r["issue_type"] == "b" for r in mine) / len(mine)
    # The last 14 days are immature here and left out of both.
    assert float(str(row["share_of_affected"])) == pytest.approx(100 * share, abs=2)
    assert float(str(row["share_of_all"])) == pytest.approx(25, abs=0.1)


# --- what it keeps quiet about ---


def noise(seed: int, **same: object) -> list[dict[str, Any]]:
    random = Random(seed)
    return [
        rated(
            i, good=random.random() < 0.8, transfer_count=int(random.random() < 0.2),
            reopen_count=int(random.random() < 0.1), **same,
        )
        for i in range(2_600)
    ]  # fmt: skip


def test_noise_is_called_noise() -> None:
    found = answered(noise(7), "drivers")
    text = said(section(found, "drivers"))
    assert "Nothing here goes with CSAT beyond what chance explains" in text
    assert {r["noise"] for r in tables(found)[1].rows} <= {"within", "few", "unknown"}
    assert [s.key for s in found.sections if s.key in ("plan", "concentration")] == []


def test_drivers_that_go_together_are_named_together() -> None:
    random = Random(3)
    rows = []
    for i in range(4_000):
        hit = random.random() < 0.3
        good = random.random() < (0.5 if hit else 0.9)
        rows.append(rated(i, good=good, transfer_count=int(hit), reopen_count=int(hit)))
    found = answered(rows, "drivers")
    text = said(section(found, "drivers"))
    assert "Reopened and Transferred go together on these tickets" in text
    adjusted = by_driver(tables(found)[1])
    assert adjusted["reopened"]["gap"] is None
    assert adjusted["transferred"]["gap"] is None
    assert adjusted["reopened"]["noise"] == "joint"
    assert adjusted["reopened"]["explained"] == pytest.approx(adjusted["transferred"]["explained"])


def test_nearly_alike_drivers_are_named_once_and_together() -> None:
    random = Random(4)
    rows = []
    for i in range(6_000):
        hit = random.random() < 0.3
        other = hit if random.random() < 0.95 else not hit
        good = random.random() < (0.4 if hit else 0.9)
        rows.append(rated(i, good=good, transfer_count=int(hit), reopen_count=int(other)))
    text = section(answered(rows, "drivers"), "drivers").text
    assert sum("points lower CSAT" in line for line in text) == 1
    assert any("Transferred and Reopened:" in line for line in text)


def test_too_few_answers_name_nothing() -> None:
    random = Random(5)
    rows = []
    for i in range(12_000):
        moved = i % 3 == 0
        good = random.random() < (0.4 if moved else 0.95)
        is_answered = i % 20 in {0, 7}
        rows.append(rated(i, good=good if is_answered else None, transfer_count=int(moved)))
    found = answered(rows, "drivers")
    assert found.measures[0].status == "skewed"
    assert "too few surveys were answered" in said(section(found, "drivers"))
    assert "beyond" not in {r["noise"] for r in tables(found)[1].rows}


def test_a_missing_column_is_named() -> None:
    found = answered(noise(8), "drivers")
    text = said(section(found, "associations"))
    assert "Not measured, column contact_count missing: Further contacts." in text
    assert "column first_response_at missing: Late first response." in text
    assert "Not measured: Response time." in said(section(found, "modes"))


def test_few_affected_tickets_are_marked() -> None:
    rows = noise(9)
    for i, row in enumerate(rows):
        row["reopen_count"] = int(i in (5, 6, 7))
    adjusted = by_driver(tables(answered(rows, "drivers"))[1])
    assert adjusted["reopened"]["noise"] == "few"


def test_a_driver_that_nobody_has() -> None:
    rows = [{**r, "reopen_count": 0} for r in noise(10)]
    found = answered(rows, "drivers")
    assert by_driver(tables(found)[1])["reopened"]["gap"] is None
    assert by_driver(tables(found)[0])["reopened"]["n"] == 0


# --- other outcomes and other data ---


def test_first_contact_resolution_as_outcome() -> None:
    rows = [
        ticket(
            i,
            issue_type="x",
            channel="chat",
            first_response_at=datetime(2026, 1, 1)
            + timedelta(minutes=10 * i + (5 if i % 4 else 1)),
            reopen_count=int(i % 4 > 0 and i % 3 == 0),
        )
        for i in range(5_000)
    ]
    found = answered(rows, "drivers", outcome="fcr")
    assert found.measures[0].metric == "fcr"
    raw = by_driver(tables(found)[0])
    assert set(raw) == {"channel_change", "late_response", "slow_resolution"}
    assert by_driver(tables(found)[1])["late_response"]["noise"] == "beyond"
    assert "Re-contact: part of first contact resolution itself." in said(section(found, "modes"))


def test_without_ratings_the_other_outcome_is_offered() -> None:
    found = answered([ticket(i, issue_type="x") for i in range(3_000)], "drivers")
    assert section(found, "drivers").missing == "column score missing; try --outcome fcr"


def test_surveys_alone_have_no_drivers() -> None:
    surveys = pl.DataFrame({"ticket_id": ["1"], "responded_at": [END], "score": [5]})
    found = analyze(load(None, surveys, preset="none", scale="1-5"), command="drivers")
    assert section(found, "drivers").missing == "the input holds surveys only, no tickets"


def test_no_mature_ticket() -> None:
    with pytest.raises(NothingToEvaluate, match="whole window"):
        answered([rated(i, good=True, transfer_count=0) for i in range(50)], "drivers")


def test_another_outcome() -> None:
    with pytest.raises(UsageError, match="outcome"):
        answered(noise(11), "drivers", outcome="nps")


def test_a_period_and_a_condition_select_after_the_facts(
    sample: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    found = report_on(*sample, where=["channel=chat"], period="2026-01")
    raw = by_driver(tables(found)[0])
    tickets, surveys = sample
    chat = tickets.filter(pl.col("channel") == "chat").get_column("ticket_id")
    first = (
        surveys.filter(pl.col("score").is_not_null()).sort("responded_at").unique(
            "ticket_id", keep="first", maintain_order=True)
        .filter(pl.col("responded_at").is_between(datetime(2026, 1, 1), datetime(2026, 2, 1),
                                                  closed="left"))
    )  # fmt: skip
    kept = first.filter(pl.col("ticket_id").is_in(chat.implode())).height
    row = raw["transferred"]
    assert row["n"] + row["n_without"] == kept
