"""Cross-origin rules: browsers of other hosts may call every path, with credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    # The shapes that the ASGI specification gives to scope, receive and send.
    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]
    Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

ALLOWED_METHODS = "GET, POST, PUT, OPTIONS"
ALLOWED_HEADERS = (
    "content-type, accept, ftrack-user, ftrack-api-key, ftrack-clienttoken, ftrack-pushtoken, "
    "ftrack-strict-api, ftrack-api-options"
)
EXPOSED_HEADERS = "ETag, X-Request-ID, Accept-Ranges, Content-Disposition, Content-Length, Content-Range"
PREFLIGHT_SECONDS = "86400"


class CrossOrigin:
    """ASGI middleware that answers OPTIONS on every path and marks every other answer (protocol: 1.2).

    The caller's ``Origin`` is reflected rather than ``*``, which browsers refuse together with credentials. Headers
    that a preflight asks for beyond the known ones are allowed, since clients may be given headers of their own.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 200, "headers": _preflight(headers)})
            await send({"type": "http.response.body", "body": b""})
            return
        origin = headers.get(b"origin")
        if origin is None:
            await self._application(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_marks(origin)]
            await send(message)

        await self._application(scope, receive, send_marked)


def _marks(origin: bytes | None) -> list[tuple[bytes, bytes]]:
    reflected = [] if origin is None else [(b"access-control-allow-origin", origin)]
    return [
        *reflected,
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", EXPOSED_HEADERS.encode()),
        (b"vary", b"Origin"),
    ]


def _preflight(headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    asked = headers.get(b"access-control-request-headers", b"").decode("latin-1")
    known = {name.strip() for name in ALLOWED_HEADERS.split(",")}
    further = sorted({name.strip().lower() for name in asked.split(",") if name.strip()} - known)
    return [
        *_marks(headers.get(b"origin")),
        (b"access-control-allow-methods", ALLOWED_METHODS.encode()),
        (b"access-control-allow-headers", ", ".join([ALLOWED_HEADERS, *further]).encode("latin-1")),
        (b"access-control-max-age", PREFLIGHT_SECONDS.encode()),
        (b"allow", ALLOWED_METHODS.encode()),
        (b"content-length", b"0"),
    ]
