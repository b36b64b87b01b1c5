"""`init`: a commented `csatkit.toml` from what was recognised in a file.

What is written as a setting gives the same report as the command line it came from; whatever would
change a number stands there as a comment. Targets start from today's numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl

from csatkit import clock
from csatkit.analyses.doctor.keys import mailboxes
from csatkit.analyses.doctor.sight import Sight, headers_of
from csatkit.analyses.doctor.targets import target_blocks
from csatkit.facts.outcome import CHANNEL_WORDS
from csatkit.load import Data, Source
from csatkit.report import InputSummary
from csatkit.schema import fold
from csatkit.settings import Input, Settings
from csatkit.toml_text import key
from csatkit.toml_text import written as toml

__all__ = ["beside", "draft"]

_INFERRED = frozenset({"dates.order_inferred"})
"""Notes of decisions that a shorter export of the same system could take otherwise."""

_CHANNELS = 12
"""Channels that are listed; more than these is a column of something else."""


def draft(data: Data, settings: Settings, home: Path) -> str:
    """Return the text of a configuration file.

    Args:
        data: the opened inputs.
        settings: how they were read, as the user asked for it.
        home: the folder in which the file will lie; paths are written as seen from there.

    Raises:
        InputError: the data can't be used.
        NothingToEvaluate: there are only headers.
    """
    from csatkit.analyses import run

    report = run("analyze", data, settings, metrics=("csat", "fcr", "reopen_rate", "response_rate"))
    blocks = [
        _head(),
        _source(data, settings, home),
        _map(data, settings),
        _exclude(data, report.inputs),
        _rules(settings),
        _limits(data, settings),
        _inspect(report.inputs),
        _report(settings),
        *target_blocks({m.metric: m for m in report.measures if not m.segment}),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head() -> list[str]:
    return [
        "# Settings of csatkit, as `csatkit init` recognised them. `csatkit report` finds this",
        "# file here or above. What is commented out is a default or an example.",
        "# After a change: csatkit config check",
    ]


def _source(data: Data, settings: Settings, home: Path) -> list[str]:
    source = settings.source
    lines = ["[source]"]
    for kind in ("tickets", "surveys", "outreach"):
        given: tuple[Input, ...] = getattr(source, kind)
        if given:
            paths = [beside(p, home) for p in given]
            lines.append(f"{kind} = {toml(paths[0] if len(paths) == 1 else paths)}")
    lines += _preset(data, settings)
    lines += _reading(data, settings)
    return lines


def beside(given: Input, home: Path) -> str:
    """Return a path as seen from the folder of the file."""
    name = str(given)
    if name == "-" or "://" in name:
        return name
    return Path(os.path.relpath(Path(name).expanduser(), home)).as_posix()


def _sources(data: Data) -> tuple[Source, ...]:
    return tuple(s for s in (data.tickets, data.surveys, data.outreach) if s is not None)


def _preset(data: Data, settings: Settings) -> list[str]:
    names = list(dict.fromkeys(s.preset for s in _sources(data) if s.preset))
    if settings.source.preset:
        return [f"preset = {toml(settings.source.preset)}"]
    if len(names) == 1 and all(s.preset for s in _sources(data)):
        return [f"preset = {toml(names[0])}  # recognised by its headers"]
    if names:
        return [f"# preset: recognised for each file by its headers: {', '.join(names)}"]
    return ['# preset = "none"  # no system recognised; headers are matched by name']


def _reading(data: Data, settings: Settings) -> list[str]:
    source = settings.source
    main = data.tickets or data.surveys
    scale = next((s.scale for s in (data.surveys, data.tickets) if s is not None and s.scale), None)
    presets = any(s.preset for s in _sources(data))
    lines = []
    if source.scale:
        lines.append(f"scale = {toml(source.scale)}")
    elif scale is not None:
        # A preset knows more of its scores than the name of a scale can say.
        hash_ = "# " if presets else ""
        lines.append(f"{hash_}scale = {toml(scale.name)}  # satisfied: {_satisfied(data)}")
    if main is not None:
        is_assumed = any(n.code == "timezone.assumed" for n in data.notes)
        several = len({s.timezone for s in _sources(data)}) > 1
        hash_ = "# " if is_assumed or several else ""
        why = "assumed: name the account's own" if is_assumed else "of times without an offset"
        lines.append(f"{hash_}timezone = {toml(main.timezone)}  # {why}")
    lines.append(_date_format(data, settings))
    lines += [
        f"{name} = {toml(list(words))}" for name, words in (("unrated", source.unrated),) if words
    ]
    return lines


def _satisfied(data: Data) -> str:
    scale = next(s.scale for s in (data.surveys, data.tickets) if s is not None and s.scale)
    labels = dict(zip(scale.codes, scale.labels, strict=True))
    return ", ".join(labels[c] for c in sorted(scale.satisfied))


def _date_format(data: Data, settings: Settings) -> str:
    if settings.source.date_format:
        return f"date_format = {toml(settings.source.date_format)}"
    patterns = {r for s in _sources(data) for r in s.date_readings.values() if "%d" in r}
    order = "mdy" if any(p.find("%m") < p.find("%d") < p.find("%Y") for p in patterns) else "dmy"
    if _INFERRED & {n.code for n in data.notes}:
        return f"date_format = {toml(order)}  # inferred from the order of events"
    shown = ", ".join(sorted({r for s in _sources(data) for r in s.date_readings.values()}))
    return f"# date_format = {toml(order)}  # recognised: {shown or 'no dates'}"


def _map(data: Data, settings: Settings) -> list[str]:
    """Return the mapping: what the user named is a setting, what is known anyway a comment."""
    given = settings.source.map
    lines = ["[source.map]  # canonical name = header of the export"]
    lines += [f"{name} = {toml(header)}" for name, header in given.items()]
    shown = set(given)
    for source in _sources(data):
        for name, headers in source.mapping.items():
            header = "+".join(headers_of(headers))
            if name not in shown and fold(header) != fold(name):
                shown.add(name)
                lines.append(f"# {name} = {toml(header)}")
    return lines if len(lines) > 1 else []


def _exclude(data: Data, inputs: Iterable[InputSummary]) -> list[str]:
    lines = ["[exclude]  # column = values whose tickets leave every number"]
    for one in inputs:
        if one.dropped:
            left = ", ".join(f"{n:,} {r.replace('_', ' ')}" for r, n in one.dropped.items())
            lines.append(f"# Left out of {one.kind} without being asked: {left}.")
    if data.tickets is not None:
        sight = Sight(data.tickets, clock.now().replace(tzinfo=None))
        boxes = mailboxes(sight, data.tickets.n_rows())
        if boxes:
            named = ", ".join(f"{b.n:,} tickets" for b in boxes)
            lines.append(f"# Mailboxes rather than people ({named}); without them FCR rises:")
            lines.append(f"# customer_id = {toml([b.name for b in boxes])}")
    lines.append('# channel = ["internal"]')
    return lines


def _rules(settings: Settings) -> list[str]:
    s = settings
    return [
        "[fcr]",
        f"window = {s.window_days:g}  # days in which a further contact is a repeat",
        f"{'' if s.repeat_on != 'issue' else '# '}repeat_on = {toml(s.repeat_on)}  # or customer",
        f"# fail_on = {toml(s.fail_on)}",
        "",
        "[response]",
        f"mature_days = {s.mature_days:g}  # from this age on a silent customer won't answer",
    ]


def _limits(data: Data, settings: Settings) -> list[str]:
    """Return the response limits of the channels that exist."""
    if data.tickets is None or not data.tickets.has("channel"):
        return []
    limits = settings.response_limits
    lines = ["[first_response]  # channel = limit of the first response; without one it is out"]
    active: dict[str, list[str]] = {}
    for channel in _channels(data.tickets):
        name = _limit_of(channel, limits)
        if name is None:
            lines.append(f'# {key(channel)} = "4h"')
        else:
            active.setdefault(name, []).append(channel)
    for name, channels in active.items():
        met = "" if channels == [name] else f"  # here {', '.join(channels)}"
        lines.insert(1, f"{key(name)} = {toml(limits[name])}{met}")
    return lines


def _channels(source: Source) -> list[str]:
    counts = (
        source.scan(["channel"])
        .filter(pl.col("channel").is_not_null())
        .group_by(pl.col("channel").cast(pl.String))
        .agg(n=pl.len())
        .sort("n", "channel", descending=[True, False])
        .head(_CHANNELS)
        .collect(engine="streaming")
    )
    return [" ".join(c.split()) for c in counts.get_column("channel").to_list()]


def _limit_of(channel: str, limits: Mapping[str, timedelta]) -> str | None:
    for name in limits:
        if fold(channel) in {fold(name), *CHANNEL_WORDS.get(fold(name), ())}:
            return name
    return None


def _inspect(inputs: Iterable[InputSummary]) -> list[str]:
    rows = {one.kind: one.rows for one in inputs if one.rows}
    if not rows:
        return []
    return ["[inspect]", f"expected_rows = {toml(rows)}  # far fewer: `csatkit inspect` warns"]


def _report(settings: Settings) -> list[str]:
    lines = ["[report]"]
    lines.append(f"tz = {toml(settings.tz)}" if settings.tz else '# tz = "Europe/Berlin"')
    lines += ['# by = ["channel", "issue_type,week"]', "# min_n = 10", '# week_start = "mon"']
    return lines
