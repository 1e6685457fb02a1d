"""What an event is about: the entities it names, as keys for ordering and as entities of a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Event data holds any JSON value: the Any below.

TREE_ITEM = "TypedContext"
CHUNK = 500
_KNOWN_TYPES = {"task": TREE_ITEM, "show": "Project"}


def subjects(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what an event says of each entity: those of an update, or the selection of an action."""
    data = event.get("data")
    if not isinstance(data, Mapping):
        return
    context = data.get("context")
    places = [data, context] if isinstance(context, Mapping) else [data]
    for place in places:
        for name in ("entities", "selection"):
            found = place.get(name)
            for item in found if isinstance(found, list) else ():
                if isinstance(item, Mapping) and isinstance(item.get("entityId"), str):
                    yield item


def order_keys(event: Mapping[str, Any]) -> set[str]:
    """Return what decides the order of events: the entities they name, else their topic and who sent them."""
    keys = {str(item["entityId"]) for item in subjects(event)}
    if keys:
        return keys
    source = event.get("source")
    sender = source.get("id") if isinstance(source, Mapping) else source
    return {f"{event.get('topic')} {sender} {event.get('in_reply_to_event')}"}


def entities(event: Mapping[str, Any], session: Any) -> list[Any]:
    """Return the entities an event names, in its order, those that exist; see `Event.entities`."""
    wanted: dict[str, dict[str, None]] = {}
    order: dict[str, None] = {}
    for item in subjects(event):
        kind = _type_of(item, session) if item.get("action") != "remove" else None
        if kind is not None:
            wanted.setdefault(kind, {})[item["entityId"]] = None
            order[item["entityId"]] = None
    found: dict[str, Any] = {}
    for kind, ids in wanted.items():
        [key] = session.types[kind].primary_key_attributes
        listed = list(ids)
        for start in range(0, len(listed), CHUNK):
            quoted = ", ".join(f'"{_escaped(id_)}"' for id_ in listed[start : start + CHUNK])
            for entity in session.query(f"select {key} from {kind} where {key} in ({quoted})"):
                found[entity[key]] = entity
    return [found[id_] for id_ in order if id_ in found]


def _type_of(item: Mapping[str, Any], session: Any) -> str | None:
    """Return the type to ask for: items of the tree all together, others by what the event or the schemas call them.

    None for a type that the server does not have, or whose entities have no id of their own.
    """
    backend = str(item.get("entityType") or "").lower()
    name = _KNOWN_TYPES.get(backend)
    if name is None:
        name = item.get("entity_type") or _by_backend_name(session).get(backend)
    if not isinstance(name, str) or name not in session.types:
        return None
    return name if len(session.types[name].primary_key_attributes) == 1 else None


def _by_backend_name(session: Any) -> dict[str, str]:
    names: dict[str, str] = {}
    for schema in session.schemas:
        alias = schema.get("alias_for")
        names.setdefault(schema["id"].lower(), schema["id"])
        if isinstance(alias, str):
            names.setdefault(alias.lower(), schema["id"])
    return names


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
