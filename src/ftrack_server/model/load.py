"""Build the data model from the packaged descriptions: inheritance, views of custom attributes, checked references."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

from ftrack_server.model.check import check_model
from ftrack_server.model.definition import (
    AnyAttribute,
    Computed,
    EntityDefinition,
    Field,
    ManyToMany,
    Rule,
    TableDefinition,
    ToOne,
)
from ftrack_server.model.description import Description, DescriptionError, TypeDescription, read
from ftrack_server.model.registry import Model

_VALUE_BASES = ("CustomAttributeValue",)
_LINK_BASES = ("CustomAttributeLink", "CustomAttributeLinkFrom")
_NAME_LISTS = ("required", "immutable", "computed")
_GROUPABLE_VALUES = frozenset({"Context", "AssetVersion", "List", "Asset"})
_WITHOUT_PROJECT = frozenset({"ListObject", "User"})
_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def load_model(object_types: Iterable[Mapping[str, Any]] | None = None) -> Model:
    """Return the data model.

    Args:
        object_types: ObjectType rows of the site; the packaged reference rows when omitted.

    Raises:
        DescriptionError: If a packaged description is faulty.

    Cost: about 30 ms the first time in a process, 2 ms afterwards.
    """
    return _static_model().with_object_types(reference_object_types() if object_types is None else object_types)


@lru_cache(maxsize=1)
def reference_object_types() -> tuple[Mapping[str, Any], ...]:
    """Return the object types that every new site starts with, in served order."""
    text = resources.files(__package__).joinpath("object_types.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


@lru_cache(maxsize=1)
def _static_model() -> Model:
    description = Description()
    folder = resources.files(__package__)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".schema"):
            read(description, entry.name, entry.read_text(encoding="utf-8"))
    order = [
        line
        for line in folder.joinpath("served.order").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return build_model(description, order)


def build_model(description: Description, order: Iterable[str]) -> Model:
    """Return the model of a description, without object types.

    Args:
        description: What the files say.
        order: Ids of the described types, in the order in which they are served.

    Raises:
        DescriptionError: For a name that means nothing, or an order that does not name each type once.
    """
    types: dict[str, EntityDefinition] = {}
    for name in description.types:
        _define(description, name, types)
    _check_views(description, types)
    named = list(order)
    if sorted(named) != sorted(types):
        there, wanted = Counter(named), Counter(list(types))
        odd = sorted((there - wanted) + (wanted - there))
        raise DescriptionError(f"served.order must name each described type once; see {', '.join(odd)}.")
    before = tuple(types[name] for name in named)
    after = (*_value_views(description.values, types), *_link_views(description.links, types))
    hidden = tuple(
        TableDefinition(
            table.name,
            table.key,
            table.columns,
            tuple(group for column in table.columns.values() for group in column.unique),
            tuple(group for column in table.columns.values() for group in column.indexes),
        )
        for table in description.tables.values()
    )
    model = Model({definition.id: definition for definition in (*before, *after)}, hidden, (before, after))
    check_model(model, description)
    return model


def _check_views(description: Description, types: Mapping[str, EntityDefinition]) -> None:
    """Check that the types exist that views are for, and those that they are views of."""
    for views, bases in ((description.values, _VALUE_BASES), (description.links, _LINK_BASES)):
        for kind, place in views.items():
            for needed in (kind, *bases):
                if needed not in types:
                    raise DescriptionError(f'{place}: a view needs the unknown type "{needed}".')


def _define(
    description: Description, name: str, types: dict[str, EntityDefinition], derived: tuple[str, ...] = ()
) -> EntityDefinition:
    """Return the definition of a type, that of its base made first; ``derived`` is how it was come by."""
    if name in types:
        return types[name]
    found = description.types[name]
    if name in derived:
        raise DescriptionError(f"{found.source}: {' < '.join((*derived, name))} derives from itself.")
    base: EntityDefinition | None = None
    if found.base:
        if found.base not in description.types:
            raise DescriptionError(f'{found.source}: {name} derives from the unknown type "{found.base}".')
        base = _define(description, found.base, types, (*derived, name))
    attributes = {key: _with_table(description, item, found.source) for key, item in found.attributes.items()}
    if base is not None:
        attributes.update({key: item for key, item in base.attributes.items() if key not in attributes})
    types[name] = _finished(found, base, attributes)
    return types[name]


def _with_table(description: Description, item: AnyAttribute, source: str) -> AnyAttribute:
    """Return a many-to-many relation with the table of the type it goes through; anything else as it is."""
    if not isinstance(item, ManyToMany) or not item.through_type:
        return item
    if item.through_type not in description.types:
        raise DescriptionError(f'{source}: {item.name} goes through the unknown type "{item.through_type}".')
    return replace(item, through=description.types[item.through_type].table)


def _finished(
    found: TypeDescription, base: EntityDefinition | None, attributes: dict[str, AnyAttribute]
) -> EntityDefinition:
    options = found.options
    lists = {
        key: options[key].split(",")
        if options.get(key)
        else [name for name, item in attributes.items() if getattr(item, key) and not item.hidden]
        for key in _NAME_LISTS
    }
    attributes = {
        name: replace(
            item,
            required=name in lists["required"],
            immutable=name in lists["immutable"],
            computed=name in lists["computed"],
        )
        for name, item in attributes.items()
    }
    key = tuple(options.get("key", "id").split(","))
    system = options["system"].split(",") if options.get("system") else []
    discriminator = base.discriminator if base else ()
    if "only" in options:
        column, _, value = options["only"].partition("=")
        discriminator = (*(pair for pair in discriminator if pair[0] != column), (column, (value,)))
    published = _published(found, key, lists, system)
    return EntityDefinition(
        found.id,
        found.table,
        found.base,
        found.meaning,
        key,
        attributes,
        discriminator,
        "abstract" in options,
        published,
        tuple(_system_attributes(system, attributes, key)),
    )


def _published(
    found: TypeDescription, key: tuple[str, ...], lists: Mapping[str, list[str]], system: list[str]
) -> dict[str, Any]:
    options = found.options
    document: dict[str, Any] = {"id": found.id}
    if "untyped" not in options:
        document["type"] = "object"
    if options.get("alias"):
        document["alias_for"] = _published_alias(options["alias"])
    if found.base:
        document["$mixin"] = {"$ref": found.base}
        if "keep_alias" in options:
            document["$mixin"]["hints"] = {"/alias_for": "preserve"}
    if "group_by" in options:
        document["metadata"] = {"group_by": True}
    document["primary_key"] = list(key)
    document.update({name: names for name, names in lists.items() if names})
    document["default_projections"] = options["defaults"].split(",") if "defaults" in options else list(key)
    if system:
        document["system_projections"] = system
    return document


def _published_alias(alias: str) -> str | dict[str, Any]:
    name, _, rest = alias.partition("(")
    if not rest:
        return name
    column, _, value = rest.rstrip(")").partition("=")
    return {"id": name, "classifiers": {column: value}}


def _system_attributes(
    system: list[str], attributes: Mapping[str, AnyAttribute], key: tuple[str, ...]
) -> Iterator[str]:
    """Yield the client names of backend names; those that no stored attribute bears are skipped (data_model: 1)."""
    for backend in system:
        wanted = "casted_value" if backend == "_casted_value" else backend
        for name, item in attributes.items():
            stored = isinstance(item, Field | Computed) and not item.hidden
            if stored and wanted in {item.backend_name, name} and name not in key:
                yield name
                break


def _value_views(owners: Iterable[str], types: Mapping[str, EntityDefinition]) -> Iterator[EntityDefinition]:
    """Yield the dense views of custom attribute values: one row for every configuration that applies to an owner."""
    for owner in owners:
        stored = types[_VALUE_BASES[0]]
        attributes: dict[str, AnyAttribute] = {
            "configuration_id": replace(stored.attributes["configuration_id"], alias="register_id"),
            "entity_id": Field(
                "entity_id",
                required=True,
                immutable=True,
                kind="fk",
                target=owner,
                on_delete="cascade",
                description=f"Foreign key(s): {owner}.id",
            ),
            "configuration": stored.attributes["configuration"],
            "key": Computed("key", json_type="string", rule=Rule("configuration_key")),
            "value": stored.attributes["value"],
        }
        published: dict[str, Any] = {"id": f"{owner}CustomAttributeValue", "type": "object"}
        if owner in _GROUPABLE_VALUES:
            published["metadata"] = {"group_by": True}
        key = ["configuration_id", "entity_id"]
        system = ["entity_id", "key", "_casted_value"]
        published.update(
            primary_key=key,
            required=key,
            immutable=key,
            default_projections=[*key, "key"],
            system_projections=system if owner in _WITHOUT_PROJECT else [*system, "project_id"],
        )
        yield EntityDefinition(
            published["id"],
            stored.table,
            "",
            f"The custom attributes of one {owner}: a row for each that applies, set or not.",
            tuple(key),
            attributes,
            published=published,
            system_attributes=("key", "value"),
        )


def _link_views(kinds: Iterable[str], types: Mapping[str, EntityDefinition]) -> Iterator[EntityDefinition]:
    """Yield the views of custom links by what stands at their other end, from either end."""
    for kind in kinds:
        for base_name, end in zip(_LINK_BASES, ("to", "from"), strict=True):
            column, teller = f"{end}_id", f"{end}_entity_type"
            base = types[base_name]
            name = f"{kind}{base_name}"
            relation = _SNAKE.sub("_", kind).lower()
            required = ["configuration_id", "from_id", "to_id", "from_entity_type", "to_entity_type", "id"]
            attributes: dict[str, AnyAttribute] = {
                key: replace(item, required=key in required) for key, item in base.attributes.items()
            }
            attributes[relation] = ToOne(relation, target=kind, columns=(column,))
            stored = ("show", "task") if kind == "Context" else (relation,)
            published = {
                "id": name,
                "type": "object",
                "$mixin": {"$ref": base_name},
                "primary_key": ["id"],
                "required": required,
                "immutable": ["id", "configuration_id"],
                "default_projections": ["id", "to_id", "to_entity_type", "configuration_id", "from_id"],
            }
            yield EntityDefinition(
                name,
                base.table,
                base_name,
                f"A custom link whose other end is a {kind}.",
                ("id",),
                attributes,
                ((teller, stored),),
                published=published,
            )
