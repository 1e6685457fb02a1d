"""Conditions of a query to SQL criteria on the rows of one table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, String, and_, bindparam, false, func, literal, not_, or_, true

from ftrack_protocol.query import ast
from ftrack_server.model.definition import Computed, Field, Mapping, ToOne
from ftrack_server.query import literals
from ftrack_server.query.computed_criteria import computed_expression
from ftrack_server.query.custom_criteria import custom_attribute_criterion, variable_criterion
from ftrack_server.query.relations import count_of, only_one, step
from ftrack_server.query.scope import is_collection, is_relation
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select
    from sqlalchemy.sql.selectable import NamedFromClause

    from ftrack_server.model.definition import AnyAttribute, EntityDefinition
    from ftrack_server.query.scope import Compilation

    SubQuery = Callable[[Compilation, ast.Select], Any]


_TEXTS = frozenset({"string", "uid", "fk"})
"""Kinds that compare with a literal as it is written."""
_COMPARISONS: dict[str, str] = {">": "__gt__", ">=": "__ge__", "<": "__lt__", "<=": "__le__"}


@dataclass(frozen=True, slots=True)
class Predicates:
    """Compiles the conditions of one query.

    Attributes:
        context: The compilation.
        sub_query: Compiles a query in parentheses to a selectable of one column.
        anchor: A condition that is to hold for one entity only (see `anchors`).
    """

    context: Compilation
    sub_query: SubQuery
    anchor: ast.Comparison | None = None

    def condition(
        self, definition: EntityDefinition, source: NamedFromClause, condition: ast.Condition
    ) -> ColumnElement[bool]:
        """Return the SQL of a condition on rows of a type.

        Raises:
            ParseError: For a name, a literal or a use of either that makes no sense, with its place in the text.
        """
        if isinstance(condition, ast.And | ast.Or):
            parts = [self.condition(definition, source, operand) for operand in condition.operands]
            return and_(*parts) if isinstance(condition, ast.And) else or_(*parts)
        if isinstance(condition, ast.Not):
            return not_(self.condition(definition, source, condition.operand))
        if isinstance(condition, ast.Quantified):
            return self._quantified(definition, source, condition, condition.path.segments)
        return self._criterion(definition, source, condition, condition.path.segments)

    def number_of_anchors(self, definition: EntityDefinition, anchor: ast.Comparison) -> Select[Any]:
        """Return the statement that counts the entities which the first step of an anchor may lead to."""
        segment, *rest = anchor.path.segments
        attribute = self.context.resolve(definition, segment, as_relation=True).attribute
        target = self.context.target(attribute, segment)
        return count_of(self.context, target, lambda inner, alias: self._criterion(inner, alias, anchor, tuple(rest)))

    # Steps along a path.

    def _criterion(
        self,
        definition: EntityDefinition,
        source: NamedFromClause,
        criterion: ast.Comparison | ast.In | ast.InQuery,
        segments: tuple[ast.Segment, ...],
    ) -> ColumnElement[bool]:
        segment, rest = segments[0], segments[1:]
        attribute = self.context.resolve(definition, segment, as_relation=bool(rest)).attribute
        if _is_custom_attributes(attribute):
            return custom_attribute_criterion(self.context, definition, source, _rebased(criterion, segments[1:]))
        if not is_relation(attribute):
            if rest:
                raise self._no_relation(definition, segment, rest[0])
            return self._leaf(source, attribute, criterion)
        if not rest:
            return self._relation_itself(source, attribute, segment, criterion)
        target = self.context.target(attribute, segment)
        if _asks_for_null(criterion) and self._leads_to_one(definition, segments):
            # Missing is also what lies behind a missing reference.
            found = ast.Comparison(criterion.path, "is_not", ast.Value("none", quoted=False))
            return not_(self._criterion(definition, source, found, segments))

        def beyond(inner: EntityDefinition, alias: NamedFromClause) -> ColumnElement[bool]:
            return self._criterion(inner, alias, criterion, rest)

        if criterion is self.anchor and segments is criterion.path.segments and isinstance(attribute, ToOne):
            return only_one(self.context, source, attribute, target, beyond)
        return step(self.context, source, attribute, target, beyond)

    def _leads_to_one(self, definition: EntityDefinition, segments: tuple[ast.Segment, ...]) -> bool:
        """Return whether a path passes nothing but references to one entity."""
        for segment in segments[:-1]:
            attribute = self.context.resolve(definition, segment, as_relation=True).attribute
            if is_collection(attribute):
                return False
            if is_relation(attribute):
                definition = self.context.target(attribute, segment)
        return True

    def _quantified(
        self,
        definition: EntityDefinition,
        source: NamedFromClause,
        condition: ast.Quantified,
        segments: tuple[ast.Segment, ...],
    ) -> ColumnElement[bool]:
        segment, rest = segments[0], segments[1:]
        attribute = self.context.resolve(definition, segment, as_relation=True).attribute
        if not is_relation(attribute):
            raise self.context.refuse(
                f'"{segment.name}" of {definition.id} is a value; "{condition.quantifier}" needs a relation',
                segment.offset,
            )
        if _is_custom_attributes(attribute) and not rest:
            return custom_attribute_criterion(self.context, definition, source, condition.condition)
        target = self.context.target(attribute, segment)

        def inner(kind: EntityDefinition, alias: NamedFromClause) -> ColumnElement[bool] | None:
            if rest:
                return self._quantified(kind, alias, condition, rest)
            return None if condition.condition is None else self.condition(kind, alias, condition.condition)

        return step(self.context, source, attribute, target, inner)

    def _no_relation(self, definition: EntityDefinition, segment: ast.Segment, following: ast.Segment) -> Exception:
        return self.context.refuse(
            f'"{segment.name}" of {definition.id} is a value and has no "{following.name}"', following.offset
        )

    # What stands at the end of a path.

    def _relation_itself(
        self,
        source: NamedFromClause,
        attribute: AnyAttribute,
        segment: ast.Segment,
        criterion: ast.Comparison | ast.In | ast.InQuery,
    ) -> ColumnElement[bool]:
        """Compare a relation with none, or with the key of what it leads to."""
        target = self.context.target(attribute, segment)
        if isinstance(attribute, ToOne) and len(attribute.columns) == 1 and segment.cast is None:
            key = Field(segment.name, kind="fk", target=target.id)
            return self._field(source.c[attribute.columns[0]], key, criterion)
        if _asks_for_null(criterion):
            return not_(step(self.context, source, attribute, target, lambda *_: None))
        if _asks_for_any(criterion):
            return step(self.context, source, attribute, target, lambda *_: None)

        def compare(inner: EntityDefinition, alias: NamedFromClause) -> ColumnElement[bool]:
            key = inner.attributes[inner.key[0]]
            return self._leaf(alias, key, criterion)

        return step(self.context, source, attribute, target, compare)

    def _leaf(
        self, source: NamedFromClause, attribute: AnyAttribute, criterion: ast.Comparison | ast.In | ast.InQuery
    ) -> ColumnElement[bool]:
        if isinstance(attribute, Computed):
            column, item = computed_expression(self.context, source, attribute, criterion.path.offset)
            return self._field(column, item, criterion)
        if not isinstance(attribute, Field):
            raise self.context.refuse(f'"{attribute.name}" cannot be compared', criterion.path.offset)
        if attribute.kind == "variable" and "number" in source.c:
            return variable_criterion(self.context, source, criterion)
        return self._field(source.c[attribute.synonym_of or attribute.name], attribute, criterion)

    def _field(
        self, column: ColumnElement[Any], item: Field, criterion: ast.Comparison | ast.In | ast.InQuery
    ) -> ColumnElement[bool]:
        if item.kind == "fk" and isinstance(column.type, Integer):
            item = replace(item, kind="integer")  # the key of an event is a number, and so is what refers to it
        if isinstance(criterion, ast.InQuery):
            return self._found_by_query(column, item, criterion)
        if isinstance(criterion, ast.In):
            return self._membership(column, item, criterion)
        return self._comparison(column, item, criterion.operator, criterion.value)

    def _found_by_query(self, column: ColumnElement[Any], item: Field, criterion: ast.InQuery) -> ColumnElement[bool]:
        selected = self.sub_query(self.context, criterion.query)
        (there,) = selected.selected_columns
        if dialect.family(there.type) != dialect.family(column.type):
            raise self.context.refuse(
                f'"{item.name}" is a {dialect.family(column.type)}, and the query in parentheses selects a '
                f"{dialect.family(there.type)}",
                criterion.path.offset,
            )
        found = column.in_(selected)
        return not_(found) if criterion.negated else found

    def _comparison(
        self, column: ColumnElement[Any], item: Field, operator: str, value: ast.Value
    ) -> ColumnElement[bool]:
        if value.is_null:
            if operator not in {"is", "is_not"}:
                raise self.context.refuse(f'"{operator}" cannot compare with none; use is or is_not', value.offset)
            return column.is_(None) if operator == "is" else column.isnot(None)
        if operator in {"like", "not_like"}:
            if item.kind not in {"string", "uid", "fk", "table"}:
                raise self.context.refuse(f'"{item.name}" is no text; "{operator}" compares text', value.offset)
            found = dialect.like(
                column, self._parameter(value, literals.pattern(self.context, value), literals.read_pattern)
            )
            return found if operator == "like" else not_(found)
        if item.kind == "datetime":
            return self._moment(column, item, operator, value)
        compared = literals.plain(self.context, item, value)
        if isinstance(compared, bool):
            return self._boolean(column, operator, value=compared)
        if item.kind not in _TEXTS:
            return _compared(column, operator, literal(compared))
        parameter = self._parameter(value, compared)
        if not literals.compares_exactly(item):
            return _compared(dialect.folded(column), operator, func.lower(parameter))
        return _compared(column, operator, parameter)

    def _parameter(self, value: ast.Value, text: str, read: Callable[[str], str] = str) -> ColumnElement[str]:
        """Return a text of the query as a parameter, which the plan leaves open where it can."""
        name = self.context.parameters.leave_open(value, read)
        return literal(text) if name is None else bindparam(name, type_=String(), required=False)

    def _boolean(self, column: ColumnElement[Any], operator: str, *, value: bool) -> ColumnElement[bool]:
        wanted = value if operator == "is" else not value
        if operator not in {"is", "is_not"}:
            return _compared(column, operator, literal(value))
        return column == true() if wanted else column == false()

    def _moment(self, column: ColumnElement[Any], item: Field, operator: str, value: ast.Value) -> ColumnElement[bool]:
        start, end = literals.moment(self.context, item, value)
        first = dialect.moment_literal(start, self.context.dialect)
        if end is None or operator not in {"is", "is_not"}:
            return _compared(column, operator, first)
        within = and_(column >= first, column < dialect.moment_literal(end, self.context.dialect))
        return within if operator == "is" else not_(within)

    def _membership(self, column: ColumnElement[Any], item: Field, criterion: ast.In) -> ColumnElement[bool]:
        nulls = [value for value in criterion.values if value.is_null]
        values = [value for value in criterion.values if not value.is_null]
        if item.kind == "datetime":
            parts = [self._moment(column, item, "is", value) for value in values]
        else:
            parts = [self._listed(column, item, values)] if values else []
        if nulls:
            parts.append(column.is_(None))
        found = or_(*parts) if parts else false()
        return not_(found) if criterion.negated else found

    def _listed(self, column: ColumnElement[Any], item: Field, values: list[ast.Value]) -> ColumnElement[bool]:
        if item.kind in _TEXTS:
            return self._listed_texts(column, item, values)
        compared = [literals.plain(self.context, item, value) for value in values]
        if isinstance(compared[0], bool):
            return or_(*(self._boolean(column, "is", value=bool(entry)) for entry in compared))
        if item.kind in {"integer", "number"}:
            return self._listed_numbers(column, item, compared)
        return dialect.member_of(column, compared, self.context.dialect)

    def _listed_texts(self, column: ColumnElement[Any], item: Field, values: list[ast.Value]) -> ColumnElement[bool]:
        """Compare with texts, which the plan leaves open where it can."""
        exactly = literals.compares_exactly(item)
        read: Callable[[str], str] = str if exactly else literals.folded
        compared = column if exactly else dialect.folded(column)
        if len(values) == 1:
            return compared == self._parameter(values[0], read(values[0].text), read)
        name = self.context.parameters.leave_list_open(values, read)
        if name is not None:
            return dialect.member(compared, name, self.context.dialect)
        return dialect.member_of(compared, [read(value.text) for value in values], self.context.dialect)

    def _listed_numbers(self, column: ColumnElement[Any], item: Field, numbers: list[Any]) -> ColumnElement[bool]:
        """Compare with numbers; those that no list of the column's type can hold, which match nothing, one by one."""
        if item.kind == "number":
            alone = [number for number in numbers if math.isinf(number)]
            listed: list[Any] = [float(number) for number in numbers if not math.isinf(number)]
        else:
            # PostgreSQL takes a list of one type only, and a fraction is no integer.
            alone = [number for number in numbers if not literals.is_whole(number)]
            listed = [int(number) for number in numbers if literals.is_whole(number)]
        found = [column == literal(number) for number in alone]
        return or_(*found, *([dialect.member_of(column, listed, self.context.dialect)] if listed else []))


