"""Files from the server, read while they arrive; a connection that breaks is taken up where it broke."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import glob
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ftrack_api import exception
from ftrack_api._transport.base import Request, Stream

if TYPE_CHECKING:
    from ftrack_api._transfers import Report
    from ftrack_api.typing import SessionProtocol

ATTEMPTS = 5  # for going on after a break, without any byte in between
PARTIAL, REFUSED, BEYOND = 206, frozenset({401, 403}), 416
HTTP_ERROR = 400
EXCERPT = 200
FETCHED = 1024 * 1024  # bytes of a piece
STATE_DIGITS = 12


def server_request(
    session: SessionProtocol, path: str, component_id: str, headers: dict[str, str] | None = None, *, read_only: bool
) -> Stream:
    """Return the answer to a request about the data of a component.

    Credentials travel in the headers, as for all requests of the session. A server that wants them in the address, as
    old ones do, gets them there.

    Raises:
        ServerError: If the server refuses; ``status`` has the status.
        NetworkError: If there is no answer.
    """
    transport = session._open_transport()
    legacy = {"id": component_id, "username": session.api_user, "apiKey": session.api_key}
    for parameters in ({"id": component_id}, legacy):
        address = f"{session.server_url}{path}?{urlencode(parameters)}"
        request = Request("GET", address, headers or {}, timeout=session.request_timeout, read_only=read_only)
        answer: Stream = transport.stream(request)
        if answer.status not in REFUSED or parameters is legacy:
            break
        answer.close()
    if answer.status < HTTP_ERROR or answer.status == BEYOND:
        return answer
    with answer:
        said = " ".join(answer.read(EXCERPT * 4).decode("utf-8", "replace").split())[:EXCERPT]
    found = exception.NotFound if answer.status == 404 else exception.ServerError
    error = found(f"GET {path} of component {component_id} was answered with HTTP status {answer.status}: {said}")
    error.status = answer.status
    raise error


def fetch(download: Download, path: str, report: Report) -> None:
    """Bring data into a file that appears when it is whole.

    Until then they are in a file beside it, whose name ends in ``.part`` and says which state of the data it belongs
    to; what an earlier attempt left there is not asked for again. One for another state is removed.

    Raises:
        ServerError: If the server refuses or cannot be reached.
        TransferCancelledError: If transfers are to stop; what has arrived stays.
        OSError: If the file cannot be written.
    """
    state = download.state()
    part = Path(f"{path}.{hashlib.sha256(state.encode()).hexdigest()[:STATE_DIGITS]}.part")
    for other in part.parent.glob(f"{glob.escape(os.path.basename(path))}.{'[0-9a-f]' * STATE_DIGITS}.part"):  # noqa: PTH119
        if other.name != part.name or not state:
            other.unlink(missing_ok=True)
    with part.open("r+b" if part.exists() else "w+b") as file:
        have = file.seek(0, os.SEEK_END)
        if download.total is not None and have > download.total:
            have = file.seek(0)
            file.truncate()
        report.add(have)
        download.seek(have)
        while piece := download.read(FETCHED):
            file.write(piece)
            report.add(len(piece))
    part.replace(path)


class Download:
    """The data of a component on the server.

    Args:
        session: Session.
        component_id: The component.

    Attributes:
        position: Where the next piece begins.
        total: Bytes in all; None before the first answer, or when the server does not say.
    """

    def __init__(self, session: SessionProtocol, component_id: str) -> None:
        self._session = session
        self._component_id = component_id
        self._answer: Stream | None = None
        self._tag = ""
        self.position = 0
        self.total: int | None = None

    def state(self) -> str:
        """Return what the server calls the state of the data; empty when it does not say.

        Raises:
            ServerError: If the server refuses or cannot be reached.
        """
        if self._answer is None and not self._tag:
            self._answer = self._open()
        return self._tag

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, ``b""`` at the end.

        Raises:
            ServerError: If the server refuses, cannot be reached any more, or has other data than before.
        """
        failures = 0
        while self.total is None or self.position < self.total:
            try:
                answer = self._answer = self._answer or self._open()
                piece = answer.read(size)
            except exception.NetworkError:
                failures += 1
                self.close()
                if failures >= ATTEMPTS or (self.position and not self._tag):
                    raise
                continue
            if piece:
                self.position += len(piece)
                return piece
            if self.total is None or self.position >= self.total:
                break
            failures += 1
            self.close()  # the connection ended early
            if failures >= ATTEMPTS:
                raise exception.ConnectionError(
                    f"Component {self._component_id} ended after {self.position} of {self.total} bytes."
                )
        return b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to another position; nothing is sent before the next piece is read, unless the size has to be known."""
        if whence == os.SEEK_END and self.total is None:
            self._answer = self._answer or self._open()
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.position, os.SEEK_END: self.total or 0}[whence]
        wanted = max(base + offset, 0)
        if wanted != self.position:
            self.close()
            self.position = wanted
        return wanted

    def close(self) -> None:
        """Free the connection."""
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def _open(self) -> Stream:
        """Ask for what comes from the position on."""
        headers = {"accept-encoding": "identity"}
        if self.position:
            headers["range"] = f"bytes={self.position}-"
            if self._tag:
                headers["if-range"] = self._tag
        answer = server_request(self._session, "/component/get", self._component_id, headers, read_only=True)
        try:
            self._note(answer)
        except BaseException:
            answer.close()
            raise
        return answer

    def _note(self, answer: Stream) -> None:
        """Take over what an answer says of the data, and skip what was not asked for."""
        tag = answer.headers.get("etag", "")
        if self._tag and tag != self._tag:
            raise exception.ServerError(f"The data of component {self._component_id} changed while they were read.")
        self._tag = tag
        if answer.status == PARTIAL:
            total = answer.headers.get("content-range", "").rpartition("/")[2]
            self.total = int(total) if total.isdigit() else self.total
            return
        if answer.status == BEYOND:
            self.total = self.position
            return
        length = answer.headers.get("content-length", "")
        if length.isdigit() and not answer.headers.get("content-encoding"):
            self.total = int(length)
        left = self.position
        while left and (piece := answer.read(min(left, 1 << 20))):
            left -= len(piece)
