"""Syntax tree to canonical query text, such that ``parse(render(tree)) == tree`` for every tree of lexable words."""

from __future__ import annotations

from ftrack_protocol.query import ast


def quote(text: str) -> str:
    r"""Return a string literal that parses back to exactly this text.

    Every backslash is doubled and every double quote escaped, so no text can end the literal early or change the
    query around it. For ``like``, write ``%`` and ``_`` as wildcards, ``\%`` and ``\_`` as plain characters.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def render(select: ast.Select) -> str:
    """Return the text of a query, clauses in the order where, group by, order by, offset, limit."""
    parts = []
    if select.projections:
        parts.append(f"select {', '.join(_projection(p) for p in select.projections)} from")
    parts.append(select.entity_type)
    if select.where is not None:
        parts.append(f"where {render_condition(select.where)}")
    if select.group_by:
        parts.append(f"group by {', '.join(map(str, select.group_by))}")
    if select.order_by:
        parts.append(f"order by {', '.join(_order(order) for order in select.order_by)}")
    if select.offset is not None:
        parts.append(f"offset {select.offset}")
    if select.limit is not None:
        parts.append(f"limit {select.limit}")
    return " ".join(parts)


def render_condition(condition: ast.Condition) -> str:
    """Return the text of one condition; operands that are themselves lists of conditions get parentheses."""
    if isinstance(condition, ast.And):
        return " and ".join(_grouped(operand) for operand in condition.operands)
    if isinstance(condition, ast.Or):
        return " or ".join(_grouped(operand) for operand in condition.operands)
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
    """Return a literal, quoted if it was quoted."""
    return quote(value.text) if value.quoted else value.text


def _grouped(condition: ast.Condition) -> str:
    text = render_condition(condition)
    return f"({text})" if isinstance(condition, ast.And | ast.Or) else text


def _projection(projection: ast.Projection) -> str:
    if isinstance(projection, ast.Aggregate):
        return f"{projection.function}({projection.path})"
    return str(projection)


def _order(order: ast.Order) -> str:
    return f"{order.path} descending" if order.descending else str(order.path)


def _inner_query(select: ast.Select) -> str:
    """Return a sub-query; one without any clause would read as a value, so it is told apart by an offset of 0."""
    text = render(select)
    return text if " " in text else f"{text} offset 0"
