"""The sample is the same everywhere, is well formed, and holds the truth it says it holds."""

from __future__ import annotations

import errno
import hashlib
import re
import tomllib
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from csatkit.demo import organisation, phrases
from csatkit.demo.arrivals import weights
from csatkit.demo.generate import MAX_TICKETS, chunks, frames
from csatkit.demo.mixing import MILLION, below, key, pick, spread
from csatkit.demo.truth import NULL, TRUTH
from csatkit.demo.write import config, write
from csatkit.errors import InputError, UsageError
from csatkit.schema import COLUMNS, OUTREACH

DATA_END = datetime(2026, 3, 31)
WINDOW = timedelta(days=14)
MASK = (1 << 64) - 1
Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
FIRST_ROW = {
    "ticket_id": "00000001",
    "customer_id": "C0000001",
    "agent": "Jonas",
    "team": "East",
    "channel": "web",
    "issue_type": "product question",
    "status": "closed",
    "created_at": datetime(2025, 4, 1, 3, 45, 34),
    "first_response_at": datetime(2025, 4, 1, 5, 27, 37),
    "resolved_at": datetime(2025, 4, 1, 11, 29, 37),
    "transfer_count": 1,
    "vip": True,
}


@cache
def sample(tickets: int = 8_000, seed: int = 0, null: bool = False) -> Frames:
    return frames(tickets, seed, null)


def rated(sample_: Frames) -> pl.DataFrame:
    """Return the tickets with their first score."""
    tickets, surveys, _ = sample_
    first = surveys.filter(pl.col("score").is_not_null()).unique(
        "ticket_id", keep="first", maintain_order=True
    )
    return tickets.join(first, on="ticket_id", validate="1:1").with_columns(
        satisfied=pl.col("score") >= 4
    )


def first_contact(tickets: pl.DataFrame) -> pl.DataFrame:
    """Return the mature tickets with `resolved_first`, by the rule of metrics.md §3."""
    following = pl.col("created_at").shift(-1).over("customer_id", "issue_type")
    return (
        tickets.sort("created_at", "ticket_id")
        .with_columns(next=pl.when(pl.col("customer_id").is_not_null()).then(following))
        .filter(~pl.col("merged") & ~pl.col("deflected"))
        .filter(pl.coalesce("resolved_at", "created_at") + WINDOW <= DATA_END)
        .with_columns(
            repeat=(pl.col("next") <= pl.col("resolved_at") + WINDOW).fill_null(False),
        )
        .with_columns(
            resolved_first=pl.col("resolved_at").is_not_null()
            & (pl.col("reopen_count") == 0)
            & ~pl.col("repeat")
            & (pl.col("contact_count") == 1)
            & (pl.col("transfer_count") == 0)
        )
    )


def share(frame: pl.DataFrame, column: str) -> float:
    """Return the percentage of true values."""
    mean = frame.get_column(column).cast(pl.Float64).mean()
    assert isinstance(mean, float)
    return 100 * mean


def gap(frame: pl.DataFrame, where: pl.Expr, column: str) -> float:
    """Return how many points the selected rows lie above the others."""
    return share(frame.filter(where), column) - share(frame.filter(~where), column)


# --- random numbers ---------------------------------------------------------------------------


def test_splitmix_in_polars_wraps_like_the_reference() -> None:
    def mixed(z: int) -> int:
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
        return z ^ (z >> 31)

    golden = 0x9E3779B97F4A7C15

    def constant(number: int) -> int:
        return mixed((number + 1) * golden & MASK)

    numbers = [0, 1, 2, 7_999, 99_999_998]
    offset = constant(3 ^ constant(1))
    keys = [mixed((n * golden + offset) & MASK) for n in numbers]
    frame = pl.DataFrame({"n": numbers}).select(key=key(pl.col("n"), seed=3, family=1))
    assert frame["key"].to_list() == keys
    drawn = frame.select(below(pl.col("key"), 5, 1000)).to_series().to_list()
    assert drawn == [((mixed((k + constant(5)) & MASK) >> 32) * 1000) >> 32 for k in keys]


