"""A database query as a source of rows: what to ask and where, with secrets kept outside.

The address may hold `${NAME}` for values of the environment. They are put in at the last moment, so
that no setting, message or file ever holds a password; a password written out is refused. Nothing
here opens a connection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from csatkit.errors import UsageError

__all__ = ["SCHEMES", "Query", "scheme_of", "shown", "without_secrets"]

SCHEMES: Final = ("sqlite", "duckdb", "postgresql", "postgres")
"""Databases that can be asked; the last two are one."""

_FILES: Final = ("sqlite", "duckdb")
"""Databases that are a file, named by the path of the address."""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

# Comments, and text in quotes, in which a semicolon ends nothing.
_NO_CODE = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(\$\w*\$).*?\1", re.DOTALL
)

_SECRET_PARAMETERS = frozenset({"password", "sslpassword", "oauth_client_secret"})
_NAMING_PARAMETERS = _SECRET_PARAMETERS | {"user", "passfile", "sslkey"}


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT and the database that answers it.

    Args:
        query: a SELECT or WITH statement.
        uri: `sqlite:///file.db`, `duckdb:///file.duckdb` or `postgresql://user@host:port/name`;
            `${NAME}` stands for a variable of the environment.
        folder: where relative paths of database files start; default the current folder.

    Raises:
        UsageError: another statement, an unknown kind of database, or a password written out.
    """

    query: str
    uri: str = field(repr=False)
    folder: str = ""

    def __post_init__(self) -> None:
        """Check what can be checked without the environment."""
        _check_statement(self.query)
        if not _VARIABLE.fullmatch(self.uri):
            _check_scheme(self.uri)
            _check_secrets(self.uri)

    def expanded(self, env: Mapping[str, str]) -> str:
        """Return the address with the values of the environment.

        A user name or password is percent-encoded on the way; a variable that stands for the whole
        address is taken as it is.

        Raises:
            UsageError: a variable isn't set, or it holds no address of a known database.
        """
        if whole := _VARIABLE.fullmatch(self.uri):
            uri = _value(whole[1], env)
            _check_scheme(uri)
            return uri
        start = self.uri.find("://") + 3
        end = start + len(re.split(r"[/?#]", self.uri[start:], maxsplit=1)[0])
        at = self.uri.rfind("@", start, end)
        login, rest = self.uri[:at] if at > 0 else "", self.uri[at:] if at > 0 else self.uri
        login = _VARIABLE.sub(lambda m: quote(_value(m[1], env), safe=""), login)
        return login + _VARIABLE.sub(lambda m: _value(m[1], env), rest)


def scheme_of(uri: str) -> str:
    """Return the kind of database that an address names, in lower case."""
    return uri.partition("://")[0].lower()


def shown(uri: str) -> str:
    """Return an address for messages: kind, host and database, never a user or a password."""
    scheme, _, rest = uri.partition("://")
    if scheme.lower() in _FILES:
        return f"{scheme}://{rest.partition('?')[0]}"
    try:
        parts = urlsplit(uri)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return f"{scheme}://…"
    # An unencoded @ or / in a password moves the borders; then nothing of it is shown.
    if "@" in parts.path + parts.query + parts.fragment:
        return f"{scheme}://…"
    return f"{scheme}://{parts.hostname or ''}{port}{parts.path}"


def without_secrets(message: str, uri: str) -> str:
    """Return what a driver says without the user, the password and the address as a whole."""
    try:
        parts = urlsplit(uri)
        pairs = parse_qsl(parts.query)
        login = [parts.username, parts.password]
    except ValueError:
        return "the address can't be read"
    if "@" in parts.path + parts.query + parts.fragment:
        return "the address can't be read; encode special characters of the password (@ is %40)"
    secrets = {uri, *login, *(value for name, value in pairs if name in _NAMING_PARAMETERS)}
    spelled = {form for s in secrets if s for form in (s, unquote(s))}
    for secret in sorted(spelled, key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", message)
    return message


def _value(name: str, env: Mapping[str, str]) -> str:
    if not env.get(name):
        raise UsageError(
            f"the environment variable {name} isn't set, and a database's uri asks for it",
            f"Set it: export {name}=...",
        )
    return env[name]


def _check_statement(query: str) -> None:
    code = _NO_CODE.sub(" ", query).strip().rstrip("; \t\r\n")
    first = re.match(r"\(*\s*(\w*)", code)
    if first is None or first[1].lower() not in {"select", "with"}:
        raise UsageError(
            f"a query starts with SELECT or WITH, not {(first[1] if first else '') or 'nothing'!r}"
        )
    if ";" in code:
        raise UsageError("a query is one statement; this one goes on after a semicolon")


def _check_scheme(uri: str) -> None:
    scheme, separator, _ = uri.partition("://")
    if not separator or not re.fullmatch(r"[A-Za-z][\w+.-]*", scheme):
        raise UsageError(
            "a database's uri starts with sqlite:///, duckdb:/// or postgresql://",
            "For example sqlite:///helpdesk.db or postgresql://${DB_USER}@host/name.",
        )
    if scheme.lower() not in SCHEMES:
        raise UsageError.unknown("kind of database", scheme, SCHEMES)


def _check_secrets(uri: str) -> None:
    """Refuse a password that isn't taken from the environment."""
    rest = uri.partition("://")[2]
    login = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[0]
    pairs = parse_qsl(rest.partition("?")[2])
    secrets = [login.partition(":")[2], *(v for name, v in pairs if name in _SECRET_PARAMETERS)]
    # A password with an unencoded slash or question mark ends the host early.
    unclear = "@" in rest and not login and scheme_of(uri) not in _FILES
    if unclear or any(s and not re.fullmatch(rf"(?:{_VARIABLE.pattern})+", s) for s in secrets):
        raise UsageError(
            "a database's uri holds a password in plain text",
            "Put it into an environment variable and write ${NAME} in its place.",
        )
