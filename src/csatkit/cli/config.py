"""`csatkit config`: is the configuration sound, what is in force and why, and its JSON Schema."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from csatkit import config, config_rules
from csatkit.cli import streams
from csatkit.cli.command import Command, Values
from csatkit.cli.effective import effective
from csatkit.cli.options import OUTPUT, SHARED, Argument
from csatkit.errors import CsatkitError, InputError, NothingToEvaluate, UsageError
from csatkit.settings import Query, Settings

__all__ = ["COMMAND"]

ACTIONS = ("check", "show", "schema")

# --demo and --config say what is read, not what is set; --allow-empty says how a run ends.
_NO_SETTING = frozenset({"demo", "config", "allow_empty"})
_SETTINGS = tuple(o for o in SHARED if o.key not in _NO_SETTING)
_RUN = frozenset({"output", "debug"})


def _run(given: Values) -> None:
    action = given["action"]
    if action not in ACTIONS:
        raise UsageError.unknown("action", action, ACTIONS)
    typed = {o.key: _typed(given, o.key) for o in _SETTINGS if _typed(given, o.key)}
    if action != "show" and typed:
        raise UsageError(
            f"`{config.flag(min(typed))}` means nothing for config {action}",
            "csatkit config show takes it.",
        )
    output = given["output"] or os.environ.get(config.variable("output"))
    if action == "schema":
        from csatkit.schemas.build_config import config_schema_text

        streams.result(config_schema_text(), output, is_exact=True)
        return
    path = _path(given["file"])
    if action == "show":
        file = None if path is None else config.read(path)
        streams.result(effective(typed, os.environ, file), output)
        return
    if path is None:
        raise UsageError(
            "no configuration: neither csatkit.toml nor a [tool.csatkit] here or above",
            "Write one: csatkit init tickets.csv surveys.csv",
        )
    streams.result(_checked(path), output)


def _typed(given: Values, key: str) -> object:
    return given["from_" if key == "from" else key]


def _path(named: str | None) -> Path | None:
    """Return the file to look at: the one that is named, else the one that governs this folder."""
    named = named or os.environ.get(config.variable("config"))
    return Path(named) if named else config.find(Path())


def _checked(path: Path) -> str:
    """Check a file and say what it holds.

    Raises:
        UsageError: all that is wrong with it, one line each.
    """
    file = config.read(path)
    settings = config.settings_from({}, {}, file)
    wrong = [*_inputs(settings), *_scale(settings)]
    if not wrong and settings.source.tickets:
        wrong += _with_data(settings, file)
    else:
        wrong += _metrics(file)
    if wrong:
        more = f"; {len(wrong)} mistakes" if len(wrong) > 1 else ""
        raise UsageError(f"{path}{more}: {wrong[0]}", "\n  ".join(wrong[1:]) or None)
    n, n_goals = len(file.values), len(file.goals)
    goals = f", {n_goals} goal{'s' * (n_goals != 1)}" if n_goals else ""
    return f"{path}: sound; {n} settings, {len(file.targets)} targets{goals}\n"


def _inputs(settings: Settings) -> Iterator[str]:
    source = settings.source
    for kind in ("tickets", "surveys", "outreach"):
        for given in getattr(source, kind):
            if isinstance(given, Query) or given == "-" or "://" in given:
                continue
            plain = given.partition("#")[0]
            if not Path(given).exists() and not Path(plain).exists() and not _matches(given):
                yield f"[source] {kind}: {given} doesn't exist"


def _matches(pattern: str) -> bool:
    import glob

    return glob.has_magic(pattern) and bool(glob.glob(pattern, recursive=True))  # noqa: PTH207 - an absolute pattern isn't for Path.glob


def _scale(settings: Settings) -> Iterator[str]:
    if settings.source.scale is None:
        return
    from csatkit.load.scales import named

    try:
        named(settings.source.scale)
    except UsageError as error:
        yield f"[source] scale: {_one_line(error)}"


def _metrics(file: config.Configuration) -> Iterator[str]:
    """Say which targets name a metric that doesn't exist."""
    from csatkit.metrics import CATALOG

    for number, target in enumerate(file.targets, 1):
        metric = str(target["metric"])
        if metric not in CATALOG:
            unknown = UsageError.unknown("metric", metric, CATALOG)
            yield f"[[target]] {target.get('name', number)}: {_one_line(unknown)}"
    for number, goal in enumerate(file.goals, 1):
        if (wrong := _wrong_goal(goal)) is not None:
            yield f"[[goal]] {goal.get('name', number)}: {_one_line(wrong)}"


