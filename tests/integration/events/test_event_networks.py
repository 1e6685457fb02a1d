"""Hubs on networks that are not plain: IPv6, an HTTP proxy, a server behind a path."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

import ftrack_api
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub
from ftrack_server import serving
from ftrack_server.administration import create_key, first_username
from ftrack_server.app import create_app, open_database
from ftrack_server.settings import Settings
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 30


def talks(hub: EventHub) -> bool:
    """Return whether an event goes round by the server."""
    arrived: list[Event] = []
    hub.subscribe("topic=hello", arrived.append)
    hub.connect()
    hub.publish(Event("hello"))
    for _ in range(SECONDS * 20):
        hub.wait(0.05)
        if arrived:
            break
    hub.disconnect()
    return len(arrived) == 1


@contextlib.contextmanager
def served(host: str, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Serve on some address, below a path; yield address, user and key."""
    database = open_database(Settings(database=":memory:"))
    application = create_app(Settings(database=":memory:", host=host, port=0), database)

    async def below(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in {"http", "websocket"}:
            assert scope["path"].startswith(prefix), scope["path"]
            scope = {**scope, "path": scope["path"][len(prefix) :]}
        await application(scope, receive, send)

    listener = serving.bind(host, 0)
    server = serving.BackgroundServer(below, listener)
    server.start()
    try:
        user = first_username(database)
        yield serving.address(listener) + prefix, user, create_key(database, user, "Tests").secret
    finally:
        server.stop()
        database.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_a_server_with_an_ipv6_address() -> None:
    with served("::1") as (url, user, key):
        assert "[::1]" in url
        assert talks(EventHub(url, user, key))


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_p54_a_session_behind_a_path_of_an_ipv6_address() -> None:
    with (
        served("::1", "/ftrack") as (url, user, key),
        ftrack_api.Session(url, key, user, plugin_paths=[], schema_cache_path=False) as session,
    ):
        found = session.query("select username, first_name from User").first()
        found["first_name"] = "Kim"
        session.commit()
        assert session.query(f"User where id is '{found['id']}' and first_name is Kim").count() == 1
        assert session.event_hub.get_server_url() + "/ftrack" == url
        assert talks(session.event_hub)


def test_a_server_behind_a_path(tmp_path: Path) -> None:
    with served("127.0.0.1", "/ftrack") as (url, user, key):
        assert talks(EventHub(url, user, key))
        assert talks(EventHub(url, user, key, journal=tmp_path / "journal"))


class HttpProxy:
    """A proxy that passes on requests with a whole address, and tunnels for CONNECT.

    Attributes:
        asked: First lines of what was asked.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(65536)
            line = head.partition(b"\r\n")[0].decode()
            self.asked.append(line)
            method, target, _ = line.split()
            place = target if method == "CONNECT" else target.split("/")[2]
            host, _, port = place.partition(":")
            with socket.create_connection((host, int(port)), 5) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    path = "/" + target.split("/", 3)[3]
                    server.sendall(head.replace(target.encode(), path.encode(), 1))
                self._tunnel(client, server)

    def _tunnel(self, client: socket.socket, server: socket.socket) -> None:
        ends = {client: server, server: client}
        while True:
            for source in select.select(list(ends), [], [])[0]:
                data = source.recv(65536)
                if not data:
                    return
                ends[source].sendall(data)


def test_a_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = HttpProxy()
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    try:
        with running_server() as server:
            assert talks(EventHub(server.url, server.api_user, server.api_key))
    finally:
        proxy.close()

    assert any(line.startswith("GET") and "/socket.io/1/" in line for line in proxy.asked)
    assert any(line.startswith("CONNECT") for line in proxy.asked)
