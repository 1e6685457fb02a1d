"""Subscriptions and targets: what they mean, what they refuse, and that matching never raises."""

from __future__ import annotations

import copy
import operator
import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftrack_protocol.event import expression
from ftrack_protocol.event.expression import (
    AllOf,
    AnyOf,
    Condition,
    ExpressionSyntaxError,
    Not,
    parse,
    quoted,
)

FIELDS = st.from_regex(r"[a-z_][\w-]{0,5}(\.[\w-]{1,5}){0,2}", fullmatch=True).filter(
    lambda text: text.lower() not in {"and", "or", "not"}
)
CONDITIONS = st.builds(Condition, FIELDS, st.sampled_from(["=", "!=", ">=", "<=", ">", "<"]), st.text(max_size=12))
TREES: st.SearchStrategy[Any] = st.recursive(
    CONDITIONS,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
    ),
    max_leaves=8,
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=8,
)


if TYPE_CHECKING:
    from collections.abc import Callable


def condition(key: str, value: str, operator: Any = "=") -> Condition:
    return Condition(key, operator, value)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("topic=ftrack.update", condition("topic", "ftrack.update")),
        ("topic = 'x y' and a.b=1", AllOf((condition("topic", "x y"), condition("a.b", "1")))),
        ("a=b and c=d and e=f", AllOf((condition("a", "b"), condition("c", "d"), condition("e", "f")))),
        (
            "a=b and ((c=d or e!=f) and not g.h > 10)",
            AllOf(
                (
                    condition("a", "b"),
                    AllOf(
                        (
                            AnyOf((condition("c", "d"), condition("e", "f", "!="))),
                            Not(condition("g.h", "10", ">")),
                        )
                    ),
                )
            ),
        ),
        ("A=b AND Not C=d", AllOf((condition("A", "b"), Not(condition("C", "d"))))),
        ("not not a=b", Not(Not(condition("a", "b")))),
        ("not=1", condition("not", "1")),
        ("source.user.username=björn", condition("source.user.username", "björn")),
        (r'a="DOMAIN\user"', condition("a", r"DOMAIN\user")),
        ("a=john.doe+x@example.com", condition("a", "john.doe+x@example.com")),
        ("data.my-key=1", condition("data.my-key", "1")),
        ('data.path="a:b#c"', condition("data.path", "a:b#c")),
        ("data.path=a:b#c", condition("data.path", "a:b#c")),
        ('data.x=""', condition("data.x", "")),
        (r'a="say \"hi\""', condition("a", 'say "hi"')),
        ("a=b=c", condition("a", "b=c")),
        ("version >= 2023", condition("version", "2023", ">=")),
    ],
)
def test_a_text_has_a_meaning(text: str, tree: Any) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "The expression is empty"),
        ("   ", "The expression is empty"),
        ("invalid", "ends too early, expected one of: =, !="),
        ("key=value nor other=value", 'Unexpected "nor", expected "and", "or" or the end, at column 11'),
        ("key=", "ends too early, expected a value"),
        ("=value", 'Unexpected "=", expected a field'),
        ('key="value', 'Quote " is never closed at column 5'),
        ("(a=b", "expected"),
        ("a=b)", 'Unexpected ")"'),
        ("a!b", "expected a field"),
        ("a=!", 'Unexpected "!"'),
        ("(" * 101 + "a=b" + ")" * 101, "at most 100 levels"),
        ("not " * 102 + "a=b", "at most 100 levels of parentheses and negations"),
        (("not " * 11 + "(") * 10 + "a=b" + ")" * 10, "at most 100 levels"),
        ("a=" + "b" * 100_001, "over 100,000 characters"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(text)

    assert complaint in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).offset == caught.value.offset  # noqa: S301 - our own


@given(tree=TREES)
def test_rendering_then_parsing_gives_the_same_tree(tree: Any) -> None:
    assert parse(str(tree)) == tree