def test_splitmix_constant_is_the_published_generator() -> None:
    """The first two numbers of SplitMix64 with seed 0, as its reference implementation prints."""
    from csatkit.demo.mixing import _constant

    assert [_constant(0), _constant(1)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_pick_and_spread_hit_their_edges() -> None:
    draws = pl.DataFrame({"draw": [0, 299_999, 300_000, 499_999, 500_000, 999_999]})
    picked = draws.select(pick(pl.col("draw"), (300_000, 200_000, 500_000))).to_series()
    assert picked.to_list() == [0, 0, 1, 1, 2, 2]
    knots = ((0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 1000), tuple(range(11)))
    spread_out = draws.select(spread(pl.col("draw"), knots)).to_series()
    assert spread_out.to_list() == [0, 29, 30, 49, 50, 999]
    second = draws.select(spread(pl.col("draw"), knots, pl.lit(1))).to_series()
    assert second.to_list() == [0, 2, 3, 4, 5, 9]


# --- the same rows everywhere -----------------------------------------------------------------


@pytest.mark.parametrize("size", [100, 777, 10_000])
def test_rows_do_not_depend_on_the_chunk(size: int) -> None:
    made = list(chunks(1_200, seed=4, chunk=size))
    whole = list(chunks(1_200, seed=4))
    assert len(whole) == 1
    assert len(made) == -(-1_200 // size)
    for table in ("tickets", "surveys", "outreach"):
        joined = pl.concat([getattr(c, table) for c in made])
        assert_frame_equal(joined, getattr(whole[0], table))


def test_a_chunk_can_be_made_without_those_before_it() -> None:
    *_, last = chunks(3_000, seed=1, chunk=1_000)
    tickets, surveys, _ = sample(3_000, 1)
    assert_frame_equal(last.tickets, tickets.tail(1_000))
    assert_frame_equal(last.surveys, surveys.filter(pl.col("ticket_id") > "00002000"))


@pytest.mark.parametrize(
    ("null", "digest"),
    [
        (False, "dc95bfea4ddde19407ce7168596c91881b93e08f70cd37dcccef04892e13b322"),
        (True, "92fed4343a7eef8f99efa485694f3fe6d28badb631e4e05ab1a86c7a1d2f8364"),
    ],
)
def test_rows_are_these_on_every_platform(null: bool, digest: str) -> None:
    """A change here changes every published figure about the sample: say so in the changelog."""
    text = "".join(frame.head(500).write_csv() for frame in sample(null=null))
    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_first_ticket_is_this_one() -> None:
    row = sample()[0].row(0, named=True)
    assert {name: row[name] for name in FIRST_ROW} == FIRST_ROW


def test_seeds_differ_and_repeat() -> None:
    assert_frame_equal(frames(300, 7)[0], frames(300, 7)[0])
    assert not frames(300, 7)[0].equals(frames(300, 8)[0])
    assert not frames(300, 7)[0].equals(frames(300, 7, null=True)[0])
    # Every integer is a seed.
    assert frames(50, -1)[0].equals(frames(50, MASK)[0])


# --- well formed ------------------------------------------------------------------------------


@pytest.mark.parametrize("tickets", [1, 2, 3, 19, 1_000, 1_001])
def test_exact_number_of_tickets(tickets: int) -> None:
    made = frames(tickets, 2)[0]
    assert made.height == tickets
    assert made["ticket_id"].to_list() == [f"{n:08d}" for n in range(1, tickets + 1)]


@pytest.mark.parametrize("days", [1, 30, 364, 700])
def test_tickets_arrive_in_order_within_the_span(days: int) -> None:
    tickets = pl.concat([c.tickets for c in chunks(8_000, seed=3, days=days)])
    created = tickets["created_at"]
    assert created.is_sorted()
    assert created[0] >= DATA_END - timedelta(days=days)
    assert created[-1] < DATA_END
    assert created.dt.date().n_unique() == days


@pytest.mark.parametrize(("tickets", "null"), [(1, False), (500, True), (8_000, False)])
def test_data_end_is_exact_whatever_the_size(tickets: int, null: bool) -> None:
    made = sample(tickets, 0, null)
    instants = [
        value
        for frame in made
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime)
        for value in [frame[name].max()]
        if isinstance(value, datetime)
    ]
    assert max(instants) == DATA_END


def test_columns_are_canonical() -> None:
    tickets, surveys, outreach = sample()
    for frame in (tickets, surveys, outreach):
        assert set(frame.columns) <= set(COLUMNS)
    assert {"ticket_id", *OUTREACH} == set(outreach.columns)
    for name, kind in {**tickets.schema, **surveys.schema, **outreach.schema}.items():
        expected = {
            "instant": pl.Datetime("us"),
            "count": pl.Int32(),
            "score": pl.Int32(),
            "flag": pl.Boolean(),
        }.get(COLUMNS[name].kind, pl.String())
        assert kind == expected, name


@pytest.mark.parametrize("null", [False, True])
def test_references_and_order_of_events(null: bool) -> None:
    tickets, surveys, outreach = sample(8_000, 5, null)
    assert surveys.join(tickets, on="ticket_id", how="anti").is_empty()
    low = surveys.filter(pl.col("score") <= 3)
    assert outreach.join(low, on="ticket_id", how="anti").is_empty()
    assert outreach["ticket_id"].is_unique().all()
    for first, second in pairwise(["created_at", "first_response_at", "resolved_at", "closed_at"]):
        assert tickets.filter(pl.col(first) > pl.col(second)).is_empty()
    surveyed = surveys.join(tickets, on="ticket_id")
    assert surveyed.filter(pl.col("sent_at") < pl.col("created_at")).is_empty()
    assert surveyed.filter(pl.col("responded_at") <= pl.col("sent_at")).is_empty()
    assert surveyed.filter("merged").is_empty()
    assert surveyed.filter("deflected").is_empty()
    later = outreach.join(low.unique("ticket_id", keep="first"), on="ticket_id")
    assert later.filter(pl.col("outreach_at") < pl.col("responded_at")).is_empty()
    assert later.filter(pl.col("second_score_at") < pl.col("outreach_at")).is_empty()
    answered = surveys.select("score", "responded_at").null_count().row(0)
    assert answered[0] == answered[1]
    assert surveys["score"].drop_nulls().is_between(1, 5).all()


def test_agents_belong_to_one_team_and_customers_to_one_segment() -> None:
    tickets = sample()[0]
    teams = tickets.drop_nulls("agent").group_by("agent").agg(pl.col("team").n_unique())
    assert teams.height == 20
    assert (teams["team"] == 1).all()
    assert tickets["team"].n_unique() == 5  # four and none
    people = tickets.drop_nulls("customer_id").group_by("customer_id")
    per_customer = people.agg(pl.col("customer_segment").n_unique(), pl.col("vip").n_unique())
    assert (per_customer["customer_segment"] == 1).all()
    assert (per_customer["vip"] == 1).all()


def test_the_awkward_rows_are_there() -> None:
    tickets, surveys, outreach = sample()
    assert 20 <= tickets["customer_id"].null_count() <= 80
    assert 10 <= tickets["merged"].sum() <= 70
    assert 40 <= tickets["deflected"].sum() <= 130
    comments = surveys["comment"].drop_nulls()
    for awkward in (",", '"', "\n"):
        assert comments.str.contains(awkward, literal=True).any()
    assert comments.str.contains(r"^[\x00-\x7f]*$").all()
    asked = surveys.unique(["ticket_id", "sent_at"])
    assert 0.01 < (surveys.height - asked.height) / asked["score"].count() < 0.06
    mid_conversation = surveys.join(tickets, on="ticket_id").filter(
        pl.col("sent_at") < pl.col("resolved_at")
    )
    assert 0 < mid_conversation.height < 50
    spaced = asked.join(tickets, on="ticket_id").sort("sent_at")
    days = pl.col("sent_at").diff().over("customer_id").dt.total_days()
    assert 0.01 < spaced.select((days < 30).sum()).item() / asked.height < 0.08
    assert outreach["second_score"].count() > 40
    heavy = tickets.drop_nulls("customer_id")["customer_id"].value_counts()["count"]
    assert heavy.median() == 1
    assert max(heavy.to_list()) >= 8


# --- the truth --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_overall_magnitudes(seed: int) -> None:
    made = sample(8_000, seed)
    tickets, surveys, outreach = made
    asked = surveys.unique(["ticket_id", "sent_at"])
    answers = rated(made)
    assert 76 < share(answers, "satisfied") < 84
    assert 67 < share(first_contact(tickets), "resolved_first") < 73
    assert 28 < 100 * asked["score"].count() / asked.height < 35
    assert 50 < 100 * asked.height / tickets["resolved_at"].count() < 60
    seen = tickets.filter(~pl.col("merged") & ~pl.col("deflected"))
    assert 4.5 < share(seen.select(x=pl.col("reopen_count") > 0), "x") < 8
    assert 9 < share(seen.select(x=pl.col("transfer_count") > 0), "x") < 14
    assert 0.01 < seen["resolved_at"].null_count() / seen.height < 0.05
    low = answers.filter(pl.col("score") <= 3)
    assert 50 < 100 * outreach.height / low.height < 70
    prompt = outreach.join(low, on="ticket_id").select(
        x=pl.col("outreach_at") - pl.col("responded_at") <= timedelta(hours=24)
    )
    assert 70 < share(prompt, "x") < 92


@cache
def large(null: bool = False) -> pl.DataFrame:
    """Return enough rated tickets that noise is a point or two."""
    return rated(sample(100_000, 11, null))


def test_planted_satisfaction_shows() -> None:
    answers = large()
    plain = answers.filter(
        ~pl.col("agent").is_in([*TRUTH.agents_worse, *TRUTH.agents_better, TRUTH.agent_unlucky])
    )
    usual = share(plain, "satisfied")
    for agent in TRUTH.agents_worse:
        assert share(answers.filter(pl.col("agent") == agent), "satisfied") < usual - 12
    for agent in TRUTH.agents_better:
        assert share(answers.filter(pl.col("agent") == agent), "satisfied") > usual + 12
    assert gap(plain, pl.col("channel") == TRUTH.weak_channel, "satisfied") < -6
    assert gap(plain, pl.col("issue_type") == TRUTH.broken_issue, "satisfied") < -15
    assert gap(plain, pl.col("transfer_count") > 0, "satisfied") < -8
    assert gap(plain, pl.col("reopen_count") > 0, "satisfied") < -6
    created = pl.col("created_at")
    monday = (created.dt.weekday() == 1) & created.dt.hour().is_between(6, 11)
    assert gap(plain, monday, "satisfied") < -5


def test_broken_issue_is_broken_for_every_agent_and_the_unlucky_one_is_average() -> None:
    answers = large()
    broken = pl.col("issue_type") == TRUTH.broken_issue
    # The better agent is the one the ceiling shields.
    for (agent,), theirs in answers.group_by("agent"):
        assert gap(theirs, broken, "satisfied") < -4, agent
    unlucky = pl.col("agent") == TRUTH.agent_unlucky
    assert gap(answers, unlucky, "satisfied") < -3
    ordinary = ~pl.col("agent").is_in([*TRUTH.agents_worse, *TRUTH.agents_better])
    for case in (broken, ~broken):
        alike = answers.filter(case & ordinary).with_columns(unlucky=unlucky)
        assert homogeneity(alike, "unlucky", "satisfied") > 1e-3


def test_broken_issue_costs_first_contact_resolution() -> None:
    facts = first_contact(sample(40_000, 11)[0])
    assert gap(facts, pl.col("issue_type") == TRUTH.broken_issue, "resolved_first") < -15
    assert gap(facts, pl.col("issue_type") == TRUTH.broken_issue, "repeat") > 8
    # Agents don't differ in it.
    cells = facts.filter(pl.col("issue_type") != TRUTH.broken_issue)
    assert homogeneity(cells, "agent", "resolved_first") > 1e-3


def test_repeats_thin_out_over_twenty_days() -> None:
    tickets = sample(40_000, 11)[0].filter(pl.col("customer_id").is_not_null())
    following = pl.col("created_at").shift(-1).over("customer_id", "issue_type")
    days = tickets.select(
        ((following - pl.col("created_at")).dt.total_hours() / 24).alias("days")
    ).to_series()
    by_five = [
        days.is_between(low, low + 5, closed="left").to_list().count(True)
        for low in range(0, 20, 5)
    ]
    assert all(a > 1.2 * b for a, b in pairwise(by_five))
    assert by_five[3] < 0.25 * by_five[0]
    late = days.is_between(14, 20).to_list().count(True)
    assert 0.03 < late / sum(by_five) < 0.2


def test_weak_channel_answers_late_and_mondays_are_busy() -> None:
    tickets = sample(40_000, 11)[0].filter(~pl.col("deflected"))
    wait = (pl.col("first_response_at") - pl.col("created_at")).dt.total_minutes()
    medians = dict(tickets.group_by("channel").agg(wait.median()).iter_rows())
    assert max(medians, key=lambda channel: medians[channel]) == TRUTH.weak_channel
    created = pl.col("created_at")
    morning = tickets.filter(created.dt.hour().is_between(6, 11))
    monday = created.dt.weekday() == 1
    counts = morning.group_by(created.dt.weekday().alias("day")).len()
    busy = dict(counts.iter_rows())
    assert busy[1] > 1.5 * max(busy[day] for day in range(2, 8))
    chat = morning.filter(pl.col("channel") == "chat")
    slow, usual = (chat.filter(c).select(wait.mean()).item() for c in (monday, ~monday))
    assert slow > 1.6 * usual


def test_silence_depends_on_the_experience_and_some_agents_survey_rarely() -> None:
    tickets, surveys, _ = sample(40_000, 11)
    solved = tickets.filter(pl.col("resolved_at").is_not_null() & ~pl.col("merged"))
    solved = solved.drop_nulls("agent").with_columns(
        asked=pl.col("ticket_id").is_in(surveys["ticket_id"].implode())
    )
    per_agent = solved.group_by("agent").agg(pl.col("asked").mean()).sort("asked")
    assert set(per_agent["agent"].head(2)) == set(TRUTH.agents_rarely_surveyed)
    assert per_agent["asked"][1] < 0.6 * per_agent["asked"][2]
    shares = large()["score"].value_counts(normalize=True).sort("score")["proportion"]
    # Of the unsatisfied 40 : 25 : 35 think 1, 2, 3; those who think 1 speak up most.
    assert shares[0] > 2 * shares[2]
    assert shares[0] > 2 * shares[1]


def homogeneity(frame: pl.DataFrame, by: str, column: str) -> float:
    """Return the chi-squared p-value of equal shares."""
    counts = (
        frame.drop_nulls(by).group_by(by).agg(yes=pl.col(column).cast(pl.Int64).sum(), n=pl.len())
    )
    table = counts.select("yes", no=pl.col("n") - pl.col("yes")).to_numpy()
    return float(stats.chi2_contingency(table).pvalue)


@pytest.mark.parametrize("by", ["agent", "team", "channel", "issue_type", "weekday", "morning"])
@pytest.mark.parametrize("null", [False, True])
def test_null_mode_has_nothing_to_find(by: str, null: bool) -> None:
    answers = large(null).with_columns(
        weekday=pl.col("created_at").dt.weekday(),
        morning=(pl.col("created_at").dt.weekday() == 1)
        & pl.col("created_at").dt.hour().is_between(6, 11),
    )
    p = homogeneity(answers, by, "satisfied")
    assert p > 1e-3 if null else p < 1e-3


def test_null_mode_first_contact_and_silence_are_alike_everywhere() -> None:
    made = sample(40_000, 11, null=True)
    facts = first_contact(made[0])
    for by in ("agent", "channel", "issue_type"):
        assert homogeneity(facts, by, "resolved_first") > 1e-3, by
    facts = facts.with_columns(weekday=pl.col("created_at").dt.weekday())
    assert homogeneity(facts, "weekday", "resolved_first") > 1e-3
    per_day = facts["weekday"].value_counts()["count"]
    assert stats.chisquare(per_day.to_numpy()).pvalue > 1e-3
    asked = made[1].unique(["ticket_id", "sent_at"]).join(made[0], on="ticket_id")
    asked = asked.with_columns(answered=pl.col("score").is_not_null())
    for by in ("agent", "channel", "issue_type"):
        assert homogeneity(asked, by, "answered") > 1e-3, by
    answers = rated(made)
    for driver in ("reopen_count", "transfer_count", "contact_count"):
        assert homogeneity(answers, driver, "satisfied") > 1e-3, driver


def test_null_record_plants_nothing() -> None:
    points = [f.name for f in fields(NULL) if f.name.endswith("_points")]
    assert len(points) == 10
    assert all(getattr(NULL, name) == 0 and getattr(TRUTH, name) != 0 for name in points)
    pairs = [f.name for f in fields(NULL) if f.name.endswith("_broken")]
    for name in pairs:
        plain = name.removesuffix("_broken")
        assert getattr(NULL, name) == getattr(NULL, plain)
        assert getattr(TRUTH, name) > getattr(TRUTH, plain)
    assert len(set(weights(7, NULL)[0::24])) == 1
    assert len(set(weights(7, TRUTH)[0::24])) > 1


def test_tables_of_the_organisation_fit_together() -> None:
    people = {*TRUTH.agents_worse, *TRUTH.agents_better, *TRUTH.agents_rarely_surveyed}
    people.add(str(TRUTH.agent_unlucky))
    assert people <= set(organisation.AGENTS)
    assert len(people) == 6
    assert TRUTH.weak_channel == next(iter(organisation.CHANNELS))
    assert TRUTH.broken_issue in organisation.ISSUES
    assert sum(organisation.CHANNELS.values()) == MILLION
    assert sum(organisation.ISSUES.values()) == MILLION
    for table in (organisation.FIRST_RESPONSE, organisation.RESOLUTION):
        assert len(table) == len(organisation.CHANNELS)
        assert all(len(knots) == 11 and sorted(knots) == list(knots) for knots in table)
    assert len({len(bank) for bank in phrases.THEMES.values()}) == 1


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_written_files_hold_the_frames(tmp_path: Path, kind: str) -> None:
    paths = write(
        tmp_path / "new" / "sample", 1_200, 9, format="csv" if kind == "csv" else "parquet"
    )
    assert [p.name for p in paths] == [
        *(f"{table}.{kind}" for table in ("tickets", "surveys", "outreach")),
        "csatkit.toml",
    ]
    assert sorted(p.name for p in paths[0].parent.iterdir()) == sorted(p.name for p in paths)
    for path, frame in zip(paths, frames(1_200, 9), strict=False):
        if kind == "parquet":
            assert_frame_equal(pl.read_parquet(path), frame)
            continue
        read = pl.read_csv(path, schema_overrides=dict.fromkeys(frame.columns, pl.String))
        assert read.columns == frame.columns
        assert read.height == frame.height
        column = "created_at" if "created_at" in frame.columns else frame.columns[1]
        parsed = read[column].str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
        assert parsed.equals(frame[column])
        if "comment" in frame.columns:
            assert read["comment"].equals(frame["comment"])


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_are_the_same_for_any_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    whole = write(tmp_path / "a", 1_000, format="csv" if kind == "csv" else "parquet")
    monkeypatch.setattr(
        "csatkit.demo.write.chunks",
        lambda tickets, seed, null: chunks(tickets, seed, null, chunk=130),
    )
    parts = write(tmp_path / "b", 1_000, format="csv" if kind == "csv" else "parquet")
    for one, many in zip(whole, parts, strict=True):
        if one.suffix == ".parquet":
            assert_frame_equal(pl.read_parquet(one), pl.read_parquet(many))
        else:
            assert one.read_bytes() == many.read_bytes()


def test_never_overwrites_unless_forced(tmp_path: Path) -> None:
    mine = tmp_path / "surveys.csv"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"already holds surveys\.csv"):
        write(tmp_path, 20)
    assert [p.name for p in tmp_path.iterdir()] == ["surveys.csv"]
    assert mine.read_text(encoding="utf-8") == "mine"
    write(tmp_path, 20, force=True)
    assert mine.read_text(encoding="utf-8").startswith("ticket_id,")
    with pytest.raises(
        UsageError, match=r"tickets\.csv, surveys\.csv, outreach\.csv, csatkit\.toml"
    ):
        write(tmp_path, 20)


