"""Parser of the description files: one line per property, one head per type, every fault with file and line.

::

    type <Id> [< Base] -> <table> | <meaning>
      : [key=a,b] [alias=X] [alias=X(column=value)] [only column=value] [abstract] [group_by] [defaults=a,b]
        [system=backend,names] [required=..] [immutable=..] [computed=..] [keep_alias] [untyped]
      <name>  <kind>  [flags]

    kind    uid string integer number boolean datetime json variable table
            fk T | fk T.attribute                      stored id of another row
            one T by column                            relation over local columns
            many T by column [as kinds | where c=v]    rows that point here
            link T by Table(here,there) [hidden]       many to many
            map T by column                            dictionary
            calc <json type> rule | calc one T rule | calc many T rule | calc fk T rule
    flags   ! required   fixed immutable   computed   =default   @backend_name   criteria   format:x   enum:a,b
            same:field   del:cascade|null|restrict   new:now|user   unique   unique(a,b)   index   index(a,b)   lower
            "description"

    values A B        a dense view of custom attribute values for each owner
    links A B         a pair of views of custom links for each kind of linked entity
    table <name> (key,columns)                         a table no client sees, with lines of stored fields

A name that starts with a dot is hidden. Lines of a type come before those it inherits. ``required``, ``immutable`` and
``computed`` follow line order unless a head spells them out, because their order is part of the schema hash.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from ftrack_server.errors import near_match
from ftrack_server.model.definition import (
    AnyAttribute,
    Computed,
    Field,
    ManyToMany,
    Mapping,
    Rule,
    ToMany,
    ToOne,
)

_WORD = re.compile(r'[=]?"(?:[^"\\]|\\.)*"|\S+')
_HEAD = re.compile(r"type (?P<id>\w+)(?: < (?P<base>\w+))? -> (?P<table>\w+) \| (?P<meaning>.+)")
_TABLE = re.compile(r"table (?P<table>\w+) \((?P<key>[\w,]+)\)")
_CALL = re.compile(r"(?P<name>\w+)(?:\((?P<arguments>[^)]*)\))?")
_STORED = ("uid", "string", "integer", "number", "boolean", "datetime", "json", "variable", "table", "fk")
_KINDS = (*_STORED, "one", "many", "link", "map", "calc")
_VALUED_OPTIONS = ("key", "alias", "only", "defaults", "system", "required", "immutable", "computed")
_PLAIN_OPTIONS = ("abstract", "group_by", "keep_alias", "untyped")


class DescriptionError(ValueError):
    """A description that cannot be read; the text starts with file and line."""


@dataclass(slots=True)
class TypeDescription:
    """What a file says of one type, before inheritance; ``places`` tells file and line of each attribute."""

    id: str
    base: str
    table: str
    meaning: str
    source: str
    options: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, AnyAttribute] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class TableDescription:
    """What a file says of a table that no client sees; ``places`` as in `TypeDescription`."""

    name: str
    key: tuple[str, ...]
    source: str
    columns: dict[str, Field] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Description:
    """Everything the files say, in their order; views by the type they are for, with file and line."""

    types: dict[str, TypeDescription] = field(default_factory=dict)
    tables: dict[str, TableDescription] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


def read(description: Description, source: str, text: str) -> None:
    """Add what a file says to a description.

    Raises:
        DescriptionError: For a line that does not follow the format, or a name that is taken.
    """
    current: TypeDescription | TableDescription | None = None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        place = f"{source}, line {number}"
        if not line.startswith(" "):
            current = _head(description, stripped, place)
        elif isinstance(current, TypeDescription) and stripped.startswith(":"):
            _add_options(current, stripped[1:], place)
        elif current is not None:
            _add_attribute(current, stripped, place)
        else:
            raise DescriptionError(f"{place}: a property stands outside any type: {stripped!r}.")


def _head(description: Description, line: str, place: str) -> TypeDescription | TableDescription | None:
    if match := _HEAD.fullmatch(line):
        if match["id"] in description.types:
            raise DescriptionError(f'{place}: type "{match["id"]}" is already described.')
        found = TypeDescription(match["id"], match["base"] or "", match["table"], match["meaning"], place)
        description.types[found.id] = found
        return found
    if match := _TABLE.fullmatch(line):
        if match["table"] in description.tables:
            raise DescriptionError(f'{place}: table "{match["table"]}" is already described.')
        table = TableDescription(match["table"], tuple(match["key"].split(",")), place)
        description.tables[table.name] = table
        return table
    kind, _, names = line.partition(" ")
    if kind not in {"values", "links"}:
        raise DescriptionError(
            f'{place}: expected "type Id -> table | Meaning", "table name (key)", "values" or "links", got {line!r}.'
        )
    (description.values if kind == "values" else description.links).update(dict.fromkeys(names.split(), place))
    return None


def _add_options(owner: TypeDescription, text: str, place: str) -> None:
    words = iter(text.split())
    for word in words:
        name, _, value = word.partition("=")
        if name == "only":
            value = next(words, "")
        if name not in {*_VALUED_OPTIONS, *_PLAIN_OPTIONS}:
            hint = near_match(name, (*_VALUED_OPTIONS, *_PLAIN_OPTIONS))
            raise DescriptionError(f'{place}: {owner.id} has the unknown option "{name}".{hint}')
        if bool(value) is not (name in _VALUED_OPTIONS) or (name == "only" and "=" not in value):
            wanted = (
                "column=value behind it" if name == "only" else "a value" if name in _VALUED_OPTIONS else "no value"
            )
            raise DescriptionError(f'{place}: the option "{name}" of {owner.id} takes {wanted}.')
        if name in owner.options:
            raise DescriptionError(f'{place}: {owner.id} already has the option "{name}".')
        owner.options[name] = value


def _add_attribute(owner: TypeDescription | TableDescription, line: str, place: str) -> None:
    words = _WORD.findall(line)
    name, hidden = words[0].removeprefix("."), words[0].startswith(".")
    if len(words) < 2:
        raise DescriptionError(f'{place}: "{name}" has no kind.')
    attribute = _attribute(name, words[1:], place)
    if name in owner.places:
        of = owner.id if isinstance(owner, TypeDescription) else owner.name
        raise DescriptionError(f'{place}: {of} already has "{name}".')
    owner.places[name] = place
    if isinstance(owner, TypeDescription):
        owner.attributes[name] = replace(attribute, hidden=hidden)
    elif isinstance(attribute, Field):
        owner.columns[name] = replace(attribute, hidden=True)
    else:
        raise DescriptionError(f'{place}: "{name}" is not stored, and a table holds stored fields only.')


def _attribute(name: str, words: list[str], place: str) -> AnyAttribute:
    kind, *rest = words
    if kind in _STORED:
        return _stored(name, kind, rest, place)
    if kind == "calc":
        return _computed(name, rest, place)
    if kind not in _KINDS:
        raise DescriptionError(f'{place}: "{name}" has the unknown kind "{kind}".{near_match(kind, _KINDS)}')
    if len(rest) < 3 or rest[1] != "by":
        raise DescriptionError(f'{place}: "{name}" needs "{kind} Type by ...", got "{" ".join(words)}".')
    target, _, by, *flags = rest
    if kind == "one":
        return ToOne(name, target=target, columns=tuple(by.split(",")), **_flags(flags, name, place))
    if kind == "map":
        return Mapping(name, target=target, column=by, **_flags(flags, name, place))
    if kind == "many":
        return _many(name, target, by, flags, place)
    call = _CALL.fullmatch(by)
    columns = (call["arguments"] or "").split(",") if call else []
    if call is None or len(columns) != 2:
        raise DescriptionError(f'{place}: "{name}" needs Table(here,there), got "{by}".')
    through_type = "" if flags[:1] == ["hidden"] else call["name"]
    flags = flags[1:] if flags[:1] == ["hidden"] else flags
    return ManyToMany(
        name,
        target=target,
        through=call["name"],
        through_type=through_type,
        here=columns[0],
        there=columns[1],
        **_flags(flags, name, place),
    )


def _many(name: str, target: str, by: str, flags: list[str], place: str) -> ToMany:
    where: tuple[tuple[str, str], ...] = ()
    parent_types: tuple[str, ...] = ()
    if flags[:1] in (["where"], ["as"]):
        condition, told, *flags = (*flags, "") if len(flags) == 1 else flags
        column, equals, value = told.partition("=")
        if not told or (condition == "where" and not (column and equals)):
            wanted = "column=value" if condition == "where" else "the stored names of what it belongs to"
            raise DescriptionError(f'{place}: "{name}" needs {wanted} behind "{condition}".')
        if condition == "where":
            where = ((column, value),)
        else:
            parent_types = tuple(told.split(","))
    return ToMany(name, target=target, column=by, where=where, parent_types=parent_types, **_flags(flags, name, place))


def _computed(name: str, words: list[str], place: str) -> Computed:
    if len(words) < 2:
        raise DescriptionError(f'{place}: "{name}" needs a type and a rule behind "calc".')
    kind, *rest = words
    target = ""
    if kind in {"one", "many", "fk"}:
        target, *rest = rest
    call = _CALL.fullmatch(rest[0]) if rest else None
    if call is None:
        raise DescriptionError(f'{place}: "{name}" has no rule.')
    arguments = tuple(filter(None, (call["arguments"] or "").split(",")))
    flags = _flags(rest[1:], name, place)
    if kind == "fk":
        flags.setdefault("description", f"Foreign key(s): {target}.id")
    return Computed(
        name,
        json_type="" if kind in {"one", "many"} else "string" if kind == "fk" else kind,
        target=target,
        many=kind == "many",
        rule=Rule(call["name"], arguments),
        **flags,
    )


def _stored(name: str, kind: str, words: list[str], place: str) -> Field:
    target, target_attribute = "", "id"
    if kind == "fk":
        if not words:
            raise DescriptionError(f'{place}: "{name}" needs the type it points to.')
        target, _, attribute = words[0].partition(".")
        target_attribute = attribute or "id"
        words = words[1:]
    flags = _flags(words, name, place)
    if kind == "fk" and not flags.get("description"):
        flags["description"] = f"Foreign key(s): {target}.{target_attribute}"
    return Field(name, kind=kind, target=target, target_attribute=target_attribute, **flags)  # type: ignore[arg-type]  # checked against _STORED


def _flags(words: list[str], name: str, place: str) -> dict[str, Any]:
    flags: dict[str, Any] = {}
    for word in words:
        key, value = _flag(word, name, place)
        if key in {"unique", "indexes"}:
            flags[key] = flags.get(key, ()) + value
        elif key in flags:
            raise DescriptionError(f'{place}: "{name}" has a second "{key}": {word}.')
        else:
            flags[key] = value
    return flags


_MARKS = {
    "!": ("required", True),
    "fixed": ("immutable", True),
    "computed": ("computed", True),
    "criteria": ("restricted", True),
    "lower": ("lower_index", True),
}


_CHOICES = {"del": ("cascade", "null", "restrict"), "new": ("now", "user")}


def _flag(word: str, name: str, place: str) -> tuple[str, Any]:
    if word in _MARKS:
        return _MARKS[word]
    if word.startswith('"'):
        return "description", _text(word, name, place)
    if word.startswith("@") and len(word) > 1:
        return "alias", word[1:]
    if word.startswith("=") and len(word) > 1:
        return "default", _text(word[1:], name, place) if word.startswith('="') else _default(word[1:])
    head, _, rest = word.partition(":")
    if rest and head in _CHOICES and rest not in _CHOICES[head]:
        raise DescriptionError(f'{place}: "{name}" has "{word}", choose from {", ".join(_CHOICES[head])}.')
    if rest and head in {"format", "del", "new", "same", "enum"}:
        return {
            "format": ("format", rest),
            "del": ("on_delete", rest),
            "new": ("create_rule", Rule(rest)),
            "same": ("synonym_of", rest),
            "enum": ("enum", tuple(rest.split(","))),
        }[head]
    call = _CALL.fullmatch(word)
    if call is None or call["name"] not in {"unique", "index"}:
        raise DescriptionError(f'{place}: "{name}" has the unknown flag "{word}".')
    columns = tuple((call["arguments"] or name).split(","))
    return ("unique" if call["name"] == "unique" else "indexes"), (columns,)


def _text(quoted: str, name: str, place: str) -> Any:
    try:
        return json.loads(quoted)
    except ValueError as error:
        raise DescriptionError(f'{place}: "{name}" has a text that cannot be read, {quoted}: {error}.') from error


def _default(text: str) -> Any:
    """Return a number, truth value or null as such, and whatever else as the text it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text
