"""`init` where no header is known: a `csatkit.toml` to fill in.

Every name that matters stands there with what it means, after the headers of the export and what
is in them, so that nobody types a header twice. Nothing is guessed from cells: a wrong guess that
looks right would be a wrong number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from csatkit.analyses.doctor.draft import beside
from csatkit.analyses.doctor.opening import Unread
from csatkit.analyses.doctor.profile import samples
from csatkit.analyses.doctor.sight import headers_of
from csatkit.load.mapping import map_columns
from csatkit.schema import COLUMNS
from csatkit.settings import Input, Settings
from csatkit.toml_text import written as toml

__all__ = ["blank"]

NAMES: dict[str, tuple[str, ...]] = {
    "tickets": (
        "ticket_id",
        "customer_id",
        "created_at",
        "first_response_at",
        "resolved_at",
        "status",
        "agent",
        "team",
        "channel",
        "issue_type",
        "reopen_count",
        "transfer_count",
    ),
    "surveys": ("ticket_id", "sent_at", "responded_at", "score", "comment"),
    "outreach": ("ticket_id", "outreach_at", "outreach_by", "second_score", "second_score_at"),
}
"""Names worth a look in every export, the indispensable first; the others are rare."""

IN_ROWS = ("sent_at", "responded_at", "score", "comment")
"""Where there is no survey file the ratings may sit in the ticket rows."""


def blank(unread: Sequence[Unread], settings: Settings, home: Path) -> str:
    """Return the text of a configuration file whose mapping is to be filled in.

    Args:
        unread: the inputs whose columns can't be told.
        settings: how the user asked for them to be read.
        home: the folder in which the file will lie; paths are written as seen from there.
    """
    blocks = [
        [
            "# Settings of csatkit. The headers of this export aren't known: write those that fit",
            "# between the quotes of [source.map]. What stays empty is taken as not exported.",
            "# Then: csatkit inspect",
        ],
        _source(settings, home),
        ["[source.map]  # canonical name = header of the export", *_headers(unread)],
        _names(unread, settings),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _source(settings: Settings, home: Path) -> list[str]:
    source = settings.source
    lines = ["[source]"]
    for kind in ("tickets", "surveys", "outreach"):
        given: tuple[Input, ...] = getattr(source, kind)
        if given:
            paths = [beside(p, home) for p in given]
            lines.append(f"{kind} = {toml(paths[0] if len(paths) == 1 else paths)}")
    lines.append(f"preset = {toml(source.preset)}" if source.preset else '# preset = "none"')
    examples = {
        "scale": (source.scale, "1-5", "of the scores, the worst first: 0-10, 5-1, good-bad"),
        "timezone": (settings.source.timezone, "Europe/Berlin", "of times without an offset"),
        "date_format": (source.date_format, "dmy", "only where `csatkit inspect` asks for it"),
    }
    for name, (given_value, example, why) in examples.items():
        hash_ = "" if given_value else "# "
        lines.append(f"{hash_}{name} = {toml(given_value or example)}  # {why}")
    return lines


def _headers(unread: Iterable[Unread]) -> list[str]:
    lines = []
    for one in unread:
        lines.append(f"# {one.kind}, each header with cells of it:")
        cells = samples(one.parts, one.headers)
        width = max((len(toml(header)) for header in one.headers), default=0)
        lines += [
            f"#   {toml(header):<{width}}  {_plain(', '.join(cells[header]))}".rstrip()
            for header in one.headers
        ]
    return lines


def _plain(cells: str) -> str:
    """Return cells without what may not stand in a comment."""
    return "".join(c if c.isprintable() else " " for c in cells)


def _names(unread: Sequence[Unread], settings: Settings) -> list[str]:
    """Return a line for every name, filled in where the header is known after all."""
    given = settings.source.map
    kinds = {one.kind for one in unread}
    lines = dict.fromkeys([n for one in unread for n in NAMES[one.kind]], "")
    lines.update({} if "surveys" in kinds else dict.fromkeys(IN_ROWS, ""))
    for one in unread:
        found = map_columns(one.kind, one.headers, given)
        lines.update({n: "+".join(headers_of(h)) for n, h in found.items() if not lines.get(n)})
    lines.update(given)
    return [f"{name} = {toml(h)}  # {COLUMNS[name].meaning}" for name, h in lines.items()]
