"""What users suffer from in their data, each reproduced: nothing vanishes, nothing stays behind, nothing is wrong."""

from __future__ import annotations

import contextlib
import copy
import gc
import json
import multiprocessing
import pickle
import threading
import uuid
import weakref
from pathlib import Path

import pytest

from ftrack_api import cache, exception
from ftrack_api.symbol import NOT_SET

REFUSED = {"exception": "ValidationError", "content": "no", "error_code": None, "error": {"operation_index": 1}}


def reference(kind, key):
    return {"__entity_type__": kind, "id": key}


@pytest.fixture
def task(session, server):
    server.add("Status", id="s", name="Ready")
    note = server.add("Note", id="n", content="hello")
    server.add("Task", id="t", name="comp", bid=1.0, status=reference("Status", "s"), notes=[note])
    found = session.query("select name, bid, status.name, notes.content from Task").one()
    server.forget()
    return found


def test_p01_a_loop_over_a_result_takes_one_request_for_each_attribute(session, server):
    for number in range(100):
        server.add("Task", id=f"t{number}", name=str(number), bid=number)
    tasks = session.query("select id from Task limit 100").all()
    server.forget()

    assert sum(task["bid"] for task in tasks) == 4950
    assert len(server.batches) == 1


def test_p13_after_a_failed_commit_a_rollback_takes_pending_changes_alone(session, server, task):
    location = session.create("Scope", {"id": "x", "name": "custom"}, reconstructing=True)
    location.priority = 1
    task["name"] = "light"
    session.create("Task", {"name": "bad"})
    server.refuse = REFUSED
    with pytest.raises(exception.ValidationError) as caught:
        session.commit()
    assert caught.value.operation_index == 1
    session.rollback()
    server.forget()
    session.commit()

    assert server.batches == []
    assert task["name"] == "comp"
    assert session.get("Scope", "x").priority == 1


def test_p26_a_misspelt_name_is_an_error_where_the_session_is_strict(session):
    session.strict_attributes = True
    with pytest.raises(exception.UnknownAttributeError, match="Did you mean 'name'"):
        session.create("Task", {"nmae": "comp", "bid": 1})

    assert len(session.recorded_operations) == 0


def test_p28_a_deleted_entity_is_gone_from_the_collections_of_others(session, task):
    note = task["notes"][0]
    session.delete(note)
    session.commit()

    assert session.get("Note", "n") is None
    assert list(task["notes"]) == []


def test_p28_a_deleted_entity_is_not_in_a_collection_that_is_read_later(session, task):
    session.delete(session.get("Note", "n"))
    session.commit()
    assert list(task["notes"]) == []

    task["notes"].append(session.create("Note", {"content": "new"}))
    session.rollback()

    assert list(task["notes"]) == []


def test_p45_a_value_set_to_what_is_known_is_sent_as_somebody_may_have_changed_it(session, server, task):
    server.rows["Task", ("t",)]["name"] = "changed elsewhere"
    task["name"] = "comp"
    task["name"] = "comp"
    session.commit()

    assert [write["entity_data"] for write in server.writes] == [{"name": "comp"}]
    assert server.row("Task", "t")["name"] == "comp"


def test_p49_metadata_of_another_session_show_after_a_refresh(session, server):
    entry = server.add("Metadata", parent_id="t", key="plate", value="v1", parent_type="Task")
    server.add("Task", id="t", name="comp", metadata=[entry])
    task = session.query("select metadata.key, metadata.value from Task").one()
    server.rows["Metadata", ("t", "plate")]["value"] = "v2"
    session.populate(task, "metadata.key, metadata.value")

    assert dict(task["metadata"]) == {"plate": "v2"}


@pytest.mark.parametrize("value", [0, 0.0, "", False])
def test_p51_nothing_is_a_value_too(session, server, value):
    task = session.create("Task", {"name": "comp", "description": value})
    session.commit()

    assert server.writes[0]["entity_data"]["description"] == value
    assert task["description"] == value


class TestP61:
    def test_p61_an_entity_leaves_as_plain_json(self, server, task):
        told = task.to_dict()

        assert told["__entity_type__"] == "Task"
        assert (told["id"], told["name"], told["bid"]) == ("t", "comp", 1.0)
        assert told["status"] == reference("Status", "s")
        assert told["notes"] == [reference("Note", "n")]
        assert json.loads(json.dumps(told)) == told
        assert server.batches == []

    def test_p61_related_entities_are_told_to_a_depth(self, task):
        told = task.to_dict(depth=1)

        assert told["status"]["name"] == "Ready"
        assert told["notes"][0]["content"] == "hello"

    def test_p61_local_values_count_and_unknown_ones_are_left_out(self, task):
        task["name"] = "light"

        assert task.to_dict()["name"] == "light"
        assert "description" not in task.to_dict()
        assert NOT_SET not in task.to_dict().values()

    def test_p61_dates_are_text_and_dictionaries_dictionaries(self, session, server):
        entry = server.add("Metadata", parent_id="d", key="plate", value="v1", parent_type="Task")
        moment = {"__type__": "datetime", "value": "2024-05-01T10:00:00"}
        server.add("Task", id="d", name="x", start_date=moment, metadata=[entry])
        task = session.query("select start_date, metadata.key, metadata.value from Task").one()

        assert task.to_dict()["start_date"] == "2024-05-01T10:00:00+00:00"
        assert task.to_dict()["metadata"] == {"plate": "v1"}


