"""What a session sends and gets: batches, their JSON text, and what carries it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from ftrack_api import _session, exception
from ftrack_api._codec import decode as _decode
from ftrack_api._codec.encode import plain
from ftrack_api._garbage import garbage_waits
from ftrack_api._per_session import made_once
from ftrack_api._session.config import SessionConfig
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.faults import check
from ftrack_api._transport.retry import is_read_only
from ftrack_protocol import json as compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_api._session.observe import RequestHook
    from ftrack_api._transport.base import Response, Timeout
    from ftrack_api._transport.contract import Transport
    from ftrack_api.typing import AttributeStrategy
    from ftrack_api.typing import SessionProtocol as _Base

else:
    _Base = object

# Any below is JSON, or what stands in for it in a batch: dates, entities and collections.


class SessionWire(_Base):
    """The transport of a session and the text that travels over it.

    A subclass, or a test, may put its own ``call``, ``encode`` or ``decode`` in place, on the class or on the session:
    each batch of the session goes through it then. Where none is replaced, rows are taken as they come, for speed.
    """

    request_timeout: Timeout = 60
    """Seconds for each request; read when it is sent."""

    _closed = False
    _server_url = ""
    _api_key = ""
    _api_user = ""

    @made_once
    def logger(self) -> logging.Logger:
        """Logger of the session."""
        return logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")

    @property
    def _request(self) -> Any:
        """The requests session; proxies, CA files and adapters may be set on it.

        Raises:
            ConnectionClosedError: If the session is closed.
        """
        return self._open_transport().session  # type: ignore[attr-defined]  # of the transport over HTTP

    @_request.setter
    def _request(self, value: Any) -> None:
        self._transport.session = value  # type: ignore[attr-defined]  # as above

    @made_once
    def on_request(self) -> list[RequestHook]:
        """Functions called with a report of each request to the API when it is over; empty to start with.

        They are called in the thread that made the request, so that ``traceback.extract_stack()`` tells which line
        that was; pages loaded ahead have threads of their own. One that fails is logged. Files travel apart.
        """
        return []

    @made_once
    def _config(self) -> SessionConfig:
        return SessionConfig(server_url=self._server_url, api_key=self._api_key, api_user=self._api_user)

    @made_once
    def _transport(self) -> Transport:
        return self._create_transport(self._config)

    def _create_transport(self, config: SessionConfig) -> Transport:
        """Return what carries the requests; for subclasses that want another carrier."""
        return HttpTransport(config)

    def _open_transport(self) -> Transport:
        if self._closed:
            raise exception.ConnectionClosedError("The session is closed; make a new one to talk to the server.")
        return self._transport

    def call(self, data: Any) -> Any:
        """Send a batch of actions in one request; return one result per action.

        Args:
            data: List of actions, each a dictionary with ``action`` and what that action needs (protocol: 2); or one
                action, as old servers take it. Dates, entities and collections may stand in for JSON values.

        Returns:
            Results in the order of the actions; rows in them as entities that are not among the session's own.

        Raises:
            ConnectionClosedError: If the session is closed.
            ServerError: Or the subclass that fits: if the server refuses the batch, cannot be reached, or gives no
                proper answer; what the server answered is logged, too. Nothing of a refused batch was done.
            TypeError: If something in the data cannot be sent.
        """
        if self._replaces("encode"):
            body = self.encode(data, entity_attribute_strategy="modified_only").encode("utf-8")
        else:
            body = compact.dumps_bytes(plain(data, "modified_only"))
        if self._replaces("decode"):
            return self._exchange(data, body, self._decoded)
        return _decode.revive(self, self._exchange(data, body, check))

    def encode(self, data: Any, entity_attribute_strategy: AttributeStrategy = "set_only") -> str:
        """Return data as JSON text with sorted keys.

        Args:
            data: JSON values, dates, entities and collections.
            entity_attribute_strategy: Which attributes of an entity are written: ``all``, ``set_only``,
                ``modified_only`` or ``persisted_only``; see `_codec.encode.plain`.

        Raises:
            ValueError: For another strategy, and for numbers that are not finite.
            TypeError: For values that have no form in JSON.
        """
        return json.dumps(plain(data, entity_attribute_strategy), sort_keys=True)

    def decode(self, string: str) -> Any:
        """Return JSON text as data: dates as `arrow.Arrow`, rows as entities that are not among the session's own.

        Raises:
            ValueError: If the text is no JSON.
            UnrecognisedEntityTypeError: If it holds an entity of an unknown type.
        """
        return _decode.decode(self, string)

    def _decoded(self, response: Response) -> Any:
        """Return what ``decode`` makes of an answer that is no fault."""
        check(response)
        return self.decode(response.body.decode("utf-8"))

    def _exchange(self, batch: Any, body: bytes, read: Callable[[Response], Any]) -> Any:
        """Send a batch; return what is read of the answer.

        Args:
            batch: The actions, to be looked at.
            body: The same as they travel.
            read: Returns the value of an answer, or raises for one that is a fault.

        Raises:
            ConnectionClosedError: If the session is closed.
            ServerError: If the server refuses, cannot be reached or gives no proper answer.
        """
        transport = self._open_transport()
        request = Request(
            method="POST",
            url=f"{self._server_url}/api",
            headers={"content-type": "application/json", "accept": "application/json"},
            body=body,
            timeout=self.request_timeout,
            read_only=is_read_only(batch if isinstance(batch, list) else [batch]),
        )
        try:
            if hooks := self.__dict__.get("on_request"):
                return _session.observe.watched(transport, request, batch, hooks, read)
            response = transport.send(request)
            with garbage_waits():
                return read(response)
        except exception.NetworkError:
            raise
        except exception.ServerError as error:
            if self.logger.hasHandlers():  # else it would be written twice, by what is raised too
                self.logger.exception("%s", error)  # noqa: TRY401 - the line says what happened, the traceback where
            raise

    def _send(self, actions: list[dict[str, Any]]) -> list[Any]:
        """Send a batch; return one result per action, rows as plain JSON.

        A subclass or a test that replaces ``call`` sees every batch, and may answer with what it likes: a mock does.
        """
        if self._is_genuine:
            results: Any = self._exchange(actions, compact.dumps_bytes(actions), check)
        else:
            results = self.call(actions)
            if not isinstance(results, list) and self._replaces("call"):
                return results  # type: ignore[no-any-return]
        if not isinstance(results, list) or len(results) != len(actions):
            raise exception.ServerError(
                f"Expected {len(actions)} results from the server, one per action, got {str(results)[:200]}."
            )
        return results

    @property
    def _is_plain(self) -> bool:
        """Whether batches go straight to a server over HTTP, so that nothing sees them that threads could confuse."""
        return self._is_genuine and isinstance(self._transport, HttpTransport)

    @property
    def _is_genuine(self) -> bool:
        """Whether nothing was put in place of what `_replaces` tells of; asked for each batch."""
        own = type(self)
        same = own.call is _OWN["call"] and own.encode is _OWN["encode"] and own.decode is _OWN["decode"]
        return same and _REPLACEABLE.isdisjoint(self.__dict__)

    def _replaces(self, name: str) -> bool:
        """Return whether a subclass or a test has put its own function in place of one of this class."""
        return getattr(type(self), name) is not _OWN[name] or name in self.__dict__


_REPLACEABLE = frozenset({"call", "encode", "decode"})
_OWN: dict[str, Any] = {name: vars(SessionWire)[name] for name in _REPLACEABLE}
