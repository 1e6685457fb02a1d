"""What all attributes of entities share: local and remote values, and the container that holds a type's attributes."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal, TypeAlias

from ftrack_api import exception
from ftrack_api._state.storage import from_wire
from ftrack_api.operation import PLAIN
from ftrack_api.symbol import NOT_SET
from ftrack_protocol.record import Record

# Any below is an entity or an attribute value: text, number, flag, date, entity, collection or JSON.

AttributeKind: TypeAlias = Literal["value", "reference", "collection"]


class Defaults(Record):
    """What new entities of a type start with.

    Attributes:
        ready: Values by name that are the same for all; NOT_SET for those that are `made` and then kept as they are.
        made: Name, attribute and default of what is made for each, or set by the attribute itself.
    """

    ready: dict[str, Any]
    made: list[tuple[str, Attribute, Any]]


class Attributes:
    """The attributes of a type by name, in the order of the schema.

    Attributes:
        by_name: The attributes.
        plain: Names of those that take no more to be set than keeping and recording the value.
    """

    def __init__(self, attributes: Iterable[Attribute] | None = None) -> None:
        self.by_name: dict[str, Attribute] = {}
        self.plain: set[str] = set()
        self._defaults = Defaults({}, [])
        self._revision = -1
        for attribute in attributes or ():
            self.add(attribute)

    def add(self, attribute: Attribute) -> None:
        """Add an attribute.

        Raises:
            NotUniqueError: If there is one of this name.
        """
        name = attribute.name
        if name in self.by_name:
            raise exception.NotUniqueError(f'An attribute "{name}" exists already.')
        self.by_name[name] = attribute
        if attribute.sets_plainly:
            self.plain.add(name)
        self._revision = -1

    def remove(self, attribute: Attribute) -> None:
        """Remove the attribute of the same name.

        Raises:
            KeyError: If there is none.
        """
        del self.by_name[attribute.name]
        self.plain.discard(attribute.name)
        self._revision = -1

    @property
    def defaults(self) -> Defaults:
        """What new entities start with, in the order of the schema; looked for again when a default changes."""
        revision = Attribute.revision
        if self._revision != revision:
            found = Defaults({}, [])
            for name, attribute in self.by_name.items():
                default = attribute.default_value
                if default is NOT_SET:
                    continue
                is_ready = attribute.starts_plainly and default.__class__ in PLAIN
                if attribute.starts_plainly:
                    found.ready[name] = default if is_ready else NOT_SET
                if not is_ready:
                    found.made.append((name, attribute, default))
            self._defaults, self._revision = found, revision
        return self._defaults

    def get(self, name: str) -> Any:
        """Return the attribute of a name, or None."""
        return self.by_name.get(name)

    def keys(self) -> list[str]:
        """Return the names."""
        return list(self.by_name)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, Attribute) and item.name in self.by_name

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)


class Attribute:
    """One attribute of an entity type.

    Args:
        name: Name of the attribute.
        default_value: Value of a new entity, or a function of the entity that returns it; NOT_SET for none.
        mutable: Whether it can be set again once it has a value.
        computed: Whether the server works the value out.

    Attributes:
        kind: Whether it holds a plain value, an entity or several.
        is_mapping: Whether several are read as a dictionary.
        sets_plainly: Whether setting a value takes no more than keeping and recording it.
        starts_plainly: Whether the value of a new entity is kept as it is given.
        refers_plainly: Whether a reference to an entity of the same session is kept and recorded as it is given.
        revision: How often a default of any attribute was changed.
    """

    kind: ClassVar[AttributeKind] = "value"
    is_mapping: ClassVar[bool] = False
    sets_plainly: bool = False
    starts_plainly: bool = False
    refers_plainly: bool = False
    revision: ClassVar[int] = 0

    def __init__(self, name: str, default_value: Any = NOT_SET, mutable: bool = True, computed: bool = False) -> None:  # noqa: FBT001, FBT002 - signature users know
        self._name = name
        self._mutable = mutable
        self._computed = computed
        self.starts_plainly = type(self).set_local_value is Attribute.set_local_value
        self.sets_plainly = mutable and self.starts_plainly
        self._default_value = default_value

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__}({self.name}) object at {id(self)}>"

    @property
    def name(self) -> str:
        """Name of the attribute."""
        return self._name

    @property
    def default_value(self) -> Any:
        """Value of a new entity, or a function of the entity that returns it; NOT_SET for none."""
        return self._default_value

    @default_value.setter
    def default_value(self, value: Any) -> None:
        self._default_value = value
        Attribute.revision += 1

    @property
    def mutable(self) -> bool:
        """Whether it can be set again once it has a value."""
        return self._mutable

    @property
    def computed(self) -> bool:
        """Whether the server works the value out."""
        return self._computed

    def get_entity_storage(self, entity: Any) -> dict[str, dict[str, Any]]:
        """Return the values of an entity by attribute name, each as ``{"local": value, "remote": value}``: a copy."""
        storage: dict[str, dict[str, Any]] = entity._ftrack_attribute_storage
        return storage

    def get_value(self, entity: Any) -> Any:
        """Return the local value, else the remote one, fetched when the session populates automatically.

        Returns:
            NOT_SET if there is neither, as for an entity that is not on the server yet.

        Raises:
            KeyError: If it would have to be fetched and the primary key of the entity is not known.
            ServerError: If the server refuses or cannot be reached.

        Cost: one request when it is not known, for the siblings of the entity too where the session does so.
        """
        local = entity._local
        if local is not None:
            value = local.get(self._name, NOT_SET)
            if value is not NOT_SET:
                return value
        value = self.get_remote_value(entity)
        if value is NOT_SET and entity.session.auto_populate:
            self.populate_remote_value(entity)
            value = self.get_remote_value(entity)
        return value

    def get_local_value(self, entity: Any) -> Any:
        """Return the local value or NOT_SET."""
        return NOT_SET if entity._local is None else entity._local.get(self._name, NOT_SET)

    def get_remote_value(self, entity: Any) -> Any:
        """Return the remote value as far as it is known, else NOT_SET; never fetches."""
        raw = entity._remote.get(self._name, NOT_SET)
        if type(raw) is not dict:
            return raw
        value = from_wire(raw)
        if value is not raw:
            with entity.session._state.lock:  # an answer that another thread merges meanwhile is newer
                if entity._remote.get(self._name) is raw:
                    entity._remote[self._name] = value
        return value

    def set_local_value(self, entity: Any, value: Any) -> None:
        """Set the local value; recorded as an operation when the session records.

        NOT_SET withdraws the local value and the operations that would have sent it.

        Raises:
            ImmutableAttributeError: If the attribute is read-only and has a value.
            KeyError: If the primary key of the entity is not known.
        """
        if value is NOT_SET:
            self.withdraw(entity)
            return
        if not self._mutable and self.is_set(entity):
            raise exception.ImmutableAttributeError(self)
        entity._change(self._name, value)

    def set_remote_value(self, entity: Any, value: Any) -> None:
        """Set what counts as the server's value; never recorded. NOT_SET makes it unknown."""
        if value is NOT_SET:
            entity._remote.pop(self._name, None)
        else:
            entity._remote[self._name] = value

    def populate_remote_value(self, entity: Any) -> None:
        """Fetch the value, for the siblings of the entity too where the session does so."""
        entity.session._load_missing(entity, [self._name])

    def projections(self, session: Any) -> list[str]:
        """Return what a query has to project to learn the value."""
        del session
        return [self._name]

    def withdraw(self, entity: Any) -> None:
        """Return to the remote value, and take the attribute out of the recorded operations."""
        state = entity.session._state
        with state.lock:
            entity._drop_local(self._name, state)
            if entity.session.record_operations and entity._key is not None:
                state.operations.withdraw(entity._identity, self._name)

    def is_modified(self, entity: Any) -> bool:
        """Return whether there is a local value that differs from the known remote one; never fetches."""
        local = self.get_local_value(entity)
        return local is not NOT_SET and bool(local != self.get_remote_value(entity))

    def is_set(self, entity: Any) -> bool:
        """Return whether there is a local or a remote value."""
        return self.get_local_value(entity) is not NOT_SET or self._name in entity._remote
