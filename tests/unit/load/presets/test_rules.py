"""What presets do besides mapping: rows that leave, ids, zones, asks, own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import csatkit
from csatkit.config import settings_from
from csatkit.config_file import read
from csatkit.errors import UsageError
from csatkit.load import Data, Source, open_data
from csatkit.load.preset_file import read_preset
from csatkit.load.presets import shipped
from csatkit.schema import COLUMNS
from csatkit.settings import SourceSettings
from tests.unit.load.presets.cases import CASES

TEXTS = {case.preset: case.text for case in CASES}


def _write(folder: Path, text: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _source(data: Data) -> Source:
    source = data.surveys or data.tickets
    assert source is not None
    return source


def _codes(data: Data) -> list[str]:
    return [note.code for note in data.notes]


# -- rows --------------------------------------------------------------------------------------


def test_header_rows_that_somebody_removed_arent_missed(tmp_path: Path) -> None:
    lines = TEXTS["qualtrics"].splitlines()
    cleaned = "\n".join([lines[0], *lines[3:]]) + "\n"
    source = _source(csatkit.load(_write(tmp_path, cleaned)))
    assert sorted(source.left_out()["reason"]) == ["incomplete", "test"]
    assert source.scan(["score"]).collect()["score"].to_list() == [4, 1, 5]


def test_rows_keep_their_numbers(tmp_path: Path) -> None:
    source = _source(csatkit.load(_write(tmp_path, TEXTS["qualtrics"])))
    frame = source.scan(["score", "survey_id"]).collect()
    assert frame["_row"].to_list() == [2, 3, 6]
    left = source.left_out()
    assert dict(left.iter_rows()) == {
        0: "header_row", 1: "header_row", 4: "test", 5: "incomplete",
    }  # fmt: skip
    rows = source.rows(frame["_row"].to_list())
    assert rows["ResponseId"].to_list() == frame["survey_id"].to_list()
    assert rows["_line"].to_list() == [4, 5, 8]
    assert source.n_rows() == frame.height + left.height


def test_numbers_run_on_over_several_parts(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        _write(tmp_path, TEXTS["chatwoot"].removeprefix("\ufeff"), name)
    source = _source(csatkit.load(tmp_path))
    frame = source.scan(["ticket_id"]).collect()
    assert frame["_row"].to_list() == [0, 1, 2, 4, 5, 6]
    assert source.left_out()["_row"].to_list() == [3, 7]
    rows = source.rows([4])
    assert rows["_path"].item().endswith("b.csv")
    assert rows["Rating"].item() == "5"


def test_a_part_that_is_typed_loses_its_rows_too() -> None:
    frame = pl.DataFrame(
        {
            "id": [1, 2],
            "finished": [True, False],
            "progress": [100, 10],
            "status": [0, 0],
            "distribution_channel": ["email", "email"],
            "recorded_date": ["2026-01-05 10:00:00"] * 2,
            "question": [4, 1],
        }
    )
    source = _source(csatkit.load(frame))
    assert source.preset == "fivetran-qualtrics"
    assert source.scan(["score"]).collect()["score"].to_list() == [4]
    assert source.left_out().rows() == [(1, "incomplete")]


# -- ids ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "number"),
    [
        ("https://c.example.com/app/accounts/1/conversations/42", "42"),
        ("https://c.example.com/app/accounts/1/conversations/42/", "42"),
        ("https://c.example.com/app/accounts/1/conversations/42?messageId=7", "42"),
        ("", None),
    ],
)
def test_the_id_is_the_last_part_of_the_link(tmp_path: Path, link: str, number: str) -> None:
    header = "Agent Name,Rating,Contact Name,Link to the conversation,Recorded date"
    text = f"{header}\nBo,5,Ann,{link},2026-01-05\n"
    source = _source(csatkit.load(_write(tmp_path, text)))
    assert source.scan(["ticket_id"]).collect()["ticket_id"].to_list() == [number]


def _zendesk(*requesters: tuple[str, str]) -> str:
    header = (
        "Id,Requester,Requester id,Requester email,Submitter,Assignee,Via,Created at,Solved at,"
        "Satisfaction Score"
    )
    rows = [
        f"{i},r,{number},{email},s,a,Mail,2026-01-05 10:00,,Offered"
        for i, (number, email) in enumerate(requesters)
    ]
    return "\n".join([header, *rows]) + "\n"


def test_rounded_ids_give_way_to_addresses(tmp_path: Path) -> None:
    text = _zendesk(("1.03006E+13", "Ann@Example.com"), ("1.03006E+13", "al@example.com"))
    data = csatkit.load(_write(tmp_path, text))
    found = _source(data).scan(["customer_id"]).collect()["customer_id"].to_list()
    assert found == ["ann@example.com", "al@example.com"]
    assert "customer.by_email" in _codes(data)


def test_whole_ids_stay(tmp_path: Path) -> None:
    data = csatkit.load(_write(tmp_path, _zendesk(("10300612345678", "ann@example.com"))))
    assert _source(data).mapping["customer_id"] == "Requester id"
    assert "customer.by_email" not in _codes(data)


def test_what_the_user_maps_is_never_replaced(tmp_path: Path) -> None:
    text = _zendesk(("1.03006E+13", "ann@example.com"))
    data = csatkit.load(_write(tmp_path, text), map={"customer_id": "Requester id"})
    assert _source(data).mapping["customer_id"] == "Requester id"


# -- mapping, zones, asks ----------------------------------------------------------------------


def test_the_users_mapping_beats_the_presets(tmp_path: Path) -> None:
    text = TEXTS["zendesk"]
    source = _source(csatkit.load(_write(tmp_path, text), map={"agent": "Submitter", "team": ""}))
    assert source.mapping["agent"] == "Submitter"
    assert "team" not in source.mapping


def test_an_agents_comment_isnt_the_customers(tmp_path: Path) -> None:
    assert "comment" not in _source(csatkit.load(_write(tmp_path, TEXTS["jira"]))).mapping


def test_status_codes_become_words(tmp_path: Path) -> None:
    source = _source(csatkit.load(_write(tmp_path, TEXTS["fivetran-servicenow"])))
    assert source.scan(["status"]).collect()["status"].to_list() == [
        "Closed", "Resolved", "In Progress",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("preset", "zone", "is_assumed"),
    [("zendesk", None, True), ("zendesk", "Europe/Berlin", False), ("medallia", None, False)],
)
def test_a_zone_that_the_file_doesnt_say_is_asked_for(
    tmp_path: Path, preset: str, zone: str | None, is_assumed: bool
) -> None:
    data = csatkit.load(_write(tmp_path, TEXTS[preset]), timezone=zone)
    assert ("timezone.assumed" in _codes(data)) == is_assumed
    assert _source(data).timezone == (zone or "UTC")


def test_a_declared_zone_beats_the_presets(tmp_path: Path) -> None:
    source = _source(csatkit.load(_write(tmp_path, TEXTS["libredesk"]), timezone="Asia/Tokyo"))
    sent = source.scan(["sent_at"]).collect()["sent_at"][0]
    assert sent.isoformat() == "2026-01-05T00:00:00"


def test_what_a_preset_cant_find_is_asked_for(tmp_path: Path) -> None:
    data = csatkit.load(_write(tmp_path, TEXTS["salesforce"]))
    (asks,) = [n.text for n in data.notes if n.code == "preset.asks"]
    assert "score (" in asks
    assert "reopen_count (" in asks
    named = csatkit.load(_write(tmp_path, TEXTS["salesforce"]), map={"score": "Age (Hours)"})
    (fewer,) = [n.text for n in named.notes if n.code == "preset.asks"]
    assert "score (" not in fewer


def test_translated_headers_are_read_by_position(tmp_path: Path) -> None:
    text = (
        "Name des Agenten,Bewertung,Kommentar,Kontakt,E-Mail,Telefon,Link,Datum\n"
        "Bo,4,gut,Ann,ann@example.com,,https://c.example.com/conversations/7,2026-01-05\n"
        "Berichtszeitraum 2026-01-01 bis 2026-01-31\n"
    )
    source = _source(csatkit.load(_write(tmp_path, text), preset="chatwoot"))
    frame = source.scan(["ticket_id", "score", "customer_id"]).collect()
    assert frame.drop("_row", "_bad").rows() == [("7", 4, "ann@example.com")]


def test_a_named_preset_is_for_the_input_of_its_kind(tmp_path: Path) -> None:
    tickets = _write(tmp_path, TEXTS["freshdesk"], "tickets.csv")
    surveys = _write(tmp_path, TEXTS["libredesk"], "surveys.csv")
    data = open_data(tickets, surveys, source=SourceSettings(preset="libredesk"))
    assert data.tickets is not None
    assert data.surveys is not None
    assert (data.tickets.preset, data.surveys.preset) == ("freshdesk", "libredesk")


# -- presets as files --------------------------------------------------------------------------

OWN = """
title = "Our desk"
kind = "tickets"
zone = "Europe/Berlin"