@given(text=st.text(max_size=60) | st.text("ab=()'\" notrd<>!*.", max_size=60))
def test_no_text_does_worse_than_a_syntax_error(text: str) -> None:
    try:
        parse(text)
    except ExpressionSyntaxError:
        return


def test_work_grows_with_the_text_and_not_with_its_nesting(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    original = expression._Parser.negation

    def counted(self: Any) -> Any:
        nonlocal calls
        calls += 1
        return original(self)

    monkeypatch.setattr(expression._Parser, "negation", counted)

    parse("(" * 50 + "a=b" + ")" * 50)

    assert calls == 51


EVENT = {
    "topic": "ftrack.update",
    "data": {
        "n": 5,
        "flag": True,
        "version": 2023.5,
        "name": "value",
        "list": ["shot", "task"],
        "none": None,
        "big": 10**5000,
    },
    "source": {"user": {"username": "kim"}},
}


@pytest.mark.parametrize(
    ("text", "exact", "lenient"),
    [
        ("topic=ftrack.update", True, True),
        ("topic=ftrack.*", True, True),
        ("topic=*", True, True),
        ("topic=*.update", True, True),
        ("topic=f*.up*e", True, True),
        ("topic=update*", False, True),
        ("topic=ftrack.action.*", False, False),
        ("topic!=other", True, True),
        ("topic!=ftrack.*", False, True),
        ("not topic=update*", True, True),
        ("not topic=ftrack*", False, False),
        ("not not topic=update*", False, True),
        ("not (topic=update* and data.n=5)", True, True),
        ("not topic!=ftrack.*", True, True),
        ("data.n!=5", False, True),
        ("data.n!=6", True, True),
        ("data.n=5.0", True, True),
        ("data.n=5*", True, True),
        ("data.n=six", False, False),
        ("data.flag=yes", False, False),
        ("data.big=5", False, False),
        ("data.big>5", True, True),
        ("topic=ftrack.*.update", False, False),
        ("topic=f*f*update", False, False),
        ("topic=ftrack.update.*", False, False),
        ("data.none=*", False, False),
        ("data=*", False, False),
        ("data.list=*", False, False),
        ("data.name=valu*", True, True),
        ("data.name=alu*", False, True),
        ("data.n=5", True, True),
        ("data.n>4", True, True),
        ("data.n>10", False, False),
        ("data.n>x", False, False),
        ("data.version >= 2023", True, True),
        ("data.flag=true", True, True),
        ("data.flag=True", True, True),
        ("data.flag>0", False, False),
        ("data.list=shot*", False, True),
        ("data.list=shot", False, False),
        ("data.none=x", False, False),
        ("data.none>x", False, False),
        ("data.missing=x", False, False),
        ("data.missing!=x", False, False),
        ("topic.deeper=x", False, False),
        ("source.user.username=kim and data.n<=5", True, True),
        ("data.n=6 or not data.n=7", True, True),
        ("data.name>valua", True, True),
    ],
)
def test_an_event_matches(text: str, exact: bool, lenient: bool) -> None:
    assert parse(text).match(EVENT) is exact
    assert parse(text).match(EVENT, "lenient") is lenient


# Trees and mappings that have something to do with each other.
NEAR = st.recursive(
    st.builds(
        Condition,
        st.sampled_from(["a", "b", "a.a"]),
        st.sampled_from(["=", "!=", ">=", "<="]),
        st.sampled_from(["*", "a*", "*a", "a", "b", "1", "true", ""]),
    ),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
    ),
    max_leaves=6,
)
WORDS = st.sampled_from(["a", "b", "ab", "ba", "1", 1, 1.0, True, None])
NEAR_DATA = st.dictionaries(
    st.sampled_from("ab"), WORDS | st.lists(WORDS, max_size=2) | st.dictionaries(st.just("a"), WORDS), max_size=2
)


