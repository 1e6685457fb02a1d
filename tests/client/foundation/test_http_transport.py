"""The HTTP transport against a real server on loopback."""

from __future__ import annotations

import gzip
import logging
import pickle
import socket
import ssl
import subprocess
import sys
import threading
import traceback

import certifi
import pytest
import requests
import urllib3

from ftrack_api import exception
from ftrack_api._transport.base import Request
from ftrack_api._transport.certificates import tls_context
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.http import SessionAuthentication
from ftrack_api._transport.retry import RetryPolicy

KEY = "s3cr3t-key"
CAUSES = {
    "direct": ConnectionRefusedError,
    "pool": urllib3.exceptions.NewConnectionError,
    "requests": requests.exceptions.ConnectionError,
}


@pytest.fixture
def delays():
    return []


@pytest.fixture
def transport(server, make_transport, delays):
    transport = make_transport(server.url, sleep=delays.append)
    yield transport
    transport.close()


def post(server, *, read_only=False, path="/api", **more):
    return Request("POST", f"{server.url}{path}", {"content-type": "application/json"}, b"[{}]", 10, read_only, **more)


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_an_answer_comes_back_with_status_lower_case_headers_and_body(server, transport):
    server.script({"status": 422, "body": b'{"a": 1}', "headers": {"X-Request-ID": "r1"}})

    response = transport.send(post(server))

    assert (response.status, response.body, response.headers["x-request-id"]) == (422, b'{"a": 1}', "r1")


def test_a_request_carries_credentials_strict_flag_session_headers_and_cookies(server, make_transport):
    headers = {"X-Studio": "oslo", "ftrack-strict-api": "no"}
    transport = make_transport(server.url, {"headers": headers, "cookies": {"a": "b"}})

    transport.send(post(server))
    transport.close()

    sent = server.asked[0].headers
    assert sent["ftrack-api-key"] == KEY
    assert sent["ftrack-user"] == "kim"
    assert sent["ftrack-strict-api"] == "false"
    assert (sent["x-studio"], sent["cookie"], sent["content-type"]) == ("oslo", "a=b", "application/json")
    assert server.asked[0].body == b"[{}]"


def test_one_connection_is_kept_for_requests_in_a_row(server, transport):
    for _ in range(3):
        transport.send(post(server))

    assert {asked.connection for asked in server.asked} == {1}


def test_a_session_that_was_assigned_is_used_as_it_is(server, transport):
    own = requests.Session()
    own.headers["x-mine"] = "1"
    transport.session = own

    transport.send(post(server))

    assert transport.session is own
    assert server.asked[0].headers["x-mine"] == "1"
    assert "ftrack-api-key" not in server.asked[0].headers


