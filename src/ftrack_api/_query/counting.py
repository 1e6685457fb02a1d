"""How many rows a query finds, as a query of its own: one number travels instead of the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftrack_protocol.query import ast
from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.parser import parse
from ftrack_protocol.query.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_api._query.plan import QueryPlan

# Any below is a JSON value of a schema document.

COUNT = "count_id"
"""The name of the number in the only row of the answer (protocol: 5.9)."""


def counting_text(text: str, schemas: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the query that counts what another one finds, or None where the server cannot count.

    Args:
        text: Query text without paging.
        schemas: Schema documents of the server; they say which types can be counted.
    """
    try:
        query = parse(text)
    except QuerySyntaxError:
        return None
    is_grouped = bool(query.group_by) or any(isinstance(item, ast.Aggregate) for item in query.projections)
    document = next((schema for schema in schemas if schema.get("id") == query.entity_type), {})
    if is_grouped or document.get("primary_key") != ["id"] or not (document.get("metadata") or {}).get("group_by"):
        return None
    count = ast.Aggregate("count", ast.Path((ast.Segment("id"),)))
    return render(replace(query, projections=(count,), order_by=()))


def paged_count(total: int, plan: QueryPlan) -> int:
    """Return how many of so many rows the paging of a query leaves."""
    left = max(0, total - (plan.offset or 0))
    return left if plan.limit is None else min(left, plan.limit)