def told(row):
    """Return what another process sees of a row."""
    return type(row).__name__, row["name"], row["status"]["id"], row["notes"]


class TestP61Leaving:
    def test_p61_rows_are_sent_to_another_process(self, server, task):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seen = pool.map(told, [task], chunksize=1)

        assert seen == [("dict", "comp", "s", [reference("Note", "n")])]
        assert server.batches == []

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_p61_an_entity_is_pickled_as_what_is_known_of_it(self, task, protocol):
        task["name"] = "light"

        assert pickle.loads(pickle.dumps(task, protocol)) == task.to_dict()  # noqa: S301 - just made
        assert pickle.loads(pickle.dumps(task["notes"], protocol)) == [task["notes"][0].to_dict()]  # noqa: S301
        assert b"key" not in pickle.dumps(task, protocol)

    def test_p61_a_dictionary_is_pickled_as_one(self, session):
        task = session.create("Task", {"name": "comp", "metadata": {"plate": "v1"}})

        assert pickle.loads(pickle.dumps(task["metadata"])) == {"plate": "v1"}  # noqa: S301 - just made

    def test_p61_a_copied_structure_holds_the_same_entities(self, session, task):
        structure = copy.deepcopy({"tasks": [task], "notes": task["notes"], "metadata": task["metadata"]})

        assert structure["tasks"][0] is copy.copy(task) is task
        assert list(structure["notes"]) == list(task["notes"])
        assert len(session.recorded_operations) == 0

    @pytest.mark.parametrize("leave", [copy.copy, copy.deepcopy, pickle.dumps])
    def test_p61_a_session_says_that_it_stays(self, session, leave):
        with pytest.raises(TypeError, match="Open one in each process"):
            leave(session)


def test_p62_ten_thousand_values_are_read_from_a_file_with_one_connection(tmp_path, monkeypatch):
    store = cache.FileCache(tmp_path / "store")
    with store._database() as database:
        database._connection.execute("BEGIN")
        for number in range(10_000):
            database[str(number).encode()] = b"x"
        database._connection.execute("COMMIT")
    monkeypatch.setattr("ftrack_api._cache.file._open", lambda path: pytest.fail(f"opened {path} again"))

    assert {store.get(str(number)) for number in range(10_000)} == {"x"}


class TestP62Bounded:
    def test_p62_the_longest_unused_value_makes_room(self):
        store = cache.MemoryCache(2)
        store.set("a", 1)
        store.set("b", 2)
        assert store.get("a") == 1
        store.set("c", 3)
        store.set("c", 4)

        assert store.keys() == ["a", "c"]
        assert (store.get("a"), store.get("c")) == (1, 4)
        with pytest.raises(KeyError):
            store.get("b")

    def test_p62_a_cache_tells_how_useful_it_is(self):
        store = cache.MemoryCache(2)
        for key in "abc":
            store.set(key, key)
        store.get("c")
        for _ in range(2):
            with pytest.raises(KeyError):
                store.get("a")

        assert store.statistics == cache.CacheStatistics(hits=1, misses=2, evictions=1, size=2)

    def test_p62_threads_share_a_bounded_cache(self):
        store = cache.MemoryCache(10)

        def work(number):
            for count in range(500):
                store.set((number * count) % 37, count)
                with contextlib.suppress(KeyError):
                    store.get(count % 37)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        told = store.statistics
        assert told.size == len(store.keys()) == 10
        assert told.hits + told.misses == 4000

    @pytest.mark.parametrize("maximum", [0, -1])
    def test_p62_a_cache_for_nothing_is_refused(self, maximum):
        with pytest.raises(ValueError, match="maximum must be at least 1"):
            cache.MemoryCache(maximum)

    def test_p62_a_bounded_cache_below_a_session_stays_bounded(self, new_session, server):
        for number in range(20):
            server.add("Task", id=f"t{number}", name="comp")
        store = cache.MemoryCache(5)
        session = new_session(cache=store)
        session.query("select name from Task").all()

        assert session.cache.caches[1] is store
        assert store.statistics.size == 5


def test_p64_a_uuid_is_a_key_and_paths_are_paths(session, server, tmp_path):
    identifier = uuid.uuid4()
    server.add("Task", id=str(identifier), name="comp")

    assert session.get("Task", identifier)["name"] == "comp"
    assert cache.FileCache(Path(tmp_path) / "x").path == str(tmp_path / "x")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_p64_a_number_that_json_does_not_have_is_refused_by_name(session, task, value):
    task["bid"] = value
    with pytest.raises(ValueError, match=r"Task\.bid"):
        session.commit()


def test_p68_sessions_go_when_nobody_holds_them(new_session, server):
    gone = []
    for _ in range(20):
        server.add("Task", id="t", name="comp")
        session = type(new_session())("http://a.test", "k", "u", schema_cache_path=False, plugin_paths=[])
        session.query("select name from Task").all()
        session.close()
        gone.append(weakref.ref(session))
        del session
    gc.collect()

    assert [one() for one in gone] == [None] * 20
