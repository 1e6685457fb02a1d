"""What the client asks of the garbage collector of its host."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from ftrack_api._garbage import keep_all

OLDEST = 2


@pytest.fixture
def _unfrozen():
    yield
    gc.unfreeze()


def test_what_is_kept_is_old_at_once():
    made = [[] for _ in range(10)]

    keep_all()

    old = {id(item) for item in gc.get_objects(generation=OLDEST)}
    assert all(id(item) in old for item in made)


@pytest.mark.usefixtures("_unfrozen")
def test_what_the_host_has_frozen_stays_frozen():
    gc.freeze()
    frozen = gc.get_freeze_count()

    keep_all()

    assert frozen > 0
    assert gc.get_freeze_count() == frozen


@pytest.mark.parametrize("state", ["enable", "disable"])
def test_loading_leaves_the_collector_as_it_was(state):
    program = f"import gc; gc.{state}(); import ftrack_api; ftrack_api.Session; print(gc.isenabled())"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == str(state == "enable")


def test_loading_collects_next_to_nothing():
    program = (
        "import gc, ftrack_api; seen = []; gc.collect();"
        "gc.callbacks.append(lambda phase, about: seen.append(about['generation']) if phase == 'start' else None);"
        "ftrack_api.Session; print(len(seen), max(seen, default=0))"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    times, oldest = map(int, result.stdout.split())
    assert times <= 1
    assert oldest == 0
