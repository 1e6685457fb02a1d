"""Inputs with right answers that the specification lists for dates and for errors; the numbers are its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ftrack_server import errors
from ftrack_server.api.options import CallOptions, Credentials


def stored(tree: Any, value: Any) -> datetime:
    tree(tree.update("Task", "task", start_date=value))
    found: datetime = tree.row("context", "task")["start_date"]
    return found


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2023-01-01T01:00:00+01:00", "2023-01-01T00:00:00"),
        ({"__type__": "datetime", "value": "2023-01-01T01:00:00+01:00"}, "2023-01-01T00:00:00"),
        ("2025-12-01", "2025-12-01T00:00:00"),
        ({"__type__": "date", "value": "2025-12-01"}, "2025-12-01T00:00:00"),
        ("2024-02-29T00:00:00", "2024-02-29T00:00:00"),
        ("2031-02-03 04:05", "2031-02-03T04:05:00"),
    ],
)
def test_d1_d3_d7_dates_are_stored_in_utc(tree: Any, sent: Any, expected: str) -> None:
    assert stored(tree, sent) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("sent", ["12-01-2025", "2025-13-01", "2023-02-29", "tomorrow", "", 5, True, [], {"a": 1}])
def test_d3_what_is_no_date_is_refused_by_name(tree: Any, sent: Any) -> None:
    with pytest.raises(errors.ValidationError, match=r"Task\.start_date"):
        tree(tree.update("Task", "task", start_date=sent))


def test_d5_microseconds_are_echoed_and_cut_when_stored(tree: Any) -> None:
    answer = tree.data(tree.update("Task", "task", start_date="2031-02-03T04:05:06.789012"))
    assert answer["start_date"] == {"__type__": "datetime", "value": "2031-02-03T04:05:06.789012"}

    for text in ("2031-02-03T04:05:06", "2031-02-03T04:05:06.789012"):
        found = tree.data(
            {"action": "query", "expression": f'select start_date from Task where start_date is "{text}"'}
        )
        assert [row["start_date"]["value"] for row in found] == ["2031-02-03T04:05:06"]


def test_h6_bad_credentials_have_a_code_and_a_status(api: Any) -> None:
    for credentials in (Credentials(api.user, "wrong"), Credentials("nobody", api.key), Credentials("", "")):
        with pytest.raises(errors.InvalidCredentialsError) as caught:
            api.dispatcher.run(b"[]", credentials, CallOptions(), "http://server")
        fault = caught.value.to_fault().to_wire()
        assert (caught.value.status, fault["error_code"]) == (401, "api_credentials_invalid")


def test_h7_an_action_that_the_server_does_not_have_is_named_as_clients_expect(api: Any) -> None:
    with pytest.raises(errors.UnknownActionError, match=r"Invalid action u'compute_everything'"):
        api({"action": "compute_everything"})


def test_h8_the_key_stands_in_no_representation(api: Any) -> None:
    assert "s3cr3t" not in repr(Credentials("kim", "s3cr3t"))


TEXTS = (
    "it's", 'say "hi"', """both ' and \"""", "", "C:\\new\\table", "\\", "æøåßđŋħ…😀❤️", "a\nb\tc", "limit 5",
    "none", "50% _x", "a, (b) and c",
)  # fmt: skip


@pytest.fixture(scope="module")
def texts(new_api: Any) -> Any:
    """An API on tasks that are described by texts which need escaping."""
    with new_api() as api:
        api.grow()
        api(*(api.create("Task", id=f"q{number}", name=f"q{number}", description=text, parent_id="shot")
              for number, text in enumerate(TEXTS)))  # fmt: skip
        yield api


@pytest.mark.parametrize("number", range(len(TEXTS)))
@pytest.mark.parametrize("quote", ['"', "'"])
def test_q21_a_text_is_found_again_whatever_is_in_it(texts: Any, number: int, quote: str) -> None:
    escaped = TEXTS[number].replace("\\", "\\\\").replace(quote, f"\\{quote}")
    for criterion in (f"is {quote}{escaped}{quote}", f"in ({quote}{escaped}{quote}, x)"):
        expression = f"select description from Task where description {criterion} and name like q%"
        found = texts.data({"action": "query", "expression": expression})
        assert [(row["id"], row["description"]) for row in found] == [(f"q{number}", TEXTS[number])], expression
