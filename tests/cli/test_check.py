"""`csatkit check`: verdicts, exit codes and formats on the sample, and what must never pass."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import polars as pl
import pytest

from csatkit.render import FORMATS
from csatkit.schemas import load_schema
from tests.cli.conftest import ROOT, Lane, Result, Run
from tests.cli.hostile import TEXTS, renamed, write_both

HOLDS = ("--min", "csat=75")
FAILS = ("--min", "csat=85")
OPEN = ("--min", "csat=80")
"""CSAT of the sample is 80.4 %, interval 78.1 to 82.4."""

CASES = [(HOLDS, 0, "pass"), (FAILS, 1, "fail"), (OPEN, 3, "inconclusive")]

TEXTUAL = [name for name, known in FORMATS.items() if not known.is_binary]


def _json(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.out)
    return found


def _targets(run: Run, *line: str) -> list[dict[str, Any]]:
    done = run("check", "--demo", *line, "--format", "json")
    targets: list[dict[str, Any]] = _json(done)["targets"]
    return targets


@pytest.mark.parametrize(("line", "code", "word"), CASES)
@pytest.mark.parametrize("name", TEXTUAL)
def test_the_exit_code_and_the_word_in_every_format(
    run: Run, name: str, line: tuple[str, ...], code: int, word: str
) -> None:
    done = run("check", "--demo", *line, "--format", name)
    assert done.code == code
    text = done.out
    match name:
        case "csv":
            (row,) = csv.DictReader(io.StringIO(text))
            assert row["metric"] == "csat"
        case "junit":
            (case,) = ElementTree.fromstring(text).iter("testcase")
            kind = {"fail": "failure", "inconclusive": "skipped"}.get(word, "system-out")
            assert case.find(kind) is not None
        case "github":
            level = {"fail": "::error", "inconclusive": "::warning"}.get(word, "::notice")
            assert text.startswith(level)
        case "json":
            jsonschema.validate(json.loads(text), load_schema())
            assert [t["verdict"] for t in json.loads(text)["targets"]] == [word]
        case _:
            assert re.search(rf"\b{word}\b", text) or name in {"slack", "openmetrics"}
            assert "csat" in text.casefold()


@pytest.mark.parametrize(("line", "code", "word"), CASES)
def test_an_open_verdict_can_be_mapped(
    run: Run, line: tuple[str, ...], code: int, word: str
) -> None:
    mapped = [run("check", "--demo", *line, "--inconclusive", w).code for w in ("pass", "FAIL")]
    assert mapped == ([0, 1] if code == 3 else [code, code])


def test_one_failure_beats_everything_else(run: Run) -> None:
    assert run("check", "--demo", *HOLDS, *FAILS, *OPEN, "--inconclusive", "pass").code == 1
    assert run("check", "--demo", *HOLDS, *OPEN).code == 3


def test_a_metric_that_the_data_lacks_is_never_a_pass(run: Run) -> None:
    Path("t.csv").write_text("ticket_id,created_at\n" + "".join(
        f"{n},2026-01-{n:02d} 10:00\n" for n in range(1, 29)
    ))  # fmt: skip
    done = run("check", "t.csv", "--max", "transfer_rate=99", "-f", "json")
    (found,) = _json(done)["targets"]
    assert (done.code, found["verdict"]) == (3, "unavailable")
    assert found["reason"] == "column transfer_count missing"


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_holds_what_stdout_would_show(run: Run, name: str) -> None:
    shown = run("check", "--demo", *OPEN, "--by", "channel", "--format", name)
    done = run("check", "--demo", *OPEN, "--by", "channel", "--format", name, "-o", "out.bin")
    assert (done.code, done.out) == (shown.code, "")
    assert Path("out.bin").read_bytes() == shown.raw


def test_parquet_and_csv_hold_the_measures(run: Run) -> None:
    assert run("check", "--demo", *OPEN, "--by", "channel", "-o", "m.parquet").code == 1
    assert run("check", "--demo", *OPEN, "--by", "channel", "-o", "m.csv").code == 1
    rows = list(csv.DictReader(io.StringIO(Path("m.csv").read_text(encoding="utf-8"))))
    frame = pl.read_parquet("m.parquet")
    assert [r["segment_channel"] for r in rows] == frame["segment_channel"].to_list()
    assert [float(r["value"]) for r in rows] == pytest.approx(frame["value"].to_list())


# -- GitHub ----------------------------------------------------------------------------------------


def test_the_summary_page_is_added_to(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path("summary.md")
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    assert run("check", "--demo", *FAILS, "--format", "github").code == 1
    once = page.read_text(encoding="utf-8")
    assert once.startswith("before\n")
    assert "fail" in once
    assert run("check", "--demo", *HOLDS, "--format", "github").code == 0
    assert page.read_text(encoding="utf-8").startswith(once)
    assert len(page.read_text(encoding="utf-8")) > len(once)


def test_other_formats_leave_the_summary_page(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    assert run("check", "--demo", *HOLDS, "--format", "junit").code == 0
    assert not Path("summary.md").exists()


def test_a_summary_page_that_can_t_be_written_changes_no_verdict(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "absent/summary.md")
    for line, code, _ in CASES:
        done = run("check", "--demo", *line, "--format", "github")
        assert done.code == code
        assert "GITHUB_STEP_SUMMARY=absent/summary.md: can't be written" in done.err


# -- baselines -------------------------------------------------------------------------------------

STEADY = ("--metric", "fcr,reopen_rate")


def _spoil(path: str, **gain: float) -> None:
    """Make a baseline better than it was, so that today falls behind it."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    for m in content["measures"]:
        if m["metric"] in gain:
            m["numerator"] += round(gain[m["metric"]] * m["denominator"])
            share = 100 * m["numerator"] / m["denominator"]
            m["low"], m["value"], m["high"] = share - 1, share, share + 1
    Path(path).write_text(json.dumps(content))


