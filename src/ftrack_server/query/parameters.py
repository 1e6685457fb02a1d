"""Values of a query text that a plan leaves open: what reads them when it runs, and under which name.

The compiler leaves a value open where nothing but a parameter of the statement depends on it. Whatever it does not
leave open is part of the plan, so to forget it here costs time and is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftrack_server.query.texts import value_of, values_of
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from ftrack_protocol.query.ast import Value

Reader = Callable[[str], Any]


@dataclass(slots=True)
class Parameters:
    """The open values of one plan.

    Attributes:
        kind: Which database the plan is for.
        places: Which value of the text starts where, as `Text.at` says.
        readers: By number of a value, what makes a parameter of it as it is written.
    """

    kind: str
    places: Mapping[int, int] = field(default_factory=dict)
    readers: dict[int, Reader] = field(default_factory=dict)

    def leave_open(self, value: Value, read: Callable[[str], str] = str) -> str | None:
        """Return the name of the parameter for a value, None when it is not one that can be left open.

        Args:
            value: A value of the query.
            read: Makes the parameter from its text; raises `ValueError` for a text that the query cannot have.
        """
        number = self.places.get(value.offset)
        if number is None or not value.quoted:
            return None
        self.readers[number] = lambda written: read(value_of(written))
        return f"value_{number}"

    def leave_list_open(self, values: Sequence[Value], read: Callable[[str], str] = str) -> str | None:
        """Return the name of the parameter for a list, for `dialect.member`; None when it cannot be left open."""
        number = self.places.get(values[0].offset)
        if number is None or len(values) == 1:
            return None
        kind = self.kind
        if read is str:
            self.readers[number] = lambda written: dialect.member_values(values_of(written), kind)
        else:
            self.readers[number] = lambda written: dialect.member_values([*map(read, values_of(written))], kind)
        return f"value_{number}"


def read_values(readers: Mapping[int, Reader], values: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of a plan by name.

    Raises:
        ValueError: For a value that the query cannot have.
    """
    return {f"value_{number}": read(values[number]) for number, read in readers.items()}
