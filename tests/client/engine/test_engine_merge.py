"""Rows into entities: one object per identity, whatever order, stubs and depth a reply has."""

from __future__ import annotations

import gc
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api import exception
from ftrack_api._garbage import garbage_waits
from ftrack_api._state.merge import Merge


def rows(session, *found):
    return Merge(session).rows(list(found))


def ref(entity_type, key, **values):
    return {"__entity_type__": entity_type, "id": key, **values}


def test_one_entity_of_the_server_is_one_object(session):
    first, second = rows(
        session,
        ref("Task", "1", status=ref("Status", "s", name="Ready")),
        ref("Task", "2", status=ref("Status", "s")),
    )

    assert first["status"] is second["status"]
    assert second["status"]["name"] == "Ready"
    assert session.get("Task", "1") is first


def test_later_occurrences_add_what_the_first_did_not_say(session, server):
    (task,) = rows(session, ref("Task", "1", parent=ref("Shot", "s", name="sh", children=[ref("Task", "1", bid=3)])))

    assert task["bid"] == 3
    assert list(task["parent"]["children"]) == [task]
    assert server.batches == []


def test_circles_close_on_the_same_objects(session):
    (a,) = rows(session, ref("Shot", "a", parent=ref("Shot", "b", parent=ref("Shot", "a"))))

    assert a["parent"]["parent"] is a


def test_deep_nesting_needs_no_recursion(session):
    row = ref("Shot", "0")
    for depth in range(1, 5000):
        row = ref("Shot", str(depth), parent=row)
    (deepest,) = rows(session, row)

    assert deepest["parent"]["id"] == "4998"


def test_a_known_entity_is_brought_up_to_date_in_place(session):
    (task,) = rows(session, ref("Task", "1", name="a", bid=1))
    (again,) = rows(session, ref("Task", "1", name="b"))

    assert again is task
    assert (task["name"], task["bid"]) == ("b", 1)


def test_names_the_class_does_not_have_are_dropped(session):
    (task,) = rows(session, ref("Task", "1", custom_attribute_links=[ref("Task", "2")], unheard_of=1))

    with pytest.raises(KeyError):
        task["unheard_of"]
    assert session.get.__self__ is session
    assert ("Task", "2") not in {entity._identity for entity in session._state.identities}


def test_null_relations_are_none_and_empty(session, server):
    (task,) = rows(session, ref("Task", "1", status=None, children=None, assignments=[]))

    assert task["status"] is None
    assert list(task["children"]) == list(task["assignments"]) == []
    assert server.batches == []


def test_keys_of_several_parts_and_numbers_are_keys(session):
    (pair,) = rows(session, {"__entity_type__": "Metadata", "parent_id": "p", "key": "k", "value": "v"})
    (numbered,) = rows(session, {"__entity_type__": "Status", "id": 7, "name": "n"})

    assert session.get("Metadata", ["p", "k"]) is pair
    assert session.get("Metadata", {"key": "k", "parent_id": "p"}) is pair
    assert session.get("Status", 7) is session.get("Status", "7") is numbered


def test_a_row_without_key_is_an_error_that_names_what_is_missing(session):
    with pytest.raises(exception.ServerError, match="sent a Metadata without its primary key: key missing"):
        rows(session, {"__entity_type__": "Metadata", "parent_id": "p"})


def test_an_unknown_type_is_an_error_with_a_hint(session):
    with pytest.raises(exception.UnrecognisedEntityTypeError, match=r'"Taks" not recognised\. Did you mean "Task"'):
        rows(session, ref("Taks", "1"))


def test_plain_rows_stay_dictionaries_with_dates(session):
    (group,) = rows(session, {"count_id": 3, "start": {"__type__": "datetime", "value": "2024-01-01T00:00:00"}})

    assert group["count_id"] == 3
    assert group["start"].year == 2024


def test_an_entity_of_another_session_becomes_one_of_this(session, new_session):
    other = new_session()
    (foreign,) = rows(other, ref("Task", "1", name="a", status=ref("Status", "s", name="Ready")))
    foreign["name"] = "local"

    own = session.merge(foreign)

    assert own is not foreign
    assert own.session is session
    assert own["name"] == "local"
    assert own["status"].session is session
    assert own["status"]["name"] == "Ready"
    assert foreign["status"].session is other
    assert not session.recorded_operations


def test_an_assigned_entity_of_another_session_becomes_one_of_this(session, new_session):
    (foreign,) = rows(new_session(), ref("Status", "s", name="Ready"))
    (task,) = rows(session, ref("Task", "1"))
    task["status"] = foreign

    assert task["status"] is session.get("Status", "s")
    assert task["status"]["name"] == "Ready"


