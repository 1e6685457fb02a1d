"""Custom attributes in criteria, as if every applicable attribute had a row, set or not (data_model: 6.5).

What a condition says about the attribute itself (its key, its configuration) is decided here, over the cached
configurations. What it says about the value becomes SQL on the stored rows, and is tried on the default as well: where
the default meets it, entities without a stored row do too.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_, select, true

from ftrack_protocol.query import ast
from ftrack_protocol.values import parse_datetime
from ftrack_server.query import literals
from ftrack_server.query.configurations import shadowing
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.sql.selectable import NamedFromClause

    from ftrack_server.model.custom import Configuration
    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.query.scope import Compilation

    Criterion = ast.Comparison | ast.In | ast.InQuery

_TRUTH: Mapping[str, float] = {"true": 1.0, "false": 0.0}
_CONFIGURATION_FIELDS = {
    "key": "key",
    "configuration_id": "id",
    "configuration": "id",
    "configuration.id": "id",
    "configuration.key": "key",
    "configuration.label": "label",
    "configuration.entity_type": "entity_type",
    "configuration.object_type_id": "object_type_id",
    "configuration.project_id": "project_id",
    "configuration.is_hierarchical": "is_hierarchical",
    "configuration.type.name": "type.name",
    "configuration.type_id": "type_id",
    "configuration.group.name": "group.name",
    "configuration.group_id": "group_id",
}


def custom_attribute_criterion(
    context: Compilation, definition: EntityDefinition, source: NamedFromClause, condition: ast.Condition | None
) -> ColumnElement[bool]:
    """Return that some custom attribute of an entity meets a condition; no condition asks whether it has any."""
    known = context.custom_attributes()
    candidates = known.for_table(definition.table)
    parts = []
    for item in candidates:
        found = _of_one(context, source, item, known.rows[item.id], condition)
        if found is not None:
            parts.append(and_(_applies(source, item, candidates), found))
    return or_(*parts) if parts else false()


def _of_one(
    context: Compilation,
    source: NamedFromClause,
    item: Configuration,
    row: Mapping[str, Any],
    condition: ast.Condition | None,
) -> ColumnElement[bool] | None:
    """Return the criterion for one attribute: None when it can never hold, TRUE when it always does."""
    values = context.alias("custom_attribute_value")
    stored = true() if condition is None else _evaluate(condition, _SqlLeaf(context, values, row))
    if stored is False:
        return None
    if stored is True or condition is None:
        return true()
    default = _evaluate(condition, _DefaultLeaf(context, item, row))
    own = select(values.c.entity_id).where(values.c.configuration_id == item.id)
    found = source.c.id.in_(own.where(stored))
    return or_(found, source.c.id.not_in(own)) if default is True else found


def _applies(source: NamedFromClause, item: Configuration, others: Sequence[Configuration]) -> ColumnElement[bool]:
    """Return on which rows of the owner's table an attribute is to be found."""
    parts: list[ColumnElement[bool]] = []
    if not item.is_hierarchical and "context_type" in source.c:
        parts.append(source.c.context_type == item.entity_type)
        if item.entity_type == "task" and item.object_type_id:
            parts.append(source.c.object_type_id == item.object_type_id)
    if item.project_id is not None and "project_id" in source.c:
        parts.append(source.c.project_id == item.project_id)
    hidden = shadowing(item, others)
    if hidden and "project_id" in source.c:
        parts.append(or_(source.c.project_id.is_(None), source.c.project_id.not_in(hidden)))
    return and_(true(), *parts)


def _evaluate(condition: ast.Condition, leaf: Callable[[Criterion], Any]) -> Any:
    """Return a condition worked out as far as possible: True, False or SQL."""
    if isinstance(condition, ast.Not):
        found = _evaluate(condition.operand, leaf)
        return not found if isinstance(found, bool) else not_(found)
    if isinstance(condition, ast.And | ast.Or):
        absorbing = isinstance(condition, ast.Or)
        left = []
        for operand in condition.operands:
            found = _evaluate(operand, leaf)
            if found is absorbing:
                return absorbing
            if not isinstance(found, bool):
                left.append(found)
        if not left:
            return not absorbing
        return or_(*left) if absorbing else and_(*left)
    if isinstance(condition, ast.Quantified):
        if condition.condition is None:
            return True
        return _evaluate(_prefixed(condition.condition, condition.path), leaf)
    return leaf(condition)


def _prefixed(condition: ast.Condition, prefix: ast.Path) -> ast.Condition:
    """Return a condition whose paths start one relation earlier: ``configuration has (key is x)`` flattened."""
    if isinstance(condition, ast.Not):
        return ast.Not(_prefixed(condition.operand, prefix))
    if isinstance(condition, ast.And):
        return ast.And(tuple(_prefixed(operand, prefix) for operand in condition.operands))
    if isinstance(condition, ast.Or):
        return ast.Or(tuple(_prefixed(operand, prefix) for operand in condition.operands))
    path = ast.Path((*prefix.segments, *condition.path.segments))
    if isinstance(condition, ast.Comparison):
        return ast.Comparison(path, condition.operator, condition.value)
    if isinstance(condition, ast.In):
        return ast.In(path, condition.values, condition.negated)
    if isinstance(condition, ast.InQuery):
        return ast.InQuery(path, condition.query, condition.negated)
    return ast.Quantified(path, condition.quantifier, condition.condition)


