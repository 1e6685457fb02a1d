"""Conditions that lead to one entity of which an index has all rows in order, such as the project of a task.

``project.name is film`` asks for the rows of any project of that name, which a database has to gather and sort, or to
look for in everything there is. Nearly always there is one such project, and the rows of one project are found in
order: a page of them costs the same whether the project is a large or a small part of all. So this is what is tried.
Where it brings nothing and there turn out to be several such projects, the query runs as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_protocol.query import ast
from ftrack_server.model.definition import Field, ToOne
from ftrack_server.query.scope import type_condition

if TYPE_CHECKING:
    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.query.scope import Compilation

_NARROW_KINDS = frozenset({"string", "uid", "fk"})
_NARROW_OPERATORS = frozenset({"is"})


def anchor_of(context: Compilation, query: ast.Select, definition: EntityDefinition) -> ast.Comparison | None:
    """Return the condition by which all rows of a query are found in the order of their key, None if there is none.

    Only where nothing else tells better where to look: of the tasks called "comp" below one shot there are few, in a
    project there are many.
    """
    kind = type_condition(context.model, definition)
    if kind is None or len(kind[1]) > 1 or query.order_by or query.where is None:
        return None
    conjuncts = query.where.operands if isinstance(query.where, ast.And) else (query.where,)
    columns = {
        group[0] for group in context.model.tables[definition.table].indexes if group[1:] == (kind[0], *definition.key)
    }
    found = [item for item in conjuncts if _leads_from(definition, item) in columns]
    others = [item for item in conjuncts if item not in found]
    if len(found) != 1 or any(_tells_better(context, definition, item) for item in others):
        return None
    (anchor,) = found
    return anchor if isinstance(anchor, ast.Comparison) else None


def _leads_from(definition: EntityDefinition, condition: ast.Condition) -> str | None:
    """Return the column of the reference that a comparison with a value follows."""
    if not isinstance(condition, ast.Comparison) or condition.operator != "is" or condition.value.is_null:
        return None
    first = condition.path.segments[0]
    attribute = definition.attributes.get(first.name)
    if isinstance(attribute, ToOne) and len(attribute.columns) == 1 and first.cast is None:
        return attribute.columns[0]
    return attribute.name if isinstance(attribute, Field) and attribute.kind == "fk" else None


def _tells_better(context: Compilation, definition: EntityDefinition, condition: ast.Condition) -> bool:
    """Return whether a condition may lead to fewer rows than a project has; statuses, types and ranges do not."""
    if not isinstance(condition, ast.Comparison | ast.In):
        return True
    if isinstance(condition, ast.Comparison) and condition.operator not in _NARROW_OPERATORS:
        return False
    if isinstance(condition, ast.In) and condition.negated:
        return False
    attribute = definition.attributes.get(condition.path.segments[0].name)
    if isinstance(attribute, ToOne):
        target = context.model.types.get(attribute.target)
        return target is None or len(target.key) > 1 or "project_id" in context.table(target.table).c
    if isinstance(attribute, Field) and attribute.kind == "fk":
        target = context.model.types.get(attribute.target)
        return target is None or "project_id" in context.table(target.table).c
    return not isinstance(attribute, Field) or attribute.kind in _NARROW_KINDS