def test_the_same_data_is_no_worse_and_a_better_past_is_missed(run: Run) -> None:
    wrote = run("check", "--demo", "--write-baseline", "b.json", *STEADY)
    assert wrote.code == 0, wrote.err
    jsonschema.validate(json.loads(Path("b.json").read_text()), load_schema())
    same = run("check", "--demo", "--no-worse-than", "b.json")
    assert same.code == 0, same.out
    _spoil("b.json", fcr=0.1)
    done = run("check", "--demo", "--no-worse-than", "b.json", "-f", "json")
    assert done.code == 1
    words = {t["metric"]: t["verdict"] for t in _json(done)["targets"]}
    assert words["fcr"] == "fail"
    assert words["reopen_rate"] == "pass"


def test_metric_picks_from_a_baseline(run: Run) -> None:
    assert run("check", "--demo", "--write-baseline", "b.json", *STEADY).code == 0
    _spoil("b.json", fcr=0.1)
    done = run("check", "--demo", "--no-worse-than", "b.json", "--metric", "reopen_rate")
    assert done.code == 0
    done = run("check", "--demo", "--no-worse-than", "b.json", "--metric", "csat")
    assert (done.code, done.out) == (2, "")
    assert "holds nothing that can be compared" in done.err


def test_a_baseline_keeps_its_segments_and_its_default_metrics(run: Run) -> None:
    done = run("check", "--demo", "--write-baseline", "b.json", "--by", "channel")
    assert done.code == 0
    measures = json.loads(Path("b.json").read_text())["measures"]
    assert {m["metric"] for m in measures} == {"csat", "fcr", "reopen_rate", "response_rate"}
    targets = _targets(run, "--no-worse-than", "b.json")
    assert {tuple(t["segment"]) for t in targets} == {(), ("channel",)}
    assert all(t["baseline"] == t["value"] for t in targets)
    assert "unavailable" not in {t["verdict"] for t in targets}


def test_weeks_of_a_baseline_aren_t_compared(run: Run) -> None:
    """A past week has no successor of its own name."""
    assert run("check", "--demo", "--write-baseline", "b.json", "--by", "week").code == 0
    targets = _targets(run, "--no-worse-than", "b.json")
    assert [t["segment"] for t in targets] == [{}] * len(targets)
    assert targets


def test_a_target_s_own_tickets_have_their_own_baseline(run: Run) -> None:
    target = '[[target]]\nmetric = "reopen_rate"\nmax = 20\nwhere = "channel=email"\n'
    Path("csatkit.toml").write_text(target)
    assert run("check", "--demo", "--write-baseline", "b.json").code == 0
    Path("csatkit.toml").unlink()
    (found,) = _targets(run, "--no-worse-than", "b.json")
    assert (found["segment"], found["verdict"]) == ({"channel": "email"}, "pass")
    assert found["baseline"] == found["value"]


def test_a_baseline_of_a_target_lies_beside_its_file(run: Run) -> None:
    Path("gates").mkdir()
    assert run("check", "--demo", "--write-baseline", "gates/b.json", *STEADY).code == 0
    target = '[[target]]\nmetric = "fcr"\nno_worse_than = "b.json"\nmargin = 3\n'
    Path("gates/csatkit.toml").write_text(target)
    done = run("check", "--demo", "--config", "gates/csatkit.toml")
    assert done.code == 0, done.err


