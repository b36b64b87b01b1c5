"""Modules and functions stay small, and everything public says what it is for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.hygiene._tree import ROOT, SOURCE, modules, parse, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# About 140 lines is usual; past 400 a module holds two ideas.
MOST_LINES = 400

# About 8 lines are usual and 40 are rare; past 60 a function holds two ideas.
MOST_FUNCTION_LINES = 60

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _public(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, Definition]]:
    """Yield the public functions and classes of a module, methods of public classes included."""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield f"{inside}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{node.name}.")


def _needs_words(node: Definition) -> bool:
    """Tell whether a definition needs a docstring: overloads and overrides inherit theirs."""
    names = {ast.unparse(d).rpartition(".")[2] for d in node.decorator_list}
    return names.isdisjoint({"overload", "override", "setter"})


def _project_modules() -> list[Path]:
    return modules(SOURCE) + modules(ROOT / "benchmarks")


def test_there_is_something_to_look_at() -> None:
    assert len(modules(SOURCE)) > 5


def test_no_module_is_too_long() -> None:
    lengths = {
        shown(path): path.read_text(encoding="utf-8").count("\n") for path in _project_modules()
    }
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_no_function_is_too_long() -> None:
    found = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in _project_modules()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert found == []


def test_every_module_says_its_idea() -> None:
    every = _project_modules() + modules(ROOT / "tests")
    assert [shown(p) for p in every if p.stat().st_size and not ast.get_docstring(parse(p))] == []


def test_every_public_function_and_class_has_a_docstring() -> None:
    found = [
        f"{shown(path)}:{node.lineno} {name}"
        for path in _project_modules()
        for name, node in _public(parse(path).body)
        if _needs_words(node) and not ast.get_docstring(node)
    ]
    assert found == []


def test_nothing_is_a_stub() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in modules(SOURCE)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)
    ]
    assert found == []
