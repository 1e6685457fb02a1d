"""Schema documents into entity classes; the methods are the hooks of plugins that make attributes of their own."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import functools
import logging
import types
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ftrack_api import attribute, entity
from ftrack_api._custom_attribute import _get_custom_attribute_configurations, create_value
from ftrack_api._custom_attribute import configurations_of as _get_entity_configurations
from ftrack_api._per_session import PerSessionDefaultKeyMaker, memoise_session
from ftrack_api.entity import base
from ftrack_api.symbol import NOT_SET
from ftrack_protocol.identifiers import Identifiers

__all__ = [
    "Factory",
    "PerSessionDefaultKeyMaker",
    "StandardFactory",
    "_get_custom_attribute_configurations",
    "_get_entity_configurations",
    "memoise_defaults",
    "memoise_session",
]

memoise_defaults = memoise_session
"""The same under another name that plugins know: a function of an entity is called once for each session."""

_DATA_TYPES = frozenset({"string", "boolean", "integer", "number", "variable", "object"})
_SPARSE_VALUES = "CustomAttributeValue"


_identifiers = Identifiers()

# Any below is a schema document, an attribute value, or an entity.


class Factory:
    """Makes entity classes of schemas.

    A subclass may override any of the ``create_*_attribute`` methods; None leaves the attribute out.
    """

    @property
    def logger(self) -> logging.Logger:
        """Logger of the class."""
        return logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")

    def create(self, schema: Mapping[str, Any], bases: Iterable[type] | None = None) -> type[base.Entity]:
        """Return the entity class of a schema.

        Args:
            schema: Schema document (protocol: 4).
            bases: Base classes; `Entity` alone when omitted.

        Raises:
            ValueError: If the schema has no id, no primary key or no properties.
        """
        missing = [key for key in ("id", "primary_key", "properties") if schema.get(key) is None]
        if missing:
            raise ValueError(f"Schema {schema.get('id')!r} has no {' and no '.join(missing)}; it makes no class.")
        name = str(schema["id"])
        immutable, computed = frozenset(schema.get("immutable") or ()), frozenset(schema.get("computed") or ())
        attributes = attribute.Attributes()
        for property_name, fragment in schema["properties"].items():
            if fragment.get("restricted_projection"):
                continue
            made = self._create_attribute(
                name,
                property_name,
                fragment,
                mutable=property_name not in immutable,
                computed=property_name in computed,
            )
            if made is not None:
                attributes.add(made)
        foreign_keys = frozenset(
            key for key, fragment in schema["properties"].items() if fragment.get("format") == "foreign_key"
        )
        namespace = {
            "__module__": base.__name__,
            "entity_type": name,
            "attributes": attributes,
            "primary_key_attributes": list(schema["primary_key"]),
            "default_projections": list(schema.get("default_projections") or ()),
            "_foreign_keys": foreign_keys,
            "_repeated": foreign_keys | _repeated(schema),
            "_faces": _faces(foreign_keys),
        }
        if not all(map(_reads_plainly, set(map(type, attributes)))):
            namespace["__getitem__"] = _read_through_attribute
        return types.new_class(name, tuple(bases or (base.Entity,)), exec_body=lambda body: body.update(namespace))

    def create_scalar_attribute(
        self,
        class_name: str,
        name: str,
        mutable: bool,  # noqa: FBT001 - signature plugins override
        computed: bool,  # noqa: FBT001 - as above
        default: Any,
        data_type: str,
    ) -> attribute.Attribute | None:
        """Return the attribute of a plain value.

        Args:
            class_name: Entity type.
            name: Name of the attribute.
            mutable: Whether it can be set once it has a value.
            computed: Whether the server works it out.
            default: Value of new entities, a function of the entity, or NOT_SET.
            data_type: string, boolean, integer, float, datetime, variable or object.
        """
        del class_name
        return attribute.ScalarAttribute(
            name, data_type=data_type, default_value=default, mutable=mutable, computed=computed
        )

    def create_reference_attribute(
        self,
        class_name: str,
        name: str,
        mutable: bool,  # noqa: FBT001 - signature plugins override
        reference: str,
    ) -> attribute.Attribute | None:
        """Return the attribute of a reference to one entity.

        Args:
            class_name: Entity type.
            name: Name of the attribute.
            mutable: Whether it can be set once it has a value.
            reference: Type of the entity, or one it is derived from.
        """
        del class_name
        return attribute.ReferenceAttribute(name, reference, mutable=mutable)

    def create_collection_attribute(
        self,
        class_name: str,
        name: str,
        mutable: bool,  # noqa: FBT001 - signature plugins override
    ) -> attribute.Attribute | None:
        """Return the attribute of a collection of entities.

        Args:
            class_name: Entity type.
            name: Name of the attribute.
            mutable: Whether it can be set once it has a value, and its value be changed.
        """
        del class_name
        return attribute.CollectionAttribute(name, mutable=mutable)

    def create_mapped_collection_attribute(
        self,
        class_name: str,
        name: str,
        mutable: bool,  # noqa: FBT001 - signature plugins override
        reference: str,
    ) -> attribute.Attribute | None:
        """Return None: what a dictionary of entities means is for subclasses to know.

        Args:
            class_name: Entity type.
            name: Name of the attribute.
            mutable: Whether it can be set once it has a value, and its value be changed.
            reference: Type of the entities.
        """
        del mutable
        self.logger.debug("Leaving out %s.%s: nothing is known of dictionaries of %s.", class_name, name, reference)
        return None

    def _create_attribute(
        self, class_name: str, name: str, fragment: Mapping[str, Any], *, mutable: bool, computed: bool
    ) -> attribute.Attribute | None:
        data_type = fragment.get("type")
        if data_type in _DATA_TYPES:
            kind = "datetime" if fragment.get("format") == "date-time" else data_type
            default = _default(fragment)
            return self.create_scalar_attribute(
                class_name, name, mutable, computed, default, "float" if kind == "number" else str(kind)
            )
        if data_type == "array":
            return self.create_collection_attribute(class_name, name, mutable)
        reference = fragment.get("$ref") or (fragment.get("items") or {}).get("$ref")
        if data_type == "mapped_array" and reference:
            return self.create_mapped_collection_attribute(class_name, name, mutable, str(reference))
        if reference and data_type is None:
            return self.create_reference_attribute(class_name, name, mutable, str(reference))
        self.logger.debug("Leaving out %s.%s: nothing is known of type %r.", class_name, name, data_type)
        return None


class StandardFactory(Factory):
    """Makes entity classes that can do what their type can: create notes, start timers and the like."""

    # Modules of entities and classes in them; a module is loaded with the first entity that needs it.
    _by_type: ClassVar[dict[str, tuple[str, str]]] = {
        "AssetVersion": ("asset_version", "AssetVersion"),
        "Job": ("job", "Job"),
        "Location": ("location", "Location"),
        "Note": ("note", "Note"),
        "ProjectSchema": ("project_schema", "ProjectSchema"),
        "User": ("user", "User"),
    }
    _by_attribute: ClassVar[dict[str, tuple[str, str]]] = {
        "notes": ("note", "CreateNoteMixin"),
        "thumbnail_id": ("component", "CreateThumbnailMixin"),
    }

    def create(self, schema: Mapping[str, Any], bases: Iterable[type] | None = None) -> type[base.Entity]:
        """Return the entity class of a schema.

        The class of the type comes first, then the bases given, then what an attribute such as ``notes`` brings.
        """
        found = list(bases or ())
        name = str(schema.get("id"))
        own = ("component", "Component") if name.endswith("Component") else self._by_type.get(name)
        if own is not None:
            found.insert(0, _class_of(*own))
        if not any(issubclass(item, base.Entity) for item in found):
            found.append(base.Entity)
        properties = schema.get("properties") or {}
        found += [_class_of(*place) for name, place in self._by_attribute.items() if name in properties]
        return super().create(schema, bases=list(dict.fromkeys(found)))

    def create_mapped_collection_attribute(
        self,
        class_name: str,
        name: str,
        mutable: bool,  # noqa: FBT001 - signature plugins override
        reference: str,
    ) -> attribute.Attribute | None:
        """Return the attribute of metadata or of custom attributes; None for anything else."""
        if reference == "Metadata":
            return attribute.KeyValueMappedCollectionAttribute(name, _create_metadata, "key", "value", mutable=mutable)
        if reference == _SPARSE_VALUES:
            return attribute.CustomAttributeCollectionAttribute(name, mutable=mutable)
        if reference.endswith(_SPARSE_VALUES):
            creator = functools.partial(create_value, reference)
            return attribute.KeyValueMappedCollectionAttribute(
                name, creator, "key", "value", mutable=mutable, removable=False
            )
        return super().create_mapped_collection_attribute(class_name, name, mutable, reference)


def _class_of(module: str, name: str) -> type:
    """Return a class of the modules of entities."""
    found: type = getattr(getattr(entity, module), name)
    return found


def _create_metadata(proxy: Any, data: Mapping[str, Any]) -> Any:
    """Return a new metadata entity of the owner of a mapping."""
    owner = proxy.collection.entity
    parent = {"parent_id": owner._key_texts()[0], "parent_type": owner.entity_type}
    return owner.session.create("Metadata", {**data, **parent})


def _default(fragment: Mapping[str, Any]) -> Any:
    """Return the default value of an attribute: a function where each entity needs one of its own."""
    default = fragment.get("default", NOT_SET)
    return _new_id if default == "{uid}" else default


def _repeated(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the texts that every row comes with beside its key, such as ``context_type``: they are few."""
    always = frozenset(schema.get("system_projections") or ()).difference(schema["primary_key"])
    return frozenset(name for name in always if schema["properties"].get(name, {}).get("type") == "string")


