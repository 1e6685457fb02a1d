"""The cookies one server sets, as far as a client of that server alone needs them: names, paths, ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from email.utils import parsedate_to_datetime

from ftrack_protocol.record import Record

FOREVER = float("inf")


class _Cookie(Record):
    value: str
    path: str
    is_secure: bool
    end: float


class Cookies:
    """What a server asked to be sent back; may be used from several threads.

    There is one server, so the domain of a cookie is not looked at. Ends are in seconds since the epoch.

    Args:
        given: Cookies that are sent until the server sets others of their names.
    """

    def __init__(self, given: Iterable[tuple[str, str]]) -> None:
        self._lock = threading.Lock()
        self._cookies = {name: _Cookie(value, path="/", is_secure=False, end=FOREVER) for name, value in given}

    def take(self, headers: Iterable[str]) -> None:
        """Keep, replace or forget what ``Set-Cookie`` headers say; one that cannot be read is passed over."""
        for header in headers:
            pair, *attributes = header.split(";")
            name, equals, value = (part.strip() for part in pair.partition("="))
            if not equals or not name:
                continue
            said = {key.strip().lower(): text.strip() for key, _, text in (item.partition("=") for item in attributes)}
            path = said.get("path", "")
            cookie = _Cookie(value, path if path.startswith("/") else "/", "secure" in said, _end(said))
            with self._lock:
                others = {kept: known for kept, known in self._cookies.items() if kept != name}
                self._cookies = {**others, name: cookie} if cookie.end > time.time() else others

    def header(self, path: str, *, is_secure: bool) -> str:
        """Return the ``Cookie`` header of a request, empty when there is nothing to send."""
        return "; ".join(f"{name}={value}" for name, value in self.current(path, is_secure=is_secure).items())

    def current(self, path: str = "/", *, is_secure: bool = True) -> dict[str, str]:
        """Return the values by name of what has not ended and belongs to a path."""
        known = self._cookies  # replaced and never changed, so that reading needs no lock
        if not known:
            return {}
        now = time.time()
        return {
            name: cookie.value
            for name, cookie in known.items()
            if cookie.end > now and _covers(cookie.path, path) and (is_secure or not cookie.is_secure)
        }


def _covers(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else folder + "/")


def _end(said: dict[str, str]) -> float:
    """Return when a cookie ends; ``Max-Age`` counts before ``Expires``, and what cannot be read does not count."""
    try:
        if "max-age" in said:
            return time.time() + int(said["max-age"])
        if "expires" in said:
            return parsedate_to_datetime(said["expires"]).timestamp()
    except (ValueError, OverflowError):
        return FOREVER
    return FOREVER
