"""The measure itself: only calls of the work are counted, whatever else the process has installed."""

from __future__ import annotations

import gc
from typing import Any

import pytest

pytestmark = pytest.mark.cost


def test_a_garbage_collection_is_not_counted(calls_of: Any) -> None:
    def on_collection(_phase: str, _details: dict[str, int]) -> None:
        collections.append(len(collections))

    def work() -> list[list[int]]:
        return [[number] for number in range(5 * gc.get_threshold()[0])]

    collections: list[int] = []
    calls_of(work)  # the first call of a kind may fill caches
    gc.callbacks.append(on_collection)
    try:
        calls = calls_of(work)
        work()
    finally:
        gc.callbacks.remove(on_collection)

    assert collections, "the work outside the measure collects"
    assert calls <= 6
