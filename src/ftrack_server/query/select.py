"""Whole statements: the page of keys first, then what is joined to it (data_model: 6.9).

Filters, sorting and offsets work on keys alone; only the rows of the page meet the joins. Without joins the page itself
is the statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, select

from ftrack_protocol.query import ast
from ftrack_server.errors import UnknownEntityTypeError
from ftrack_server.model.definition import Computed, Field, ManyToMany, Mapping, ToMany, ToOne
from ftrack_server.query import literals
from ftrack_server.query.anchors import anchor_of
from ftrack_server.query.computed_criteria import computed_expression
from ftrack_server.query.permissions import visible
from ftrack_server.query.predicates import Predicates
from ftrack_server.query.projection import root_source
from ftrack_server.query.scope import is_collection, is_relation, restrict, type_condition
from ftrack_server.query.statement import AFTER, LIMIT, OFFSET
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.sql.selectable import FromClause, NamedFromClause

    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.query.projection import Level
    from ftrack_server.query.scope import Compilation


class PageStatements:
    """The statements of the queried type; both take `LIMIT` and `OFFSET`.

    Attributes:
        page: Brings the rows.
        keys: Brings their keys alone, in the same order; None where this is not the order of one key.
        anchors: Counts the entities that the anchor may be; None for a query without, or for one that is tried without.
    """

    def __init__(
        self,
        context: Compilation,
        query: ast.Select,
        definition: EntityDefinition,
        level: Level,
        *,
        after_key: bool = False,
        anchored: bool = True,
    ) -> None:
        """Compile a query.

        Args:
            context: The compilation.
            query: The query.
            definition: Its type.
            level: What to select, with `Level.source` as the rows.
            after_key: Begin after the key in the parameter `AFTER`; for types of one key, in the order of that.
            anchored: Whether to try the rows of one entity (see `anchors`).
        """
        source = level.root.source if level.root is not None else None
        if source is None:
            raise TypeError("the level of a queried type has a source")
        anchor = anchor_of(context, query, definition)
        self.anchors: Select[Any] | None = None
        if anchor is not None and len(anchor.path.segments) > 1:
            self.anchors = Predicates(context, sub_query).number_of_anchors(definition, anchor) if anchored else None
            anchor = anchor if anchored else None
        criteria = row_criteria(context, query, definition, source, anchor)
        joins, order = _order(context, query.order_by, definition, source)
        keys = [source.c[name] for name in definition.key]
        if after_key:
            criteria.append(keys[0] > bindparam(AFTER, type_=keys[0].type, required=False))
        sorted_rows: FromClause = source
        for joined, criterion in joins:
            sorted_rows = sorted_rows.outerjoin(joined, criterion)
        labelled = [expression.label(f"sort_{number}") for number, expression in enumerate(_unsorted(order))]
        found = select(*keys, *labelled).select_from(sorted_rows).where(*criteria).order_by(*order, *keys)
        self.keys = cut_open(found) if len(keys) == 1 and not order else None
        if not level.joins and not joins:
            plain = select(*level.columns).select_from(source).where(*criteria).order_by(*order, *keys)
            self.page = cut_open(plain)
            return
        page = cut_open(found).subquery("page")
        rows: FromClause = page.join(source, _equal(page, source, definition.key))
        for table, criterion in level.joins:
            rows = rows.outerjoin(table, criterion)
        again = [
            dialect.ordered(page.c[f"sort_{number}"], descending=term.descending)
            for number, term in enumerate(query.order_by)
        ]
        self.page = (
            select(*level.columns).select_from(rows).order_by(*again, *(page.c[name] for name in definition.key))
        )


def collection_statement(level: Level) -> Select[Any]:
    """Return the statement of a collection: every element of the entities named by `MEMBERS`, in order."""
    if level.source is None or level.root is None:
        raise TypeError("the level of a collection has a source")
    rows: FromClause = level.source
    for joined, criterion in level.joins[: level.inner_joins]:
        rows = rows.join(joined, criterion)
    for joined, criterion in level.joins[level.inner_joins :]:
        rows = rows.outerjoin(joined, criterion)
    return select(*level.columns).select_from(rows).where(*level.criteria).order_by(*level.order)


def row_criteria(
    context: Compilation,
    query: ast.Select,
    definition: EntityDefinition,
    source: NamedFromClause,
    anchor: ast.Comparison | None = None,
) -> list[ColumnElement[bool]]:
    """Return what rows of the queried type must meet; with an anchor it is met by the rows of one entity only."""
    narrowed = query.where is not None and anchor is None
    criteria = [*restrict(type_condition(context.model, definition), source, narrowed=narrowed)]
    criteria.extend(visible(context, definition.table, source))
    if query.where is not None:
        criteria.append(Predicates(context, sub_query, anchor).condition(definition, source, query.where))
    return criteria


def sub_query(context: Compilation, query: ast.Select) -> Select[Any]:
    """Return a query in parentheses as a selectable of one column, never NULL.

    Raises:
        ParseError: If it selects more than one thing, or something that is no column.
    """
    try:
        definition = context.model.type(query.entity_type)
    except UnknownEntityTypeError as error:
        raise context.located(error, query.type_offset) from None
    source = root_source(context, definition)
    if len(query.projections) > 1:
        second = query.projections[1]
        raise context.refuse("A query in parentheses selects one attribute", _offset(second))
    projection = query.projections[0] if query.projections else ast.Path((ast.Segment(definition.key[0]),))
    if isinstance(projection, ast.Aggregate):
        raise context.refuse("A query in parentheses cannot aggregate", _offset(projection))
    joins, column = path_column(context, projection, definition, source)
    order_joins, order = _order(context, query.order_by, definition, source)
    rows: FromClause = source
    for joined, criterion in (*joins, *order_joins):
        rows = rows.outerjoin(joined, criterion)
    criteria = [*row_criteria(context, query, definition, source), column.isnot(None)]
    statement = select(column).select_from(rows).where(*criteria)
    if query.limit is None and query.offset is None:
        return statement
    keys = [source.c[name] for name in definition.key]
    return cut(statement.order_by(*order, *keys), query.limit, query.offset)


def _offset(projection: ast.Projection) -> int:
    return projection.path.offset if isinstance(projection, ast.Aggregate) else projection.offset


def cut(statement: Select[Any], limit: int | None, offset: int | None) -> Select[Any]:
    """Return a statement cut to a page."""
    statement = statement if limit is None else statement.limit(limit)
    return statement.offset(offset) if offset else statement


def cut_open(statement: Select[Any]) -> Select[Any]:
    """Return a statement cut to the page that the parameters `LIMIT` and `OFFSET` tell."""
    limit, offset = (bindparam(name, type_=BigInteger(), required=False) for name in (LIMIT, OFFSET))
    return statement.limit(limit).offset(offset)


def _equal(left: FromClause, right: FromClause, names: tuple[str, ...]) -> ColumnElement[bool]:
    first, *others = (left.c[name] == right.c[name] for name in names)
    for other in others:
        first = first & other
    return first


def _order(
    context: Compilation, terms: tuple[ast.Order, ...], definition: EntityDefinition, source: NamedFromClause
) -> tuple[list[tuple[NamedFromClause, ColumnElement[bool]]], list[Any]]:
    """Return sort keys and the to-one joins they need."""
    joins: list[tuple[NamedFromClause, ColumnElement[bool]]] = []
    keys = []
    for term in terms:
        more, column = path_column(context, term.path, definition, source, sorting=True)
        joins += more
        keys.append(dialect.ordered(column, descending=term.descending))
    return joins, keys


def _unsorted(order: list[Any]) -> list[Any]:
    """Return the bare expressions of sort keys."""
    found = []
    for key in order:
        expression = key
        while hasattr(expression, "modifier") and expression.modifier is not None:
            expression = expression.element
        found.append(expression)
    return found


def path_column(
    context: Compilation,
    path: ast.Path,
    definition: EntityDefinition,
    source: NamedFromClause,
    *,
    sorting: bool = False,
) -> tuple[list[tuple[NamedFromClause, ColumnElement[bool]]], ColumnElement[Any]]:
    """Return the column at the end of a path and the joins on the way.

    Raises:
        ParseError: If the path ends in a collection, or passes through one while sorting.
    """
    joins: list[tuple[NamedFromClause, ColumnElement[bool]]] = []
    for position, segment in enumerate(path.segments):
        last = position == len(path.segments) - 1
        attribute = context.resolve(definition, segment, as_relation=not last).attribute
        if not is_relation(attribute):
            if not last:
                following = path.segments[position + 1]
                raise context.refuse(f'"{segment.name}" is a value and has no "{following.name}"', following.offset)
            return joins, _value_column(context, attribute, source, segment, sorting=sorting)
        if is_collection(attribute) and sorting:
            raise context.refuse(f'"{segment.name}" is a collection, and nothing can be sorted by one', segment.offset)
        if last and isinstance(attribute, ToOne):
            return joins, source.c[attribute.columns[0]]
        definition = context.target(attribute, segment)
        joined, criterion = _join(context, attribute, definition, source, joins)
        joins.append((joined, criterion))
        source = joined
    return joins, source.c[definition.key[0]]


def _value_column(
    context: Compilation, attribute: Any, source: NamedFromClause, segment: ast.Segment, *, sorting: bool
) -> ColumnElement[Any]:
    if isinstance(attribute, Computed):
        return computed_expression(context, source, attribute, segment.offset)[0]
    if not isinstance(attribute, Field):
        raise context.refuse(f'"{segment.name}" cannot be used here', segment.offset)
    column: ColumnElement[Any] = source.c[attribute.synonym_of or attribute.name]
    if sorting and attribute.kind == "string" and not literals.compares_exactly(attribute):
        return dialect.folded(column)
    return column


def _join(
    context: Compilation,
    attribute: Any,
    target: EntityDefinition,
    source: NamedFromClause,
    joins: list[tuple[NamedFromClause, ColumnElement[bool]]],
) -> tuple[NamedFromClause, ColumnElement[bool]]:
    alias = context.alias(target.table)
    if isinstance(attribute, ToOne):
        return alias, _equal_columns(alias, target.key, source, attribute.columns)
    if isinstance(attribute, ToMany | Mapping):
        criterion = alias.c[attribute.column] == source.c.id
        if isinstance(attribute, ToMany):
            for column, value in attribute.where:
                criterion = criterion & (alias.c[column] == value)
        return alias, criterion
    if isinstance(attribute, ManyToMany):
        through = context.alias(attribute.through)
        joins.append((through, through.c[attribute.here] == source.c.id))
        return alias, alias.c[target.key[0]] == through.c[attribute.there]
    if attribute.rule.name == "latest_version":
        return alias, alias.c.id == source.c.latest_version_id
    path = context.alias("context_path")
    upwards = attribute.rule.name == "ancestors"
    near, far = (path.c.descendant_id, path.c.ancestor_id) if upwards else (path.c.ancestor_id, path.c.descendant_id)
    joins.append((path, (near == source.c.id) & (path.c.depth > 0)))
    return alias, alias.c.id == far


def _equal_columns(
    left: NamedFromClause, keys: tuple[str, ...], right: NamedFromClause, columns: tuple[str, ...]
) -> ColumnElement[bool]:
    names = columns if set(columns) == set(keys) else keys
    first, *others = (left.c[name] == right.c[column] for name, column in zip(names, columns, strict=True))
    for other in others:
        first = first & other
    return first
