"""The connections of each carrier: shared by threads, kept in bounds, not inherited by forks, closed, found."""

from __future__ import annotations

import gc
import http.client
import os
import socket
import subprocess
import sys
import threading

import pytest

from ftrack_api import exception
from ftrack_api._transport import direct, pool
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.coding import UnknownCodingError
from ftrack_api._transport.direct import KEPT_CONNECTIONS, is_plain

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[1] "


def post(url, **more):
    return Request("POST", f"{url}/api", body=b"[{}]", timeout=60, **more)


def in_threads(number, function):
    threads = [threading.Thread(target=function) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads


def test_whole_requests_go_past_urllib3_and_streams_by_it(raw_server, make_config):
    server = raw_server(OK)
    transport = HttpTransport(make_config(server.url))

    transport.send(post(server.url))
    assert (transport._direct is None, transport._pool is None, transport._requests) == (False, True, None)
    with transport.stream(Request("GET", f"{server.url}/component/get")) as stream:
        assert stream.read(10) == b"[1] "
    transport.send(Request("PUT", f"{server.url}/component/put", body=_Pieces()))
    transport.close()

    assert (transport._pool is None, transport._requests) == (False, None)
    assert server.asked[2][1].endswith(b"\r\n\r\nabc")


def test_a_request_to_another_host_changes_no_way_to_the_server(raw_server, make_config):
    server, bucket = raw_server(OK), raw_server(OK)
    transport = HttpTransport(make_config(server.url))

    transport.send(Request("PUT", f"{bucket.url.replace('127.0.0.1', 'localhost')}/key", body=_Pieces()))
    transport.send(post(server.url))

    assert (transport._direct is None, transport._requests) == (False, None)
    assert transport.session is transport._requests.session
    transport.send(Request("PUT", f"{bucket.url.replace('127.0.0.1', 'localhost')}/key", body=_Pieces()))
    transport.close()
    assert len(bucket.asked) == 2


class _Pieces:
    def __len__(self):
        return 3

    def __iter__(self):
        yield b"ab"
        yield b"c"


def test_threads_share_connections_and_few_are_kept(raw_server, make_transport, said):
    threads_at_once = KEPT_CONNECTIONS + 8
    release = threading.Event()
    server = raw_server(said(OK, after=release))
    transport = make_transport(server.url)

    threads = in_threads(threads_at_once, lambda: transport.send(post(server.url)))
    while len(server.asked) < threads_at_once:
        threads[0].join(0.01)
    release.set()
    for thread in threads:
        thread.join(60)
    assert server.connections == threads_at_once
    for thread in in_threads(8, lambda: [transport.send(post(server.url)) for _ in range(5)]):
        thread.join(60)

    assert server.connections == threads_at_once
    if transport._direct is not None:
        assert len(transport._direct._kept) == KEPT_CONNECTIONS


def test_the_connection_used_last_is_used_next(server, make_transport, carrier):
    release = threading.Event()
    server.script({"wait": release}, {}, {}, {})
    transport = make_transport(server.url)
    slow = threading.Thread(target=lambda: transport.send(post(server.url)))
    slow.start()
    while not server.asked:
        slow.join(0.01)
    transport.send(post(server.url))
    release.set()
    slow.join(60)

    for _ in range(3):
        transport.send(post(server.url))

    assert [asked.connection for asked in server.asked] == [1, 2, 1, 1, 1]


def test_closing_lets_requests_on_their_way_finish_and_closes_their_connections(raw_server, make_transport, said):
    release = threading.Event()
    server = raw_server(said(OK, after=release))
    transport = make_transport(server.url)
    found = []
    thread = threading.Thread(target=lambda: found.append(transport.send(post(server.url)).body))
    thread.start()
    while not server.asked:
        thread.join(0.01)

    transport.close()
    release.set()
    thread.join(60)

    assert found == [b"[1] "]
    transport.close()
    assert server.ended.acquire(timeout=60)


def test_a_transport_that_nobody_closed_closes_its_connections(raw_server, make_config):
    server = raw_server(OK)
    transport = HttpTransport(make_config(server.url))
    transport.send(post(server.url))

    del transport
    gc.collect()

    assert server.ended.acquire(timeout=60)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_child_process_does_not_speak_on_the_connections_of_its_parent(server):
    program = f"""
import os
from ftrack_api._session.config import SessionConfig
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport
config = SessionConfig.resolve({server.url!r}, "k", "u", schema_cache_path=False)
transport = HttpTransport(config)
def send(who):
    assert transport.send(Request("POST", config.server_url + "/" + who, body=b"[]")).status == 200
send("parent")
child = os.fork()
if not child:
    send("child")
    send("child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
send("parent")
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)

    assert [(asked.path, asked.connection) for asked in server.asked] == [
        ("/parent", 1),
        ("/child", 2),
        ("/child", 2),
        ("/parent", 1),
    ]


def test_user_and_password_in_the_address_are_not_sent(server, make_transport):
    address = server.url.replace("http://", "http://kim:secret@")

    make_transport(address).send(post(address))

    sent = server.asked[0].headers
    assert "authorization" not in sent
    assert "secret" not in str(sent)
    assert sent["host"] == server.url.removeprefix("http://")


def test_an_address_of_ipv6_is_reached(raw_server, make_transport):
    try:
        server = raw_server(OK, host="::1")
    except OSError:
        pytest.skip("the machine has no IPv6")
    transport = make_transport(server.url)

    assert [transport.send(post(server.url)).status for _ in range(2)] == [200, 200]
    assert f"\r\nHost: {server.url.removeprefix('http://')}\r\n".lower().encode() in server.asked[0][1].lower()
    assert server.connections == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://studio.example.com/api", True),
        ("https://Render-1.local:8443", True),
        ("http://localhost", True),
        ("http://127.0.0.1:80", True),
        ("http://[::1]:80", True),
        ("http://[fe80::1%25eth0]", False),
        ("http://bücher.example", False),
        ("http://studio.example.com.", False),
    ],
)
def test_hosts_of_unusual_names_are_left_to_libraries_that_know_them(url, expected):
    assert is_plain(url) is expected


def test_a_host_of_an_unusual_name_is_reached_by_urllib3(make_config):
    url = "http://studio.example.com.:1"
    transport = HttpTransport(make_config(url))

    assert isinstance(transport._carrier(f"{url}/api"), pool.PoolCarrier)
    transport.close()


def test_a_recorder_in_the_place_of_the_connections_of_python_is_asked(server, make_config, monkeypatch):
    class Recorder(http.client.HTTPConnection):
        """As libraries put in the place of the class, such as vcrpy."""

    transport = HttpTransport(make_config(server.url))
    monkeypatch.setattr(http.client, "HTTPConnection", Recorder)

    assert transport.send(post(server.url)).status == 200
    transport.close()

    assert transport._direct is None
    assert transport._requests is not None


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br"])
def test_an_answer_packed_as_nobody_asked_is_refused_and_not_asked_for_again(raw_server, make_config, coding):
    packed = OK.replace(b"Content-L", f"Content-Encoding: {coding}\r\nContent-L".encode())
    server = raw_server(packed)
    transport = HttpTransport(make_config(server.url))

    with pytest.raises(Exception, match=r"packed as '(br|zstd)', which was not asked for") as caught:
        transport.send(post(server.url, read_only=True))
    transport.close()

    assert isinstance(caught.value.__cause__, UnknownCodingError)
    assert len(server.asked) == 1
    assert b"\r\naccept-encoding: gzip, deflate\r\n" in server.asked[0][1].lower()


def test_without_poll_connections_are_looked_at_too(raw_server, make_config, said, monkeypatch):
    monkeypatch.setattr(direct, "_HAS_POLL", False)
    server = raw_server(said(OK), said(OK, then="close"), said(OK))
    transport = HttpTransport(make_config(server.url))

    transport.send(post(server.url))
    transport.send(post(server.url))
    assert server.closed.acquire(timeout=60)
    transport.send(post(server.url))
    transport.close()

    assert [number for number, _ in server.asked] == [1, 1, 2]


def test_small_pieces_are_sent_at_once(raw_server, make_config):
    server = raw_server(OK)
    transport = HttpTransport(make_config(server.url))
    transport.send(post(server.url))

    (kept,) = transport._direct._kept
    assert kept.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    transport.close()


def test_after_an_answer_that_is_not_the_last_one_the_connection_is_not_used_again(raw_server, make_config):
    server = raw_server(b"HTTP/1.1 103 Early Hints\r\n\r\n", OK)
    transport = HttpTransport(make_config(server.url))

    transport.send(post(server.url))
    assert transport.send(post(server.url)).body == b"[1] "
    transport.close()

    assert [number for number, _ in server.asked] == [1, 2]


def test_a_server_that_does_not_take_a_body_times_out(raw_server, make_config, said):
    release = threading.Event()
    server = raw_server(said(OK, unread=True, after=release))
    transport = HttpTransport(make_config(server.url))

    with pytest.raises(exception.Timeout, match=r"no answer within 0\.05 s"):
        transport.send(Request("POST", f"{server.url}/api", body=b"x" * 50_000_000, timeout=(60, 0.05)))
    release.set()
    transport.close()
