"""Schema documents into Python that type checkers read: one class for each entity type, its attributes as overloads.

An entity is read by name, so each class has overloads of ``__getitem__`` with the literal names: editors complete them
and checkers refuse others. A type that others derive from takes any name besides, since an entity found by way of it,
such as the parent of a task, has the attributes of its own type.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from typing import Any

from ftrack_api.entity.base import Entity
from ftrack_api.entity.factory import StandardFactory

# Any below is a schema document or a fragment of one.

_SCALARS = {"string": "str", "boolean": "bool", "integer": "int", "number": "float", "object": "dict[str, _t.Any]"}
_LINKS = frozenset({"link", "_link"})  # declared as texts, answered as lists
_ANYTHING = "_t.Any"
_RESERVED = frozenset({"Session", "Result", "Entities"})

_HEAD = '''\
# mypy: disable-error-code="override, misc, overload-overlap"
# pyright: reportIncompatibleMethodOverride=false, reportOverlappingOverload=false
"""Entity types of {address}, for type checkers and editors.

Written by ``ftrack types`` and overwritten by it; the session is ``ftrack_api.Session`` itself.
"""

import datetime as _datetime
import typing as _t
from collections import abc as _abc

import arrow as _arrow
import ftrack_api as _ftrack_api
import ftrack_api.collection as _collection
import ftrack_api.entity.base as _base
import ftrack_api.query as _query
{modules}
_T = _t.TypeVar("_T")

class Result(_query.QueryResult, _t.Generic[_T]):
    @_t.overload
    def __getitem__(self, index: int) -> _T: ...
    @_t.overload
    def __getitem__(self, index: slice) -> list[_T]: ...
    def __iter__(self) -> _abc.Iterator[_T]: ...
    def all(self) -> list[_T]: ...
    def one(self) -> _T: ...
    def first(self) -> _T | None: ...

class Entities(_collection.Collection, _t.Generic[_T]):
    @_t.overload
    def __getitem__(self, index: int) -> _T: ...
    @_t.overload
    def __getitem__(self, index: slice) -> _t.Any: ...
    def __iter__(self) -> _abc.Iterator[_T]: ...

'''

# The text of a verb, and what it gives for the name of a type and for any other text.
_SESSION_VERBS = (
    (
        """\
    @_t.overload
    def query(self, expression: {name}, page_size: int = ..., **parameters: _t.Any) -> {result}: ...
""",
        "Result[{}]",
        "_query.QueryResult",
    ),
    (
        """\
    @_t.overload
    def get(self, entity_type: {name}, entity_key: _t.Any) -> {result}: ...
""",
        "{} | None",
        _ANYTHING,
    ),
    (
        """\
    @_t.overload
    def create(
        self, entity_type: {name}, data: _abc.Mapping[str, _t.Any] | None = ..., reconstructing: bool = ...
    ) -> {result}: ...
""",
        "{}",
        _ANYTHING,
    ),
    (
        """\
    @_t.overload
    def ensure(
        self, entity_type: {name}, data: _abc.Mapping[str, _t.Any], identifying_keys: _abc.Iterable[str] | None = ...
    ) -> {result}: ...
""",
        "{}",
        _ANYTHING,
    ),
)

_RUNTIME = '''\
"""Entity types of {address}; what checkers and editors read is in ``__init__.pyi``.

