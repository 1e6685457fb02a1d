"""The caches of a session: its entities as the first layer, and layers below that outlive it."""

from __future__ import annotations

import functools
import json

import pytest

from ftrack_api import cache as caches


class Store(caches.MemoryCache):
    """A layer below that a test can look into."""


def serialised(store, strategy="persisted_only"):
    def make(session):
        encode = functools.partial(session.encode, entity_attribute_strategy=strategy)
        return caches.SerialisedCache(store, encode=encode, decode=session.decode)

    return make


@pytest.fixture
def task(session, server):
    server.add("Task", id="t", name="comp")
    return session.query("select name from Task").one()


def test_the_first_layer_shows_the_entities_of_the_session(session, task):
    layer = session.cache.caches[0]

    assert isinstance(session.cache, caches.LayeredCache)
    assert isinstance(layer, caches.MemoryCache)
    assert session._local_cache is layer
    assert layer.keys() == session.cache.keys() == ["('Task', ['t'])"]
    assert layer.get("('Task', ['t'])") is session.cache.get("('Task', ['t'])") is task
    assert layer.values() == [task]
    assert list(layer._cache.items()) == [("('Task', ['t'])", task)]
    with pytest.raises(KeyError):
        layer.get("('Task', ['x'])")


def test_removing_from_the_cache_forgets_the_entity(session, task):
    session.cache.remove("('Task', ['t'])")
    fetched = session.get("Task", "t")

    assert fetched is not task
    assert fetched == task
    with pytest.raises(KeyError):
        session.cache.remove("('Task', ['x'])")


def test_clearing_the_local_cache_forgets_all_or_some(session, task, server):
    server.add("User", id="u")
    session.query("User").one()
    session._local_cache.clear(r"'User'")
    assert session._local_cache.keys() == ["('Task', ['t'])"]

    session._local_cache.clear()
    assert session._local_cache.keys() == []
    assert session.get("Task", "t") is not task


def test_entities_can_be_put_in(session):
    loose = session.decode('{"__entity_type__": "Task", "id": "x", "name": "a"}')
    session._local_cache.set("('Task', ['x'])", loose)

    assert session.get("Task", "x") is loose
    assert session.get("Task", "x")["name"] == "a"


def test_an_entity_of_another_session_is_put_in_as_one_of_this(session, new_session):
    foreign = new_session().create("Task", {"id": "x", "name": "a"}, reconstructing=True)
    session._local_cache.set("('Task', ['x'])", foreign)

    assert session.get("Task", "x") is not foreign
    assert session.get("Task", "x")["name"] == "a"


def test_other_things_can_be_put_in_under_other_keys(session):
    session._local_cache.set("mine", 7)

    assert session.cache.get("mine") == 7
    assert session._local_cache.keys() == ["mine"]
    session._local_cache.remove("mine")
    assert session._local_cache.keys() == []


def test_a_cache_can_be_given_as_such_by_a_function_or_not_at_all(new_session):
    store = Store()

    assert new_session(cache=store).cache.caches[1:] == [store]
    assert new_session(cache=lambda _: store).cache.caches[1:] == [store]
    assert new_session(cache=lambda _: None).cache.caches[1:] == []


def test_entities_are_written_to_the_layers_below(new_session, server):
    store = Store()
    session = new_session(cache=serialised(store))
    server.add("Status", id="s", name="Ready")
    server.add("Task", id="t", name="comp", status={"__entity_type__": "Status", "id": "s"})
    session.query("select name, status.name from Task").all()

    found = {key: json.loads(text) for key, text in store._cache.items()}
    assert found == {
        "('Task', ['t'])": {
            "__entity_type__": "Task",
            "id": "t",
            "name": "comp",
            "status": {"__entity_type__": "Status", "id": "s"},
        },
        "('Status', ['s'])": {"__entity_type__": "Status", "id": "s", "name": "Ready"},
    }


def test_what_a_layer_below_holds_needs_no_request(new_session, server):
    store = Store()
    first = new_session(cache=serialised(store))
    children = [server.add("Task", id=f"c{n}", name=f"c{n}") for n in range(2)]
    metadata = [server.add("Metadata", parent_id="s", parent_type="Shot", key="k", value="v")]
    server.add("Shot", id="s", name="sh", children=children, metadata=metadata)
    first.query("select name, children.name, metadata.value from Shot").all()
    second = new_session(cache=serialised(store))
    server.forget()

    shot = second.get("Shot", "s")
    task = second.get("Task", "c1")

    assert (shot["name"], task["name"]) == ("sh", "c1")
    assert [child["id"] for child in shot["children"]] == ["c0", "c1"]
    assert shot["children"][1] is task
    assert second.get("Metadata", ["s", "k"])["value"] == shot["metadata"]["k"] == "v"
    assert server.batches == []


def test_commits_and_deletions_reach_the_layers_below(new_session, server):
    store = Store()
    session = new_session(cache=serialised(store))
    task = session.create("Task", {"id": "t", "name": "a"})
    session.commit()
    assert json.loads(store.get("('Task', ['t'])"))["name"] == "a"

    session.delete(task)
    session.commit()
    assert store.keys() == []


def test_a_rolled_back_creation_leaves_the_layers_below(new_session):
    store = Store()
    session = new_session(cache=serialised(store, "set_only"))
    session.create("Task", {"id": "t"})
    assert store.keys() == ["('Task', ['t'])"]

    session.rollback()

    assert store.keys() == []


def test_another_key_maker_is_used_throughout(new_session, server):
    class Tagged(caches.KeyMaker):
        def _key(self, obj):
            return f"site|{obj[0]}|{'|'.join(obj[1])}"

    store = Store()
    session = new_session(cache=serialised(store), cache_key_maker=Tagged())
    server.add("Task", id="t", name="a")
    task = session.query("select name from Task").one()
    new = session.create("Task", {"id": "n"})

    assert session.cache.keys() == ["site|Task|t", "site|Task|n"]
    assert session.cache.get("site|Task|t") is task
    session.rollback()
    assert session.get("Task", "t") is task
    assert session.get("Task", "n") is None
    assert new not in session.cache.values()


def test_a_whole_cache_can_be_put_in_place(session, task):
    store = Store()
    memory = caches.MemoryCache()
    loose = session.decode('{"__entity_type__": "Task", "id": "x"}')
    memory.set("('Task', ['x'])", loose)
    layered = caches.LayeredCache([memory, store])
    session.cache = layered

    assert session.cache is layered
    assert layered.caches[1:] == [store]
    assert session.get("Task", "x") is loose
    assert session.get("Task", "t") is task


def test_a_single_cache_goes_below_the_entities(session):
    store = Store()
    session.cache = store

    assert session.cache.caches[1:] == [store]


def test_layers_can_be_added_at_any_time(session, task):
    store = Store()
    session.cache.caches.append(store)
    session.query("select name from Task").all()

    assert store.values() == [task]
