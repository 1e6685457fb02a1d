"""Servers that share a database, and servers that are told to end while hubs are connected."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from ftrack_server.administration import create_key, first_username
from ftrack_server.app import open_database
from ftrack_server.settings import Settings
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 60


def create_user(server: Any, name: str) -> None:
    operation = {"action": "create", "entity_type": "User", "entity_data": {"username": name}}
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    assert isinstance(
        requests.post(f"{server.url}/api", json=[operation], headers=headers, timeout=SECONDS).json(), list
    )


def test_listeners_hear_of_what_another_server_of_the_database_commits(
    kept_address: Any, client_of: Callable[..., Any]
) -> None:
    with kept_address() as place, running_server(database=place) as one, running_server(database=place) as other:
        client = client_of(one)
        client.subscribe("topic=ftrack.update")

        create_user(other, "first")
        create_user(one, "second")
        names = [client.event()["data"]["entities"][0]["changes"]["username"]["new"] for _ in range(2)]

        assert names == ["first", "second"]


def test_a_server_that_is_told_to_end_lets_its_hubs_go(tmp_path: Path, client_of: Callable[..., Any]) -> None:
    path = tmp_path / "studio.sqlite3"
    database = open_database(Settings(database=str(path)))

    class Server:
        api_user = first_username(database)
        api_key = create_key(database, api_user, "Tests").secret
        url = ""

    database.close()
    command = [sys.executable, "-m", "ftrack_server", "serve", "--database", str(path), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    Server.url = line[line.index("http") :].split()[0].rstrip("/.")
    client = client_of(Server)
    client.subscribe("topic=a")

    process.send_signal(signal.SIGTERM)
    with pytest.raises(ConnectionClosed):
        list(client.socket)
    process.communicate(timeout=SECONDS)

    assert client.socket.close_code == 1012
    assert process.returncode == 0
