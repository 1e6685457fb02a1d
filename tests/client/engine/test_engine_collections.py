"""Collections of entities: list behaviour, recording, and following the server until they are changed."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api import exception, inspection
from ftrack_api._state.changes import Journal
from ftrack_api.collection import Collection
from ftrack_api.symbol import MODIFIED, NOT_SET


@pytest.fixture
def children(server):
    return [server.add("Task", id=f"c{n}", name=f"c{n}") for n in range(3)]


@pytest.fixture
def shot(session, server, children):
    server.add("Shot", id="s", name="sh010", children=children)
    found = session.query("select name, children.name from Shot").one()
    server.forget()
    return found


def keys(items):
    return [item["id"] for item in items]


def test_a_collection_is_a_list_of_entities(shot, session):
    children = shot["children"]

    assert keys(children) == ["c0", "c1", "c2"]
    assert keys(children[1:]) == ["c1", "c2"]
    assert children[-1] is session.get("Task", "c2")
    assert children[0] in children
    assert shot not in children
    assert "c0" not in children
    assert children is shot["children"]


def test_reading_a_collection_changes_nothing(shot, session):
    list(shot["children"])

    assert inspection.state(shot) is NOT_SET
    assert not shot.attributes.get("children").is_modified(shot)


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (lambda items, new: items.append(new), ["c0", "c1", "c2", "new"]),
        (lambda items, new: items.insert(0, new), ["new", "c0", "c1", "c2"]),
        (lambda items, new: items.insert(-1, new), ["c0", "c1", "new", "c2"]),
        (lambda items, new: items.extend([new]), ["c0", "c1", "c2", "new"]),
        (lambda items, _: items.remove(items[1]), ["c0", "c2"]),
        (lambda items, _: items.pop(), ["c0", "c1"]),
        (lambda items, _: items.__delitem__(-1), ["c0", "c1"]),
        (lambda items, _: items.__delitem__(slice(0, 2)), ["c2"]),
        (lambda items, new: items.__setitem__(-1, new), ["c0", "c1", "new"]),
        (lambda items, new: items.__setitem__(slice(0, 2), [new]), ["new", "c2"]),
        (lambda items, _: items.reverse(), ["c2", "c1", "c0"]),
        (lambda items, _: items.clear(), []),
    ],
)
def test_each_change_is_one_recorded_change_of_the_owner(shot, session, change, result):
    new = session.create("Task", {"id": "new"}, reconstructing=True)
    before = keys(shot["children"])

    change(shot["children"], new)

    assert keys(shot["children"]) == result
    (operation,) = session.recorded_operations
    assert (operation.entity_type, operation.attribute_name) == ("Shot", "children")
    assert keys(operation.old_value) == before
    assert keys(operation.new_value) == result
    assert operation.new_value == shot["children"]
    assert inspection.state(shot) is MODIFIED


def test_earlier_operations_keep_the_content_of_their_moment(shot, session):
    children = shot["children"]
    children.pop()
    children.pop()
    children.append(session.create("Task", {"id": "new"}, reconstructing=True))

    assert [keys(operation.new_value) for operation in session.recorded_operations] == [
        ["c0", "c1"],
        ["c0"],
        ["c0", "new"],
    ]


def test_nothing_is_recorded_while_recording_is_off(shot, session):
    with session.operation_recording(False):
        shot["children"].pop()

    assert keys(shot["children"]) == ["c0", "c1"]
    assert not session.recorded_operations


def test_an_entity_is_in_a_collection_once(shot):
    children = shot["children"]

    for attempt in (
        lambda: children.append(children[0]),
        lambda: children.extend([children[0]]),
        lambda: children.__setitem__(0, children[1]),
    ):
        with pytest.raises(exception.DuplicateItemInCollectionError):
            attempt()
    children[0] = children[0]
    assert keys(children) == ["c0", "c1", "c2"]


def test_a_failed_extension_adds_nothing(shot, session):
    new = session.create("Task", {"id": "new"}, reconstructing=True)

    with pytest.raises(exception.DuplicateItemInCollectionError):
        shot["children"].extend([new, new])

    assert keys(shot["children"]) == ["c0", "c1", "c2"]
    assert not session.recorded_operations


def test_an_index_out_of_range_is_an_index_error(shot):
    with pytest.raises(IndexError, match=r"no item at -?\d+: \"\w+\" of <\w+\(\w+\)> holds \d"):
        shot["children"][3]
    with pytest.raises(IndexError, match=r"no item at -?\d+: \"\w+\" of <\w+\(\w+\)> holds \d"):
        del shot["children"][3]
    with pytest.raises(IndexError, match=r"no item at -?\d+: \"\w+\" of <\w+\(\w+\)> holds \d"):
        shot["children"][3] = shot


def test_a_read_only_collection_can_have_content_and_refuses_changes(shot, session):
    items = list(shot["children"])
    frozen = Collection(shot, shot.attributes.get("children"), mutable=False, data=items)

    assert list(frozen) == items
    for attempt in (lambda: frozen.append(shot), frozen.pop, lambda: frozen.__setitem__(0, shot)):
        with pytest.raises(exception.ImmutableCollectionError):
            attempt()
    assert shot.attributes.get("children").get_remote_value(shot).mutable is False


def test_order_does_not_matter_to_equality(shot):
    attribute = shot.attributes.get("children")
    items = list(shot["children"])

    assert Collection(shot, attribute, data=items) == Collection(shot, attribute, data=items[::-1])
    assert Collection(shot, attribute, data=items) != Collection(shot, attribute, data=items[1:])
    assert Collection(shot, attribute, data=items) != items


def test_a_copy_has_a_list_of_its_own(shot):
    other = copy.copy(shot["children"])
    other_items = list(other)
    shot["children"].pop()

    assert list(other) == other_items
    assert (other.entity, other.attribute, other.mutable) == (shot, shot["children"].attribute, True)


def test_an_unchanged_collection_follows_the_server(shot, session, server):
    held = shot["children"]
    server.rows["Shot", ("s",)]["children"] = [server.add("Task", id="c9", name="c9")]
    session.query("select children from Shot").all()

    assert keys(held) == ["c9"]
    assert shot["children"] is held


def test_a_changed_collection_does_not(shot, session, server):
    shot["children"].pop()
    server.rows["Shot", ("s",)]["children"] = []
    session.query("select children from Shot").all()

    assert keys(shot["children"]) == ["c0", "c1"]
    assert keys(shot.attributes.get("children").get_remote_value(shot)) == []


def test_an_empty_placeholder_gives_way_to_what_the_server_says(session, server, children):
    server.add("Shot", id="s", children=children)
    shot = session.query("select id from Shot").one()
    with session.auto_populating(False):
        held = shot["children"]
        assert len(held) == 0

    assert keys(shot["children"]) == ["c0", "c1", "c2"]
    assert keys(held) == ["c0", "c1", "c2"]


@pytest.mark.parametrize("kind", [list, tuple, iter, lambda items: dict.fromkeys(items).keys()])
def test_any_iterable_of_entities_can_be_assigned(shot, session, kind):
    items = list(shot["children"])[:2]
    shot["children"] = kind(items)

    assert keys(shot["children"]) == ["c0", "c1"]
    assert len(session.recorded_operations) == 1


def test_none_is_an_empty_collection(shot):
    shot["children"] = None

    assert keys(shot["children"]) == []


@pytest.mark.parametrize("value", [7, "c0", {}, {"c0": "c1"}])
def test_what_is_no_collection_cannot_be_assigned(shot, value):
    with pytest.raises(TypeError, match='"children" takes entities') as caught:
        shot["children"] = value
    assert isinstance(caught.value, NotImplementedError)  # as programs know it


def test_the_collection_of_another_attribute_cannot_be_assigned(shot):
    with pytest.raises(exception.AttributeError, match='"children" cannot be the value of "notes"'):
        shot["notes"] = shot["children"]


def test_deleted_entities_vanish_from_collections_on_commit(shot, session):
    held = shot["children"]
    session.delete(held[1])
    assert keys(held) == ["c0", "c1", "c2"]

    session.commit()

    assert keys(held) == ["c0", "c2"]
    assert keys(shot["children"]) == ["c0", "c2"]


def test_a_rolled_back_collection_shows_the_server_again(shot, session):
    held = shot["children"]
    held.append(session.create("Task", {"name": "new"}))
    session.rollback()

    assert keys(held) == keys(shot["children"]) == ["c0", "c1", "c2"]


def test_in_place_addition_keeps_the_object(shot, session):
    held = shot["children"]
    shot["children"] += [session.create("Task", {"id": "new"}, reconstructing=True)]

    assert shot["children"] is held
    assert keys(held) == ["c0", "c1", "c2", "new"]


@given(st.lists(st.tuples(st.sampled_from(["insert", "delete", "replace"]), st.integers(0, 5)), max_size=15))
def test_a_journal_tells_the_content_of_every_moment(steps):
    journal = Journal(list, (100, 101))
    items = [100, 101]
    moments = [(journal.snapshot(), list(items))]
    for number, (kind, wanted) in enumerate(steps):
        if kind == "delete" and not items:
            continue
        index = min(wanted, len(items) - (kind == "delete"))
        items = journal.apply(items, kind, index, () if kind == "delete" else (number,))
        moments.append((journal.snapshot(), list(items)))

    assert [snapshot.resolve() for snapshot, _ in moments] == [content for _, content in moments]
