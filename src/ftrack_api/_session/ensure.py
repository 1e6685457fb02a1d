"""Finding an entity by some of its values, or creating it."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ftrack_api import exception, inspection
from ftrack_api._query.parameters import literal
from ftrack_api._state.storage import EntityState
from ftrack_protocol.similar import close_matches
from ftrack_protocol.values import to_utc

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is an entity or an attribute value.


def ensure(
    session: SessionProtocol, entity_type: str, data: Mapping[str, Any], identifying_keys: Iterable[str] | None = None
) -> Any:
    """Return the one entity with these values, created when there is none and brought up to date when there is.

    Somebody else may create the same entity between question and creation. A server that refuses the second one is
    asked again, and the winner is returned.

    Raises:
        ValueError: If nothing identifies the entity, or a collection should.
        KeyError: If an identifying key is not in the data, or is no attribute of the type.
        MultipleResultsFoundError: If several entities have these values.
    """
    keys = list(identifying_keys or ()) or list(data)
    if not keys:
        raise ValueError(f"Nothing identifies the {entity_type} to ensure: data are empty.")
    missing = [key for key in keys if key not in data]
    if missing:
        close = close_matches(missing[0], data)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise KeyError(f"The identifying key {missing[0]!r} is not in the data: {', '.join(data)}.{hint}")
    expression = _expression(session, entity_type, data, keys)
    try:
        return _updated(session, session.query(expression).one(), data)
    except exception.NoResultFoundError:
        created = session.create(entity_type, data)
    try:
        session.commit()
    except exception.DuplicateEntry:
        winner = session.query(expression).first()
        if winner is None:
            raise
        session._withdraw(created)
        return _updated(session, winner, data)
    return created


def _expression(session: SessionProtocol, entity_type: str, data: Mapping[str, Any], keys: list[str]) -> str:
    """Return the query for the entity, with the values to compare among its projections."""
    entity_class = session.types[entity_type]
    attributes = entity_class.attributes
    criteria = []
    for key in keys:
        attribute = attributes.get(key)
        if attribute is None:
            raise entity_class._unknown(key)
        if attribute.kind == "collection":
            raise ValueError(f"{entity_type}.{key} is a collection and identifies nothing; choose other keys.")
        criteria.append(_criterion(key, data[key]))
    compared = [key for key in data if key in attributes.by_name and attributes.get(key).kind != "collection"]
    projections = dict.fromkeys([*(entity_class.default_projections or entity_class.primary_key_attributes), *compared])
    return f"select {', '.join(projections)} from {entity_type} where {' and '.join(criteria)}"


def _criterion(key: str, value: Any) -> str:
    if not isinstance(value, EntityState):
        return f"{key} is {literal(value)}"
    entity: Any = value
    pairs = inspection.primary_key(entity).items()
    return " and ".join(f"{key}.{name} is {literal(text)}" for name, text in pairs)


def _updated(session: SessionProtocol, entity: Any, data: Mapping[str, Any]) -> Any:
    """Return an entity after its values were made those of the data; commits when something differs."""
    changed = False
    for key, value in data.items():
        if key in entity and not _is_same(entity[key], value):
            entity[key] = value
            changed = True
    if changed:
        session.commit()
    return entity


def _is_same(current: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(current, Mapping) and not isinstance(wanted, EntityState):
        return dict(current.items()) == dict(wanted.items())
    if isinstance(wanted, list | tuple) and not isinstance(current, list):
        return {item._identity for item in current} == {item._identity for item in wanted}
    return bool(_comparable(current) == _comparable(wanted))


def _comparable(value: Any) -> Any:
    """Return a value in the form of the server: moments in UTC, to the second."""
    moment = getattr(value, "datetime", value)
    if isinstance(moment, datetime):
        return to_utc(moment).replace(microsecond=0)
    return datetime(moment.year, moment.month, moment.day) if isinstance(moment, date) else value  # noqa: DTZ001 - naive UTC
