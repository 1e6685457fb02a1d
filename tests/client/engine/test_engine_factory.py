"""Entity classes from schemas, and the hooks with which plugins make their own."""

from __future__ import annotations

import json

import pytest

from ftrack_api import attribute, inspection
from ftrack_api._session.types import EntityTypes
from ftrack_api.entity.base import Entity
from ftrack_api.entity.factory import Factory, StandardFactory
from ftrack_api.entity.note import CreateNoteMixin, Note
from ftrack_api.entity.user import User
from ftrack_api.symbol import CREATED, NOT_SET


@pytest.fixture
def schema(small_schemas):
    return next(schema for schema in small_schemas if schema["id"] == "Task")


def test_a_class_has_the_attributes_of_its_schema(schema):
    made = StandardFactory().create(schema)

    assert (made.__name__, made.entity_type) == ("Task", "Task")
    assert made.primary_key_attributes == ["id"]
    assert made.primary_key_attributes is not schema["primary_key"]
    assert made.default_projections == ["context_type", "id", "name"]
    kinds = {found.name: type(found).__name__ for found in made.attributes}
    assert kinds["name"] == kinds["link"] == "ScalarAttribute"
    assert kinds["status"] == "ReferenceAttribute"
    assert kinds["children"] == "CollectionAttribute"
    assert kinds["metadata"] == kinds["custom_attributes"] == "KeyValueMappedCollectionAttribute"
    assert "custom_attribute_links" not in kinds


def test_attributes_know_what_they_hold(schema):
    attributes = StandardFactory().create(schema).attributes

    assert attributes.get("bid").data_type == "float"
    assert attributes.get("created_at").data_type == "datetime"
    assert (attributes.get("created_at").mutable, attributes.get("name").mutable) == (False, True)
    assert (attributes.get("time_logged").computed, attributes.get("name").computed) == (True, False)
    assert attributes.get("object_type_id").default_value == "ot-task"
    assert attributes.get("bid").default_value is NOT_SET
    assert callable(attributes.get("id").default_value)
    assert attributes.get("status").entity_type == "Status"
    assert repr(attributes.get("name")).startswith("<ftrack_api.attribute.ScalarAttribute(name) object at ")


def test_the_plain_factory_knows_no_dictionaries(schema):
    made = Factory().create(schema)

    assert made.__bases__ == (Entity,)
    assert made.attributes.get("metadata") is None


@pytest.mark.parametrize("missing", ["id", "primary_key", "properties"])
def test_a_schema_that_makes_no_class_is_refused(schema, missing):
    with pytest.raises(ValueError, match=f"has no {missing}; it makes no class"):
        Factory().create({**schema, missing: None})


def test_types_that_can_do_more_have_a_class_of_their_own(session):
    assert issubclass(session.types["User"], User)
    assert issubclass(session.types["Note"], Note)
    assert issubclass(session.types["Task"], CreateNoteMixin)
    assert not issubclass(session.types["Status"], CreateNoteMixin)


def test_bases_of_plugins_come_after_the_class_of_the_type(schema, small_schemas):
    class Mine(Entity):
        """A base of a plugin."""

    bases = [Mine]
    made = StandardFactory().create(schema, bases=bases)
    user = StandardFactory().create(next(s for s in small_schemas if s["id"] == "User"), bases=bases)

    assert bases == [Mine]
    assert made.__mro__[1:3] == (Mine, Entity) or made.__mro__[1] is Mine
    assert user.__mro__[1:3] == (User, Mine)


def test_hooks_can_replace_and_leave_out_attributes(session, server, schema):
    class Loud(attribute.ScalarAttribute):
        def get_value(self, entity):
            return super().get_value(entity).upper()

    class LoudFactory(StandardFactory):
        def create_scalar_attribute(self, class_name, name, mutable, computed, default, data_type):  # noqa: ARG002
            if name == "description":
                return None
            kind = Loud if name == "name" else attribute.ScalarAttribute
            return kind(name, data_type=data_type, default_value=default, mutable=mutable, computed=computed)

    session.types["Task"] = LoudFactory().create(schema)
    server.add("Task", id="t", name="comp", bid=1)
    task = session.query("select name, bid from Task").one()

    assert (task["name"], task["bid"]) == ("COMP", 1)
    with pytest.raises(KeyError):
        task["description"]
    with pytest.raises(KeyError):
        task["nmae"]


