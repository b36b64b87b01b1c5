"""What the package offers is what it lists."""

from __future__ import annotations

from types import ModuleType

import pytest

import csatkit

# Names that a module needs for its own typing; nobody imports them from here.
_NOT_OURS = {"TYPE_CHECKING", "Any", "annotations"}


def test_all_is_sorted_and_complete() -> None:
    public = {
        name
        for name in dir(csatkit)
        if not name.startswith("_") and not isinstance(getattr(csatkit, name), ModuleType)
    }
    listed = [name for name in csatkit.__all__ if not name.startswith("_")]
    assert list(csatkit.__all__) == sorted(csatkit.__all__)
    assert set(listed) == public - _NOT_OURS


@pytest.mark.parametrize("name", csatkit.__all__)
def test_every_listed_name_exists(name: str) -> None:
    assert getattr(csatkit, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = csatkit.no_such_name
