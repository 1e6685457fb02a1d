"""Servers that write to one database at the same moment: nothing is lost, nothing is there twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors
from ftrack_server.app import open_database
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 12


@pytest.fixture
def servers(tree: Any) -> Iterator[list[Any]]:
    """The tree as two servers serve it, each with connections of its own."""
    address = tree.database.path or tree.database._backend.writer.url.render_as_string(hide_password=False)
    with closing(open_database(Settings(database=str(address)))) as database:
        yield [tree, type(tree)(database)]


def at_once(servers: list[Any], *batches: list[dict[str, Any]]) -> list[str | None]:
    """Run batches, on each server in turn, and return the names of their errors."""

    def run(numbered: tuple[int, list[dict[str, Any]]]) -> str | None:
        number, batch = numbered
        try:
            servers[number % len(servers)](*batch)
        except errors.ServerError as error:
            return error.exception
        return None

    with ThreadPoolExecutor(6) as threads:
        return list(threads.map(run, enumerate(batches)))


def test_bids_add_up(servers: list[Any]) -> None:
    (api, _) = servers
    api(*(api.create("Task", id=f"t{n}", name=f"t{n}", parent=api.ref("Shot", "shot")) for n in range(ROUNDS)))

    assert set(at_once(servers, *([api.update("Task", f"t{n}", bid=n + 1)] for n in range(ROUNDS)))) == {None}

    assert api.row("context", "sequence")["bid"] == sum(range(1, ROUNDS + 1))


def test_versions_are_numbered_without_gaps(servers: list[Any]) -> None:
    (api, _) = servers
    api(api.create("Asset", id="asset", name="plate", parent=api.ref("Shot", "shot")))

    assert set(at_once(servers, *([api.create("AssetVersion", asset_id="asset")] for _ in range(ROUNDS)))) == {None}

    versions = api.rows("asset_version", asset_id="asset")
    assert sorted(row["version"] for row in versions) == list(range(1, ROUNDS + 1))
    assert api.row("asset_version", api.row("asset", "asset")["latest_version_id"])["version"] == ROUNDS


def test_a_batch_sees_what_another_server_was_about_to_add(servers: list[Any]) -> None:
    (api, other) = servers
    smoke = api.create("AssetType", name="Smoke", short="s1")
    told: list[str | None] = []
    thread = Thread(target=lambda: told.extend(at_once([other], [smoke])))
    with api.database.write() as connection:
        table = api.database.metadata.tables["asset_type"]
        connection.execute(table.insert(), {"id": "smoke", "name": "Smoke", "short": "s2"})
        thread.start()
        thread.join(0.2)
        waited = thread.is_alive()
    thread.join()

    assert waited
    assert told == ["IntegrityError"]
    assert len(api.rows("asset_type", name="Smoke")) == 1


def test_what_is_made_below_something_that_moves_moves_too(servers: list[Any]) -> None:
    (api, _) = servers
    api(api.create("Sequence", id="other", name="other", parent=api.ref("Project", "project")))
    batches = []
    for number in range(ROUNDS):
        batches.append([api.create("Task", id=f"t{number}", name=f"t{number}", parent=api.ref("Shot", "shot"))])
        batches.append([api.update("Shot", "shot", parent=api.ref("Sequence", ("other", "sequence")[number % 2]))])

    assert set(at_once(servers, *batches)) == {None}

    parent = api.row("context", "shot")["parent_id"]
    for number in range(ROUNDS):
        above = {row["ancestor_id"] for row in api.rows("context_path", descendant_id=f"t{number}")}
        assert above == {f"t{number}", "shot", parent, "project"}
