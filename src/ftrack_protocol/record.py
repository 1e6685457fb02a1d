"""Named tuples whose annotations are not looked at while a program starts.

`typing.NamedTuple` reads each annotation as source text, to check it: that takes longer than all else that makes a
class, and is what type checkers do.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["Record"]

if TYPE_CHECKING:
    from typing import NamedTuple as Record

else:

    class _RecordType(type):
        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = [namespace.pop(field) for field in fields if field in namespace]
            base = namedtuple(name, fields, defaults=defaults)  # noqa: PYI024 - what typing would make
            return type(name, (base,), {**namespace, "__slots__": ()})

    class Record(metaclass=_RecordType):
        """Base of named tuples, written as with `typing.NamedTuple`."""
