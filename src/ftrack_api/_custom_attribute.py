"""Custom attributes: which configurations apply to an entity, and the mappings that read and write their values.

A server stores the values in one of two ways (protocol: 3.9). Dense: the entity comes with a value for every
configuration that applies, as `KeyValueMappedCollectionProxy`. Sparse, on old servers: only values that were set come,
and the client knows keys and defaults from the configurations, as `CustomAttributeCollectionProxy`.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ftrack_api import inspection
from ftrack_api._mapped_collection import MappedCollectionProxy
from ftrack_api.symbol import CREATED, NOT_SET
from ftrack_protocol.record import Record
from ftrack_protocol.similar import close_matches

if TYPE_CHECKING:
    from ftrack_api._mapped_collection import KeyValueMappedCollectionProxy
    from ftrack_api.typing import EntityProtocol, SessionProtocol

CONFIGURATIONS = (
    "select key, project_id, id, object_type_id, entity_type, is_hierarchical, default "
    "from CustomAttributeConfiguration"
)
_HIERARCHICAL = frozenset({"task", "show", "asset", "assetversion"})
_LISTS = frozenset({"List", "TypedContextList", "AssetVersionList"})

# Any below is an entity or an attribute value.


class Scope(Record):
    """What decides which configurations apply to an entity.

    Attributes:
        entity_type: As configurations name it: ``task``, ``show``, ``asset``, ``assetversion``, ``user`` or ``list``.
        project_id: Project the entity belongs to, or None.
        object_type_id: Object type of a typed context, or None.
    """

    entity_type: str
    project_id: Any = None
    object_type_id: Any = None


def scope_of(entity: EntityProtocol) -> Scope:
    """Return the scope of an entity; fetches what of its project is not known.

    Raises:
        ValueError: If entities of this type have no custom attributes.
    """
    name = entity.entity_type
    if "object_type_id" in entity:
        return Scope("task", _project_of(entity), entity["object_type_id"])
    if name == "AssetVersion":
        asset = entity["asset"]
        return Scope("assetversion", asset and _project_of(asset["parent"]))
    if name == "Asset":
        return Scope("asset", _project_of(entity["parent"]))
    if name == "Project":
        return Scope("show", entity["id"])
    if name == "User":
        return Scope("user")
    if name in _LISTS:
        return Scope("list", entity["project_id"] or None)
    raise ValueError(f"{name} has no custom attributes: contexts, assets, versions, lists and users have.")


def configurations_of(entity: EntityProtocol) -> list[Any]:
    """Return the configurations that apply to an entity, those of its project first.

    Cost: one request per session for all configurations, and what `scope_of` costs.
    """
    return _matching(scope_of(entity), _get_custom_attribute_configurations(entity.session))


def create_value(value_type: str, proxy: KeyValueMappedCollectionProxy, data: dict[str, Any]) -> Any:
    """Return the value entity for a key that a dense mapping does not hold, ready to be sent as an update.

    Servers make value entities themselves, so only the value is sent (client: 9).

    Args:
        value_type: Entity type of the values.
        proxy: The mapping.
        data: ``key`` and ``value``.

    Raises:
        KeyError: If the owner exists on the server: it came with all keys it can have.
        ValueError: If no configuration of this key applies to the owner.
    """
    owner, key = proxy.collection.entity, data["key"]
    if inspection.state(owner) is not CREATED:
        raise KeyError(f'{owner.entity_type} has no custom attribute "{key}".{_hint(key, proxy)}')
    configuration = _of_key(key, owner.session, lambda: configurations_of(owner))
    if configuration is None:
        known = [item["key"] for item in configurations_of(owner)]
        raise ValueError(f'No custom attribute "{key}" is configured for {owner.entity_type}.{_hint(key, known)}')
    session, owner_key = owner.session, inspection.identity(owner)[1][0]
    identifiers = {"key": key, "configuration_id": configuration["id"], "entity_id": owner_key}
    item = session.create(value_type, identifiers, reconstructing=True)
    item["value"] = data["value"]
    return item


class CustomAttributeCollectionProxy(MappedCollectionProxy):
    """The sparse custom attributes of one entity, by key; what was never set has the configuration's default."""

    key_attribute = "configuration_id"
    value_attribute = "value"

    def get_configuration_id_from_key(self, key: str) -> str:
        """Return the id of the configuration of a key.

        Raises:
            KeyError: If no configuration of this key applies to the entity.
        """
        return str(self._configuration(key)["id"])

    def is_stored(self, key: str) -> bool:
        """Return whether the entity has a value of its own for a key, in place of the configuration's default.

        Raises:
            KeyError: If no configuration of this key applies to the entity.
        """
        return self._get_entity_by_key(key) is not None

    def __getitem__(self, key: str) -> Any:
        configuration = self._configuration(key)
        stored = self._get_entity_by_key(key)
        value = configuration["default"] if stored is None else stored[self.value_attribute]
        if value is NOT_SET:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        with self._changing_keys():
            stored = self._get_entity_by_key(key)
            if stored is None:
                self._add(key, value)
            else:
                stored[self.value_attribute] = value

    def _add(self, key: str, value: Any) -> None:
        owner = self.collection.entity
        data = {
            self.key_attribute: self.get_configuration_id_from_key(key),
            self.value_attribute: value,
            "entity_id": inspection.identity(owner)[1][0],
        }
        item = owner.session.create("CustomAttributeValue", data)
        owner[self.attribute.name].collection.append(item)

    def __delitem__(self, key: str) -> None:
        with self._changing_keys():
            stored = self._get_entity_by_key(key)
            if stored is None:
                self.logger.warning("Cannot delete the custom attribute %r: it was never set.", key)
                return
            self.collection.remove(stored)
            stored.session.delete(stored)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CustomAttributeCollectionProxy) and self.collection == other.collection

    __hash__ = None  # type: ignore[assignment]  # equal by a content that changes

    def __iter__(self) -> Iterator[str]:
        return iter(self._get_keys())

    def __len__(self) -> int:
        return len(self._get_keys())

    def _get_entity_configurations(self) -> list[Any]:
        """Return the configurations that name the type of the owner; hierarchical ones came with dense values."""
        owner = self.collection.entity
        return _matching(scope_of(owner), _get_custom_attribute_configurations(owner.session), hierarchical=False)

    def _get_keys(self) -> list[str]:
        return list(dict.fromkeys(item["key"] for item in self._get_entity_configurations()))

    def _configuration(self, key: str) -> Any:
        found = _of_key(key, self.collection.entity.session, self._get_entity_configurations)
        if found is None:
            raise KeyError(f'No custom attribute "{key}" applies here.{_hint(key, self._get_keys())}')
        return found

    def _get_entity_by_key(self, key: str) -> Any:
        """Return the stored value entity of a key, or None."""
        identifier = self.get_configuration_id_from_key(key)
        return next((item for item in self.collection if item[self.key_attribute] == identifier), None)


