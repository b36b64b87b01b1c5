"""`csatkit init`: what it writes parses, says no more than was recognised, and gives one report."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from csatkit import config
from tests.cli.conftest import Run
from tests.unit.analyses._exports import Row, save, survey, ticket


@pytest.fixture(autouse=True)
def _export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSATKIT_NOW", "2026-06-30T00:00:00Z")
    save(tmp_path / "tickets.csv", [ticket(n) for n in range(200)])
    save(tmp_path / "surveys.csv", [survey(n) for n in range(200)])


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_file_is_read_by_csatkit_itself(run: Run, tmp_path: Path) -> None:
    done = run("init", "tickets.csv", "surveys.csv")
    assert (done.code, done.err) == (0, "")
    assert "csatkit config check csatkit.toml" in done.out
    path = tmp_path / "csatkit.toml"
    found = _toml(path)
    assert found["source"]["tickets"] == "tickets.csv"
    assert found["source"]["scale"] == "1-5"
    assert found["first_response"] == {"email": "2h", "chat": "2m"}
    assert found["inspect"]["expected_rows"] == {"tickets": 200, "surveys": 200}
    assert len(config.read(path).targets) == 4


def test_the_file_gives_the_same_report(run: Run) -> None:
    typed = run("report", "tickets.csv", "surveys.csv", "-f", "json")
    assert run("init", "tickets.csv", "surveys.csv").code == 0
    assert run("report", "-f", "json").out == typed.out


def test_targets_start_from_today_s_numbers(run: Run, tmp_path: Path) -> None:
    run("init", "tickets.csv", "surveys.csv")
    text = (tmp_path / "csatkit.toml").read_text()
    targets = {t["metric"]: t for t in _toml(tmp_path / "csatkit.toml")["target"]}
    # Scores run from 1 to 5 in turn, so 40 of 100 are satisfied; two points more is the target.
    assert targets["csat"]["min"] == 42
    assert "# Today 40.0 % of 100, interval" in text
    assert targets["reopen_rate"]["max"] == 15
    assert targets["response_rate"]["min"] == 20


def test_what_cannot_be_computed_is_a_comment(run: Run, tmp_path: Path) -> None:
    run("init", "tickets.csv")
    text = (tmp_path / "csatkit.toml").read_text()
    assert '# metric = "csat"' in text
    assert "Not computed today: column score missing" in text
    assert "csat" not in {t["metric"] for t in _toml(tmp_path / "csatkit.toml")["target"]}


def test_nothing_is_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "csatkit.toml"
    path.write_text("# mine\n")
    done = run("init", "tickets.csv")
    assert (done.code, done.out) == (2, "")
    assert "--force" in done.err
    assert path.read_text() == "# mine\n"
    assert run("init", "tickets.csv", "--force", "-q").out == ""
    assert "[source]" in path.read_text()


def test_the_data_is_not_overwritten_even_with_force(run: Run, tmp_path: Path) -> None:
    before = (tmp_path / "tickets.csv").read_bytes()
    assert run("init", "tickets.csv", "-o", "tickets.csv", "--force").code == 2
    assert (tmp_path / "tickets.csv").read_bytes() == before


def test_a_dash_is_stdout(run: Run, tmp_path: Path) -> None:
    done = run("init", "tickets.csv", "-o", "-")
    assert tomllib.loads(done.out)["source"]["tickets"] == "tickets.csv"
    assert not (tmp_path / "csatkit.toml").exists()
    assert run("init", "tickets.csv", "-o", "-").out == done.out


def test_paths_are_relative_to_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    assert run("init", "tickets.csv", "-o", "conf/mine.toml").code == 0
    assert _toml(tmp_path / "conf" / "mine.toml")["source"]["tickets"] == "../tickets.csv"
    assert run("report", "--config", "conf/mine.toml").code == 0


def _renamed(row: Row) -> Row:
    names = {"agent": 'Who "did" it', "created_at": "Opened"}
    return {names.get(k, k): v for k, v in row.items()}


def test_what_had_to_be_said_is_kept(run: Run, tmp_path: Path) -> None:
    rows = [_renamed(ticket(n)) for n in range(60)]
    for n, row in enumerate(rows):
        row["Opened"] = f"0{1 + n % 9}/02/2026"
        row["resolved_at"] = ""
        row["updated_at"] = ""
    save(tmp_path / "odd.csv", rows)
    assert run("init", "odd.csv").code == 4
    typed = ("--map", 'agent=Who "did" it', "--date-format", "mdy", "--tz", "Europe/Berlin")
    assert run("init", "odd.csv", *typed).code == 0
    found = _toml(tmp_path / "csatkit.toml")
    assert found["source"]["map"] == {"agent": 'Who "did" it'}
    assert found["source"]["date_format"] == "mdy"
    assert found["report"]["tz"] == "Europe/Berlin"
    text = (tmp_path / "csatkit.toml").read_text()
    assert '# created_at = "Opened"' in text
    segments = ("segments", "--metric", "tickets", "--by", "agent", "-f", "json")
    assert run(*segments).out == run(segments[0], "odd.csv", *segments[1:], *typed).out


def test_variables_are_written_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSATKIT_SCALE", "1-7")
    run("init", "tickets.csv", "surveys.csv")
    assert _toml(tmp_path / "csatkit.toml")["source"]["scale"] == "1-7"


def test_mailboxes_are_proposed_as_exclusions(run: Run, tmp_path: Path) -> None:
    rows = [{**ticket(n), "customer_id": "Info@Shop.org"} if n < 80 else ticket(n)
            for n in range(200)]  # fmt: skip
    save(tmp_path / "tickets.csv", rows)
    run("init", "tickets.csv")
    text = (tmp_path / "csatkit.toml").read_text()
    assert "(80 tickets)" in text
    assert '# customer_id = ["info@shop.org"]' in text


def test_a_missing_file_is_named(run: Run) -> None:
    assert run("init").code == 2
    assert run("init", "nothing.csv").code == 4


def test_the_file_passes_its_own_check(run: Run) -> None:
    run("init", "tickets.csv", "surveys.csv")
    done = run("config", "check")
    assert (done.code, done.err) == (0, "")
    assert "sound" in done.out


def test_the_file_fits_the_schema_for_editors(run: Run, tmp_path: Path) -> None:
    import jsonschema

    run("init", "tickets.csv", "surveys.csv")
    schema = json.loads(run("config", "schema").out)
    validator = jsonschema.Draft7Validator(schema)
    assert list(validator.iter_errors(_toml(tmp_path / "csatkit.toml"))) == []


# -- headers that nobody knows -------------------------------------------------------------------

ODD = "Vorgang;Kunde;Angelegt;Agent;Note\n7;a;04.05.2026 10:00;Ann;9\n8;b;13.05.2026 11:00;Ben;2\n"


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "vorgaenge.csv"
    path.write_bytes(ODD.encode("latin-1"))
    return path


def test_unknown_headers_make_a_file_to_fill_in(run: Run, tmp_path: Path, odd: Path) -> None:
    done = run("init", "vorgaenge.csv", "--scale", "0-10")
    assert (done.code, done.err) == (0, "")
    assert "csatkit inspect" in done.out
    text = (tmp_path / "csatkit.toml").read_text(encoding="utf-8")
    assert '#   "Angelegt"  04.05.2026 10:00, 13.05.2026 11:00' in text
    assert 'created_at = ""  # when the ticket was opened' in text
    found = _toml(tmp_path / "csatkit.toml")
    assert found["source"]["tickets"] == "vorgaenge.csv"
    assert found["source"]["scale"] == "0-10"
    # A header that is known after all isn't asked for, and what is asked for stands there empty.
    assert {k for k, v in found["source"]["map"].items() if v} == {"agent"}
    assert {"ticket_id", "resolved_at", "score"} <= set(found["source"]["map"])
    assert config.read(tmp_path / "csatkit.toml").targets == ()


def test_a_file_that_is_filled_in_makes_a_report(run: Run, tmp_path: Path, odd: Path) -> None:
    assert run("init", "vorgaenge.csv", "--scale", "0-10", "--map", "score=Note").code == 0
    path = tmp_path / "csatkit.toml"
    text = path.read_text(encoding="utf-8")
    assert 'score = "Note"' in text
    for name, header in (("ticket_id", "Vorgang"), ("created_at", "Angelegt")):
        text = text.replace(f'{name} = ""', f'{name} = "{header}"')
    path.write_text(text, encoding="utf-8")
    looked = run("inspect")
    assert "Type next: csatkit report\n" in looked.out
    report = json.loads(run("csat", "-f", "json").out)
    assert (report["measures"][0]["numerator"], report["measures"][0]["denominator"]) == (1, 2)


def test_cells_that_would_break_the_file_are_shown_as_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(b'a "b";c\n"x\ny = 1";\x07z\n')
    assert run("init", "odd.csv", "-q").code == 0
    assert set(_toml(tmp_path / "csatkit.toml")) == {"source"}
    assert r'#   "a \"b\""' in (tmp_path / "csatkit.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("agent;#tickets;created\nAnn;12;2026-05-04\n", "holds sums"),
        ("ticket_id;created_at;score\n1;2026-05-04 10:00;99\n2;2026-05-04 10:00;98\n", "scale"),
    ],
)
def test_what_no_mapping_mends_stays_an_error(
    run: Run, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "export.csv").write_text(content)
    done = run("init", "export.csv")
    assert (done.code, done.out) == (4, "")
    assert told in done.err
    assert not (tmp_path / "csatkit.toml").exists()
