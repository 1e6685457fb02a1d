"""The handshake: who is let in, how it may be asked for, and what a session id is good for."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ftrack_protocol.socketio.machine import Handshake
from ftrack_server.access import Access
from ftrack_server.administration import add_user, create_key, deactivate_user
from ftrack_server.auth.keys import Actor
from ftrack_server.events.handshakes import Handshakes
from ftrack_server.events.tickets import LIFETIME, Tickets
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    numbers = itertools.count()
    handshakes = Handshakes(lambda: now[0], lambda _actor: str(next(numbers)))
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


ACTOR = Actor("u-1", "kim", "k-1", is_global=False, access=Access("u-1"))


def test_an_id_is_known_to_other_servers_with_the_secret_for_a_minute_and_once() -> None:
    now = [1_000_000.0]
    one, other, stranger = (Tickets(secret, lambda: now[0]) for secret in (b"site", b"site", b"another site"))
    ticket, late = one.issue(ACTOR), one.issue(ACTOR)

    found = other.claimed(ticket)
    assert found is not None
    assert (found.user_id, found.key_id) == ("u-1", "k-1")
    assert other.claimed(ticket) is None
    assert one.claimed(late) is None  # it knows its own by itself
    assert stranger.claimed(late) is None
    now[0] += LIFETIME
    assert other.claimed(late) is None


@pytest.mark.parametrize("change", [lambda text: text[1:], lambda text: text + "x", lambda text: "." + text, str.upper])
def test_an_id_that_was_altered_is_nobodys(change: Callable[[str], str]) -> None:
    one, other = Tickets(b"site", lambda: 0.0), Tickets(b"site", lambda: 0.0)

    assert other.claimed(change(one.issue(ACTOR))) is None


@pytest.mark.parametrize("text", ["", ".", "invented", "\xe5.\xe5", "a" * 10_000])
def test_an_invented_id_is_nobodys(text: str) -> None:
    assert Tickets(b"site", lambda: 0.0).claimed(text) is None


def test_a_socket_may_be_opened_at_another_server_than_the_handshake(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    with running_server(database=path) as one, running_server(database=path) as other:
        add_user(one.database, "kim", {})
        key = create_key(one.database, "kim", "Tests").secret
        ids = [shake(one, api_user="kim", api_key=key).text.partition(":")[0] for _ in range(2)]
        url = f"{other.url.replace('http', 'ws', 1)}/socket.io/1/websocket/"

        with connect(url + ids[0], compression=None) as socket:
            assert socket.recv(30) == "1::"
        deactivate_user(one.database, "kim")
        for session_id in ids:
            with pytest.raises(InvalidStatus) as caught:
                connect(url + session_id)
            assert caught.value.response.status_code == 403
