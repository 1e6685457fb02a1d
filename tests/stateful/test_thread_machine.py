"""Threads that share a session lose nothing: what each of them recorded is on the server after the last commit.

Each step starts some threads at one barrier; each does one thing to entities that no other thread of the step touches,
or appends to a collection that all share. The model is what must be there in the end, whatever the order was.
"""

from __future__ import annotations

import itertools
import sys
import threading
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ftrack_api

EXAMPLES = 15
STEPS = 12
PATIENCE = 60  # seconds for a thread to get through one step
SWITCH_INTERVAL = 1e-5  # seconds; the interpreter changes threads as often as it can
WORKS = ("create", "set", "set metadata", "append", "commit", "query")
_numbers = itertools.count(1)


class Threads(RuleBasedStateMachine):
    """One session for all threads, and what its server must hold in the end."""

    open_session: Callable[[], ftrack_api.Session]

    def __init__(self) -> None:
        super().__init__()
        self.session = self.open_session()
        self.tasks: list[Any] = []
        self.bids: dict[str, float] = {}
        self.metadata: dict[str, str] = {}
        self.listed: set[str] = set()
        self.failures: list[BaseException] = []

    def teardown(self) -> None:
        try:
            if not self.failures and self.tasks:
                self.session.commit()
                self.read_back()
        finally:
            self.session.recorded_operations.clear()
            self.session.close()

    @initialize()
    def begin(self) -> None:
        name = f"threads-{next(_numbers)}"
        schema = self.session.query("select id from ProjectSchema").first()
        self.project = self.session.create("Project", {"name": name, "full_name": name, "project_schema": schema})
        category = self.session.query("select id from ListCategory order by name").first()
        self.list = self.session.create(
            "TypedContextList", {"name": name, "project": self.project, "category": category}
        )
        for _ in range(len(WORKS)):
            self.create(next(_numbers))
        self.session.commit()

    @rule(works=st.lists(st.sampled_from(WORKS), min_size=2, max_size=5), rounds=st.integers(1, 8))
    def together(self, works: list[str], rounds: int) -> None:
        free: Iterator[Any] = iter(list(self.tasks))
        plans = [[(work, next(free, None), next(_numbers)) for _ in range(rounds)] for work in works]
        barrier = threading.Barrier(len(plans))

        def perform(plan: list[tuple[str, Any, int]]) -> None:
            try:
                barrier.wait(PATIENCE)
                for work, task, number in plan:
                    self.perform(work, task, number)
            except BaseException as error:  # noqa: BLE001 - told by the invariant
                self.failures.append(error)

        threads = [threading.Thread(target=perform, args=(plan,)) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)

    def perform(self, work: str, task: Any, number: int) -> None:
        """Do one thing; ``task`` is this thread's for the length of the step, or None when there are too few."""
        if work == "create" or (task is None and work not in {"commit", "query"}):
            self.create(number)
        elif work == "set":
            task["bid"] = number
            self.bids[task["id"]] = float(number)
        elif work == "set metadata":
            task["metadata"]["number"] = str(number)
            self.metadata[task["id"]] = str(number)
        elif work == "append" and task["id"] not in self.listed:
            self.list["items"].append(task)
            self.listed.add(task["id"])
        elif work == "commit":
            self.session.commit()
        else:
            self.session.query(f"select name, bid from Task where project_id is {self.project['id']}").all()

    def create(self, number: int) -> None:
        task = self.session.create("Task", {"name": f"n{number}", "parent": self.project, "bid": number})
        self.bids[task["id"]] = float(number)
        self.tasks.append(task)

    @invariant()
    def nothing_failed(self) -> None:
        if self.failures:
            raise self.failures[0]

    @invariant()
    def what_was_set_is_read(self) -> None:
        for task in self.tasks:
            assert task["bid"] == self.bids[task["id"]]

    def read_back(self) -> None:
        """Compare what a session that knows nothing reads with what all threads did."""
        with self.open_session() as other:
            found = other.query(f"select bid, metadata from Task where project_id is {self.project['id']}").all()
            assert {task["id"]: task["bid"] for task in found} == self.bids
            numbers = {task["id"]: task["metadata"].get("number") for task in found}
            assert {key: number for key, number in numbers.items() if number is not None} == self.metadata
            items = other.get("TypedContextList", self.list["id"])["items"]
            assert {item["id"] for item in items} == self.listed


def test_threads_that_share_a_session_lose_nothing(open_session: Callable[[], ftrack_api.Session]) -> None:
    class OnServer(Threads):
        pass

    OnServer.open_session = staticmethod(open_session)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        run_state_machine_as_test(OnServer, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS))
    finally:
        sys.setswitchinterval(interval)
