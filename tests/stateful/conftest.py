"""A server for all examples of a machine, since each works below a project of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import ftrack_api
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def open_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], ftrack_api.Session]]:
    """Open a session on the server; the first one writes the schema cache of the others."""
    folder = str(tmp_path_factory.mktemp("schemas"))
    with running_server(seed="acceptance") as server:

        def opened() -> ftrack_api.Session:
            return ftrack_api.Session(
                server.url, server.api_key, server.api_user, schema_cache_path=folder, plugin_paths=[]
            )

        yield opened
