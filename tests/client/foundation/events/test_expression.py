"""Expressions: how text becomes a tree, how it prints and what it matches."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.expression import All, Any, Condition, Expression, Not, Parser
from ftrack_api.event.subscriber import Subscriber
from ftrack_api.event.subscription import Subscription


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a=b", "<Condition a=b>"),
        ("a != b", "<Condition a!=b>"),
        ("a >= b", "<Condition a>=b>"),
        ("a<=b", "<Condition a<=b>"),
        ("a > b", "<Condition a>b>"),
        ("a < b", "<Condition a<b>"),
        ('a="b c"', "<Condition a=b c>"),
        ("a='b c'", "<Condition a=b c>"),
        ("a.b.c=d", "<Condition a.b.c=d>"),
        ("not a=b", "<Not <Condition a=b>>"),
        ("a=b and c=d and e=f", "<All [<Condition a=b> <Condition c=d> <Condition e=f>]>"),
        ("a=b OR c=d", "<Any [<Condition a=b> <Condition c=d>]>"),
        (
            "a=b and ((c=d or e!=f) and not g.h > 10)",
            "<All [<Condition a=b> <All [<Any [<Condition c=d> <Condition e!=f>]> <Not <Condition g.h>10>>]>]>",
        ),
    ],
)
def test_text_becomes_a_tree(text, shown):
    assert str(Parser().parse(text)) == shown


@pytest.mark.parametrize("text", ["", " ", "invalid", "key=value nor other=value", "a=", "(a=b", "a=b)", "=b", 'a="b'])
def test_what_is_no_expression_is_a_parse_error_that_shows_it(text):
    with pytest.raises(exception.ParseError) as caught:
        Parser().parse(text)

    assert repr(text) in str(caught.value)


@given(st.text(alphabet="ab=!<>()\"'\\ .*andort{}0", max_size=40))
def test_any_text_is_an_expression_or_a_parse_error(text):
    try:
        found = Parser().parse(text)
    except exception.ParseError:
        return
    assert found.match({}) in {True, False}


def test_nesting_is_limited():
    assert Parser().parse("(" * 50 + "a=b" + ")" * 50).match({"a": "b"})
    with pytest.raises(exception.ParseError):
        Parser().parse("(" * 100_000 + "a=b")


@pytest.mark.parametrize(
    ("text", "candidate", "matches"),
    [
        ("topic=ftrack.*", {"topic": "ftrack.update"}, True),
        ("topic=ftrack.*", {"topic": "my-ftrack.update"}, False),
        ("topic=ftrack.*.launch", {"topic": "ftrack.action.launch"}, True),
        ("a=valu*", {"a": "value"}, True),
        ("a=value", {"a": "value"}, True),
        ("a=value", {"a": "other"}, False),
        ("a!=value", {"a": "other"}, True),
        ("a!=value", {}, False),
        ("a.b=c", {"a": {"b": "c"}}, True),
        ("a.b=c", {"a": "text"}, False),
        ("a.b=c", {"a": None}, False),
        ("n >= 2023", {"n": 2024}, True),
        ("n >= 2023", {"n": 2022.5}, False),
        ("n > 5", {"n": "text"}, True),
        ("n > 5", {"n": None}, False),
        ("n > 5", {"n": {}}, False),
        ("n=5", {"n": 5}, True),
        ("b=true", {"b": True}, True),
        ("source.user.username=björn", {"source": {"user": {"username": "björn"}}}, True),
        ('a="DOMAIN\\\\user"', {"a": "DOMAIN\\user"}, True),
        ("a=john.doe+x@example.com", {"a": "john.doe+x@example.com"}, True),
        ("data.my-key=1", {"data": {"my-key": "1"}}, True),
        ('data.path="a:b#c"', {"data": {"path": "a:b#c"}}, True),
        ('data.x=""', {"data": {"x": ""}}, True),
        ("data.name=shot*", {"data": {"name": None}}, False),
    ],
)
def test_what_matches(text, candidate, matches):
    assert Parser().parse(text).match(candidate) is matches


@pytest.mark.parametrize(
    ("expression", "shown", "matches"),
    [
        (Expression(), "<Expression>", True),
        (All(), "<All []>", True),
        (Any(), "<Any []>", False),
        (All([Expression(), Not(Expression())]), "<All [<Expression> <Not <Expression>>]>", False),
        (Any([Expression(), Not(Expression())]), "<Any [<Expression> <Not <Expression>>]>", True),
        (Condition("a", operator.eq, 1), "<Condition a=1>", True),
        (Condition("a", operator.gt, "0"), "<Condition a>0>", True),
    ],
)
def test_trees_can_be_built_by_hand(expression, shown, matches):
    assert str(expression) == shown
    assert expression.match({"a": 1}) is matches


def test_a_condition_compares_by_six_functions_only():
    with pytest.raises(ValueError, match="use one of"):
        Condition("a", operator.contains, "b")


def test_a_subscription_shows_its_text_and_includes_events():
    subscription = Subscription("topic=a and data.x=1")

    assert str(subscription) == "topic=a and data.x=1"
    assert subscription.includes(Event("a", data={"x": 1}))
    assert not subscription.includes(Event("a"))


def test_a_subscriber_knows_what_it_wants():
    subscriber = Subscriber("topic=a", print, {"id": "1"}, 5)

    assert str(subscriber) == "<Subscriber metadata={'id': '1'} subscription=\"topic=a\">"
    assert subscriber.interested_in(Event("a"))
    assert not subscriber.interested_in(Event("b"))
    assert (subscriber.callback, subscriber.priority) == (print, 5)


@pytest.mark.parametrize("text", [None, 5, b"topic=t", ["topic=t"]])
def test_what_is_no_text_is_told_what_an_expression_is(text):
    for read in (Parser().parse, Subscription, lambda given: Subscriber(given, len, {"id": "x"}, 100)):
        with pytest.raises(TypeError, match=r"text such as 'topic=ftrack\.update', not (NoneType|int|bytes|list)"):
            read(text)
