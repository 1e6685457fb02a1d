"""From tree to text and back: nothing is lost, nothing breaks out of its quotes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftrack_protocol.query import ast
from ftrack_protocol.query.parser import MAX_COUNT, parse
from ftrack_protocol.query.render import render, render_condition, render_value
from ftrack_protocol.query.tokens import decode_string, is_bare_word, quote, tokenise
from ftrack_protocol.query.vocabulary import AGGREGATES, CLAUSES, COMPARISONS, DIRECTIONS, OPERATOR_TOKENS

TYPE_WORDS = {"select", "from", *CLAUSES}
KEYWORDS = sorted(word for word in OPERATOR_TOKENS if word.isidentifier())
KEYWORDS += ["and", "or", "not", "by", "none", "null", "true", *sorted(TYPE_WORDS), *AGGREGATES, *DIRECTIONS]

names = st.sampled_from(KEYWORDS) | st.from_regex(r"[A-Za-z_æ][A-Za-z0-9_æ]{0,8}", fullmatch=True)
types = names.filter(lambda name: name.lower() not in TYPE_WORDS)
texts = st.text(max_size=12) | st.text(alphabet="\\\"'%_ n\n(),=!limt5", max_size=12)
words = st.sampled_from(KEYWORDS) | st.text("ab.-!%\\:/@æ😀5", min_size=1, max_size=8) | st.text(min_size=1, max_size=4)
# Only what the lexer reads as one word can stand without quotes, and after "not is" a word such as "like" would be an
# operator; everything else is rendered in quotes and so reads back with another flag.
bare_words = words.filter(lambda word: is_bare_word(word) and word.lower() not in OPERATOR_TOKENS)


def tuples(items):
    return st.lists(items, max_size=2).map(tuple)


@st.composite
def paths(draw):
    segments = st.builds(ast.Segment, names, st.none() | types)
    return ast.Path(tuple(draw(st.lists(segments, min_size=1, max_size=2))))


@st.composite
def values(draw):
    if draw(st.booleans()):
        return ast.Value(draw(texts), quoted=True)
    return ast.Value(draw(bare_words), quoted=False)


@st.composite
def simple_conditions(draw):
    if draw(st.booleans()):
        return ast.In(draw(paths()), draw(tuples(values())), draw(st.booleans()))
    return ast.Comparison(draw(paths()), draw(st.sampled_from(sorted(set(COMPARISONS.values())))), draw(values()))


@st.composite
def selects(draw, conditions):
    counts = st.none() | st.integers(0, MAX_COUNT)
    aggregates = st.builds(ast.Aggregate, st.sampled_from(AGGREGATES), paths())
    return ast.Select(
        draw(types),
        draw(tuples(paths() | aggregates)),
        where=draw(st.none() | conditions),
        group_by=draw(tuples(paths())),
        order_by=draw(tuples(st.builds(ast.Order, paths(), st.booleans()))),
        limit=draw(counts),
        offset=draw(counts),
    )


def compound_conditions(conditions):
    operands = st.lists(conditions, min_size=2, max_size=3).map(tuple)
    # An inner query of nothing but a type is no query but a list of one value.
    inner_queries = selects(conditions).map(lambda query: query if " " in render(query) else replace(query, limit=5))
    return (
        st.builds(ast.Not, conditions)
        | st.builds(ast.And, operands)
        | st.builds(ast.Or, operands)
        | st.builds(ast.Quantified, paths(), st.sampled_from(["has", "any"]), st.none() | conditions)
        | st.builds(ast.InQuery, paths(), inner_queries, st.booleans())
    )


conditions = st.recursive(simple_conditions(), compound_conditions, max_leaves=5)


@given(selects(conditions))
def test_rendering_then_parsing_gives_the_same_tree(select):
    assert parse(render(select)) == select


@given(conditions)
def test_a_condition_renders_to_what_follows_where(condition):
    assert parse(f"Task where {render_condition(condition)}") == ast.Select("Task", where=condition)


@given(texts)
@example("ends in \\")
@example('\\"')
@example("50\\% of a\\_b")
@example("C:\\new")
@example("")
def test_a_quoted_text_is_one_literal_that_reads_back_the_same(text):
    literal = quote(text)

    assert tokenise(literal).texts[:2] == [literal, ""]
    assert decode_string(literal) == text
    assert parse(f"Task where name is {literal} limit 3") == ast.Select(
        "Task", where=ast.Comparison(ast.Path((ast.Segment("name"),)), "is", ast.Value(text)), limit=3
    )


@given(st.text(alphabet="ab'\"\\%()", max_size=12))
def test_a_text_that_cannot_stand_bare_is_quoted(text):
    rendered = render_value(ast.Value(text, quoted=False))

    assert len(tokenise(f"x is {rendered}").texts) == len(["x", "is", "a value"]) + 3
    assert parse(f"Task where name is {rendered}").where.value.text == text


@pytest.mark.parametrize("word", ["like", "IN", "is_not", "has"])
def test_a_bare_operator_word_is_quoted(word):
    assert render_value(ast.Value(word, quoted=False)) == f'"{word}"'


def test_an_inner_query_without_a_clause_gets_one_so_that_it_is_no_list():
    path = ast.Path((ast.Segment("id"),))

    text = render_condition(ast.InQuery(path, ast.Select("Task")))

    assert parse(f"Task where {text}").where == ast.InQuery(path, ast.Select("Task", offset=0))


def test_the_canonical_text_has_one_spelling_and_order():
    text = "select NAME,count( id ) from Task limit 3 order by a DESC,b asc where x='1'and(not y in(2,)or z any())"

    assert render(parse(text.replace("NAME", "name"))) == (
        'select name, count(id) from Task where x is "1" and (not y in (2) or z any ()) '
        "order by a descending, b limit 3"
    )


def test_canonical_texts_are_stable():
    text = (
        'select a.b[Shot].c from Task where not a not_in (select id from Shot where b has (c like "%x\\\\%") limit 2) '
        "or d >= -5 and e any () group by f, g order by h descending offset 0 limit 10"
    )
    canonical = render(parse(text))

    assert render(parse(canonical)) == canonical
    assert canonical.endswith("group by f, g order by h descending offset 0 limit 10")