def test_a_default_that_is_changed_later_counts_for_new_entities(session):
    kind = session.types["Task"]
    assert session.create("Task", {})["name"] == ""

    kind.attributes.get("name").default_value = "unnamed"
    kind.attributes.get("bid").default_value = lambda entity: len(entity["name"])

    assert session.create("Task", {})["name"] == "unnamed"
    assert session.create("Task", {"name": "ab"})["bid"] == 2
    session.rollback()


def test_values_come_in_the_order_they_were_given_and_defaults_in_that_of_the_schema(session):
    session.create("Task", {"bid": 1.5, "id": "t", "description": "d"})

    (creation,) = session.recorded_operations
    assert list(creation.entity_data) == ["bid", "id", "description", "name", "object_type_id", "tags"]


def test_what_is_given_as_not_set_has_no_default_either(session):
    task = session.create("Task", {"id": "t", "name": NOT_SET, "tags": NOT_SET})

    (creation,) = session.recorded_operations
    assert list(creation.entity_data) == ["id", "object_type_id"]
    assert inspection.state(task) is CREATED


def test_a_default_may_read_other_values_but_none_that_is_still_to_be_made(session):
    kind = session.types["Task"]
    seen = []
    kind.attributes.get("name").default_value = lambda entity: seen.append(entity._known("bid")) or "made"
    kind.attributes.get("bid").default_value = lambda entity: seen.append(entity._known("name")) or 2

    session.create("Task", {"id": "t"})

    assert seen == [NOT_SET, "made"]
    session.rollback()


def test_attribute_containers_are_ordered_and_keyed_by_name():
    first = attribute.ScalarAttribute("a", "string")
    attributes = attribute.Attributes([first])
    attributes.add(attribute.ScalarAttribute("b", "string"))

    assert attributes.keys() == ["a", "b"]
    assert len(attributes) == len(list(attributes)) == 2
    assert first in attributes
    assert attribute.ScalarAttribute("a", "string") in attributes
    assert "a" not in attributes
    with pytest.raises(Exception, match='"a" exists already'):
        attributes.add(first)
    attributes.remove(first)
    assert attributes.get("a") is None
    with pytest.raises(KeyError):
        attributes.remove(first)


def test_classes_are_built_when_first_taken(small_schemas):
    built = []

    def build(schema):
        built.append(schema["id"])
        return StandardFactory().create(schema)

    types = EntityTypes(small_schemas, build)
    assert (len(types), "Task" in types, "Shoot" in types, next(iter(types))) == (
        len(small_schemas),
        True,
        False,
        "Context",
    )
    assert built == []

    assert types["Task"] is types["Task"]
    assert types.get("Shoot") is None
    assert built == ["Task"]


def test_types_are_a_dictionary_that_may_be_changed(small_schemas):
    types = EntityTypes(small_schemas, StandardFactory().create)
    mine = type("Mine", (Entity,), {"entity_type": "Mine"})
    types["Mine"] = mine
    del types["Shot"]

    assert types["Mine"] is mine
    assert "Shot" not in types
    assert dict(types.items())["Mine"] is mine
    assert mine in types.values()
    assert types.pop("Mine") is mine
    with pytest.raises(KeyError):
        types["Shot"]
    with pytest.raises(KeyError):
        del types["Shot"]


def test_subtypes_follow_the_bases_of_the_schemas(small_schemas):
    types = EntityTypes(small_schemas)

    assert types.subtypes("Context") == ["Context", "Project", "TypedContext", "Task", "Shot"]
    assert types.subtypes("Task") == ["Task"]


def test_every_recorded_schema_makes_a_class(reference_schemas):
    documents = json.loads((reference_schemas / "schemas_newest.json").read_text(encoding="utf-8"))
    types = EntityTypes(documents, StandardFactory().create)

    for name, made in types.items():
        assert made.entity_type == name
        assert set(made.primary_key_attributes) <= set(made.attributes.keys())
    assert len(types["Task"].attributes) == 49
