"""The handshake: who is let in, how it may be asked for, and what a session id is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ftrack_protocol.socketio.machine import Handshake
from ftrack_server.events.handshakes import LIFETIME, Handshakes
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_server.testing import RunningServer


def shake(server: RunningServer, path: str = "/socket.io/1/", *, headers: Any = None, **query: str) -> Any:
    return requests.get(f"{server.url}{path}", headers=headers, params=query, timeout=30)


@pytest.mark.parametrize("path", ["/socket.io/1/", "/socket.io/1"])
def test_it_names_the_terms_of_a_session(server: RunningServer, path: str) -> None:
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}

    response = shake(server, path, headers=headers, t="1700000000000", jsonp="0")
    terms = Handshake.parse(response.text)

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert (terms.heartbeat_timeout, terms.close_timeout, terms.transports) == (15, 25, ("websocket",))


def test_name_and_key_may_come_by_header_or_query(server: RunningServer) -> None:
    user, key = server.api_user, server.api_key

    assert shake(server, api_user=user, api_key=key).status_code == 200
    assert shake(server, headers={"ftrack-api-key": key}, api_user=user).status_code == 200
    assert shake(server, headers={"ftrack-user": user}, api_key=key).status_code == 200


@pytest.mark.parametrize("query", [{}, {"api_user": "ada"}, {"api_user": "ada", "api_key": "wrong"}])
def test_whoever_is_not_known_is_refused(server: RunningServer, query: dict[str, str]) -> None:
    response = shake(server, **query)

    assert response.status_code == 401
    assert response.json()["content"]


def test_browsers_of_other_hosts_may_ask(server: RunningServer) -> None:
    headers = {"Origin": "https://review.test", "ftrack-user": server.api_user, "ftrack-api-key": server.api_key}

    response = shake(server, headers=headers)

    assert response.headers["access-control-allow-origin"] == "https://review.test"
    assert response.headers["access-control-allow-credentials"] == "true"


def test_a_session_id_serves_once(server: RunningServer, client: Any) -> None:
    url = server.url.replace("http", "ws", 1)

    for session_id in (client.session_id, "invented"):
        with pytest.raises(InvalidStatus) as caught:
            connect(f"{url}/socket.io/1/websocket/{session_id}")
        assert caught.value.response.status_code == 403


def test_a_session_id_serves_for_a_minute() -> None:
    now = [0.0]
    handshakes = Handshakes(lambda: now[0])
    early, late = handshakes.issue("kim"), handshakes.issue("kim")  # type: ignore[arg-type]  # any actor

    now[0] = LIFETIME - 1
    assert handshakes.redeem(early) == "kim"
    now[0] = LIFETIME
    assert handshakes.redeem(late) is None
    assert len(handshakes) == 0


def test_a_full_server_turns_clients_away(client_of: Callable[..., Any]) -> None:
    with running_server(event_connections=1) as server:
        client_of(server)

        response = shake(server, api_user=server.api_user, api_key=server.api_key)

        assert response.status_code == 503
        assert "retry-after" in response.headers


def test_neither_keys_nor_session_ids_are_logged(server: RunningServer, client_of: Any, caplog: Any) -> None:
    caplog.set_level("DEBUG", logger="ftrack_server")
    caplog.set_level("INFO")

    client = client_of(server)
    client.send("0::")
    assert list(client.socket) == []

    logged = [record.getMessage() for record in caplog.records if record.name.startswith(("uvicorn", "ftrack_server"))]
    assert logged
    assert not [text for text in logged if client.session_id in text or server.api_key in text]
