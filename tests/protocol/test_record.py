"""Named tuples that start fast and are what `typing` makes."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from ftrack_protocol.record import Record


class Place(Record):
    """A place."""

    name: str
    size: int = 0
    parts: tuple[Unknown, ...] = ()  # noqa: F821 - never looked at

    @property
    def twice(self) -> int:
        """The size, twice."""
        return self.size * 2


class Typed(NamedTuple):
    name: str
    size: int = 0
    parts: tuple[Any, ...] = ()


def test_a_record_is_the_tuple_that_typing_makes() -> None:
    place = Place("a", size=2)

    assert place == Typed("a", 2) == ("a", 2, ())
    assert repr(place) == "Place(name='a', size=2, parts=())"
    assert place._replace(size=3).twice == 6
    assert place._asdict() == Typed("a", 2)._asdict()
    assert (Place._fields, Place._field_defaults) == (Typed._fields, Typed._field_defaults)
    assert pickle.loads(pickle.dumps(place)) == place  # noqa: S301 - our own
    assert (Place.__doc__, Place.__module__) == ("A place.", __name__)


@pytest.mark.parametrize("arguments", [(), ("a", 1, (), "more")])
def test_a_record_takes_its_parts_and_nothing_else(arguments: Any) -> None:
    with pytest.raises(TypeError):
        Place(*arguments)
    with pytest.raises(AttributeError):
        Place("a").name = "b"  # type: ignore[misc]  # what is tested
    with pytest.raises(AttributeError):
        Place("a").other = "b"  # type: ignore[attr-defined]  # as above


def test_making_records_compiles_nothing() -> None:
    program = (
        "import builtins, typing\n"
        "from ftrack_protocol.record import Record\n"
        "class Place(Record):\n"
        "    __annotations__ = {'name': 'str | None', 'size': 'int'}\n"
        "    size = 0\n"
        "import sys; print('_ast' in sys.modules, Place('a'))"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "False Place(name='a', size=0)"
