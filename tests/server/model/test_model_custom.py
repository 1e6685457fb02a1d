"""Custom attributes without a database: which an entity has, what values they take, what they answer unset."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_server.errors import ValidationError
from ftrack_server.model.custom import Configuration, Owner, applicable, cast_value

MENU = json.dumps([{"menu": "Small", "value": "s"}, {"menu": "Large", "value": "l"}, {"menu": "Huge", "value": "a,b"}])
TYPES = ("text", "boolean", "date", "number", "enumerator", "dynamic enumerator", "expression", "url")


def declare(type_name: str = "text", **columns: Any) -> Configuration:
    row = {
        "id": "c",
        "key": "k",
        "entity_type": "task",
        "object_type_id": "shot",
        "project_id": None,
        "is_hierarchical": False,
        "default": "",
        "config": "{}",
    }
    return Configuration.from_row({**row, **columns}, type_name)


def choices(**options: Any) -> str:
    return json.dumps({"data": MENU, **options})


@pytest.mark.parametrize(
    ("columns", "owner", "applies"),
    [
        ({}, Owner("task", "shot", "p"), True),
        ({}, Owner("task", "sequence", "p"), False),
        ({}, Owner("show", None, "p"), False),
        ({"object_type_id": None}, Owner("task", "sequence", "p"), True),
        ({"object_type_id": ""}, Owner("task", "sequence", "p"), True),
        ({"project_id": "p"}, Owner("task", "shot", "p"), True),
        ({"project_id": "p"}, Owner("task", "shot", "q"), False),
        ({"entity_type": "assetversion", "object_type_id": None}, Owner("assetversion", None, "p"), True),
        ({"entity_type": "assetversion", "object_type_id": None}, Owner("asset", None, "p"), False),
        ({"entity_type": "user", "object_type_id": None}, Owner("user"), True),
        ({"entity_type": "list", "object_type_id": None}, Owner("listobject"), False),
        ({"entity_type": "show", "is_hierarchical": True}, Owner("task", "sequence", "p"), True),
        ({"entity_type": "show", "is_hierarchical": True}, Owner("show", None, "p"), True),
        ({"entity_type": "show", "is_hierarchical": True}, Owner("asset", None, "p"), True),
        ({"entity_type": "show", "is_hierarchical": True}, Owner("assetversion", None, "p"), True),
        ({"entity_type": "show", "is_hierarchical": True}, Owner("user"), False),
        ({"entity_type": "show", "is_hierarchical": True}, Owner("list", None, "p"), False),
        ({"entity_type": "show", "is_hierarchical": True, "project_id": "q"}, Owner("task", "shot", "p"), False),
    ],
)
def test_who_has_an_attribute(columns: dict[str, Any], owner: Owner, applies: bool) -> None:
    assert declare(**columns).applies_to(owner) is applies


@pytest.mark.parametrize("own_first", [True, False])
def test_the_attribute_of_a_project_takes_the_place_of_the_global_one(own_first: bool) -> None:
    everywhere, own, other = declare(id="g"), declare(id="p", project_id="p"), declare(id="o", key="o")
    declared = [own, everywhere, other] if own_first else [everywhere, own, other]

    assert [item.id for item in applicable(declared, Owner("task", "shot", "p"))] == ["p", "o"]
    assert [item.id for item in applicable(declared, Owner("task", "shot", "q"))] == ["g", "o"]


@pytest.mark.parametrize(
    ("type_name", "value", "answer", "copies"),
    [
        ("text", "Größe", "Größe", {"text": "Größe"}),
        ("text", "", "", {"text": ""}),
        ("expression", "{self.fend}", "{self.fend}", {"text": "{self.fend}"}),
        ("url", "https://x", "https://x", {"text": "https://x"}),
        ("number", 42, 42, {"number": 42.0}),
        ("number", 1.5, 1.5, {"number": 1.5}),
        ("number", 2**70, 2**70, {"number": float(2**70)}),
        ("boolean", True, True, {"number": 1.0, "text": "true"}),
        ("boolean", False, False, {"number": 0.0, "text": "false"}),
        ("enumerator", "s", ["s"], {"text": "s"}),
        ("enumerator", ["l"], ["l"], {"text": "l"}),
        ("enumerator", [], [], {"text": ""}),
        ("dynamic enumerator", ["anything"], ["anything"], {"text": "anything"}),
    ],
)
def test_a_value_is_kept_for_answers_and_for_comparison(
    type_name: str, value: Any, answer: Any, copies: dict[str, Any]
) -> None:
    cast = cast_value(declare(type_name, config=choices()), value)

    found = json.loads(cast.value)
    assert (found, type(found)) == (answer, type(answer))
    kept = {"number": cast.number, "text": cast.text, "date": cast.date}
    assert {name: copy for name, copy in kept.items() if copy is not None} == copies


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ({"__type__": "datetime", "value": "2031-02-03T04:05:06.789+02:00"}, "2031-02-03T02:05:06"),
        ({"__type__": "date", "value": "2031-02-03"}, "2031-02-03T00:00:00"),
        ("2031-02-03T04:05:06Z", "2031-02-03T04:05:06"),
        ("2031-02-03", "2031-02-03T00:00:00"),
    ],
)
def test_a_date_is_kept_in_utc_and_whole_seconds(value: Any, seconds: str) -> None:
    cast = cast_value(declare("date"), value)

    assert json.loads(cast.value) == {"__type__": "datetime", "value": seconds}
    assert cast.date == datetime.fromisoformat(seconds)


@pytest.mark.parametrize(
    ("type_name", "value", "got"),
    [
        ("number", "test", '"test" of type str'),
        ("number", True, "True of type bool"),
        ("number", None, "None of type NoneType"),
        ("number", 10**400, "of type int"),
        ("number", float("inf"), "inf of type float"),
        ("number", float("nan"), "nan of type float"),
        ("text", 5, "5 of type int"),
        ("text", "\ud800", "of type str"),
        ("text", ["a"], "['a'] of type list"),
        ("boolean", 1, "1 of type int"),
        ("boolean", "true", '"true" of type str'),
        ("date", "soon", '"soon" of type str'),
        ("date", 5, "5 of type int"),
        ("date", {"value": "2031-02-03"}, "of type dict"),
        ("date", {"__type__": "datetime", "value": 5}, "of type dict"),
        ("date", {"__type__": [], "value": "2031-02-03"}, "of type dict"),
        ("enumerator", 5, "5 of type int"),
        ("enumerator", [5], "[5] of type list"),
        ("enumerator", {"s": 1}, "of type dict"),
    ],
)
def test_a_value_of_another_type_is_refused_in_the_recorded_words(type_name: str, value: Any, got: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        cast_value(declare(type_name, key="fstart"), value)

    message = refusal.value.message
    assert message.startswith(f'Custom attribute value for "fstart" must be of type {type_name.rsplit(maxsplit=1)[-1]}')
    assert got in message


def test_a_long_value_is_refused_in_a_short_message() -> None:
    with pytest.raises(ValidationError) as refusal:
        cast_value(declare("number"), "x" * 100_000)

    assert len(refusal.value.message) < 200


def test_an_unknown_choice_is_refused_with_the_choices() -> None:
    with pytest.raises(ValidationError, match=r"no choice 'L', choose from: s, l, a,b\..*Did you mean \"l\""):
        cast_value(declare("enumerator", config=choices()), "L")


def test_a_long_menu_is_not_listed_whole() -> None:
    menu = json.dumps([{"menu": str(n), "value": f"choice {n}"} for n in range(5000)])

    with pytest.raises(ValidationError, match="choice 19, …") as refusal:
        cast_value(declare("enumerator", config=json.dumps({"data": menu})), "none of them")

    assert len(refusal.value.message) < 600


@pytest.mark.parametrize(
    ("options", "allowed"), [({}, False), ({"multiSelect": False}, False), ({"multiSelect": True}, True)]
)
def test_several_choices_need_multi_select(options: dict[str, Any], allowed: bool) -> None:
    declared = declare("enumerator", config=choices(**options))

    if allowed:
        assert json.loads(cast_value(declared, ["s", "l"]).value) == ["s", "l"]
    else:
        with pytest.raises(ValidationError, match="takes one choice, got 2"):
            cast_value(declared, ["s", "l"])


def test_a_menu_may_be_text_or_a_list_and_an_unreadable_one_forbids_nothing() -> None:
    listed = json.dumps({"data": [{"menu": "S", "value": "s"}]})

    with pytest.raises(ValidationError, match="choose from: s"):
        cast_value(declare("enumerator", config=listed), "x")
    for config in ("{", "[]", "5", '{"data": "nonsense"}', '{"data": [5]}', None):
        assert json.loads(cast_value(declare("enumerator", config=config), "x").value) == ["x"]


@pytest.mark.parametrize(
    ("type_name", "default", "answer"),
    [
        ("text", None, ""),
        ("text", "hello", "hello"),
        ("text", 5, ""),
        ("url", None, ""),
        ("expression", "{self.fend - self.fstart + 1}", "{self.fend - self.fstart + 1}"),
        ("number", 24, 24),
        ("number", 0, 0),
        ("number", "24", 24),
        ("number", "1.5", 1.5),
        ("number", "", None),
        ("number", None, None),
        ("number", "nan", None),
        ("number", "NaN", None),
        ("number", "Infinity", None),
        ("number", [1], None),
        ("boolean", True, True),
        ("boolean", "1", True),
        ("boolean", "True", True),
        ("boolean", 1, True),
        ("boolean", "0", False),
        ("boolean", "", False),
        ("boolean", [1], False),
        ("boolean", {"a": 1}, False),
        ("date", "2024-06-22T00:00:00.000Z", {"__type__": "datetime", "value": "2024-06-22T00:00:00"}),
        (
            "date",
            {"__type__": "datetime", "value": "2024-06-22T02:00:00+02:00"},
            {"__type__": "datetime", "value": "2024-06-22T00:00:00"},
        ),
        ("date", "", None),
        ("date", "soon", None),
        ("date", None, None),
        ("enumerator", ["s"], ["s"]),
        ("enumerator", "s", ["s"]),
        ("enumerator", "s, l", ["s", "l"]),
        ("enumerator", "a,b", ["a,b"]),
        ("enumerator", "", []),
        ("enumerator", None, []),
        ("enumerator", {"s": 1}, []),
        ("dynamic enumerator", "one, thing", ["one, thing"]),
    ],
)
def test_without_a_value_the_default_is_answered_as_a_value_would_be(type_name: str, default: Any, answer: Any) -> None:
    found = declare(type_name, default=default, config=choices()).default_answer

    assert (found, type(found)) == (answer, type(answer))


@pytest.mark.parametrize("type_name", TYPES)
def test_a_hierarchical_attribute_answers_nothing_since_values_come_from_above(type_name: str) -> None:
    assert declare(type_name, default="24", is_hierarchical=True).default_answer is None


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1", "nan", "2031-02-03", "s,l"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["__type__", "value", "a"]), inner),
    max_leaves=5,
)


@given(st.sampled_from(TYPES), ANY_JSON, st.booleans())
def test_for_every_default_the_answer_is_one_that_could_have_been_set(
    type_name: str, default: Any, several: bool
) -> None:
    answer = declare(type_name, default=default, config=json.dumps({"multiSelect": several})).default_answer

    if answer is not None:
        json.dumps(answer, allow_nan=False)
        cast_value(declare(type_name, config='{"multiSelect": true}'), answer)


@given(st.sampled_from(TYPES), ANY_JSON)
def test_for_every_value_it_is_kept_as_it_can_be_answered_or_refused(type_name: str, value: Any) -> None:
    declared = declare(type_name, config='{"multiSelect": true}')
    try:
        cast = cast_value(declared, value)
    except ValidationError:
        return

    answer = json.loads(cast.value)
    assert cast_value(declared, answer) == cast
    json.dumps(answer, allow_nan=False)
    assert any(copy is not None for copy in (cast.number, cast.text, cast.date))


def test_a_type_of_any_case_is_known_and_another_is_named_with_the_choices() -> None:
    assert declare(" Dynamic Enumerator").type == "dynamic enumerator"
    with pytest.raises(ValidationError, match=r'"colour" is no type of custom attributes, choose from: text, '):
        declare("colour")
