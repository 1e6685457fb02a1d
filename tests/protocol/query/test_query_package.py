"""The package of the query language: what it offers without being asked for by name."""

from __future__ import annotations

import pytest

from ftrack_protocol import query


@pytest.mark.parametrize("name", ["tokens", "vocabulary"])
def test_parts_are_loaded_when_they_are_asked_for(monkeypatch, name):
    monkeypatch.delattr(query, name, raising=False)  # as long as nobody has loaded it

    assert getattr(query, name).__name__ == f"ftrack_protocol.query.{name}"


def test_what_is_no_part_is_told():
    with pytest.raises(AttributeError, match=r"'ftrack_protocol\.query' has no attribute 'grammar'"):
        _ = query.grammar
