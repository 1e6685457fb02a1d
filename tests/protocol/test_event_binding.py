"""What an expression says of a field before an event is seen, and that it never says too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol.event import expression as syntax
from ftrack_protocol.event.binding import bound_value

TOPICS = ("a", "b", "a.b", "*")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("topic=ftrack.update", "ftrack.update"),
        ('topic="with blanks" and data.x=1', "with blanks"),
        ("data.x=1 and (data.y=2 and topic=a)", "a"),
        ("topic=a or topic=a and data.x=1", "a"),
        ("topic=a or topic=b", None),
        ("topic=a or data.x=1", None),
        ("topic=ftrack.*", None),
        ("topic!=a", None),
        ("not topic=a", None),
        ("data.topic=a", None),
    ],
)
def test_the_one_topic_of_an_expression_is_found(text: str, topic: str | None) -> None:
    assert bound_value(syntax.parse(text), "topic") == topic


def expressions() -> st.SearchStrategy[syntax.Expression]:
    fields, values = st.sampled_from(["topic", "id"]), st.sampled_from(TOPICS)
    conditions = st.builds(syntax.Condition, fields, st.sampled_from(["=", "!=", "<"]), values)
    return st.recursive(
        conditions,
        lambda inner: st.one_of(
            st.builds(syntax.Not, inner),
            st.builds(syntax.AllOf, st.lists(inner, max_size=3).map(tuple)),
            st.builds(syntax.AnyOf, st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=8,
    )


@given(expressions(), st.sampled_from(TOPICS), st.sampled_from(TOPICS), st.sampled_from(["exact", "lenient"]))
def test_whatever_matches_has_the_value_it_is_bound_to(
    expression: syntax.Expression, topic: str, identifier: str, mode: syntax.Mode
) -> None:
    bound = bound_value(expression, "topic")

    if bound is not None and expression.match({"topic": topic, "id": identifier}, mode):
        assert topic == bound