def _faces(foreign_keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the attributes that tell one value, by either: ``status`` with ``status_id``, and the reverse."""
    pairs = [(name, name.removesuffix("_id")) for name in foreign_keys]
    return {
        **{relation: (relation, name) for name, relation in pairs},
        **{name: (name, other) for name, other in pairs},
    }


def _new_id(entity: Any) -> str:
    del entity
    return _identifiers.new()


def _reads_plainly(kind: type[attribute.Attribute]) -> bool:
    """Return whether a stored plain value of attributes of a class is what reading gives."""
    return kind.get_value in _PLAIN_READS and kind.get_remote_value in _PLAIN_REMOTE_READS


_PLAIN_READS = frozenset({attribute.Attribute.get_value, attribute.AbstractCollectionAttribute.get_value})
_PLAIN_REMOTE_READS = frozenset(
    {
        attribute.Attribute.get_remote_value,
        attribute.ReferenceAttribute.get_remote_value,
        attribute.AbstractCollectionAttribute.get_remote_value,
    }
)


def _read_through_attribute(self: base.Entity, key: str) -> Any:
    """Read a value by way of its attribute: the ``__getitem__`` of classes with attributes that read differently."""
    found = self.attributes.get(key)
    if found is None:
        raise self._unknown(key)
    return found.get_value(self)
