"""Grouped queries: counts and sums, one plain row for each group (protocol: 5.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Float, Integer, cast, func, select

from ftrack_protocol.query import ast
from ftrack_server.model.definition import Computed
from ftrack_server.query.rows import wire_decoder
from ftrack_server.query.scope import is_collection, is_relation
from ftrack_server.query.select import cut_open, path_column, row_criteria
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.sql.selectable import FromClause, NamedFromClause

    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.query.scope import Compilation

_ACCEPTED = {
    "sum": ("number",),
    "avg": ("number",),
    "min": ("number", "date", "text"),
    "max": ("number", "date", "text"),
}
"""What functions work on; ``count`` takes anything."""


def is_aggregate(query: ast.Select) -> bool:
    """Return whether a query asks for groups rather than entities."""
    return bool(query.group_by) or any(isinstance(item, ast.Aggregate) for item in query.projections)


class GroupedStatement:
    """The statement of a grouped query and the names of its columns."""

    def __init__(
        self,
        context: Compilation,
        query: ast.Select,
        definition: EntityDefinition,
        source: NamedFromClause,
    ) -> None:
        if not definition.is_groupable:
            raise context.refuse(f"{definition.id} cannot be grouped", query.type_offset)
        self._context = context
        self._definition = definition
        self._source = source
        self._rows: FromClause = source
        self._columns: dict[str, ColumnElement[Any]] = {}
        self.names: list[str] = []
        self.decoders: list[Callable[[Any], Any] | None] = []
        groups = [self._column(path) for path in query.group_by]
        selected = [self._projection(item, query) for item in query.projections]
        order = [dialect.ordered(self._column(term.path), descending=term.descending) for term in query.order_by]
        self._check_order(query)
        criteria = row_criteria(context, query, definition, source)
        statement = select(*selected).select_from(self._rows).where(*criteria)
        statement = statement.group_by(*groups).order_by(*order, *groups)
        self.statement: Select[Any] = cut_open(statement)

    def _projection(self, item: ast.Projection, query: ast.Select) -> ColumnElement[Any]:
        if isinstance(item, ast.Aggregate):
            column = self._column(item.path)
            self.names.append(f"{item.function}_{'_'.join(item.path.names)}")
            self.decoders.append(None if item.function in {"count", "sum", "avg"} else self._decoder(item.path))
            return self._aggregated(item, column)
        if str(item) not in {str(path) for path in query.group_by}:
            raise self._context.refuse(
                f'"{item}" is neither aggregated nor in "group by"; add it there or wrap it in a function', item.offset
            )
        self.names.append("_".join(item.names))
        self.decoders.append(self._decoder(item))
        return self._column(item)

    def _aggregated(self, item: ast.Aggregate, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return a function of a column; sums and means in the types of SQLite, where PostgreSQL has wider ones."""
        kind = dialect.family(column.type)
        accepted = _ACCEPTED.get(item.function, (kind,))
        if kind not in accepted:
            raise self._context.refuse(
                f'"{item.path}" is a {kind}; "{item.function}" works on a {" or a ".join(accepted)}', item.path.offset
            )
        found: ColumnElement[Any] = getattr(func, item.function)(column)
        if item.function == "avg":
            return cast(found, Float(53))
        return cast(found, BigInteger()) if item.function == "sum" and isinstance(column.type, Integer) else found

    def _decoder(self, path: ast.Path) -> Callable[[Any], Any] | None:
        definition = self._definition
        for segment in path.segments[:-1]:
            definition = self._context.target(
                self._context.resolve(definition, segment, as_relation=True).attribute, segment
            )
        attribute = self._context.resolve(definition, path.segments[-1]).attribute
        kind = attribute.json_type if isinstance(attribute, Computed) else getattr(attribute, "kind", "")
        return wire_decoder(self._context.model, kind)

    def _check_order(self, query: ast.Select) -> None:
        grouped = {str(path) for path in query.group_by}
        for term in query.order_by:
            if str(term.path) not in grouped:
                raise self._context.refuse(f'Groups can be sorted by what is in "group by", not by "{term.path}"',
                                           term.path.offset)  # fmt: skip

    def _column(self, path: ast.Path) -> ColumnElement[Any]:
        name = str(path)
        if name not in self._columns:
            self._refuse_collections(path)
            joins, column = path_column(self._context, path, self._definition, self._source)
            for joined, criterion in joins:
                self._rows = self._rows.outerjoin(joined, criterion)
            self._columns[name] = column
        return self._columns[name]

    def _refuse_collections(self, path: ast.Path) -> None:
        definition = self._definition
        for position, segment in enumerate(path.segments, 1):
            inner = position < len(path.segments)
            attribute = self._context.resolve(definition, segment, as_relation=inner).attribute
            if is_collection(attribute):
                raise self._context.refuse(
                    f'"{segment.name}" is a collection; group and aggregate over values and single relations',
                    segment.offset,
                )
            if is_relation(attribute):
                definition = self._context.target(attribute, segment)
