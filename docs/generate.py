"""Writes the generated parts of the documentation from the program itself.

`python docs/generate.py` rewrites the text between the markers of README.md and docs/*.md; what
stands outside them is written by hand and stays. A test compares the files with `pages()`.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from csatkit import analyze, load, render
from csatkit.cli.options import OUTPUT, SHARED, Option
from csatkit.cli.registry import COMMANDS
from csatkit.demo.generate import frames
from csatkit.metrics import CATALOG, FAMILIES
from csatkit.metrics.metric import Count, Mean, Metric, Quantiles, Share, Survival
from csatkit.notes import DROPPED_REASONS, EXCLUDED_REASONS, EXTRA_FIELDS, NOTE_CODES
from csatkit.report import Status
from csatkit.settings import FAILURE_REASONS, Settings

if TYPE_CHECKING:
    from csatkit.cli.command import Command
    from csatkit.report import Report

ROOT = Path(__file__).resolve().parent.parent

MARKED = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
"""A generated part: the name of its block, then whatever was written last time."""

SAMPLE = 8_000
"""Tickets of the sample that examples are made of, as many as `--demo` has."""

ROWS_COUNTED: Mapping[str, str] = {
    "tickets": "tickets, dated by resolution, else by creation",
    "invitations": "tickets, dated by their first survey, else like tickets",
    "with_merged": "tickets, merged ones too, dated by resolution, else by creation",
    "deflections": "deflected contacts, dated by resolution, else by creation",
    "surveys": "surveys, dated by sending, else like their ticket",
    "responses": "ratings, dated by response, else by sending, else like their ticket",
}

INTERVALS: Mapping[type, str] = {
    Share: "[Wilson](statistics.md#wilson-interval)",
    Mean: "[t](statistics.md#t-interval-of-a-mean)",
    Quantiles: "[order statistics](statistics.md#interval-of-a-median)",
    Count: "none",
    Survival: "[Kaplan-Meier](statistics.md#kaplan-meier)",
}

STATUSES: Mapping[str, str] = {
    "unavailable": "it can't be computed; `reason` says why, `value` is null",
    "empty": "no row is in the denominator; `value`, `low` and `high` are null",
    "skewed": "fewer than 15 % of the surveys old enough to judge were answered; no band",
    "small": "the denominator is below `min_n`; no band",
    "caution": "15 to 20 % of the surveys old enough to judge were answered",
    "ok": "nothing of the above",
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; cells may hold Markdown but no line breaks."""
    names = list(head)
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [names, ["---"] * len(names), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(text: str, language: str) -> str:
    """Return a fenced block."""
    return f"```{language}\n{text.rstrip()}\n```\n"


# -- metrics --------------------------------------------------------------------------------------


def metric_index() -> str:
    """Return the table of all metrics, in the order of the catalogue."""
    shown_by = {name: command for command, names in FAMILIES.items() for name in names}
    return table(
        ("metric", "label", "unit", "better", "command"),
        (
            (
                f"[`{m.id}`](#{m.id})",
                m.label,
                m.unit,
                m.better or "–",
                f"`{shown_by.get(m.id, 'segments')}`",
            )
            for m in CATALOG.values()
        ),
    )


def metric_entries() -> str:
    """Return one part per metric."""
    return "\n".join(_metric(m) for m in CATALOG.values())


def _metric(m: Metric) -> str:
    return f"### {m.id}\n\n`{m.id}`, {m.label}. {m.definition}\n\n{facts(m)}"


def facts(m: Metric) -> str:
    """Return a metric's list of what there is to know, as Markdown."""
    found = {
        "Rule": _rule(m),
        "Rows": ROWS_COUNTED[m.family],
        "Interval": INTERVALS[type(m.measure)],
        "Needs": ", ".join(" or ".join(f"`{c}`" for c in group) for group in m.needs),
        "Improved by": ", ".join(f"`{c}`" for c in m.wants),
        "Needs to know what was sent": "yes" if m.needs_sent else "",
        "Held back": ", ".join(f"`{reason}`" for reason in m.held_back),
        "Whose rule": m.whose,
        "Source": _source(m.source),
        "Caveat": m.caveat,
    }
    return "".join(f"- **{name}**: {text}\n" for name, text in found.items() if text)


def _rule(m: Metric) -> str:
    """Return the rule with the default settings, on the scale 1-5."""
    typical = {
        "satisfied": "score 4-5 on 1-5",
        "low": "score 1-3 on 1-5",
        "detractor": "score 1-2 on 1-5",
        "rated": "rated tickets (first answer)",
        "limits": "chat 2 min, email 2 h",
        "suffix": "",
    }
    asked = {name for _, name, _, _ in string.Formatter().parse(m.rule) if name}
    return m.rule_text(Settings(), **{n: text for n, text in typical.items() if n in asked})


def _source(source: str) -> str:
    linked = re.sub(r"\bdecisions\.md#([\w-]+)", r"[decisions](decisions.md#\1)", source)
    return linked.replace("metrics.md §", "specification §")


# -- commands -------------------------------------------------------------------------------------


def command_index() -> str:
    """Return the table of all commands."""
    return table(
        ("command", "gives"),
        ((f"[`csatkit {c.name}`](#csatkit-{c.name})", c.help) for c in COMMANDS),
    )


def command_entries() -> str:
    """Return one part per command: what it does, its own options, examples."""
    return "\n".join(_command(_load(entry.name)) for entry in COMMANDS)


def _load(name: str) -> Command:
    found: Command = import_module(f"csatkit.cli.{name}").COMMAND
    return found


def _command(command: Command) -> str:
    arguments = [a.metavar if a.is_required else f"[{a.metavar}]" for a in command.arguments]
    usage = " ".join(["csatkit", command.name, "[OPTIONS]", *arguments])
    known = {o.key for o in SHARED}
    own = [o for o in command.options if o.key not in known and o not in OUTPUT]
    taken = {o.key for o in command.options}
    missing = [o.flags[0] for o in SHARED if o.key not in taken]
    parts = [f"## csatkit {command.name}\n", code(usage, "text"), command.help + "\n"]
    if len(missing) == len(SHARED):
        parts.append("It reads no data and takes no shared options.\n")
    elif missing:
        parts.append(f"Without meaning here: {', '.join(f'`{f}`' for f in missing)}.\n")
    if own:
        parts.append(_options(own))
    examples = [f"{line}  # {shown}" for line, shown in (command.examples or {}).items()]
    parts.append(code("\n".join(examples), "console"))
    return "\n".join(parts)


def shared_options() -> str:
    """Return the tables of the shared options, one per heading."""
    panels = dict.fromkeys(o.panel for o in (*SHARED, *OUTPUT))
    parts = [
        f"### {panel}\n\n{_options([o for o in (*SHARED, *OUTPUT) if o.panel == panel])}"
        for panel in panels
    ]
    return "\n".join(parts)


def _options(options: Iterable[Option]) -> str:
    return table(
        ("option", "does"),
        (
            (f"`{', '.join(o.flags)}{' ' + o.metavar if o.metavar else ''}`", o.help)
            for o in options
        ),
    )


# -- JSON -----------------------------------------------------------------------------------------


def statuses() -> str:
    """Return the statuses in the order in which the first that holds is taken."""
    return table(("status", "means"), ((f"`{s}`", STATUSES[s]) for s in get_args(Status)))


def failure_reasons() -> str:
    """Return the failure reasons in their order."""
    return ", ".join(f"`{reason}`" for reason in FAILURE_REASONS) + "\n"


def extra_fields() -> str:
    """Return the fields that only some measures carry."""
    return table(
        ("field", "kind", "meaning"),
        ((f"`{name}`", f.kind, f.meaning) for name, f in EXTRA_FIELDS.items()),
    )


def _listed(reasons: Mapping[str, str], head: str) -> str:
    return table((head, "meaning"), ((f"`{name}`", text) for name, text in reasons.items()))


def json_example() -> str:
    """Return one measure of the sample as JSON."""
    report = analyze(_sample(), metrics=["fcr"])
    found = json.loads(render(report, "json"))["measures"][0]
    # Short lists on one line each, as a reader would write them.
    text = json.dumps(found, ensure_ascii=False, indent=1)
    text = re.sub(r"\{\n([^{}]*?)\n *\}", lambda m: "{" + " ".join(m[1].split()) + "}", text[1:-1])
    return code("{" + text + "}", "json")


# -- the README's example -------------------------------------------------------------------------

SHOWN = ("Headline", "Can the answers be trusted?", "Segments that differ from the rest")
"""Sections of the report that the README shows."""


@cache
def _sample() -> Any:
    return load(*frames(SAMPLE))


def report_example() -> str:
    """Return the first sections of the report on the sample, as `make demo` prints them."""
    report: Report = analyze(_sample())
    text = str(render(report, "table"))
    titles = "|".join(re.escape(section.title) for section in report.sections)
    parts = re.split(rf"\n\n(?=(?:{titles})\n─)", text)
    shown = {part.partition("\n")[0]: part for part in parts}
    return code("\n\n".join(shown[title] for title in SHOWN), "text")


BLOCKS: Mapping[str, Callable[[], str]] = {
    "metric-index": metric_index,
    "metric-entries": metric_entries,
    "command-index": command_index,
    "command-entries": command_entries,
    "shared-options": shared_options,
    "statuses": statuses,
    "failure-reasons": failure_reasons,
    "extra-fields": extra_fields,
    "dropped-reasons": lambda: _listed(DROPPED_REASONS, "reason"),
    "excluded-reasons": lambda: _listed(EXCLUDED_REASONS, "reason"),
    "note-codes": lambda: _listed(NOTE_CODES, "code"),
    "json-example": json_example,
    "report-example": report_example,
}


def pages() -> dict[Path, str]:
    """Return every page that has generated parts, as it should be.

    Raises:
        KeyError: a marker names a block that doesn't exist.
    """
    found = {}
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        if MARKED.search(text):
            found[path] = MARKED.sub(lambda m: f"{m[1]}\n{BLOCKS[m[2]]()}\n{m[3]}", text)
    return found


def main() -> None:
    """Write the pages anew."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
