"""How many entities a query finds, counted by the real server (P46)."""

from __future__ import annotations

import pytest

from ftrack_api import exception


@pytest.mark.parametrize(
    "text",
    [
        "Shot",
        "select name, status.name from Shot where status.name is 'Completed' order by name",
        "Shot limit 5",
        "Shot offset 8 limit 100",
        "Shot offset 1000",
        "Shot where name is nothing",
        "TypedContext where name like 's%' or not name is 'x'",
        "Task where parent has (name like 's%')",
    ],
)
def test_p46_the_server_counts_in_one_request(session, server, text):
    expected = len(session.query(text).all())
    query = session.query(text)
    with server.counting() as traffic:
        assert query.count() == expected

    assert traffic.requests == 1
    assert len(query._results) == 0
    assert query.all() == session.query(text).all()


def test_p46_what_was_fetched_is_not_counted_again(session, server):
    query = session.query("Shot")
    shots = query.all()
    with server.counting() as traffic:
        assert query.count() == len(shots) == 12

    assert traffic.requests == 0


@pytest.mark.parametrize(
    "text", ["User", "select count(id), status.name from Shot group by status.name", "Metadata limit 2"]
)
def test_p46_what_the_server_cannot_count_is_fetched(session, text):
    assert session.query(text).count() == len(session.query(text).all())


def test_p46_a_wrong_query_is_refused_in_its_own_words(session):
    with pytest.raises(exception.ServerError, match="nmae"):
        session.query("select name from Shot where nmae is x").count()


def test_p46_with_a_value_it_is_the_method_of_sequences(session):
    shots = session.query("Shot")

    assert shots.count(shots[3]) == 1
    assert shots.count("nothing") == 0
