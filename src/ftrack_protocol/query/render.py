"""Syntax tree to canonical query text, such that ``parse(render(tree)) == tree``.

That holds for every tree the grammar can say: names are identifiers, ``And`` and ``Or`` have two operands or more,
an inner query without projections has a clause, and a bare word is one (`tokens.is_bare_word`) that is not called
like an operator. A text that is not written in quotes but cannot stand without is quoted, and an inner query that
lacks its clause gets ``offset 0``: the tree read back then differs in that detail, the rows found do not.
"""

from __future__ import annotations

from ftrack_protocol.query import ast
from ftrack_protocol.query.tokens import is_bare_word, quote
from ftrack_protocol.query.vocabulary import OPERATOR_TOKENS


def render(select: ast.Select) -> str:
    """Return the text of a query, clauses in the order where, group by, order by, offset, limit."""
    parts = []
    if select.projections:
        parts.append(f"select {', '.join(map(_projection, select.projections))} from")
    parts.append(select.entity_type)
    if select.where is not None:
        parts.append(f"where {render_condition(select.where)}")
    if select.group_by:
        parts.append(f"group by {', '.join(map(str, select.group_by))}")
    if select.order_by:
        parts.append(f"order by {', '.join(map(_order, select.order_by))}")
    if select.offset is not None:
        parts.append(f"offset {select.offset}")
    if select.limit is not None:
        parts.append(f"limit {select.limit}")
    return " ".join(parts)


def render_condition(condition: ast.Condition) -> str:
    """Return the text of one condition, with parentheses only where it would mean something else without.

    Fewer parentheses than the text that was parsed never need more levels than it had.
    """
    if isinstance(condition, ast.And):
        return " and ".join(map(_grouped, condition.operands))
    if isinstance(condition, ast.Or):
        return " or ".join(map(_alternative, condition.operands))
    if isinstance(condition, ast.Not):
        return f"not {_grouped(condition.operand)}"
    if isinstance(condition, ast.Comparison):
        return f"{condition.path} {condition.operator} {render_value(condition.value)}"
    if isinstance(condition, ast.Quantified):
        inner = "" if condition.condition is None else render_condition(condition.condition)
        return f"{condition.path} {condition.quantifier} ({inner})"
    operator = "not_in" if condition.negated else "in"
    if isinstance(condition, ast.InQuery):
        return f"{condition.path} {operator} ({_inner_query(condition.query)})"
    return f"{condition.path} {operator} ({', '.join(map(render_value, condition.values))})"


def render_value(value: ast.Value) -> str:
    """Return a literal, in quotes if it stood in quotes or cannot stand without."""
    bare = not value.quoted and is_bare_word(value.text) and value.text.lower() not in OPERATOR_TOKENS
    return value.text if bare else quote(value.text)


def _grouped(condition: ast.Condition) -> str:
    text = render_condition(condition)
    return f"({text})" if isinstance(condition, ast.And | ast.Or) else text


def _alternative(condition: ast.Condition) -> str:
    text = render_condition(condition)
    return f"({text})" if isinstance(condition, ast.Or) else text


def _projection(projection: ast.Projection) -> str:
    if isinstance(projection, ast.Aggregate):
        return f"{projection.function}({projection.path})"
    return str(projection)


def _order(order: ast.Order) -> str:
    return f"{order.path} descending" if order.descending else str(order.path)


def _inner_query(select: ast.Select) -> str:
    text = render(select)
    return f"{text} offset 0" if text == select.entity_type else text
