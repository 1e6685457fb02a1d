"""What a server tells the others of its database, and what it does while the database cannot be asked."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.app import open_database
from ftrack_server.events import exchange as exchange_module
from ftrack_server.events import posts as posts_module
from ftrack_server.events.broker import Broker
from ftrack_server.events.exchange import Exchange
from ftrack_server.events.limits import EventLimits
from ftrack_server.events.posts import COMMITS, EVENTS, Posts
from ftrack_server.settings import Settings
from ftrack_server.storage.event_posts import PostedEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.storage.engine import Database

SECONDS = 30.0


@pytest.fixture
def database(postgresql: Any) -> Iterator[Database]:
    with postgresql.database() as url:
        opened = open_database(Settings(database=url))
        yield opened
        opened.close()


@pytest.fixture
def posts_of(database: Database) -> Any:
    """Make the posts of one more server."""
    assert database.side is not None
    return lambda: Posts(database, database.side)  # type: ignore[arg-type]


def payloads(posts: Posts, position: int = 0) -> list[str | None]:
    return [posted.payload for posted in posts.after(position, 100)]


def test_files_have_no_other_servers_to_tell(tmp_path: Any) -> None:
    opened = open_database(Settings(database=str(tmp_path / "studio.sqlite3")))
    opened.close()

    assert opened.side is None


def test_a_server_reads_what_others_have_told_and_not_its_own(posts_of: Any) -> None:
    one, other = posts_of(), posts_of()
    one.append([(1, "a"), (2, "b")])
    other.append([(1, "c")])

    assert payloads(one) == [None, None, "c"]
    assert payloads(other) == ["a", "b", None]
    assert payloads(other, one.newest()) == []


def test_what_is_told_again_is_there_once(posts_of: Any) -> None:
    one, other = posts_of(), posts_of()
    one.append([(1, "a"), (2, "b")])
    one.append([(2, "b"), (3, "c")])  # nobody knew whether the first time had succeeded

    assert payloads(other) == ["a", "b", "c"]


def test_notices_tell_what_others_have_and_nothing_of_ones_own(posts_of: Any) -> None:
    one, other = posts_of(), posts_of()
    assert one.hear(0) == {EVENTS, COMMITS}  # in doubt, as nobody listened before

    one.append([(1, "a")])
    other.append([(1, "b")])
    assert heard_until(one, EVENTS) == {EVENTS}
    other.announce_commits()
    assert heard_until(one, COMMITS) == {COMMITS}
    assert one.hear(0) == set()


def heard_until(posts: Posts, wanted: str) -> set[str]:
    heard: set[str] = set()
    while wanted not in heard:
        heard |= posts.hear(SECONDS)
    return heard


def test_events_wait_for_others_for_a_minute(posts_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr(posts_module.time, "time", lambda: now[0])
    one, other = posts_of(), posts_of()
    one.append([(1, "old")])
    now[0] += posts_module.KEPT_SECONDS + 1
    one.append([(2, "new")])

    assert payloads(other) == ["new"]


class BrokenPosts:
    """A database that answers nothing until it is mended."""

    def __init__(self) -> None:
        self.broken = True
        self.told: list[tuple[int, str]] = []
        self.tried = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.others: list[PostedEvent] = []

    def _answer(self) -> None:
        self.loop.call_soon_threadsafe(self.tried.set)
        if self.broken:
            raise OSError("nobody there")

    def append(self, events: list[tuple[int, str]]) -> None:
        self._answer()
        self.told += events

    def announce_commits(self) -> None:
        self._answer()

    def newest(self) -> int:
        return 0

    def hear(self, _seconds: float) -> set[str]:
        self._answer()
        return {EVENTS} if self.others else {COMMITS}

    def after(self, position: int, _limit: int) -> list[PostedEvent]:
        return [posted for posted in self.others if posted.position > position]


async def until(condition: Any) -> None:
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(condition)


def test_events_wait_for_a_database_that_is_away_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(exchange_module, "MAX_WAITING", 3)
    monkeypatch.setattr(exchange_module, "RETRY_SECONDS", 0.01)

    async def scenario() -> list[tuple[int, str]]:
        posts = BrokenPosts()
        exchange = Exchange(posts, Broker(EventLimits()), lambda: None)  # type: ignore[arg-type]
        running = asyncio.ensure_future(exchange.run())
        for text in "abcdef":
            exchange.forward(text)
        await posts.tried.wait()
        posts.broken = False
        await until(lambda: posts.told)
        exchange.forward("g")
        await until(lambda: len(posts.told) == 4)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return posts.told

    assert [text for _, text in asyncio.run(scenario())] == ["a", "b", "c", "g"]
    assert caplog.text.count("too many wait") == 1
    assert caplog.text.count("could not be passed on") == 1


def test_what_was_received_before_the_end_is_told_and_nonsense_of_others_is_passed_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Everything(Broker):
        published: list[str] = []  # noqa: RUF012 - of one test

        def publish(self, event: Any, narrowed: Any = None, written: str = "") -> int:
            self.published.append(event.topic)
            return super().publish(event, narrowed, written)

    good = json.dumps({"id": "1", "topic": "good"})

    async def scenario() -> list[tuple[int, str]]:
        posts = BrokenPosts()
        posts.broken = False
        broker = Everything(EventLimits())
        posts.others = [PostedEvent(1, "{"), PostedEvent(2, "[]"), PostedEvent(3, None), PostedEvent(4, good)]
        exchange = Exchange(posts, broker, lambda: None)  # type: ignore[arg-type]
        running = asyncio.ensure_future(exchange.run())
        await until(lambda: Everything.published)
        running.cancel()
        exchange.forward("last")
        await asyncio.gather(running, return_exceptions=True)
        return posts.told

    assert asyncio.run(scenario()) == [(1, "last")]
    assert Everything.published == ["good"]
    assert caplog.text.count("makes no sense here") == 2
