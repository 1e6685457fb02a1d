"""What query texts mean: every clause, operator and literal as a syntax tree."""

from __future__ import annotations

import pytest

from ftrack_protocol.query.ast import (
    Aggregate,
    And,
    Comparison,
    In,
    InQuery,
    Not,
    Or,
    Order,
    Path,
    Quantified,
    Segment,
    Select,
    Value,
)
from ftrack_protocol.query.parser import MAX_COUNT, parse

KEYWORDS = ["and", "or", "is", "in", "like", "has", "any", "where", "limit", "offset", "order", "group", "from", "by"]
KEYWORDS += ["select", "asc", "descending", "count", "none", "true", "not", "not_in", "before", "__entity_type__"]


def path(text):
    """Return the path of dotted names, with casts written as in the language."""
    segments = []
    for step in text.split("."):
        name, _, cast = step.partition("[")
        segments.append(Segment(name, cast.rstrip("]") or None))
    return Path(tuple(segments))


def bare(text):
    return Value(text, quoted=False)


def compare(names, operator, value):
    return Comparison(path(names), operator, value if isinstance(value, Value) else Value(value))


def where(text):
    return parse(f"Task where {text}").where


def test_a_type_alone_is_a_query_without_projections():
    assert parse("Task") == Select("Task")


def test_select_keeps_projections_in_order_and_repeated():
    text = "select id, parent.name, id from Task"

    assert parse(text) == Select("Task", (path("id"), path("parent.name"), path("id")))


def test_every_clause_is_read():
    text = (
        "select name from Task where bid > 1 group by project_id, type.id order by name desc, bid, sort asc offset 5 "
        "limit 10"
    )

    assert parse(text) == Select(
        "Task",
        (path("name"),),
        where=compare("bid", ">", bare("1")),
        group_by=(path("project_id"), path("type.id")),
        order_by=(Order(path("name"), descending=True), Order(path("bid")), Order(path("sort"))),
        offset=5,
        limit=10,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Task where bid > 1 order by name offset 5 limit 10",
        "Task where bid > 1 limit 10 offset 5 order by name",
        "Task offset 5 order by name limit 10 where bid > 1",
        "Task where bid>1 order by name ascending limit 10 offset 5",
        "Task WHERE bid > 1 ORDER BY name ASC LIMIT 10 OFFSET 5",
        "\n Task\n\twhere bid\r\n > 1\n order\n by name\noffset 5\nlimit 10  \n",
    ],
)
def test_clauses_may_stand_in_any_order_case_and_spacing(text):
    assert parse(text) == Select(
        "Task", where=compare("bid", ">", bare("1")), order_by=(Order(path("name")),), limit=10, offset=5
    )


@pytest.mark.parametrize(
    ("spelling", "operator"),
    [
        ("is", "is"),
        ("IS", "is"),
        ("=", "is"),
        ("is_not", "is_not"),
        ("Is_Not", "is_not"),
        ("is not", "is_not"),
        ("!=", "is_not"),
        ("like", "like"),
        ("not_like", "not_like"),
        ("not like", "not_like"),
        (">", ">"),
        ("greater_than", ">"),
        ("after", ">"),
        ("<", "<"),
        ("less_than", "<"),
        ("before", "<"),
        (">=", ">="),
        ("greater_than_equal", ">="),
        ("<=", "<="),
        ("less_than_equal", "<="),
    ],
)
def test_comparison_operators_fold_into_one_spelling(spelling, operator):
    assert where(f'name {spelling} "x"') == compare("name", operator, "x")


@pytest.mark.parametrize("spelling", ["not in", "not_in", "NOT IN", "Not_In"])
def test_not_in_is_one_operator(spelling):
    assert where(f'name {spelling} ("a")') == In(path("name"), (Value("a"),), negated=True)


