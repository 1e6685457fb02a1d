"""The format of description files: what it can say, and that every fault is told with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_server.model.definition import UNSET, Computed, Field, ManyToMany, Rule, ToMany, ToOne
from ftrack_server.model.description import Description, DescriptionError, read
from ftrack_server.model.load import build_model

if TYPE_CHECKING:
    from ftrack_server.model.registry import Model


def build(text: str, order: list[str] | None = None) -> Model:
    description = Description()
    read(description, "test.schema", text)
    return build_model(description, list(description.types) if order is None else order)


WORKING = """
# A comment, then a base, a type that derives from it, one to join them, and a table that nobody sees.
type Shelf -> shelf | Where books stand.
  : abstract group_by system=kind
  id      uid                                   ! fixed ={uid}
  kind    string                                =wood enum:wood,steel
  width   number                                =0 "In metres, say \\"1.5\\"."
  made_at datetime                              new:now
  books   many Book by shelf_id
  best    many Book by shelf_id where grade=top
  .secret string
type SteelShelf < Shelf -> shelf | Where heavy books stand.
  : alias=Rack(kind=steel) only kind=steel system=kind
  load    integer                               !
type Book -> book | To be read.
  id       uid                                  ! fixed
  grade    string                               lower
  shelf_id fk Shelf                             @shelfid del:cascade index(shelf_id,grade) unique(shelf_id,grade)
  shelf    one Shelf by shelf_id
  path     calc string path                     fixed
  readers  link Book by Loan(book_id,other_id)
  friends  link Book by pairing(a_id,b_id)      hidden @pals
type Loan -> loan | Somebody has it.
  : key=book_id,other_id
  book_id  fk Book                              ! fixed del:cascade
  other_id fk Book                              ! fixed del:restrict
table pairing (a_id,b_id)
  a_id fk Book del:cascade
  b_id fk Book del:cascade index
