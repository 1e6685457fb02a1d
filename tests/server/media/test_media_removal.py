"""The bytes of files that are replaced or removed: out of the way at once, and freed whatever happens."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.media.conftest import ON_DISK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.media.conftest import Client

pytestmark = ON_DISK


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Have nothing freed before the test ends, as if a server had died before it could."""
    end = threading.Event()
    whole = shutil.rmtree

    def free(path: Any, **options: Any) -> None:
        assert end.wait(120)
        whole(path, **options)

    monkeypatch.setattr(shutil, "rmtree", free)
    yield monkeypatch
    monkeypatch.undo()
    end.set()


def test_a_file_is_replaced_and_removed_before_its_space_is_free(client: Client, held_up: pytest.MonkeyPatch) -> None:
    client.upload("c", b"older")

    assert client.upload("c", b"newer").status_code == 200
    assert client.get("c").content == b"newer"
    assert client.get("c", "remove").status_code == 200
    assert client.stored() == []
    assert {path.read_bytes() for path in client.folder.glob("removed/*/*")} == {b"older", b"newer"}


def test_what_was_not_freed_is_freed_later(client: Client, held_up: pytest.MonkeyPatch) -> None:
    client.upload("c", b"data")
    client.get("c", "remove")
    held_up.undo()

    client.library.collect(older_than=3600)

    assert list(client.folder.glob("removed/*")) == []
