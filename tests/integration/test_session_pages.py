"""Results of many pages: several requests are on their way at a time, and what comes out is the same."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

import pytest

import ftrack_api
from ftrack_api import exception
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

ALL = "select username from User order by username"
PATIENCE = 60  # seconds


class Watched(ftrack_api.Session):
    """A session that calls ``at`` with the offset of each page before it is asked for."""

    at: Callable[[int], object] = staticmethod(lambda offset: offset)

    def _send(self, actions: list[dict[str, Any]]) -> list[Any]:
        found = re.search(r" offset (\d+) limit", str(actions[0].get("expression")))
        if found:
            self.at(int(found[1]))
        return super()._send(actions)


@pytest.fixture(scope="module")
def site() -> Iterator[RunningServer]:
    with running_server(seed="acceptance") as server:
        yield server


@pytest.fixture
def session(site: RunningServer) -> Iterator[Watched]:
    with Watched(site.url, site.api_key, site.api_user, schema_cache_path=False, plugin_paths=[]) as session:
        session.offsets = []  # type: ignore[attr-defined]
        session.at = session.offsets.append  # type: ignore[method-assign,attr-defined]
        yield session


@pytest.fixture
def names(site: RunningServer) -> list[str]:
    """All user names in order, as one page tells them."""
    with ftrack_api.Session(site.url, site.api_key, site.api_user, schema_cache_path=False, plugin_paths=[]) as session:
        return [user["username"] for user in session.query(ALL)]


@pytest.mark.parametrize("size", [1, 3, 7, 20, 30, 31, 60, 61, 62, 500])
def test_all_pages_give_the_whole_result_in_order(session: Watched, names: list[str], size: int) -> None:
    found = session.query(ALL, page_size=size).all()

    assert [user["username"] for user in found] == names
    assert len(session.offsets) <= -(-len(names) // size) + 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(("limit", "offset"), [(1, 0), (9, 0), (10, 0), (11, 0), (49, 3), (1000, 5)])
def test_no_page_is_asked_for_that_a_limit_leaves_nothing_for(
    session: Watched, names: list[str], limit: int, offset: int
) -> None:
    found = session.query(f"{ALL} offset {offset} limit {limit}", page_size=5).all()

    assert [user["username"] for user in found] == names[offset : offset + limit]
    assert max(session.offsets) < offset + limit  # type: ignore[attr-defined]


def test_a_short_result_takes_no_request_more_than_it_has_pages(session: Watched, names: list[str]) -> None:
    session.query(ALL, page_size=len(names) // 2 + 1).all()

    assert len(session.offsets) == 2  # type: ignore[attr-defined]


def test_four_pages_are_on_their_way_at_a_time(session: Watched) -> None:
    together = threading.Barrier(4)
    session.at = lambda offset: together.wait(PATIENCE) if 10 <= offset < 30 else None  # type: ignore[method-assign]

    found = session.query(ALL, page_size=5).all()

    assert len(found) == len({user["id"] for user in found})
    assert not together.broken


def test_iterating_asks_for_one_page_at_a_time(session: Watched) -> None:
    for _ in zip(range(12), session.query(ALL, page_size=5), strict=False):
        pass

    assert session.offsets == [0, 5, 10]  # type: ignore[attr-defined]


def test_entities_populated_alone_are_fetched_page_by_page(session: Watched, names: list[str]) -> None:
    session.prefetch_limit = 1

    session.query(ALL, page_size=5).all()

    assert session.offsets == list(range(0, len(names), 5))  # type: ignore[attr-defined]


def test_a_page_that_fails_can_be_asked_for_again(session: Watched, names: list[str]) -> None:
    failures = [25]

    def fail(offset: int) -> None:
        if offset in failures:
            failures.remove(offset)
            raise exception.ServerError("No answer.")

    session.at = fail  # type: ignore[method-assign]
    result = session.query(ALL, page_size=5)

    with pytest.raises(exception.ServerError):
        result.all()

    assert [user["username"] for user in result.all()] == names
