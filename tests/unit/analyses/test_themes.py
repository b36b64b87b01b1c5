"""What customers write about: labels, the 20 % rule, product problems, words, and foreign text."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from random import Random

import polars as pl
import pytest

from csatkit import config_file
from csatkit.analyses.themes.patterns import alternation, languages, themes_of
from csatkit.analyses.themes.terms import terms
from csatkit.demo.phrases import NEUTRAL, PRAISE, THEMES
from csatkit.errors import CsatkitError, NothingToEvaluate, UsageError
from csatkit.report import Cell, Report
from csatkit.stats.intervals import wilson
from tests.unit.analyses._made import Row, answered, rated, section

LABELS = (
    "repeated themselves", "transferred", "broken promise", "scripted", "premature resolution",
    "authority", "slow", "bug",
)  # fmt: skip


LONG = "we are quite happy with what they did for us here today"


def _rows(low: Sequence[str | None], high: Sequence[str | None], **columns: object) -> list[Row]:
    told = [*((t, False) for t in low), *((t, True) for t in high)]
    return [rated(i, good=good, comment=t, **columns) for i, (t, good) in enumerate(told)]


def _themes(rows: list[Row], **settings: object) -> Report:
    return answered(rows, "themes", **settings)


def _by_theme(report: Report) -> dict[Cell, dict[str, Cell]]:
    return {row["theme"]: dict(row) for row in section(report, "labels").tables[0].rows}


def _problems(report: Report) -> dict[tuple[Cell, Cell], dict[str, Cell]]:
    rows = section(report, "problems").tables[0].rows
    return {(row["kind"], row["name"]): dict(row) for row in rows}


def _text(report: Report) -> str:
    return "\n".join(section(report, "themes").text)


def _matches(text: str) -> set[str]:
    return {
        label
        for label, patterns in themes_of({}).items()
        if pl.Series([text]).str.contains(alternation(label, patterns))[0]
    }


def test_every_language_has_every_label() -> None:
    folder = Path(__file__).resolve().parents[3] / "src" / "csatkit" / "themes"
    names = {f.stem for f in folder.glob("*.toml")}
    assert {name: tuple(table) for name, table in languages().items()} == dict.fromkeys(
        names, LABELS
    )
    assert next(iter(languages())) == "en"


@pytest.mark.parametrize(("label", "text"), [(n, t) for n, ts in THEMES.items() for t in ts])
def test_complaints_of_the_sample_are_recognised(label: str, text: str) -> None:
    assert label in _matches(text)


@pytest.mark.parametrize("text", [*PRAISE, *NEUTRAL, "Very fast, thanks!", "All good.", "Danke!"])
def test_praise_has_no_theme(text: str) -> None:
    assert _matches(text) == set()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Ich musste alles dreimal erklären", "repeated themselves"),
        ("WURDE NUR WEITERGELEITET", "transferred"),
        ("Der versprochene Rückruf kam nie", "broken promise"),
        ("Nur Textbausteine als Antwort", "scripted"),
        ("Ticket geschlossen, obwohl nichts geht", "premature resolution"),
        ("Der Mitarbeiter durfte nichts entscheiden", "authority"),
        ("Hat viel zu lange gedauert", "slow"),
        ("Die App stürzt ständig ab", "bug"),
        ("J'ai dû expliquer plusieurs fois", "repeated themselves"),
        ("On m'a transféré à un autre service", "transferred"),
        ("Réponse toute faite", "scripted"),
        ("Beaucoup trop long", "slow"),
        ("L'application ne fonctionne pas", "bug"),
        ("Tuve que explicar todo otra vez", "repeated themselves"),
        ("Prometieron llamar", "broken promise"),
        ("Tardaron una semana", "slow"),
        ("La aplicación no funciona", "bug"),
        ("It didn’t work at all", "bug"),
    ],
)
def test_other_languages_and_spellings(text: str, label: str) -> None:
    report = _themes(_rows([text] * 5, ["fine"] * 5))
    assert _by_theme(report)[label]["comments"] == 5


def test_shares_and_intervals() -> None:
    report = _themes(_rows(["far too slow"] * 12 + ["meh"] * 28 + [None] * 10, ["ok"] * 50))
    slow = _by_theme(report)["slow"]
    interval = wilson(12, 40)
    assert interval is not None
    assert (slow["comments"], slow["of_comments"]) == (12, 30.0)
    assert slow["low"] == pytest.approx(100 * interval.low)
    assert slow["high"] == pytest.approx(100 * interval.high)
    problem = _problems(report)["theme", "slow"]
    interval = wilson(12, 50)
    assert interval is not None
    assert (problem["lows"], problem["of_others"]) == (12, 0)
    assert problem["of_lows"] == pytest.approx(24.0)
    assert [problem["low"], problem["high"]] == pytest.approx(
        [100 * interval.low, 100 * interval.high]
    )


@pytest.mark.parametrize(
    ("slow", "of", "rule"),
    [(40, 100, "process"), (22, 100, "open"), (5, 100, "no"), (10, 19, "too few")],
)
def test_the_rule_of_20_percent_looks_at_the_interval(slow: int, of: int, rule: str) -> None:
    report = _themes(_rows(["far too slow"] * slow + ["meh"] * (of - slow), ["ok"] * 50))
    assert _by_theme(report)["slow"]["rule"] == rule
    assert ("Process: slow" in _text(report)) is (rule == "process")


def test_tags_count_as_themes_and_as_product_problems() -> None:
    rows = _rows([None] * 60, [None] * 140)
    for row in rows[:30]:
        row["tags"] = "app-bug,ios"
    for row in rows[60:70]:
        row["tags"] = "ios"
    report = _themes(rows)
    problems = _problems(report)
    assert problems["theme", "bug"]["of_lows"] == 50.0
    assert problems["tag", "app-bug"]["of_lows"] == 50.0
    assert problems["tag", "app-bug"]["noise"] == "beyond"
    assert problems["tag", "ios"]["of_others"] == pytest.approx(1000 / 140)
    assert "Product problem: the tag app-bug is on 50 % of the low scores" in _text(report)


def test_a_tag_on_everything_is_no_problem() -> None:
    rows = _rows([None] * 60, [None] * 140, tags="ios")
    ((_, row),) = _problems(_themes(rows)).items()
    assert row["of_lows"] == row["of_others"] == 100
    assert row["noise"] == "within"


def test_without_tags_themes_are_problems_too() -> None:
    report = _themes(_rows(["far too slow"] * 30 + [None] * 30, ["fine"] * 60))
    assert set(_problems(report)) == {("theme", "slow")}
    assert _problems(report)["theme", "slow"]["noise"] == "beyond"
    assert "Tags: column tags missing." in section(report, "problems").text


def test_who_writes_more_often_does_not_make_a_theme_a_problem() -> None:
    """Every unhappy and a tenth of the happy customers write, both of the same things."""
    low = ["far too slow"] * 30 + ["meh"] * 70
    high = ["far too slow"] * 30 + ["fine"] * 70 + [None] * 900
    slow = _problems(_themes(_rows(low, high)))["theme", "slow"]
    assert (slow["lows"], slow["of_lows"]) == (30, 30.0)
    assert (slow["heard"], slow["of_others"], slow["noise"]) == (30.0, 30.0, "within")


@pytest.mark.parametrize(("tagged", "noise"), [(0, "beyond"), (60, "within")])
def test_a_theme_by_tags_alone_is_compared_where_only_tags_tell(tagged: int, noise: str) -> None:
    rows = _rows(["meh"] * 20 + [None] * 60, [None] * 120)
    for row in rows[20:80]:
        row["tags"] = "app-bug" if row["ticket_id"] < "T000050" else "web"
    for row in rows[80:200]:
        row["tags"] = "app-bug" if row["ticket_id"] < f"T{80 + tagged:06}" else "web"
    bug = _problems(_themes(rows))["theme", "bug"]
    assert (bug["lows"], bug["heard"]) == (30, 50.0)
    assert (bug["of_others"], bug["noise"]) == (100 * tagged / 120, noise)


def test_a_claim_is_pasted_whole_and_quoted() -> None:
    tag = "printer $(reboot) `now`, " + "very " * 8 + "loud"
    rows = _rows([None] * 60, [None] * 140)
    for row in rows[:30]:
        row["tags"] = f"['{tag}']"
    told = next(t for t in section(_themes(rows), "themes").text if t.startswith("Product"))
    option, cell = shlex.split(told[told.index("--tickets-of") :])
    assert option == "--tickets-of"
    assert len(section(_themes(rows, tickets_of=cell), "tickets").tables[0].rows) == 30


def test_nobody_unhappy_is_an_answer_too() -> None:
    report = _themes(_rows([], ["fine"] * 30, tags="ios"))
    assert _text(report).startswith("0 low scores of 30 ratings")
    assert section(report, "problems").text[0] == "No low score speaks of a theme or has a tag."
    assert {row["comments"] for row in section(report, "labels").tables[0].rows} == {0}


def test_words_that_stand_out_and_those_that_dont() -> None:
    source = Random(1)
    low = [f"the parcel {source.choice(['was', 'is'])} broken" for _ in range(40)]
    high = [f"the service {source.choice(['was', 'is'])} lovely" for _ in range(40)]
    shown = section(_themes(_rows(low, high)), "terms").tables[0].rows
    words = {r["term"] for r in shown}
    assert "the parcel" in words or "parcel" in words
    assert not words & {"the", "was", "is", "service", "lovely"}


def test_scores_dealt_at_random_name_nothing() -> None:
    source, silent = Random(3), 0
    phrases = [t for ts in THEMES.values() for t in ts] + list(PRAISE)
    for _ in range(40):
        said = [source.choice(phrases) for _ in range(300)]
        frame = pl.DataFrame({"_text": said, "_low": [source.random() < 0.3 for _ in said]})
        silent += not terms(frame).found
    assert silent >= 36


def test_what_could_name_somebody_is_never_a_term() -> None:
    personal = "mail jo.doe@example.org or www.example.org ref AB-1234 user_x 00447700 parcel lost"
    shown = section(_themes(_rows([personal] * 60, [LONG] * 60)), "terms").tables[0].rows
    said = " ".join(str(r["term"]) for r in shown)
    assert "lost" in said
    assert not any(secret in said for secret in ("doe", "example", "1234", "user", "0044", "@"))


def test_a_word_counts_once_per_comment() -> None:
    low = ["no, " * 50 + LONG] * 60
    frame = pl.DataFrame({"_text": low + [LONG] * 60, "_low": [True] * 60 + [False] * 60})
    (found,) = terms(frame).found
    assert (found.text, found.low, found.others) == ("no", 60, 0)


def test_names_of_agents_stay_hidden() -> None:
    rows = _rows(["Diego was rude, " + LONG] * 60, [LONG] * 60, agent="Diego Cruz")
    open_report = _themes(rows)
    assert "diego" in str(section(open_report, "terms").tables[0].rows)
    hidden = _themes(rows, privacy="ids")
    assert "diego" not in str(section(hidden, "terms").tables[0].rows)
    assert [s.key for s in hidden.sections if s.key == "examples"] == []
    nobody = _themes(rows, privacy="none")
    assert section(nobody, "terms").missing == "hidden by --privacy none"
    assert [s.key for s in nobody.sections if s.key == "examples"] == []


def test_hostile_comments() -> None:
    nasty = [
        "slow " * 2_000_000,
        "\x1b[31m slow \x1b[0m\r\nand \u202eevil",
        "<script>slow</script>",
        "=cmd|' /C calc'!A0 slow",
        "\x00slow",
        "   ",
        "🙁",
    ]
    report = _themes(_rows(nasty, ["ok"] * 10))
    assert _by_theme(report)["slow"]["comments"] == 5
    shown = section(report, "examples").tables[0].rows
    assert all(len(str(r["comment"])) <= 141 for r in shown)
    assert not any(c in str(r["comment"]) for r in shown for c in "\x00\x1b\r\n")


def test_own_patterns_add_make_and_take_away() -> None:
    rows = _rows(["parcel late", "snail"] * 10, ["ok"] * 10)
    report = _themes(rows, themes={"delivery": r"\bparcel\b", "slow": ["snail"], "bug": []})
    found = _by_theme(report)
    assert found["delivery"]["comments"] == 10
    assert found["slow"]["comments"] == 10
    assert "bug" not in found


@pytest.mark.parametrize("pattern", ["(", r"(?=x)", r"(a)\1"])
def test_a_pattern_that_cannot_be_is_named(pattern: str) -> None:
    with pytest.raises(UsageError, match="isn't a pattern"):
        _themes(_rows(["x"], ["y"]), themes={"odd": [pattern]})


def test_own_patterns_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "csatkit.toml"
    path.write_text("[themes]\nparcel = '\\bparcel\\b'\nbug = []\n", encoding="utf-8")
    assert config_file.read(path).values["themes"] == {"parcel": (r"\bparcel\b",), "bug": ()}
    path.write_text("[themes]\nparcel = 3\n", encoding="utf-8")
    with pytest.raises(UsageError, match="a pattern or a list of patterns"):
        config_file.read(path)


@pytest.mark.parametrize(
    ("cell", "n"), [("theme:slow", 4), ("theme:slow,channel=email", 2), ("tag:ios", 3)]
)
def test_the_tickets_behind_a_claim(cell: str, n: int) -> None:
    rows = _rows(["slow"] * 4 + ["meh"] * 3, ["slow"] * 5)
    for i, row in enumerate(rows):
        row["channel"] = "email" if i % 2 else "chat"
        row["tags"] = "ios,app" if 4 <= i < 7 else "web"
    assert len(section(_themes(rows, tickets_of=cell), "tickets").tables[0].rows) == n


def test_the_tickets_behind_every_word_that_stands_out() -> None:
    low = ["It was far too slow, 12 days", "too slow. Bad", "slow, too", "TOO slow too"] * 5
    rows = _rows(low, [LONG] * 30)
    shown = section(_themes(rows), "terms").tables[0].rows
    assert {row["term"] for row in shown} >= {"slow", "too slow"}
    for row in shown:
        behind = _themes(rows, tickets_of=f"word:{row['term']}")
        assert len(section(behind, "tickets").tables[0].rows) == row["low"]


@pytest.mark.parametrize("word", ["slow too", "12", "far too slow", "splendid", ""])
def test_a_word_that_nobody_says_has_no_tickets(word: str) -> None:
    with pytest.raises(NothingToEvaluate):
        _themes(_rows(["too slow. Too bad, 12 days"], [LONG]), tickets_of=f"word:{word}")


@pytest.mark.parametrize("cell", ["theme:slo", "theme:slow,email", "theme:slow,colour=red"])
def test_cells_that_name_nothing(cell: str) -> None:
    with pytest.raises(CsatkitError, match="--tickets-of"):
        _themes(_rows(["slow"] * 4, ["ok"]), tickets_of=cell)


def test_without_comments_and_tags_there_is_a_reason() -> None:
    rows = [rated(i, good=i % 2 > 0) for i in range(20)]
    assert section(_themes(rows), "themes").missing == "columns comment and tags missing"
