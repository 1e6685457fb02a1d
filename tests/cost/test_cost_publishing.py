"""What it takes to publish a sequence of a thousand frames: requests, and calls that grow with the frames alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

import ftrack_api
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.structure.standard import StandardStructure
from ftrack_api.symbol import UNMANAGED_LOCATION_ID
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ftrack_server.testing import RunningServer

pytestmark = pytest.mark.cost

FRAMES = 1000


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(seed="demo") as server:
        yield server


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frames")
    for number in range(1, 2 * FRAMES + 1):
        (folder / f"shot.{number:04d}.exr").write_bytes(b"pixels")
    return folder


@pytest.fixture
def session(server: RunningServer, tmp_path: Path) -> Iterator[ftrack_api.Session]:
    with ftrack_api.Session(
        server.url, server.api_key, server.api_user, schema_cache_path=str(tmp_path / "schemas"), plugin_paths=[]
    ) as session:
        disk = session.ensure("Location", {"name": "studio.disk"})
        disk.accessor, disk.structure, disk.priority = DiskAccessor(tmp_path / "store"), StandardStructure(), 1
        yield session


def publish(session: ftrack_api.Session, asset: Any, frames: Path, count: int) -> Any:
    with session.transaction():
        version = session.create("AssetVersion", {"asset": asset})
        return session.create_component(f"{frames}/shot.%04d.exr [1-{count}]", {"name": "main", "version": version})


def new_asset(session: ftrack_api.Session, name: str) -> Any:
    shot, kind = session.query("select link from Shot").first(), session.query("AssetType").first()
    asset = session.create("Asset", {"name": name, "parent": shot, "type": kind})
    session.commit()
    return asset


def test_requests_for_a_sequence_do_not_grow_with_its_frames(server, session, frames):
    asset = new_asset(session, "requests")
    disk = session.query("Location where name is studio.disk").one()
    publish(session, asset, frames, 2)

    with server.counting() as published:
        sequence = publish(session, asset, frames, FRAMES)
    with server.counting() as asked:
        paths = disk.get_filesystem_paths(sequence["members"])
    with server.counting() as looked:
        available = session.get_component_availability(sequence, [disk])
    with server.counting() as removed:
        disk.remove_component(sequence)
    with server.counting() as looked_again:
        gone = session.get_component_availabilities([sequence, *sequence["members"]], [disk])

    assert len(set(paths)) == FRAMES
    assert list(available.values()) == [100.0]
    assert {percent for each in gone for percent in each.values()} == {0.0}
    # Published: the highest version of the asset, the commit. Removed: places, their records, the commit.
    assert (published.requests, asked.requests, removed.requests) == (2, 1, 3)
    assert (looked.requests, looked_again.requests) == (1, 1)


def test_a_sequence_is_one_batch_of_its_members_and_their_places(session, frames):
    asset = new_asset(session, "batch")
    batches = []
    session.on_request.append(lambda report: batches.append(Counter(report.actions)))

    publish(session, asset, frames, FRAMES)

    # The version, the sequence with its members, and where each of them is.
    assert [batch["create"] for batch in batches if batch["create"]] == [1 + 2 * (FRAMES + 1)]


def test_calls_for_a_sequence_grow_with_its_frames_alone(session, frames, calls_of: Callable[..., int]):
    asset = new_asset(session, "calls")
    publish(session, asset, frames, 2)

    thousand, two_thousand = (
        calls_of(lambda count=count: publish(session, asset, frames, count)) for count in (FRAMES, 2 * FRAMES)
    )

    assert two_thousand <= 2.1 * thousand
    assert thousand <= 560 * FRAMES  # their folder is looked at once, and the system copies the files


def test_a_sequence_that_stays_where_it_is_takes_few_calls(session, frames, calls_of: Callable[..., int]):
    place = session.get("Location", UNMANAGED_LOCATION_ID)
    spec = f"{frames}/shot.%04d.exr [1-{FRAMES}]"
    session.create_component(spec, {"name": "first"}, location=place)

    in_memory = calls_of(lambda: session.create_component(spec, {"name": "memory"}, location=None))
    session.commit()
    published = calls_of(lambda: session.create_component(spec, {"name": "published"}, location=place))

    assert in_memory <= 130 * FRAMES
    assert published <= 420 * FRAMES
