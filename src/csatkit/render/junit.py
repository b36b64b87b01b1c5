"""Verdicts as JUnit XML: one test case each, for whatever shows the tests of a pipeline.

Nothing here depends on the clock or the machine. An inconclusive verdict is a skipped test: it
neither passed nor failed, and the reason says what is missing.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from csatkit.render.text import one_line
from csatkit.render.verdicts import Case, cases, counts

if TYPE_CHECKING:
    from csatkit.render import View
    from csatkit.report import Report

__all__ = ["render"]

NAME = "csatkit check"


def render(report: Report, view: View) -> str:  # noqa: ARG001 - a file has no width
    """Return one test suite with a case per verdict, valid by the schema junit-10."""
    found = cases(report)
    failures = sum(c.verdict == "fail" for c in found)
    skipped = sum(c.verdict not in {"pass", "fail"} for c in found)
    counted = f'tests="{len(found)}" failures="{failures}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{NAME}" {counted}>',
        f'  <testsuite name="{NAME}" {counted} skipped="{skipped}">',
    ]
    for c in found:
        lines += _case(c)
    notes = [f"{n.level}: {_text(n.text)}" for n in report.notes if n.level != "info"]
    lines += _output([_text(counts(found)), *notes], "    ")
    lines += ["  </testsuite>", "</testsuites>"]
    return "\n".join(lines) + "\n"


def _case(c: Case) -> list[str]:
    head = f'    <testcase classname="csatkit.{_text(c.metric)}" name="{_text(c.name)}">'
    text = _text("; ".join(t for t in (c.found, c.why) if t))
    match c.verdict:
        case "fail":
            body = [f'      <failure type="fail" message="{text}"/>']
        case "pass":
            body = []
        case _:
            body = [f'      <skipped type="{_text(c.verdict)}" message="{text}"/>']
    asides = [text] if c.verdict == "pass" else []
    if c.is_warned:
        asides.append("past the warn value")
    if c.kind is not None:
        asides.append(f"kind: {_text(c.kind)}")
    return [head, *body, *_output(asides, "      "), "    </testcase>"]


def _output(lines: list[str], indent: str) -> list[str]:
    """Return what a viewer shows beside a case; the lines are escaped already."""
    if not lines:
        return []
    return [f"{indent}<system-out>{chr(10).join(lines)}</system-out>"]


def _text(text: str) -> str:
    """Return foreign text on one line, what XML can't hold spelled out, markup escaped."""
    return escape(one_line(text), quote=True)
