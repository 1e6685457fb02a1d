"""The server for tests: isolated, fast to start, countable, restartable."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from pathlib import Path

    from ftrack_server.testing import RunningServer

pytest_plugins = ["pytester"]

# Python calls to start from a template, some 70,000; filling a database first takes 235,000.
CALLS_TO_START = 120_000


def call(server: RunningServer, *operations: dict[str, Any]) -> Any:
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    return requests.post(f"{server.url}/api", json=list(operations), headers=headers, timeout=10).json()


def names(server: RunningServer, entity_type: str) -> list[str]:
    (reply,) = call(server, {"action": "query", "expression": f"select name from {entity_type}"})
    return [row["name"] for row in reply["data"]]


def scope(name: str) -> dict[str, Any]:
    return {"action": "create", "entity_type": "Scope", "entity_data": {"name": name}}


@pytest.mark.parametrize(
    ("seed", "user", "projects"), [("empty", "admin", 0), ("demo", "ada", 1), ("acceptance", "jenkins", 1)]
)
def test_a_server_starts_with_what_its_seed_says(seed: str, user: str, projects: int) -> None:
    with running_server(seed=seed) as server:
        assert server.api_user == user
        assert len(names(server, "Project")) >= projects
        assert (len(names(server, "Project")) == 0) is (projects == 0)


def test_a_server_is_ready_at_once() -> None:
    with running_server():
        pass  # makes the template of the seed
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        with running_server() as server:
            sys.setprofile(None)
            assert call(server) == []
    finally:
        sys.setprofile(None)

    assert 0 < calls < CALLS_TO_START


def test_servers_share_nothing() -> None:
    with running_server() as one, running_server() as other:
        call(one, scope("London"))

        assert (names(one, "Scope"), names(other, "Scope")) == (["London"], [])
        assert one.url != other.url
        foreign = {"ftrack-user": one.api_user, "ftrack-api-key": one.api_key}
        refused = requests.post(f"{other.url}/api", data="[]", headers=foreign, timeout=10).json()
        assert refused["exception"] == "InvalidCredentialsError"


def test_a_stopped_server_answers_nobody_and_comes_back_with_its_data() -> None:
    with running_server() as server:
        call(server, scope("London"))
        url = server.url
        server.stop()
        server.stop()
        with pytest.raises(requests.ConnectionError):
            call(server)
        server.restart()

        assert server.url == url
        assert names(server, "Scope") == ["London"]


def test_a_running_server_can_be_restarted() -> None:
    with running_server() as server:
        server.restart()

        assert call(server) == []


def test_requests_and_statements_are_counted() -> None:
    with running_server(seed="demo") as server:
        with server.counting() as outer:
            call(server)
            with server.counting() as inner:
                names(server, "Task")
                names(server, "Task")
        call(server, scope("London"))

    assert (inner.requests, outer.requests) == (2, 3)
    assert inner.statements == outer.statements == 2
    assert all("context" in text for text in inner.sql)


def test_a_database_may_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite3"
    with running_server(database=path) as server:
        call(server, scope("London"))

    with running_server(database=path) as server:
        assert names(server, "Scope") == ["London"]


def test_settings_can_be_chosen() -> None:
    with running_server(max_request_bytes=1024) as server:
        assert call(server, scope("x" * 2000))["exception"] == "RequestTooLargeError"


def test_a_wrong_seed_is_named() -> None:
    with pytest.raises(ValueError, match="must be one of empty, demo, acceptance"), running_server(seed="deom"):
        pass


@pytest.fixture
def studio(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test run of its own that has the plugin, whether or not the package is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p ftrack_server.pytest_plugin -p no:cacheprovider")
    return pytester


def test_the_fixtures_serve_a_test_of_a_studio(studio: pytest.Pytester) -> None:
    studio.makepyfile(
        """
        import os
        import urllib.request

        def test_it_runs(ftrack_server):
            request = urllib.request.Request(ftrack_server.url + "/api", b"[]", {
                "ftrack-user": ftrack_server.api_user, "ftrack-api-key": ftrack_server.api_key})
            assert urllib.request.urlopen(request).read() == b"[]"

        def test_the_environment_names_it(ftrack_server_environment):
            assert os.environ["FTRACK_SERVER"] == ftrack_server_environment.url
            assert os.environ["FTRACK_API_KEY"] == ftrack_server_environment.api_key
            assert os.environ["FTRACK_API_USER"] == ftrack_server_environment.api_user
        """
    )

    result = studio.runpytest_subprocess()

    result.assert_outcomes(passed=2)


def test_loading_the_plugin_loads_no_server(studio: pytest.Pytester) -> None:
    studio.makepyfile(
        """
        import sys

        def test_nothing_is_loaded():
            assert not {"sqlalchemy", "uvicorn", "starlette", "ftrack_api", "ftrack_server.testing"} & set(sys.modules)
        """
    )

    result = studio.runpytest_subprocess()

    result.assert_outcomes(passed=1)
