"""Caches, transports and progress: what threads share below a session is whole for each of them."""

from __future__ import annotations

import pytest

from ftrack_api import _transfers, _transport
from ftrack_api._cache import file
from ftrack_api._session.config import SessionConfig
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.cookies import Cookies
from ftrack_api._transport.http import RequestsCarrier
from ftrack_api._transport.local import LocalTransport
from ftrack_api.cache import FileCache, MemoryCache

CONFIG = SessionConfig("http://studio.test", "key", "kim")


class Part:
    """Something that threads share, and what they find in it."""

    def __init__(self, thing):
        self.thing = thing
        self.guarded = [thing]
        self.found = []

    def keep(self, value):
        self.found.append(value)


def bounded():
    cache = MemoryCache(maximum=2)
    cache.set("a", 1)
    cache.set("b", 2)
    return Part(cache)


@pytest.mark.parametrize("again", [lambda cache: cache.get("a"), lambda cache: cache.set("a", 1)])
def test_a_value_is_found_while_its_age_changes(interleave, again):
    def check(part):
        assert part.found == [1]
        assert sorted(part.thing.keys()) == ["a", "b"]

    def get(part):
        part.keep(part.thing.get("a"))

    interleave(bounded, get, lambda part: again(part.thing), check, fine=True)
    interleave(bounded, lambda part: again(part.thing), get, check, fine=True)


@pytest.mark.parametrize("again", [lambda cache: cache.get("a"), lambda cache: cache.set("c", 1)])
def test_a_value_that_is_removed_is_gone(interleave, again):
    def other(part):
        try:
            again(part.thing)
        except KeyError:
            part.keep("missing")

    def remove(part):
        try:
            part.thing.remove("a")
        except KeyError:
            part.keep("dropped")

    def check(part):
        assert "a" not in part.thing.keys()  # noqa: SIM118 - no mapping
        assert part.thing.statistics.evictions == ("dropped" in part.found)

    interleave(bounded, other, remove, check, fine=True)
    interleave(bounded, remove, other, check, fine=True)


def test_hits_and_misses_are_counted(interleave):
    def ask(part):
        part.thing.get("a")
        with pytest.raises(KeyError):
            part.thing.get("none")

    def check(part):
        assert (part.thing.statistics.hits, part.thing.statistics.misses) == (2, 2)

    interleave(bounded, ask, ask, check, fine=True)


def test_a_file_that_is_closed_is_opened_again(interleave, tmp_path):
    made = []

    def make():
        cache = FileCache(tmp_path / "cache")
        cache.set("a", "1")
        made.append(cache)
        return Part(cache)

    def get(part):
        part.keep(part.thing.get("a"))

    def check(part):
        assert set(part.found) == {"1"}
        part.thing.close()

    interleave(make, get, lambda part: part.thing.close(), check)
    interleave(make, lambda part: part.thing.close(), get, check)


def test_a_file_is_opened_once(interleave, tmp_path, monkeypatch):
    opened = []

    def make():
        cache = FileCache(tmp_path / "cache")
        cache.set("a", "1")
        cache.close()
        opened.clear()
        return Part(cache)

    def check(part):
        assert len(opened) == 1
        part.thing.close()

    really_open = file._open
    monkeypatch.setattr(file, "_open", lambda path: opened.append(path) or really_open(path))
    interleave(make, lambda part: part.thing.get("a"), lambda part: part.thing.get("a"), check)


def test_a_transport_has_one_carrier(interleave):
    def ask(part):
        part.keep(part.thing._carrier("http://studio.test/api"))

    def check(part):
        assert part.found[0] is part.found[1]

    interleave(lambda: Part(HttpTransport(CONFIG)), ask, ask, check)


def test_all_goes_through_the_session_of_requests_once_it_was_asked_for(interleave):
    def send(part):
        part.thing._carrier("http://studio.test/api")

    def ask(part):
        part.keep(part.thing._requests_carrier())

    def check(part):
        assert {part.thing._requests_carrier(), part.thing._carrier("http://studio.test/api")} == set(part.found)

    interleave(lambda: Part(HttpTransport(CONFIG)), send, ask, check)
    interleave(lambda: Part(HttpTransport(CONFIG)), ask, send, check)
    interleave(lambda: Part(HttpTransport(CONFIG)), ask, ask, check)


def test_a_session_of_requests_that_is_given_stays(interleave):
    given = _transport.http.requests.Session()

    def give(part):
        part.thing.session = given

    def check(part):
        assert part.thing.session is given

    def make():
        return Part(RequestsCarrier(CONFIG, {}))

    interleave(make, lambda part: part.thing.session, give, check)
    interleave(make, give, lambda part: part.thing.session, check)


def test_one_session_of_requests_is_made(interleave):
    def ask(part):
        part.keep(part.thing.session)

    def check(part):
        assert part.found[0] is part.found[1]

    interleave(lambda: Part(RequestsCarrier(CONFIG, {})), ask, ask, check)


def test_a_cookie_is_sent_while_it_is_replaced(interleave):
    def make():
        return Part(Cookies([("session", "old"), ("flavour", "oat")]))

    def send(part):
        part.keep(part.thing.header("/api", is_secure=False))

    def take(part):
        part.thing.take(["session=new", "more=yes"])

    def check(part):
        (sent,) = part.found
        names = {item.split("=")[0] for item in sent.split("; ")}
        assert names >= {"session", "flavour"}
        assert part.thing.current() == {"flavour": "oat", "session": "new", "more": "yes"}

    interleave(make, take, send, check)
    interleave(make, send, take, check, visits=3)


class Application:
    """An application that knows of its start and its end."""

    def __init__(self):
        self.started = self.ended = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            self.started += 1
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.ended += 1
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"hello"})


def test_an_application_starts_once_and_ends_once(interleave):
    def make():
        part = Part(LocalTransport(Application(), CONFIG))
        part.application = part.thing._application
        return part

    def send(part):
        assert part.thing.send(Request("GET", "http://studio.test/", {})).body == b"hello"

    def started_once(part):
        assert part.application.started == 1
        part.thing.close()

    def running():
        part = make()
        send(part)
        return part

    def ended_once(part):
        assert part.application.ended == 1

    interleave(make, send, send, started_once)
    interleave(running, lambda part: part.thing.close(), lambda part: part.thing.close(), ended_once, fine=True)


def test_progress_is_told_in_order(interleave):
    def make():
        told = []
        with _transfers.watching(told.append, None):
            part = Part(_transfers.Report("component", None, 12))
        part.told = told
        return part

    def check(part):
        numbers = [progress.transferred for progress in part.told]
        assert numbers in ([5, 12], [7, 12])

    interleave(make, lambda part: part.thing.add(5), lambda part: part.thing.add(7), check, fine=True)
