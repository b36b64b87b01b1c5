"""Whose problem low scores are: verdict, evidence, and silence where chance explains all."""

from __future__ import annotations

import shlex
from collections.abc import Sequence, Set
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import polars as pl
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from csatkit import analyze, load
from csatkit.analyses.diagnose.evidence import types_alone
from csatkit.analyses.diagnose.gathering import Counts, Factor, Gathered
from csatkit.errors import CsatkitError
from csatkit.report import Report, Table
from tests.unit.analyses._made import Row, answered, measure, rated, section, ticket

AGENTS = ("Ada", "Bob", "Cem", "Dora", "Eve", "Fay")
TYPES = ("billing", "login", "refund", "delivery")
CHANNELS = ("chat", "email", "phone")


def _chance(agent: str, issue: str, channel: str, low: dict[str, float]) -> float:
    return 0.85 - sum(low.get(name, 0.0) for name in (agent, issue, channel))


def _rows(low: dict[str, float], n: int = 3000, seed: int = 1) -> list[Row]:
    """Return rated tickets on which the named agents, types or channels are low."""
    source = Random(seed)
    rows = []
    for i in range(n):
        agent, issue, channel = (source.choice(names) for names in (AGENTS, TYPES, CHANNELS))
        good = source.random() < _chance(agent, issue, channel, low)
        rows.append(rated(i, good=good, agent=agent, issue_type=issue, channel=channel))
    return rows


def _diagnosed(rows: list[Row], **settings: object) -> Report:
    return answered(rows, "diagnose", **settings)


def _text(report: Report, key: str = "diagnosis") -> str:
    return "\n".join(section(report, key).text)


def _verdict(report: Report) -> str:
    return next(t for t in section(report, "diagnosis").text if t.startswith("Verdict"))


def _named(report: Report) -> set[tuple[object, object]]:
    tables = section(report, "evidence").tables
    return {(r["factor"], r["segment"]) for t in tables for r in t.rows}


def _weights(report: Report) -> Table:
    return section(report, "diagnosis").tables[0]


@pytest.mark.parametrize(
    ("low", "verdict", "named"),
    [
        ({"Ada": 0.3, "Bob": 0.15}, "coaching", {("agent", "Ada"), ("agent", "Bob")}),
        ({"refund": 0.3}, "process or knowledge", {("issue type", "refund")}),
        ({"email": 0.25}, "channel design or routing", {("channel", "email")}),
    ],
)
def test_one_planted_cause_is_the_verdict(
    low: dict[str, float], verdict: str, named: set[tuple[str, str]]
) -> None:
    report = _diagnosed(_rows(low))
    assert _verdict(report).startswith(f"Verdict: {verdict}")
    assert _named(report) == named


def test_several_causes_are_mixed_and_all_named() -> None:
    report = _diagnosed(_rows({"Ada": 0.25, "refund": 0.2, "email": 0.2}))
    assert _verdict(report).startswith("Verdict: mixed")
    assert _named(report) >= {("agent", "Ada"), ("issue type", "refund"), ("channel", "email")}
    shares = [r["share"] for r in _weights(report).rows]
    assert sum(s for s in shares if isinstance(s, float)) == pytest.approx(100)


def test_without_any_difference_nothing_is_named() -> None:
    report = _diagnosed(_rows({}))
    assert _verdict(report).startswith("Verdict: nothing to act on")
    assert not _named(report)
    assert not section(report, "concentration").tables
    assert {r["noise"] for r in _weights(report).rows} == {"within"}


def test_an_agent_with_hard_tickets_is_not_named() -> None:
    source = Random(5)
    rows = []
    for i in range(3000):
        agent = AGENTS[i % 6]
        hard = source.random() < (0.8 if agent == "Ada" else 0.2)
        issue = "refund" if hard else source.choice(("billing", "login"))
        good = source.random() < (0.55 if hard else 0.9)
        channel = source.choice(CHANNELS)
        rows.append(rated(i, good=good, agent=agent, issue_type=issue, channel=channel))
    report = _diagnosed(rows)
    assert _named(report) == {("issue type", "refund")}
    assert _verdict(report).startswith("Verdict: process")


def test_a_type_that_is_low_is_low_for_everybody() -> None:
    (row,) = section(_diagnosed(_rows({"refund": 0.3})), "evidence").tables[0].rows
    assert row["below"] == "6/6"
    assert isinstance(row["gap"], float)
    assert row["gap"] < -15
    assert isinstance(row["low"], float)
    assert isinstance(row["high"], float)
    assert row["low"] < row["gap"] < row["high"]


