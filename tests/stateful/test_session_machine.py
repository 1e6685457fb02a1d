"""Whatever is done to a session, in whatever order, it tells what a small model of dictionaries tells.

The model keeps two states: what was committed, and what the user sees. A commit copies the second over the first, a
rollback the first over the second. After each commit a session of its own reads everything back from the server.
"""

from __future__ import annotations

import copy
import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ftrack_api import exception, inspection
from ftrack_api.operation import DeleteEntityOperation
from ftrack_api.symbol import CREATED, DELETED, MODIFIED, NOT_SET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ftrack_api

STEPS = 30
EXAMPLES = 40
TEXTS = st.one_of(st.none(), st.text(alphabet='abc "\\é%', max_size=6))
KEYS = st.sampled_from(["one", "two", "three"])
_numbers = itertools.count(1)


def blank(name: str, parent: str | None) -> dict[str, Any]:
    """Return what the model knows of a new entity."""
    return {"name": name, "parent": parent, "bid": 0.0, "description": "", "metadata": {}, "number": 0}


@contextmanager
def breaking(session: ftrack_api.Session, *, arrives: bool, stays: bool = False) -> Iterator[None]:
    """Lose the answer to the next batch that writes, and with it the batch itself unless that arrives.

    The line may stay broken to the end of the block, so that nobody can be asked what became of it.
    """
    transport: Any = session._transport
    sent = []

    def send(request: Any) -> Any:
        if (sent or request.read_only) and not stays:
            return type(transport).send(transport, request)
        is_first = not sent and not request.read_only
        sent.append(request)
        if arrives and is_first:
            type(transport).send(transport, request)
        raise exception.ConnectionError("The line broke.")

    transport.send = send
    try:
        yield
    finally:
        del transport.send


