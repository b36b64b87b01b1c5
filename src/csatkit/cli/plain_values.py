"""What the parser hands on, without the validator that it would load for it.

Typer validates every value with Pydantic, whose import takes a tenth of a second. All values here
are texts, lists of texts or switches, which the parser has already told apart; what they mean is
read in `config`. Anything else still goes the parser's own way.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

__all__ = ["pass_on"]


def pass_on(parameters: Iterable[Any]) -> list[Any]:
    """Let parameters hand on what was typed; return them."""
    parameters = list(parameters)
    for parameter in parameters:
        if not isinstance(parameter.process_value, partial):
            parameter.process_value = partial(_process, parameter, parameter.process_value)
    return parameters


def _process(parameter: Any, otherwise: Any, context: Any, value: Any) -> Any:
    if value is None and not parameter.required:
        value = () if parameter.multiple else None
    elif parameter.multiple and _type(parameter) == list[str] and isinstance(value, list | tuple):
        value = list(value)
    elif parameter.multiple or _type(parameter) is not str or not isinstance(value, str):
        return otherwise(context, value)
    return value if parameter.callback is None else parameter.callback(context, parameter, value)


def _type(parameter: Any) -> Any:
    return getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
