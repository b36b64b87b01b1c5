"""The examples do what they say: their commands run against the sample, in an empty environment."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from csatkit.cli import app

pytestmark = pytest.mark.skipif(os.name == "nt", reason="shells and hooks are POSIX")

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

PASSING = '[source]\ntickets = "tickets.csv"\nsurveys = "surveys.csv"\npreset = "none"\n'
PASSING += 'scale = "1-5"\n[[target]]\nmetric = "reopen_rate"\nmax = 30\n'


class Place(NamedTuple):
    """A folder with the sample, and the bare environment of a scheduler."""

    folder: Path
    env: dict[str, str]

    def sh(self, command: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-e", "-c", command],
            cwd=self.folder, env={**self.env, **env}, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples") / "csat"
    assert app.run(["demo", str(folder), "--tickets", "2000", "-q"]) == 0
    return folder


@pytest.fixture
def place(sample: Path, tmp_path: Path) -> Place:
    folder = tmp_path / "csat"
    shutil.copytree(sample, folder)
    (folder / ".git").mkdir()
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    program = bin_ / "csatkit"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m csatkit "$@"\n')
    mail = bin_ / "mail"
    mail.write_text(
        f'#!/bin/sh\nprintf "%s|" "$@" >> "{tmp_path}/mail"\ncat >> "{tmp_path}/mail"\n'
    )
    for file in (program, mail):
        file.chmod(0o755)
    root = Path(__file__).resolve().parents[2]
    # Neither HOME nor a language nor a terminal: what cron gives.
    env = {"PATH": f"{bin_}:/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(root / "src")}
    return Place(folder, env)


def _yaml(name: str) -> Any:
    return yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))


def _mailed(place: Place) -> str:
    file = place.folder.parent / "mail"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def test_every_example_is_introduced() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for folder in (p for p in EXAMPLES.iterdir() if p.is_dir()):
        assert f"[{folder.name}]" in page


# -- CI servers ----------------------------------------------------------------------------------


def _steps() -> Iterator[Mapping[str, Any]]:
    workflow = _yaml("github/csat.yml")
    yield from workflow["jobs"]["check"]["steps"]


def test_the_github_workflow_judges_and_tells(place: Place) -> None:
    page = place.folder.parent / "page.md"
    codes = {}
    out = {}
    for step in _steps():
        command = step.get("run", "")
        if "csatkit" in command and not command.startswith("pip"):
            done = place.sh(command, GITHUB_STEP_SUMMARY=str(page))
            codes[step["name"]], out[step["name"]] = done.returncode, done.stdout
            assert done.returncode in {0, 1}, done.stderr
    assert codes["Targets"] == codes["Targets for the test report"] == 1
    assert codes["What is wrong with the export"] == codes["The week in words"] == 0
    annotations = [line for line in out["Targets"].splitlines() if line.startswith("::")]
    assert any(line.startswith("::error") and "Refund CSAT" in line for line in annotations)
    assert len(annotations) <= 10
    assert "Refund CSAT" in page.read_text(encoding="utf-8")
    assert b"<testsuite" in (place.folder / "csat.xml").read_bytes()


def test_the_github_workflow_is_triggered_by_what_it_judges() -> None:
    # YAML reads the key `on` as true.
    paths = _yaml("github/csat.yml")[True]["push"]["paths"]
    assert "csatkit.toml" in paths


def test_the_gitlab_job_lets_the_undecided_pass(place: Place) -> None:
    job = _yaml("gitlab/csat.gitlab-ci.yml")["csat"]
    *before, last = job["script"]
    for command in before:
        assert place.sh(command).returncode == 0
    assert place.sh(last).returncode == 1  # the sample's refund target fails
    assert (place.folder / job["artifacts"]["reports"]["junit"]).exists()
    undecided = PASSING.replace("reopen_rate", "csat").replace("max = 30", "min = 80")
    (place.folder / "csatkit.toml").write_text(f"{undecided}where = 'channel=social'\n")
    assert place.sh(last).returncode in job["allow_failure"]["exit_codes"]


# -- cron ----------------------------------------------------------------------------------------


def _cron(place: Place, job: str, **env: str) -> subprocess.CompletedProcess[str]:
    known = {
        "CSAT_FOLDER": str(place.folder), "CSAT_MAIL": "leads@example.com",
        "CSAT_AS_OF": "2026-03-30", "CSAT_MAX_AGE": "999999h", **env,
    }  # fmt: skip
    return place.sh(f"{EXAMPLES}/cron/csat-mail.sh {job}", **known)


def test_the_crontab_is_one() -> None:
    lines = (EXAMPLES / "cron" / "crontab").read_text(encoding="utf-8").splitlines()
    jobs = [line for line in lines if line and not line.startswith("#") and "=" not in line]
    assert len(jobs) == 3
    for line in jobs:
        *times, command, job = line.split()
        assert len(times) == 5
        assert all(re.fullmatch(r"\*|\d+", time) for time in times)
        assert command.endswith("csat-mail.sh")
        assert job in {"check", "weekly", "monthly"}


def test_a_failed_target_is_mailed(place: Place) -> None:
    done = _cron(place, "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "CSAT: a target failed|leads@example.com|" in _mailed(place)
    assert "Refund CSAT" in _mailed(place)


def test_a_good_day_is_silent(place: Place) -> None:
    (place.folder / "csatkit.toml").write_text(PASSING)
    done = _cron(place, "check")
    assert (done.returncode, done.stdout, done.stderr, _mailed(place)) == (0, "", "", "")


def test_an_export_that_never_came_is_mailed(place: Place) -> None:
    done = _cron(place, "check", CSAT_AS_OF="today", CSAT_MAX_AGE="36h")
    assert done.returncode == 4
    assert "the export is missing, too old or broken" in _mailed(place)


@pytest.mark.parametrize("kind", ["weekly", "monthly"])
def test_a_digest_is_mailed_and_remembered(place: Place, kind: str) -> None:
    done = _cron(place, kind)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"CSAT: {kind} digest|" in _mailed(place)
    assert (place.folder / "history.parquet").exists()


def test_a_wrong_job_is_told(place: Place) -> None:
    assert _cron(place, "fortnightly").returncode == 2
    assert "didn't run (exit 2)" in _mailed(place)


# -- systemd -------------------------------------------------------------------------------------


def _unit(name: str) -> str:
    return (EXAMPLES / "systemd" / name).read_text(encoding="utf-8")


def test_the_service_runs(place: Place) -> None:
    commands = re.findall(r"^ExecStart=(.*)$", _unit("csatkit.service"), re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        _, *arguments = shlex.split(command)
        line = shlex.join(["csatkit", *arguments])
        line = line.replace("/var/lib/node_exporter/textfile/", f"{place.folder}/")
        # The sample is of one spring, so its today is then.
        line = line.replace("--as-of today", "--as-of 2026-03-30").replace("36h", "999999h")
        done = place.sh(line, LANG="C")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (place.folder / "csat.prom").read_text().endswith("# EOF\n")
    assert (place.folder / "trend.md").exists()


def test_the_units_are_well_formed() -> None:
    for name in ("csatkit.service", "csatkit.timer"):
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(_unit(name))
        assert "Unit" in parser
    assert "OnCalendar=*-*-* 06:15" in _unit("csatkit.timer")


# -- git -----------------------------------------------------------------------------------------


def _git(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "HOME": str(place.folder.parent),
           "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"}  # fmt: skip
    return place.sh(shlex.join(["git", *arguments]), **who)


def test_the_hook_refuses_what_breaks_a_target(place: Place) -> None:
    if shutil.which("git", path=place.env["PATH"]) is None:
        pytest.skip("git isn't installed")
    (place.folder / ".git").rmdir()
    assert _git(place, "init", "-q", ".").returncode == 0
    hook = place.folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(EXAMPLES / "pre-commit" / "pre-commit", hook)
    _git(place, "add", "-A")
    refused = _git(place, "commit", "-qm", "broken")
    assert refused.returncode == 1
    assert "break a target" in refused.stderr
    (place.folder / "csatkit.toml").write_text(PASSING)
    _git(place, "add", "-A")
    # What lies unstaged in the folder isn't judged.
    (place.folder / "csatkit.toml").write_text("nonsense")
    done = _git(place, "commit", "-qm", "good")
    assert done.returncode == 0, done.stderr


def test_the_hooks_of_pre_commit_run(place: Place) -> None:
    (repo,) = _yaml("pre-commit/pre-commit-config.yaml")["repos"]
    codes = {hook["id"]: place.sh(hook["entry"]).returncode for hook in repo["hooks"]}
    assert codes == {"csatkit-config": 0, "csatkit-check": 1}
    for hook in repo["hooks"]:
        assert re.search(hook["files"], "csatkit.toml")


def test_the_sample_holds_fails_and_hesitates(place: Place) -> None:
    done = place.sh("csatkit check --format json -q")
    assert done.returncode == 1
    verdicts = [t["verdict"] for t in json.loads(done.stdout)["targets"]]
    assert verdicts == ["pass", "fail", "inconclusive"]
