"""Custom attributes: declaring them, writing values through either face, links."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server import errors


def declare(api: Any, key: str, kind: str = "number", /, **data: Any) -> dict[str, Any]:
    shot = api.rows("object_type", name="Shot")[0]["id"]
    return api.create(
        "CustomAttributeConfiguration",
        **{
            "id": key,
            "key": key,
            "label": key,
            "type": api.ref("CustomAttributeType", api.named("custom_attribute_type", kind)),
            "entity_type": "task",
            "object_type_id": shot,
            **data,
        },
    )


def read(api: Any, expression: str = "select custom_attributes from Shot where id is shot") -> dict[str, Any]:
    (entity,) = api.data({"action": "query", "expression": expression})
    return {item["key"]: item["value"] for item in entity["custom_attributes"]}


@pytest.fixture
def declared(tree: Any) -> Any:
    """The tree, whose shots have the number ``frames``."""
    tree(declare(tree, "frames", default=10))
    return tree


@pytest.mark.parametrize("face", ["ContextCustomAttributeValue", "CustomAttributeValue"])
def test_a_value_is_written_by_updating_it_whether_it_is_there_or_not(declared: Any, face: str) -> None:
    seen = [read(declared)["frames"]]

    for value in (42, 43):
        data = declared.data(declared.update(face, ["frames", "shot"], value=value))
        assert (data["__entity_type__"], data["configuration_id"], data["entity_id"]) == (face, "frames", "shot")
        assert data["value"] == value
        seen.append(read(declared)["frames"])

    assert seen == [10, 42, 43]
    assert isinstance(seen[1], int)


@pytest.mark.parametrize("face", ["ContextCustomAttributeValue", "CustomAttributeValue"])
def test_creating_a_value_that_exists_changes_it(declared: Any, face: str) -> None:
    for value in (1, 2):
        declared(declared.create(face, configuration_id="frames", entity_id="shot", value=value))

    (row,) = declared.rows("custom_attribute_value", configuration_id="frames")
    assert (row["value"], row["number"], row["text"]) == (2, 2.0, None)


def test_a_value_may_come_with_the_batch_that_makes_its_entity(declared: Any) -> None:
    declared(
        declared.update("ContextCustomAttributeValue", ["frames", "s2"], value=1005),
        declared.create("Shot", id="s2", name="s2", parent_id="sequence"),
    )

    assert read(declared, "select custom_attributes from Shot where id is s2")["frames"] == 1005


@pytest.mark.parametrize("by", ["key", "row"])
def test_values_may_be_sent_with_their_entity(declared: Any, by: str) -> None:
    value = {"frames": 7} if by == "key" else [{"configuration_id": "frames", "value": 7}]

    declared(declared.create("Shot", id="s2", name="s2", parent_id="sequence", custom_attributes=value))

    assert read(declared, "select custom_attributes from Shot where id is s2")["frames"] == 7


def test_an_attribute_that_an_entity_does_not_have_is_refused(declared: Any) -> None:
    with pytest.raises(errors.ValidationError, match='Task has no custom attribute "frames"'):
        declared(declared.update("Task", "task", custom_attributes={"frames": 7}))
    with pytest.raises(errors.ValidationError, match='"frames" is not for the entity "task"'):
        declared(declared.update("ContextCustomAttributeValue", ["frames", "task"], value=7))
    with pytest.raises(errors.IntegrityError, match="nowhere"):
        declared(declared.update("CustomAttributeValue", ["frames", "nowhere"], value=7))
    with pytest.raises(errors.IntegrityError, match="nothing"):
        declared(declared.update("CustomAttributeValue", ["nothing", "shot"], value=7))


@pytest.mark.parametrize("face", ["ContextCustomAttributeValue", "CustomAttributeValue"])
@pytest.mark.parametrize("value", [{"value": 7}, {"value": None}, {}], ids=["value", "null", "without"])
@pytest.mark.parametrize(("configuration", "entity"), [("nothing", "shot"), ("frames", "nowhere"), ("frames", "shot")])
def test_a_value_that_would_not_be_stored_is_no_success(
    declared: Any, face: str, value: dict[str, Any], configuration: str, entity: str
) -> None:
    create = declared.create(face, configuration_id=configuration, entity_id=entity, **value)
    known = (configuration, entity) == ("frames", "shot")

    if known and value:
        declared(create)
    elif value:
        with pytest.raises(errors.IntegrityError, match=r"nothing|nowhere"):
            declared(create)
    else:
        with pytest.raises(errors.ValidationError, match=f'{face} needs "value"'):
            declared(create)

    assert len(declared.rows("custom_attribute_value")) == (1 if known and value == {"value": 7} else 0)


def test_null_may_be_written_for_an_entity_made_later_in_the_batch(declared: Any) -> None:
    declared(
        declared.create("CustomAttributeValue", configuration_id="frames", entity_id="s2", value=None),
        declared.create("Shot", id="s2", name="s2", parent_id="sequence"),
    )

    assert read(declared, "select custom_attributes from Shot where id is s2")["frames"] == 10


def test_null_shows_the_default_again(declared: Any) -> None:
    declared(declared.update("CustomAttributeValue", ["frames", "shot"], value=7))

    declared(declared.update("CustomAttributeValue", ["frames", "shot"], value=None))

    assert declared.rows("custom_attribute_value", configuration_id="frames") == []
    assert read(declared)["frames"] == 10


def test_a_stored_value_can_be_deleted_by_its_key(declared: Any) -> None:
    declared(declared.update("ContextCustomAttributeValue", ["frames", "shot"], value=7))

    declared(declared.delete("CustomAttributeValue", ["frames", "shot"]))

    assert read(declared)["frames"] == 10


@pytest.mark.parametrize(
    ("kind", "good", "read_back", "bad"),
    [
        ("number", 1.5, 1.5, "x"),
        ("text", "x", "x", 5),
        ("boolean", True, True, "yes"),
        ("date", "2031-02-03", {"__type__": "datetime", "value": "2031-02-03T00:00:00"}, "03-02-2031"),
        ("enumerator", "a", ["a"], "c"),
        ("url", "https://example.com", "https://example.com", 5),
    ],
)
def test_values_are_checked_by_type(tree: Any, kind: str, good: Any, read_back: Any, bad: Any) -> None:
    config = '{"multiSelect": false, "data": [{"menu": "A", "value": "a"}, {"menu": "B", "value": "b"}]}'
    tree(declare(tree, "x", kind, config=config))

    tree(tree.update("ContextCustomAttributeValue", ["x", "shot"], value=good))
    assert read(tree)["x"] == read_back
    with pytest.raises(errors.ValidationError, match='"x"'):
        tree(tree.update("ContextCustomAttributeValue", ["x", "shot"], value=bad))


def test_a_wrong_value_is_refused_in_the_words_clients_know(declared: Any) -> None:
    with pytest.raises(errors.ValidationError) as refusal:
        declared(declared.update("ContextCustomAttributeValue", ["frames", "shot"], value="test"))

    assert 'Custom attribute value for "frames" must be of type number. Got "test" of type' in refusal.value.message


def test_a_declaration_made_in_the_same_batch_is_known_to_queries_and_values(tree: Any) -> None:
    replies = tree(
        declare(tree, "x"),
        tree.update("ContextCustomAttributeValue", ["x", "shot"], value=3),
        {"action": "query", "expression": 'Shot where custom_attributes any (key is "x" and value is 3)'},
    )

    assert [entity["id"] for entity in replies[2]["data"]] == ["shot"]


def test_a_declaration_that_is_rolled_back_is_forgotten(tree: Any) -> None:
    with pytest.raises(errors.NotFoundError):
        tree(declare(tree, "x"), {"action": "query", "expression": "select custom_attributes from Shot"},
             tree.delete("Scope", "nowhere"))  # fmt: skip

    assert "x" not in read(tree)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"entity_type": "taks"}, 'Got "taks". Did you mean "task"'),
        ({"object_type_id": None}, "needs object_type_id"),
        ({"entity_type": "user", "project_id": "project"}, "belongs to no project"),
        ({"config": "no json"}, "must be a JSON object"),
        ({"default": "x"}, "must be of type number"),
        ({"key": ""}, "key must have a value"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(tree: Any, data: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.ValidationError, match=message):
        tree(declare(tree, "x", **data))


def test_a_key_is_declared_once_for_the_same_entities(declared: Any) -> None:
    declared(declare(declared, "x", key="frames", object_type_id=declared.rows("object_type", name="Folder")[0]["id"]))
    declared(declare(declared, "y", key="frames", project_id="project"))

    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError"):
        declared(declare(declared, "z", key="frames"))


def test_type_and_reach_of_a_declaration_are_kept(declared: Any) -> None:
    text = declared.named("custom_attribute_type", "text")

    with pytest.raises(errors.ValidationError, match="type of the custom attribute"):
        declared(declared.update("CustomAttributeConfiguration", "frames", type_id=text))
    with pytest.raises(errors.ValidationError, match="cannot be narrowed"):
        declared(declared.update("CustomAttributeConfiguration", "frames", project_id="project"))


def test_a_new_default_is_for_new_entities(declared: Any) -> None:
    declared(declared.create("Shot", id="s2", name="s2", parent_id="sequence"))
    declared(declared.update("ContextCustomAttributeValue", ["frames", "s2"], value=5))

    declared(declared.update("CustomAttributeConfiguration", "frames", default=99))
    declared(declared.create("Shot", id="s3", name="s3", parent_id="sequence"))

    values = {id_: read(declared, f"select custom_attributes from Shot where id is {id_}")["frames"]
              for id_ in ("shot", "s2", "s3")}  # fmt: skip
    assert values == {"shot": 10, "s2": 5, "s3": 99}


def test_deleting_a_declaration_takes_its_values_along(declared: Any) -> None:
    declared(declared.update("CustomAttributeValue", ["frames", "shot"], value=7))

    declared(declared.delete("CustomAttributeConfiguration", "frames"))

    assert declared.rows("custom_attribute_value", configuration_id="frames") == []
    assert "frames" not in read(declared)


def test_roles_of_a_declaration_are_a_list(declared: Any) -> None:
    roles = [declared.ref("SecurityRole", row["id"]) for row in declared.rows("security_role")]

    declared(declared.update("CustomAttributeConfiguration", "frames", read_security_roles=roles))
    declared(declared.update("CustomAttributeConfiguration", "frames", read_security_roles=roles[:1]))

    assert [row["role_id"] for row in declared.rows("configuration_read_role")] == [roles[0]["id"]]


def test_links_take_the_kinds_of_their_ends_from_the_declaration(tree: Any) -> None:
    tree(tree.create("CustomAttributeLinkConfiguration", id="lead", key="lead", label="Lead", entity_type="task",
                     entity_type_to="user", one_to_one=True, config="{}"))  # fmt: skip
    link = {"configuration_id": "lead", "from_id": "task", "to_id": tree.user_id}

    tree(tree.create("CustomAttributeLink", id="l", **link))
    (row,) = tree.rows("custom_attribute_link")
    found = tree.data(
        {"action": "query", "expression": f'Task where custom_attribute_links any (user.id is "{tree.user_id}")'}
    )
    assert (row["from_entity_type"], row["to_entity_type"]) == ("task", "user")
    assert [entity["id"] for entity in found] == ["task"]

    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError"):
        tree(tree.create("UserCustomAttributeLink", **link))
    with pytest.raises(errors.IntegrityError, match="nowhere"):
        tree(tree.create("CustomAttributeLink", **{**link, "from_id": "sequence", "to_id": "nowhere"}))


@pytest.mark.parametrize("default", [["a"], [], {"a": 1}, ""])
def test_a_default_of_any_shape_is_taken_or_refused(tree: Any, default: Any) -> None:
    config = '{"data": "[{\\"menu\\": \\"A\\", \\"value\\": \\"a\\"}]", "multiSelect": true}'
    creation = declare(tree, "kinds", "enumerator", default=default, config=config)

    if isinstance(default, dict):
        with pytest.raises(errors.ValidationError, match="enumerator"):
            tree(creation)
    else:
        tree(creation)
        assert len(tree.rows("custom_attribute_configuration", key="kinds")) == 1
