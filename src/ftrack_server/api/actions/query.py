"""The query action: an expression to a page of entities (protocol: 2.3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ftrack_server.query.engine import RunOptions

if TYPE_CHECKING:
    from ftrack_protocol.actions import Query
    from ftrack_protocol.query.ast import Select
    from ftrack_protocol.typing import QueryData, QueryReply
    from ftrack_server.api.context import RequestContext


def query(context: RequestContext, action: Query) -> QueryReply:
    """Return the entities that an expression asks for, and where the next page starts, if there is one.

    Raises:
        ParseError: If the expression does not follow the grammar or asks for what cannot be.
    """
    return {"action": "query", **page_of(context, action.expression)}


def page_of(context: RequestContext, expression: str | Select) -> QueryData:
    """Return the entities of a query, as text or syntax tree, and where to go on, in the form of a reply."""
    options = RunOptions(
        strict=context.options.strict,
        denormalize=context.options.denormalize,
        address=partial(context.services.files.download_address, context.base_url),
        access=context.actor.access,
    )
    page = context.edition.queries.query(context.connection, expression, options)
    return {"data": page.rows, "metadata": {"next": {"offset": page.next_offset}}}
