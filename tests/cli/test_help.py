"""The help pages: as committed, within 80 columns, in ASCII, and complete.

`WRITE_GOLDEN=1 pytest tests/cli/test_help.py` writes the files anew; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from csatkit.cli.options import OUTPUT, SHARED, shared
from csatkit.cli.registry import names
from tests.cli.conftest import Run

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "help"
WRITE = os.environ.get("WRITE_GOLDEN") == "1"
PAGES = ("csatkit", *names())


def _page(run: Run, name: str) -> str:
    done = run("--help") if name == "csatkit" else run(name, "--help")
    assert (done.code, done.err) == (0, "")
    return done.out


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_committed_one(run: Run, name: str, request: pytest.FixtureRequest) -> None:
    page = _page(run, name)
    path = GOLDEN / f"{name}.txt"
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(page, encoding="utf-8", newline="\n")
    assert page == path.read_text(encoding="utf-8")


def test_every_committed_page_has_its_command() -> None:
    assert {p.stem for p in GOLDEN.iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_any_terminal(run: Run, name: str) -> None:
    page = _page(run, name)
    assert page.isascii()
    assert max(map(len, page.splitlines())) <= 80
    assert "\n\n\n" not in page


@pytest.mark.parametrize("name", names())
def test_a_short_flag_asks_for_help_too(run: Run, name: str) -> None:
    assert run(name, "-h").out == _page(run, name)


def test_every_shared_option_is_in_the_report_s_page(run: Run) -> None:
    page = _page(run, "report")
    assert [o.flags[0] for o in SHARED + OUTPUT if o.flags[0] not in page] == []


def test_options_with_a_value_say_their_default_or_form() -> None:
    # Selections have none: without them everything is taken.
    free = {"outreach", "map", "from", "to", "period", "where", "by", "tickets_of", "rejects"}
    free.add("spark_conf")
    told = {o.key for o in SHARED + OUTPUT if o.kind != "switch" and "Default:" in o.help}
    assert {o.key for o in SHARED + OUTPUT if o.kind != "switch"} == told | free


def test_leaving_out_an_unknown_option_is_a_bug() -> None:
    with pytest.raises(KeyError, match="no_such"):
        shared(without=("no_such",))