class _SqlLeaf:
    """Criteria on stored rows: those on the configuration decided, those on the value in SQL."""

    def __init__(self, context: Compilation, values: NamedFromClause, row: Mapping[str, Any]) -> None:
        self.context = context
        self.values = values
        self.row = row

    def __call__(self, criterion: Criterion) -> Any:
        path = ".".join(criterion.path.names)
        if path == "value":
            return variable_criterion(self.context, self.values, criterion)
        if path == "entity_id":
            return _exact(self.context, self.values.c.entity_id, criterion)
        return _decided(self.context, self.row, path, criterion)


class _DefaultLeaf:
    """The same criteria tried on an entity that has no stored row."""

    def __init__(self, context: Compilation, item: Configuration, row: Mapping[str, Any]) -> None:
        self.context = context
        self.item = item
        self.row = row

    def __call__(self, criterion: Criterion) -> Any:
        path = ".".join(criterion.path.names)
        if path == "value":
            return _default_meets(self.item, criterion)
        if path == "entity_id":
            return False
        return _decided(self.context, self.row, path, criterion)


def _decided(context: Compilation, row: Mapping[str, Any], path: str, criterion: Criterion) -> bool:
    """Return whether a configuration meets a criterion on itself."""
    if path not in _CONFIGURATION_FIELDS or isinstance(criterion, ast.InQuery):
        raise context.refuse(
            f'"{path}" of a custom attribute cannot be compared here; there are value, key and configuration.<name>',
            criterion.path.offset,
        )
    return _meets(row.get(_CONFIGURATION_FIELDS[path]), criterion)


def _default_meets(item: Configuration, criterion: Criterion) -> bool:
    if isinstance(criterion, ast.InQuery):
        return False
    default = item.default_answer
    if isinstance(default, list):
        default = ",".join(default)
    elif isinstance(default, dict):
        default = default.get("value")
    return _meets(default, criterion)


def _meets(found: Any, criterion: ast.Comparison | ast.In) -> bool:
    """Return whether a known value meets a criterion, with the rules of SQL for none."""
    if isinstance(criterion, ast.In):
        hit = any(_compare(found, "is", value) for value in criterion.values)
        return hit is not criterion.negated and (found is not None or hit)
    return _compare(found, criterion.operator, criterion.value)


def _compare(found: Any, name: str, value: ast.Value) -> bool:
    if value.is_null:
        return (found is None) == (name == "is")
    if found is None:
        return False
    if name in {"like", "not_like"}:
        return bool(_like_pattern(value.text).fullmatch(str(found))) == (name == "like")
    left, right = _comparable(found, value.text)
    return bool(_OPERATORS[name](left, right))


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def _comparable(found: Any, text: str) -> tuple[Any, Any]:
    if isinstance(found, bool):
        return found, text.lower() in {"true", "1"}
    if isinstance(found, int | float):
        number = literals.read_number(text)
        return (str(found), text) if number is None else (float(found), float(number))
    return literals.folded(str(found)), literals.folded(text)


def _like_pattern(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\\[%_\\]|.", pattern, re.DOTALL)
    translated = (
        re.escape(part[1:]) if len(part) > 1 else {"%": ".*", "_": "."}.get(part, re.escape(part)) for part in parts
    )
    return re.compile("".join(translated), re.IGNORECASE | re.DOTALL | re.ASCII)


def variable_criterion(context: Compilation, values: NamedFromClause, criterion: Criterion) -> ColumnElement[bool]:
    """Return a criterion on a stored custom attribute value, compared as what it is: number, text or date."""
    if isinstance(criterion, ast.InQuery):
        raise context.refuse("A custom attribute value cannot be looked up in a query", criterion.path.offset)
    if isinstance(criterion, ast.In):
        found = or_(false(), *(_variable(context, values, "is", value) for value in criterion.values))
        return not_(found) if criterion.negated else found
    return _variable(context, values, criterion.operator, criterion.value)


def _variable(context: Compilation, values: NamedFromClause, name: str, value: ast.Value) -> ColumnElement[bool]:
    if value.is_null:
        return values.c.value.is_(None) if name == "is" else values.c.value.isnot(None)
    if name in {"like", "not_like"}:
        found = dialect.like(values.c.text, literal(literals.pattern(context, value)))
        return found if name == "like" else not_(found)
    text = func.lower(literal(value.text))
    options: list[ColumnElement[bool]] = [_ordered(dialect.folded(values.c.text), name, text)]
    if name == "is":
        listed = func.lower("," + values.c.text + ",")
        options.append(dialect.contains(listed, func.lower(literal(f",{value.text},")), context.dialect))
    number = _TRUTH.get(value.text.lower(), literals.read_number(value.text))
    if number is not None:
        options.append(_ordered(values.c.number, name, literal(float(number))))
    try:
        moment = dialect.moment_literal(parse_datetime(value.text).replace(microsecond=0), context.dialect)
        options.append(_ordered(values.c.date, name, moment))
    except ValueError:
        pass
    if name == "is_not":
        return not_(_variable(context, values, "is", value))
    return or_(*options)


def _ordered(left: ColumnElement[Any], name: str, right: ColumnElement[Any]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _OPERATORS[name](left, right)
    return found


def _exact(context: Compilation, column: ColumnElement[Any], criterion: Criterion) -> ColumnElement[bool]:
    if isinstance(criterion, ast.In):
        found = dialect.member_of(column, [value.text for value in criterion.values], context.dialect)
        return not_(found) if criterion.negated else found
    if isinstance(criterion, ast.Comparison) and criterion.operator in {"is", "is_not"}:
        return _ordered(column, criterion.operator, literal(criterion.value.text))
    raise context.refuse('"entity_id" can be compared with is, is_not and in', criterion.path.offset)
