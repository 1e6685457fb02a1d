"""Regular expressions that wait to be compiled."""

from __future__ import annotations

import re

import pytest

from ftrack_protocol.patterns import lazy_pattern


def test_a_lazy_pattern_does_what_a_compiled_one_does() -> None:
    found = lazy_pattern(r"(?P<word>[a-z]+)\s*", re.IGNORECASE)

    assert [match["word"] for match in found.finditer("One two")] == ["One", "two"]
    assert found.fullmatch("One two") is None
    assert found.sub("-", "One 2") == "-2"
    assert found.fullmatch is found.fullmatch


def test_it_is_compiled_with_the_first_match(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    monkeypatch.setattr(re, "compile", lambda *arguments: compiled.append(arguments))
    found = lazy_pattern("[a-z]+")
    assert compiled == []

    with pytest.raises(AttributeError):
        found.fullmatch("one")

    assert compiled == [("[a-z]+", 0)]