def test_local_collections_of_another_session_come_along(session, new_session):
    other = new_session()
    (foreign,) = rows(other, ref("Shot", "1", children=[]))
    foreign["children"].append(other.create("Task", {"id": "c"}))

    own = session.merge(foreign)
    rows(session, ref("Shot", "1", children=[]))

    assert [child.session for child in own["children"]] == [session]


def test_decoded_entities_are_merged_without_being_changed(session):
    loose = session.decode('{"__entity_type__": "Task", "id": "1", "status": {"__entity_type__": "Status", "id": "s"}}')

    first, second = session.merge(loose), session.merge(loose)

    assert first is second is session.get("Task", "1")
    assert first is not loose
    assert loose["status"] is first["status"]


def test_merging_collections_gives_lists_and_other_values_themselves(session):
    (shot,) = rows(session, ref("Shot", "1", children=[ref("Task", "2")], metadata=[]))

    assert session.merge(shot["children"]) == [session.get("Task", "2")]
    assert session.merge(shot["metadata"]) == []
    assert session.merge("text") == "text"
    assert session.merge([shot])[0] is shot


def test_what_was_merged_before_in_one_go_is_not_merged_again(session):
    loose = session.decode('{"__entity_type__": "Task", "id": "1", "name": "a"}')
    merged = {}
    own = session.merge(loose, merged)
    loose._remote["name"] = "b"

    assert session.merge(loose, merged) is own
    assert own["name"] == "a"


def test_classes_with_a_constructor_of_their_own_are_constructed(session):
    base = session.types["Task"]

    class Counted(base):
        made = 0

        def __init__(self, *args, **kw):
            type(self).made += 1
            self.extra = "set"
            super().__init__(*args, **kw)

    session.types["Task"] = Counted
    (task,) = rows(session, ref("Task", "1", name="a"))

    assert (Counted.made, task.extra, task["name"]) == (1, "set", "a")


def test_texts_of_foreign_keys_are_kept_once(session):
    first, second = rows(
        session,
        ref("Task", "1", status_id=str(uuid.UUID(int=5))),
        ref("Task", "2", status_id=str(uuid.UUID(int=5))),
    )

    assert first["status_id"] is second["status_id"]


def test_garbage_collection_waits_and_goes_on_even_after_an_error():
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), garbage_waits():
        1 / gc.isenabled()
    assert gc.isenabled()

    gc.disable()
    try:
        with garbage_waits():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


TREE = st.recursive(
    st.builds(
        lambda key, name: {"__entity_type__": "Shot", "id": key, "name": name}, st.sampled_from("abc"), st.text()
    ),
    lambda inner: st.builds(
        lambda key, parent, children: {
            "__entity_type__": "Shot",
            "id": key,
            "parent": parent,
            "children": list({child["id"]: child for child in children}.values()),
        },
        st.sampled_from("abc"),
        inner,
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


def occurrences(row):
    yield row
    for value in [row.get("parent"), *row.get("children", [])]:
        if value is not None:
            yield from occurrences(value)


@given(st.lists(TREE, min_size=1, max_size=3))
def test_every_value_in_any_reply_can_be_read_from_the_one_object_of_its_identity(small_schemas, found):
    session = _session_of(small_schemas)
    keys = [row["id"] for row in found]
    said: dict = {}
    for row in found:
        for occurrence in occurrences(row):
            for name, value in occurrence.items():
                plain = value["id"] if isinstance(value, dict) else value
                plain = [child["id"] for child in value] if isinstance(value, list) else plain
                said.setdefault((occurrence["id"], name), []).append(plain)

    entities = rows(session, *found)

    assert [entity["id"] for entity in entities] == keys
    for (key, name), values in said.items():
        if name == "__entity_type__":
            continue
        entity = session._state.identities.get(("Shot", key))
        value = entity[name]
        if name == "parent":
            assert value is session._state.identities.get(("Shot", value["id"]))
            assert value["id"] in values
        elif name == "children":
            assert [child["id"] for child in value] in values
        else:
            assert value in values


def _session_of(schemas):
    """Return a session that has types and no server."""
    from ftrack_api._session.types import EntityTypes
    from ftrack_api.entity.factory import StandardFactory
    from ftrack_api.session import Session

    session = Session.__new__(Session)
    session.types = EntityTypes(schemas, StandardFactory().create)
    return session
