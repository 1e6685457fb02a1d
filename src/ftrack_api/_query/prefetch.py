"""What is fetched when an unknown attribute is read: the attribute, for all entities of the same result at once.

Reading ``task["bid"]`` in a loop over a page of 500 costs one request, not 500. Collections can be large, so the first
one is fetched alone; the second reading of the same attribute in the same result shows a loop and fetches the rest,
unless the first turned out to be large. `Session.populate` is not affected: it fetches exactly what it is told.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_api.symbol import NOT_SET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_api._state.storage import EntityState
    from ftrack_api.typing import SessionProtocol

BULKY = 200  # items from which on a collection is large

# Any below is an entity of some type made from a schema.


def load_missing(session: SessionProtocol, entity: Any, names: Sequence[str]) -> None:
    """Fetch attributes of an entity, and of its siblings where that is likely to spare requests.

    Args:
        session: Session of the entity.
        entity: The entity that is read.
        names: Attributes that are not known.

    Cost: one request.
    """
    attributes = [entity.attributes.get(name) for name in names]
    projections = [projection for attribute in attributes for projection in attribute.projections(session)]
    topic = names[0] if len(names) == 1 else "*"
    careful = topic == "*" or _may_be_bulky(attributes[0])
    alone = _is_withheld(entity, topic) or (careful and _is_first_or_bulky(session, entity, topic))
    entities = [entity] if alone else siblings(entity, names, session._state.prefetch_limit)
    session.populate(entities, ", ".join(projections))
    if topic != "*":
        _learn(session, entity, topic)


def _learn(session: SessionProtocol, entity: EntityState, name: str) -> None:
    """Remember of an attribute what should make the next reading fetch it for one entity alone."""
    value = entity._remote.get(name, NOT_SET)
    if value is NOT_SET and entity._group is not None and session._state.identities.holds(entity):
        entity._group.withheld.add(name)
    elif type(value) is tuple and len(value) > BULKY:
        session._state.bulky.add((entity.entity_type, name))


def siblings(entity: EntityState, names: Sequence[str], limit: int) -> list[EntityState]:
    """Return an entity and up to ``limit - 1`` others that came with it and lack one of the attributes as well.

    Those that came after it are taken first: a loop will read them next.
    """
    group = entity._group
    if group is None or limit <= 1:
        return [entity]
    before: list[EntityState] = []
    after: list[EntityState] = []
    target = before
    for member in group.members:
        if member is entity:
            target = after
        elif not member._expunged and any(_lacks(member, name) for name in names):
            target.append(member)
    return [entity, *after, *before][:limit]


def _lacks(entity: EntityState, name: str) -> bool:
    return name not in entity._remote and (entity._local is None or name not in entity._local)


def _is_withheld(entity: EntityState, name: str) -> bool:
    """Return whether the server did not tell an attribute of these siblings, as one a user may not see."""
    return entity._group is not None and name in entity._group.withheld


def _may_be_bulky(attribute: Any) -> bool:
    """Return whether an attribute holds a collection of unknown size; dictionaries of an entity are small."""
    return bool(attribute.kind == "collection" and not attribute.is_mapping)


def _is_first_or_bulky(session: SessionProtocol, entity: EntityState, topic: str) -> bool:
    """Return whether an attribute should be fetched for one entity alone this time."""
    if entity._group is None or (entity.entity_type, topic) in session._state.bulky:
        return True
    if topic in entity._group.asked:
        return False
    entity._group.asked.add(topic)
    return True
