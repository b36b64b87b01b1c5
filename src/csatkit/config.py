"""Turns options, `CSATKIT_*` variables and the file into one frozen `Settings`.

The command line beats the variables, they beat the file, and the file beats the defaults. All of it
is a pure function of its arguments; what the single values mean is decided by `config_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from csatkit import values
from csatkit.config_file import Configuration, find, read
from csatkit.config_rules import BY_NAME, BY_OPTION, RULES, Rule
from csatkit.errors import UsageError, nearest
from csatkit.settings import Settings, SourceSettings

__all__ = [
    "PREFIX",
    "Configuration",
    "find",
    "flag",
    "read",
    "settings_from",
    "variable",
]

PREFIX = "CSATKIT_"

OF_THE_RUN = frozenset({"config", "format", "output", "quiet", "no_color", "debug", "now"})
"""Variables that exist and don't become settings: they say how a run behaves, not what it means."""

PATHS = ("tickets", "surveys", "outreach")
SPAN = ("from", "to", "period")


def flag(option: str) -> str:
    """Return how an option is written on the command line.

    >>> flag("min_n")
    '--min-n'
    """
    return option.upper() if option in {"tickets", "surveys"} else f"--{option.replace('_', '-')}"


def variable(option: str) -> str:
    """Return the environment variable of an option.

    >>> variable("min_n")
    'CSATKIT_MIN_N'
    """
    return PREFIX + option.upper()


def settings_from(
    given: Mapping[str, object],
    env: Mapping[str, str],
    file: Configuration | None = None,
    *,
    origin: Callable[[str], str] = flag,
    sample: bool = False,
) -> Settings:
    """Return the settings of a run.

    Args:
        given: option → value as typed, or attribute → value where there is no option; None,
            False and empty lists mean "not given".
        env: the environment; an empty variable counts as unset, entries of a list stand between
            `;`.
        file: what the configuration file says.
        origin: how messages name an option; the Python functions pass their keyword.
        sample: the run reads the embedded sample, so what the file says about its own source
            (`[source]`, `[exclude]`) is left out.

    Raises:
        UsageError: an unknown name, a value that makes no sense, or two that exclude each other.
    """
    _check_names(given, env)
    typed = {k: v for k, v in given.items() if v is not None and v is not False and v != []}
    ambient = _variables(env)
    if any(k in typed for k in SPAN):  # a period is one choice made of three options
        ambient = {k: v for k, v in ambient.items() if k not in SPAN}
    chosen: dict[str, dict[str, object]] = {"source": {}, "settings": {}}
    of_file = _from_file(file, "tickets" in typed)
    for rule in RULES:
        if sample and rule.part == "source":
            of_file = {k: v for k, v in of_file.items() if k != rule.field}
        layers = _layers(rule, typed, ambient, of_file, origin)
        if layers:
            chosen[rule.part][rule.field] = _merged(layers)
    source = replace(SourceSettings(), **cast("Any", chosen["source"]))
    settings = replace(Settings(source=source), **cast("Any", chosen["settings"]))
    _check_together(settings, typed, origin)
    if source.preset is not None:
        values.preset(source.preset, origin("preset"), source.preset_folder)
    return settings


def _check_names(given: Mapping[str, object], env: Mapping[str, str]) -> None:
    for option in given:
        if option not in BY_NAME:
            raise UsageError.unknown("setting", option, BY_NAME)
    known = set(BY_OPTION) - {"tickets", "surveys"} | OF_THE_RUN
    for name in env:
        if name.startswith(PREFIX) and (option := name[len(PREFIX) :].lower()) not in known:
            # Other programs may own variables of this prefix; only a near miss is a mistake.
            close = nearest(option, known)
            if close:
                raise UsageError(f"unknown variable {name}", f"Did you mean {variable(close)}?")


def _variables(env: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for option, rule in BY_OPTION.items():
        text = env.get(variable(option), "")
        if text and option not in {"tickets", "surveys"}:
            found[option] = [p for p in text.split(";") if p.strip()] if rule.many else text
    return found


def _from_file(file: Configuration | None, tickets_are_named: bool) -> Mapping[str, object]:
    """Return the file's values; its paths are left out where they belong to other tickets."""
    if file is None:
        return {}
    return {k: v for k, v in file.values.items() if not (tickets_are_named and k in PATHS)}


def _layers(
    rule: Rule,
    typed: Mapping[str, object],
    ambient: Mapping[str, object],
    of_file: Mapping[str, object],
    origin: Callable[[str], str],
) -> list[object]:
    """Return the values of one rule, the strongest first."""
    layers = []
    if rule.name in typed:
        layers.append(rule.read(typed[rule.name], origin(rule.name)))
    if rule.option is not None and rule.option in ambient:
        layers.append(rule.read(ambient[rule.option], variable(rule.option)))
    if rule.field in of_file:
        layers.append(of_file[rule.field])
    return layers


def _merged(layers: list[object]) -> object:
    """Return the strongest value; tables are merged key by key, as each key is one choice."""
    tables = [layer for layer in layers if isinstance(layer, Mapping)]
    if not tables:
        return layers[0]
    return MappingProxyType({k: v for table in reversed(tables) for k, v in table.items()})


def _check_together(
    settings: Settings, typed: Mapping[str, object], origin: Callable[[str], str]
) -> None:
    first, last = settings.first_day, settings.last_day
    if settings.period is not None and (first or last):
        other = origin("from" if first else "to")
        raise UsageError(
            f"{origin('period')} and {other} exclude each other",
            "Name the period, or its first and last day.",
        )
    if isinstance(first, date) and isinstance(last, date) and first > last:
        raise UsageError(
            f"{origin('from')} {first} lies after {origin('to')} {last}",
            "Both days are included; swap them?",
        )
    # A file may hold them for the runs that ask for Spark.
    name = next((n for n in ("spark_master", "spark_conf") if n in typed), None)
    if settings.engine != "spark" and name is not None:
        raise UsageError(
            f"{origin(name)} means nothing to the polars engine", f"Add {origin('engine')} spark."
        )
