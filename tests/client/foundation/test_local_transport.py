"""The in-process transport with real ASGI applications."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

import ftrack_api
from ftrack_api import exception
from ftrack_api._transport.base import Request
from ftrack_api._transport.local import LocalTransport
from ftrack_server.administration import create_key, first_username
from ftrack_server.app import create_app, open_database
from ftrack_server.settings import Settings

URL = "http://studio.test"


@pytest.fixture
def serve(make_config):
    transports = []

    def make(application, **settings):
        transports.append(LocalTransport(application, make_config(URL, **settings)))
        return transports[-1]

    yield make
    for transport in transports:
        transport.close()


async def echo(scope, receive, send):
    """Answer with what was received; no lifespan."""
    if scope["type"] != "http":
        raise RuntimeError
    message = await receive()
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    said = {"method": scope["method"], "path": scope["path"], "query": scope["query_string"].decode()}
    body = json.dumps({**said, "headers": headers, "body": message["body"].decode()}).encode()
    await send({"type": "http.response.start", "status": 201, "headers": [(b"X-A", b"1")]})
    await send({"type": "http.response.body", "body": body[:5], "more_body": True})
    await send({"type": "http.response.body", "body": body[5:]})


def test_a_request_reaches_the_application_whole(serve):
    transport = serve(echo, headers={"X-Studio": "oslo"}, cookies={"a": "b"})

    response = transport.send(Request("POST", f"{URL}/api%20x?q=1", {"Content-Type": "text/plain"}, b"hello"))

    said = json.loads(response.body)
    assert (response.status, response.headers) == (201, {"x-a": "1"})
    assert (said["method"], said["path"], said["query"], said["body"]) == ("POST", "/api x", "q=1", "hello")
    assert said["headers"] == {
        "host": "studio.test",
        "content-length": "5",
        "x-studio": "oslo",
        "ftrack-strict-api": "false",
        "content-type": "text/plain",
        "ftrack-user": "kim",
        "ftrack-api-key": "s3cr3t-key",
        "cookie": "a=b",
    }


def test_requests_of_two_threads_run_at_the_same_time(serve):
    both = threading.Barrier(2)

    async def meet(scope, receive, send):
        if scope["type"] == "http":
            await asyncio.to_thread(both.wait, 10)
            await echo(scope, receive, send)

    transport = serve(meet)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(transport.send(Request("GET", f"{URL}/")))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert [answer.status for answer in answers] == [201, 201]


def test_an_application_starts_once_and_is_shut_down(serve):
    events = []

    async def application(scope, receive, send):
        if scope["type"] != "lifespan":
            await echo(scope, receive, send)
            return
        while True:
            message = await receive()
            events.append(message["type"])
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    transport = serve(application)
    transport.send(Request("GET", f"{URL}/"))
    transport.send(Request("GET", f"{URL}/"))
    transport.close()
    transport.close()

    assert events == ["lifespan.startup", "lifespan.shutdown"]


def test_an_application_that_does_not_start_is_an_error_each_time(serve):
    async def application(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    transport = serve(application)

    for _ in range(2):
        with pytest.raises(exception.ServerError, match="did not start: no database"):
            transport.send(Request("GET", f"{URL}/"))


def test_an_application_that_raises_is_a_connection_error(serve):
    async def application(scope, receive, send):
        raise RuntimeError("broken")

    with pytest.raises(exception.ConnectionError, match=r"GET http://studio.test/x failed .*broken") as caught:
        serve(application).send(Request("GET", f"{URL}/x?secret=1"))

    assert isinstance(caught.value.__cause__, RuntimeError)


def test_an_application_that_answers_nothing_is_a_connection_error(serve):
    async def application(scope, receive, send):
        return

    with pytest.raises(exception.ConnectionError, match="without an answer"):
        serve(application).send(Request("GET", f"{URL}/"))


def test_a_failure_after_the_answer_is_logged_and_the_answer_returned(serve, caplog):
    async def application(scope, receive, send):
        await echo(scope, receive, send)
        raise RuntimeError("late")

    assert serve(application).send(Request("GET", f"{URL}/")).status == 201
    assert "failed after it had answered" in caplog.text


def test_a_slow_application_times_out(serve):
    async def application(scope, receive, send):
        if scope["type"] == "http":
            await receive()
            await receive()

    with pytest.raises(exception.Timeout, match=r"timed out: no answer within 0.05 s"):
        serve(application).send(Request("GET", f"{URL}/", timeout=0.05))


def test_a_session_works_on_a_server_that_opens_no_socket():
    settings = Settings(database=":memory:", seed="demo")
    database = open_database(settings)
    user = first_username(database)
    key = create_key(database, user, "Tests").secret

    class InProcess(ftrack_api.Session):
        def _create_transport(self, config):
            return LocalTransport(create_app(settings, database), config)

    with InProcess(URL, key, user, schema_cache_path=False, plugin_paths=[]) as session:
        names = [shot["name"] for shot in session.query("select name from Shot limit 3")]
    database.close()

    assert len(names) == 3
