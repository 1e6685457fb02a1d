"""Fixtures for studios that test their tools: a server, the environment that points at it, a session on it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ftrack_server.testing import RunningServer


def _loaded(module: str, extra: str) -> Any:
    """Return a module that only tests with these fixtures need; every pytest run of the environment loads this file."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        pytest.skip(f"{module} cannot be imported ({error}); install {extra}")


@pytest.fixture
def ftrack_server() -> Iterator[RunningServer]:
    """Run a server of the test's own: empty but for what every server has, such as statuses and one user."""
    with _loaded("ftrack_server.testing", "ftrack-api[server]").running_server() as server:
        yield server


@pytest.fixture
def ftrack_server_environment(ftrack_server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> RunningServer:
    """Let ``FTRACK_SERVER``, ``FTRACK_API_USER`` and ``FTRACK_API_KEY`` name the server of the test."""
    monkeypatch.setenv("FTRACK_SERVER", ftrack_server.url)
    monkeypatch.setenv("FTRACK_API_USER", ftrack_server.api_user)
    monkeypatch.setenv("FTRACK_API_KEY", ftrack_server.api_key)
    return ftrack_server


@pytest.fixture
def ftrack_session(ftrack_server: RunningServer, tmp_path: Path) -> Iterator[Any]:
    """Open a session on the server of the test, without plugins of the environment; closed at the end.

    The one place where the server's package knows of the client's: at run time, and only when this fixture is asked
    for.
    """
    client = _loaded("ftrack_api", "ftrack-api")
    session = client.Session(
        ftrack_server.url,
        ftrack_server.api_key,
        ftrack_server.api_user,
        plugin_paths=[],
        schema_cache_path=str(tmp_path),
    )
    with session:
        yield session
