"""Object types are entity types: changing one changes the schemas, for calls that start afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ftrack_protocol.schema import schema_hash
from ftrack_server import errors


def schemas(api: Any) -> tuple[list[dict[str, Any]], str]:
    documents, information = api({"action": "query_schemas"}, {"action": "query_server_information"})
    return documents, information["schema_hash"]


def test_a_new_object_type_is_a_new_entity_type(tree: Any) -> None:
    before, old_hash = schemas(tree)

    tree(tree.create("ObjectType", id="prop", name="Set Piece", is_statusable=False))
    after, new_hash = schemas(tree)

    assert {document["id"] for document in after} - {document["id"] for document in before} == {"SetPiece"}
    assert (old_hash, new_hash) == (schema_hash(before), schema_hash(after))
    assert old_hash != new_hash
    data = tree.data(tree.create("SetPiece", id="x", name="x", parent_id="sequence"))
    assert data["object_type_id"] == "prop"
    assert tree.data({"action": "query", "expression": "select name from SetPiece"})[0]["__entity_type__"] == "SetPiece"


def test_it_is_known_to_what_follows_in_its_batch(tree: Any) -> None:
    replies = tree(
        tree.create("ObjectType", id="prop", name="Prop"),
        {"action": "query", "expression": "Prop"},
        {"action": "query_schemas"},
    )

    assert replies[1]["data"] == []
    assert "Prop" in {document["id"] for document in replies[2]}


def test_flags_decide_what_may_change(tree: Any) -> None:
    shot = tree.rows("object_type", name="Shot")[0]["id"]
    tree(tree.update("ObjectType", shot, is_schedulable=True))

    tree(tree.update("Shot", "shot", bid=5))

    assert tree.row("context", "shot")["bid"] == 5.0


def test_a_type_that_is_taken_back_leaves_no_trace(tree: Any) -> None:
    before = schemas(tree)

    with pytest.raises(errors.NotFoundError):
        tree(
            tree.create("ObjectType", name="Prop"), {"action": "query", "expression": "Prop"}, tree.delete("Task", "x")
        )

    assert schemas(tree) == before


def test_a_deleted_object_type_is_gone_and_one_in_use_stays(tree: Any) -> None:
    before = schemas(tree)
    tree(tree.create("ObjectType", id="prop", name="Prop"))
    tree(tree.delete("ObjectType", "prop"))

    assert schemas(tree) == before
    with pytest.raises(errors.IntegrityError, match="still in use"):
        tree(tree.delete("ObjectType", tree.rows("object_type", name="Shot")[0]["id"]))


@pytest.mark.parametrize("name", ["Note", "Asset Version", "Shot", "Asset Build"])
def test_a_name_that_is_an_entity_type_already_is_refused(api: Any, name: str) -> None:
    with pytest.raises(errors.DuplicateEntryError, match="There is an entity type"):
        api(api.create("ObjectType", name=name))


def test_renaming_renames_the_entity_type(api: Any) -> None:
    api(api.create("ObjectType", id="prop", name="Prop"))

    api(api.update("ObjectType", "prop", name="Requisite"))

    names = {document["id"] for document in schemas(api)[0]}
    assert "Requisite" in names
    assert "Prop" not in names


def test_other_calls_keep_working_meanwhile(tree: Any) -> None:
    def change(number: int) -> str:
        tree(tree.create("ObjectType", name=f"Kind{number}"))
        return "changed"

    def read(_: int) -> str:
        rows = tree.data({"action": "query", "expression": "select name from Shot"})
        return rows[0]["name"]

    with ThreadPoolExecutor(8) as threads:
        jobs = [threads.submit(change if number % 4 == 0 else read, number) for number in range(40)]
        results = {job.result() for job in jobs}

    assert results == {"changed", "sh010"}
    documents, current = schemas(tree)
    assert {f"Kind{number}" for number in range(0, 40, 4)} <= {document["id"] for document in documents}
    assert current == schema_hash(documents)


@pytest.mark.parametrize("name", ["3D", "a.b", "Set-Piece", "a/b", "select", "Foo Bar!", "x y (old)"])
def test_a_name_that_no_query_can_say_is_refused(api: Any, name: str) -> None:
    """Its items could be made, and found by nobody."""
    with pytest.raises(errors.ValidationError) as raised:
        api(api.create("ObjectType", name=name))

    assert f'"{name}"' in raised.value.message
    assert "letters" in raised.value.message


@pytest.mark.parametrize("name", ["shot", "Asset  build", "PROJECT"])
def test_a_name_that_differs_in_case_alone_is_taken_already(api: Any, name: str) -> None:
    """Listeners of events compare entity types without case."""
    with pytest.raises(errors.DuplicateEntryError):
        api(api.create("ObjectType", name=name))


@pytest.mark.parametrize("name", ["Set Piece", "Ärger", "_private", "X1", "设计", "Where About"])
def test_a_name_that_queries_can_say_is_taken(tree: Any, name: str) -> None:
    tree(tree.create("ObjectType", name=name))
    kind = "".join(name.split())

    tree(tree.create(kind, id="x", name="x", parent_id="sequence"))

    for text in (kind, f'{kind} where name is "x"', f"select id, project.name from {kind} order by name limit 1"):
        assert [row["id"] for row in tree.data({"action": "query", "expression": text})] == ["x"]