class Machine(RuleBasedStateMachine):
    """One session and one model; entities of the model are known by their key."""

    open_session: Callable[[], ftrack_api.Session]

    def __init__(self) -> None:
        super().__init__()
        self.session = self.open_session()
        self.entities: dict[str, Any] = {}
        self.seen: dict[str, dict[str, Any]] = {}
        self.listed: set[str] = set()
        self.states: dict[str, Any] = {}
        self.anew: set[str] = set()  # deleted and created anew in the batch to come
        self.committed: Any = None

    def teardown(self) -> None:
        self.session.recorded_operations.clear()
        self.session.close()

    # The model.

    def changed(self, key: str) -> None:
        self.states.setdefault(key, MODIFIED)

    def pick(self, data: st.DataObject, entity_type: str | None = None) -> str:
        keys = [key for key in self.seen if entity_type in {None, self.entities[key].entity_type}]
        return data.draw(st.sampled_from(keys))

    def has(self, entity_type: str) -> bool:
        return any(self.entities[key].entity_type == entity_type for key in self.seen)

    def is_task(self, key: str) -> bool:
        return bool(self.entities[key].entity_type == "Task")

    def removable(self) -> list[str]:
        """Return what nothing else refers to: no child, no list, no metadata that would be created for nobody."""
        used = {row["parent"] for row in self.seen.values()} | self.listed
        used |= {key for key, row in self.seen.items() if row["metadata"] and self.states.get(key) is CREATED}
        return [key for key in self.seen if key not in used]

    def settle(self) -> None:
        self.committed = copy.deepcopy((self.seen, self.listed))
        self.states.clear()
        self.anew.clear()

    def restore(self) -> None:
        self.seen, self.listed = copy.deepcopy(self.committed)
        self.states.clear()
        self.anew.clear()

    # What is done.

    @initialize()
    def begin(self) -> None:
        name = f"machine-{next(_numbers)}"
        schema = self.session.query("select id from ProjectSchema").first()
        self.project = self.session.create("Project", {"name": name, "full_name": name, "project_schema": schema})
        category = self.session.query("select id from ListCategory order by name").first()
        user = self.session.query("select id from User where username is jenkins").one()
        self.list = self.session.create(
            "TypedContextList", {"name": name, "project": self.project, "category": category, "owner": user}
        )
        self.session.commit()
        self.settle()

    @rule(data=st.data(), entity_type=st.sampled_from(["Folder", "Task"]), bid=st.integers(0, 9))
    def create(self, data: st.DataObject, entity_type: str, bid: int) -> None:
        parent = self.pick(data, "Folder") if self.has("Folder") and data.draw(st.booleans()) else None
        name = f"n{next(_numbers)}"
        values = {"name": name, "parent": self.project if parent is None else self.entities[parent]}
        values |= {"bid": bid} if entity_type == "Task" else {}
        entity = self.session.create(entity_type, values)
        key = entity["id"]
        self.entities[key] = entity
        self.seen[key] = blank(name, parent) | ({"bid": float(bid)} if entity_type == "Task" else {})
        self.states[key] = CREATED

    @precondition(lambda self: self.has("Task"))
    @rule(data=st.data(), bid=st.integers(0, 9))
    def set_a_number(self, data: st.DataObject, bid: int) -> None:
        key = self.pick(data, "Task")
        self.entities[key]["bid"] = bid
        self.seen[key]["bid"] = float(bid)
        self.changed(key)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), text=TEXTS)
    def set_a_text(self, data: st.DataObject, text: str | None) -> None:
        key = self.pick(data)
        if self.states.get(key) is CREATED or key in self.anew:
            text = text or ""  # a null in a creation means the default of the server
        self.entities[key]["description"] = text
        self.seen[key]["description"] = text
        self.changed(key)

    @precondition(lambda self: self.has("Task") and self.has("Folder"))
    @rule(data=st.data(), by_id=st.booleans())
    def move(self, data: st.DataObject, *, by_id: bool) -> None:
        key, parent = self.pick(data, "Task"), self.pick(data, "Folder")
        if by_id and NOT_SET in {inspection.state(self.entities[key]), inspection.state(self.entities[parent])}:
            self.entities[key]["parent_id"] = parent
            self.entities[key]["parent"] = self.entities[parent]
        else:
            self.entities[key]["parent"] = self.entities[parent]
        self.seen[key]["parent"] = parent
        self.changed(key)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), name=KEYS, value=st.text(alphabet="xy", max_size=3))
    def set_metadata(self, data: st.DataObject, name: str, value: str) -> None:
        key = self.pick(data)
        if key in self.anew:
            return
        is_new = name not in self.seen[key]["metadata"]
        self.entities[key]["metadata"][name] = value
        self.seen[key]["metadata"][name] = value
        if is_new:
            self.changed(key)

    @precondition(lambda self: any(row["metadata"] for row in self.seen.values()))
    @rule(data=st.data())
    def delete_metadata(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from([key for key, row in self.seen.items() if row["metadata"]]))
        name = data.draw(st.sampled_from(sorted(self.seen[key]["metadata"])))
        del self.entities[key]["metadata"][name]
        del self.seen[key]["metadata"][name]
        self.changed(key)

    @precondition(lambda self: self.has("Task"))
    @rule(data=st.data(), number=st.integers(0, 99))
    def set_a_custom_attribute(self, data: st.DataObject, number: int) -> None:
        key = self.pick(data, "Task")
        if self.states.get(key) is not CREATED and key not in self.anew:
            self.entities[key]["custom_attributes"]["customNumber"] = number
            self.seen[key]["number"] = number

    @precondition(lambda self: self.has("Task"))
    @rule(data=st.data())
    def append(self, data: st.DataObject) -> None:
        key = self.pick(data, "Task")
        items = self.list["items"]
        if key in self.listed:
            with pytest.raises(exception.DuplicateItemInCollectionError):
                items.append(self.entities[key])
        else:
            items.append(self.entities[key])
            self.listed.add(key)

    @precondition(lambda self: self.listed)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.listed)))
        self.list["items"].remove(self.entities[key])
        self.listed.remove(key)

    @precondition(lambda self: self.removable())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.removable()))
        self.session.delete(self.entities[key])
        del self.seen[key]
        self.states[key] = DELETED

    @rule()
    def commit(self) -> None:
        self.session.commit()
        assert len(self.session.recorded_operations) == 0
        self.settle()
        self.read_back()

    @rule()
    def roll_back(self) -> None:
        self.session.rollback()
        assert len(self.session.recorded_operations) == 0
        self.restore()

    @rule(then_delete=st.booleans())
    def commit_what_is_refused(self, *, then_delete: bool) -> None:
        homeless = self.session.create("Task", {"name": "homeless"})
        recorded = len(self.session.recorded_operations)
        with pytest.raises(exception.ServerError):
            self.session.commit()
        assert len(self.session.recorded_operations) == recorded
        if then_delete:
            self.session.delete(homeless)
            self.commit()
        else:
            self.roll_back()

    @precondition(lambda self: any(self.is_task(key) for key in self.removable()))
    @rule(data=st.data(), commit_between=st.booleans())
    def delete_and_create_anew(self, data: st.DataObject, *, commit_between: bool) -> None:
        """Delete a task and create one under its key, in one batch or in two."""
        self.commit()  # what is pending for the one that is deleted would be of the new one
        key = data.draw(st.sampled_from([key for key in self.removable() if self.is_task(key)]))
        self.session.delete(self.entities[key])
        del self.seen[key]
        self.states[key] = DELETED
        if commit_between:
            self.commit()
        name = f"n{next(_numbers)}"
        values = {"id": key, "name": name, "parent": self.project, "bid": 3, "description": "anew"}
        self.entities[key] = self.session.create("Task", values)
        self.seen[key] = blank(name, None) | {"bid": 3.0, "description": "anew"}
        if self.states.setdefault(key, CREATED) is DELETED:
            self.anew.add(key)

    @rule(arrives=st.booleans(), stays=st.booleans())
    def commit_over_a_line_that_breaks(self, *, arrives: bool, stays: bool) -> None:
        """Lose the connection before the batch reaches the server, or before its answer reaches us."""
        recorded = list(self.session.recorded_operations)
        is_repeatable = not any(isinstance(operation, DeleteEntityOperation) for operation in recorded)
        has_witness = CREATED in self.states.values()
        if not recorded or not (is_repeatable or has_witness):
            return
        with breaking(self.session, arrives=arrives, stays=stays):
            if has_witness and not stays:  # found on the server, or not, it tells what became of all
                self.commit()
                return
            with pytest.raises(exception.NetworkError):
                self.session.commit()
        assert list(self.session.recorded_operations) == recorded
        self.commit()

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), attributes=st.sampled_from(["description", "metadata.value", "name, parent.name"]))
    def populate(self, data: st.DataObject, attributes: str) -> None:
        keys = data.draw(st.lists(st.sampled_from(sorted(self.seen)), unique=True))
        self.session.populate([self.entities[key] for key in keys], attributes)

    @precondition(lambda self: self.entities)
    @rule(data=st.data(), by_base=st.booleans())
    def get(self, data: st.DataObject, *, by_base: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.entities)))
        found = self.session.get("Context" if by_base else self.entities[key].entity_type, key)
        if key in self.seen:
            assert found is self.entities[key]
        elif key not in self.states:
            assert found is None

    @rule()
    def query_all(self) -> None:
        """Have what is pending meet all that the server knows."""
        found = self.session.query(
            "select name, description, parent, children, metadata, custom_attributes, lists.items "
            f"from TypedContext where project_id is {self.project['id']}"
        ).all()
        assert {entity["id"] for entity in found} == set(self.committed[0])
        assert all(entity is self.entities[entity["id"]] for entity in found if entity["id"] in self.seen)

    @rule()
    def query(self) -> None:
        found = self.session.query(f"select name, bid from Task where project_id is {self.project['id']}").all()
        committed = {key for key in self.committed[0] if self.entities[key].entity_type == "Task"}
        assert {task["id"] for task in found} == committed
        for task in found:
            if task["id"] in self.seen:
                assert task is self.entities[task["id"]]

    @rule()
    def reset(self) -> None:
        """Forget all; what is pending goes too."""
        self.session.reset()
        assert len(self.session.recorded_operations) == 0
        self.restore()
        self.project = self.session.get("Project", self.project["id"])
        self.list = self.session.get("TypedContextList", self.list["id"])
        self.entities = {key: self.session.get(self.entities[key].entity_type, key) for key in self.seen}

    # What holds.

    @invariant()
    def values_are_those_of_the_model(self) -> None:
        for key, row in self.seen.items():
            self.compare(self.entities[key], row)
        if self.committed is not None:
            assert {item["id"] for item in self.list["items"]} == self.listed

    @invariant()
    def states_are_those_of_the_model(self) -> None:
        for key, entity in self.entities.items():
            if key in self.seen or key in self.states:
                assert inspection.state(entity) is self.states.get(key, NOT_SET)

    def compare(self, entity: Any, row: dict[str, Any]) -> None:
        assert entity["name"] == row["name"]
        is_new = inspection.state(entity) is CREATED
        if not is_new or entity["description"] is not NOT_SET:
            assert entity["description"] == row["description"]
        assert entity["parent"]["id"] == (row["parent"] or self.project["id"])
        if entity["id"] in self.anew:
            return  # what is not set is the server's until the commit
        assert dict(entity["metadata"]) == row["metadata"]
        if entity.entity_type == "Task":
            assert entity["bid"] == row["bid"]
            if not is_new:
                assert entity["custom_attributes"]["customNumber"] == row["number"]

    def read_back(self) -> None:
        """Read all of the project with a session that knows nothing, and compare it with what was committed."""
        with self.open_session() as other:
            found = other.query(
                "select name, description, parent, metadata, custom_attributes from TypedContext "
                f"where project_id is {self.project['id']}"
            ).all()
            assert {entity["id"] for entity in found} == set(self.seen)
            for entity in found:
                self.compare(entity, self.seen[entity["id"]])
            items = other.get("TypedContextList", self.list["id"])["items"]
            assert {item["id"] for item in items} == self.listed


def test_a_session_does_what_the_model_does(open_session: Callable[[], ftrack_api.Session]) -> None:
    class OnServer(Machine):
        pass

    OnServer.open_session = staticmethod(open_session)
    run_state_machine_as_test(OnServer, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS))
