"""Steps through relations in criteria: each an uncorrelated ``IN (SELECT ...)``, never a join (data_model: 6.9).

Measured on 50,000 tasks, this form is an order of magnitude cheaper than a correlated EXISTS, because the inner
statement runs once. Inner columns are never NULL, so that NOT IN keeps its meaning, and neither is a step: what a
missing reference leads to meets no criterion, whether or not anything else does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select, tuple_

from ftrack_server.model.definition import Computed, ManyToMany, Mapping, ToMany, ToOne
from ftrack_server.query.permissions import visible
from ftrack_server.query.scope import restrict, type_condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.sql.selectable import NamedFromClause

    from ftrack_server.model.definition import AnyAttribute, EntityDefinition
    from ftrack_server.query.scope import Compilation

    Inner = Callable[[EntityDefinition, NamedFromClause], ColumnElement[bool] | None]


def step(
    context: Compilation,
    source: NamedFromClause,
    attribute: AnyAttribute,
    target: EntityDefinition,
    inner: Inner,
) -> ColumnElement[bool]:
    """Return the criterion that some entity behind a relation meets an inner criterion.

    Args:
        context: The compilation.
        source: Where the rows come from that have the relation.
        attribute: A relation other than custom attribute values, which have criteria of their own.
        target: The type it leads to, a cast applied.
        inner: Gives the criterion on the target's rows; None accepts all of them.
    """
    if isinstance(attribute, ToOne):
        return _to_one(context, source, attribute, target, inner)
    if isinstance(attribute, ManyToMany):
        return _many_to_many(context, source, attribute, target, inner)
    if isinstance(attribute, Computed):
        return _computed(context, source, attribute, target, inner)
    if isinstance(attribute, ToMany | Mapping):
        return _to_many(context, source, attribute, target, inner)
    raise TypeError(f"{attribute.name} is no relation")  # the caller has asked is_relation


def only_one(
    context: Compilation, source: NamedFromClause, attribute: ToOne, target: EntityDefinition, inner: Inner
) -> ColumnElement[bool]:
    """Return the criterion that a reference leads to the only entity that meets an inner criterion.

    Where several meet it the criterion holds for no row.
    """
    alias, criteria = _rows(context, target, inner)
    found = select(case((func.count() == 1, func.min(alias.c[target.key[0]])))).select_from(alias).where(*criteria)
    return source.c[attribute.columns[0]] == found.scalar_subquery()


def count_of(context: Compilation, target: EntityDefinition, inner: Inner) -> Select[Any]:
    """Return the number of entities that meet an inner criterion, as a statement."""
    alias, criteria = _rows(context, target, inner)
    return select(func.count()).select_from(alias).where(*criteria)


def _rows(
    context: Compilation, target: EntityDefinition, inner: Inner, *extra: Any
) -> tuple[NamedFromClause, list[Any]]:
    """Return an alias of the target's table and the criteria its rows must meet."""
    alias = context.alias(target.table)
    found = inner(target, alias)
    kind = restrict(type_condition(context.model, target), alias, narrowed=found is not None)
    criteria = [*kind, *visible(context, target.table, alias), *(build(alias) for build in extra)]
    return alias, criteria if found is None else [*criteria, found]


def _to_one(
    context: Compilation, source: NamedFromClause, attribute: ToOne, target: EntityDefinition, inner: Inner
) -> ColumnElement[bool]:
    alias, criteria = _rows(context, target, inner)
    keys = [alias.c[name] for name in target.key]
    columns = [source.c[name] for name in attribute.columns]
    present = [column.isnot(None) for column in columns]
    if len(columns) == 1:
        return and_(*present, columns[0].in_(select(keys[0]).where(*criteria)))
    names = attribute.columns if set(attribute.columns) == set(target.key) else target.key
    return and_(*present, tuple_(*columns).in_(select(*(alias.c[name] for name in names)).where(*criteria)))


def _to_many(
    context: Compilation,
    source: NamedFromClause,
    attribute: ToMany | Mapping,
    target: EntityDefinition,
    inner: Inner,
) -> ColumnElement[bool]:
    def limits(alias: NamedFromClause) -> ColumnElement[bool]:
        where = attribute.where if isinstance(attribute, ToMany) else ()
        parts = [alias.c[column] == value for column, value in where]
        if attribute.parent_types:
            parts.append(alias.c.parent_type.in_(attribute.parent_types))
        return and_(alias.c[attribute.column].isnot(None), *parts)

    alias, criteria = _rows(context, target, inner, limits)
    return source.c.id.in_(select(alias.c[attribute.column]).where(*criteria))


def _many_to_many(
    context: Compilation, source: NamedFromClause, attribute: ManyToMany, target: EntityDefinition, inner: Inner
) -> ColumnElement[bool]:
    through = context.alias(attribute.through)
    alias, criteria = _rows(context, target, inner)
    there = through.c[attribute.there].in_(select(alias.c.id).where(*criteria))
    return source.c.id.in_(select(through.c[attribute.here]).where(through.c[attribute.here].isnot(None), there))


def _computed(
    context: Compilation, source: NamedFromClause, attribute: Computed, target: EntityDefinition, inner: Inner
) -> ColumnElement[bool]:
    alias, criteria = _rows(context, target, inner)
    found = select(alias.c.id).where(*criteria)
    if attribute.rule.name == "latest_version":
        return and_(source.c.latest_version_id.isnot(None), source.c.latest_version_id.in_(found))
    path = context.alias("context_path")
    if attribute.rule.name == "descendants":
        below = path.c.descendant_id.in_(found)
        return source.c.id.in_(select(path.c.ancestor_id).where(path.c.depth > 0, below))
    # The ancestors of an asset begin with the context it is on; those of a context leave the context itself out.
    start, depth = (source.c.context_id, 0) if "context_id" in source.c else (source.c.id, 1)
    above = path.c.ancestor_id.in_(found)
    members = select(path.c.descendant_id).where(path.c.depth >= depth, above)
    return and_(start.isnot(None), start.in_(members))