def test_the_requests_session_is_made_once_for_all_threads(server, transport):
    found = []
    threads = [threading.Thread(target=lambda: found.append(transport.session)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(map(id, found))) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_repeated_after_a_passing_status_when_the_server_says(server, transport, delays, status):
    server.script({"status": status, "headers": {"Retry-After": "1"}}, {"status": 503}, {"body": b'["done"]'})

    response = transport.send(post(server, read_only=True))

    assert response.body == b'["done"]'
    assert delays[0] == 1.0
    assert 0.5 <= delays[1] <= 1.0
    assert len(server.asked) == 3


def test_a_write_is_not_repeated_once_the_server_may_have_seen_it(server, transport, delays):
    server.script({"drop": True}, {"body": b'["done"]'})

    with pytest.raises(exception.ConnectionError):
        transport.send(post(server))

    assert (len(server.asked), delays) == (1, [])


def test_a_write_is_not_repeated_after_a_passing_status(server, transport):
    server.script({"status": 503, "headers": {"Retry-After": "0"}}, {"body": b'["done"]'})

    assert transport.send(post(server)).status == 503
    assert len(server.asked) == 1


def test_a_read_is_repeated_when_the_connection_is_lost(server, transport):
    server.script({"drop": True}, {"body": b'["done"]'})

    assert transport.send(post(server, read_only=True)).body == b'["done"]'


def test_a_write_is_repeated_when_no_connection_could_be_made(make_transport, delays):
    transport = make_transport(f"http://127.0.0.1:{unused_port()}", sleep=delays.append)

    with pytest.raises(exception.ConnectionError):
        transport.send(Request("POST", f"{transport._config.server_url}/api"))

    assert len(delays) == RetryPolicy().attempts - 1


def test_a_refused_connection_can_be_caught_as_ours_as_a_server_error_and_as_requests(make_transport, carrier):
    url = f"http://127.0.0.1:{unused_port()}"
    transport = make_transport(url, policy=RetryPolicy(attempts=1))

    with pytest.raises(exception.ConnectionError, match=f"POST {url}/api failed: .*refused") as caught:
        transport.send(Request("POST", f"{url}/api"))

    assert isinstance(caught.value, exception.ServerError)
    assert isinstance(caught.value, requests.exceptions.ConnectionError)
    assert isinstance(caught.value.__cause__, CAUSES[carrier])
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own bytes


def test_a_silent_server_times_out_as_ours_and_as_requests(server, make_transport):
    release = threading.Event()
    server.script({"wait": release})
    transport = make_transport(server.url, policy=RetryPolicy(attempts=1))

    with pytest.raises(exception.Timeout, match=r"timed out: no answer within 0.05 s") as caught:
        transport.send(Request("POST", f"{server.url}/api", timeout=0.05))
    release.set()

    assert isinstance(caught.value, requests.exceptions.ReadTimeout)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_post_redirected_to_another_server_is_not_sent_there(server, other_server, transport, status):
    server.script({"status": status, "headers": {"Location": f"{other_server.url}/api?token=x"}})

    with pytest.raises(exception.ServerError, match="redirected to") as caught:
        transport.send(post(server, read_only=True))

    assert caught.value.status == status
    assert "token" not in str(caught.value)
    assert other_server.asked == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_server_keeps_method_body_and_credentials(server, transport, status):
    server.script({"status": status, "headers": {"Location": "/v2/api"}}, {"body": b'["done"]'})

    assert transport.send(post(server)).body == b'["done"]'
    assert [(a.method, a.path, a.body) for a in server.asked][1] == ("POST", "/v2/api", b"[{}]")
    assert server.asked[1].headers["ftrack-api-key"] == KEY


def test_a_download_follows_a_redirect_to_another_server_without_credentials(server, other_server, make_transport):
    server.script({"status": 302, "headers": {"Location": f"{other_server.url}/file"}})
    other_server.script({"body": b"content"})
    transport = make_transport(server.url, {"headers": {"x-secret": "s"}, "cookies": {"c": "s"}})

    response = transport.send(Request("GET", f"{server.url}/component/get"))
    transport.close()

    assert response.body == b"content"
    assert not {"ftrack-api-key", "ftrack-user", "x-secret", "cookie", "authorization"} & set(
        other_server.asked[0].headers
    )


def test_redirects_do_not_go_round_for_ever(server, transport):
    server.script({"status": 302, "headers": {"Location": "/api"}})

    with pytest.raises(exception.ServerError, match="more than 5 times"):
        transport.send(post(server))


def test_a_signed_address_of_another_server_gets_the_request_headers_alone(server, other_server, transport):
    transport.send(Request("PUT", f"{other_server.url}/upload?signature=x", {"content-type": "image/png"}, b"png"))

    asked = other_server.asked[0]
    assert (asked.method, asked.body, asked.headers["content-type"]) == ("PUT", b"png", "image/png")
    assert "ftrack-api-key" not in asked.headers


def test_the_key_is_in_no_message_log_or_traceback(server, make_transport, caplog):
    caplog.set_level(logging.DEBUG)
    server.script({"drop": True})
    transport = make_transport(server.url, policy=RetryPolicy(attempts=1))
    request = Request("GET", f"{server.url}/component/get?id=1", {"x": "y"})

    with pytest.raises(exception.ConnectionError) as caught:
        transport.send(request)
    url = f"http://127.0.0.1:{unused_port()}"
    offline = make_transport(url, policy=RetryPolicy(attempts=1))
    with pytest.raises(exception.ConnectionError) as in_query:
        offline.send(Request("GET", f"{url}/component/get?apiKey={KEY}"))
    transport.close()

    shown = "".join(traceback.format_exception(caught.value) + traceback.format_exception(in_query.value))
    shown += caplog.text + repr(request) + repr(transport.session.auth) + str(in_query.value.traceback)
    assert KEY not in shown
    assert "failed" in shown


def test_a_header_that_cannot_be_sent_is_refused_and_not_repeated(server, transport, delays):
    with pytest.raises(exception.ConnectionError):
        transport.send(Request("POST", f"{server.url}/api", {"x": "a\nb"}, read_only=True))

    assert (server.asked, delays) == ([], [])


def test_an_address_is_sent_as_requests_would_send_it(server, transport):
    transport.send(Request("GET", f"{server.url}/a b/ö?q=ü&id=1%20x"))

    assert server.asked[0].path == "/a%20b/%C3%B6?q=%C3%BC&id=1%20x"


def test_a_compressed_answer_is_unpacked(server, transport):
    server.script({"body": gzip.compress(b'["large"]'), "headers": {"Content-Encoding": "gzip"}})

    assert transport.send(post(server)).body == b'["large"]'


def test_a_damaged_answer_is_a_connection_error(server, transport):
    server.script({"body": b"no gzip", "headers": {"Content-Encoding": "gzip"}})

    with pytest.raises(exception.ConnectionError):
        transport.send(post(server))


def test_cookies_of_the_server_are_sent_back(server, make_config):
    server.script({"headers": {"Set-Cookie": "node=7; Path=/"}})
    transport = HttpTransport(make_config(server.url))

    for _ in range(3):
        transport.send(post(server))
    transport.close()

    assert [asked.headers["cookie"] for asked in server.asked[1:]] == ["node=7", "node=7"]


@pytest.mark.parametrize("by_requests", [False, True])
def test_cookies_are_kept_whoever_carries_the_next_request(server, make_config, by_requests):
    server.script({"headers": {"Set-Cookie": "node=7; Path=/"}})
    transport = HttpTransport(make_config(server.url, cookies={"given": "1"}))

    transport.send(post(server))
    if by_requests:
        assert transport.session is not None
    transport.send(post(server))
    transport.close()

    assert sorted(server.asked[1].headers["cookie"].split("; ")) == ["given=1", "node=7"]


def test_asking_for_the_session_sends_everything_through_it(server, make_config):
    transport = HttpTransport(make_config(server.url))
    transport.send(post(server))
    transport.session.headers["x-late"] = "1"

    transport.send(post(server))
    transport.close()

    assert ["x-late" in asked.headers for asked in server.asked] == [False, True]


def test_a_proxy_of_the_environment_is_used(server, other_server, make_config, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", other_server.url)
    transport = HttpTransport(make_config("http://studio.invalid"))

    transport.send(Request("POST", "http://studio.invalid/api"))
    transport.close()

    assert other_server.asked[0].path == "http://studio.invalid/api"


def test_a_host_that_needs_no_proxy_is_reached_directly(server, make_config, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    transport = HttpTransport(make_config(server.url))

    assert transport.send(post(server)).status == 200
    transport.close()


def test_a_request_to_the_own_server_loads_no_http_library_of_others(server):
    program = f"""
import sys
from ftrack_api._session.config import SessionConfig
from ftrack_api._transport.base import Request
from ftrack_api._transport.certificates import tls_context
from ftrack_api._transport.client import HttpTransport
config = SessionConfig.resolve({server.url!r}, "k", "u", schema_cache_path=False)
print(HttpTransport(config).send(Request("POST", config.server_url + "/api")).status)
print(sorted({{"requests", "urllib3", "certifi", "idna"}} & set(sys.modules)))
"""

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout == "200\n[]\n"


@pytest.mark.parametrize(("variable", "folder"), [("REQUESTS_CA_BUNDLE", False), ("CURL_CA_BUNDLE", True)])
def test_certificates_of_the_environment_are_used(tmp_path, monkeypatch, variable, folder):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
    with pytest.raises(OSError, match="No such file"):
        tls_context()
    monkeypatch.setenv(variable, str(tmp_path) if folder else certifi.where())

    assert tls_context().verify_mode is ssl.CERT_REQUIRED


def test_authentication_sets_both_headers():
    request = requests.Request("GET", "http://127.0.0.1/", auth=SessionAuthentication("k", "u")).prepare()

    assert (request.headers["ftrack-api-key"], request.headers["ftrack-user"]) == ("k", "u")