def test_gathering_is_the_exact_binomial_test() -> None:
    rows = _rows({"refund": 0.08}, seed=3)
    report = _diagnosed(rows)
    found = section(report, "concentration").tables[0].rows
    refund = next(r for r in found if r["segment"] == "refund")
    lows = [r for r in rows if r["score"] == 1]
    k = sum(r["issue_type"] == "refund" for r in lows)
    n = sum(r["issue_type"] == "refund" for r in rows)
    p = binomtest(k, len(lows), n / len(rows)).pvalue
    assert refund["lows"] == k
    assert refund["of_lows"] == pytest.approx(100 * k / len(lows))
    assert refund["of_rows"] == pytest.approx(100 * n / len(rows))
    assert refund["p_value"] == ("< .001" if p < 0.001 else f"{p:.3f}"[1:])


def test_few_low_scores_are_not_enough() -> None:
    rows = [r for r in _rows({}) if r["score"] == 5][:300] + _low(19)
    report = _diagnosed(rows)
    assert _verdict(report) == "Verdict: not enough data. 19 low scores, of which it takes 20."
    assert not section(report, "concentration").tables


def _low(n: int) -> list[Row]:
    return [
        rated(10_000 + i, good=False, agent="Ada", issue_type="refund", channel="email")
        for i in range(n)
    ]


def test_a_disconnected_design_is_not_enough() -> None:
    # Every agent has a type of their own.
    rows = [
        rated(i, good=i % 3 > 0, agent=AGENTS[i % 3], issue_type=TYPES[i % 3], channel=c)
        for i, c in enumerate(Random(1).choices(CHANNELS, k=600))
    ]
    assert "can't be told apart" in _verdict(_diagnosed(rows))


def test_a_thin_design_is_not_enough() -> None:
    rows = [
        rated(i, good=i % 2 > 0, agent=f"a{i % 50}", issue_type=TYPES[i % 4], channel="chat")
        for i in range(90)
    ]
    # Agents with two ratings each are put together; what is left is one level.
    report = _diagnosed(rows)
    assert _verdict(report).startswith("Verdict: not enough data")
    assert not _named(report)


def test_too_few_answers_give_no_verdict() -> None:
    source = Random(2)
    rows = _rows({"refund": 0.4}, n=1000)
    rows += [
        rated(5000 + i, good=None, agent=source.choice(AGENTS), issue_type="login", channel="chat")
        for i in range(9000)
    ]
    report = _diagnosed(rows, as_of="2026-12-31")
    assert "Too few surveys were answered" in _verdict(report)
    assert not _named(report)


def test_tickets_without_an_agent_are_laid_at_nobodys_door() -> None:
    rows = _rows({}, n=2000)
    for row in rows[:400]:
        row["agent"] = None
        row["score"] = 1
    report = _diagnosed(rows)
    assert "Left out: 400 tickets without agent." in _text(report)
    assert _verdict(report).startswith("Verdict: nothing")


def test_many_customers_with_one_topic() -> None:
    rows = _rows({"refund": 0.4}, n=2000)
    assert "Process: 15 or more customers unhappy in a month about refund" in _text(
        _diagnosed(rows)
    )
    quiet = _text(_diagnosed(_rows({}, n=4000)))
    assert "no more than their share" in quiet
    assert "Process" not in quiet


def test_one_customer_is_one_customer() -> None:
    rows = _rows({"refund": 0.4}, n=2000)
    for row in rows:
        row["customer_id"] = "C1"
    assert "15 or more customers" not in _text(_diagnosed(rows))


def test_low_first_contact_resolution_is_systemic() -> None:
    rows = _rows({}, n=1500)
    for i, row in enumerate(rows):
        row["reopen_count"] = int(i % 2 == 0)
    assert "Systemic: first contact resolution is 50.0 %" in _text(
        _diagnosed(rows, as_of="2026-12-31")
    )
    for i, row in enumerate(rows):
        row["reopen_count"] = int(i % 10 < 4)
    # 60 % exactly isn't below it.
    assert "Systemic" not in _text(_diagnosed(rows, as_of="2026-12-31"))


def test_first_contact_resolution_as_the_outcome() -> None:
    source = Random(7)
    rows = []
    for i in range(3000):
        agent, issue, channel = (source.choice(names) for names in (AGENTS, TYPES, CHANNELS))
        failed = source.random() > _chance(agent, issue, channel, {"refund": 0.3})
        columns = {"agent": agent, "issue_type": issue, "channel": channel}
        rows.append(ticket(i, reopen_count=int(failed), **columns))
    report = answered(rows, "diagnose", outcome="fcr", as_of="2026-12-31")
    assert _verdict(report).startswith("Verdict: process")
    assert "failures" in _text(report)
    alone = answered(rows, "diagnose", as_of="2026-12-31")
    assert "try --outcome fcr" in (section(alone, "diagnosis").missing or "")


