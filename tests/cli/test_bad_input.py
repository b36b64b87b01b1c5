"""Input that can't be used, or only in part: the right exit code and one message that helps.

A message names the file, where possible the row and the column, and what to do. Nothing else is
written: no traceback, and nothing on stdout that a script could take for a result.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from tests.cli.conftest import Result, Run
from tests.cli.exports import COUNT, save, spoiled, survey_rows, ticket_rows, write

COMMANDS = ("report", "csat", "fcr", "enrich")
ENOUGH = range(7, 27)
"""Twenty of 300 values: above 1 %."""
FIRST_LINE = 9
"""Where the first of them stands: the header is line 1."""


class Case(NamedTuple):
    """A file that makes it impossible to go on.

    Args:
        make: writes it; `tickets.csv` and `surveys.csv` are there already, and sound.
        arguments: what csatkit is given.
        says: what the message has to hold, in any order.
        code: exit code.
        commands: those that read the spoiled column; only needed columns are read.
    """

    make: Callable[[Path], object]
    arguments: tuple[str, ...]
    says: tuple[str, ...]
    code: int = 4
    commands: tuple[str, ...] = COMMANDS


def _bytes(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def _text(name: str, content: str) -> Callable[[Path], object]:
    return _bytes(name, content.encode())


def _tickets(column: str, cell: str, places: Any = ENOUGH) -> Callable[[Path], object]:
    """Return what writes tickets with a bad cell in some rows."""
    return lambda folder: save(folder / "bad.csv", spoiled(ticket_rows(), column, places, cell))


def _surveys(column: str, cell: str, places: Any = range(9, 69, 3)) -> Callable[[Path], object]:
    """Return what writes surveys with a bad cell in some answered rows."""
    return lambda folder: save(folder / "bad.csv", spoiled(survey_rows(), column, places, cell))


def _on_scale(make: Callable[[Path], object]) -> Callable[[Path], object]:
    """Return what also declares the scale, for commands without --scale too."""

    def both(folder: Path) -> None:
        make(folder)
        (folder / "csatkit.toml").write_text('[source]\nscale = "1-5"\n')

    return both


def _nothing(folder: Path) -> None:
    del folder


def _line(number: int, change: Callable[[str], str]) -> Callable[[Path], object]:
    """Return what copies the tickets with one line changed; the header is line 1."""

    def make(folder: Path) -> None:
        lines = (folder / "tickets.csv").read_text().splitlines()
        lines[number - 1] = change(lines[number - 1])
        (folder / "bad.csv").write_text("\n".join(lines) + "\n")

    return make


def _parquet(folder: Path) -> bytes:
    """Return the bytes of sound tickets as Parquet, many enough to fill pages."""
    path = folder / "sound.parquet"
    pl.DataFrame(ticket_rows() * 20).write_parquet(path)
    return path.read_bytes()


def _cut_parquet(folder: Path) -> None:
    whole = _parquet(folder)
    (folder / "bad.parquet").write_bytes(whole[: len(whole) // 2])


def _torn_parquet(folder: Path) -> None:
    """Write a file whose footer is sound and whose pages aren't."""
    whole = bytearray(_parquet(folder))
    whole[200:1000] = random.Random(0).randbytes(800)
    (folder / "bad.parquet").write_bytes(whole)