def test_a_baseline_is_written_beside_verdicts(run: Run) -> None:
    done = run("check", "--demo", *FAILS, "--write-baseline", "b.json", "-f", "json")
    assert done.code == 1
    assert json.loads(Path("b.json").read_text()) == _json(done)


@pytest.mark.parametrize(
    "line",
    [
        ("--no-worse-than", "b.json", "--write-baseline", "b.json"),
        ("--no-worse-than", "b.json", "--write-baseline", "./b.json"),
        ("--no-worse-than", "b.json", "-o", "b.json"),
        ("--no-worse-than", "b.json", "--rejects", "b.json"),
        (*HOLDS, "--write-baseline", "n.json", "-o", "n.json"),
    ],
)
def test_a_baseline_is_never_written_over(run: Run, line: tuple[str, ...]) -> None:
    assert run("check", "--demo", "--write-baseline", "b.json", *STEADY).code == 0
    before = Path("b.json").read_bytes()
    done = run("check", "--demo", *line)
    assert (done.code, done.out) == (2, "")
    assert Path("b.json").read_bytes() == before
    assert not Path("n.json").exists()


def test_a_baseline_never_replaces_the_data(run: Run) -> None:
    Path("t.csv").write_text("ticket_id,created_at\n1,2026-01-01\n")
    done = run("check", "t.csv", "--write-baseline", "t.csv")
    assert done.code == 2
    assert "--write-baseline t.csv is one of the inputs" in done.err


# -- mistakes and nothing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((), "no target given"),
        (("--min", "cast=80"), "Did you mean 'csat'?"),
        (("--min", "csat"), "--min: expected a metric and a number, got 'csat'"),
        (("--max", "csat=800"), "isn't a percentage"),
        (("--min", "coverage=80"), "coverage needs a column"),
        ((*HOLDS, "--inconclusive", "maybe"), "--inconclusive: expected one of pass, fail"),
        ((*HOLDS, "--metric", "fcr"), "--metric means nothing here"),
        (("--no-worse-than", "absent.json"), "baseline absent.json: can't be read"),
        ((*HOLDS, "--format", "junt"), "Did you mean 'junit'?"),
        (("--write-baseline", "b.json", "--metric", "cast"), "Did you mean 'csat'?"),
        ((*HOLDS, "--tickets-of", "csat"), "means nothing for check"),
    ],
)
def test_a_mistake_is_said_before_a_file_is_opened(
    run: Run, lane: Lane, line: tuple[str, ...], words: str
) -> None:
    done = run("check", "t.csv", *line)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert lane.opened == []


def test_a_mistake_in_the_file_names_the_file(run: Run, lane: Lane) -> None:
    Path("csatkit.toml").write_text('[[target]]\nname = "CSAT"\nmetric = "csat"\nmni = 80\n')
    done = run("check", "t.csv")
    assert done.code == 2
    assert "csatkit.toml: [[target]] CSAT: unknown key 'mni'" in done.err
    assert "Did you mean 'min'?" in done.err


EMPTY = ("check", "--demo", *HOLDS, "--where", "channel=pigeon")


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_judge_is_no_pass(run: Run, name: str) -> None:
    done = run(*EMPTY, "--format", name)
    assert (done.code, done.out) == (5, "")
    assert "nothing is no pass" in done.err
    mapped = run(*EMPTY, "--format", name, "--inconclusive", "pass")
    assert (mapped.code, mapped.out) == (5, "")


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_may_be_allowed(run: Run, name: str) -> None:
    done = run(*EMPTY, "--allow-empty", "--format", name)
    assert done.code == 0, done.err
    assert "nothing is no pass" in done.err
    if name == "json":
        assert _json(done)["targets"] == []
    if name == "junit":
        assert ElementTree.fromstring(done.out).get("tests") == "0"