def test_times_are_told_apart_from_agents() -> None:
    source = Random(11)
    rows = []
    for i in range(4000):
        agent, issue, channel = (source.choice(names) for names in (AGENTS, TYPES, CHANNELS))
        row = rated(i, good=None, agent=agent, issue_type=issue, channel=channel)
        rush = row["created_at"].weekday() == 0 and 6 <= row["created_at"].hour < 12
        good = source.random() < (0.5 if rush else 0.85)
        rows.append(rated(i, good=good, agent=agent, issue_type=issue, channel=channel))
    report = _diagnosed(rows)
    assert _named(report) == {("weekday × daypart", "Mon morning")}
    assert "Staffing: Mon morning" in _text(report)
    assert "weekday=Mon,daypart=morning --clock created" in _text(report)


def test_a_heavy_load_is_said_before_coaching() -> None:
    rows = _rows({"Ada": 0.3}, n=3000)
    extra = [ticket(i, agent="Ada", issue_type="login", channel="chat") for i in range(5000, 8000)]
    text = _text(_diagnosed([*rows, *extra]))
    assert "Before coaching, look at the load: Ada" in text
    assert "look at the load" not in _text(_diagnosed(rows))


def test_the_routing_map_names_the_channel_that_serves_a_type_best() -> None:
    source = Random(13)
    rows = []
    for i in range(4000):
        agent, issue, channel = (source.choice(names) for names in (AGENTS, TYPES, CHANNELS))
        better = issue == "login" and channel == "chat"
        good = source.random() < (0.95 if better else 0.7)
        rows.append(rated(i, good=good, agent=agent, issue_type=issue, channel=channel))
    report = _diagnosed(rows)
    best = {r["issue_type"]: r["best"] for r in section(report, "routing").tables[0].rows}
    assert best == {"login": "chat", "billing": None, "refund": None, "delivery": None}
    quiet = section(_diagnosed(_rows({})), "routing").tables[0]
    assert {r["best"] for r in quiet.rows} == {None}
    cell = measure(report, "csat", issue_type="login", channel="chat")
    assert cell.low is not None
    assert cell.low > 85


def test_privacy_hides_agents() -> None:
    rows = _rows({"Ada": 0.3})
    by_id = _diagnosed(rows, privacy="ids")
    assert "Ada" not in _text(by_id)
    assert "agent-" in _text(by_id)
    hidden = _diagnosed(rows, privacy="none")
    assert "Not weighed, hidden by --privacy none: agent." in _text(hidden)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = _rows({"Ada": 0.25, "refund": 0.2})
    shuffled = rows[:]
    Random(1).shuffle(shuffled)
    one, other = _diagnosed(rows), _diagnosed(shuffled)
    assert one.sections == other.sections


def test_weights_stand_with_their_uncertainty() -> None:
    for row in _weights(_diagnosed(_rows({"Ada": 0.25, "refund": 0.2}))).rows[:3]:
        bounds = [row["low"], row["share"], row["high"]]
        assert all(isinstance(b, float) for b in bounds)
        assert all(a <= b for a, b in pairwise(bounds))  # type: ignore[operator]


@pytest.mark.shared
@pytest.mark.slow
def test_real_incidents_are_diagnosed_without_a_survey(shared: Path) -> None:
    columns = {
        "ticket_id": "number", "customer_id": "caller_id", "agent": "resolved_by",
        "channel": "contact_type", "issue_type": "category", "created_at": "opened_at",
        "transfer_count": "",
    }  # fmt: skip
    data = load(shared / "data" / "uci-incidents" / "incidents.parquet", preset="none", map=columns)
    report = analyze(data, command="diagnose", outcome="fcr")
    text = _text(report)
    assert "mature tickets, first contact resolution" in text
    assert "tickets without agent" in text
    assert _verdict(report).startswith("Verdict: coaching")
    assert "below 60 % for 51 24.2 %" in text
    assert section(report, "routing").tables


def test_another_outcome_is_refused() -> None:
    with pytest.raises(CsatkitError, match="outcome"):
        _diagnosed(_rows({}, n=100), outcome="nps")


