"""Files on the ftrack server itself, sent and read through the transport of the session."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ftrack_api import _transport, exception
from ftrack_api import data as ftrack_data
from ftrack_api._query.parameters import literal
from ftrack_api._transfers import Report
from ftrack_api.accessor._content import checksum_of
from ftrack_api.accessor._download import Download, fetch, server_request
from ftrack_api.accessor._upload import upload
from ftrack_api.accessor.base import Accessor
from ftrack_api.symbol import SERVER_LOCATION_ID

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is a component, or content of files: text or bytes.


def __getattr__(name: str) -> Any:
    """Return requests, by way of which tests patch it, when it is asked for (PEP 562)."""
    if name == "requests":
        return getattr(_transport.http, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class ServerFile(ftrack_data.String):
    """The data of a component on the server.

    Reading streams them, without a copy on disk. What is written is collected in a temporary file and uploaded when
    the file is flushed or closed, and only when it was changed since.

    Args:
        resource_identifier: Id of the component.
        session: Session to send and read through.
        mode: ``rb``, or ``wb`` to write.
    """

    def __init__(self, resource_identifier: str, session: SessionProtocol, mode: str = "rb") -> None:
        import tempfile  # noqa: PLC0415 - loads a good deal, and few sessions need it

        self.mode = mode
        self.resource_identifier = resource_identifier
        self._session = session
        self._is_changed = "r" not in mode
        self._download = Download(session, resource_identifier)
        handle, self._path = tempfile.mkstemp(prefix="ftrack-") if "r" not in mode else (None, "")
        file: Any = self._download if handle is None else os.fdopen(handle, "w+b")
        ftrack_data.FileWrapper.__init__(self, file)
        self.is_binary = True

    def read(self, limit: int | None = None) -> Any:
        """Return bytes from the current position on, all of them when ``limit`` is None.

        Raises:
            AccessorOperationFailedError: If the server refuses or cannot be reached.
            ValueError: If it was closed.
        """
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        if self._path:
            return super().read(limit)
        with _explained("read", self.resource_identifier):
            if limit is not None and limit >= 0:
                return self._download.read(limit) if limit else b""
            return b"".join(iter(lambda: self._download.read(1 << 20), b""))

    def write(self, content: Any) -> Any:
        """Write content, to be uploaded later.

        Raises:
            AccessorOperationFailedError: If it was opened for reading.
        """
        if not self._path:
            raise exception.AccessorOperationFailedError(
                "write", self.resource_identifier, "the file was opened for reading; open it with mode 'wb'."
            )
        self._is_changed = True
        return super().write(content)

    def tell(self) -> int:
        """Return the current position."""
        return super().tell() if self._path else self._download.position

    def flush(self) -> None:
        """Upload what was written, if that was not done.

        Raises:
            AccessorOperationFailedError: If there is no such component, the server refuses or cannot be reached.
        """
        if not self._path:
            return
        super().flush()
        if self._is_changed:
            self._write()
            self._is_changed = False

    def _write(self) -> None:
        component = _component(self._session, self.resource_identifier)
        with _explained("write", self.resource_identifier):
            report = Report(component, None, self._get_size())
            upload(self._session, self.resource_identifier, _file_name(component), self._path, report)

    def _get_size(self) -> int:
        """Return the bytes of what was written."""
        return Path(self._path).stat().st_size

    def _compute_checksum(self) -> str:
        """Return the MD5 of what was written in base64, as uploads announce it."""
        return checksum_of(self._path, Report(None, None, None))

    def close(self) -> None:
        """Upload what was written, and close; a second call does nothing."""
        if self.closed:
            return
        try:
            super().close()
        finally:
            self._end()

    def discard(self) -> None:
        """Close without uploading."""
        self._end()

    def _end(self) -> None:
        self.closed = True
        self.wrapped_file.close()
        if self._path:
            with contextlib.suppress(OSError):
                os.remove(self._path)  # noqa: PTH107 - a text


class _NotToldError(exception.AccessorUnsupportedOperationError, NotImplementedError):
    """Raised for what the server does not tell; callers of old catch the built-in error."""


class _ServerAccessor(Accessor):
    """Reads and writes files of the server, by component id.

    Args:
        session: Session to send and read through.
        **kw: Ignored; known to old callers.
    """

    def __init__(self, session: SessionProtocol, **kw: Any) -> None:
        del kw
        super().__init__()
        self._session = session

    def open(self, resource_identifier: str, mode: str = "rb") -> ftrack_data.Data:
        """Return the data of a component; nothing is sent before they are read, flushed or closed."""
        return ServerFile(resource_identifier, session=self._session, mode=mode)

    def receive_file(self, resource_identifier: str, path: str, component: Any, report: Report) -> None:
        """Upload a file on disk as the data of a component, which need not be committed.

        Raises:
            AccessorOperationFailedError: If the server refuses or cannot be reached, or the file cannot be read.
            TransferCancelledError: If transfers are to stop.
        """
        with _explained("write", resource_identifier):
            upload(self._session, resource_identifier, _file_name(component), path, report)

    def send_file(self, resource_identifier: str, path: str, component: Any, report: Report) -> None:
        """Download the data of a component into a file on disk, which appears when it is whole.

        A second call goes on with what an earlier one left in a file beside it, whose name ends in ``.part``.

        Raises:
            AccessorOperationFailedError: If the server refuses or cannot be reached, or the file cannot be written.
            TransferCancelledError: If transfers are to stop.
        """
        del component
        with _explained("read", resource_identifier):
            fetch(Download(self._session, resource_identifier), path, report)

    def remove(self, resourceIdentifier: str) -> None:  # noqa: N803 - known under this name
        """Remove the data of a component.

        Raises:
            AccessorOperationFailedError: If the server refuses or cannot be reached.
        """
        with _explained("remove", resourceIdentifier):
            server_request(self._session, "/component/remove", resourceIdentifier, read_only=False).close()

    def get_container(self, resource_identifier: str) -> None:
        """Return None: there are no containers here."""

    def make_container(self, resource_identifier: str, recursive: bool = True) -> None:  # noqa: FBT001, FBT002 - signature accessors have
        """Do nothing: there are no containers here."""

    def list(self, resource_identifier: str) -> list[str]:
        """Raise, as there are no containers here."""
        raise _NotToldError("list", resource_identifier)

    def exists(self, resource_identifier: str) -> bool:
        """Return False: data may be sent again, in place of those that are there."""
        del resource_identifier
        return False

    def is_file(self, resource_identifier: str) -> bool:
        """Raise, as the server does not tell."""
        raise _NotToldError("is_file", resource_identifier)

    def is_container(self, resource_identifier: str) -> bool:
        """Raise, as the server does not tell."""
        raise _NotToldError("is_container", resource_identifier)

    def is_sequence(self, resource_identifier: str) -> bool:
        """Raise, as the server does not tell."""
        raise _NotToldError("is_sequence", resource_identifier)

    def get_url(self, resource_identifier: str) -> str:
        """Return the address of the data of a component: a signed one, valid for some time, where the server has those.

        A server that knows no signed addresses gets one with the key of the user in it: do not hand that on.

        Raises:
            AccessorResourceNotFoundError: If the server tells addresses, and the component is not in its location.

        Cost: one request.
        """
        told = self._told("get_url", resource_identifier)
        return str(told["url"]) if told.get("url") else self._keyed("get", resource_identifier)

    def get_thumbnail_url(self, resource_identifier: str, size: int | None = None) -> str:
        """Return the address of a picture of a component, as `get_url` does, at most ``size`` pixels each way."""
        told = self._told("get_thumbnail_url", resource_identifier)
        address = str(told.get("thumbnail_url") or "") or self._keyed("thumbnail", resource_identifier)
        return address if size is None else f"{address}&{urlencode({'size': size})}"

    def _told(self, operation: str, component_id: str) -> dict[str, Any]:
        """Return the addresses that the server tells of a component; none from a server that tells no addresses.

        Raises:
            AccessorResourceNotFoundError: If the server tells addresses, and has none of this component.
        """
        session = self._session
        if "url" not in session.types["ComponentLocation"].attributes.by_name:
            return {}
        condition = f"component_id is {literal(component_id)} and location_id is {literal(SERVER_LOCATION_ID)}"
        expression = f"select url from ComponentLocation where {condition}"
        rows = session._send([{"action": "query", "expression": expression}])[0].get("data")
        if not rows:
            raise exception.AccessorResourceNotFoundError(
                operation,
                component_id,
                message=f"Component {component_id} has no address: it is not in ftrack.server. Add it there first.",
            )
        told = rows[0].get("url")
        return told if isinstance(told, dict) else {}

    def _keyed(self, what: str, component_id: str) -> str:
        """Return an address as servers without signed ones know it, with the user's key in it."""
        session = self._session
        parameters = {"id": component_id, "username": session.api_user, "apiKey": session.api_key}
        return f"{session.server_url}/component/{what}?{urlencode(parameters)}"


def _component(session: SessionProtocol, component_id: str) -> Any:
    """Return the file component of an id.

    Raises:
        AccessorOperationFailedError: If there is none.
    """
    component = session.get("FileComponent", component_id)
    if component is None:
        raise exception.AccessorOperationFailedError(
            "write", component_id, "there is no file component of that id; create and commit it first."
        )
    return component


def _file_name(component: Any) -> str:
    file_type = str(component["file_type"] or "").lstrip(".")
    return f"{component['name']}.{file_type}" if file_type else str(component["name"])


@contextlib.contextmanager
def _explained(operation: str, resource_identifier: str) -> Iterator[None]:
    """Raise what goes wrong with a transfer as an error of the accessor; its text has the cause's."""
    try:
        yield
    except (exception.AccessorError, exception.TransferCancelledError):
        raise
    except (exception.Error, OSError, ValueError) as error:
        raise exception.AccessorOperationFailedError(operation, resource_identifier, error) from error