def _of_key(key: str, session: SessionProtocol, candidates: Callable[[], list[Any]]) -> Any:
    """Return the configuration of a key, or None; one that is not known may be new, so the server is asked again."""
    found = next((item for item in candidates() if item["key"] == key), None)
    if found is None:
        session._state.configurations = None
        found = next((item for item in candidates() if item["key"] == key), None)
    return found


def _get_custom_attribute_configurations(session: SessionProtocol) -> list[Any]:
    """Return all configurations of a server. Cost: one request per session, and again after a reset."""
    state = session._state
    found: list[Any] | None = state.configurations
    if found is None:
        found = state.configurations = session.query(CONFIGURATIONS).all()
    return found


def _matching(scope: Scope, configurations: list[Any], *, hierarchical: bool = True) -> list[Any]:
    """Return the configurations of a scope, those of a project before those of all; hierarchical ones on demand."""
    found = []
    for item in configurations:
        exact = item["entity_type"] == scope.entity_type and item["object_type_id"] == scope.object_type_id
        inherited = hierarchical and bool(item["is_hierarchical"]) and scope.entity_type in _HIERARCHICAL
        if (exact or inherited) and item["project_id"] in (scope.project_id, None):
            found.append(item)
    return sorted(found, key=lambda item: item["project_id"] is None)


def _project_of(context: Any) -> Any:
    """Return the id of the project of a context; that of its parent while a new one was only given a parent."""
    while context:
        if context.entity_type == "Project":
            return context["id"]
        if context["project_id"]:
            return context["project_id"]
        context = context.get("parent")
    return None


def _hint(key: str, known: Any) -> str:
    close = close_matches(key, known)
    return f' Did you mean "{close[0]}"?' if close else ""
