"""The file of a history: the same bytes for the same figures, and nothing else is overwritten."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from csatkit.analyses.history import keeping, open_history
from csatkit.analyses.history.keeping import kept
from csatkit.analyses.history.merging import Fresh
from csatkit.analyses.history.stored import (
    MARK,
    SCHEMA,
    Block,
    Blocks,
    Place,
    Written,
    payload,
    read,
)
from csatkit.errors import CsatkitError, InputError, UsageError

SEGMENTS = ["{}", '{"channel":"email"}', '{"channel":null}', '{"agent":"Zoë \'x\'"}']

written = st.builds(
    Written,
    st.dictionaries(st.sampled_from(["csat.n", "csat.k"]), st.integers(0, 9)).map(json.dumps),
    st.none() | st.just('{"validity.n":3}'),
)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
blocks = st.builds(
    Block, st.just("2026-W02"), days, instants, st.just('{"rule":"top-2"}'),
    st.dictionaries(st.sampled_from(SEGMENTS), written),
)  # fmt: skip
places = st.builds(
    Place, st.sampled_from(["a", "b"]), st.sampled_from(["day", "week"]),
    st.sampled_from(["csat", "fcr"]), st.sampled_from(["[]", '["channel"]']), days,
)  # fmt: skip
stores = st.dictionaries(places, blocks, max_size=6)


@given(stores, st.randoms())
def test_what_is_written_is_read_and_its_order_is_irrelevant(store: Blocks, rng: object) -> None:
    again = list(store.items())
    rng.shuffle(again)  # type: ignore[attr-defined]
    assert payload(dict(again)) == payload(store)


@given(stores)
def test_a_history_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, store: Blocks
) -> None:
    path = tmp_path_factory.mktemp("history") / "h.parquet"
    path.write_bytes(payload(store))
    assert read(path) == store


def _one(n: int = 3, data_end: datetime = datetime(2026, 1, 20)) -> dict[Place, Fresh]:
    place = Place("s", "week", "csat", "[]", date(2026, 1, 5))
    cells = {"{}": Written(json.dumps({"csat.n": n}), None)}
    block = Block("2026-W02", date(2026, 1, 11), data_end, "{}", cells)
    return {place: Fresh(block, datetime(2026, 3, 1))}


def test_the_file_says_what_it_holds_to_other_tools(tmp_path: Path) -> None:
    path = tmp_path / "h.parquet"
    kept(path, _one())
    row = pl.read_parquet(path).row(0, named=True)
    assert (row["metric"], row["period"], row["segment"]) == ("csat", "2026-W02", "{}")
    assert row["data_end"] == datetime(2026, 1, 20, tzinfo=UTC)
    assert json.loads(row["totals"]) == {"csat.n": 3}


def test_a_file_that_says_the_same_is_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "h.parquet"
    kept(path, _one())
    before = path.stat()
    kept(path, _one())
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_permissions_and_links_survive(tmp_path: Path) -> None:
    path, link = tmp_path / "h.parquet", tmp_path / "link.parquet"
    kept(path, _one())
    path.chmod(0o640)
    link.symlink_to(path)
    kept(link, _one(4, datetime(2026, 1, 21)))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert not (tmp_path / "link.parquet.lock").exists()


def _foreign(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "h.parquet"
    frame = pl.DataFrame(schema=dict(SCHEMA))
    match kind:
        case "text":
            path.write_text("ticket_id,score\n1,5\n")
        case "empty":
            path.touch()
        case "another table":
            pl.DataFrame({"a": [1]}).write_parquet(path)
        case "same columns":
            frame.write_parquet(path)
        case "newer":
            frame.write_parquet(path, metadata={MARK: "2"})
        case "changed columns":
            frame.drop("surveys").write_parquet(path, metadata={MARK: "1"})
        case "gaps":
            hole = pl.DataFrame({c: [None] for c in SCHEMA}, schema=dict(SCHEMA))
            hole.write_parquet(path, metadata={MARK: "1"})
        case "cut short":
            path.write_bytes(payload({p: f.block for p, f in _one().items()})[:-40])
    return path


@pytest.mark.parametrize(
    "kind",
    [
        "text", "empty", "another table", "same columns", "newer", "changed columns", "gaps",
        "cut short",
    ],
)  # fmt: skip
def test_what_is_no_history_is_refused_and_left_alone(tmp_path: Path, kind: str) -> None:
    path = _foreign(tmp_path, kind)
    before = path.read_bytes()
    with pytest.raises(InputError, match="no history that can be continued"):
        kept(path, _one())
    assert path.read_bytes() == before


def test_a_damaged_middle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "h.parquet"
    kept(path, _one())
    damaged = bytearray(path.read_bytes())
    damaged[8:60] = b"\xff" * 52
    path.write_bytes(damaged)
    with pytest.raises(InputError, match="damaged"):
        kept(path, _one(5))
    assert path.read_bytes() == bytes(damaged)


@pytest.mark.parametrize(("name", "error"), [("", UsageError), ("no/such/h.parquet", UsageError)])
def test_a_place_where_no_file_can_be(tmp_path: Path, name: str, error: type[CsatkitError]) -> None:
    with pytest.raises(error):
        kept(tmp_path / name, _one())
    assert list(tmp_path.iterdir()) in ([], [tmp_path / ".lock"])


def test_a_pipe_is_no_history(tmp_path: Path) -> None:
    path = tmp_path / "h.parquet"
    os.mkfifo(path)
    with pytest.raises(UsageError, match="no regular file"):
        open_history(path)


def test_opening_makes_nothing(tmp_path: Path) -> None:
    open_history(tmp_path / "h.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_is_held_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "h.parquet"
    monkeypatch.setattr(keeping, "PATIENCE", 0.2)
    with (
        FileLock(f"{path}.lock"),
        pytest.raises(InputError, match=r"another run has held it for 0\.2 seconds"),
    ):
        kept(path, _one())
    assert not path.exists()
    kept(path, _one())
    assert len(read(path)) == 1


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "h.parquet"
    kept(path, _one())
    before = path.read_bytes()

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="No space left"):
        kept(path, _one(9, datetime(2026, 1, 20) + timedelta(days=1)))
    assert path.read_bytes() == before
    assert {p.name for p in tmp_path.iterdir()} == {"h.parquet", "h.parquet.lock"}


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "h[1].parquet"
    kept(path, _one())
    (tmp_path / ".h[1].parquet.abc.part").write_bytes(b"half")
    (tmp_path / ".other.parquet.abc.part").write_bytes(b"not ours")
    kept(path, _one(4, datetime(2026, 1, 21)))
    names = {p.name for p in tmp_path.iterdir()}
    assert names == {"h[1].parquet", "h[1].parquet.lock", ".other.parquet.abc.part"}