@pytest.mark.parametrize(
    ("members", "values"),
    [
        ('("a","b")', (Value("a"), Value("b"))),
        ("('a', 'b')", (Value("a"), Value("b"))),
        ("('a',)", (Value("a"),)),
        ("(a,b)", (bare("a"), bare("b"))),
        ("( a , 'b' , )", (bare("a"), Value("b"))),
        ("()", ()),
        ("( )", ()),
        ('("")', (Value(""),)),
        ("(none)", (bare("none"),)),
        ("(Task)", (bare("Task"),)),
        ("(select)", (bare("select"),)),
        ("(select, where)", (bare("select"), bare("where"))),
        ("(-1, 2.5)", (bare("-1"), bare("2.5"))),
    ],
)
def test_lists_of_values(members, values):
    assert where(f"id in {members}") == In(path("id"), values)
    assert where(f"id in{members}") == In(path("id"), values)


@pytest.mark.parametrize(
    "word",
    [
        "p-1",
        "12e5f0a2-11e4-11e4-bd2a-20c9d081909b",
        "12e5",
        "kim@example.com",
        "ftrack.server",
        "NOT_STARTED",
        "2031-02-03T04:05:06+00:00",
        "2018-1-5",
        "-12",
        "-0.5",
        "%lion",
        "hello!",
        "a!!b",
        "C:\\new",
        "https://example.com/a?b",
        "æøå😀",
        "{}",
        "None",
        "limit",
        "and",
        "where",
        "select",
        "not",
    ],
)
def test_bare_words_are_kept_as_written(word):
    expected = compare("name", "is", bare(word))

    assert where(f"name is {word}") == expected
    assert where(f"name={word}") == expected
    assert where(f"(name is {word})") == expected
    assert where(f"name is {word} and bid > 1") == And((expected, compare("bid", ">", bare("1"))))
    assert parse(f"Task where name is {word} limit 3") == Select("Task", where=expected, limit=3)


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ('""', ""),
        ("''", ""),
        ('"a b"', "a b"),
        ('"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        (r'"say \"hi\""', 'say "hi"'),
        (r"'it\'s'", "it's"),
        (r'"it\'s"', "it's"),
        (r'"back\\slash"', "back\\slash"),
        (r'"ends in \\"', "ends in \\"),
        (r'"\\\""', '\\"'),
        (r'"50\%"', r"50\%"),
        (r'"a\_b"', r"a\_b"),
        (r'"C:\new\temp"', r"C:\new\temp"),
        (r'"\\server\share"', r"\server\share"),
        (r'"\\\\n"', r"\\n"),
        ('"two\nlines"', "two\nlines"),
        ('"\u2018curly\u2019 \u201cquotes\u201d"', "\u2018curly\u2019 \u201cquotes\u201d"),
        ('"limit 5 and (x"', "limit 5 and (x"),
        ('"None"', "None"),
    ],
)
def test_string_literals_are_decoded_once(literal, text):
    assert where(f"name is {literal}") == compare("name", "is", Value(text, quoted=True))


@pytest.mark.parametrize("word", ["none", "None", "NONE", "null", "Null"])
def test_null_is_a_bare_word_and_no_text(word):
    assert where(f"parent is {word}").value.is_null
    assert not where(f'parent is "{word}"').value.is_null


def test_not_binds_tighter_than_and_and_tighter_than_or():
    a, b, c, d = (compare(name, "is", bare("1")) for name in "abcd")

    assert where("a=1 or b=1 and not c=1 or d=1") == Or((a, And((b, Not(c))), d))
    assert where("(a=1 or b=1) and not (c=1 or d=1)") == And((Or((a, b)), Not(Or((c, d)))))
    assert where("not not a=1") == Not(Not(a))


def test_parentheses_group_and_leave_no_trace():
    assert where("(((a=1)))") == where("a=1")
    assert where("a=1 and (b=1 and c=1)") == And((where("a=1"), And((where("b=1"), where("c=1")))))


def test_words_need_no_blanks_beside_quotes_and_parentheses():
    text = '(parent_id is "x"and key is "k")or(name is\'main\'and not(a="b"))order by version'

    assert parse(f"Metadata where{text}") == parse(
        'Metadata where (parent_id is "x" and key is "k") or (name is "main" and not (a = "b")) order by version'
    )


