"""Two threads of which one runs at a time: the first is stopped at one step, the second runs, the first goes on.

Trying every step of the first thread tries every place at which the second one can come in between, which chance would
have to find otherwise. A step is a line of the client when it is first come to, or an instruction where one line reads
and writes; what is done in a loop may count several times. The locks of what a scene names as guarded are replaced by
ones that hand over to the other thread when they are taken, so that nothing waits for a clock and nothing depends on
the machine.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import ftrack_api
from ftrack_api._state.session_state import SessionState
from ftrack_protocol.socketio import machine

TRACED = (str(Path(ftrack_api.__file__).parent), str(Path(machine.__file__).parent))
EVERYTHING = "select name, bid, description, status.name, notes.content, metadata.key, metadata.value from Task"
LOCKS = (type(threading.Lock()), type(threading.RLock()))
PATIENCE = 60  # seconds; only a test that hangs waits so long


class Turns:
    """Who of two threads runs."""

    def __init__(self) -> None:
        self._may_run = {"first": threading.Semaphore(0), "second": threading.Semaphore(0)}
        self._alive = {"first", "second"}
        self._names: dict[int, str] = {}
        self.failures: list[BaseException] = []

    def start(self, name: str, act: Callable[[], object]) -> threading.Thread:
        """Start a thread that waits for its turn."""
        thread = threading.Thread(target=self._run, args=(name, act), daemon=True)
        thread.start()
        return thread

    def give(self, name: str) -> None:
        self._may_run[name].release()

    def hand_over(self) -> bool:
        """Let the other thread run until it hands over or ends; return whether there was one."""
        me = self._names[threading.get_ident()]
        other = "second" if me == "first" else "first"
        if other not in self._alive:
            return False
        self._may_run[other].release()
        assert self._may_run[me].acquire(timeout=PATIENCE), f"{other} does not end"
        return True

    def _run(self, name: str, act: Callable[[], object]) -> None:
        assert self._may_run[name].acquire(timeout=PATIENCE)
        self._names[threading.get_ident()] = name
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told by the test
            self.failures.append(error)
        finally:
            sys.settrace(None)
            self._alive.discard(name)
            for other in self._alive:
                self._may_run[other].release()


class Lock:
    """A re-entrant lock that gives way to the other thread while that one holds it."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._owner: int | None = None
        self._depth = 0

    def acquire(self) -> bool:
        me = threading.get_ident()
        while self._owner not in {None, me}:
            assert self._turns.hand_over(), "a lock is held by a thread that ended"
        self._owner = me
        self._depth += 1
        return True

    def release(self) -> None:
        assert self._owner == threading.get_ident(), "a lock is released that is not held"
        self._depth -= 1
        if not self._depth:
            self._owner = None

    def _is_owned(self) -> bool:
        """Return whether this thread has it; conditions ask."""
        return self._owner == threading.get_ident()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Stop:
    """A trace function that lets the other thread run before one step of this one."""

    def __init__(self, turns: Turns, step: int, *, fine: bool, visits: int) -> None:
        self._turns = turns
        self._left = step
        self._visits = visits
        self._event = "opcode" if fine else "line"
        self._places: Counter[tuple[Any, int]] = Counter()

    @property
    def was_reached(self) -> bool:
        return self._left < 0

    def __call__(self, frame: Any, _event: str, _argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(TRACED):
            return None
        frame.f_trace_opcodes = self._event == "opcode"
        return self._take_step

    def _take_step(self, frame: Any, event: str, _argument: Any) -> Any:
        place = (frame.f_code, frame.f_lasti)
        if event == self._event and self._places[place] < self._visits:
            self._places[place] += 1
            self._left -= 1
            if self._left == -1:
                self._turns.hand_over()
        return self._take_step


@dataclass
class Scene:
    """A session with one task, and the server it lives on."""

    server: Any
    session: Any
    task: Any

    @property
    def guarded(self) -> list[Any]:
        """What has locks."""
        state = self.session._state
        return [state, state.operations, state.flags, self.session.types]

    def query(self) -> Any:
        """Return the task, all of it asked for again."""
        return self.session.query(EVERYTHING).one()

    def stored(self, name: str) -> Any:
        """Return what the server has of the task."""
        value = self.server.row("Task", "t")[name]
        return {item["id"] for item in value} if isinstance(value, list) else value

    def metadata(self) -> dict[str, str]:
        """Return what the server has of metadata."""
        rows = [row for (kind, _), row in self.server.rows.items() if kind == "Metadata"]
        return {row["key"]: row["value"] for row in rows}

    def created(self) -> list[str]:
        """Return the keys of the entities that were created, each as often as it was."""
        actions = [action for batch in self.server.batches for action in batch if action["action"] == "create"]
        return sorted("/".join(action["entity_key"]) for action in actions)


@pytest.fixture
def make(server, session):
    """Make a scene; all scenes of a test have the same session, which knows nothing of the one before."""

    def make():
        server.rows.clear()
        server.forget()
        status = server.add("Status", id="s", name="Ready")
        server.add("Status", id="s2", name="Done")
        note = server.add("Note", id="n", content="hello")
        for number in range(3):
            server.add("Note", id=f"n{number}", content=str(number))
        entry = server.add("Metadata", parent_id="t", key="plate", value="v1", parent_type="Task")
        server.add("Task", id="t", name="comp", bid=1, description="x", status=status, notes=[note], metadata=[entry])
        session._state = SessionState()
        session.query("select content from Note").all()
        session.query("select name from Status").all()
        return Scene(server, session, session.query(EVERYTHING).one())

    return make


@pytest.fixture
def interleave(new_session: Any) -> Callable[..., int]:
    """Return a function that runs two acts at every interleaving with one stop, and a check after each."""

    def run(
        make: Callable[[], Any],
        first: Callable[[Any], object],
        second: Callable[[Any], object],
        check: Callable[[Any], object],
        *,
        fine: bool = False,
        visits: int = 1,
    ) -> int:
        """Return how many steps the first act has.

        Args:
            make: Returns a fresh scene; the locks of what it names as ``guarded`` are replaced.
            first: What the thread does that is stopped.
            second: What the other one does meanwhile.
            check: Asserts what has to hold in the end.
            fine: Whether to stop at each instruction, not at each line.
            visits: How often one place counts, as in a loop.
        """
        for step in _steps():
            scene = make()
            turns = Turns()
            stop = Stop(turns, step, fine=fine, visits=visits)

            def act(stop: Stop = stop, scene: Any = scene) -> None:
                sys.settrace(stop)
                try:
                    first(scene)
                finally:
                    sys.settrace(None)

            with _locks_hand_over(scene.guarded, turns):
                threads = [turns.start("first", act), turns.start("second", lambda scene=scene: second(scene))]
                turns.give("first")
                for thread in threads:
                    thread.join(PATIENCE)
            place = f"with the second thread at step {step} of the first"
            assert not turns.failures, f"{place}: {turns.failures!r}"
            try:
                check(scene)
            except AssertionError as error:
                raise AssertionError(f"{place}: {error}") from error
            if not stop.was_reached:
                return step
        raise AssertionError("unreachable")

    return run


def _steps() -> Iterator[int]:
    step = 0
    while True:
        yield step
        step += 1


@contextlib.contextmanager
def _locks_hand_over(guarded: Iterable[Any], turns: Turns) -> Iterator[None]:
    """Put locks that hand over in the place of those that objects have; one lock that several have stays one."""
    made: dict[int, Lock] = {}
    found = []
    for holder in guarded:
        names = [*vars(holder)] if hasattr(holder, "__dict__") else [*type(holder).__slots__]
        found += [(holder, name, getattr(holder, name)) for name in names]
    for holder, name, value in found:
        if isinstance(value, LOCKS):
            setattr(holder, name, made.setdefault(id(value), Lock(turns)))
        elif isinstance(value, threading.Condition):
            setattr(holder, name, threading.Condition(made.setdefault(id(value._lock), Lock(turns))))
    try:
        yield
    finally:
        for holder, name, value in found:
            if isinstance(value, (*LOCKS, threading.Condition)):
                setattr(holder, name, value)
