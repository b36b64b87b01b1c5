"""Every test can fail."""

from __future__ import annotations

import ast

import pytest

from tests.hygiene._tree import ROOT, modules, parse, shown

# Calls that check by themselves, by the last part of their name.
CHECKING = ("assert", "check", "expect", "fnmatch_lines", "raises", "warns")


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2].lstrip("_")


def _checks(test: ast.FunctionDef) -> bool:
    """Tell whether a test holds an assertion that isn't a constant, or a call that checks."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            return True
        if isinstance(node, ast.Call) and _name(node).startswith(CHECKING):
            return True
    return False


def _tests(tree: ast.Module) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_every_test_checks_something() -> None:
    files = [p for p in modules(ROOT / "tests") if p.name.startswith("test_")]
    assert files
    idle = [
        f"{shown(path)}:{test.lineno} {test.name}"
        for path in files
        for test in _tests(parse(path))
        if not _checks(test)
    ]
    assert idle == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("assert f(1) == 2", True),
        ("with pytest.raises(ValueError): f()", True),
        ("check_same(a, b)", True),
        ("assert True", False),
        ("f(1)", False),
        ("checked = f(1)", False),
    ],
)
def test_the_rule_itself(body: str, expected: bool) -> None:
    (test,) = _tests(ast.parse(f"def test_it():\n    {body}"))
    assert _checks(test) is expected


def test_no_two_tests_of_a_file_share_a_name() -> None:
    doubles = []
    for path in modules(ROOT / "tests"):
        for scope in ast.walk(parse(path)):
            if isinstance(scope, ast.Module | ast.ClassDef):
                names = [n.name for n in scope.body if isinstance(n, ast.FunctionDef)]
                doubles += [f"{shown(path)} {n}" for n in set(names) if names.count(n) > 1]
    assert doubles == []