def _wrong_goal(goal: Mapping[str, object]) -> UsageError | None:
    """Return what the catalogue and the calendar have against a goal."""
    from csatkit.analyses.goals_asked import goal_of

    try:
        goal_of(goal)
    except UsageError as error:
        return error
    return None


def _with_data(settings: Settings, file: config.Configuration) -> Iterator[str]:
    """Say which columns the file names that the data doesn't have."""
    from csatkit.load import open_data

    yield from _metrics(file)
    source = settings.source
    try:
        data = open_data(
            source.tickets, source.surveys or None, source.outreach or None, source=source
        )
    except (UsageError, InputError, NothingToEvaluate) as error:
        yield _one_line(error)
        return
    sources = [s for s in (data.tickets, data.surveys) if s is not None]
    known = {n for s in sources for n in (*s.mapping, *s.headers)}
    for place, name in _columns(settings, file):
        if not any(_has(s, name) for s in sources):
            yield f"{place}: {_one_line(UsageError.unknown('column', name, known))}"


def _has(source: object, name: str) -> bool:
    from csatkit.load import Source

    assert isinstance(source, Source)
    try:
        source.resolve(name)
    except UsageError:
        return False
    return True


def _columns(settings: Settings, file: config.Configuration) -> Iterator[tuple[str, str]]:
    """Yield every column that the file names, with its place."""
    from csatkit.periods import BUCKETS
    from csatkit.where import parse

    for name in settings.source.exclude:
        yield "[exclude]", name
    for name in (n for group in settings.by for n in group if n not in BUCKETS):
        yield "[report] by", name
    for number, target in enumerate(file.targets, 1):
        place = f"[[target]] {target.get('name', number)}"
        for group in config_rules.entries(target.get("by", []), place):
            for name in (n.strip() for n in group.split(",") if n.strip() not in BUCKETS):
                yield f"{place}: by", name
        for text in config_rules.entries(target.get("where", []), place):
            condition = parse(text)
            yield f"{place}: where", condition.column

    for number, goal in enumerate(file.goals, 1):
        for table in (goal, *_guardrails(goal)):
            place = f"[[goal]] {goal.get('name', number)}: where"
            for text in config_rules.entries(table.get("where", []), place):
                yield place, parse(text).column


def _guardrails(goal: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the guardrails of a goal that are written as tables."""
    found = goal.get("guardrails", [])
    return [g for g in found if isinstance(g, Mapping)] if isinstance(found, list) else []


def _one_line(error: CsatkitError) -> str:
    return f"{error.message}. {error.hint}" if error.hint else error.message


COMMAND = Command(
    "config",
    "check: read csatkit.toml and say what is wrong with it: unknown keys and metrics with the"
    " nearest name, wrong types, missing files, columns that the data doesn't have. Exit 0"
    " or 2.\n\n"
    "show: every setting in force and where it comes from: default, file, variable or command"
    " line. Passwords of databases are never shown.\n\n"
    "schema: the JSON Schema of csatkit.toml, so that an editor completes it.",
    _run,
    (*_SETTINGS, *(o for o in OUTPUT if o.key in _RUN)),
    (
        Argument("action", "check|show|schema", "What to do.", is_required=True),
        Argument("file", "FILE", "The file. Default: the one that is found here or above."),
    ),
    examples={
        "csatkit config show --window 7": "what a run with this option would use",
        "csatkit config schema -o csatkit.schema.json": "for an editor",
    },
)