def test_a_failed_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(tickets: int, seed: int, null: bool) -> object:
        yield from chunks(tickets, seed, null, chunk=10)
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr("csatkit.demo.write.chunks", broken)
    for kind in ("csv", "parquet"):
        with pytest.raises(InputError, match="disk full"):
            write(tmp_path, 30, format="csv" if kind == "csv" else "parquet")
        assert list(tmp_path.iterdir()) == []


def test_bad_requests_are_refused(tmp_path: Path) -> None:
    for tickets in (0, -1, MAX_TICKETS + 1):
        with pytest.raises(UsageError, match="tickets is"):
            write(tmp_path / "new", tickets)
    with pytest.raises(UsageError, match="chunk is 0"):
        chunks(chunk=0)
    with pytest.raises(UsageError, match="days is 0"):
        chunks(days=0)
    with pytest.raises(UsageError, match="'parket'"):
        write(tmp_path / "new", 5, format="parket")  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="not a folder"):
        write(file, 5)


def test_configuration_names_the_files_and_three_targets() -> None:
    for kind in ("csv", "parquet"):
        read = tomllib.loads(config("csv" if kind == "csv" else "parquet"))
        assert read["source"]["tickets"] == f"tickets.{kind}"
        assert [t["metric"] for t in read["target"]] == ["reopen_rate", "csat", "csat"]


