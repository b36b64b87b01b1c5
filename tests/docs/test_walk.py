"""The walker notices what a page shows wrongly: a test that can't fail would be worth nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import DISORDER, blocks, difference, steps, walk


def _page(*lines: str) -> str:
    return "\n".join(["# A guide", "", "```console", *lines, "```", ""])


class Teller:
    """Prints what it is told to, and keeps what was typed and where."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.typed: list[list[str]] = []
        self.folders: list[Path] = []

    def run(self, words: list[str]) -> tuple[int, str]:
        self.typed.append(words)
        return self.answers.pop(0)

    def follow(self, page: str) -> int:
        return walk(page, Path("start"), self.run, self.folders.append)


def test_commands_are_typed_in_their_order_and_folder() -> None:
    teller = Teller((0, ""), (0, "one\ntwo\n"))
    page = _page(
        "$ csatkit demo sample", "$ cd sample", "$ csatkit csat \\", "    --by 'a b'", "one", "two"
    )
    assert teller.follow(page) == 3
    assert teller.typed == [["demo", "sample"], ["csat", "--by", "a b"]]
    assert teller.folders == [Path("start"), Path("start/sample")]


def test_a_failure_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"line 4: csatkit csat\nexit code 4\nno such file"):
        Teller((4, "no such file")).follow(_page("$ csatkit csat"))


def test_a_failure_that_is_shown_is_right() -> None:
    assert Teller((1, "")).follow(_page("$ csatkit check", "$ echo $?", "1")) == 1


def test_another_exit_code_is_noticed() -> None:
    with pytest.raises(AssertionError, match="exit code 3"):
        Teller((3, "")).follow(_page("$ csatkit check", "$ echo $?", "1"))


def test_another_output_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"not printed: 80\.4 %"):
        Teller((0, "80.3 %\n")).follow(_page("$ csatkit csat", "80.4 %"))


@pytest.mark.parametrize(
    ("shown", "given", "missing"),
    [
        (("a", "[…]", "c"), "a\nb\nb\nc\n", None),
        (("a", "[…]", "c"), "a\nc\n", None),
        (("a", "[…]"), "a\nb\nb", None),
        (("a", "[…]"), "a", None),
        (("[…]", "c"), "a\nb\nc", None),
        (("a [...] c",), "a b c", "a [...] c"),
        (("a […] c",), "a b b c", None),
        (("a",), "a\nb", DISORDER),
        (("b", "[…]", "a"), "a\nb", DISORDER),
        (("a […] d", "[…]"), "a b\nc d\n", "a […] d"),
        (("−29.6…+12.5",), "−29.6…+12.5  ", None),
        (("a.c",), "abc", "a.c"),
        (("[…]",), "a", None),
        (("a", "b"), "a", "b"),
        (("a", "[…]", "b"), "a\nb\nc\nb", None),
        (("a", "[…]", "b", "[…]", "b"), "a\nb", "b"),
        (("[…]", "a", "b", "[…]"), "a\na\nb\nc", None),
    ],
)
def test_what_is_left_out(shown: tuple[str, ...], given: str, missing: str | None) -> None:
    assert difference(shown, given) == missing


def test_what_stands_before_a_command_is_a_mistake() -> None:
    (block,) = blocks(_page("80 %", "$ csatkit csat"))
    with pytest.raises(ValueError, match="line 4"):
        steps(block)


def test_files_are_written_added_to_and_filled_in(tmp_path: Path) -> None:
    page = "\n".join(
        ['```toml title="a.toml"', "x = 1", '# y = "n"', "```",
         '```toml title="a.toml"', "[t]", "```",
         '```toml title="a.toml, filled in"', "[s]", 'y = "m"  # so', "```", ""]
    )  # fmt: skip
    assert walk(page, tmp_path, Teller().run, lambda _: None) == 0
    assert (tmp_path / "a.toml").read_text() == 'x = 1\ny = "m"  # so\n\n[t]\n'


def test_a_line_that_isn_t_there_can_t_be_filled_in(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = 1\n")
    page = '```toml title="a.toml, filled in"\ny = 2\n```\n'
    with pytest.raises(AssertionError, match=r"0 lines for y in a\.toml"):
        walk(page, tmp_path, Teller().run, lambda _: None)
