"""From files and frames to canonical columns: the whole way, on small inputs."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.errors import InputError, UsageError
from csatkit.load import Source, open_data, reading
from csatkit.settings import SourceSettings

PLAIN = SourceSettings()
CSV = "ticket_id,created_at,customer_id\n"


def _write(folder: Path, text: str, name: str = "tickets.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def _tickets(item: object, settings: SourceSettings = PLAIN) -> Source:
    source = open_data(item, source=settings).tickets
    assert source is not None
    return source


def _surveys(item: object, settings: SourceSettings = PLAIN) -> Source:
    source = open_data(item, source=settings).surveys
    assert source is not None
    return source


def _column(source: Source, name: str) -> list[object]:
    return source.scan([name]).collect()[name].to_list()


def test_a_scan_has_the_asked_for_columns_and_no_others(tmp_path: Path) -> None:
    source = _tickets(_write(tmp_path, CSV + "007,2026-01-02,Ann\n"))
    frame = source.scan(["created_at", "ticket_id", "agent"], ["customer_id"]).collect()
    assert frame.columns == ["_row", "created_at", "ticket_id", "customer_id", "_bad"]
    assert frame.schema["_row"] == frame.schema["_bad"] == pl.UInt32
    assert frame.row(0) == (0, datetime(2026, 1, 2), "007", "Ann", 0)


def test_without_anything_that_can_fail_there_are_no_bits() -> None:
    source = _tickets(pl.DataFrame({"ticket_id": [1], "created_at": [date(2026, 1, 1)]}))
    assert source.scan(["ticket_id"]).collect().columns == ["_row", "ticket_id"]


@pytest.mark.parametrize("cell", ["?", "NA", "n/a", "-", "not PROVIDED", "  ", ""])
def test_words_for_nothing_are_null_everywhere(tmp_path: Path, cell: str) -> None:
    text = "ticket_id,created_at,agent,reopen_count,score\n"
    text += f"1,2026-01-01,{cell},{cell},{cell}\n2,{cell},x,1,5\n"
    source = _tickets(_write(tmp_path, text))
    frame = source.scan(["created_at", "agent", "reopen_count", "score"]).collect()
    assert frame["_bad"].to_list() == [0, 0]
    assert frame.null_count().row(0) == (0, 1, 1, 1, 1, 0)


@pytest.mark.parametrize("cell", ["null", "NaN", "NaT", "None", r"\N"])
def test_more_words_are_null_where_something_is_parsed(tmp_path: Path, cell: str) -> None:
    text = CSV.replace("customer_id", "agent,merged") + f"1,2026-01-01,{cell},{cell}\n"
    source = _tickets(_write(tmp_path, text))
    assert _column(source, "merged") == [None]
    # An agent may be called so.
    assert _column(source, "agent") == [cell]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (" 007 ", "007"),
        ("Ann@Example.COM", "ann@example.com"),
        ("Ann", "Ann"),
        ("'+49301", "+49301"),
        ("'=1+1", "=1+1"),
        ("'quoted'", "'quoted'"),
        ("1.03E+13", None),
    ],
)
def test_ids_and_guards(tmp_path: Path, cell: str, expected: str | None) -> None:
    source = _tickets(_write(tmp_path, CSV + f"1,2026-01-01,{cell}\n"))
    assert _column(source, "customer_id") == [expected]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([7, 12], ["7", "12"]), ([7.0, 7.5], ["7", "7.5"]), ([float("nan"), 1.0], [None, "1"])],
)
def test_typed_ids_become_text(values: list[float], expected: list[str]) -> None:
    frame = pl.DataFrame({"ticket_id": values, "created_at": [date(2026, 1, 1)] * 2})
    assert _column(_tickets(frame), "ticket_id") == expected


@pytest.mark.parametrize(
    ("cell", "expected", "bad"),
    [("3", 3, 0), ("3.0", 3, 0), ("-1", None, 8), ("3.5", None, 8), ("x", None, 8), ("", None, 0)],
)
def test_counts(tmp_path: Path, cell: str, expected: int | None, bad: int) -> None:
    text = "ticket_id,created_at,reopen_count\n" + f"1,2026-01-01,{cell}\n2,2026-01-01,0\n"
    source = _tickets(_write(tmp_path, text))
    frame = source.scan(["reopen_count"]).collect()
    assert source.bad_columns == ("(row)", "ticket_id", "created_at", "reopen_count")
    assert frame.row(0) == (0, expected, bad)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("Yes", True), ("T", True), ("1", True), ("FALSE", False), ("n", False), ("0", False)],
)
def test_flags(tmp_path: Path, cell: str, expected: bool) -> None:
    source = _tickets(_write(tmp_path, f"ticket_id,created_at,vip\n1,2026-01-01,{cell}\n"))
    assert _column(source, "vip") == [expected]


ALL = {
    "ticket_id": ["01", "02", "03"],
    "created_at": [datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 5, 6), None],
    "score": [5, None, 1],
    "reopen_count": [0, 2, None],
    "merged": [True, False, None],
    "comment": ["two\nlines, \"quoted\"", "  padded ", None],
    "Plan name": ["gold", "?", None],
}  # fmt: skip


def test_csv_parquet_and_frames_give_the_same(tmp_path: Path) -> None:
    frame = pl.DataFrame(ALL)
    frame.write_csv(tmp_path / "a.csv")
    frame.write_parquet(tmp_path / "b.dat")
    inputs: list[object] = [
        tmp_path / "a.csv", tmp_path / "b.dat", frame, frame.lazy(), frame.to_arrow(),
        frame.to_pandas(),
    ]  # fmt: skip
    names = [n for n in ALL if n != "Plan name"]
    expected = None
    for item in inputs:
        source = _tickets(item)
        found = source.scan(names, ["Plan name"]).collect().drop("_bad")
        expected = found if expected is None else expected
        assert found.equals(expected)
        assert source.n_rows() == 3
    assert expected is not None
    assert expected["comment"].to_list() == ['two\nlines, "quoted"', "padded", None]
    assert expected["Plan name"].to_list() == ["gold", None, None]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))], datetime(2026, 1, 1, 3)),
        ([datetime(2026, 1, 1, 12)], datetime(2026, 1, 1, 11)),
        ([date(2026, 7, 1)], datetime(2026, 6, 30, 22)),
        ([1_767_225_600], datetime(2026, 1, 1)),
        ([1_767_225_600_000], datetime(2026, 1, 1)),
        (["2026-01-01T12:00:00Z"], datetime(2026, 1, 1, 12)),
        (["2026-01-01 12:00"], datetime(2026, 1, 1, 11)),
    ],
)
def test_typed_instants_and_the_zone(values: list[object], expected: datetime) -> None:
    settings = SourceSettings(timezone="Europe/Berlin")
    source = _tickets(pl.DataFrame({"ticket_id": ["1"], "created_at": values}), settings)
    assert _column(source, "created_at") == [expected]
    for unit in ("ns", "ms"):
        frame = pl.DataFrame({"created_at": values})
        if isinstance(frame.dtypes[0], pl.Datetime):
            other = frame.select(pl.col("created_at").dt.cast_time_unit(unit))
            assert _column(_tickets(other, settings), "created_at") == [expected]


def test_parts_are_joined_by_header(tmp_path: Path) -> None:
    _write(tmp_path, CSV + "1,2026-01-01,a\n", "p1.csv")
    _write(tmp_path, "customer_id;ticket_id;created_at\nb;2;2026-01-02\n", "p2.csv")
    pl.DataFrame({"ticket_id": [3], "created_at": [datetime(2026, 1, 3)]}).write_parquet(
        tmp_path / "p3.parquet"
    )
    _write(tmp_path, "not data", "notes.md")
    for item in (tmp_path, str(tmp_path / "p*"), sorted(tmp_path.glob("p*"))):
        source = _tickets(item)
        frame = source.scan(["ticket_id", "customer_id", "created_at"]).collect()
        assert frame["_row"].to_list() == [0, 1, 2]
        assert frame["ticket_id"].to_list() == ["1", "2", "3"]
        assert frame["customer_id"].to_list() == ["a", "b", None]
        assert frame["created_at"].dt.day().to_list() == [1, 2, 3]
        rows = source.rows([2, 1])
        assert [Path(p).name for p in rows["_path"]] == ["p2.csv", "p3.parquet"]
        assert rows.select("_row", "_line", "ticket_id").rows() == [(1, 2, "2"), (2, 2, "3")]


def test_a_part_without_a_common_column_is_an_error(tmp_path: Path) -> None:
    _write(tmp_path, CSV + "1,2026-01-01,a\n", "p1.csv")
    _write(tmp_path, "x,y\n1,2\n", "p2.csv")
    with pytest.raises(InputError, match=r"p2\.csv shares no column"):
        _tickets(tmp_path)


def test_blank_lines_count_as_lines_but_not_as_rows(tmp_path: Path) -> None:
    source = _tickets(_write(tmp_path, "\n" + CSV + "\n1,2026-01-01,a\n\n\n2,2026-01-02,b\n"))
    assert _column(source, "ticket_id") == ["1", "2"]
    assert source.rows([1]).select("_line", "customer_id").row(0) == (7, "b")


def test_short_lines_are_filled(tmp_path: Path) -> None:
    source = _tickets(_write(tmp_path, CSV + "1,2026-01-01\n2,2026-01-02,b\n"))
    assert _column(source, "customer_id") == [None, "b"]


def test_quotes_inside_cells_are_read(tmp_path: Path) -> None:
    text = CSV + '1,2026-01-01,5" screen\n2,2026-01-02,6" screen\n'
    assert _column(_tickets(_write(tmp_path, text)), "customer_id") == ['5" screen', '6" screen']


def test_an_unclosed_quote_is_located(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 3: a quote is opened"):
        _tickets(_write(tmp_path, CSV + '1,2026-01-01,a\n2,2026-01-02,"b\n'))


def test_many_rows_at_once(tmp_path: Path) -> None:
    body = "".join(f"{i},2026-01-01,c{i}\n" for i in range(200))
    source = _tickets(_write(tmp_path, CSV + body))
    found = source.rows(range(100))
    assert found["customer_id"].to_list() == [f"c{i}" for i in range(100)]
    assert found["_line"].to_list() == list(range(2, 102))


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    source = _tickets(_write(tmp_path, CSV))
    assert source.n_rows() == 0
    assert source.scan(["ticket_id", "created_at"]).collect().height == 0
    assert source.rows([]).height == 0


def test_a_large_cell(tmp_path: Path) -> None:
    text = CSV + f'1,2026-01-01,"{"x" * 10_000_000}"\n'
    (cell,) = _column(_tickets(_write(tmp_path, text)), "customer_id")
    assert isinstance(cell, str)
    assert len(cell) == 10_000_000


def test_compressed_and_odd_encodings(tmp_path: Path) -> None:
    text = CSV.replace(",", ";") + "1;2026-01-01;Zoë\n"
    for name, data in {
        "a": gzip.compress(text.encode()), "b": text.encode("utf-16"), "c": text.encode("cp1252"),
        "d": text.encode("utf-8-sig"),
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
        assert _column(_tickets(tmp_path / name), "customer_id") == ["Zoë"]


def test_duplicate_headers_stay_reachable(tmp_path: Path) -> None:
    path = _write(tmp_path, "ticket_id,created_at,Others,Others\n1,2026-01-01,a,b\n")
    data = open_data(path, source=PLAIN)
    assert [n.code for n in data.notes] == ["header.duplicate"]
    assert data.tickets is not None
    frame = data.tickets.scan([], ["Others", "others_duplicated_0"]).collect()
    assert frame.select("Others", "Others_duplicated_0").row(0) == ("a", "b")


def test_names_are_resolved(tmp_path: Path) -> None:
    source = _tickets(_write(tmp_path, "id,Created At,Owner,Plan Name\n1,2026-01-01,x,gold\n"))
    assert source.resolve("agent") == "agent"
    assert source.resolve("plan_name") == "Plan Name"
    assert source.resolve("Created_AT") == "created_at"
    with pytest.raises(UsageError, match="unknown column 'plan nam'") as caught:
        source.resolve("plan nam")
    assert "Plan Name" in str(caught.value.hint)


def test_a_file_that_only_knows_surveys_is_one(tmp_path: Path) -> None:
    path = _write(tmp_path, "ticket_id,responded_at,score\n1,2026-01-01,4\n")
    data = open_data(path, source=PLAIN)
    assert data.tickets is None
    assert data.surveys is not None
    assert data.surveys.kind == "surveys"


def test_ticket_rows_may_carry_surveys(tmp_path: Path) -> None:
    text = "ticket_id,created_at,score,sent_at\n1,2026-01-01,4,2026-01-02\n"
    source = _tickets(_write(tmp_path, text))
    assert source.has("score")
    assert source.has("sent_at")
    assert not source.has("survey_status")


def test_the_column_called_resolved_holds_either(tmp_path: Path) -> None:
    dates = _tickets(_write(tmp_path, "ticket_id,created_at,Resolved\n1,2026-01-01,2026-01-02\n"))
    assert _column(dates, "resolved_at") == [datetime(2026, 1, 2)]
    flags = _tickets(_write(tmp_path, "ticket_id,created_at,Resolved\n1,2026-01-01,Y\n"))
    assert _column(flags, "resolved") == [True]
    assert not flags.has("resolved_at")


def test_date_and_time_in_two_columns(tmp_path: Path) -> None:
    path = _write(tmp_path, "ticket_id,Day,Hour\n1,13/01/2026,10:15 PM\n2,14/01/2026,\n")
    source = _tickets(path, SourceSettings(map={"created_at": "Day+Hour"}))
    assert _column(source, "created_at") == [datetime(2026, 1, 13, 22, 15), datetime(2026, 1, 14)]


def test_markers_leave_a_status(tmp_path: Path) -> None:
    text = "ticket_id,responded_at,score\n1,2026-01-01,Good\n2,,Offered\n3,,Not Offered\n4,,\n"
    source = _surveys(_write(tmp_path, text))
    frame = source.scan(["score", "survey_status"]).collect()
    assert frame["score"].to_list() == [1, None, None, None]
    assert frame["survey_status"].to_list() == [None, "offered", "notoffered", None]
    assert frame["_bad"].to_list() == [0, 0, 0, 0]
    assert source.has("survey_status")


def test_own_unrated_markers(tmp_path: Path) -> None:
    path = _write(tmp_path, "ticket_id,responded_at,score\n1,2026-01-01,0\n2,2026-01-01,5\n")
    assert _surveys(path).scan(["score"]).collect()["_bad"].to_list() == [8, 0]
    frame = _surveys(path, SourceSettings(unrated=("0",))).scan(["score"]).collect()
    assert frame.select("score", "_bad").rows() == [(None, 0), (5, 0)]


def test_scale_is_declared_or_recognised(tmp_path: Path) -> None:
    path = _write(tmp_path, "ticket_id,responded_at,score\n1,2026-01-01,Good\n2,2026-01-01,Bad\n")
    found = _surveys(path).scale
    assert found is not None
    assert found.name == "good-bad"
    path = _write(tmp_path, "ticket_id,responded_at,score\n1,2026-01-01,9\n")
    found = _surveys(path, SourceSettings(scale="1-10")).scale
    assert found is not None
    assert found.name == "1-10"


def test_one_order_for_all_columns_of_a_file(tmp_path: Path) -> None:
    text = "ticket_id,created_at,closed_at\n1,01/02/2026,13/02/2026\n2,03/04/2026,05/04/2026\n"
    source = _tickets(_write(tmp_path, text))
    assert _column(source, "created_at") == [datetime(2026, 2, 1), datetime(2026, 4, 3)]


def test_two_makes_in_one_file(tmp_path: Path) -> None:
    text = "ticket_id,created_at,first_response_at\n"
    text += "1,25/Feb/26 10:17 PM,2026-02-25 23:38:58.679\n"
    source = _tickets(_write(tmp_path, text))
    assert _column(source, "created_at") == [datetime(2026, 2, 25, 22, 17)]
    assert _column(source, "first_response_at") == [datetime(2026, 2, 25, 23, 38, 58, 679000)]


def test_the_deciding_value_may_come_late(tmp_path: Path) -> None:
    body = "".join(f"{i},0{i % 9 + 1}/01/2026\n" for i in range(12_000))
    source = _tickets(_write(tmp_path, "ticket_id,created_at\n" + body + "x,13/01/2026\n"))
    assert source.date_readings["created_at"] == "%d/%m/%Y"


def test_an_open_order_is_an_error_with_both_readings(tmp_path: Path) -> None:
    path = _write(tmp_path, "ticket_id,created_at\n1,03/04/2026\n")
    with pytest.raises(InputError, match="3 April 2026 or 4 March 2026"):
        _tickets(path)
    for word, day in (("dmy", datetime(2026, 4, 3)), ("mdy", datetime(2026, 3, 4))):
        source = _tickets(path, SourceSettings(date_format=word))
        assert _column(source, "created_at") == [day]


def test_the_order_of_events_decides_and_is_noted(tmp_path: Path) -> None:
    # Read month first, each is resolved before it was created.
    rows = [
        ("02/01/2026", "01/02/2026"),
        ("03/02/2026", "02/03/2026"),
        ("05/03/2026", "03/04/2026"),
    ]
    body = "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(rows))
    path = _write(tmp_path, "ticket_id,created_at,resolved_at\n" + body)
    data = open_data(path, source=PLAIN)
    assert [n.code for n in data.notes] == ["dates.order_inferred"]
    assert data.tickets is not None
    assert _column(data.tickets, "created_at")[0] == datetime(2026, 1, 2)


def test_joined_files_need_the_ticket_id(tmp_path: Path) -> None:
    tickets = _write(tmp_path, CSV + "1,2026-01-01,a\n")
    surveys = _write(tmp_path, "responded_at,score\n2026-01-01,4\n", "surveys.csv")
    assert _surveys(surveys).scan(["ticket_id", "score"]).collect().columns == [
        "_row", "score", "_bad",
    ]  # fmt: skip
    with pytest.raises(InputError, match="no column for ticket_id"):
        open_data(tickets, surveys, source=PLAIN)


def test_a_mapping_may_be_meant_for_the_other_file(tmp_path: Path) -> None:
    tickets = _write(tmp_path, "Key,created_at\n1,2026-01-01\n")
    surveys = _write(tmp_path, "ticket_id,Answered\n1,2026-01-01\n", "surveys.csv")
    settings = SourceSettings(map={"ticket_id": "Key", "responded_at": "Answered"})
    data = open_data(tickets, surveys, source=settings)
    assert data.tickets is not None
    assert data.surveys is not None
    assert data.tickets.mapping["ticket_id"] == "Key"
    assert data.surveys.mapping["ticket_id"] == "ticket_id"


@pytest.mark.parametrize("item", ["no-such-*.csv", "no-such.csv", 5, []])
def test_what_is_no_input_is_refused(tmp_path: Path, item: object) -> None:
    with pytest.raises(InputError):
        open_data(str(tmp_path / item) if isinstance(item, str) else item, source=PLAIN)


def test_a_cut_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame(ALL).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="damaged Parquet"):
        _tickets(path)


def test_a_file_broken_far_inside_is_an_input_error(tmp_path: Path) -> None:
    good = '1,2026-01-01,"a"\n' * 2_000
    path = _write(tmp_path, CSV + good + '2,2026-01-02,"b" c\n3,2026-01-03,x\n')
    source = _tickets(path)
    with pytest.raises(InputError, match="can't be read to the end"), reading(source):
        source.scan(["customer_id"]).collect()


hostile = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=15)


@given(
    cells=st.lists(hostile.map(lambda t: f"x{t}x"), min_size=1, max_size=6), semicolon=st.booleans()
)
def test_hostile_text_survives_csv(
    cells: list[str], semicolon: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("hostile") / "a.csv"
    frame = pl.DataFrame({"ticket_id": cells, "created_at": "2026-01-01", "comment": cells})
    frame.write_csv(path, separator=";" if semicolon else ",", quote_style="always")
    assert _column(_tickets(path), "comment") == [cell.strip() for cell in cells]


def test_pandas_frames_keep_missing_ids_missing() -> None:
    frame = pd.DataFrame(
        {"ticket_id": [1.0, None], "created_at": pd.to_datetime(["2026-01-01"] * 2)}
    )
    assert _column(_tickets(frame), "ticket_id") == ["1", None]
