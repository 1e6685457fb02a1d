"""What a request to the session's own server says: its target, and its headers with credentials and cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from ftrack_api._transport.base import Request
    from ftrack_api._transport.contract import TransportConfig
    from ftrack_api._transport.cookies import Cookies

SAFE_IN_TARGET = "/%:@!$&'()*+,;=~-._?"


class Outgoing:
    """Makes the first lines of requests to one server, the same whichever library sends them.

    Args:
        config: Address, credentials and headers.
        cookies: What the server asked to be sent back.
    """

    def __init__(self, config: TransportConfig, cookies: Cookies) -> None:
        self._headers = {
            "user-agent": "ftrack-api",
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            **{name.lower(): value for name, value in config.all_headers.items()},
            "ftrack-user": config.api_user,
            "ftrack-api-key": config.api_key,
        }
        self._is_secure = urlsplit(config.server_url).scheme == "https"
        self._cookies = cookies

    def target(self, url: str) -> str:
        """Return path and query of an address, quoted as requests quotes them."""
        parts = urlsplit(url)
        path = quote(parts.path or "/", safe=SAFE_IN_TARGET)
        return f"{path}?{quote(parts.query, safe=SAFE_IN_TARGET)}" if parts.query else path

    def headers(self, url: str, request: Request) -> dict[str, str]:
        """Return all headers by lower-case name, but those that HTTP itself needs."""
        headers = {**self._headers, **{name.lower(): value for name, value in request.headers.items()}}
        cookies = self._cookies.header(urlsplit(url).path or "/", is_secure=self._is_secure)
        if cookies:
            headers.setdefault("cookie", cookies)
        return headers
