"""What each carrier makes of servers that answer oddly, half, too early or not at all."""

from __future__ import annotations

import functools
import gzip
import http.client
import socket
import threading
import zlib

import pytest
import requests

from ftrack_api import exception
from ftrack_api._transport.base import Request
from ftrack_api._transport.retry import RetryPolicy

ONCE = RetryPolicy(attempts=1)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[1] "
zipped = functools.partial(gzip.compress, mtime=0)
DEFLATED = zlib.compress(b'["large"]')
RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATED = RAW.compress(b'["large"]') + RAW.flush()


def post(url, **more):
    return Request("POST", f"{url}/api", {"content-type": "application/json"}, b"[{}]", 10, **more)


def packed(coding, body, status="200 OK"):
    head = f"HTTP/1.1 {status}\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1;x=y\r\n]\r\n0\r\nTrailer: x\r\n\r\n",
            b"[1]",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"[1] "),
        (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\n[1] ", b"[1] "),
        (packed("gzip", zipped(b'["large"]')), b'["large"]'),
        (packed("x-gzip", zipped(b'["large"]')), b'["large"]'),
        (packed("GZIP", zipped(b'["la') + zipped(b'rge"]')), b'["large"]'),
        (packed("deflate", DEFLATED), b'["large"]'),
        (packed("deflate", RAW_DEFLATED), b'["large"]'),
        (packed("deflate, gzip", zipped(DEFLATED)), b'["large"]'),
        (packed("identity", b"[]"), b"[]"),
        (packed("gzip", b""), b""),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 95 + OK.partition(b"\r\n")[2], b"[1] "),
    ],
    ids=lambda part: repr(part[:70]),
)
def test_an_odd_answer_is_understood_and_the_connection_kept(raw_server, make_transport, answer, body):
    server = raw_server(answer)
    transport = make_transport(server.url)

    assert [transport.send(post(server.url)).body for _ in range(3)] == [body] * 3
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\n\r\n[1] ",
        b"HTTP/1.1 200 OK\r\n\r\n[1] ",
        OK.replace(b"Content", b"Connection: close\r\nContent"),
        OK.replace(b"1.1", b"1.0"),
    ],
)
def test_a_connection_that_the_server_will_end_is_not_used_again(raw_server, make_transport, said, answer):
    server = raw_server(said(answer, then="close"))
    transport = make_transport(server.url)

    assert [transport.send(post(server.url)).body for _ in range(2)] == [b"[1] "] * 2
    assert [number for number, _ in server.asked] == [1, 2]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 20",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n[1]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nlong\r\n[1]\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: " + b"1" * 70_000 + b"\r\n\r\n",
    ],
    ids=lambda answer: repr(answer[:60]),
)
@pytest.mark.parametrize("then", ["close", "reset"])
def test_half_an_answer_is_a_lost_connection_and_a_write_is_not_sent_again(
    raw_server, make_transport, said, answer, then
):
    server = raw_server(said(answer, then=then), said(OK))
    transport = make_transport(server.url)

    with pytest.raises(exception.ConnectionError, match=r"POST .*/api failed: .") as caught:
        transport.send(post(server.url))

    assert isinstance(caught.value, requests.exceptions.ConnectionError)
    assert transport.send(post(server.url)).body == b"[1] "
    assert [number for number, _ in server.asked] == [1, 2]


