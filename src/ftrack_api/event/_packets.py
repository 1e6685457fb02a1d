"""The part of a hub that writes and reads frames, in small steps that subclasses may override or call (client: 30)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api.event._local import LocalHub
from ftrack_api.event._wire import decode, encode, with_local_keys, with_wire_keys
from ftrack_api.event.base import Event

if TYPE_CHECKING:
    from ftrack_api.event._connection import Connection

# Events and answers hold any JSON value: the Any below.

_NAMES = ("disconnect", "connect", "heartbeat", "message", "json", "event", "acknowledge", "error", "noop")
_CODES = {str(number): name for number, name in enumerate(_NAMES)}


class PacketHub(LocalHub):
    """A hub that can have a connection, and what passes over it packet by packet.

    Args:
        api_user: Name of the user, which becomes part of the source of events.
    """

    # The name of each code, and the code of each name, as subclasses look them up.
    _code_name_mapping = {**_CODES, **{name: code for code, name in _CODES.items()}}  # noqa: RUF012 - kept as it was

    def __init__(self, api_user: str) -> None:
        super().__init__(api_user)
        self._connection: Connection | None = None

    @property
    def _present_connection(self) -> Connection:
        connection = self._connection
        if connection is None:
            raise exception.EventHubConnectionError("Not currently connected to the event server.")
        return connection

    def _emit_event_packet(
        self, namespace: str, event: Event | Mapping[str, Any], callback: Callable[[Any], Any] | None
    ) -> None:
        """Send an event.

        Args:
            namespace: What kind of packet it is; the server knows ``ftrack.event``.
            event: The event.
            callback: Called with what the server says of it; it is not asked when None.

        Raises:
            TypeError: If the event holds something that cannot be sent.
            ConnectionError: If the connection is lost; the server may have got the event or not.
            EventHubConnectionError: If there was none.
        """
        data = self._encode({"name": namespace, "args": [event]})
        self._send_packet(self._code_name_mapping["event"], data, callback)

    def _acknowledge_packet(self, packet_identifier: str, *args: Any) -> None:
        """Tell the server that a packet of its was dealt with, and what is to be said of it."""
        tail = f"+{self._encode(list(args))}" if args else ""
        self._send_packet(self._code_name_mapping["acknowledge"], f"{packet_identifier.rstrip('+')}{tail}")

    def _send_packet(self, code: str, data: str = "", callback: Callable[[Any], Any] | None = None) -> None:
        """Send a packet; with a callback it asks for an acknowledgement, which the callback is called with."""
        connection = self._present_connection
        identifier = "" if callback is None else self._add_packet_callback(callback)
        connection.send_text(f"{code}:{identifier}::{data}")

    def _add_packet_callback(self, callback: Callable[[Any], Any]) -> str:
        """Have a callback wait for the acknowledgement of a packet; return the identifier to send it with."""
        return f"{self._present_connection.add_callback(callback)}+"

    def _pop_packet_callback(self, packet_identifier: str) -> Callable[[Any], Any]:
        """Return the callback that waits for a packet, which waits no longer.

        Raises:
            KeyError: If there is none.
        """
        return self._present_connection.pop_callback(int(packet_identifier.rstrip("+")))

    def _receive_packet(self) -> bool:
        """Read and handle one packet, waiting for it; return False when the connection is over."""
        connection = self._connection
        text = connection.read() if connection is not None else None
        if connection is None or text is None:
            return False
        code, packet_identifier, path, data = [*text.split(":", 3), "", "", ""][:4]
        self._handle_packet(code, packet_identifier, path, data)
        return True

    def _handle_packet(self, code: str, packet_identifier: str | None, path: str | None, data: str | None) -> None:
        """Handle one packet, given in its four parts; None is an empty one."""
        connection = self._connection
        if connection is not None:
            connection.take(":".join(part or "" for part in (code, packet_identifier, path, data)))

    def _encode(self, data: Any) -> str:
        """Return data, events among it, as JSON text; `_encode_object_hook` has a say in what JSON does not know."""
        return encode(data, self._encode_object_hook)

    def _encode_object_hook(self, item: Any) -> Any:
        """Return what is sent in place of an object that JSON does not know.

        Raises:
            TypeError: If nothing can be.
        """
        if isinstance(item, Event):
            return with_wire_keys(item)
        raise TypeError(f"{item!r} has no form in JSON.")

    def _decode(self, string: str) -> Any:
        """Return the value of JSON text, each object of it seen by `_decode_object_hook`."""
        return decode(string, self._decode_object_hook)

    def _decode_object_hook(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return an object of JSON text with its keys as events spell them here."""
        return with_local_keys(item)
