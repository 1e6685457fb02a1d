"""What is told of each request to whoever watches a session."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from ftrack_api._transport.base import Request, Response
    from ftrack_api._transport.contract import Transport

# Any below is JSON, as it travels.

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RequestReport:
    """One request to the API that is over.

    Attributes:
        batch: The actions as they were sent; to be read only, and not told by ``repr``, as they may hold secrets.
        actions: What each action does: ``query``, ``create``, ``update`` and so on.
        seconds: Time until the answer was there and read, repetitions and their waits included.
        sent: Bytes of the body.
        received: Bytes of the answer after decompression; 0 when there was none.
        status: HTTP status of the answer, or None when there was none.
        error: What the caller gets raised, or None.
    """

    batch: Any = field(repr=False)
    actions: tuple[str, ...]
    seconds: float
    sent: int
    received: int = 0
    status: int | None = None
    error: BaseException | None = None


RequestHook: TypeAlias = "Callable[[RequestReport], object]"


def watched(
    transport: Transport, request: Request, batch: Any, hooks: Iterable[RequestHook], read: Callable[[Response], Any]
) -> Any:
    """Send a request, tell the hooks of it, and return what is read of the answer; a hook that fails is logged.

    Raises:
        ServerError: Or the subclass that fits, after the hooks were told of it.
    """
    body = request.body if isinstance(request.body, bytes) else b""
    started = time.perf_counter()
    received, status, error = 0, None, None
    try:
        response = transport.send(request)
        received, status = len(response.body), response.status
        return read(response)
    except BaseException as failure:
        error = failure
        raise
    finally:
        actions = tuple(
            str(item.get("action") if hasattr(item, "get") else None)
            for item in (batch if isinstance(batch, list) else [batch])
        )
        seconds = time.perf_counter() - started
        report = RequestReport(batch, actions, seconds, len(body), received, status, error)
        for hook in list(hooks):
            _tell(hook, report)


def _tell(hook: RequestHook, report: RequestReport) -> None:
    try:
        hook(report)
    except Exception:  # a watcher must not spoil what it watches: a commit that succeeded has succeeded
        _LOGGER.exception("The function %r of session.on_request failed; the request is not affected.", hook)
