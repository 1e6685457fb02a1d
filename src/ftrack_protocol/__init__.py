"""What travels between an ftrack client and an ftrack server: pure functions over frozen data.

The names below are the ones both sides meet in. Their modules are loaded when a name is first touched (PEP 562), so
that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftrack_protocol.event.envelope import Envelope
    from ftrack_protocol.event.expression import ExpressionSyntaxError
    from ftrack_protocol.faults import Fault
    from ftrack_protocol.query.errors import QuerySyntaxError
    from ftrack_protocol.schema import Schema, schema_hash
    from ftrack_protocol.socketio.machine import ClientMachine, ServerMachine

_HOMES = {
    "ClientMachine": "ftrack_protocol.socketio.machine",
    "Envelope": "ftrack_protocol.event.envelope",
    "ExpressionSyntaxError": "ftrack_protocol.event.expression",
    "Fault": "ftrack_protocol.faults",
    "QuerySyntaxError": "ftrack_protocol.query.errors",
    "Schema": "ftrack_protocol.schema",
    "ServerMachine": "ftrack_protocol.socketio.machine",
    "schema_hash": "ftrack_protocol.schema",
}

__all__ = [
    "ClientMachine",
    "Envelope",
    "ExpressionSyntaxError",
    "Fault",
    "QuerySyntaxError",
    "Schema",
    "ServerMachine",
    "schema_hash",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
