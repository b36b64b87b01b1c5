"""A broken row is named by its line wherever it stands, and finding it holds no file whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from csatkit.errors import InputError
from csatkit.load import Source, audit, open_data, sniff
from csatkit.load.parts import open_parts
from csatkit.settings import SourceSettings

ROOT = Path(__file__).resolve().parents[3]
HEADER = "ticket_id,created_at,customer_id,score,comment\n"


def _tickets(item: object) -> Source:
    source = open_data(item, source=SourceSettings()).tickets
    assert source is not None
    return source


def _write(folder: Path, text: str, name: str = "tickets.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# -- malformed rows -------------------------------------------------------------------------------

ROW = '1,2026-01-02,Ann,5,"two\nlines"\n'


@pytest.mark.parametrize(("n_rows", "line"), [(0, 2), (1, 4), (100, 202)])
def test_a_row_with_too_many_fields_is_named_by_its_line(
    tmp_path: Path, n_rows: int, line: int
) -> None:
    path = _write(tmp_path, HEADER + ROW * n_rows + "2,2026-01-02,Bob,4,a,b\n")
    with pytest.raises(
        InputError, match=rf"1 rows have more fields than the header, first: {line}"
    ):
        audit(_tickets(path))


@pytest.mark.parametrize(("n_rows", "line"), [(0, 2), (1, 4), (100, 202)])
def test_a_quote_left_open_is_named_by_its_line(tmp_path: Path, n_rows: int, line: int) -> None:
    path = _write(tmp_path, HEADER + ROW * n_rows + '2,2026-01-02,"Bob,4,a\n')
    with pytest.raises(InputError, match=rf"line {line}: a quote is opened and never closed"):
        open_parts(path)


def test_a_quote_left_open_doesn_t_swallow_a_large_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sniff, "LARGEST_CELL", 2 * sniff.HEAD)
    path = _write(tmp_path, HEADER + '1,2026-01-02,"Ann,5,fine\n' + "2,2026-01-02,Bob,,\n" * 10_000)
    with pytest.raises(InputError, match=r"line 2: a quote is opened and never closed"):
        open_parts(path)


def test_rows_are_named_by_their_line_where_cells_span_lines(tmp_path: Path) -> None:
    text = HEADER + ROW + "\n" + ROW + "9,2026-01-02,Bob,4,x\n"
    found = _tickets(_write(tmp_path, text)).rows([0, 1, 2])
    assert found["_line"].to_list() == [2, 5, 7]
    assert found["ticket_id"].to_list() == ["1", "1", "9"]


# -- memory ---------------------------------------------------------------------------------------

_MEASURED = """
import resource, sys
from csatkit.errors import InputError
from csatkit.load import audit, open_data
from csatkit.settings import SourceSettings

def peak():
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found / (1024 * 1024 if sys.platform == "darwin" else 1024)

source = open_data(sys.argv[1], source=SourceSettings()).tickets
n_rows = source.n_rows()
try:
    audit(source)
    said = "nothing"
except InputError as error:
    said = error.message
last = source.rows([n_rows - 1])["_line"].item()
print(round(peak()), n_rows, last, said, sep="|")
"""


def _large(path: Path, megabytes: int) -> int:
    """Write a CSV whose last row has too many fields; return its number of rows."""
    words = "some words that a customer wrote about the service and the waiting"
    block = "".join(
        f"T{i},2026-01-{i % 28 + 1:02d} 10:{i % 60:02d}:00,C{i % 977},agent {i % 50},"
        f"{i % 5 + 1},{words} {words} {i}\n"
        for i in range(20_000)
    )
    repeats = -(-(megabytes << 20) // len(block))
    with path.open("w", encoding="utf-8") as file:
        file.write("ticket_id,created_at,customer_id,agent,score,comment\n")
        for _ in range(repeats):
            file.write(block)
        file.write("X,2026-01-01 10:00:00,C1,agent 1,5,too,many\n")
    return 20_000 * repeats + 1


@pytest.mark.slow
def test_a_file_is_never_held_whole(tmp_path: Path) -> None:
    # Buffers fill up to some 400 to 600 MB, on a busy machine to 950, and no further, so the file
    # has to be larger than that.
    megabytes, most = 1500, 1200
    path = tmp_path / "large.csv"
    n_rows = _large(path, megabytes)
    # Buffers grow with the number of threads; two are what the bound is for.
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "POLARS_MAX_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(path)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    path.unlink()
    peak, rows, last, said = done.stdout.strip().split("|")
    assert (int(rows), int(last)) == (n_rows, n_rows + 1)
    assert said.endswith(f"1 rows have more fields than the header, first: {n_rows + 1}")
    assert int(peak) < most
