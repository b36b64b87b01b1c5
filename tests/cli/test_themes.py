"""`csatkit themes`: what a reader sees in a window of 80 columns, and foreign text anywhere."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from csatkit.analyses import run as analysed
from csatkit.demo.generate import frames
from csatkit.load import open_data
from csatkit.render import render
from csatkit.report import Report
from csatkit.settings import Settings, SourceSettings
from tests.cli.conftest import Run
from tests.cli.hostile import TEXTS

STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u200e\u200f\ufeff]")
LABELS = ("</script><script>alert(1)</script>", '=HYPERLINK("x")', "a\nb\x1b[31m")


@pytest.fixture(scope="module")
def sample() -> Report:
    source = SourceSettings(preset="none", scale="1-5", timezone="UTC")
    return analysed("themes", open_data(*frames(), source=source), Settings(source=source))


def _export(run: Run) -> str:
    """Write a survey file whose comments, tags and agents are hostile, and such labels."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["ticket_id", "sent_at", "responded_at", "score", "comment", "tags", "agent"])
    for i in range(3 * len(TEXTS)):
        said, score = TEXTS[i % len(TEXTS)], 1 if i < 2 * len(TEXTS) else 5
        day = f"2026-01-{1 + i % 28:02d}"
        writer.writerow(
            [i, f"{day} 00:00:00", f"{day} 10:00:00", score, f"far too slow, {said}", said, said]
        )
    Path("surveys.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    themes = "".join(f"{json.dumps(n)} = ['slow']\n" for n in LABELS)
    Path("csatkit.toml").write_text(f"[themes]\n{themes}", encoding="utf-8")
    assert run("config", "check").code == 0
    return "surveys.csv"


def test_the_answer_stands_on_one_screen(sample: Report) -> None:
    """What is said before the first table, and the table: 24 lines of 80 columns."""
    lines = str(render(sample, "table", width=80)).splitlines()
    assert max(map(len, lines)) <= 80
    end = next(n for n, line in enumerate(lines) if line.startswith("Product problems:"))
    assert end <= 32
    assert not any("…" in line for line in lines[:end])


def test_tables_of_the_sample_fit_without_folding(sample: Report) -> None:
    lines = str(render(sample, "table", width=80)).splitlines()
    labels = [line for line in lines if line.startswith("premature resolution  ")]
    assert re.search(r"\d+ +\d+\.\d %( +\d+\.\d %){2} +no$", labels[0])


def test_as_rows_it_is_its_themes(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("themes", "--demo", "--format", "csv").out)))
    assert {row["theme"] for row in rows} >= {"slow", "broken promise", "bug"}
    for row in rows:
        assert float(row["low"]) <= float(row["of_comments"]) <= float(row["high"])


@pytest.mark.parametrize("kind", ["table", "csv", "markdown", "json", "html"])
def test_foreign_text_stays_text(run: Run, kind: str) -> None:
    done = run("themes", _export(run), "--preset", "none", "--format", kind)
    assert done.code == 0, done.err
    out = done.out
    if kind in {"table", "markdown", "json"}:
        assert STEERING.search(out) is None
    if kind == "html":
        assert "<script>alert" not in out
    if kind == "csv":
        cells = [row[0] for row in csv.reader(io.StringIO(out))]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    if kind == "json":
        (themes,) = [s for s in json.loads(out)["sections"] if s["key"] == "labels"]
        found = {row["theme"]: row["comments"] for row in themes["tables"][0]["rows"]}
        assert found[LABELS[0]] == found["slow"] == 2 * len(TEXTS)


@pytest.mark.parametrize("cell", [f"theme:{LABELS[0]}", "tag:@x", "word:too slow"])
def test_foreign_names_lead_to_their_tickets(run: Run, cell: str) -> None:
    done = run("themes", _export(run), "--preset", "none", "--tickets-of", cell, "--format", "csv")
    assert done.code == 0, done.err
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == (2 if cell.startswith("tag") else 2 * len(TEXTS))
    assert all(len(row["comment"]) <= 141 for row in rows)