@pytest.mark.parametrize("cell", ["csat:failed,issue_type=refund", "agent=Ada"])
def test_the_tickets_behind_a_claim(cell: str) -> None:
    rows = _rows({"refund": 0.3}, n=600)
    report = _diagnosed(rows, tickets_of=cell)
    column, _, value = cell.rpartition(",")[2].partition("=")
    expected = [
        r
        for r in rows
        if r[column] == value and (r["score"] == 1 or not cell.startswith("csat:failed"))
    ]
    assert len(section(report, "tickets").tables[0].rows) == len(expected)


# --- the rules of metrics.md §7 at their edges ---


def _feedback(slow: int, of: int, **columns: object) -> list[Row]:
    """Return `of` low scores with a comment, `slow` of them about slowness, among good ones."""
    rows = [rated(i, good=True, agent="Ada", issue_type="login", channel="chat", comment=None)
            for i in range(300)]  # fmt: skip
    said = ["It took too long."] * slow + ["Not what I wanted."] * (of - slow)
    rows += [
        rated(300 + i, good=False, agent="Ada", issue_type="login", channel="chat", comment=text)
        for i, text in enumerate(said)
    ]
    return [{**row, **columns} for row in rows]


@pytest.mark.parametrize(("slow", "of"), [(28, 100), (27, 100), (10, 20), (10, 19), (400, 1900)])
def test_a_theme_in_20_percent_of_the_comments_is_the_process(slow: int, of: int) -> None:
    low, _ = proportion_confint(slow, of, method="wilson")
    text = _text(_diagnosed(_feedback(slow, of)))
    claimed = "Process: 20 % or more of the low-score comments speak of slow" in text
    assert claimed == (low >= 0.2 and of >= 20)
    assert ("theme:slow" in text) == claimed


def test_what_people_write_is_no_reason_where_few_answered() -> None:
    silent = [
        rated(5000 + i, good=None, agent="Ada", issue_type="login", channel="chat", comment=None)
        for i in range(5000)
    ]
    rows = [*_feedback(90, 100), *silent]
    assert "low-score comments speak" not in _text(_diagnosed(rows, as_of="2026-12-31"))


def _topic(customers: int, last: datetime | None = None) -> list[Row]:
    """Return refunds with a low score by so many customers, the last answered at an instant."""
    rows = [
        rated(i, good=i % 60 > 0, agent=AGENTS[i % 6], issue_type=TYPES[i % 2], channel="chat")
        for i in range(900)
    ]
    lows = [
        rated(1000 + i, good=False, agent=AGENTS[i % 6], issue_type="refund", channel="email",
              customer_id=f"R{min(i, customers - 1)}")
        for i in range(18)
    ]  # fmt: skip
    if last is not None:
        lows = lows[:customers]
        lows[-1] |= {"sent_at": last, "responded_at": last}
    return rows + lows


@pytest.mark.parametrize(
    ("types", "named"),
    [
        # 0.5 are expected of the first: chi-square says p = .02, six exact tests say .07.
        ([(3, 12), *[(2, 60)] * 5], set()),
        ([(12, 12), *[(2, 120)] * 5], {"t0"}),
        ([(60, 200), (20, 200), (20, 200)], {"t0"}),
    ],
)
def test_types_are_told_apart_by_exact_tests_where_counts_are_small(
    types: Sequence[tuple[int, int]], named: Set[str]
) -> None:
    counts = tuple(Counts(n, n - low, low) for low, n in types)
    names = tuple(f"t{i}" for i in range(len(counts)))
    factor = Factor("issue_type", names, counts, (True,) * len(counts))
    total = Counts(*(sum(getattr(c, f) for c in counts) for f in ("n", "k", "low")))
    found = Gathered("csat", None, {"issue_type": factor}, {}, total, {}, pl.DataFrame())
    assert types_alone(found, 10) == named


@pytest.mark.parametrize(("customers", "is_named"), [(15, True), (14, False)])
def test_the_fifteenth_customer_of_a_month_makes_a_topic(customers: int, is_named: bool) -> None:
    text = _text(_diagnosed(_topic(customers)))
    words = (
        "Process: 15 or more customers unhappy in a month about refund (15 customers in 2026-01)"
    )
    assert (words in text) == is_named
    assert ("csat:failed,issue_type=refund,month=2026-01" in text) == is_named


@pytest.mark.parametrize(("zone", "is_named"), [("UTC", True), ("Europe/Berlin", False)])
def test_a_month_ends_where_its_zone_says(zone: str, is_named: bool) -> None:
    rows = _topic(15, datetime(2026, 1, 31, 23, 30))
    assert ("in a month about refund" in _text(_diagnosed(rows, tz=zone))) == is_named


