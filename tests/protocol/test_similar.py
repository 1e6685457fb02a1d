"""What is suggested for a name that nobody knows."""

from __future__ import annotations

from ftrack_protocol.similar import close_matches


def test_the_closest_name_is_suggested_first() -> None:
    assert close_matches("statsu", (name for name in ("state", "status", "name"))) == ["status"]
    assert close_matches("statsu", ["state", "status", "name"], most=2) == ["status", "state"]


def test_nothing_is_suggested_for_what_resembles_nothing() -> None:
    assert close_matches("statsu", ["bid", "name"]) == []
    assert close_matches("statsu", ["state", "status"], cutoff=0.99) == []
