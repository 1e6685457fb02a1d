"""Threads that share a session lose nothing: what each of them recorded is on the server after the last commit.

Each step starts some threads at one barrier; each does one thing to entities that no other thread of the step touches,
or appends to a collection that all share. The model is what must be there in the end, whatever the order was.
"""

from __future__ import annotations

import itertools
import sys
import threading
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ftrack_api import exception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ftrack_api

EXAMPLES = 15
STEPS = 12
PATIENCE = 60  # seconds for a thread to get through one step
SWITCH_INTERVAL = 1e-5  # seconds; the interpreter changes threads as often as it can
WORKS = (
    "append",
    "commit",
    "commit badly",
    "create",
    "delete",
    "delete metadata",
    "get",
    "populate",
    "query",
    "remove",
    "set",
    "set custom attribute",
    "set metadata",
    "transact",
)
ANYBODYS = frozenset({"commit", "commit badly", "create", "query"})
"""What is done without a task of one's own."""
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
        self.custom: dict[str, int] = {}
        self.listed: set[str] = set()
        self.failures: list[BaseException] = []

    def teardown(self) -> None:
        try:
            if not self.failures and self.tasks:
                vars(self.session._transport).pop("send", None)
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
        if task is None and work not in ANYBODYS:
            work = "create"
        if work == "create":
            self.create(number)
        elif work == "commit":
            self.commit()
        elif work == "commit badly":
            self.lose_an_answer()
            self.commit()
        elif work == "query":
            self.session.query(f"select name, bid from Task where project_id is {self.project['id']}").all()
        else:
            self.perform_with(work, task, number)

    def perform_with(self, work: str, task: Any, number: int) -> None:
        """Do one thing to a task that nobody else touches meanwhile."""
        key = task["id"]
        if work in {"set", "transact"}:
            with suppress(exception.NetworkError), self.session.transaction() if work == "transact" else nullcontext():
                task["bid"] = number
            self.bids[key] = float(number)
        elif work == "set metadata":
            task["metadata"]["number"] = str(number)
            self.metadata[key] = str(number)
        elif work == "delete metadata" and self.metadata.pop(key, None) is not None:
            del task["metadata"]["number"]
        elif work == "set custom attribute":
            task["custom_attributes"]["customNumber"] = number
            self.custom[key] = number
        elif work == "append" and key not in self.listed:
            self.list["items"].append(task)
            self.listed.add(key)
        elif work == "remove" and key in self.listed:
            self.list["items"].remove(task)
            self.listed.remove(key)
        elif work == "delete" and key not in self.listed:
            self.delete(task)
        elif work == "get":
            assert self.session.get("TypedContext", key) is task
        elif work == "populate":
            self.session.populate(task, "bid, metadata.value, parent.name")

    def commit(self) -> None:
        """Commit; what an answer that is lost leaves undecided stays recorded."""
        with suppress(exception.NetworkError):
            self.session.commit()

    def lose_an_answer(self) -> None:
        """Lose the answer to the next batch of whoever sends one; the server does it.

        One that deletes or has metadata is left alone: nothing in it may tell whether it arrived, and what is deleted
        cannot be deleted again.
        """
        transport: Any = self.session._transport

        def send(request: Any) -> Any:
            answer = type(transport).send(transport, request)
            is_left_alone = request.read_only or b'"delete"' in request.body or b'"Metadata"' in request.body
            if is_left_alone or vars(transport).pop("send", None) is None:
                return answer
            raise exception.ConnectionError("The line broke.")

        transport.send = send

    def delete(self, task: Any) -> None:
        key = task["id"]
        self.tasks.remove(task)
        for known in (self.bids, self.metadata, self.custom):
            known.pop(key, None)
        self.session.delete(task)

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
            attributes = "bid, metadata, custom_attributes"
            found = other.query(f"select {attributes} from Task where project_id is {self.project['id']}").all()
            assert {task["id"]: task["bid"] for task in found} == self.bids
            numbers = {task["id"]: task["metadata"].get("number") for task in found}
            assert {key: number for key, number in numbers.items() if number is not None} == self.metadata
            numbers = {task["id"]: task["custom_attributes"]["customNumber"] for task in found}
            assert numbers == {**dict.fromkeys(self.bids, 0), **self.custom}
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
