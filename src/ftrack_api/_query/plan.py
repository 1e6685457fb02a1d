"""What the client does to a query text before it is sent: default projections added, paging taken off.

Nothing else of the text is touched. Text this client cannot read goes to the server as it is, which is the judge.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ftrack_protocol.query.paging import leading_type, split_page
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftrack_protocol.query.paging import PagedText

KEPT_LENGTH = 2000  # characters; longer texts are lists of ids that never come twice


class QueryPlan(Record):
    """A query ready to be paged.

    Attributes:
        text: Text with projections and without paging clauses.
        limit: How many rows the user wants at most, or None.
        offset: How many rows the user wants skipped, or None.
    """

    text: str
    limit: int | None
    offset: int | None


def plan(expression: str, types: Mapping[str, Any]) -> QueryPlan:
    """Return how a query is sent.

    Args:
        expression: Query text; white space and the case of keywords do not matter (client: D20).
        types: Entity classes by name, for the default projections of a query without ``select``.

    Raises:
        UnrecognisedEntityTypeError: If a query without ``select`` asks for a type that does not exist.
        ValueError: If the text is empty.
        TypeError: If it is no text.

    Cost: linear in the text, and once only for a text that was planned before.
    """
    if not isinstance(expression, str):
        raise TypeError(
            f"A query is text such as 'Task where name is comp', not {type(expression).__name__}: {expression!r}."
        )
    parts = _parts(expression) if len(expression) <= KEPT_LENGTH else _parts.__wrapped__(expression)
    paged, entity_type = parts
    if entity_type is None:
        return QueryPlan(f"select{paged.text[len('select') :]}", paged.limit, paged.offset)
    entity_class = types[entity_type]
    projections = ", ".join(entity_class.default_projections or entity_class.primary_key_attributes)
    return QueryPlan(f"select {projections} from {paged.text}", paged.limit, paged.offset)


@lru_cache(maxsize=512)
def _parts(expression: str) -> tuple[PagedText, str | None]:
    """Return a text without paging, and the type it starts with unless it starts with ``select``."""
    entity_type = leading_type(expression)
    if entity_type == "":
        raise ValueError('The query is empty; name an entity type, as in "Task where name is comp".')
    return split_page(expression.strip()), entity_type
