"""Answers that are older than a deletion, a reset, a cleared cache or a rollback, and are merged after it."""

from __future__ import annotations

import threading

import pytest

from ftrack_api._query.ahead import load_pages
from ftrack_api.cache import FileCache, MemoryCache, SerialisedCache

PROJECTIONS = "name, bid, status.name, notes.content, metadata.key, metadata.value"


@pytest.fixture
def rows(server):
    note = server.add("Note", id="n", content="hello")
    entry = server.add("Metadata", parent_id="t", key="plate", value="v1", parent_type="Task")
    status = server.add("Status", id="s", name="Ready")
    server.add("Status", id="s2", name="Done")
    server.add("Task", id="t", name="comp", bid=1.0, status=status, notes=[note], metadata=[entry])
    return f"select {PROJECTIONS} from Task"


@pytest.fixture
def task(session, rows):
    return session.query(rows).one()


def late(session, act):
    """Let another thread act as soon as the next answer is there, and before it is merged."""
    acted = []

    def meanwhile(report):
        if report.actions in {("query",), ("search",)} and not acted:
            acted.append(report)
            thread = threading.Thread(target=act)
            thread.start()
            thread.join()

    session.on_request.append(meanwhile)
    return acted


def deleting(session, *entities):
    def act():
        for entity in entities:
            session.delete(entity)
        session.commit()

    return act


class TestDeleted:
    def test_an_entity_is_not_found_again(self, session, task, rows):
        acted = late(session, deleting(session, task))

        found = session.query(rows).all()

        assert acted
        assert [entity["name"] for entity in found] == ["comp"]
        assert session.get("Task", "t") is None
        assert len(session._state.identities) == len([*session._state.identities])
        assert [key for key in session.cache.keys() if "Task" in key] == []  # noqa: SIM118 - no mapping

    def test_an_item_of_a_collection_stays_gone(self, session, task, rows):
        held = task["notes"]
        acted = late(session, deleting(session, held[0]))

        session.query(rows).all()

        assert acted
        assert (list(held), list(task["notes"])) == ([], [])
        assert session.get("Note", "n") is None

    def test_an_entry_of_a_dictionary_stays_gone(self, session, task, rows):
        def act():
            del task["metadata"]["plate"]
            session.commit()

        dict(task["metadata"])
        acted = late(session, act)
        session.query(rows).all()

        assert acted
        assert dict(task["metadata"]) == {}
        assert session.get("Metadata", ["t", "plate"]) is None

    @pytest.mark.parametrize(
        "ask", [lambda session, task: session.populate(task, "bid"), lambda _, task: task["description"]]
    )
    def test_neither_populating_nor_reading_finds_it_again(self, session, task, ask):
        acted = late(session, deleting(session, task))

        ask(session, task)

        assert acted
        assert session.get("Task", "t") is None

    def test_one_that_was_created_anew_is_the_new_one(self, session, task, rows):
        def act():
            deleting(session, task)()
            session.create("Task", {"id": "t", "name": "again"})

        late(session, act)
        session.query(rows).all()

        again = session.get("Task", "t")
        assert again is not task
        assert again["name"] == "again"
        session.commit()
        assert session.get("Task", "t") is again

    def test_what_is_asked_for_afterwards_counts_again(self, session, server, task, rows):
        acted = late(session, deleting(session, task))
        session.query(rows).all()
        server.add("Task", id="t", name="restored")

        assert acted
        assert session.query("select name from Task").one()["name"] == "restored"
        assert session.get("Task", "t") is not task
        assert session._state.readings._commits == []

    def test_caches_below_do_not_bring_it_back(self, new_session, tmp_path, rows):
        def stored(session):
            return SerialisedCache(FileCache(tmp_path / "store"), encode=session.encode, decode=session.decode)

        session = new_session(cache=stored)
        task = session.query(rows).one()
        acted = late(session, deleting(session, task))
        session.query(rows).all()

        assert acted
        assert session.get("Task", "t") is None

    def test_a_cache_that_is_read_while_it_is_deleted_does_not_either(self, new_session, rows):
        class Slow(MemoryCache):
            act = None

            def get(self, key):
                found = super().get(key)
                if self.act is not None and "Task" in key:
                    act, self.act = self.act, None
                    thread = threading.Thread(target=act)
                    thread.start()
                    thread.join()
                return found

        store = Slow()
        session = new_session(cache=store)
        task = session.query(rows).one()
        session._local_cache.clear()
        store.act = deleting(session, task)

        assert session.get("Task", "t") is None
        assert store.act is None
        assert session.get("Task", "t") is None


class TestForgotten:
    @pytest.mark.parametrize("forget", [lambda session: session.reset(), lambda session: session.cache.clear()])
    def test_what_was_committed_before_is_what_the_new_object_shows(self, session, task, rows, forget):
        def act():
            task["bid"], task["status"] = 2.0, session.get("Status", "s2")
            session.commit()
            forget(session)

        acted = late(session, act)
        session.query(rows).one()

        again = session.get("Task", "t")
        assert acted
        assert again is not task
        assert again["bid"] == 2.0
        assert (again["status"]["id"], again["status"]["name"]) == ("s2", "Done")

    def test_a_deleted_entity_stays_gone_after_a_reset_too(self, session, task, rows):
        def act():
            deleting(session, task)()
            session.reset()

        late(session, act)
        session.query(rows).all()

        assert session.get("Task", "t") is None


class TestRolledBack:
    def test_a_rollback_shows_what_the_answer_says(self, session, server, task, rows):
        def act():
            task["bid"] = 9
            task["notes"].clear()
            session.rollback()

        server.rows["Task", ("t",)]["bid"] = 5.0
        acted = late(session, act)
        session.query(rows).all()

        assert acted
        assert (task["bid"], [note["content"] for note in task["notes"]]) == (5.0, ["hello"])
        assert not session.recorded_operations

    def test_a_deletion_that_is_rolled_back_is_none(self, session, task, rows):
        def act():
            session.delete(task)
            session.rollback()

        late(session, act)

        assert session.query(rows).all() == [task]
        assert session.get("Task", "t") is task


class TestCollections:
    def test_an_item_that_was_added_stays(self, session, task, rows):
        held = task["notes"]

        def act():
            held.append(session.create("Note", {"id": "n2", "content": "two"}))
            session.commit()

        acted = late(session, act)
        session.query(rows).all()

        assert acted
        assert [note["id"] for note in held] == ["n", "n2"]
        assert [note["id"] for note in task["notes"]] == ["n", "n2"]

    def test_an_item_that_was_added_afterwards_is_still_to_be_sent(self, session, server, task, rows):
        held = task["notes"]

        def act():
            held.append(session.create("Note", {"id": "n2", "content": "two"}))
            session.commit()
            held.append(session.create("Note", {"id": "n3", "content": "three"}))

        late(session, act)
        session.query(rows).all()
        session.commit()

        (update,) = [write for write in server.writes if write["action"] == "update"]
        assert [item["id"] for item in update["entity_data"]["notes"]] == ["n", "n2", "n3"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, rows: session.query(rows).all(),
        lambda session, rows: list(load_pages(session, [f"{rows} offset 0 limit 1", f"{rows} offset 1 limit 1"])),
        lambda session, rows: session.search("comp", rows),
    ],
    ids=["a query", "pages that are on their way together", "a search"],
)
def test_no_question_puts_an_older_value_back(session, server, task, rows, ask):
    server._search = server._query

    def act():
        task["bid"] = 5.0
        session.commit()

    acted = late(session, act)
    ask(session, rows)

    assert acted
    assert task["bid"] == 5.0