def test_targets_hold_fail_and_stay_open_in_the_default_sample() -> None:
    made = sample()
    answers = rated(made)
    ever = (
        made[0]
        .filter(~pl.col("merged") & ~pl.col("deflected"))
        .filter(pl.col("resolved_at").is_not_null() | (pl.col("reopen_count") > 0))
    )
    held, failed, undecided = tomllib.loads(config("csv"))["target"]
    low, high = interval(ever.select(x=pl.col("reopen_count") > 0), "x")
    assert high <= held["max"]
    issue = answers.filter(pl.col("issue_type") == failed["where"].removeprefix("issue_type="))
    low, high = interval(issue, "satisfied")
    assert high < failed["min"]
    channel = answers.filter(pl.col("channel") == undecided["where"].removeprefix("channel="))
    low, high = interval(channel, "satisfied")
    assert low < undecided["min"] < high


def interval(frame: pl.DataFrame, column: str) -> tuple[float, float]:
    """Return SciPy's Wilson interval in percent."""
    k = int(frame[column].sum())
    found = stats.binomtest(k, frame.height).proportion_ci(method="wilson")
    return 100 * float(found.low), 100 * float(found.high)


def test_documentation_states_the_planted_truth(root: Path) -> None:
    text = (root / "docs" / "demo.md").read_text(encoding="utf-8")
    names = [*TRUTH.agents_worse, *TRUTH.agents_better, *TRUTH.agents_rarely_surveyed]
    for name in (*names, TRUTH.agent_unlucky, TRUTH.weak_channel, TRUTH.broken_issue):
        assert re.search(rf"\b{name}\b", text), name
    for field in fields(TRUTH):
        value = getattr(TRUTH, field.name)
        row = re.search(rf"^\| `{field.name}` \| ([^|]+) \|", text, re.MULTILINE)
        if isinstance(value, int) and not isinstance(value, bool):
            assert row is not None, f"docs/demo.md lacks {field.name}"
            assert int(row.group(1).replace(",", "").replace("−", "-")) == value, field.name