def _cut_gzip(folder: Path) -> None:
    whole = gzip.compress((folder / "tickets.csv").read_bytes())
    (folder / "bad.csv.gz").write_bytes(whole[: len(whole) // 2])


def _folder_without_data(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "readme.md").write_text("nothing here")


def _unrelated_parts(folder: Path) -> None:
    (folder / "parts").mkdir()
    save(folder / "parts" / "a.csv", ticket_rows())
    (folder / "parts" / "b.csv").write_text("fruit,price\napple,3\n")


HEADER = ",".join(ticket_rows(1)[0]) + "\n"
BAD = ("bad.csv",)
WITH_SURVEYS = ("tickets.csv", "bad.csv")

UNUSABLE: dict[str, Case] = {
    "missing": Case(_nothing, ("ticket.csv",), ("ticket.csv", "doesn't exist", "'tickets.csv'")),
    "missing surveys": Case(
        _nothing, ("tickets.csv", "survey.csv"), ("survey.csv", "doesn't exist", "'surveys.csv'")
    ),
    "pattern without a match": Case(_nothing, ("day-*.csv",), ("day-*.csv", "no file matches")),
    "empty": Case(_bytes("bad.csv", b""), BAD, ("bad.csv", "empty", "Export")),
    "only blanks": Case(_bytes("bad.csv", b"\xef\xbb\xbf \r\n\n"), BAD, ("bad.csv", "empty")),
    "binary": Case(
        _bytes("bad.csv", random.Random(1).randbytes(5_000)), BAD, ("bad.csv", "binary", "Export")
    ),
    "picture": Case(
        _bytes("bad.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), BAD, ("bad.csv", "Export")
    ),
    "document": Case(_bytes("bad.csv", b"%PDF-1.7\n" + b"1 0 obj\n" * 50), BAD, ("bad.csv", "PDF")),
    "wrong columns": Case(
        _text("bad.csv", "fruit,price,colour\napple,3,red\n"),
        BAD,
        ("bad.csv", "created_at", "fruit, price, colour", "--map"),
    ),
    "wrong columns in surveys": Case(
        _text("bad.csv", "fruit,price,colour\napple,3,red\n"),
        WITH_SURVEYS,
        ("bad.csv", "responded_at", "fruit, price, colour", "--map"),
    ),
    "surveys without a ticket": Case(
        _text("bad.csv", "responded_at,score\n2026-01-03,4\n"),
        WITH_SURVEYS,
        ("bad.csv", "ticket_id", "--map"),
    ),
    "a page that asks to log in": Case(
        _text("bad.csv", "<html><body>Please log in</body></html>\n"), BAD, ("bad.csv", "--map")
    ),
    "only a header": Case(_text("bad.csv", HEADER), BAD, ("bad.csv", "header"), code=5),
    "dates": Case(
        _tickets("created_at", "soon"),
        BAD,
        ("bad.csv", "'created_at'", "20 of 300", f"row {FIRST_LINE}", "'soon'", "--date-format"),
    ),
    "dates that read both ways": Case(
        _text("bad.csv", "ticket_id,created_at\n1,03/04/2026\n2,05/06/2026\n"),
        BAD,
        ("bad.csv", "'created_at'", "3 April 2026", "4 March 2026", "--date-format"),
    ),
    "counts": Case(
        _tickets("reopen_count", "many"),
        BAD,
        ("bad.csv", "'reopen_count'", "20 of 300", f"row {FIRST_LINE}", "'many'", "--map"),
        commands=("report", "fcr", "enrich"),
    ),
    "scores": Case(
        _surveys("score", "blue"),
        WITH_SURVEYS,
        ("bad.csv", "'score'", "20 of 100", "row 11", "'blue'", "--scale"),
    ),
    "scores outside the scale": Case(
        _on_scale(_surveys("score", "11")),
        WITH_SURVEYS,
        ("bad.csv", "'score'", "20 of 100", "1-5", "row 11", "'11'", "--scale"),
    ),
    "sums": Case(
        _text("bad.csv", "agent,month,tickets,good\nAda,2026-01-01,20,3\nBo,2026-02-01,30,4\n"),
        BAD,
        ("bad.csv", "sums", "'tickets'", "one row per ticket"),
    ),
    "ids that a spreadsheet rounded": Case(
        _tickets("ticket_id", "1.03E+13", [3, 4]),
        BAD,
        ("bad.csv", "'ticket_id'", "row 5", "'1.03E+13'", "as text"),
    ),
    "more fields than the header": Case(
        _line(6, lambda line: f"{line},more,more"), BAD, ("bad.csv", "more fields", "6", "quoted")
    ),
    "a quote that never ends": Case(
        _line(6, lambda line: line.replace("Agent", '"Agent')), BAD, ("bad.csv", "line 6", "quote")
    ),
    "a quote that never ends, far down": Case(
        _line(COUNT, lambda line: line.replace("Agent", '"Agent')),
        BAD,
        ("bad.csv", f"line {COUNT}", "quote"),
    ),
    "zero bytes": Case(
        _line(9, lambda line: line.replace("Agent", "Ag\0ent")), BAD, ("bad.csv", "binary")
    ),
    "cut Parquet": Case(_cut_parquet, ("bad.parquet",), ("bad.parquet", "damaged", "again")),
    "torn Parquet": Case(_torn_parquet, ("bad.parquet",), ("bad.parquet", "again")),
    "cut gzip": Case(_cut_gzip, ("bad.csv.gz",), ("bad.csv.gz", "damaged", "again")),
    "a folder without data": Case(_folder_without_data, ("notes",), ("notes", "no data", ".csv")),
    "parts that aren't one export": Case(
        _unrelated_parts, ("parts",), ("a.csv", "b.csv", "no column")
    ),
    "one bad date, strictly": Case(
        _tickets("created_at", "soon", [7]),
        (*BAD, "--strict"),
        ("bad.csv", "'created_at'", "1 of 300", f"row {FIRST_LINE}", "'soon'"),
    ),
    "one bad score, strictly": Case(
        _surveys("score", "blue", [9]),
        (*WITH_SURVEYS, "--strict"),
        ("bad.csv", "'score'", "1 of 100", "row 11", "'blue'"),
    ),
    "too old": Case(
        _nothing, ("tickets.csv", "--max-age", "36h"), ("too old", "2026-03-", "--max-age")
    ),
}


@pytest.mark.parametrize(
    ("name", "command"), [(name, c) for name, case in UNUSABLE.items() for c in case.commands]
)
def test_unusable_input_is_one_clear_message(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, command: str
) -> None:
    monkeypatch.setenv("CSATKIT_NOW", "2026-12-31T00:00:00Z")
    write(Path())
    case = UNUSABLE[name]
    case.make(Path())
    done = run(command, *case.arguments)
    _check_one_error(done, case.code)
    assert [text for text in case.says if text not in done.err] == []


@pytest.mark.parametrize("name", list(UNUSABLE))
def test_the_doctor_tells_what_others_refuse(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """`inspect` goes on as far as it can; then what is wrong stands in its report."""
    monkeypatch.setenv("CSATKIT_NOW", "2026-12-31T00:00:00Z")
    write(Path())
    case = UNUSABLE[name]
    case.make(Path())
    done = run("inspect", *case.arguments, "--format", "json")
    assert done.code in {0, case.code}, done.err
    assert "Traceback" not in done.err
    if not done.raw:
        _check_one_error(done, case.code)
    told = _unquoted(done.out + done.err)
    assert [text for text in case.says if _unquoted(text) not in told] == []


def _unquoted(text: str) -> str:
    return text.replace("'", "").replace('\\"', "")


def _check_one_error(done: Result, code: int) -> None:
    """Check that a run ended with one message on stderr and nothing on stdout."""
    assert done.code == code, done.err
    assert done.raw == b""
    lines = done.err.splitlines()
    assert lines, "no message"
    assert lines[0].startswith("error: ")
    assert all(line.startswith("  ") for line in lines[1:]), done.err
    assert "Traceback" not in done.err


# --- names that aren't known -------------------------------------------------------------------

UNKNOWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "zone": (("report", "--tz", "Europe/Pariss"), ("Europe/Pariss", "'Europe/Paris'")),
    "column to break down by": (("csat", "--by", "chanel"), ("'chanel'", "'channel'")),
    "column to select by": (("fcr", "--where", "agnt=Ada"), ("'agnt'", "'agent'")),
    "column of tickets": (("enrich", "--where", "agnt=Ada"), ("'agnt'", "'agent'")),
    "column to map": (("inspect", "--map", "agnt=agent"), ("'agnt'", "'agent'")),
    "header to map": (("inspect", "--map", "agent=Agents"), ("'Agents'", "'agent'")),
    "metric": (("segments", "--metric", "cast"), ("'cast'", "'csat'")),
    "option": (("report", "--windw", "7"), ("--windw", "--window")),
    "format": (("csat", "--format", "jsn"), ("'jsn'", "'json'")),
    "preset": (("inspect", "--preset", "non"), ("'non'", "'none'")),
    "profile": (("report", "--profile", "defalt"), ("'defalt'", "'default'")),
    "command": (("reprot",), ("'reprot'", "'report'")),
}


@pytest.mark.parametrize(("words", "says"), list(UNKNOWN.values()), ids=list(UNKNOWN))
def test_an_unknown_name_gets_the_nearest_one(
    run: Run, words: tuple[str, ...], says: tuple[str, ...]
) -> None:
    write(Path())
    command, *options = words
    done = run(command, "tickets.csv", "surveys.csv", *options)
    _check_one_error(done, 2)
    assert [text for text in says if text not in done.err] == []


MALFORMED: dict[str, tuple[str, ...]] = {
    "window": ("--window", "2x"),
    "level": ("--level", "2"),
    "instant": ("--as-of", "soon"),
    "period": ("--period", "2026-13"),
    "day": ("--from", "2026-02-30"),
    "days in the wrong order": ("--from", "2026-02-03", "--to", "2026-02-01"),
    "condition": ("--where", "channel"),
    "output over the input": ("-o", "tickets.csv"),
    "output into nowhere": ("-o", "nowhere/out.json"),
    "rejects into nowhere": ("--rejects", "nowhere/out.csv"),
    "configuration": ("--config", "nowhere.toml"),
}


@pytest.mark.parametrize("options", list(MALFORMED.values()), ids=list(MALFORMED))
def test_a_malformed_value_is_refused_and_touches_nothing(
    run: Run, options: tuple[str, ...]
) -> None:
    write(Path())
    before = {path.name: path.read_bytes() for path in Path().glob("*.csv")}
    done = run("report", "tickets.csv", "surveys.csv", *options)
    _check_one_error(done, 2)
    assert options[0] in done.err or options[1].partition("/")[0] in done.err
    assert {path.name: path.read_bytes() for path in Path().glob("*.csv")} == before


# --- nothing to evaluate -----------------------------------------------------------------------

EMPTY: dict[str, tuple[str, ...]] = {
    "value": ("--where", "channel=pigeon"),
    "period": ("--period", "2020-01"),
    "days": ("--from", "2027-01-01"),
}


@pytest.mark.parametrize("command", ["report", "csat", "fcr", "enrich", "segments"])
@pytest.mark.parametrize("options", list(EMPTY.values()), ids=list(EMPTY))
def test_a_selection_without_rows(run: Run, command: str, options: tuple[str, ...]) -> None:
    write(Path())
    done = run(command, "tickets.csv", "surveys.csv", *options)
    _check_one_error(done, 5)
    allowed = run(
        command, "tickets.csv", "surveys.csv", *options, "--allow-empty", "--format", "json"
    )
    assert allowed.code == 0, allowed.err
    assert json.loads(allowed.out)["measures"] == []
    assert allowed.err.startswith("note: ")
    assert len(allowed.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["report", "csat", "fcr", "enrich"])
def test_a_header_alone_may_be_allowed(run: Run, command: str) -> None:
    Path("bad.csv").write_text(HEADER)
    done = run(command, "bad.csv", "--allow-empty", "--format", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["measures"] == []


def test_no_survey_answered_is_no_reason_to_stop(run: Run) -> None:
    write(Path())
    Path("none.csv").write_text(",".join(survey_rows(1)[0]) + "\n")
    done = run("report", "tickets.csv", "none.csv", "--format", "json")
    assert done.code == 0, done.err
    assert _measure(done, "csat")["status"] == "empty"
    assert _measure(done, "fcr")["denominator"] > 0


# --- what is reported and does no harm ---------------------------------------------------------


def _answer(run: Run, *arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def _measure(done: Result, metric: str) -> dict[str, Any]:
    return _overall(json.loads(done.out), metric)


def _overall(answer: dict[str, Any], metric: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        m for m in answer["measures"] if m["metric"] == metric and not m["segment"]
    )
    return found


def _note(answer: dict[str, Any], code: str) -> str:
    """Return the text of the one note with a code."""
    (text,) = [n["text"] for n in answer["notes"] if n["code"] == code]
    return str(text)


class Minor(NamedTuple):
    """A file with a few bad values: how it is made and given, the note's code and its words."""

    make: Callable[[Path], object]
    arguments: tuple[str, ...]
    code: str
    says: tuple[str, ...]


MINOR: dict[str, Minor] = {
    "date": Minor(
        _tickets("created_at", "soon", [7]),
        BAD,
        "value.unparseable",
        ("bad.csv", "'created_at'", "1 of 300", f"row {FIRST_LINE}", "'soon'"),
    ),
    "score": Minor(
        _surveys("score", "blue", [9]),
        WITH_SURVEYS,
        "value.unparseable",
        ("bad.csv", "'score'", "1 of 100", "row 11", "'blue'"),
    ),
    "score outside the scale": Minor(
        _on_scale(_surveys("score", "6", [9])),
        WITH_SURVEYS,
        "value.unparseable",
        ("bad.csv", "'score'", "1-5", "row 11", "'6'"),
    ),
    "customer": Minor(
        _tickets("customer_id", "1.03E+13", [3, 4]),
        BAD,
        "customer.scientific",
        ("bad.csv", "'customer_id'", "row 5", "'1.03E+13'"),
    ),
}


@pytest.mark.parametrize("name", list(MINOR))
@pytest.mark.parametrize("command", ["report", "fcr", "enrich"])
def test_a_few_bad_values_are_counted_and_shown(run: Run, name: str, command: str) -> None:
    write(Path())
    case = MINOR[name]
    case.make(Path())
    done = run(command, *case.arguments, "--format", "json")
    assert done.code == 0, done.err
    text = _note(json.loads(done.out), case.code)
    assert [part for part in case.says if part not in text] == []
    assert done.err.count(text) == 1


@pytest.mark.parametrize("name", list(MINOR))
def test_the_doctor_tells_a_few_bad_values(run: Run, name: str) -> None:
    write(Path())
    case = MINOR[name]
    case.make(Path())
    notes = [_unquoted(n["text"]) for n in _answer(run, "inspect", *case.arguments)["notes"]]
    wanted = [_unquoted(text) for text in case.says if text != "bad.csv"]
    assert any(all(text in note for text in wanted) for note in notes), notes


def test_a_score_outside_its_scale_is_no_rating(run: Run) -> None:
    write(Path())
    _surveys("score", "6", [9])(Path())
    before = _overall(_answer(run, "csat", "tickets.csv", "surveys.csv"), "csat")
    after = _overall(_answer(run, "csat", "tickets.csv", "bad.csv", "--scale", "1-5"), "csat")
    assert survey_rows()[9]["score"] == "4"
    assert after["denominator"] == before["denominator"] - 1
    assert after["numerator"] == before["numerator"] - 1


def test_a_date_in_2099_is_reported_and_does_not_move_the_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSATKIT_NOW", "2026-12-31T00:00:00Z")
    write(Path())
    _tickets("first_response_at", "2099-01-01 00:00", [5])(Path())
    before, after = (_answer(run, "fcr", name) for name in ("tickets.csv", "bad.csv"))
    assert after["definitions"]["as_of"] == before["definitions"]["as_of"]
    assert _overall(after, "fcr") == _overall(before, "fcr")
    future = [n for n in after["notes"] if n not in before["notes"]]
    assert [n["level"] for n in future] == ["warning"]
    assert "first_response_at" in future[0]["text"]


def test_a_second_header_of_the_same_name_is_kept_apart(run: Run) -> None:
    write(Path())
    lines = Path("tickets.csv").read_text().splitlines()
    Path("bad.csv").write_text("\n".join([f"{lines[0]},agent", *(f"{x},Zoe" for x in lines[1:])]))
    before = _answer(run, "fcr", "tickets.csv", "--by", "agent")
    after = _answer(run, "fcr", "bad.csv", "--by", "agent")
    assert after["measures"] == before["measures"]
    assert "'agent'" in _note(after, "header.duplicate")
    second = _answer(run, "fcr", "bad.csv", "--by", "agent_duplicated_0")
    assert {"agent_duplicated_0": "Zoe"} in [m["segment"] for m in second["measures"]]


def test_lines_that_end_early_have_blank_cells(run: Run) -> None:
    write(Path())
    _line(6, lambda line: line.rsplit(",", 2)[0])(Path())
    rows = ticket_rows()
    rows[4] |= {"resolved_at": "", "reopen_count": ""}
    save(Path("same.csv"), rows)
    short, blank = (_answer(run, "fcr", name)["measures"] for name in ("bad.csv", "same.csv"))
    assert short == blank


def test_quotes_inside_a_cell_are_letters(run: Run) -> None:
    write(Path())
    _line(6, lambda line: line.replace("Agent 0", '5" screen'))(Path())
    segments = [m["segment"] for m in _answer(run, "fcr", "bad.csv", "--by", "agent")["measures"]]
    assert {"agent": '5" screen'} in segments
