"""The reply to a create, an update or a delete (protocol: 2.5 to 2.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.api import validate
from ftrack_server.api.actions.shape import column_of
from ftrack_server.model.definition import Field

if TYPE_CHECKING:
    from ftrack_server.api.actions.collect import Outcome
    from ftrack_server.model.registry import Model


def answer(model: Model, outcome: Outcome) -> dict[str, Any]:
    """Return the reply of one operation, once its row is written.

    It names the type that was asked for and the whole key: clients file what comes back under both. A create tells
    every stored value that is not null, since a null would count as known; an update tells what it was sent, nulls
    included, since an omitted one would leave the old value in place.
    """
    if outcome.action == "delete":
        return {"action": "delete", "data": True}
    data = {"__entity_type__": outcome.requested.id}
    data.update(zip(outcome.requested.key, outcome.key, strict=True))
    data.update(_created(model, outcome) if outcome.action == "create" else _updated(model, outcome))
    return {"action": outcome.action, "data": data}


def _created(model: Model, outcome: Outcome) -> dict[str, Any]:
    data = {}
    sent, row = outcome.sent, outcome.row
    for name, attribute in outcome.requested.attributes.items():
        value = sent.get(name)
        if value is None and row is not None and isinstance(attribute, Field) and not attribute.hidden:
            value = row[attribute.synonym_of or name]
            if value is not None:
                value = validate.answered(model, attribute, value)
        if value is not None:
            data[name] = value
    return data


def _updated(model: Model, outcome: Outcome) -> dict[str, Any]:
    data = {}
    for name in outcome.requested.system_attributes:
        attribute = outcome.requested.attributes.get(name)
        if isinstance(attribute, Field) and not attribute.hidden and outcome.row is not None:
            data[name] = _stored(model, outcome, attribute)
    return {**data, **outcome.sent}


def _stored(model: Model, outcome: Outcome, attribute: Field) -> Any:
    if outcome.row is None:
        return None
    return validate.answered(model, attribute, outcome.row[column_of(outcome.requested, attribute.name)])
