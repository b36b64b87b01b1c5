"""What is in force and why: every setting with the place its value comes from, as TOML.

Nothing secret gets here: the address of a database is shown without user and password.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csatkit import config
from csatkit.config_rules import RULES, Rule
from csatkit.query import shown
from csatkit.settings import Query, Settings
from csatkit.toml_text import key, written

__all__ = ["effective"]

_SPAN = frozenset({"from", "to", "period"})
"""One choice made of three options: a typed one takes the variables of all away."""

_PATHS = frozenset({"tickets", "surveys", "outreach"})


def effective(
    typed: Mapping[str, object], env: Mapping[str, str], file: config.Configuration | None
) -> str:
    """Return the settings in force, as the file would say them.

    Args:
        typed: option → value from the command line.
        env: the environment.
        file: what the configuration file says.

    Raises:
        UsageError: a value that makes no sense.
    """
    settings = config.settings_from(typed, env, file)
    tables: dict[str, list[str]] = {}
    for rule in RULES:
        line = _line(rule, _value(settings, rule), _origin(rule, typed, env, file))
        tables.setdefault(rule.place[0] if rule.place else "", []).append(line)
    of_run = tables.pop("", [])
    blocks = [[f"[{name}]", *lines] for name, lines in tables.items()]
    blocks += [list(_targets(file))]
    blocks.append(["# Of one run, by option or variable:", *(f"# {line}" for line in of_run)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _targets(file: config.Configuration | None) -> Iterator[str]:
    if file is not None and file.targets:
        yield f"# {len(file.targets)} targets  # {file.path}"


def _value(settings: Settings, rule: Rule) -> object:
    return getattr(settings.source if rule.part == "source" else settings, rule.field)


def _origin(
    rule: Rule, typed: Mapping[str, object], env: Mapping[str, str],
    file: config.Configuration | None,
) -> str:  # fmt: skip
    """Return where the value of a rule comes from; tables may come from several places."""
    found = []
    if rule.name in typed:
        found.append("command line")
    variable = config.variable(rule.option or "")
    is_span = rule.option in _SPAN and any(o in typed for o in _SPAN)
    if rule.option and rule.option not in {"tickets", "surveys"} and env.get(variable):
        found += [] if is_span else [variable]
    if file is not None and rule.field in file.values:
        taken_over = rule.field in _PATHS and "tickets" in typed
        found += [] if taken_over else [str(file.path)]
    merged = rule.field == "map"
    return " over ".join(found if merged else found[:1]) or "default"


def _line(rule: Rule, value: object, origin: str) -> str:
    if rule.place is not None and rule.place[1] == "*":
        return _table(value, origin)
    name = rule.place[1] if rule.place else rule.name
    if value is None:
        return f"{'# ' if rule.place else ''}{name} is not set  # {origin}"
    return f"{name} = {written(_readable(value))}  # {origin}"


def _table(value: object, origin: str) -> str:
    assert isinstance(value, Mapping)
    lines = [
        f"{key(str(name))} = {written(_readable(given))}  # {origin}"
        for name, given in value.items()
    ]
    return "\n".join(lines) or f"# nothing  # {origin}"


def _readable(value: object) -> object:
    """Return a value as the file would hold it, without secrets and nested tuples."""
    match value:
        case Query():
            return {"query": value.query, "uri": shown(value.uri)}
        case tuple() if all(isinstance(v, tuple) for v in value):
            return [",".join(v) for v in value]
        case tuple():
            return [_readable(v) for v in value]
    return value