[detect]
all = ["Vorgang", ["Angelegt", "Angelegt am"]]

[columns]
ticket_id = "Vorgang"
created_at = ["Angelegt", "Angelegt am"]
score = "Note"

[scoring]
scales = ["6-1"]
"""

EXPORT = "Vorgang,Angelegt am,Note\n7,2026-01-05 12:00,1\n8,2026-01-05 13:00,4\n"


@pytest.mark.parametrize("name", ["desk.preset.toml", "presets/desk.toml"])
def test_an_own_preset_lies_beside_the_configuration(tmp_path: Path, name: str) -> None:
    (tmp_path / "presets").mkdir()
    _write(tmp_path, OWN, name)
    config = _write(tmp_path, "[source]\n", "csatkit.toml")
    settings = settings_from({}, {}, read(config))
    data = open_data(_write(tmp_path, EXPORT), source=settings.source)
    source = _source(data)
    assert source.preset == "desk"
    frame = source.scan(["created_at", "score"]).collect()
    assert frame["created_at"][0].isoformat() == "2026-01-05T11:00:00"
    # 1 is the best of six.
    assert frame["score"].to_list() == [5, 2]


def test_an_own_preset_may_be_named(tmp_path: Path) -> None:
    _write(tmp_path, OWN.replace("[detect]", "[detect_nothing]").split("[detect")[0], "x.txt")
    without = OWN[: OWN.index("[detect]")] + OWN[OWN.index("[columns]") :]
    _write(tmp_path, without, "desk.preset.toml")
    config = _write(tmp_path, '[source]\npreset = "desk"\n', "csatkit.toml")
    settings = settings_from({}, {}, read(config))
    assert _source(open_data(_write(tmp_path, EXPORT), source=settings.source)).preset == "desk"
    # Without a signature it is never recognised.
    unnamed = csatkit.load(_write(tmp_path, EXPORT), preset_folder=str(tmp_path), map={
        "created_at": "Angelegt am"
    })  # fmt: skip
    assert _source(unnamed).preset is None


def test_a_misspelt_preset_in_the_configuration_names_the_nearest(tmp_path: Path) -> None:
    _write(tmp_path, OWN, "desk.preset.toml")
    config = _write(tmp_path, '[source]\npreset = "dsk"\n', "csatkit.toml")
    with pytest.raises(UsageError, match=r"\[source\] preset.*'dsk'") as caught:
        read(config)
    assert caught.value.hint == "Did you mean 'desk'?"


def test_presets_beside_a_pyproject_are_only_read_where_it_says(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    _write(tmp_path, "this = 'is somebody else\\'s'", "presets/other.toml")
    silent = _write(tmp_path, "[tool.csatkit.source]\n", "pyproject.toml")
    assert settings_from({}, {}, read(silent)).source.preset_folder is None
    text = '[tool.csatkit.source]\npreset_folder = "."\n'
    named = settings_from({}, {}, read(_write(tmp_path, text, "pyproject.toml")))
    assert named.source.preset_folder == str(tmp_path / ".")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Our desk"', "", "has no title"),
        ('kind = "tickets"', 'kind = "ticket"', "kind: unknown kind 'ticket'"),
        ("[columns]", "[colums]", "unknown key 'colums'"),
        ("ticket_id =", "tiket_id =", "unknown canonical column 'tiket_id'"),
        ('scales = ["6-1"]', 'scale = "6-1"', "scoring: unknown key 'scale'"),
        ('scales = ["6-1"]', 'scales = ["six"]', "unknown scale 'six'"),
        ('scales = ["6-1"]', "factor = -1", "expected a whole number, got -1"),
        ('scales = ["6-1"]', 'search = "yes"', "expected true or false"),
        ('scales = ["6-1"]', 'markers = {"0" = "unsend"}', "unknown marker 'unsend'"),
        ('zone = "Europe/Berlin"', 'zone = "Europe/Berln"', "unknown time zone"),
        ('all = ["Vorgang", ["Angelegt", "Angelegt am"]]', "all = [7]", "expected a list, got 7"),
        ('title = "Our desk"', "title = 7", "title: expected a text, got 7"),
        ('title = "Our desk"', 'title = "x', "isn't valid TOML"),
        ("[scoring]", '[[rows.rules]]\ncolumn = "a"\n[scoring]', "has no reason, values"),
        (
            "[scoring]",
            '[[rows.rules]]\ncolumn = "a"\nvalues = ["x"]\nreason = "bad"\n[scoring]',
            "unknown reason 'bad'",
        ),
        ("[scoring]", '[ids.patterns]\nticket_id = "("\n[scoring]', "isn't a regular expression"),
        (
            "[scoring]",
            '[[caveats]]\ntext = "t"\nsource = "s"\nconfidence = "sure"\n[scoring]',
            "unknown confidence 'sure'",
        ),
    ],
)
def test_a_mistake_in_a_preset_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in OWN
    path = _write(tmp_path, OWN.replace(old, new, 1), "desk.preset.toml")
    with pytest.raises(UsageError) as caught:
        read_preset(path, "desk", 0)
    assert message in caught.value.message
    assert str(path) in caught.value.message


def test_a_preset_called_none_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, OWN, "none.preset.toml")
    with pytest.raises(UsageError, match="switches recognition off"):
        csatkit.load(_write(tmp_path, EXPORT), preset_folder=str(tmp_path))


def test_a_good_preset_is_read(tmp_path: Path) -> None:
    preset = read_preset(_write(tmp_path, OWN, "desk.preset.toml"), "desk", 0)
    assert preset.detect.all == (("Vorgang",), ("Angelegt", "Angelegt am"))
    assert (preset.tier, preset.zone, preset.scoring.scales) == (0, "Europe/Berlin", ("6-1",))


@pytest.mark.parametrize("preset", shipped().values(), ids=lambda p: p.name)
def test_a_shipped_preset_says_how_it_is_known(preset: Any) -> None:
    assert preset.tier in {1, 2}
    assert preset.caveats
    assert set(preset.columns) <= set(COLUMNS)
    assert all(caveat.source for caveat in preset.caveats)
    # The second tier says which columns are the user's to name.
    assert bool(preset.asks) or preset.tier == 1


@pytest.mark.parametrize("preset", shipped().values(), ids=lambda p: p.name)
def test_a_shipped_preset_has_its_page(preset: Any, root: Path) -> None:
    pages = (root / "docs" / "systems").glob("*.md")
    assert any(f"`{preset.name}`" in page.read_text(encoding="utf-8") for page in pages)
