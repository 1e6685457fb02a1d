"""The official client 3.1.0, as its users run it, works against our server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.contract


def test_it_browses_a_production(run_official: Callable[..., Any]) -> None:
    seen = run_official("browse.py")

    assert seen["version"] == "3.1.0"
    assert len(seen["types"]) == 130
    assert seen["tasks"] > 10
    assert seen["paged"] is True
    assert seen["missing"] is None
    assert all(link[0] == seen["project"][1] or link[0] == seen["project"][0] for _, _, link in seen["shots"])
    assert all(link[-1] == name for name, _, link in seen["shots"])
    assert 0 < seen["busy"] <= seen["tasks"]
    assert len(seen["assigned"]) > 1


def test_it_creates_changes_and_deletes_a_project_tree(run_official: Callable[..., Any]) -> None:
    seen = run_official("build_tree.py")

    assert seen == {
        "children": ["Sequence"],
        "shots": [f"sh{n:03d}" for n in range(10)],
        "in_progress": 4,
        "colour": "blue",
        "versions": [1, 2, 3],
        "link": ["Project", "TypedContext", "TypedContext", "TypedContext"],
        "notes": ["Please look"],
        "recipients": 1,
        "after_task": 9,
        "after_project": [0, 0, 0],
    }


@pytest.mark.parametrize("strict", ["0", "1"])
def test_its_mistakes_are_answered_in_words_it_understands(
    run_official: Callable[..., Any], strict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRICT", strict)

    seen = run_official("failures.py")

    nothing_written = seen.pop("nothing_written")
    assert {name: kind for name, (kind, _) in seen.items()} == dict.fromkeys(
        ("syntax", "attribute", "action", "duplicate", "wrong_key"), "ServerError"
    )
    assert 'Unexpected "iss" at column' in seen["syntax"][1]
    assert '"name"' in seen["attribute"][1]
    assert "Invalid action u'dance'" in seen["action"][1]
    assert "DuplicateEntryError" in seen["duplicate"][1]
    assert nothing_written is True
