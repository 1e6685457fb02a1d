"""The end of a session: closing it, also when the interpreter exits, and dropping what is pending."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import atexit
import contextlib
import weakref
from typing import TYPE_CHECKING, Any

from ftrack_api import _per_session, exception

if TYPE_CHECKING:
    from ftrack_api._session.engine import SessionEngine

THREAD_SECONDS = 5

_open_sessions: weakref.WeakSet[Any] = weakref.WeakSet()  # sessions, whose class lies in a higher layer


def close_at_exit(session: SessionEngine) -> None:
    """Close a session when the interpreter exits, unless it was closed or forgotten by then (client: D1)."""
    _open_sessions.add(session)


def close(session: SessionEngine) -> None:
    """End a session: drop what is pending, close connections, leave the event server. Once is enough."""
    if session._closed:
        session.logger.debug("The session is closed already.")
        return
    session.logger.debug("The session is being closed.")
    session._closed = True
    _open_sessions.discard(session)
    forget_pending(session, "closed")
    transport = session.__dict__.get("_transport")
    if transport is not None:
        transport.close()
    hub = session.__dict__.get("_event_hub")  # made when it is first asked for
    if hub is not None:
        with contextlib.suppress(exception.EventHubConnectionError):
            hub.disconnect()
    if session._auto_connect_event_hub_thread is not None:
        session._auto_connect_event_hub_thread.join(THREAD_SECONDS)
    session.logger.debug("The session is closed.")


def forget_pending(session: SessionEngine, what: str) -> None:
    """Drop recorded operations, with a warning that says what becomes of the session, and forget all entities."""
    with session._state.lock:  # what another thread records is told of below, or stays recorded
        pending = len(session.recorded_operations)
        session.recorded_operations.clear()
        session._local_cache.clear()
        session._state.forget()
    _per_session.forget(session)
    if pending:
        session.logger.warning(
            "Pending operations are not persisted: the session is %s with %d changes that were never committed.",
            what,
            pending,
        )


@atexit.register
def _close_all() -> None:
    """Close what is still open; the failure of one does not keep the others from closing."""
    for session in list(_open_sessions):
        with contextlib.suppress(Exception):
            session.close()
