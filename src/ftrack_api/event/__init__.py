"""Events: what they are, which ones a subscriber wants, and the hub that carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api.event import _backoff as _backoff
    from ftrack_api.event import _catch_up as _catch_up
    from ftrack_api.event import _connection as _connection
    from ftrack_api.event import _handshake as _handshake
    from ftrack_api.event import _journal as _journal
    from ftrack_api.event import _processor as _processor
    from ftrack_api.event import _subjects as _subjects
    from ftrack_api.event import _workers as _workers
    from ftrack_api.event import base as base
    from ftrack_api.event import expression as expression
    from ftrack_api.event import hub as hub
    from ftrack_api.event import subscriber as subscriber
    from ftrack_api.event import subscription as subscription

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    # For hubs that connect, and for programs that ask an event what it is about.
    _RARELY = ("_backoff", "_catch_up", "_connection", "_handshake", "_journal", "_processor", "_subjects", "_workers")
    __getattr__, __dir__ = attach(__name__, (*_RARELY, "base", "expression", "hub", "subscriber", "subscription"))
