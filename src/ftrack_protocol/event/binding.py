"""What an expression says of one field before any event is seen: by it, servers find subscribers without asking all."""

from __future__ import annotations

from ftrack_protocol.event.expression import AllOf, AnyOf, Condition, Expression


def bound_value(expression: Expression, key: str) -> str | None:
    """Return the one text that a text field has wherever an expression matches, or None when there may be others.

    Args:
        expression: What is to match, in any mode.
        key: The field, such as ``topic``; it must hold text, since numbers also meet other spellings.
    """
    if isinstance(expression, Condition):
        is_exact = expression.key == key and expression.operator == "=" and "*" not in expression.value
        return expression.value if is_exact else None
    if isinstance(expression, AllOf):
        found = (bound_value(part, key) for part in expression.expressions)
        return next((value for value in found if value is not None), None)
    if isinstance(expression, AnyOf):
        values = {bound_value(part, key) for part in expression.expressions}
        return values.pop() if len(values) == 1 else None
    return None
