"""The table of everything that can be configured: its name, its place in the file, its reader.

One row serves the option, the `CSATKIT_*` variable, the key of `csatkit.toml` and the keyword of
the Python functions, so that they can't drift apart. Rows without an option live in the file alone,
rows without a place can't be set there: they belong to one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from csatkit import values, where
from csatkit.errors import UsageError
from csatkit.schema import COLUMNS
from csatkit.settings import FAILURE_REASONS, REPORT_SECTIONS, RESPONSE_LIMITS, Input, Query

__all__ = [
    "BY_NAME", "BY_OPTION", "BY_PLACE", "NUMBER", "RULES", "TEXT", "Rule", "check_type", "entries",
]  # fmt: skip

Place = tuple[str, str]
Part = Literal["source", "settings"]

TEXT = (str,)
NUMBER = (int, float)
LENGTH = (int, float, str)
LIST = (str, list)
INPUT = (str, list, dict)

_NOUNS: Mapping[type, str] = MappingProxyType(
    {
        str: "a text",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
        date: "a day",
    }
)


def check_type(given: object, types: tuple[type, ...], origin: str) -> None:
    """Refuse a value of the file whose TOML type isn't one of these.

    Raises:
        UsageError: it isn't.
    """
    # `true` is an int to Python and never a number to a reader.
    if isinstance(given, bool) or not isinstance(given, types):
        nouns = " or ".join(dict.fromkeys(_NOUNS[t] for t in types))
        raise values.expected(origin, nouns, given)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be configured.

    Args:
        field: the attribute of `Settings` or `SourceSettings` that it sets.
        part: which of the two.
        read: turns a value into the attribute's, or raises `UsageError`.
        option: name on the command line and in `CSATKIT_*`, with underscores.
        place: table and key in the file.
        types: TOML types that the key may have.
        many: whether the option may be repeated; a variable separates its entries by `;`.
    """

    field: str
    part: Part
    read: values.Reader
    option: str | None = None
    place: Place | None = None
    types: tuple[type, ...] = TEXT
    many: bool = False

    @property
    def name(self) -> str:
        """Return the keyword of the Python functions: the option, else the attribute."""
        return self.option or self.field


def entries(value: object, origin: str) -> tuple[str, ...]:
    """Return a list of texts; a single text is a list of one, numbers are written out."""
    found = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(v, str | int | float) for v in found):
        raise values.expected(origin, "a text or a list of texts", value)
    return tuple(_written(v) for v in found)


def _inputs(value: object, origin: str) -> tuple[Input, ...]:
    """Return paths and queries; one alone is a list of one."""
    found = value if isinstance(value, list | tuple) else [value]
    return tuple(
        _query(v, origin) if isinstance(v, Mapping) else entries([v], origin)[0] for v in found
    )


def _query(table: Mapping[str, object], origin: str) -> Query:
    for key in table:
        if key not in {"query", "uri"}:
            error = UsageError.unknown("key", key, ("query", "uri"))
            raise UsageError(f"{origin}: {error.message}", error.hint)
    for key in ("query", "uri"):
        if not isinstance(table.get(key), str) or not str(table[key]).strip():
            raise UsageError(
                f"{origin}: a query needs {key}, a text",
                'Write { query = "select ...", uri = "sqlite:///helpdesk.db" }.',
            )
    try:
        return Query(str(table["query"]).strip(), str(table["uri"]).strip())
    except UsageError as error:
        raise UsageError(f"{origin}: {error.message}", error.hint) from None


def _written(value: object) -> str:
    """Return a TOML value as an export would spell it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reasons(value: object, origin: str) -> tuple[str, ...]:
    """Return the chosen failure reasons in the order in which they count."""
    read = values.choice(*FAILURE_REASONS)
    chosen = {str(read(name, origin)) for name in entries(value, origin)}
    if not chosen:
        raise values.expected(origin, f"at least one of {', '.join(FAILURE_REASONS)}", value)
    return tuple(r for r in FAILURE_REASONS if r in chosen)


def _sections(value: object, origin: str) -> tuple[str, ...]:
    """Return names of the report's sections."""
    read = values.choice(*REPORT_SECTIONS)
    return tuple(dict.fromkeys(str(read(name, origin)) for name in entries(value, origin)))


