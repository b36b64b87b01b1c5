"""Start-up stays light: no frame library is loaded to print a help page.

Each check runs in a process of its own, because the test process has long loaded everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hygiene._tree import SOURCE, modules

HEAVY = {"duckdb", "lifelines", "numpy", "pandas", "polars", "pyarrow", "scipy", "statsmodels"}

# The standard library's heavy hitters cost as much as Typer itself.
SLOW_STANDARD = {"asyncio", "multiprocessing", "sqlite3", "unittest", "xml"}

CLI = """
import json, sys
from csatkit.cli.app import run
code = run({arguments!r})
sys.stderr.write(json.dumps([code, sorted({{m.partition(".")[0] for m in sys.modules}})]))
"""

WHICH = """
import json, sys
from csatkit.cli.app import run
from csatkit.cli.registry import COMMANDS
code = run({arguments!r})
sys.stderr.write(json.dumps([code, [e.name for e in COMMANDS if e.module in sys.modules]]))
"""


def _python(script: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **(env or {})},
    )


def _loaded_by(statement: str) -> set[str]:
    probe = (
        "import sys, json; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
    )
    done = _python(f"{statement}\n{probe}")
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = _loaded_by("import csatkit")
    assert "csatkit" in loaded
    assert not loaded & (HEAVY | {"rich", "typer"})


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["--help"], ["-h"], ["csat", "--help"], ["report", "-h"]],
    ids=" ".join,
)
def test_help_and_version_load_no_frames(arguments: list[str]) -> None:
    done = _python(CLI.format(arguments=arguments))
    assert done.stdout.strip(), done.stderr
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert not set(loaded) & HEAVY


@pytest.mark.parametrize(
    "arguments",
    [
        ["csat"],
        ["csat", "t.csv", "--windw", "7"],
        ["csat", "t.csv", "--format", "tabel"],
        ["check", "t.csv", "--min", "cst=80"],
        ["segments", "t.csv", "--metric", "cst"],
    ],
    ids=" ".join,
)
def test_a_mistake_is_told_without_frames(arguments: list[str]) -> None:
    done = _python(CLI.format(arguments=arguments))
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 2
    assert not set(loaded) & HEAVY


@pytest.mark.parametrize(
    ("words", "expected"),
    [("csatkit rep", "report"), ("csatkit fcr --repeat-on c", "customer")],
)
def test_the_shell_completes_without_frames(words: str, expected: str) -> None:
    at = str(len(words.split()) - 1)
    env = {"_CSATKIT_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": at}
    done = _python(CLI.format(arguments=[]), env)
    assert expected in done.stdout.split()
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert not set(loaded) & HEAVY


@pytest.mark.parametrize(
    "text", ["x = 1", "[report]\nlevel = 95", "[[target]]\nmetric = 'cst'\nmin = 80", "no toml"]
)
def test_a_mistake_in_the_configuration_is_told_without_frames(text: str, tmp_path: Path) -> None:
    config = tmp_path / "csatkit.toml"
    config.write_text(text, encoding="utf-8")
    done = _python(CLI.format(arguments=["check", "t.csv", "--config", str(config)]))
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 2, done.stderr
    assert not set(loaded) & HEAVY


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["--help"], []),
        (["fcr", "--help"], ["fcr"]),
        (["fcr"], ["fcr"]),
        (["metrics"], ["metrics"]),
    ],
    ids=str,
)
def test_only_the_command_that_is_invoked_is_loaded(
    arguments: list[str], loaded: list[str]
) -> None:
    done = _python(WHICH.format(arguments=arguments))
    assert json.loads(done.stderr.splitlines()[-1])[1] == loaded


def test_the_version_needs_no_rich() -> None:
    done = _python(CLI.format(arguments=["--version"]))
    _, loaded = json.loads(done.stderr.splitlines()[-1])
    assert not set(loaded) & ({"rich"} | SLOW_STANDARD)


def test_a_command_loads_no_validator(tmp_path: Path) -> None:
    """Typer would load Pydantic, a tenth of a second, to learn that a text is a text."""
    export = tmp_path / "tickets.csv"
    export.write_text("ticket_id,created_at,score\n1,2026-01-05,5\n2,2026-01-06,2\n")
    done = _python(CLI.format(arguments=["csat", str(export), "--where", "score=5"]))
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert "polars" in loaded
    assert not set(loaded) & {"pydantic", "duckdb", "pandas", "pyarrow", *SLOW_STANDARD}


LIGHT = sorted(
    ".".join(("csatkit", *path.relative_to(SOURCE).with_suffix("").parts))
    for path in modules(SOURCE)
    if path.relative_to(SOURCE).parts[0]
    in {"errors.py", "gate", "report.py", "schema.py", "settings.py", "stats"}
    and path.name != "__init__.py"
)


def test_the_light_lane_is_light() -> None:
    assert LIGHT
    loaded = _loaded_by("\n".join(f"import {module}" for module in LIGHT))
    assert not loaded & (HEAVY | {"rich", "typer"})
