"""Parts of an event hub that threads share: callbacks, numbers of packets, the journal and the workers."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from types import SimpleNamespace

import pytest

from ftrack_api.event import _workers
from ftrack_api.event._connection import Connection
from ftrack_api.event._journal import Journal
from ftrack_api.event._replies import Replies
from ftrack_api.event._workers import Workers
from ftrack_protocol.socketio.machine import ClientMachine


class Scene:
    """What threads share, what was done, and what they found."""

    def __init__(self):
        self.guarded = []
        self.heard = []
        self.found = []


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_callback_waits_for_its_time(interleave):
    """Those whose time is over go, one for each look, and no other."""

    def make():
        clock = Clock()
        replies = Replies(lifetime=10, clock=clock)
        replies.add("old", print)
        clock.now = 5
        replies.add("new", print)
        clock.now = 12
        scene = Scene()
        scene.replies, scene.guarded = replies, [replies]
        return scene

    def look(scene):
        scene.found.append(scene.replies.find("new"))

    def check(scene):
        assert scene.found[:2] in ([print, print], [print])
        assert scene.replies.find("new") is print
        assert len(scene.replies) >= 1

    interleave(make, look, look, check, fine=True)
    interleave(make, look, lambda scene: len(scene.replies), check, fine=True)
    interleave(make, lambda scene: len(scene.replies), look, check, fine=True)
    interleave(make, lambda scene: scene.replies.add("more", print), look, check, fine=True)


def test_numbers_of_packets_are_given_once(interleave):
    def make():
        scene = Scene()
        scene.connection = Connection.__new__(Connection)
        vars(scene.connection).update(
            _lock=threading.Lock(), _awaited=OrderedDict(), _machine=ClientMachine(0.0), connected=True
        )
        scene.guarded = [scene.connection]
        return scene

    def add(scene):
        scene.found.append(scene.connection.add_callback(print))

    def check(scene):
        assert sorted(scene.found) == [1, 2]

    interleave(make, add, add, check, fine=True)


@pytest.fixture
def make_journal(tmp_path):
    """Make journals of one file, at position 3, where the events of 4 and 5 are being handled."""

    def make():
        for file in tmp_path.iterdir():
            file.unlink()
        journal = Journal(tmp_path / "journal")
        journal.take()
        journal.skip_to(3)
        scene = Scene()
        scene.journal, scene.guarded = journal, [journal]
        journal.begin(4)
        journal.begin(5)
        return scene

    return make


def test_a_journal_moves_on_over_what_is_finished(interleave, make_journal, tmp_path):
    def check(scene):
        assert scene.journal.position == json.loads((tmp_path / "journal").read_text())["position"] == 5
        scene.journal.release()

    interleave(make_journal, lambda s: s.journal.finish(4), lambda s: s.journal.finish(5), check, visits=3)
    interleave(make_journal, lambda s: s.journal.finish(5), lambda s: s.journal.finish(4), check, visits=3)


@pytest.mark.parametrize("act", ["skip", "take"])
def test_a_journal_never_moves_back(interleave, make_journal, tmp_path, act):
    acts = {"skip": lambda scene: scene.journal.skip_to(9), "take": lambda scene: scene.journal.take()}

    def make():
        scene = make_journal()
        scene.journal.finish(4)
        return scene

    def check(scene):
        position = json.loads((tmp_path / "journal").read_text())["position"]
        assert scene.journal.position == position >= 5
        scene.journal.skip_to(9)
        assert scene.journal.position == 9
        scene.journal.release()

    interleave(make, lambda scene: scene.journal.finish(5), acts[act], check, visits=3)
    interleave(make, acts[act], lambda scene: scene.journal.finish(5), check, visits=3)


class NoThread:
    """A thread that does not run."""

    def __init__(self, **_arguments):
        pass

    def start(self):
        pass


@pytest.fixture
def make_workers(monkeypatch):
    """Make workers without threads: the threads of the test do their work."""
    monkeypatch.setattr(_workers, "threading", SimpleNamespace(**{**vars(threading), "Thread": NoThread}))

    def make():
        scene = Scene()
        scene.workers, scene.guarded = Workers(1), []
        scene.guarded = [scene.workers]
        scene.workers.submit(["a"], lambda: scene.heard.append(0))
        return scene

    return make


def work(scene):
    """Do what is ready, as a thread of the pool does."""
    scene.workers._ready.put(None)
    scene.workers._run()


def submit(*keys, number):
    return lambda scene: scene.workers.submit(keys, lambda: scene.heard.append(number))


def test_work_that_is_given_while_earlier_work_ends_is_done_once(interleave, make_workers):
    def check(scene):
        work(scene)
        work(scene)
        assert scene.heard == [0, 1]
        assert (scene.workers._open, scene.workers._last) == (0, {})

    interleave(make_workers, submit("a", number=1), work, check, visits=2)
    interleave(make_workers, work, submit("a", number=1), check, visits=2)


def test_work_of_one_key_is_done_in_the_order_it_was_given(interleave, make_workers):
    def check(scene):
        for _ in range(3):
            work(scene)
        assert sorted(scene.heard) == [0, 1, 2]
        assert scene.heard.index(2) > scene.heard.index(0)
        assert (scene.workers._open, scene.workers._last) == (0, {})

    interleave(make_workers, submit("a", number=1), submit("a", "b", number=2), check, visits=2)

    def two_at_a_time():
        scene = make_workers()
        submit("b", number=1)(scene)
        submit("a", "b", number=2)(scene)
        return scene

    interleave(two_at_a_time, work, work, check, visits=2, fine=True)