def _mapping(value: object, origin: str) -> Mapping[str, str]:
    """Return canonical name → header from a table, or from entries `name=Header`."""
    pairs: Iterable[tuple[object, object]]
    if isinstance(value, Mapping):
        pairs = value.items()
    else:
        pairs = [_pair(entry, origin) for entry in entries(value, origin)]
    found: dict[str, str] = {}
    for name, header in pairs:
        if name not in COLUMNS:
            error = UsageError.unknown("column", str(name), COLUMNS)
            raise UsageError(f"{origin}: {error.message}", error.hint)
        if not isinstance(header, str):
            raise values.expected(f"{origin} {name}", "a header, or '' to unmap it", header)
        found[str(name)] = header.strip()
    return MappingProxyType(found)


def _labels(value: object, origin: str) -> Mapping[str, str]:
    """Return cell → what it stands for; a number may be written as one."""
    if not isinstance(value, Mapping):
        raise values.expected(origin, "a table of cell = meaning", value)
    return MappingProxyType(
        {str(cell).strip(): entries(word, f"{origin} {cell}")[0] for cell, word in value.items()}
    )


def _spark_conf(value: object, origin: str) -> Mapping[str, str]:
    """Return settings of Spark from a table, or from entries `name=value`."""
    if isinstance(value, Mapping):
        return MappingProxyType({str(k): _spark_value(v) for k, v in value.items()})
    pairs = [entry.partition("=") for entry in entries(value, origin)]
    for name, equals, _ in pairs:
        if not (name.strip() and equals):
            raise values.expected(origin, "name=value, e.g. spark.executor.memory=8g", name)
    return MappingProxyType({name.strip(): text.strip() for name, _, text in pairs})


def _spark_value(value: object) -> str:
    """Write a value of TOML as Spark reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pair(entry: str, origin: str) -> tuple[str, str]:
    name, equals, header = entry.partition("=")
    if not equals:
        raise values.expected(origin, "canonical=Header, for example agent=Assignee", entry)
    return name.strip(), header


def _conditions(value: object, origin: str) -> tuple[str, ...]:
    """Return the conditions as written, each of them readable."""
    written = entries(value, origin)
    for condition in written:
        where.parse(condition, origin)
    return written


def _limits(value: object, origin: str) -> Mapping[str, timedelta]:
    """Return the response limits: the defaults with the file's on top; `none` takes one away."""
    if not isinstance(value, Mapping):
        raise values.expected(origin, "a table of channel = duration", value)
    limits = dict(RESPONSE_LIMITS)
    for channel, length in value.items():
        if length == "none":
            limits.pop(channel, None)
        else:
            limits[channel] = values.duration(length, f"{origin} {channel}")
    return MappingProxyType(limits)


def _excluded(value: object, origin: str) -> Mapping[str, tuple[str, ...]]:
    """Return column → values whose tickets leave every denominator."""
    if not isinstance(value, Mapping):
        raise values.expected(origin, "a table of column = value", value)
    return MappingProxyType({c: entries(v, f"{origin} {c}") for c, v in value.items()})


def _themes(value: object, origin: str) -> Mapping[str, tuple[str, ...]]:
    """Return theme → patterns; an empty list takes a theme away."""
    if not isinstance(value, Mapping):
        raise values.expected(origin, "a table of theme = pattern", value)
    found: dict[str, tuple[str, ...]] = {}
    for label, given in value.items():
        patterns = list(given) if isinstance(given, list | tuple) else [given]
        if not str(label).strip() or not all(isinstance(p, str) and p for p in patterns):
            raise values.expected(f"{origin} {label}", "a pattern or a list of patterns", given)
        found[str(label).strip()] = tuple(patterns)
    return MappingProxyType(found)


def _expected_rows(value: object, origin: str) -> Mapping[str, int]:
    """Return kind of input → rows; a number alone means tickets."""
    table = value if isinstance(value, Mapping) else {"tickets": value}
    kinds = ("tickets", "surveys", "outreach")
    for kind in table:
        if kind not in kinds:
            error = UsageError.unknown("input", str(kind), kinds)
            raise UsageError(f"{origin}: {error.message}", error.hint)
    counts = {kind: values.whole(n, f"{origin} {kind}") for kind, n in table.items()}
    return MappingProxyType(counts)


