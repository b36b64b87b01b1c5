"""JSON in the shapes that exports have becomes a table of text; anything else is one message."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.errors import InputError, NothingToEvaluate
from csatkit.load import json_files, json_reader, open_data
from csatkit.load.parts import Part, open_parts
from csatkit.settings import SourceSettings


def _write(folder: Path, text: str, name: str = "export.json") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _part(folder: Path, text: str) -> Part:
    (part,) = open_parts(_write(folder, text))
    return part


def _rows(folder: Path, text: str) -> list[dict[str, Any]]:
    return _part(folder, text).frame.collect().to_dicts()


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": 1}, {"id": 2}]',
        '{"id": 1}\n{"id": 2}\n',
        '{"id": 1}\n\n  {"id": 2}',
        '{\n "id": 1\n}\n{\n "id": 2\n}',
        '{"ticket": {"id": 1}}\n{"ticket": {"id": 2}}\n',
        '[{"ticket": {"id": 1}}, {"ticket": {"id": 2}}]',
        '{"count": 2, "tickets": [{"id": 1}, {"id": 2}], "next_page": null}',
        '{"data": {"tickets": {"nodes": [{"id": 1}, {"id": 2}]}}}',
        '{"tickets": [{"id": 1}, {"id": 2}], "meta": {"warnings": [{"code": 7}]}, "users": []}',
        '\ufeff[{"id": 1}, {"id": 2}]',
    ],
)
def test_every_shape_holds_the_same_records(tmp_path: Path, text: str) -> None:
    assert _rows(tmp_path, text) == [{"id": "1"}, {"id": "2"}]


@pytest.mark.parametrize(
    "text", ['{"id": 1, "answers": [{"q": 2}]}', '{"ticket": {"id": 1, "answers": [{"q": 2}]}}']
)
def test_a_single_record_is_no_wrapper(tmp_path: Path, text: str) -> None:
    assert _rows(tmp_path, text) == [{"id": "1", "answers": '[{"q": 2}]'}]


def test_nested_values_become_cells(tmp_path: Path) -> None:
    text = """[{"id": 1, "satisfaction": {"score": "good", "by": {"name": "Zoë"}},
      "tags": ["a", 7, null, true], "none": [], "fields": [{"id": 5, "value": null}, [1]],
      "rate": 4.50, "merged": false, "empty": null, "gap": NaN, "object": {}}]"""
    assert _rows(tmp_path, text) == [
        {
            "id": "1",
            "satisfaction.score": "good",
            "satisfaction.by.name": "Zoë",
            "tags": "a,7,true",
            "none": None,
            "fields": '[{"id": 5, "value": null}, [1]]',
            "rate": "4.50",
            "merged": "false",
            "empty": None,
            "gap": None,
        }
    ]


def test_long_numbers_keep_every_digit(tmp_path: Path) -> None:
    digits = "9" * 5_000
    assert _rows(tmp_path, f'[{{"id": {digits}, "x": 1e400}}]') == [{"id": digits, "x": "1e400"}]


def test_records_may_differ(tmp_path: Path) -> None:
    part = _part(tmp_path, '[{"id": 1}, {"b": 2}, {"id": 3, "c": 4}]')
    assert part.headers == ("id", "b", "c")
    assert part.frame.collect().rows() == [
        ("1", None, None), (None, "2", None), ("3", None, "4"),
    ]  # fmt: skip


def test_a_key_given_twice_keeps_both_values(tmp_path: Path) -> None:
    part = _part(tmp_path, '[{"id": 1, "id": 2, "a": {"b": 3}, "a.b": 4, "": 5}]')
    assert part.doubled == ("id", "a.b")
    assert part.frame.collect().to_dicts() == [
        {"id": "1", "id_duplicated_0": "2", "a.b": "3", "a.b_duplicated_0": "4", "column": "5"}
    ]


def test_half_an_emoji_is_no_crash(tmp_path: Path) -> None:
    assert _rows(tmp_path, r'[{"id": "a\ud83d"}]') == [{"id": "a?"}]


def test_many_batches_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "_BATCH_ROWS", 3)
    monkeypatch.setattr(json_reader, "BLOCK", 5)
    records = [{"id": i} | ({"late": "x"} if i > 7 else {}) for i in range(10)]
    rows = _rows(tmp_path, json.dumps(records))
    assert [row["id"] for row in rows] == [str(i) for i in range(10)]
    assert [row["late"] for row in rows] == [None] * 8 + ["x"] * 2


_SCALAR = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"))


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), _SCALAR | st.lists(_SCALAR, max_size=2)),
        min_size=1,
    ),
    st.integers(1, 40),
)
def test_where_the_text_is_cut_into_blocks_is_irrelevant(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], block: int
) -> None:
    path = _write(tmp_path_factory.mktemp("json"), json.dumps({"tickets": records}))
    whole = json_files.read_json(path, "x", "tickets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_reader, "BLOCK", block)
        cut = json_files.read_json(path, "x", "tickets")
    assert cut.headers == whole.headers
    assert (cut.frame is None) == (whole.frame is None)
    if cut.frame is not None and whole.frame is not None:
        assert cut.frame.collect().equals(whole.frame.collect())


@pytest.mark.parametrize("text", ["[]", '{"tickets": [], "count": 0}', "[{}]", "[{},{}]"])
def test_no_record_is_nothing_to_evaluate(tmp_path: Path, text: str) -> None:
    with pytest.raises(NothingToEvaluate, match="no record"):
        open_parts(_write(tmp_path, text))


def test_an_empty_part_beside_a_full_one_adds_nothing(tmp_path: Path) -> None:
    _write(tmp_path, "[]", "a.json")
    _write(tmp_path, '[{"id": 1}]', "b.json")
    assert [part.headers for part in open_parts(tmp_path)] == [("id",)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": 1},\n {"id": 2', "is cut off.* line 2"),
        ('[{"id": 1},\n', "is cut off"),
        ('{"tickets": [{"id": 1}', "is cut off"),
        ('{"id": 1}\n{"id": "x', "is cut off.* line 2"),
        ('[{"id": 1} {"id": 2}]', "line 1: isn't valid JSON: expected , or ], found {"),
        ('\n[{"id": 1},\n{"id": tru}]' + " " * 100, "line 3: isn't valid JSON"),
        ('[{"id": 1}] x', "line 1: expected a record"),
        ("[1, 2]", "expected a record"),
        ('[{"id": 1}, "x"]', "found a text"),
        ('{"id": 1}\n[2]\n', "line 2: expected a record .*, found a list"),
        ('{"tickets": [{"id": 1}], "users": [{"id": 2}]}', "more than one list.*: tickets, users"),
        ("[" + '{"a": ' * 100 + "1" + "}" * 100 + "]", "deeper than 64"),
        ('[{"a": ' + "[" * 100_000, "deeper than 64"),
        ("[" * 100_000, "expected a record"),
        (json.dumps([{f"k{i}": 1} for i in range(2_001)]), "more than 2,000 different fields"),
    ],
)
def test_what_is_wrong_is_one_message(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_parts(_write(tmp_path, text))


def test_a_quote_left_open_stops_at_the_largest_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_reader, "BLOCK", 100)
    monkeypatch.setattr(json_reader, "LARGEST", 1_000)
    text = '[{"id": 1},\n{"id": "2},\n' + '{"id": 3},\n' * 1_000 + "]"
    with pytest.raises(InputError, match="line 2: a record has more than"):
        open_parts(_write(tmp_path, text.replace('"id": 3', "id: 3")))


def test_a_list_is_chosen_by_name(tmp_path: Path) -> None:
    path = _write(tmp_path, '{"tickets": [{"id": 1}], "more": {"users": [{"id": 2}]}}')
    for name in ("users", "more.users"):
        (part,) = open_parts(f"{path}#{name}")
        assert part.frame.collect().to_dicts() == [{"id": "2"}]
    with pytest.raises(InputError, match="no list 'usres'") as caught:
        open_parts(f"{path}#usres")
    assert caught.value.hint is not None


def test_a_name_needs_lists_with_names(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no lists with names"):
        open_parts(f"{_write(tmp_path, '[]')}#tickets")


def test_a_path_with_a_hash_is_a_path(tmp_path: Path) -> None:
    path = _write(tmp_path, '[{"id": 1}]', "export#1.json")
    assert open_parts(str(path))[0].shown == str(path)


def test_json_reads_like_the_same_csv(tmp_path: Path) -> None:
    records = [
        {"ticket_id": 7, "created_at": "2026-01-02T03:04:05Z", "score": 4, "tags": ["a", "b"]},
        {"ticket_id": 8, "created_at": "2026-01-03T03:04:05Z", "score": None, "tags": []},
    ]
    csv = "ticket_id,created_at,score,tags\n"
    csv += '7,2026-01-02T03:04:05Z,4,"a,b"\n8,2026-01-03T03:04:05Z,,\n'
    paths = [_write(tmp_path, json.dumps(records)), _write(tmp_path, csv, "export.csv")]
    found = []
    for path in paths:
        source = open_data(path, source=SourceSettings()).tickets
        assert source is not None
        found.append(source.scan(["ticket_id", "created_at", "score", "tags"]).collect())
    names = ["ticket_id", "created_at", "score", "tags"]
    assert found[0].select(names).equals(found[1].select(names))
    assert found[0]["created_at"][0] == datetime(2026, 1, 2, 3, 4, 5)
    assert found[0].schema["score"] == pl.Int16


def test_the_line_of_a_record_is_its_line_in_ndjson(tmp_path: Path) -> None:
    text = "".join(f'{{"ticket_id": {i}, "created_at": "2026-01-01"}}\n' for i in range(1, 5))
    source = open_data(_write(tmp_path, text), source=SourceSettings()).tickets
    assert source is not None
    assert source.rows([2]).select("_line", "ticket_id").row(0) == (3, "3")