def _compared(left: ColumnElement[Any], operator: str, right: ColumnElement[Any]) -> ColumnElement[bool]:
    if operator == "is":
        return left == right
    if operator == "is_not":
        return left != right
    found: ColumnElement[bool] = getattr(left, _COMPARISONS[operator])(right)
    return found


def _is_custom_attributes(attribute: AnyAttribute) -> bool:
    return isinstance(attribute, Mapping) and attribute.target.endswith("CustomAttributeValue")


def _asks_for_null(criterion: ast.Condition) -> bool:
    return isinstance(criterion, ast.Comparison) and criterion.operator == "is" and criterion.value.is_null


def _asks_for_any(criterion: ast.Condition) -> bool:
    return isinstance(criterion, ast.Comparison) and criterion.operator == "is_not" and criterion.value.is_null


def _rebased(
    criterion: ast.Comparison | ast.In | ast.InQuery, segments: tuple[ast.Segment, ...]
) -> ast.Condition | None:
    """Return a criterion with a shorter path, None when nothing of the path is left."""
    if not segments:
        return None
    path = ast.Path(segments)
    if isinstance(criterion, ast.Comparison):
        return ast.Comparison(path, criterion.operator, criterion.value)
    if isinstance(criterion, ast.In):
        return ast.In(path, criterion.values, criterion.negated)
    return ast.InQuery(path, criterion.query, criterion.negated)
