"""Values that don't parse are counted, shown with their place, and past 1 % refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from csatkit.errors import InputError
from csatkit.load import Source, audit, audit_expressions, check_parsing, judge, open_data
from csatkit.settings import SourceSettings

HEADER = "ticket_id,created_at,customer_id,reopen_count,score\n"


def _source(folder: Path, body: str, settings: SourceSettings | None = None) -> Source:
    path = folder / "tickets.csv"
    path.write_text(HEADER + body, encoding="utf-8")
    source = open_data(path, source=settings or SourceSettings()).tickets
    assert source is not None
    return source


def _rows(n: int, row: str = "{},2026-01-01,c,0,5\n") -> str:
    return "".join(row.format(i) for i in range(n))


def test_clean_data_has_no_notes(tmp_path: Path) -> None:
    assert audit(_source(tmp_path, _rows(5))) == ()


def test_a_few_bad_values_are_noted_with_examples(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(300) + "x,2026-02-31,c,0,5\ny,2026-01-01,c,many,5\n")
    notes = audit(source)
    assert [n.code for n in notes] == ["value.unparseable", "value.unparseable"]
    assert "1 of 302 values" in notes[0].text
    assert "row 302: '2026-02-31'" in notes[0].text
    assert "row 303: 'many'" in notes[1].text


def test_strict_accepts_none(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(300) + "y,2026-01-01,c,many,5\n")
    with pytest.raises(InputError, match="reopen_count"):
        audit(source, strict=True)


def test_all_columns_that_fail_are_listed_at_once(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(10) + "x,soon,c,many,9\n")
    with pytest.raises(InputError) as caught:
        audit(source)
    text = str(caught.value)
    assert all(name in text for name in ("created_at", "reopen_count", "score", "'9'", "scale 1-5"))
    assert all(option in text for option in ("--date-format", "--scale 1-10", "--map"))


@pytest.mark.parametrize(("n_bad", "fails"), [(1, False), (2, True)])
def test_the_limit_is_one_percent(tmp_path: Path, n_bad: int, fails: bool) -> None:
    source = _source(tmp_path, _rows(100 - n_bad) + _rows(n_bad, "b{},2026-01-01,c,x,5\n"))
    if fails:
        with pytest.raises(InputError, match="2 of 100"):
            audit(source)
    else:
        assert [n.code for n in audit(source)] == ["value.unparseable"]


def test_rounded_ticket_ids_are_unusable(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(500) + "1.03E+13,2026-01-01,c,0,5\n")
    with pytest.raises(InputError, match="lost digits") as caught:
        audit(source)
    assert "as text" in str(caught.value.hint)


@pytest.mark.parametrize("cell", ["1.03E+13", "1E13", "9.1e+9"])
def test_rounded_customer_ids_are_unknown_and_noted(tmp_path: Path, cell: str) -> None:
    source = _source(tmp_path, _rows(2) + f"x,2026-01-01,{cell},0,5\n")
    assert source.scan(["customer_id"]).collect()["customer_id"].to_list() == ["c", "c", None]
    (note,) = audit(source)
    assert note.code == "customer.scientific"
    assert cell in note.text


def test_long_lines_are_unusable(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(500) + "x,2026-01-01,c,0,5,6\n")
    with pytest.raises(InputError, match="more fields than the header, first: 502"):
        audit(source)


def test_a_trailing_delimiter_does_no_harm(tmp_path: Path) -> None:
    assert audit(_source(tmp_path, _rows(5, "{},2026-01-01,c,0,5,\n"))) == ()


def test_the_caller_may_count_in_its_own_pass(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(300) + "y,2026-01-01,c,many,5\n")
    names = ["created_at", "reopen_count"]
    row = source.scan(names).select(audit_expressions(source, names)).collect().row(0, named=True)
    assert row["n_bad|reopen_count"] == 1
    assert row["n_present|reopen_count"] == row["n_present|created_at"] == 301
    assert judge(source, row) == audit(source, names)


def test_counts_from_elsewhere(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(3))
    example = [("tickets.csv", 7, "soon")]
    (note,) = check_parsing(source, {"created_at": (1, 1000)}, {"created_at": example})
    assert "row 7: 'soon'" in note.text
    with pytest.raises(InputError):
        check_parsing(source, {"created_at": (11, 1000)}, {"created_at": example})


def test_a_column_of_no_known_make_fails_whole(tmp_path: Path) -> None:
    source = _source(tmp_path, _rows(3, "{},half past nine,c,0,5\n"))
    assert source.date_readings["created_at"] == "unreadable"
    with pytest.raises(InputError, match="3 of 3 values don't parse as a date"):
        audit(source)


def test_the_edges_of_daylight_saving_are_noted(tmp_path: Path) -> None:
    body = "a,2026-03-29 02:30:00,c,0,5\nb,2026-10-25 02:30:00,c,0,5\nc,2026-05-01 00:00:00,c,0,5\n"
    source = _source(tmp_path, body, SourceSettings(timezone="Europe/Berlin"))
    notes = audit(source)
    assert [n.code for n in notes] == ["timezone.ambiguous", "timezone.nonexistent"]
    assert all(note.text.startswith("1 ") for note in notes)