Written by ``ftrack types`` and overwritten by it. The session is ``ftrack_api.Session`` itself; the names of entity
types are there for annotations and stand for the class of all entities.
"""

from ftrack_api import Session
from ftrack_api.entity.base import Entity as _Entity

__all__ = ["Session"]

_NAMES = frozenset(
    """
{names}
    """.split()
)


def __getattr__(name: str) -> object:
    if name in _NAMES:
        return _Entity
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
'''


def render_runtime(schemas: Iterable[Mapping[str, Any]], address: str) -> str:
    """Return the text of the module that is imported when a program runs.

    Args:
        schemas: Schema documents of the site.
        address: Address of the site.
    """
    return _RUNTIME.format(address=_plain(address), names="\n".join(f"    {name}" for name in sorted(_known(schemas))))


def render_stub(schemas: Iterable[Mapping[str, Any]], address: str, *, optional: bool = False) -> str:
    """Return the text of the stub that type checkers and editors read.

    Args:
        schemas: Schema documents of the site. Types and attributes whose names are no names in Python, or would change
            the meaning of the module, are left out.
        address: Address of the site.
        optional: Whether values that the site does not require may be None; else no value is said to be None, though
            some are.
    """
    known = _known(schemas)
    bases = {name: _base(schema) for name, schema in known.items()}
    parts: list[str] = []
    modules: set[str] = set()
    for name in _in_order(bases):
        mixins = _mixins(known[name], known.get(bases[name]))
        modules.update(mixin.__module__ for mixin in mixins)
        entities = [_qualified(mixin) for mixin in mixins if issubclass(mixin, Entity)]
        base = [bases[name]] if bases[name] in known else [] if entities else ["_base.Entity"]
        others = [_qualified(mixin) for mixin in mixins if not issubclass(mixin, Entity)]
        written = _Class(name, known[name], known, is_open=name in bases.values(), optional=optional)
        parts.append(written.text([*entities, *base, *others]))
    imports = "".join(f"import {module} as {_alias(module)}\n" for module in sorted(modules))
    return _HEAD.format(address=_plain(address), modules=imports) + "\n".join([*parts, _session(sorted(known))])


def _alias(module: str) -> str:
    return "_" + module.replace(".", "_")


def _qualified(found: type) -> str:
    return f"{_alias(found.__module__)}.{found.__qualname__}"


class _Class:
    """The text of one class."""

    def __init__(
        self, name: str, schema: Mapping[str, Any], known: Mapping[str, Any], *, is_open: bool, optional: bool
    ) -> None:
        self._name = name
        self._schema = schema
        self._known = known
        self._is_open = is_open
        self._optional = optional

    def text(self, bases: list[str]) -> str:
        """Return the class with the bases given."""
        readable: dict[str, list[str]] = {}
        writable: dict[str, list[str]] = {}
        immutable, required = (frozenset(self._schema.get(key) or ()) for key in ("immutable", "required"))
        for name, fragment in self._schema["properties"].items():
            if fragment.get("restricted_projection") or '"' in name or "\\" in name or not name.isprintable():
                continue
            read, write = self._types(name, fragment)
            if self._optional and name not in required and read != _ANYTHING and fragment.get("type") not in _MANY:
                read = f"{read} | None"
            readable.setdefault(read, []).append(name)
            if name not in immutable:
                writable.setdefault(write, []).append(name)
        lines = [f"class {self._name}({', '.join(dict.fromkeys(bases))}):"]
        lines += self._overloads("__getitem__", [(f"key: {_literal(n)}", read) for read, n in readable.items()], "str")
        lines += self._overloads(
            "__setitem__", [(f"key: {_literal(n)}, value: {write}", "None") for write, n in writable.items()], "str"
        )
        return "\n".join(lines) + "\n"

    def _overloads(self, method: str, signatures: list[tuple[str, str]], anything: str) -> list[str]:
        if self._is_open:
            value = ", value: _t.Any" if method == "__setitem__" else ""
            signatures = [*signatures, (f"key: {anything}{value}", "None" if value else _ANYTHING)]
        if not signatures:
            return [f"    def {method}(self, key: _t.NoReturn, value: _t.NoReturn) -> None: ..."]
        if len(signatures) == 1:
            arguments, result = signatures[0]
            return [f"    def {method}(self, {arguments}) -> {result}: ..."]
        lines = []
        for arguments, result in signatures:
            lines += ["    @_t.overload", f"    def {method}(self, {arguments}) -> {result}: ..."]
        return lines

    def _types(self, name: str, fragment: Mapping[str, Any]) -> tuple[str, str]:
        """Return what reading an attribute gives, and what may be assigned to it."""
        data_type = fragment.get("type")
        target: str | None = fragment.get("$ref") or (fragment.get("items") or {}).get("$ref")
        item = target if target is not None and target in self._known else "_base.Entity"
        if name in _LINKS:
            return "list[dict[str, str]]", _ANYTHING
        if data_type == "mapped_array":
            value = "str" if target == "Metadata" else _ANYTHING
            return f"_abc.MutableMapping[str, {value}]", f"_abc.Mapping[str, {value}]"
        if data_type == "array":
            return f"Entities[{item}]", f"_abc.Iterable[{item}]"
        if target:
            return item, f"{item} | None"
        if fragment.get("format") == "date-time":
            return "_arrow.Arrow", "_arrow.Arrow | _datetime.datetime | None"
        found = _SCALARS.get(str(data_type), _ANYTHING)
        return found, found if found == _ANYTHING else f"{found} | None"


_MANY = frozenset({"array", "mapped_array"})


def _session(names: list[str]) -> str:
    """Return the session, whose verbs give entities of the type they are told."""
    lines = ["class Session(_ftrack_api.Session):\n"]
    for verb, result, anything in _SESSION_VERBS:
        lines += [verb.format(name=f'_t.Literal["{name}"]', result=result.format(name)) for name in names]
        lines.append(verb.format(name="str", result=anything))
    return "".join(lines)


def _known(schemas: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the schemas that make a class, by name."""
    return {
        str(schema["id"]): schema
        for schema in schemas
        if schema.get("properties") and schema.get("primary_key") and _is_name(str(schema.get("id")))
    }


def _is_name(text: str) -> bool:
    """Return whether a text can name a class of the module."""
    return (
        text.isascii()
        and text.isidentifier()
        and not keyword.iskeyword(text)
        and not (text.startswith("_") or text in _RESERVED)
    )


def _base(schema: Mapping[str, Any]) -> str:
    return str((schema.get("$mixin") or {}).get("$ref", ""))


def _in_order(bases: Mapping[str, str]) -> list[str]:
    """Return the names sorted, each after the one it derives from."""
    result: list[str] = []
    for name in sorted(bases):
        chain = [name]
        while bases[chain[-1]] in bases and bases[chain[-1]] not in chain:
            chain.append(bases[chain[-1]])
        result += [link for link in reversed(chain) if link not in result]
    return result


def _mixins(schema: Mapping[str, Any], base: Mapping[str, Any] | None) -> list[type]:
    """Return the classes that give entities of a type what they can do, those its base type has left out."""
    inherited = () if base is None else StandardFactory().create(base).__mro__
    found = StandardFactory().create(schema).__bases__
    return [mixin for mixin in found if mixin is not Entity and mixin not in inherited]


def _literal(names: list[str]) -> str:
    return "_t.Literal[{}]".format(", ".join(f'"{name}"' for name in names))


def _plain(text: str) -> str:
    """Return a text that cannot end the docstring it is put into."""
    return text.replace("\\", "/").replace('"', "'")