@given(tree=TREES, data=DATA)
def test_matching_never_raises(tree: Any, data: Any) -> None:
    assert isinstance(tree.match(data), bool)
    assert isinstance(tree.match(data, "lenient"), bool)


def old_client(tree: Any, event: Any) -> bool:
    """Match as clients of the first generation are known to (client: 22.2)."""
    if isinstance(tree, Not):
        return not old_client(tree.expression, event)
    if isinstance(tree, AllOf):
        return all(old_client(part, event) for part in tree.expressions)
    if isinstance(tree, AnyOf):
        return any(old_client(part, event) for part in tree.expressions)
    compare = {"=": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le}[tree.operator]
    try:
        for part in tree.key.split("."):
            event = event[part]
        if tree.operator == "=" and tree.value.endswith("*"):
            return tree.value[:-1] in event
        return bool(compare(event, tree.value))
    except (KeyError, TypeError):
        return False


@settings(max_examples=500)
@given(tree=NEAR, event=NEAR_DATA)
def test_a_lenient_server_holds_nothing_back_from_any_client(tree: Any, event: Any) -> None:
    lenient = tree.match(event, "lenient")

    assert not tree.match(event) or lenient
    assert not old_client(tree, event) or lenient


@settings(max_examples=300)
@given(form=st.text("ab*", max_size=8), text=st.text("ab", max_size=8))
def test_stars_stand_for_any_characters(form: str, text: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, form.split("*"))), text) is not None

    assert Condition("a", "=", form).match({"a": text}) is expected


def test_many_stars_cost_no_more_than_few() -> None:
    """Backtracking would take longer than anybody waits."""
    assert not parse("a=" + "*a" * 1000 + "*b").match({"a": "a" * 100_000})


def test_the_deepest_expression_can_be_matched_shown_and_compared() -> None:
    text = ("not (" * 50 + "a=b" + ")" * 50).replace("a=b", "a=b or c=d")
    tree = parse(text)

    assert tree.match({"a": "b"})
    assert parse(str(tree)) == tree


def test_empty_lists_mean_all_and_nothing() -> None:
    assert AllOf().match({})
    assert not AnyOf().match({})


@given(text=st.text(max_size=20))
def test_a_quoted_text_is_read_again(text: str) -> None:
    assert parse(f"a={quoted(text)}") == Condition("a", "=", text)


_PARTS = st.sampled_from([*" =!<>\"'()*.-\\", "a", "b1", "topic", "not", "and", "or", "!=", ">=", "é", "\n", "a=b"])


@settings(max_examples=500)
@given(st.lists(_PARTS, min_size=1, max_size=8).map("".join))
def test_a_condition_alone_is_read_as_any_other(text: str) -> None:
    def told(parse: Callable[[str], Any]) -> Any:
        try:
            return parse(text)
        except expression.ExpressionSyntaxError as error:
            return str(error)

    assert told(expression.parse) == told(lambda text: expression._Parser(text).parse())


@pytest.mark.parametrize("text", ["topic=a", "topic=a and id=b", "topic=a or not (id=b and c=d)"])
def test_an_expression_is_a_value(text):
    found = parse(text)

    assert found == parse(text)
    assert hash(found) == hash(parse(text))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
    assert copy.deepcopy(found) == found
    assert eval(repr(found)) == found  # noqa: S307 - our own


def test_expressions_of_another_kind_or_other_parts_differ():
    parts = (Condition("a", "=", "b"),)

    assert AllOf(parts) != AnyOf(parts)
    assert Not(parts[0]) != Not(Condition("a", "!=", "b"))
    assert parts[0] != ("a", "=", "b")


@pytest.mark.parametrize("text", ["topic=a", "topic=a and id=b", "not topic=a"])
def test_an_expression_cannot_be_changed(text):
    found = parse(text)
    name = found.__match_args__[0]

    with pytest.raises(AttributeError, match="cannot be changed"):
        setattr(found, name, "other")
    with pytest.raises(AttributeError):
        delattr(found, name)
