"""Rows in = rows used + rows dropped, and they are those of every other command."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest

from csatkit.analyses import run
from csatkit.analyses.doctor import examine, inspection
from csatkit.facts.build import build
from csatkit.load import open_data
from csatkit.settings import Settings, SourceSettings
from tests.unit.analyses._exports import Row, save, survey, ticket

STATES = ("closed", "open", "spam", "Deleted", "test", "trash", "solved")


def _nasty_ticket(chance: random.Random, n: int) -> Row:
    """Return a row of which anything may be wrong."""
    row = ticket(n)
    row["status"] = chance.choice(STATES)
    row["channel"] = chance.choice(("email", "chat", "Side Conversation", ""))
    row["merged"] = chance.choice(("", "yes", "no"))
    row["tags"] = chance.choice(("", "vip", "a,closed_by_merge"))
    row["parent_ticket_id"] = "T1" if chance.random() < 0.05 else ""
    row["deflected"] = "1" if chance.random() < 0.05 else "0"
    if chance.random() < 0.1:
        row["ticket_id"] = ""
    if chance.random() < 0.1:
        row["created_at"] = ""
    return row


def _nasty_survey(chance: random.Random, n: int) -> Row:
    row = survey(n)
    row["survey_status"] = chance.choice(("", "sent", "not sent", "bounced", "answered"))
    if chance.random() < 0.1:
        row["ticket_id"] = chance.choice(("", "Z1", "Z2"))
    if chance.random() < 0.2:
        row["sent_at"] = ""
    return row


def _files(folder: Path, seed: int) -> tuple[str, str]:
    chance = random.Random(seed)
    tickets = [_nasty_ticket(chance, chance.randrange(120)) for _ in range(150)]
    tickets += [dict(row) for row in chance.sample(tickets, 10)]
    surveys = [_nasty_survey(chance, chance.randrange(150)) for _ in range(150)]
    surveys += [dict(row) for row in chance.sample(surveys, 10)]
    return save(folder / "t.csv", tickets), save(folder / "s.csv", surveys)


def _both(paths: tuple[str, ...], settings: Settings) -> tuple[object, object]:
    """Return the inputs of the doctor's report and of the usual lane."""
    source = settings.source
    doctor = inspection(examine(*paths, source=source), settings)
    usual = run("analyze", open_data(*paths, source=source), settings, metrics=["tickets", "csat"])
    return doctor.inputs, usual.inputs


@pytest.mark.parametrize("seed", range(6))
def test_rows_leave_as_in_every_command(tmp_path: Path, seed: int) -> None:
    doctor, usual = _both(_files(tmp_path, seed), Settings())
    assert doctor == usual


@pytest.mark.parametrize("seed", range(3))
def test_also_with_surveys_alone(tmp_path: Path, seed: int) -> None:
    doctor, usual = _both(_files(tmp_path, seed)[1:], Settings())
    assert doctor == usual


@pytest.mark.parametrize("seed", range(3))
def test_also_with_exclusions_and_a_replay(tmp_path: Path, seed: int) -> None:
    exclude = MappingProxyType({"channel": ("chat",), "agent": ("Agent 1",)})
    source = replace(SourceSettings(), exclude=exclude)
    settings = replace(Settings(), source=source, as_of="2026-01-20")
    doctor, usual = _both(_files(tmp_path, seed), settings)
    assert doctor == usual


def _embedded(folder: Path, seed: int) -> str:
    chance = random.Random(seed)
    rows = []
    for _ in range(150):
        n = chance.randrange(120)
        answer = {k: v for k, v in _nasty_survey(chance, n).items() if k != "ticket_id"}
        rows.append({**_nasty_ticket(chance, n), **answer})
    return save(folder / "t.csv", rows)


@pytest.mark.parametrize("seed", range(4))
def test_also_with_surveys_inside_the_tickets(tmp_path: Path, seed: int) -> None:
    path = _embedded(tmp_path, seed)
    doctor, usual = _both((path,), Settings())
    assert doctor == usual


@pytest.mark.parametrize("seed", range(4))
def test_the_funnel_counts_embedded_surveys_like_the_response_rate(
    tmp_path: Path, seed: int
) -> None:
    path = _embedded(tmp_path, seed)
    report = inspection(examine(path, source=SourceSettings()), Settings())
    steps = next(s for s in report.sections if s.key == "funnel").tables[0].rows
    counts = {row["step"]: row["n"] for row in steps}
    data = open_data(path, source=SourceSettings())
    rate = run("analyze", data, Settings(), metrics=["response_rate"]).measures[0]
    assert (counts["answered"], counts["offered"]) == (rate.numerator, rate.denominator)


def _rows_of(report_inputs: object) -> list[tuple[int, int, int]]:
    assert isinstance(report_inputs, tuple)
    return [(i.rows, i.used, sum(i.dropped.values())) for i in report_inputs]


def test_rows_are_used_and_dropped(tmp_path: Path) -> None:
    doctor, _ = _both(_files(tmp_path, 1), Settings())
    counts = _rows_of(doctor)
    assert [rows for rows, _, _ in counts] == [160, 160]
    assert all(rows == used + dropped for rows, used, dropped in counts)
    assert all(dropped > 20 for _, _, dropped in counts)


def test_rejects_hold_every_dropped_row(tmp_path: Path) -> None:
    paths = _files(tmp_path, 2)
    rejects = tmp_path / "rejects.csv"
    settings = replace(Settings(), rejects=str(rejects))
    report = inspection(examine(*paths, source=SourceSettings()), settings)
    kept = pl.read_csv(rejects, infer_schema=False)
    counts = dict(kept.group_by("kind").len().iter_rows())
    assert counts == {i.kind: sum(i.dropped.values()) for i in report.inputs}


@pytest.mark.parametrize("size", [40, 400])
def test_the_rows_in_doubt_are_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Of a sound export nothing is held, however long it is."""
    from csatkit.analyses.doctor import doubt

    held: list[int] = []

    def counting(tickets: object, surveys: object, *rest: object, **more: object) -> object:
        held.extend(rows.frame.height for rows in (tickets, surveys))  # type: ignore[attr-defined]
        whole: Callable[..., object] = build
        return whole(tickets, surveys, *rest, **more)

    monkeypatch.setattr(doubt, "build", counting)
    paths = (
        save(tmp_path / "t.csv", [ticket(n) for n in range(size)]),
        save(tmp_path / "s.csv", [survey(n) for n in range(size)]),
    )
    report = inspection(examine(*paths, source=SourceSettings()), Settings())
    assert held == [0, 0]
    assert [i.used for i in report.inputs] == [size, size]