def test_a_read_is_repeated_after_half_an_answer(raw_server, make_transport, said):
    server = raw_server(said(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1]", then="close"), said(OK))
    delays = []

    transport = make_transport(server.url, sleep=delays.append)

    assert transport.send(post(server.url, read_only=True)).body == b"[1] "
    assert len(delays) == 1


@pytest.mark.parametrize("then", ["close", "reset"])
def test_a_kept_connection_that_the_server_has_ended_gives_way_to_a_new_one(raw_server, make_transport, said, then):
    answered = threading.Event()
    server = raw_server(said(OK, then=then, end_after=answered), said(OK))
    transport = make_transport(server.url)

    transport.send(post(server.url))
    answered.set()
    assert server.closed.acquire(timeout=60)

    assert transport.send(post(server.url)).body == b"[1] "
    assert [number for number, _ in server.asked] == [1, 2]


def test_a_kept_connection_on_which_the_server_speaks_unasked_is_not_used_again(raw_server, make_transport, said):
    timed_out = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 2\r\n\r\n{}"
    server = raw_server(said(OK + timed_out, then="close"), said(OK))
    transport = make_transport(server.url)

    transport.send(post(server.url))
    assert server.closed.acquire(timeout=30)

    assert transport.send(post(server.url)).status == 200


def test_a_server_that_refuses_a_body_before_it_has_read_it_is_heard(raw_server, make_transport, said):
    refused = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    server = raw_server(said(refused, then="close", unread=True))
    transport = make_transport(server.url)

    assert transport.send(Request("POST", f"{server.url}/api", body=b"x" * 20_000_000)).status == 413


def test_headers_of_one_name_are_one_and_each_cookie_is_kept(raw_server, make_transport):
    server = raw_server(OK.replace(b"Content", b"X-A: 1\r\nx-a: 2\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent"))
    transport = make_transport(server.url)

    assert transport.send(post(server.url)).headers["x-a"] == "1, 2"
    transport.send(post(server.url))

    cookies = next(line for line in server.asked[1][1].splitlines() if line.lower().startswith(b"cookie:"))
    assert sorted(cookies[8:].split(b"; ")) == [b"a=1", b"b=2"]


@pytest.mark.parametrize("timeout", [0.05, (0.05, 60), (0.05, None)])
def test_a_server_that_takes_no_connection_times_out(make_transport, timeout):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        url = f"http://127.0.0.1:{address[1]}"
        delays = []

        with pytest.raises(exception.Timeout, match=r"timed out: no connection within 0\.05 s") as caught:
            make_transport(url, sleep=delays.append).send(Request("POST", f"{url}/api", timeout=timeout))
        for one in waiting:
            one.close()

    assert isinstance(caught.value, requests.exceptions.ConnectTimeout)
    assert len(delays) == RetryPolicy().attempts - 1  # the server cannot have seen it


@pytest.mark.parametrize("timeout", [(60, 0.05), (None, 0.05)])
@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1]"])
def test_a_server_that_falls_silent_times_out_and_a_write_is_not_sent_again(raw_server, make_transport, timeout, begun):
    server = raw_server(begun)
    transport = make_transport(server.url)

    with pytest.raises(exception.Timeout, match=r"timed out: no answer within 0\.05 s") as caught:
        transport.send(Request("POST", f"{server.url}/api", timeout=timeout))

    assert isinstance(caught.value, requests.exceptions.ReadTimeout)
    assert len(server.asked) == 1


def test_a_timeout_counts_for_one_request_alone(raw_server, make_transport):
    server = raw_server(OK)
    transport = make_transport(server.url)

    for timeout in (60, None, (None, None), (30, 30)):
        assert transport.send(Request("POST", f"{server.url}/api", timeout=timeout)).status == 200

    assert server.connections == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("x", "a\r\nHost: evil"), ("x", "a\nb"), ("x\r\ny", "1"), ("x: y\r\nz", "1")],
)
def test_a_header_that_would_be_two_or_cannot_be_written_is_refused(raw_server, make_transport, name, value):
    server = raw_server(OK)
    delays = []

    for settings, headers in (({}, {name: value}), ({"headers": {name: value}}, {})):
        transport = make_transport(server.url, settings, sleep=delays.append)
        with pytest.raises(exception.ConnectionError, match=r"POST .*/api failed: ."):
            transport.send(Request("POST", f"{server.url}/api", headers, read_only=True))

    assert (server.asked, delays) == ([], [])


def test_a_header_of_letters_that_cannot_be_sent_is_named(raw_server, make_transport):
    server = raw_server(OK)
    delays = []

    transport = make_transport(server.url, sleep=delays.append)
    with pytest.raises(exception.ConnectionError, match="'日本' has characters that no header can hold"):
        transport.send(Request("POST", f"{server.url}/api", {"x": "日本"}, read_only=True))

    assert (server.asked, delays) == ([], [])


@pytest.mark.parametrize("path", ["/a\nb", "/a\r\nX: y", "/a b?c d\x00", "/\u0085"])
def test_an_address_ends_no_line(raw_server, make_transport, path):
    server = raw_server(OK)

    make_transport(server.url).send(Request("POST", f"{server.url}{path}"))

    line = server.asked[0][1].partition(b"\r\n")[0]
    assert line.startswith(b"POST /")
    assert line.endswith(b" HTTP/1.1")
    assert line.isascii()
    assert line.count(b" ") == 2
    assert b"\r\nx: y" not in server.asked[0][1].lower()


def test_nothing_is_left_of_an_answer_that_was_given_up(raw_server, make_transport, monkeypatch, carrier):
    if carrier == "requests":
        pytest.skip("what requests does with its connections is its own")
    server = raw_server(OK, OK.replace(b"[1]", b"[2]"))
    transport = make_transport(server.url)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(http.client.HTTPResponse, "read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            transport.send(post(server.url))

    assert transport.send(post(server.url)).body == b"[2] "
    assert [number for number, _ in server.asked] == [1, 2]


def test_a_name_that_is_not_known_is_a_connection_error(make_transport):
    transport = make_transport("http://no.such.host.invalid", policy=ONCE)

    with pytest.raises(exception.ConnectionError, match=r"(?i)not known|resol|name"):
        transport.send(post("http://no.such.host.invalid"))
