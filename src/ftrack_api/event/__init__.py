"""Events: what they are, which ones a subscriber wants, and the hub that carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api.event import _catch_up as _catch_up
    from ftrack_api.event import _connection as _connection
    from ftrack_api.event import _handshake as _handshake
    from ftrack_api.event import base as base
    from ftrack_api.event import expression as expression
    from ftrack_api.event import hub as hub
    from ftrack_api.event import subscriber as subscriber
    from ftrack_api.event import subscription as subscription

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    # The first three are for connecting, and load a good deal.
    __getattr__, __dir__ = attach(
        __name__, ("_catch_up", "_connection", "_handshake", "base", "expression", "hub", "subscriber", "subscription")
    )
