"""Checked by mypy, never run: the session is what entities, attributes and queries may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftrack_api import Session
    from ftrack_api.typing import SessionProtocol


def as_entities_see_it(session: Session) -> SessionProtocol:
    """Return a session by the protocol that the lower layers depend on."""
    return session
