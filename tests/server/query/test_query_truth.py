"""What not, none and like mean where references and values are missing, and where texts hold awkward characters."""

from __future__ import annotations

import pytest

EVERY_TASK = {"t-1", "t-2", "t-3", "t-4", "t-5", "t-6", "t-7"}


def test_not_keeps_rows_without_the_reference_whether_or_not_the_name_exists(studio):
    approved, unknown = (set(studio.ids(f'Task where not status.name is "{name}"')) for name in ("Approved", "Nope"))

    assert approved == EVERY_TASK - {"t-1", "t-7"}
    assert unknown == EVERY_TASK


def test_not_any_of_the_ancestors_keeps_an_asset_without_context(studio):
    assert studio.ids("Asset where not ancestors any ()") == ["a-2", "a-4"]


def test_none_behind_a_collection_asks_for_an_item_without_the_value(studio):
    with_bare_task = studio.ids("Task where parent.children.status.name is none")

    assert with_bare_task == ["t-1", "t-2", "t-3", "t-6"]


def test_none_behind_a_missing_reference_is_none(studio):
    assert studio.ids("Task where status.name is none") == ["t-3"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"an\"im\x", ["t-3"]),
        (r"an\"im\\x", ["t-3"]),
        (r"an\"im\\\\x", ["t-3"]),
        (r"%\\\\%", ["t-3"]),
        (r"%\\", []),
        (r"C%", ["t-1", "t-2", "t-4", "t-7"]),
        (r"com\_", []),
        (r"com\%", []),
    ],
)
def test_a_backslash_escapes_wildcards_and_itself_only(studio, pattern, found):
    assert studio.ids(f'Task where name like "{pattern}"') == found


def test_an_escaped_wildcard_is_plain(studio):
    assert studio.ids(r'Shot where name like "sh020\_\%"') == ["sh-2"]


@pytest.mark.parametrize("form", ['is "ÄPFEL STRAßE"', 'in ("ÄPFEL STRAßE")', 'in ("x", "ÄPFEL straße")'])
def test_texts_fold_ascii_letters_and_no_others(studio, form):
    assert studio.ids(f"Task where description {form}") == ["t-3"]
    assert studio.ids(f"Task where description {form.replace('Ä', 'ä')}") == []


def test_lists_may_mix_whole_numbers_and_fractions(studio):
    assert studio.ids("Component where padding in (4, 7.5)") == ["c-seq"]
    assert studio.ids("Task where bid in (12, 7.5, -2)") == ["t-4", "t-6", "t-7"]
