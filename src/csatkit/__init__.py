"""CSAT and first contact resolution from ticket and survey exports, with their uncertainty.

```python
import csatkit as ck

data = ck.load("tickets.csv", "surveys.csv")
report = ck.analyze(data, metrics=["csat", "fcr"], by=["channel"])
print(ck.render(report, "markdown"))
```

Importing the package loads nothing heavy: each public name is found when it is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csatkit._api import analyze, check, exit_code, load, render
    from csatkit._version import __version__
    from csatkit.errors import (
        CsatkitError,
        ExitCode,
        InputError,
        Interrupted,
        NothingToEvaluate,
        UsageError,
    )
    from csatkit.query import Query
    from csatkit.report import Report
    from csatkit.settings import Settings

__all__ = [
    "CsatkitError",
    "ExitCode",
    "InputError",
    "Interrupted",
    "NothingToEvaluate",
    "Query",
    "Report",
    "Settings",
    "UsageError",
    "__version__",
    "analyze",
    "check",
    "exit_code",
    "load",
    "render",
]

_HOMES = {
    "__version__": "_version",
    "Query": "query",
    "analyze": "_api",
    "check": "_api",
    "exit_code": "_api",
    "Report": "report",
    "Settings": "settings",
}
"""Module of each public name that isn't an error."""

_DOORS = ("load", "render")
"""Functions that share their name with the package that does their work."""


class _Door:
    """A public function that also stands for the package of the same name.

    Python binds a subpackage to its parent under its own name when it is first imported. Without
    this, `csatkit.load` would be a function before that moment and a module after it.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    @property
    def __wrapped__(self) -> Any:
        """Return the function, also for help() and inspect.signature()."""
        return getattr(import_module("csatkit._api"), self._name)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """Return the package's names, where tools that replace them look."""
        return vars(import_module(f"csatkit.{self._name}"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(f"csatkit.{self._name}"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(import_module(f"csatkit.{self._name}"), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(import_module(f"csatkit.{self._name}"), name)


class _Package(ModuleType):
    """This package: keeps its doors when the import system binds the modules behind them."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _DOORS and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'csatkit' has no attribute {name!r}")
    value = (
        _Door(name)
        if name in _DOORS
        else getattr(import_module(f"csatkit.{_HOMES.get(name, 'errors')}"), name)
    )
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


sys.modules[__name__].__class__ = _Package
