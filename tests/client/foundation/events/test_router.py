"""Which subscribers an event reaches: the plan of a topic never changes the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api import exception
from ftrack_api.event import _router
from ftrack_api.event._router import Router, bound_topic, narrowed
from ftrack_api.event.base import Event
from ftrack_api.event.expression import Expression, Parser
from ftrack_api.event.subscriber import Subscriber

topics = st.sampled_from(["a", "a.b", "b", "", "c.d.e"])
conditions = st.builds(
    "{} {} {}".format,
    st.sampled_from(["topic", "data.x", "topic.y"]),
    st.sampled_from(["=", "!=", ">", "<"]),
    st.sampled_from(["a", "a.b", "a*", "*", "*b", "1"]),
)
texts = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not {}".format, inner),
    ),
    max_leaves=8,
)


def subscriber(text, identifier, priority=100, **metadata):
    return Subscriber(text, print, {"id": identifier, **metadata}, priority)


def reached(router, event):
    return [found.metadata["id"] for found in router.matching(event)]


@given(texts, topics, st.sampled_from([{}, {"x": "a"}, {"x": 1}]))
def test_what_is_left_of_an_expression_means_the_same(text, topic, data):
    expression, event = Parser().parse(text), Event(topic, data=data)

    rest = narrowed(expression, topic)

    assert (rest.match(event) if isinstance(rest, Expression) else rest) == expression.match(event)


@given(texts, topics)
def test_a_bound_topic_is_the_only_one_that_can_match(text, topic):
    expression = Parser().parse(text)

    bound = bound_topic(expression)

    if bound is not None and bound != topic:
        assert not expression.match(Event(topic, data={"x": "a"}))


@given(st.lists(texts, max_size=6), st.lists(topics, min_size=1, max_size=4))
def test_a_router_finds_what_asking_everybody_finds(expressions, published):
    router = Router()
    subscribers = [subscriber(text, str(n), priority=n % 3) for n, text in enumerate(expressions)]
    for item in subscribers:
        router.add(item)

    for topic in published:
        event = Event(topic, data={"x": "a"})
        asked = sorted((s for s in subscribers if s.interested_in(event)), key=lambda s: s.priority)
        assert reached(router, event) == [s.metadata["id"] for s in asked]
        assert router.wants(topic) or not asked


def test_priority_comes_first_then_age():
    router = Router()
    for identifier, text, priority in [("a", "t", 20), ("b", "*", 10), ("c", "t", 10), ("d", "t*", 20)]:
        router.add(subscriber(f"topic={text}", identifier, priority))

    assert reached(router, Event("t")) == ["b", "c", "a", "d"]


def test_a_change_of_subscribers_counts_for_the_next_event():
    router = Router()
    router.add(subscriber("topic=t", "a"))
    assert reached(router, Event("t")) == ["a"]

    router.add(subscriber("topic=t", "b"))
    router.remove("a")

    assert reached(router, Event("t")) == ["b"]


def test_a_dispatch_keeps_the_subscribers_it_began_with():
    router = Router()
    router.add(subscriber("topic=t", "a"))
    router.add(subscriber("topic=t", "b"))
    found = iter(router.matching(Event("t")))
    next(found)

    router.remove("b")
    router.add(subscriber("topic=t", "c"))

    assert [item.metadata["id"] for item in found] == ["b"]


def test_an_identifier_is_unique_and_must_exist_to_be_removed():
    router = Router()
    router.add(subscriber("topic=t", "a"))

    with pytest.raises(exception.NotUniqueError, match="a already exists"):
        router.add(subscriber("topic=t", "a"))
    with pytest.raises(exception.NotFoundError, match="missing subscriber with identifier b"):
        router.remove("b")
    assert router.get("a").metadata["id"] == "a"
    assert router.get("b") is None


def test_a_target_is_matched_with_the_metadata():
    router = Router()
    router.add(subscriber("topic=t", "a", role="x"))
    router.add(subscriber("topic=t", "b", role="y"))

    assert reached(router, Event("t", target="role=y")) == ["b"]
    assert reached(router, Event("t", target="id=a or id=b")) == ["a", "b"]
    with pytest.raises(exception.ParseError):
        router.matching(Event("t", target="nonsense"))


@pytest.mark.parametrize("topic", [None, {}, [], 5])
def test_a_topic_that_is_no_text_reaches_nobody(topic):
    router = Router()
    router.add(subscriber("topic=*", "a"))
    router.add(subscriber("not topic=x", "b"))

    assert reached(router, Event(topic)) == []


def test_a_subscription_that_fails_is_passed_over_and_logged(caplog):
    class Broken(Expression):
        def match(self, candidate):
            raise TypeError(candidate)

    router = Router()
    broken = subscriber("topic=t", "a")
    broken.subscription.expression = Broken()
    router.add(broken)
    router.add(subscriber("topic=t", "b"))

    assert reached(router, Event("t")) == ["b"]
    assert "could not be evaluated" in caplog.text


def test_plans_are_limited(monkeypatch):
    monkeypatch.setattr(_router, "MAX_PLANS", 3)
    router = Router()
    router.add(subscriber("topic=t*", "a"))

    assert [reached(router, Event(f"t{n}")) for n in range(10)] == [["a"]] * 10
    assert len(router.plans) <= 3


def values():
    return st.sampled_from(["a", "b", "1", "true", "", 1, 1.0, True, None, [], {"x": "a"}])


def conditions():
    keys = st.sampled_from(["data.x", "data.y", "source.id", "data"])
    return st.builds(
        lambda key, sign, value: f'{key}{sign}"{value}"',
        keys,
        st.sampled_from(["=", "!="]),
        st.sampled_from(["a", "b", "1", "true", "", "a*"]),
    )


@given(
    st.lists(st.tuples(st.lists(conditions(), min_size=1, max_size=2), st.integers(0, 2)), min_size=6, max_size=12),
    st.fixed_dictionaries({}, optional={"x": values(), "y": values()}),
    values(),
)
def test_looking_up_by_value_finds_whom_asking_each_would_find(wanted, data, identifier):
    router = Router()
    subscribers = []
    for number, (parts, priority) in enumerate(wanted):
        text = " and ".join(["topic=t", *parts])
        subscribers.append(Subscriber(text, print, {"id": str(number)}, priority))
        router.add(subscribers[-1])
    event = Event("t", data=data, source={"id": identifier})

    asked = [item for item in sorted(subscribers, key=lambda item: item.priority) if item.interested_in(event)]

    assert list(router.matching(event)) == asked
