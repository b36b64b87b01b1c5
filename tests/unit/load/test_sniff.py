"""Delimiters and headers are found, whatever stands inside quotes."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.load.sniff import clean_headers, first_unclosed_line, requote, sniff


def _file(folder: Path, text: str) -> Path:
    path = folder / "export.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "text"], ["1", "a, b; c | d"], ["2", "x\n, y"]]
    path = tmp_path / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    found = sniff(path)
    assert (found.delimiter, found.header, found.skip) == (delimiter, ("id", "text"), 1)


@pytest.mark.parametrize(
    ("text", "header", "skip"),
    [
        ("\n\na,b\n1,2\n", ("a", "b"), 3),
        ("a,b", ("a", "b"), 1),
        ("only\n1\n", ("only",), 1),
        ('"two\nlines",b\n1,2\n', ("two\nlines", "b"), 1),
        ("sep=;\na;b,c\n1;2\n", ("a", "b,c"), 2),
    ],
)
def test_the_header_is_found(tmp_path: Path, text: str, header: tuple[str], skip: int) -> None:
    found = sniff(_file(tmp_path, text))
    assert (found.header, found.skip) == (header, skip)


def test_a_cell_larger_than_the_head_does_no_harm(tmp_path: Path) -> None:
    found = sniff(_file(tmp_path, "a;b\n1;" + "x" * 500_000 + "\n"))
    assert found.header == ("a", "b")


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(
    rows=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_quoted_hostile_text_never_changes_the_delimiter(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
            writer.writerows([("ticket_id", "score", "comment"), *rows])
        found = sniff(path)
    assert (found.delimiter, found.header) == (delimiter, ("ticket_id", "score", "comment"))


def test_headers_are_unique_and_trimmed() -> None:
    names, doubled = clean_headers((" A ", "A", "", "A", "\ufeffB", "A_duplicated_0"))
    assert names[:5] == ("A", "A_duplicated_0", "column_3", "A_duplicated_1", "B")
    assert len(set(names)) == 6
    assert "A" in doubled


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,"x\n2,y\n', 2),
        ('a,b\n1,x\n2,"multi\nline"\n3,"open\n', 5),
        ('a,b\n1,"x"\n', None),
        ('a,b\n1,5" tv\n', None),
    ],
)
def test_the_open_quote_is_located(tmp_path: Path, text: str, line: int | None) -> None:
    assert first_unclosed_line(_file(tmp_path, text), ",") == line


def test_quotes_inside_cells_are_quoted_properly(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    requote(_file(tmp_path, 'a,b\n1,5" tv\n'), ",", target, "t.csv")
    with target.open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file, strict=True)) == [["a", "b"], ["1", '5" tv']]
