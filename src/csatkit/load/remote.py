"""Addresses in an object store → lazy frames that read only what is asked for.

Nothing is downloaded beforehand. Credentials come from the environment, as each store's own tools
name them; none is taken from an address, a setting or an account of the machine. A store that
doesn't answer is an error within seconds, not a wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import polars as pl

from csatkit.errors import InputError

__all__ = ["OPTIONS", "head_of", "is_remote", "kind_of", "scan_table"]

_VARIABLES: Final = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION",
    "gs": "GOOGLE_SERVICE_ACCOUNT, the path of a key file",
    "az": "AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
}
"""Stores that can be read, and the variables that open them."""

OPTIONS: Final[Mapping[str, Any]] = {
    "max_retries": 2,
    "retry_timeout_ms": 10_000,
    "connect_timeout": "5s",
}
"""Two more tries and ten seconds; by default Polars tries eight times."""

_TABLES: Final = (".parquet", ".pq")
_TEXTS: Final = (".csv", ".tsv", ".tab", ".txt")

_HEAD_LINES: Final = 200
"""Lines fetched to recognise the delimiter: more than fifty records, some spread over lines."""


def is_remote(name: str) -> bool:
    """Tell whether a name is an address and no path."""
    return "://" in name


def kind_of(url: str) -> Literal["csv", "parquet"]:
    """Return what lies at an address, by its name.

    Raises:
        InputError: it is in no object store, or neither CSV nor Parquet.
    """
    scheme = url.partition("://")[0].lower()
    if scheme not in _VARIABLES:
        raise InputError(
            f"an input at {scheme}:// can't be read",
            "Download it first; of object stores s3://, gs:// and az:// are read.",
        )
    last = url.rpartition("/")[2].lower()
    if last.endswith(_TEXTS):
        return "csv"
    # A folder or a pattern without a suffix is a data set, and data sets are Parquet.
    if last.endswith(_TABLES) or "." not in last:
        return "parquet"
    raise InputError(
        f"{url} is neither CSV nor Parquet by its name",
        f"Of an object store {', '.join(_TEXTS + _TABLES)} are read; download the rest first.",
    )


def scan_table(url: str) -> tuple[pl.LazyFrame, pl.Schema]:
    """Return the Parquet table, or the tables, at an address, and its columns.

    Raises:
        InputError: it can't be reached, or it is no Parquet.
    """
    try:
        frame = pl.scan_parquet(
            url,
            storage_options=dict(OPTIONS),
            credential_provider=None,
            missing_columns="insert",
        )
        return frame, frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreachable(url, error) from error


def head_of(url: str) -> tuple[str, bool]:
    """Return the first lines of a text and whether they are all of it.

    Raises:
        InputError: it can't be reached, isn't UTF-8, or is empty.
    """
    try:
        frame = pl.scan_lines(url, storage_options=dict(OPTIONS), credential_provider=None)
        lines = frame.head(_HEAD_LINES + 1).collect().to_series().to_list()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreachable(url, error) from error
    text = "\n".join(line or "" for line in lines[:_HEAD_LINES])
    if not text.strip("\ufeff \t\r\n"):
        raise InputError(f"{url} is empty", "Export it again; it needs at least a header.")
    return text + "\n", len(lines) <= _HEAD_LINES


def _unreachable(url: str, error: Exception) -> InputError:
    scheme = url.partition("://")[0].lower()
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason")
    return InputError(
        f"{url} can't be read: {said}",
        f"Check the address, and in the environment {_VARIABLES[scheme]}.",
    )
