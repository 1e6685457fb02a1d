"""Addresses of pages that show something of the server without a key (protocol: 2.10)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.auth.sessions import Claim
from ftrack_server.auth.tickets import VALID_SECONDS, Ticket

if TYPE_CHECKING:
    from ftrack_protocol.actions import GetWidgetUrl
    from ftrack_server.api.context import RequestContext

WIDGETS = ("info", "tasks", "tasks_browser")


def get_widget_url(context: RequestContext, action: GetWidgetUrl) -> dict[str, str]:
    """Return an address that shows a page to whoever opens it within six minutes.

    Raises:
        ValidationError: If there is no such widget, or ``info`` lacks an entity.
        UnknownEntityTypeError: If there is no such type.
    """
    if action.name not in WIDGETS:
        raise errors.ValidationError(f'There is no widget "{action.name}"; there are {", ".join(WIDGETS)}.')
    if action.name == "info" and not (action.entity_type and action.entity_key):
        raise errors.ValidationError('The widget "info" needs entity_type and entity_key.')
    if action.entity_type:
        context.edition.model.type(action.entity_type)
    theme = action.theme if action.theme in {"light", "dark"} else "dark"
    ticket = Ticket(action.name, theme, action.entity_type or "", action.entity_key)
    until = int(time.time()) + VALID_SECONDS  # as whoever verifies it tells the time
    claim = Claim(context.actor.key_id, context.actor.user_id, until, ticket.to_page())
    token = claim.signed(context.existing("api_key", context.actor.key_id, "ApiKey")["secret_hash"])
    return {"widget_url": f"{context.base_url}/widget/{action.name}?token={token}"}
