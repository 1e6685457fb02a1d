"""Sessions that connect their hub in the background: before the server takes them, and fifty at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

import ftrack_api
from ftrack_api.event.base import Event
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SECONDS = 60


def test_a_session_whose_hub_is_turned_away_goes_on_trying(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running_server(event_connections=1) as server:
        headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
        other = ftrack_api.Session(server.url, server.api_key, server.api_user, plugin_paths=[])
        other.event_hub.connect()
        assert requests.get(f"{server.url}/socket.io/1/", headers=headers, timeout=SECONDS).status_code == 503
        session = ftrack_api.Session(
            server.url, server.api_key, server.api_user, auto_connect_event_hub=True, plugin_paths=[]
        )
        try:
            thread = session._auto_connect_event_hub_thread
            assert thread is not None
            thread.join(SECONDS)
            assert not session.event_hub.connected
            other.close()

            assert session.event_hub.wait_connected(SECONDS)
            assert "goes on trying" in caplog.text
        finally:
            other.close()
            session.close()


def test_what_fifty_sessions_publish_at_once_arrives(tmp_path: Path) -> None:
    with running_server() as server:

        def make(**more: Any) -> ftrack_api.Session:
            return ftrack_api.Session(
                server.url, server.api_key, server.api_user, schema_cache_path=str(tmp_path), plugin_paths=[], **more
            )

        listener = make()
        arrived: list[int] = []
        listener.event_hub.subscribe("topic=hello", lambda event: arrived.append(event["data"]["number"]))
        listener.event_hub.connect()
        sessions = []
        for number in range(50):
            sessions.append(make(auto_connect_event_hub=True))
            sessions[-1].event_hub.publish(Event("hello", data={"number": number}))

        try:
            while len(arrived) < 50:
                listener.event_hub.wait(0.1)
            assert sorted(arrived) == list(range(50))
        finally:
            for session in [*sessions, listener]:
                session.close()
