"""The words of the query language: operators and their synonyms, aggregates, sort directions, clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftrack_protocol.query import ast

COMPARISONS: dict[str, ast.CompareOperator] = {
    "is": "is",
    "=": "is",
    "is_not": "is_not",
    "!=": "is_not",
    "like": "like",
    "not_like": "not_like",
    ">": ">",
    "greater_than": ">",
    "after": ">",
    "<": "<",
    "less_than": "<",
    "before": "<",
    ">=": ">=",
    "greater_than_equal": ">=",
    "<=": "<=",
    "less_than_equal": "<=",
}
"""Every spelling of a comparison, and the operator it folds into."""

OPERATORS = ("is", "is_not", "in", "not_in", "like", "not_like", "has", "any", "=", "!=", ">", ">=", "<", "<=")
"""The operators an error names; the rest of `OPERATOR_TOKENS` are synonyms."""

OPERATOR_TOKENS = frozenset({*OPERATORS, *COMPARISONS})

AGGREGATES = ("count", "sum", "avg", "min", "max")

DIRECTIONS = {"ascending": False, "asc": False, "descending": True, "desc": True}
"""Every spelling of a sort direction, and whether it descends."""

CLAUSES = {"where": "where", "order": "order by", "group": "group by", "limit": "limit", "offset": "offset"}
"""The first word of every clause, and its whole name."""