def test_quantifiers_with_and_without_criteria():
    author = compare("first_name", "is", "Kim")

    assert where('author has (first_name is "Kim")') == Quantified(path("author"), "has", author)
    assert where('notes.author HAS(first_name is "Kim")') == Quantified(path("notes.author"), "has", author)
    assert where("timelogs any ()") == Quantified(path("timelogs"), "any")
    assert where("not timelogs any( )") == Not(Quantified(path("timelogs"), "any"))
    assert where("not rel has ()") == Not(Quantified(path("rel"), "has"))
    assert where('a any (b has (first_name is "Kim"))') == Quantified(
        path("a"), "any", Quantified(path("b"), "has", author)
    )


def test_sub_queries_have_clauses_of_their_own():
    inner = Select("Shot", (path("id"),), where=compare("name", "like", "s%"), order_by=(Order(path("name")),), limit=3)

    text = 'Task where parent.id in (select id from Shot where name like "s%" order by name limit 3) limit 5'

    assert parse(text) == Select("Task", where=InQuery(path("parent.id"), inner), limit=5)


@pytest.mark.parametrize(
    "clause", ['where name is "x"', "order by name", "limit 3", "offset 2", "group by name", "WHERE name is x"]
)
def test_a_bare_type_with_a_clause_is_a_sub_query(clause):
    assert where(f"id not_in (Shot {clause})") == InQuery(path("id"), parse(f"Shot {clause}"), negated=True)


def test_casts_stand_at_any_step_of_a_path():
    assert where('parent[Sequence].name is "x"') == compare("parent[Sequence].name", "is", "x")
    assert where("a.b[Shot].c.d[Task].e = 1") == compare("a.b[Shot].c.d[Task].e", "is", bare("1"))
    assert where("parent[TypedContext] has (name is a)") == Quantified(
        path("parent[TypedContext]"), "has", compare("name", "is", bare("a"))
    )
    assert parse("select parent[Shot].fstart, parent[Shot] from Task").projections == (
        path("parent[Shot].fstart"),
        path("parent[Shot]"),
    )


@pytest.mark.parametrize("function", ["count", "sum", "avg", "min", "max"])
def test_aggregates_in_projections(function):
    expected = (Aggregate(function, path("parent.bid")), path(function))

    assert parse(f"select {function}(parent.bid), {function} from Task").projections == expected
    assert parse(f"select {function.upper()} ( parent.bid ) , {function} from Task").projections == expected


@pytest.mark.parametrize("name", KEYWORDS)
def test_keywords_may_be_attribute_names(name):
    expected = compare(name, "is", "x")

    assert where(f'{name} is "x"') == expected
    assert where(f'{name}="x"') == expected
    assert where(f'not {name} is "x"') == Not(expected)
    assert where(f'a=1 and {name} = "x"') == And((where("a=1"), expected))
    assert where(f'{name} any ({name} is "x")') == Quantified(path(name), "any", expected)
    assert where(f'{name} in ("x")') == In(path(name), (Value("x"),))
    assert where(f'{name} not_in ("x")') == In(path(name), (Value("x"),), negated=True)
    assert parse(f"select {name}, {name}.id from Task").projections == (path(name), path(f"{name}.id"))
    assert parse(f"Task order by {name} desc, {name}").order_by == (
        Order(path(name), descending=True),
        Order(path(name)),
    )


def test_types_called_like_clauses_are_types():
    assert parse("Group where name is x") == Select("Group", where=compare("name", "is", bare("x")))
    assert parse("select name from Group group by name") == Select("Group", (path("name"),), group_by=(path("name"),))
    assert parse("Order order by sort limit 3") == Select("Order", order_by=(Order(path("sort")),), limit=3)


@pytest.mark.parametrize("number", [0, 1, 500, MAX_COUNT])
def test_limit_and_offset_are_whole_numbers(number):
    assert parse(f"Task limit {number} offset {number}") == Select("Task", limit=number, offset=number)


def test_nodes_know_where_they_stand():
    text = 'select id from Task where a.bb[Shot].c is "x"'

    select = parse(text)

    assert select.type_offset == text.index("Task")
    assert [text[segment.offset] for segment in select.where.path.segments] == ["a", "b", "c"]
    assert select.where.path.offset == text.index("a.bb")
    assert select.where.path.names == ("a", "bb", "c")
    assert select.where.value.offset == text.index('"x"')
