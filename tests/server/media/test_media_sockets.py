"""Large bodies are read from their sockets: connections go on as they would, slow clients take nothing from others."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.server.media.conftest import ON_DISK, md5

from ftrack_server import serving
from ftrack_server.media.bodies import LARGE_BYTES, THREADS
from ftrack_server.media.disk_receiver import DiskReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.media.conftest import Client

pytestmark = ON_DISK

DATA = random.Random(3).randbytes(3_000_000)  # noqa: S311 - repeatable


class Connection:
    """A connection on which requests are written byte by byte, and answers are read as they are framed."""

    def __init__(self, client: Client) -> None:
        address = urlsplit(client.server.url)
        self._client = client
        self.socket = socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=60)
        self._answers = self.socket.makefile("rb")

    def put(self, component_id: str, *headers: str) -> bytes:
        """Announce a file and return the head of the request that sends it."""
        told = self._client.announce(component_id, file_name="a.bin", file_size=len(DATA))
        address = urlsplit(told["url"])
        target = f"{address.path}?{address.query}"
        lines = [f"PUT {target} HTTP/1.1", "Host: x", f"Content-Length: {len(DATA)}", *headers, "", ""]
        return "\r\n".join(lines).encode()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> tuple[int, bytes]:
        """Return status and body of the next answer."""
        status = int(self._answers.readline().split()[1])
        length = 0
        while line := self._answers.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return status, self._answers.read(length)

    def close(self) -> None:
        self._answers.close()
        self.socket.close()


@pytest.fixture
def connect(client: Client) -> Iterator[Any]:
    with contextlib.ExitStack() as stack:

        def connection() -> Connection:
            return stack.enter_context(contextlib.closing(Connection(client)))

        yield connection


HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


def test_the_library_sees_the_beginning_of_a_large_body_only(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    whole = serving.HttpToolsProtocol.on_body
    monkeypatch.setattr(
        serving.HttpToolsProtocol, "on_body", lambda protocol, body: (seen.append(len(body)), whole(protocol, body))
    )
    told = client.announce("c", file_name="a.bin", file_size=8 * len(DATA))
    seen.clear()

    assert client.put(told["url"], 8 * DATA).status_code == 200
    assert sum(seen) < 2 * len(DATA)
    assert client.get("c").content == 8 * DATA


def test_requests_go_on_after_a_body_on_the_same_connection(client: Client, connect: Any) -> None:
    connection = connect()
    for round_ in range(3):
        connection.send(connection.put(f"c{round_}") + DATA)
        assert connection.answer()[0] == 200
        connection.send(HEALTH)
        assert connection.answer()[0] == 200

    assert [client.get(f"c{round_}").content == DATA for round_ in range(3)] == [True] * 3


@pytest.mark.parametrize("apart", [0, 1, LARGE_BYTES, len(DATA) - 1, len(DATA)])
def test_a_request_sent_before_the_answer_is_answered_next(client: Client, connect: Any, apart: int) -> None:
    connection = connect()
    head = connection.put("c")
    connection.send(head + DATA[:apart])
    connection.send(DATA[apart:] + HEALTH + HEALTH)

    assert [connection.answer()[0] for _ in range(3)] == [200, 200, 200]
    assert client.get("c").content == DATA


def test_a_body_that_is_waited_for_is_asked_for(client: Client, connect: Any) -> None:
    connection = connect()
    connection.send(connection.put("c", "Expect: 100-continue"))
    assert connection.answer() == (100, b"")
    connection.send(DATA)

    assert connection.answer()[0] == 200
    assert client.get("c").content == DATA


def test_more_slow_clients_than_threads_keep_nobody_waiting(client: Client, connect: Any) -> None:
    slow = [connect() for _ in range(2 * THREADS)]
    for number, connection in enumerate(slow):
        connection.send(connection.put(f"slow{number}") + DATA[:LARGE_BYTES])

    assert client.upload("c", DATA).status_code == 200
    for step in range(LARGE_BYTES, len(DATA), LARGE_BYTES):
        for connection in slow:
            connection.send(DATA[step : step + LARGE_BYTES])
    assert [connection.answer()[0] for connection in slow] == [200] * len(slow)
    assert all(client.get(f"slow{number}").content == DATA for number in range(len(slow)))


def test_a_connection_that_ends_within_a_body_leaves_nothing(client: Client, connect: Any) -> None:
    connection = connect()
    connection.send(connection.put("c") + DATA[:-1])
    connection.socket.shutdown(socket.SHUT_WR)
    connection.socket.settimeout(60)
    while connection.socket.recv(4096):  # until the server has seen the end
        pass
    end = time.monotonic() + 60
    while client.stored() and time.monotonic() < end:
        assert client.get("c").status_code == 404

    assert client.stored() == []


def test_a_refused_body_leaves_the_connection_in_order(client: Client, connect: Any) -> None:
    connection = connect()
    wrong = md5(DATA[1:])
    connection.send(connection.put("c", f"Content-MD5: {wrong}") + DATA)
    status, said = connection.answer()
    connection.send(HEALTH)

    assert (status, b"checksum announced" in said) == (400, True), said
    assert connection.answer()[0] == 200
    assert client.get("c").status_code == 404
    assert client.stored() == []


def test_the_rest_of_a_body_is_never_taken_for_a_request(
    client: Client, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, sent = threading.Event(), threading.Event()
    take = DiskReceiver.take

    def fail(receiver: DiskReceiver, data: bytes) -> None:
        taken.set()
        assert sent.wait(60)
        monkeypatch.setattr(DiskReceiver, "take", take)
        raise RuntimeError("a fault of the server")

    client.upload("kept", b"data")
    hidden = f"/component/remove?id=kept&username={client.key['username']}&apiKey={client.key['apiKey']}"
    monkeypatch.setattr(DiskReceiver, "take", fail)
    connection = connect()
    connection.send(connection.put("c") + b"x")
    assert taken.wait(60)
    connection.send(f"GET {hidden} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    sent.set()
    with contextlib.suppress(OSError):
        while connection.socket.recv(65536):
            pass

    assert client.get("kept").content == b"data"
