"""The base class of entities: a mapping of attribute names to values, one object for each entity of the server."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import abc
import copy
import logging
from collections.abc import ItemsView, Iterable, Iterator, Mapping, MutableMapping, ValuesView
from typing import TYPE_CHECKING, Any, ClassVar

from ftrack_api._state.storage import CHANGEABLE, EntityState
from ftrack_api.exception import UnknownAttributeError
from ftrack_api.operation import PLAIN, UNCHANGING, frozen
from ftrack_api.symbol import NOT_SET, Symbol
from ftrack_protocol.similar import close_matches

if TYPE_CHECKING:
    from ftrack_api.attribute import Attribute, Attributes
    from ftrack_api.typing import SessionProtocol

# Any below is an attribute value, which has no narrower type before a schema is known.

# Stored values of these classes may need work before they are read: tagged dates, rows, collections, the unknown.
_STORED_DIFFERENTLY = frozenset({dict, list, tuple, Symbol})


class DynamicEntityTypeMetaclass(abc.ABCMeta):
    """Class of the entity classes, which are made from the schemas of a server."""

    def __repr__(cls) -> str:
        return f"<dynamic ftrack class '{cls.__name__}'>"


class _EntityBase(EntityState):
    """Common root of entities and of the classes mixed into them."""

    __slots__ = ()


class Entity(_EntityBase, MutableMapping[str, Any], metaclass=DynamicEntityTypeMetaclass):
    """An entity of the server, read and written like a dictionary of its attributes.

    Reading gives the value set since the last commit, else the server's last known one, else fetches it when the
    session populates automatically. Two entities are equal when type and primary key are.

    Args:
        session: Session the entity belongs to.
        data: Values by attribute name; names the type does not have are skipped, with a warning, unless the session
            is told to be strict.
        reconstructing: Whether the data come from the server, so that nothing is to be created.

    Attributes:
        session: The session.
        logger: Logger of the entity classes.
        entity_type: Name of the type.
        attributes: The attributes of the type.
        primary_key_attributes: Names of the attributes that make the key.
        default_projections: Names of the attributes a query without ``select`` asks for.
    """

    __slots__ = ()

    entity_type = "Entity"
    attributes: Attributes = None  # type: ignore[assignment]  # every class made from a schema has its own
    primary_key_attributes: ClassVar[list[str]] = []
    default_projections: ClassVar[list[str]] = []
    logger: logging.Logger = logging.getLogger(__name__)

    def __init__(
        self,
        session: SessionProtocol,
        data: Mapping[str, Any] | None = None,
        reconstructing: bool = False,  # noqa: FBT001, FBT002 - signature users know
    ) -> None:
        super().__init__()
        self.session = session
        self._begin()
        if reconstructing:
            self._reconstruct(data or {})
        else:
            self._construct(data or {})

    _standard_init = __init__

    def _construct(self, data: Mapping[str, Any]) -> None:
        """Take data as those of a new entity.

        Defaults and plain values are part of the creation; relations follow as updates, which the commit folds into
        it (client: 8). Dictionaries come last: they create entities of their own, which refer to this one.
        """
        by_name = self.attributes.by_name
        values: dict[str, Any] = {}
        uncertain: list[str] = []
        others: list[tuple[Attribute, Any]] = []
        late: list[tuple[str, Attribute, Any]] = []
        for name, value in data.items():
            attribute = by_name.get(name)
            if attribute is None:
                self._passed_over(name)
            elif attribute.starts_plainly:
                values[name] = value
                if value.__class__ not in PLAIN:
                    uncertain.append(name)
            elif attribute.kind == "value":
                others.append((attribute, value))
            else:
                late.append((name, attribute, value))
        session = self.session
        state = session._state
        # All of it, or nothing, is what a commit of another thread sees.
        with state.lock:
            local = self._start_with(values, uncertain, others, data)
            fresh = state.operations.fresh
            is_recorded = state.flags.all_record or state.flags.record_operations
            if is_recorded:
                self._learn_key()
                initial = local.copy()
                for name in uncertain:
                    initial[name] = frozen(initial[name])
                fresh.append((self, initial, tuple(uncertain)))
            for name, attribute, value in late:
                if attribute.refers_plainly and local and isinstance(value, EntityState) and value.session is session:
                    if is_recorded:
                        fresh.append((self, name, NOT_SET, value))
                    local[name] = value
                elif not attribute.is_mapping:
                    attribute.set_local_value(self, value)
        for _, attribute, value in late:
            if attribute.is_mapping:
                attribute.set_local_value(self, value)

    def _start_with(
        self,
        values: dict[str, Any],
        uncertain: list[str],
        others: list[tuple[Attribute, Any]],
        data: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Set the values of a new entity, and defaults for attributes that have none; nothing is recorded.

        Args:
            values: What can be kept as it is, by name.
            uncertain: Names of values whose class is not among `PLAIN`; those of defaults are added.
            others: Values that their attributes want to set themselves; taken over.
            data: All values by name; a default is for what is not among them.

        Returns:
            The local values.
        """
        ready, made = self.attributes.defaults
        # Given values come first, in their order, then defaults in that of the schema.
        local = self._local = {**values, **ready, **values}
        if uncertain:
            for name in uncertain:
                if local[name] is NOT_SET:
                    del local[name]
            uncertain[:] = filter(local.__contains__, uncertain)
        for name, attribute, default in made:  # functions of the entity may read what is set
            if name in data:
                continue
            value = default
            if default.__class__ not in UNCHANGING:
                value = default(self) if callable(default) else copy.copy(default)
            if not attribute.starts_plainly:
                others.append((attribute, value))
                continue
            local[name] = value
            if value.__class__ not in PLAIN:
                uncertain.append(name)
        if local:
            self.session._state.changed[id(self)] = self
        else:
            self._local = None
        if others:
            with self.session.operation_recording(False):
                for attribute, value in others:
                    attribute.set_local_value(self, value)
            local = self._local or {}
            uncertain[:] = local
        return local

    def _reconstruct(self, data: Mapping[str, Any]) -> None:
        """Take data as the server's values."""
        for name, value in data.items():
            attribute = self.attributes.get(name)
            if attribute is not None:
                attribute.set_remote_value(self, value)

    def _passed_over(self, name: str) -> None:
        """Refuse a name the type does not have, or warn of it.

        Raises:
            UnknownAttributeError: If the session is told to be strict.
        """
        if self.session.strict_attributes:
            raise self._unknown(name)
        close = close_matches(name, self.attributes.keys())
        hint = f" Did you mean {close[0]!r}?" if close else ""
        self.logger.warning("%s has no attribute %r; its value is not sent.%s", self.entity_type, name, hint)

    def _key_texts(self) -> tuple[str, ...]:
        key = self._identity[1]
        return (key,) if isinstance(key, str) else key

    def __repr__(self) -> str:
        return f"<dynamic ftrack {type(self).__name__} object {id(self)}>"

    def __str__(self) -> str:
        try:
            key = ", ".join(self._key_texts())
        except KeyError:
            key = "Unknown"
        return f"<{type(self).__name__}({key})>"

    def __hash__(self) -> int:
        name, key = self._identity
        return hash(str((name, [key] if isinstance(key, str) else list(key))))  # that of the text (client: 6)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, EntityState):
            return False
        try:
            return self._identity == other._identity
        except KeyError:
            return False

    def __getitem__(self, key: str) -> Any:
        if self._local is None:
            try:
                value = self._remote[key]  # faster than `get`, as is `type` here than ``__class__``
            except KeyError:
                value = NOT_SET
            if type(value) not in _STORED_DIFFERENTLY:
                return value
        attribute = self.attributes.by_name.get(key)
        if attribute is None:
            raise self._unknown(key)
        return attribute.get_value(self)

    _standard_getitem = __getitem__

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self.attributes.plain and value.__class__ in UNCHANGING and self._key is not None:
            # What `_change` does, for a value that nobody can change and without the time another call takes.
            state = self.session._state
            state.lock.acquire()
            try:
                local = self._local
                if local is None:
                    local = self._local = {}
                    state.changed[id(self)] = self
                if state.flags.all_record or state.flags.record_operations:
                    old = local.get(key, NOT_SET)
                    if old.__class__ in CHANGEABLE:
                        old = copy.copy(old)
                    state.operations.fresh.append((self, key, old, value))
                local[key] = value
            finally:
                state.lock.release()
            return
        attribute = self.attributes.by_name.get(key)
        if attribute is None:
            raise self._unknown(key)
        attribute.set_local_value(self, value)

    def __delitem__(self, key: str) -> None:
        attribute = self.attributes.by_name.get(key)
        if attribute is None:
            raise self._unknown(key)
        attribute.withdraw(self)

    def __contains__(self, key: object) -> bool:
        return key in self.attributes.by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self.attributes.by_name)

    def __len__(self) -> int:
        return len(self.attributes)

    @classmethod
    def _unknown(cls, key: object) -> UnknownAttributeError:
        return UnknownAttributeError(cls.entity_type, key, cls.attributes.keys())

    def values(self) -> ValuesView[Any]:
        """Return the values as a list, in the order of the schema; see `items`."""
        self._populate_unset_attributes()
        return [self[name] for name in self]  # type: ignore[return-value]  # a list, as users know it

    def items(self) -> ItemsView[str, Any]:
        """Return names and values as a list of pairs, in the order of the schema.

        Unless ``auto_populate`` is off, what is not known is fetched, relations included; then it is NOT_SET.

        Cost: one request when anything is not known.
        """
        self._populate_unset_attributes()
        return [(name, self[name]) for name in self]  # type: ignore[return-value]  # a list, as users know it

    def clear(self) -> None:
        """Return to the server's values, and withdraw the recorded changes of this entity; nothing is sent."""
        for name in list(self._local or {}):
            del self[name]

    def to_dict(self, depth: int = 0) -> dict[str, Any]:
        """Return what is known of the entity as plain JSON values, to leave the session with; never fetches.

        Args:
            depth: How many relations deep related entities are told in full; beyond, by type and key alone.

        Returns:
            ``__entity_type__`` and the known values by attribute name, in the order of the schema: dates as ISO text,
            collections as lists, metadata and custom attributes as dictionaries. What is not known is left out; name
            it in the query, or `Session.populate` it before.

        Raises:
            KeyError: If the primary key of a related entity is not known.
        """
        found: dict[str, Any] = {"__entity_type__": self.entity_type}
        with self.session.auto_populating(False):
            for attribute in self.attributes:
                if attribute.is_set(self):
                    found[attribute.name] = _plain(attribute.get_value(self), depth)
        return found

    def merge(self, entity: Any, merged: Any = None) -> list[dict[str, Any]]:
        """Take over the values another object of the same identity knows; those set locally are kept.

        Args:
            entity: The other object; it is only read.
            merged: Not used; known to old callers.

        Returns:
            One mapping per change, with ``type`` (``local_attribute`` or ``remote_attribute``), ``name``,
            ``old_value`` and ``new_value``.
        """
        del merged
        before = (dict(self._remote), dict(self._local or {}))
        self.session.merge(entity)
        after = (self._remote, self._local or {})
        return [
            {"type": kind, "name": name, "old_value": old.get(name, NOT_SET), "new_value": value}
            for kind, old, new in zip(("remote_attribute", "local_attribute"), before, after, strict=True)
            for name, value in new.items()
            if old.get(name, NOT_SET) != value
        ]

    def _populate_unset_attributes(self, *, only_plain: bool = False) -> None:
        """Fetch all values that are not known, or only those that are no relations, in one request."""
        if not self.session.auto_populate:
            return
        known = {*self._remote, *(self._local or {})}
        missing = [
            attribute.name
            for attribute in self.attributes
            if attribute.name not in known and not (only_plain and attribute.kind != "value")
        ]
        if missing:
            self.session._load_missing(self, missing)

    # Kept for subclasses and tests.

    def _populate_unset_scalar_attributes(self) -> None:
        self._populate_unset_attributes(only_plain=True)


def _plain(value: Any, depth: int) -> Any:
    """Return an attribute value as plain JSON, related entities to a depth."""
    if isinstance(value, Entity):
        if depth > 0:
            return value.to_dict(depth - 1)
        return {
            "__entity_type__": value.entity_type,
            **dict(zip(value.primary_key_attributes, value._key_texts(), strict=True)),
        }
    if isinstance(value, Mapping):
        return {name: _plain(item, depth) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(item, depth) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