""".replace("link Book by pairing(a_id,b_id)      hidden", "link Book by pairing(a_id,b_id) hidden")


def test_lines_become_attributes() -> None:
    model = build(WORKING)
    shelf, book = model.type("Shelf"), model.type("Book")

    assert shelf.attributes["id"] == Field("id", required=True, immutable=True, kind="uid", default="{uid}")
    assert shelf.attributes["kind"] == Field("kind", kind="string", default="wood", enum=("wood", "steel"))
    assert shelf.attributes["width"] == Field("width", kind="number", default=0, description='In metres, say "1.5".')
    assert shelf.attributes["made_at"] == Field("made_at", kind="datetime", create_rule=Rule("now"))
    assert shelf.attributes["best"] == ToMany("best", target="Book", column="shelf_id", where=(("grade", "top"),))
    assert shelf.attributes["secret"] == Field("secret", hidden=True)
    assert book.attributes["shelf_id"] == Field(
        "shelf_id",
        alias="shelfid",
        description="Foreign key(s): Shelf.id",
        kind="fk",
        target="Shelf",
        on_delete="cascade",
        unique=(("shelf_id", "grade"),),
        indexes=(("shelf_id", "grade"),),
    )
    assert book.attributes["shelf"] == ToOne("shelf", target="Shelf", columns=("shelf_id",))
    assert book.attributes["path"] == Computed("path", immutable=True, json_type="string", rule=Rule("path"))
    assert book.attributes["readers"] == ManyToMany(
        "readers", target="Book", through="loan", through_type="Loan", here="book_id", there="other_id"
    )
    assert book.attributes["friends"] == ManyToMany(
        "friends", alias="pals", target="Book", through="pairing", here="a_id", there="b_id"
    )


def test_a_type_has_its_own_lines_first_and_then_those_of_its_base() -> None:
    steel = build(WORKING).type("SteelShelf")

    assert list(steel.attributes)[:2] == ["load", "id"]
    assert steel.published["required"] == ["load", "id"]
    assert steel.published["alias_for"] == {"id": "Rack", "classifiers": {"kind": "steel"}}
    assert steel.discriminator == (("kind", ("steel",)),)
    assert not steel.abstract
    assert not steel.is_groupable


def test_a_family_and_a_hidden_table_become_tables() -> None:
    tables = build(WORKING).tables

    assert list(tables["shelf"].columns) == ["id", "kind", "width", "made_at", "secret", "load"]
    assert tables["pairing"].key == ("a_id", "b_id")
    assert tables["pairing"].indexes == (("b_id",),)
    assert all(column.hidden for column in tables["pairing"].columns.values())


@pytest.mark.parametrize(
    ("word", "value"),
    [("=1", 1), ("=1.5", 1.5), ("=false", False), ("=null", None), ('=""', ""), ("=a-b", "a-b"), ('="1"', "1")],
)
def test_a_default_is_json_or_else_text(word: str, value: object) -> None:
    attribute = build(f"type A -> a | M.\n  id uid\n  x string {word}").type("A").attributes["x"]

    assert isinstance(attribute, Field)
    assert (attribute.default, type(attribute.default)) == (value, type(value))


def test_without_a_default_there_is_none_not_even_null() -> None:
    attribute = build("type A -> a | M.\n  id uid").type("A").attributes["id"]

    assert isinstance(attribute, Field)
    assert attribute.default is UNSET


HEAD = "type A -> a | M.\n  id uid\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        # Lines that do not follow the format.
        ("  id uid", "line 1: a property stands outside any type"),
        ("tpye A", 'line 1: expected "type Id -> table | Meaning"'),
        ("type A -> a", 'line 1: expected "type Id -> table | Meaning"'),
        (HEAD + "  name", 'line 3: "name" has no kind'),
        (HEAD + "  name strnig", 'line 3: "name" has the unknown kind "strnig". Did you mean "string"?'),
        (HEAD + "  name string loud", 'line 3: "name" has the unknown flag "loud"'),
        (HEAD + "  name string =", 'line 3: "name" has the unknown flag "="'),
        (HEAD + "  name string @", 'line 3: "name" has the unknown flag "@"'),
        (HEAD + "  name string format:", 'line 3: "name" has the unknown flag "format:"'),
        (HEAD + "  name string =1 =2", 'line 3: "name" has a second "default": =2'),
        (HEAD + '  name string "a\\q"', 'line 3: "name" has a text that cannot be read'),
        (HEAD + "  at datetime new:soon", 'line 3: "at" has "new:soon", choose from now, user'),
        (HEAD + "  a_id fk A del:maybe", 'line 3: "a_id" has "del:maybe", choose from cascade, null, restrict'),
        (HEAD + "  a_id fk", 'line 3: "a_id" needs the type it points to'),
        (HEAD + "  a one A by", 'line 3: "a" needs "one Type by ..."'),
        (HEAD + "  a link A by b", 'line 3: "a" needs Table(here,there), got "b"'),
        (HEAD + "  a many A by id where", 'line 3: "a" needs column=value behind "where"'),
        (HEAD + "  a many A by id where x", 'line 3: "a" needs column=value behind "where"'),
        (HEAD + "  a many A by id as", 'line 3: "a" needs the stored names of what it belongs to behind "as"'),
        (HEAD + "  a calc string", 'line 3: "a" needs a type and a rule'),
        (HEAD + "  a calc many A", 'line 3: "a" has no rule'),
        (HEAD + "  : kee=id", 'line 3: A has the unknown option "kee". Did you mean "key"?'),
        (HEAD + "  : key", 'line 3: the option "key" of A takes a value'),
        (HEAD + "  : abstract=yes", 'line 3: the option "abstract" of A takes no value'),
        (HEAD + "  : only id", 'line 3: the option "only" of A takes column=value behind it'),
        (HEAD + "  : key=id\n  : key=id", 'line 4: A already has the option "key"'),
        (HEAD + "  id uid", 'line 3: A already has "id"'),
        (HEAD + "type A -> b | M.", 'line 3: type "A" is already described'),
        ("table t (id)\n  id uid\n  id uid", 'line 3: t already has "id"'),
        ("table t (id)\n  id uid\ntable t (id)", 'line 3: table "t" is already described'),
        ("table t (id)\n  id uid\n  o one A by id", 'line 3: "o" is not stored'),
        # Names that mean nothing.
        (HEAD + "  b_id fk Aa", 'line 3: A.b_id points to the unknown type "Aa". Did you mean "A"?'),
        (HEAD + "  b many B by id", 'line 3: A.b points to the unknown type "B"'),
        (HEAD + "  b one A by b_id", 'line 3: A.b needs "a.b_id", which does not exist'),
        (HEAD + "  b many A by b_id", 'line 3: A.b needs "a.b_id"'),
        (HEAD + "  b many A by id where x=1", 'line 3: A.b needs "a.x"'),
        (HEAD + "  b many A by id as a", 'line 3: A.b needs "a.parent_type"'),
        (HEAD + "  b map A by b_id", 'line 3: A.b needs "a.b_id"'),
        (HEAD + "  b link A by B(x,y)", 'goes through the unknown type "B"'),
        (HEAD + "  b link A by b(x,y) hidden", 'line 3: A.b needs "b"'),
        (HEAD + "  b link A by A(x,id)", 'line 3: A.b needs "a.x"'),
        (HEAD + "  b calc string pathh", 'line 3: A.b has the unknown rule "pathh". Did you mean "path"?'),
        (HEAD + "  b calc object thumbnail_url(x)", 'line 3: A.b needs "x"'),
        (HEAD + "  b string same:c", 'line 3: A.b needs "a.c"'),
        (HEAD + "  b string index(b,c)", 'line 3: A.b needs "a.c"'),
        (HEAD + "  b string unique(id)", "line 3: A.b must itself be among the columns id"),
        ("type A < B -> a | M.\n  id uid", 'line 1: A derives from the unknown type "B"'),
        ("type A -> a | M.\n  : key=x\n  id uid", 'line 1: A needs "a.x"'),
        ("type A -> a | M.\n  : only x=1\n  id uid", 'line 1: A needs "a.x"'),
        ("type A -> a | M.\n  : required=x\n  id uid", 'line 1: A needs "x"'),
        ("type A -> a | M.\n  : defaults=id,x\n  id uid", 'line 1: A needs "x"'),
        ("type A -> a | M.\n  : system=x\n  id uid", 'line 1: A needs "x"'),
        ("table t (x)\n  id uid", 'line 1: t needs "t.x"'),
        ("table t (id)\n  id fk Z", 'line 2: t.id points to the unknown type "Z"'),
        (HEAD + "values A", 'line 3: a view needs the unknown type "CustomAttributeValue"'),
        (HEAD + "links Z", 'line 3: a view needs the unknown type "Z"'),
        # Types that contradict each other.
        ("type A < B -> a | M.\n  id uid\ntype B < A -> a | M.\n  id uid", "line 1: A < B < A derives from itself"),
        (HEAD + "type B < A -> b | M.", 'line 3: B derives from A and must have the table "a", too'),
        (HEAD + "type B -> a | M.\n  id integer", 'line 4: B.id is of the kind "integer", but "uid" on another type'),
        (HEAD + "type B -> a | M.\n  : key=x\n  x uid", "line 3: B has the key x on a table whose key is id"),
        (HEAD + "table a (id)\n  id uid", 'line 1: A has the table "a", which is described as one that no client sees'),
        (
            "type A -> a | M.\n  : key=id,x\n  id uid\n  x uid\n  y_id fk A\n  y one A by y_id",
            "line 6: A.y must have a column for each part of the key of A: id, x",
        ),
    ],
)
def test_a_faulty_description_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        build(text)

    assert "test.schema, line " in str(caught.value)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(("order", "odd"), [([], "A"), (["A", "A"], "A"), (["A", "B"], "B")])
def test_the_served_order_must_name_each_type_once(order: list[str], odd: str) -> None:
    with pytest.raises(DescriptionError, match=f"name each described type once; see {odd}"):
        build(HEAD, order)


VOCABULARY = """
    type table values links A B a < -> | M. : key=id only x=1 alias=A(b=c) abstract id uid fk one many map by as where
    link calc string path A(x,y) hidden ! fixed =1 = @x del:null new:now same:id unique index(id) criteria "text" "half
    format:json enum:a,b .secret (id) A.id
"""
WORDS = st.sampled_from(VOCABULARY.split())
LINES = st.builds(
    lambda indent, words: indent + " ".join(words), st.sampled_from(["", "  "]), st.lists(WORDS, max_size=8)
)


@given(st.lists(LINES, max_size=12))
def test_for_every_text_reading_succeeds_or_names_the_place(lines: list[str]) -> None:
    try:
        build("\n".join([*HEAD.splitlines(), *lines]))
    except DescriptionError as error:
        assert str(error).startswith("test.schema, line ")  # noqa: PT017 - most texts are refused, some are not