def test_nothing_may_be_allowed_by_variable_and_quietly(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSATKIT_ALLOW_EMPTY", "1")
    done = run(*EMPTY, "-q", "-o", "r.json")
    assert done[:3] == (0, "", "")
    assert json.loads(Path("r.json").read_text())["measures"] == []


def test_an_empty_run_leaves_no_baseline(run: Run) -> None:
    done = run(*EMPTY, "--allow-empty", "--write-baseline", "b.json")
    assert done.code == 0
    assert not Path("b.json").exists()


def test_an_empty_target_beside_others_is_open(run: Run) -> None:
    Path("csatkit.toml").write_text(
        '[[target]]\nmetric = "csat"\nmin = 60\nby = ["team"]\nwhere = "channel=pigeon"\n'
    )
    done = run("check", "--demo", *HOLDS, "-f", "json")
    empty, other = _json(done)["targets"]
    assert done.code == 3
    assert (empty["verdict"], empty["reason"]) == ("inconclusive", "no rows to judge")
    assert other["verdict"] == "pass"


# -- where nobody watches --------------------------------------------------------------------------


def _cron(folder: Path, *line: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run as a scheduler does: no terminal, no home, the plainest locale."""
    env = {"PATH": os.environ.get("PATH", ""), "LANG": "C", "PYTHONPATH": str(ROOT / "src"), **more}
    return subprocess.run(
        [sys.executable, "-m", "csatkit", "check", *line],
        cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="schedulers with an empty environment are POSIX")
@pytest.mark.parametrize(("line", "code", "word"), CASES)
def test_a_scheduler_hears_nothing_but_the_result(
    tmp_path: Path, line: tuple[str, ...], code: int, word: str
) -> None:
    done = _cron(tmp_path, "--demo", *line, "-q")
    assert (done.returncode, done.stderr) == (code, b"")
    assert word.encode() in done.stdout
    assert b"\x1b" not in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="schedulers with an empty environment are POSIX")
def test_a_scheduler_that_wants_a_file_hears_nothing(tmp_path: Path) -> None:
    done = _cron(tmp_path, "--demo", *HOLDS, "-q", "-o", "out.xml")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert ElementTree.parse(tmp_path / "out.xml").getroot().get("failures") == "0"


# -- text that wants to be more --------------------------------------------------------------------

SPITEFUL = (*TEXTS, "::error::fooled", "a::b,c:d%0A::warning::x", "]]>", "--- a\n+++ b", "`| |`")


def _toml(text: str) -> str:
    """Return a basic string of TOML, which escapes what JSON does and DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write_targets(names: Sequence[str]) -> None:
    tables = (
        f'[[target]]\nname = {_toml(n)}\naction = {_toml(n)}\nmetric = "csat"\nmin = {m}\n'
        for n in names
        for m in (75, 85)
    )
    Path("csatkit.toml").write_text("".join(tables), encoding="utf-8")


@pytest.mark.parametrize("name", TEXTUAL)
def test_what_a_target_is_called_changes_its_own_cell_alone(run: Run, name: str) -> None:
    _write_targets([f"target {n}" for n in range(len(SPITEFUL))])
    plain = run("check", "--demo", "--format", name)
    _write_targets(SPITEFUL)
    spiteful = run("check", "--demo", "--format", name)
    assert (plain.code, spiteful.code) == (1, 1)
    assert _shape(name, spiteful.out) == _shape(name, plain.out)
    if name in READ:
        assert "\x1b" not in spiteful.out


READ = ("table", "markdown", "html", "slack", "junit", "github")
"""Formats for people and their tools; the others hold text as it is."""


def _shape(name: str, text: str) -> object:
    """Return what an answer says beside the names of targets."""
    match name:
        case "json":
            content = json.loads(text)
            jsonschema.validate(content, load_schema())
            own = [_nameless(t) for t in content["targets"]]
            return {**content, "targets": own, "sections": len(content["sections"])}
        case "csv":
            return [_nameless(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
        case "junit":
            return [(e.tag, len(e), e.get("type")) for e in ElementTree.fromstring(text).iter()]
        case "github":
            return [line.split(" ")[0] for line in text.split("\n")]
        case "slack":
            return set(json.loads(text))
        case "html":
            return [tag for tag in re.findall(r"<(/?\w+)", text) if tag != "wbr"]
    return text.count("\n")


def _nameless(target: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in target.items() if k not in {"name", "action"}}


@pytest.mark.slow
def test_a_name_of_200_kilobytes_is_only_long(run: Run) -> None:
    _write_targets(["x|::]]>" * 30_000])
    for name in TEXTUAL:
        done = run("check", "--demo", "--format", name, "-q")
        assert (done.code, done.err) == (1, ""), name


def test_what_segments_are_called_changes_no_verdict(run: Run) -> None:
    names = write_both(Path())
    found = []
    for kind in ("plain", "hostile"):
        files = (f"{kind}/tickets.csv", f"{kind}/surveys.csv")
        done = run("check", *files, "--min", "csat=50", "--by", "agent", "-f", "json")
        assert done.code in {0, 1, 3}, done.err
        targets = renamed(_json(done)["targets"], names)
        found.append((done.code, sorted(json.dumps(t, sort_keys=True) for t in targets)))
        lines = run("check", *files, "--min", "csat=50", "--by", "agent", "-f", "github").out
        assert all(line.startswith("::") for line in lines.splitlines())
    assert found[0] == found[1]