def test_types_with_low_first_contact_resolution_are_systemic() -> None:
    # Half of the logins are reopened, and 40 % of billing: 60 % exactly isn't below it.
    rows = [ticket(i, issue_type="login", reopen_count=int(i < 100)) for i in range(200)]
    rows += [ticket(i, issue_type="billing", reopen_count=int(i % 5 < 2)) for i in range(200, 400)]
    rows += [ticket(i, issue_type="refund", reopen_count=0) for i in range(400, 800)]
    report = answered(rows, "diagnose", outcome="fcr", as_of="2026-12-31")
    assert "Systemic: first contact resolution below 60 % for login 50.0 %" in _text(report)
    assert "billing 60" not in _text(report)
    assert "fcr:failed,issue_type=login" in _text(report)


def test_the_load_is_tickets_per_day_with_any() -> None:
    rows = _rows({"Ada": 0.3})
    evidence = section(_diagnosed(rows), "evidence").tables[0].rows
    (ada,) = [r for r in evidence if r["segment"] == "Ada"]
    hers = [r["resolved_at"].date() for r in rows if r["agent"] == "Ada"]
    assert ada["load"] == round(len(hers) / len(set(hers)), 1)


def test_first_contact_resolution_stands_beside_what_is_quoted_elsewhere() -> None:
    text = _text(_diagnosed(_rows({}, n=600), as_of="2026-12-31"))
    assert "First contact resolution 100.0 % (99.4–100.0); figures from elsewhere" in text
    assert "average 70, world class above 80" in text


# --- the tickets behind every claim ---


def _cells(report: Report) -> list[str]:
    found = []
    for told in (t for s in report.sections for t in s.text):
        _, _, options = told.rstrip(".").partition("--tickets-of ")
        found += [shlex.split(o)[0] for o in options.split("; --tickets-of ") if options]
    return list(dict.fromkeys(found))


def _listed(rows: list[Row], cell: str, **settings: object) -> int:
    report = answered(rows, "diagnose", tickets_of=cell, **settings)
    return len(section(report, "tickets").tables[0].rows)


def test_every_claim_names_as_many_tickets_as_it_counts() -> None:
    rows = _rows({"Ada": 0.25, "refund": 0.25, "email": 0.15})
    report = _diagnosed(rows)
    failed = {
        name: sum(r["score"] == 1 and name in (r["agent"], r["issue_type"], r["channel"])
                  for r in rows)
        for name in ("Ada", "refund", "email")
    }  # fmt: skip
    evidence = section(report, "evidence").tables[0].rows
    claimed = {r["segment"]: round(r["n"] * (1 - r["value"] / 100)) for r in evidence}  # type: ignore[operator]
    assert claimed == failed
    cells = _cells(report)
    for name, factor in (("Ada", "agent"), ("refund", "issue_type"), ("email", "channel")):
        assert f"csat:failed,{factor}={name}" in cells
        assert _listed(rows, f"csat:failed,{factor}={name}") == failed[name]
    gathered = section(report, "concentration").tables[0].rows
    assert all(f"={r['segment']}" in " ".join(cells) for r in gathered)


def test_the_best_channel_of_a_type_names_its_tickets() -> None:
    source = Random(13)
    rows = []
    for i in range(3000):
        issue, channel = (source.choice(names) for names in (TYPES, CHANNELS))
        good = source.random() < (0.97 if (issue, channel) == ("login", "chat") else 0.65)
        rows.append(rated(i, good=good, agent="Ada", issue_type=issue, channel=channel))
    report = _diagnosed(rows)
    assert "csat,issue_type=login,channel=chat" in _cells(report)
    assert _listed(rows, "csat,issue_type=login,channel=chat") == sum(
        (r["issue_type"], r["channel"]) == ("login", "chat") for r in rows
    )


@pytest.mark.parametrize(
    "name",
    ["Parts, spare", "it's; rm -rf", "=HYPERLINK(1)", "[red]x", "x=y", "fcr", 'O\'Neil, "q"'],
)
def test_names_of_any_kind_can_be_asked_for(name: str) -> None:
    rows = _rows({"refund": 0.4}, n=800)
    for row in rows:
        row["issue_type"] = name if row["issue_type"] == "refund" else row["issue_type"]
    (cell,) = [c for c in _cells(_diagnosed(rows)) if c.endswith(f"issue_type={name}")]
    failed = sum(r["issue_type"] == name and r["score"] == 1 for r in rows)
    assert _listed(rows, cell) == failed
