"""The skip guard turns a run red for an unlisted skip, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.skip_guard import allowed_reasons

ROOT = Path(__file__).resolve().parents[2]

CONFTEST = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import tests.skip_guard as guard
from pathlib import Path
guard.ALLOWED = Path(__file__).with_name("allowed.txt")
pytest_plugins = ["tests.skip_guard"]
"""

SUITE = """
import pytest

def test_runs(): assert 1 + 1 == 2

@pytest.mark.skip(reason="{reason}")
def test_left_out(): assert 1 + 1 == 3

@pytest.mark.xfail(reason="known")
def test_expected_to_fail(): assert 1 + 1 == 3
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("CI", "true")
    pytester.makeconftest(CONFTEST)
    pytester.maketxtfile(allowed="# why\nno database here\n")
    return pytester


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "parallel"])
@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("no database here", pytest.ExitCode.OK),
        ("no time", pytest.ExitCode.TESTS_FAILED),
        ("no database here, I think", pytest.ExitCode.TESTS_FAILED),
    ],
)
def test_only_listed_reasons_pass(
    suite: pytest.Pytester, reason: str, code: pytest.ExitCode, workers: tuple[str, ...]
) -> None:
    suite.makepyfile(test_sample=SUITE.format(reason=reason))
    result = suite.runpytest_subprocess(*workers)
    assert result.ret == code
    named = f"test_sample.py::test_left_out: {reason}" in result.stdout.lines
    assert named == (code != pytest.ExitCode.OK)


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "parallel"])
def test_a_module_that_skips_itself_is_seen(
    suite: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    suite.makepyfile(
        test_whole="import pytest\npytest.importorskip('no_such_module_anywhere')\n",
        test_sample="def test_runs(): assert 1 + 1 == 2\n",
    )
    result = suite.runpytest_subprocess(*workers)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*test_whole.py: could not import 'no_such_module_anywhere'*"])


def test_outside_ci_skips_are_free(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI")
    suite.makepyfile(test_sample=SUITE.format(reason="no time"))
    assert suite.runpytest_subprocess().ret == pytest.ExitCode.OK


def test_comments_and_blank_lines_allow_nothing(tmp_path: Path) -> None:
    listed = tmp_path / "allowed.txt"
    listed.write_text("# no time\n\n  no database here  \n", encoding="utf-8")
    assert allowed_reasons(listed) == {"no database here"}
    assert allowed_reasons(tmp_path / "absent.txt") == frozenset()