def _source(field: str, read: values.Reader, option: str | None, **more: object) -> Rule:
    place = ("source", field)
    types = more.pop("types", TEXT)
    return Rule(field, "source", read, option, place, types, **more)  # type: ignore[arg-type]


def _report(
    field: str, read: values.Reader, types: tuple[type, ...] = TEXT, *, many: bool = False
) -> Rule:
    return Rule(field, "settings", read, field, ("report", field), types, many)


def _run(field: str, read: values.Reader, option: str | None = None, *, many: bool = False) -> Rule:
    return Rule(field, "settings", read, option or field, many=many)


RULES: tuple[Rule, ...] = (
    _source("tickets", _inputs, "tickets", types=INPUT),
    _source("surveys", _inputs, "surveys", types=INPUT),
    _source("outreach", _inputs, "outreach", types=INPUT),
    # Whether there is such a preset depends on where the user's own lie; `config.py` looks.
    _source("preset", values.text, "preset"),
    _source("preset_folder", values.text, None),
    _source("map", _mapping, "map", types=(dict,), many=True),
    _source("scale", values.text, "scale"),
    _source("timezone", values.zone, None),
    _source("date_format", values.date_format, "date_format"),
    _source("unrated", entries, None, types=(list,)),
    _source("labels", _labels, None, types=(dict,)),
    _source("scale_column", values.text, None),
    _source("scales", _labels, None, types=(dict,)),
    _source("resolved_statuses", entries, None, types=(list,)),
    Rule("exclude", "source", _excluded, place=("exclude", "*"), types=(dict,)),
    Rule("window_days", "settings", values.days, "window", ("fcr", "window"), LENGTH),
    Rule(
        "repeat_on", "settings", values.choice("issue", "customer"), "repeat_on",
        ("fcr", "repeat_on"),
    ),
    Rule("fail_on", "settings", _reasons, None, ("fcr", "fail_on"), (list,)),
    Rule("mature_days", "settings", values.days, None, ("response", "mature_days"), LENGTH),
    Rule("response_limits", "settings", _limits, place=("first_response", "*"), types=(dict,)),
    Rule("themes", "settings", _themes, place=("themes", "*"), types=(dict,)),
    Rule(
        "expected_rows", "settings", _expected_rows, place=("inspect", "expected_rows"),
        types=(int, dict),
    ),
    _report("by", values.crossed, LIST, many=True),
    _report("tz", values.zone),
    _report("week_start", values.week_start),
    _report("level", values.level, NUMBER),
    _report("min_n", values.whole, NUMBER),
    _report("profile", values.packaged("profile", "profiles", "default")),
    _report("clock", values.choice("family", "resolved", "created", "responded")),
    _report("rating", values.choice("first", "last", "all")),
    _report("privacy", values.choice("all", "ids", "none")),
    Rule("sections", "settings", _sections, place=("report", "sections"), types=(list,)),
    Rule("hide", "settings", _sections, place=("report", "hide"), types=(list,)),
    _run("as_of", values.as_of),
    _run("first_day", values.day, "from"),
    _run("last_day", values.day, "to"),
    _run("period", values.period),
    _run("where", _conditions, many=True),
    _run("tickets_of", values.text),
    _run("strict", values.switch),
    _run("rejects", values.text),
    _run("max_age", values.duration),
    _run("mature_surveys", values.switch),
    _run("engine", values.choice("polars", "spark")),
    Rule("spark_master", "settings", values.text, "spark_master", ("spark", "master")),
    Rule(
        "spark_conf", "settings", _spark_conf, "spark_conf", ("spark", "conf"), (dict,), many=True
    ),
    _report("max_memory", values.memory),
)  # fmt: skip

BY_OPTION: Mapping[str, Rule] = MappingProxyType({r.option: r for r in RULES if r.option})

BY_NAME: Mapping[str, Rule] = MappingProxyType({r.name: r for r in RULES})

BY_PLACE: Mapping[Place, Rule] = MappingProxyType({r.place: r for r in RULES if r.place})
"""Table and key → rule; the key `*` stands for a table whose keys the user names."""
