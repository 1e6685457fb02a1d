"""The search action: a query narrowed to what people type into a search field (protocol: 2.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftrack_protocol.query.ast import And, Comparison, In, Or, Path, Segment, Value
from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.parser import parse
from ftrack_server import errors
from ftrack_server.api.actions.query import page_of
from ftrack_server.model.definition import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_protocol.actions import Search
    from ftrack_protocol.query.ast import Condition
    from ftrack_server.api.context import RequestContext
    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.model.registry import Model

# What people know an entity by: its own texts, and the names of what it belongs to.
SEARCHED = (
    *("name", "full_name", "description", "username", "first_name", "last_name", "email", "comment", "content"),
    *("project.name", "project.full_name", "ancestors.name", "parent.name", "asset.name", "asset.parent.name"),
)
# Where an entity says below what it lies.
PLACED = ("project_id", "ancestors.id", "context_id", "asset.context_id", "asset.ancestors.id")
OBJECT_TYPE = "object_type_id"


def search(context: RequestContext, action: Search) -> dict[str, Any]:
    """Return the entities of which every term is part of some text, whatever its case, as a query would.

    Restrictions to a context and to object types count for types that have such a thing.

    Raises:
        ParseError: If the expression makes no sense, or its type has no text to search.
    """
    try:
        select = parse(action.expression)
    except QuerySyntaxError as error:
        raise errors.ParseError(str(error)) from error
    definition = context.edition.model.type(select.entity_type)
    wanted = list(_restrictions(context.edition.model, definition, action))
    conditions = [item for item in (select.where, *wanted) if item is not None]
    where = None if not conditions else conditions[0] if len(conditions) == 1 else And(tuple(conditions))
    return {"action": "search", **page_of(context, replace(select, where=where))}


def _restrictions(model: Model, definition: EntityDefinition, action: Search) -> Iterator[Condition]:
    texts = [path for path in SEARCHED if _leads_somewhere(model, definition, path)]
    for term in action.terms:
        if not texts:
            raise errors.ParseError(f"{definition.id} has no text to search in.")
        pattern = Value("%" + _literal(term) + "%")
        yield _any_of([Comparison(_path(path), "like", pattern) for path in texts])
    places = [path for path in PLACED if _leads_somewhere(model, definition, path)]
    if action.context_id and places:
        below = Value(action.context_id)
        yield _any_of([Comparison(_path(path), "is", below) for path in places])
    if action.object_type_ids and OBJECT_TYPE in definition.attributes:
        yield In(_path(OBJECT_TYPE), tuple(Value(id_) for id_ in action.object_type_ids))


def _leads_somewhere(model: Model, definition: EntityDefinition, path: str) -> bool:
    """Return whether a type has a path, and a column at its end."""
    name, _, rest = path.partition(".")
    attribute = definition.attributes.get(name)
    if attribute is None or attribute.hidden:
        return False
    target = getattr(attribute, "target", "")
    if not rest:
        return isinstance(attribute, Field)
    return bool(target) and not isinstance(attribute, Field) and _leads_somewhere(model, model.type(target), rest)


def _literal(term: str) -> str:
    """Return a term in which the wildcards of ``like`` are plain characters."""
    for character in ("\\", "%", "_"):
        term = term.replace(character, "\\" + character)
    return term


def _path(dotted: str) -> Path:
    return Path(tuple(Segment(name) for name in dotted.split(".")))


def _any_of(conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))
