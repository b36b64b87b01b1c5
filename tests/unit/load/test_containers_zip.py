"""A zip is a folder of parts, and a stranger's claim that is checked before it is believed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from csatkit.errors import InputError
from csatkit.load import archives
from csatkit.load.parts import open_parts


def _zip(folder: Path, members: dict[str, bytes | str], name: str = "export.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def _parquet() -> bytes:
    sink = io.BytesIO()
    pl.DataFrame({"id": [4]}).write_parquet(sink)
    return sink.getvalue()


def test_every_kind_of_part_is_read_in_order(tmp_path: Path) -> None:
    path = _zip(
        tmp_path,
        {
            "b.csv": "id\n2\n",
            "a/one.json": '[{"id": 1}]',
            "c.tsv": "id\tx\n3\t\n",
            "d.parquet": _parquet(),
            "readme.md": "notes",
            "__MACOSX/b.csv": "junk",
            "a/.hidden.csv": "junk",
            "folder/": "",
        },
    )
    parts = open_parts(path)
    assert [part.shown for part in parts] == [
        f"{path}#{name}" for name in ("a/one.json", "b.csv", "c.tsv", "d.parquet")
    ]
    cells = [part.frame.collect()["id"].cast(pl.String).to_list() for part in parts]
    assert cells == [["1"], ["2"], ["3"], ["4"]]


@pytest.mark.parametrize(
    ("wanted", "found"), [("t.csv", 1), ("*.csv", 2), ("sub/s.csv", 1), ("s.csv", 1), ("x.log", 1)]
)
def test_members_are_chosen_by_name(tmp_path: Path, wanted: str, found: int) -> None:
    path = _zip(tmp_path, {"t.csv": "id\n1\n", "sub/s.csv": "id\n2\n", "x.log": "id\n3\n"})
    assert len(open_parts(f"{path}#{wanted}")) == found


def test_a_member_that_isn_t_there_is_named(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"tickets.csv": "id\n1\n"})
    with pytest.raises(InputError, match=r"no file 'tikets\.csv'") as caught:
        open_parts(f"{path}#tikets.csv")
    assert caught.value.hint == "Did you mean 'tickets.csv'?"


def test_nothing_is_written_under_a_member_s_name(tmp_path: Path) -> None:
    inner = tmp_path / "deep" / "deeper"
    inner.mkdir(parents=True)
    names = [
        "../../evil.csv",
        str(tmp_path / "absolute.csv"),
        "up\\..\\evil2.csv",
        "a" * 250 + ".csv",
    ]
    path = _zip(inner, dict.fromkeys(names, "id\n9\n"))
    assert [part.frame.collect().rows()[0][0] for part in open_parts(path)] == ["9"] * 4
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["export.zip"]


@pytest.mark.parametrize("name", ["inner.zip", "inner.csv", "inner.tar"])
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, name: str) -> None:
    inner = _zip(tmp_path, {"a.csv": "id\n1\n"}, "inner.zip").read_bytes()
    with pytest.raises(InputError, match=r"another archive|more than once"):
        open_parts(_zip(tmp_path, {name: inner, "b.csv": "id\n1\n"}))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"a.csv": b"0" * (20 << 20)})
    with pytest.raises(InputError, match="more than 200 times"):
        open_parts(path)


def test_too_many_bytes_or_members_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _zip(tmp_path, {f"{i}.csv": "id\n1\n" for i in range(5)})
    with monkeypatch.context() as patch:
        patch.setattr(archives, "MOST_MEMBERS", 4)
        with pytest.raises(InputError, match="holds 5 files"):
            open_parts(path)
    monkeypatch.setattr(archives, "MOST_BYTES", 20)
    with pytest.raises(InputError, match="unpacks to more"):
        open_parts(path)


@pytest.mark.parametrize("kept", [10, 45, 100, -5])
def test_a_cut_archive_is_one_message(tmp_path: Path, kept: int) -> None:
    path = _zip(tmp_path, {"a.csv": "id,text\n" + "1,some words\n" * 50})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="damaged"):
        open_parts(path)


def test_a_damaged_member_is_one_message(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"a.csv": "id,text\n" + "1,some words\n" * 50})
    data = bytearray(path.read_bytes())
    data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        open_parts(path)


def test_a_locked_member_is_named(tmp_path: Path) -> None:
    path = _zip(tmp_path, {"a.csv": "id\n1\n"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory says encrypted
    path.write_bytes(data)
    with pytest.raises(InputError, match="needs a password"):
        open_parts(path)


def test_an_archive_without_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data file"):
        open_parts(_zip(tmp_path, {"readme.md": "x"}))


def test_a_name_means_nothing_where_there_is_one_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds one table"):
        open_parts(f"{path}#sheet")
